//! The accounts that organisations are paid to, and that a programme's venues are paid from.
//! An IBAN goes in whole and comes out as its last four signs.

use actix_web::{HttpResponse, web};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    domain::{
        access::{Tenant, Verb},
        cents::Cents,
        command::Ask,
        ids::{OrganisationId, ProgrammeId, Seq},
        settlement::{
            NewAccount, SettleAsk,
            view::{BankAccountView, PayerAccountView},
        },
        view::Filter,
    },
    http::{
        Shared,
        access::Caller,
        block,
        extract::{Body, Key, ask, only, written},
        problem::{Problem, Wrong},
    },
};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "holder": "Médiathèque", "iban": "FR14 2004 1010 0505 0001 3M02 606" }))]
pub struct EnteredAccount {
    #[schema(min_length = 1, max_length = 70)]
    holder: String,
    #[schema(max_length = 50)]
    iban: String,
    /// Not needed within the SEPA.
    #[serde(default)]
    #[schema(max_length = 20)]
    bic: Option<String>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "holder": "Région", "iban": "FR76 3000 6000 0112 3456 7890 189",
    "minimum_cents": 1000 }))]
pub struct EnteredPayer {
    #[schema(min_length = 1, max_length = 70)]
    holder: String,
    #[schema(max_length = 50)]
    iban: String,
    #[serde(default)]
    #[schema(max_length = 20)]
    bic: Option<String>,
    /// What is less waits for a later run.
    #[schema(minimum = 1, maximum = 10_000_000)]
    minimum_cents: Cents,
}

fn account(holder: String, iban: &str, bic: Option<&str>) -> Result<NewAccount, Problem> {
    let wrong = |field| Problem::field(Wrong::FieldInvalid, field);
    let iban = iban.parse().map_err(|_| wrong("iban"))?;
    let bic = bic.map(str::parse).transpose().map_err(|_| wrong("bic"))?;
    Ok(NewAccount { holder: holder.trim().to_owned(), iban, bic })
}

/// The account that an organisation is paid to.
#[utoipa::path(get, path = "/v1/organisations/{id}/bank-account", tag = "organisations",
    params(("id" = String, Path)), responses((status = 200, body = BankAccountView)))]
pub async fn read_bank_account(
    state: Shared,
    caller: Caller,
    id: web::Path<i64>,
) -> Result<HttpResponse, Problem> {
    let organisation = own(caller, Verb::BankAccountRead, *id)?;
    let row = block(&state, move |service| Ok(service.database().bank_account(organisation)?));
    Ok(HttpResponse::Ok().json(row.await?.ok_or(Wrong::NotFound)?))
}

/// Enters the first account that an organisation is paid to, or asks for another one: that changes
/// nothing until a second person confirms it. It is paid to 7 days later, and none of the two
/// prepares or approves its payment. The organisation's supervisors are told by e-mail.
#[utoipa::path(post, path = "/v1/organisations/{id}/bank-account", tag = "organisations",
    params(("id" = String, Path)), request_body = EnteredAccount,
    responses((status = 201, body = crate::http::extract::Written)))]
pub async fn enter_bank_account(
    state: Shared,
    caller: Caller,
    key: Key,
    id: web::Path<i64>,
    body: Body<EnteredAccount>,
) -> Result<HttpResponse, Problem> {
    let organisation = own(caller, Verb::BankAccountEnter, *id)?;
    let EnteredAccount { holder, iban, bic } = body.value;
    let account = account(holder, &iban, bic.as_deref())?;
    let enter = Ask::Settle(SettleAsk::EnterBankAccount { organisation, account });
    let answer = ask(&state, caller, &key, &body.canonical, enter).await?;
    // A letter that is not kept is no reason to say that nothing was asked.
    let told = block(&state, move |service| service.tell_account_asked(organisation)).await;
    if told.is_err() {
        tracing::error!(%organisation, "nobody was told of the account that was asked for");
    }
    written(&answer)
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "asked": "2261", "confirmed": true }))]
pub struct AccountConfirmation {
    /// The account that is meant, as `asked` of the present one names it.
    asked: Seq,
    /// Whether it takes the present one's place; if not, it is refused.
    confirmed: bool,
}

