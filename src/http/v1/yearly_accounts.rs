//! Yearly accounts of funders: listed, in four forms with the same figures, and provisional for a
//! year that goes on. No figures are made here: an account is archived as it was made.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{
    reports::Format,
    statements::{Form, files},
};
use crate::{
    app::{
        yearly::{self, Account},
        yearly_sheet::sheet,
    },
    domain::{
        access::{Tenant, Verb},
        ids::{FunderId, ProgrammeId, YearlyAccountId},
        refusal::Reason,
        view::Filter,
        yearly::YearlyAccount,
    },
    http::{
        Shared,
        access::Caller,
        block,
        extract::only,
        problem::{Problem, Wrong},
        say::Say,
    },
};

reads!("yearly-accounts", YearlyAccountRead, YearlyAccountView from yearly_accounts,
    list_yearly_accounts at "/v1/yearly-accounts",
    read_yearly_account at "/v1/yearly-accounts/{id}");

/// The account of a year whose twelve months are closed: as JSON, which is the source of all its
/// figures and whose SHA-256 the list tells; as CSV, workbook or tagged document in the caller's
/// language. Each is the same bytes whenever it is asked for.
#[utoipa::path(get, path = "/v1/yearly-accounts/{id}/document", tag = "yearly-accounts",
    params(("id" = String, Path), Form),
    responses((status = 200, content((YearlyAccount = "application/json"), (String = "text/csv"),
        (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (Vec<u8> = "application/pdf")))))]
pub async fn yearly_account_document(
    state: Shared,
    caller: Caller,
    request: HttpRequest,
    id: web::Path<i64>,
    form: web::Query<Form>,
) -> Result<HttpResponse, Problem> {
    let say = Say::accepted(state.clone(), request.headers());
    document(&state, caller, *id, form.format, say).await
}

/// # Errors
/// As the operation.
pub async fn document(
    state: &Shared,
    caller: Caller,
    id: i64,
    format: Format,
    say: Say,
) -> Result<HttpResponse, Problem> {
    let filter = Filter::one(caller.may(Verb::YearlyAccountRead)?, id);
    let rows = block(state, move |service| Ok(service.database().yearly_accounts(&filter)?));
    only(rows.await?)?;
    let id = YearlyAccountId(id);
    let account = block(state, move |service| yearly::archived(service.database(), id)).await?;
    file(state, account, format, say).await
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct OfYear {
    /// That of the last closed month, if it is left out.
    #[param(minimum = 1970, maximum = 9999)]
    year: Option<i64>,
    /// Of whom; a funder's people may leave it out for their own.
    funder: Option<FunderId>,
    #[serde(default)]
    #[param(inline)]
    format: Format,
}

/// A funder's account of a programme's year: as it was archived, or, while months of the year are
/// open, of its closed months as provisional.
#[utoipa::path(get, path = "/v1/programmes/{id}/yearly-account", tag = "yearly-accounts",
    params(("id" = String, Path), OfYear),
    responses((status = 200, content((YearlyAccount = "application/json"), (String = "text/csv"),
        (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (Vec<u8> = "application/pdf")))))]
pub async fn account_of_year(
    state: Shared,
    caller: Caller,
    request: HttpRequest,
    id: web::Path<i64>,
    query: web::Query<OfYear>,
) -> Result<HttpResponse, Problem> {
    let say = Say::accepted(state.clone(), request.headers());
    let OfYear { year, funder, format } = query.into_inner();
    of_year(&state, caller, (*id, year, funder), format, say).await
}

/// # Errors
/// As the operation.
pub async fn of_year(
    state: &Shared,
    caller: Caller,
    (programme, year, funder): (i64, Option<i64>, Option<FunderId>),
    format: Format,
    say: Say,
) -> Result<HttpResponse, Problem> {
    let within = caller.may(Verb::YearlyAccountRead)?;
    // Another one's year is not there, and neither is a programme that it has nothing to do with.
    let own = match within {
        Tenant::Funder(own) if funder.is_none_or(|funder| funder == own) => Some(own),
        Tenant::Any => funder,
        _ => return Err(Wrong::NotFound.into()),
    };
    let programme = ProgrammeId(programme);
    let sees = Filter::one(within, programme.0);
    let rows = block(state, move |service| Ok(service.database().programmes(&sees)?));
    only(rows.await?)?;
    let own = own.ok_or_else(|| Problem::field(Wrong::QueryInvalid, "funder"))?;
    let account = block(state, move |service| {
        let database = service.database();
        let last = || yearly::last_year(database, programme);
        let year = year.map_or_else(last, |year| Ok(Some(year)))?;
        let year = year.ok_or(crate::app::service::Fault::Refused(Reason::NotFound))?;
        yearly::account(database, programme, year, own)
    });
    let account = account.await?;
    file(state, account, format, say).await
}

async fn file(
    state: &Shared,
    account: Account,
    format: Format,
    say: Say,
) -> Result<HttpResponse, Problem> {
    let read = yearly::read(&account.text)?;
    let end = if read.provisional { "-provisional" } else { "" };
    let (programme, year, funder) = (read.programme, read.year, read.funder);
    let name = format!("yearly-account-{programme}-{year}-F{funder}{end}");
    if format == Format::Json {
        return Ok(files::download(&name, format).body(account.text));
    }
    let bytes = block(state, move |service| {
        let database = service.database();
        let kept = format!("{}/{}/{}", account.kept, format.code(), say.code());
        if let Some(bytes) = database.kept_file(&kept)? {
            return Ok(Ok(bytes));
        }
        let sheet = sheet(&read, &account.sha256);
        match files::drawn(&sheet, title(&read, &say), format, service.host(), &say) {
            Ok(bytes) => Ok(Ok(database.keep_file(&kept, bytes)?)),
            Err(problem) => Ok(Err(problem)),
        }
    });
    Ok(files::download(&name, format).body(bytes.await??))
}

/// The title of an account.
#[must_use]
pub fn title(account: &YearlyAccount, say: &Say) -> String {
    let key = if account.provisional { "yearly-title-provisional" } else { "yearly-title" };
    format!("{} – {}", say.of(key, &account.year.to_string()), account.programme_name)
}

pub fn routes(config: &mut web::ServiceConfig) {
    let document = web::get().to(yearly_account_document);
    config
        .service(web::resource("/v1/yearly-accounts").route(web::get().to(list_yearly_accounts)))
        .service(
            web::resource("/v1/yearly-accounts/{id}").route(web::get().to(read_yearly_account)),
        )
        .service(web::resource("/v1/yearly-accounts/{id}/document").route(document))
        .service(
            web::resource("/v1/programmes/{id}/yearly-account")
                .route(web::get().to(account_of_year)),
        );
}
