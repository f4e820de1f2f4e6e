//! The ledger: accounts and their postings, as of now, of an event or of a day.
//! Nothing is posted here.

use actix_web::{HttpResponse, web};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{
    app::{
        export_ledger::{Export, Wanted},
        service::{Fault, Service},
        view::AsOf,
    },
    domain::{
        access::Verb,
        books::Format,
        calendar::Day,
        cents::Cents,
        ids::{OrganisationId, ProgrammeId, Seq},
        view::{AccountView, Filter, PostingView},
    },
    http::{
        Shared,
        access::Caller,
        block,
        extract::{List, Page},
        pieces::{self, Pieces},
        problem::{Problem, Wrong},
    },
};

/// Accounts that one answer may hold: a programme has ten stages a funder, and one a payee.
const MOST_ACCOUNTS: u32 = 1_000_000;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Balance {
    programme: Option<ProgrammeId>,
    organisation: Option<OrganisationId>,
    /// As after this event.
    seq: Option<Seq>,
    /// As at the end of this business day; not with `seq`.
    day: Option<Day>,
}

#[derive(Serialize, ToSchema)]
pub struct TrialBalance {
    /// The end of the journal when it was read, or the event that was asked for.
    as_of: Seq,
    #[schema(example = "EUR")]
    currency: &'static str,
    /// Of all lines; they are equal, whatever was filtered by programme.
    debit_cents: Cents,
    credit_cents: Cents,
    lines: Vec<AccountView>,
}

/// The totals of every account that the caller may see. Per funder and programme, debits and
/// credits are equal: funding = available + guarantee + committed + releasable + earned +
/// in payment + paid − receivable + returned.
#[utoipa::path(get, path = "/v1/ledger/trial-balance", tag = "ledger", params(Balance),
    responses((status = 200, body = TrialBalance)))]
pub async fn trial_balance(
    state: Shared,
    caller: Caller,
    query: web::Query<Balance>,
) -> Result<HttpResponse, Problem> {
    let within = caller.may(Verb::LedgerRead)?;
    let Balance { programme, organisation, seq, day } = query.into_inner();
    let moment = match (seq, day) {
        (None, None) => AsOf::Now,
        (Some(seq), None) => AsOf::Seq(seq),
        (None, Some(day)) => AsOf::Day(day),
        (Some(_), Some(_)) => return Err(Problem::field(Wrong::QueryInvalid, "day")),
    };
    let limit = MOST_ACCOUNTS;
    let filter = Filter { programme, organisation, limit, ..Filter::of(within) };
    let (end, lines) = block(&state, move |service| {
        let database = service.database();
        Ok((database.as_of()?, database.accounts(&filter, moment)?))
    })
    .await?;
    let sum = |of: fn(&AccountView) -> Cents| Cents(lines.iter().map(|line| of(line).0).sum());
    let (debit_cents, credit_cents) = (sum(|line| line.debit_cents), sum(|line| line.credit_cents));
    let as_of = seq.map_or(end, |seq| seq.min(end));
    let balance = TrialBalance { as_of, currency: "EUR", debit_cents, credit_cents, lines };
    Ok(HttpResponse::Ok().json(balance))
}

/// The lines of accounts, the newest first.
#[utoipa::path(get, path = "/v1/ledger/postings", tag = "ledger", params(List),
    responses((status = 200, body = Page<PostingView>)))]
pub async fn list_postings(
    state: Shared,
    caller: Caller,
    list: web::Query<List>,
) -> Result<HttpResponse, Problem> {
    let filter = list.into_inner().filter(caller.may(Verb::LedgerRead)?)?;
    let asked = filter.clone();
    let rows = block(&state, move |service| Ok(service.database().postings(&asked)?)).await?;
    Ok(HttpResponse::Ok().json(Page::of(rows, &filter)))
}

/// The lines of one account, the newest first.
#[utoipa::path(get, path = "/v1/ledger/accounts/{id}/postings", tag = "ledger",
    params(("id" = String, Path), List), responses((status = 200, body = Page<PostingView>)))]
pub async fn list_account_postings(
    state: Shared,
    caller: Caller,
    id: web::Path<i64>,
    list: web::Query<List>,
) -> Result<HttpResponse, Problem> {
    let filter = list.into_inner().filter(caller.may(Verb::LedgerRead)?)?;
    let filter = Filter { id: Some(*id), ..filter };
    let asked = filter.clone();
    let rows = block(&state, move |service| Ok(service.database().postings(&asked)?)).await?;
    Ok(HttpResponse::Ok().json(Page::of(rows, &filter)))
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Books {
    /// CSV if it is left out.
    format: Option<Format>,
    programme: Option<ProgrammeId>,
    /// First business day.
    from: Option<Day>,
    /// Last business day, inclusive.
    to: Option<Day>,
    /// With the names of programmes, funders and organisations beside their numbers.
    #[serde(default)]
    names: bool,
}

impl Pieces for Export {
    fn next(&mut self, service: &Service) -> Result<Option<String>, Fault> {
        self.piece(service.database())
    }
}

/// Every posting that the caller may see, in the order of the journal, as a text that hledger,
/// beancount or a spreadsheet recomputes, or as a FEC (article A47 A-1 of the Livre des procédures
/// fiscales). A funder gets the entries of its own money, each of which balances.
#[utoipa::path(get, path = "/v1/ledger/export", tag = "ledger", params(Books),
    responses((status = 200,
        content((String = "text/plain"), (String = "text/csv")))))]
pub async fn export_ledger(
    state: Shared,
    caller: Caller,
    query: web::Query<Books>,
) -> Result<HttpResponse, Problem> {
    let within = caller.may(Verb::LedgerRead)?;
    let Books { format, programme, from, to, names } = query.into_inner();
    let format = format.unwrap_or(Format::Csv);
    let wanted = Wanted { format, within, programme, from, to, named: names };
    let begin = move |service: &Service| Export::begin(service.database(), wanted);
    let export = block(&state, begin).await?;
    let kind = match format {
        Format::Csv => "text/csv; charset=utf-8",
        Format::Hledger | Format::Beancount | Format::Fec => "text/plain; charset=utf-8",
    };
    let name = format!("attachment; filename=\"ledger.{}\"", format.ending());
    Ok(HttpResponse::Ok()
        .content_type(kind)
        .insert_header(("Content-Disposition", name))
        .insert_header(("As-Of-Seq", export.until().to_string()))
        .body(pieces::Body::new(state, export)))
}