/// Confirms the account that somebody else asked for, or refuses it. One of the two is of the
/// operator; refusing is open to each, and to who asked.
#[utoipa::path(post, path = "/v1/organisations/{id}/bank-account/confirmation",
    tag = "organisations", params(("id" = String, Path)), request_body = AccountConfirmation,
    responses((status = 201, body = crate::http::extract::Written),
        (status = 200, body = crate::http::extract::Written, description = "It was refused")))]
pub async fn confirm_bank_account(
    state: Shared,
    caller: Caller,
    key: Key,
    id: web::Path<i64>,
    body: Body<AccountConfirmation>,
) -> Result<HttpResponse, Problem> {
    let organisation = own(caller, Verb::BankAccountConfirm, *id)?;
    let AccountConfirmation { asked, confirmed } = body.value;
    let confirm = SettleAsk::ConfirmBankAccount { organisation, asked, confirmed };
    written(&ask(&state, caller, &key, &body.canonical, Ask::Settle(confirm)).await?)
}

/// Another tenant's organisation is not there.
fn own(caller: Caller, verb: Verb, id: i64) -> Result<OrganisationId, Problem> {
    let meant = OrganisationId(id);
    match caller.may(verb)? {
        Tenant::Any => Ok(meant),
        Tenant::Organisation(own) if own == meant => Ok(meant),
        _ => Err(Wrong::NotFound.into()),
    }
}

/// The account that a programme's venues are paid from.
#[utoipa::path(get, path = "/v1/programmes/{id}/payer-account", tag = "programmes",
    params(("id" = String, Path)), responses((status = 200, body = PayerAccountView)))]
pub async fn read_payer_account(
    state: Shared,
    caller: Caller,
    id: web::Path<i64>,
) -> Result<HttpResponse, Problem> {
    caller.may(Verb::PayerAccountRead)?;
    let programme = ProgrammeId(*id);
    let row = block(&state, move |service| Ok(service.database().payer_account(programme)?));
    Ok(HttpResponse::Ok().json(row.await?.ok_or(Wrong::NotFound)?))
}

/// Enters the account that a programme's venues are paid from, for runs that are prepared later.
#[utoipa::path(post, path = "/v1/programmes/{id}/payer-account", tag = "programmes",
    params(("id" = String, Path)), request_body = EnteredPayer,
    responses((status = 201, body = crate::http::extract::Written)))]
pub async fn enter_payer_account(
    state: Shared,
    caller: Caller,
    key: Key,
    id: web::Path<i64>,
    body: Body<EnteredPayer>,
) -> Result<HttpResponse, Problem> {
    let within = caller.may(Verb::PayerAccountEnter)?;
    let filter = Filter::one(within, *id);
    only(block(&state, move |service| Ok(service.database().programmes(&filter)?)).await?)?;
    let EnteredPayer { holder, iban, bic, minimum_cents: minimum } = body.value;
    let account = account(holder, &iban, bic.as_deref())?;
    let programme = ProgrammeId(*id);
    let enter = Ask::Settle(SettleAsk::EnterPayerAccount { programme, account, minimum });
    written(&ask(&state, caller, &key, &body.canonical, enter).await?)
}

pub fn routes(config: &mut web::ServiceConfig) {
    config
        .service(
            web::resource("/v1/organisations/{id}/bank-account")
                .route(web::get().to(read_bank_account))
                .route(web::post().to(enter_bank_account)),
        )
        .service(
            web::resource("/v1/organisations/{id}/bank-account/confirmation")
                .route(web::post().to(confirm_bank_account)),
        )
        .service(
            web::resource("/v1/programmes/{id}/payer-account")
                .route(web::get().to(read_payer_account))
                .route(web::post().to(enter_payer_account)),
        );
}
