//! The contract, generated from the handlers; `openapi.yaml` is its committed text.
//! No prose that the handlers do not have.

use utoipa::{
    Modify, OpenApi,
    openapi::{
        Content, Ref, Required, ResponseBuilder,
        path::{Operation, ParameterBuilder, ParameterIn},
        schema::{KnownFormat, ObjectBuilder, SchemaFormat, Type},
        security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
    },
};

use super::{auth, health, metrics, problem, v1};

#[derive(OpenApi)]
#[openapi(
    info(title = "Pass numérique", version = "1"),
    security(("token" = [])),
    components(schemas(problem::Document<'_>)),
    modifiers(&Problems),
    paths(
        health::healthz,
        health::readyz,
        health::jwks,
        health::key_set,
        health::receipt_key_set,
        v1::api_keys::list_api_keys,
        v1::api_keys::read_api_key,
        v1::api_keys::create_api_key,
        v1::api_keys::revoke_api_key,
        v1::devices::list_devices,
        v1::devices::read_device,
        v1::devices::create_device,
        v1::devices::invite_device,
        v1::devices::change_device,
        v1::devices::revoke_device,
        v1::devices::enrol::enrol_device,
        v1::devices::sign_in::challenge_device,
        v1::devices::sign_in::sign_in_device,
        v1::devices::own::read_own_device,
        v1::devices::own::report_device,
        v1::devices::own::list_decisions,
        v1::sync::sync,
        v1::feed::feed,
        v1::feed::genuine,
        v1::conflicts::list_conflicts,
        v1::conflicts::read_conflict,
        v1::conflicts::decide_conflict,
        v1::holds::list_holds,
        v1::holds::read_hold,
        v1::holds::create_hold,
        v1::holds::decide_hold,
        v1::disputes::list_disputes,
        v1::disputes::read_dispute,
        v1::disputes::create_dispute,
        v1::disputes::decide_dispute,
        v1::disputes::withdraw_dispute,
        v1::quarantine::list_quarantine,
        v1::quarantine::read_quarantined,
        v1::quarantine::decide_quarantined,
        v1::batches::list_batches,
        v1::batches::read_batch,
        v1::batches::create_batch,
        v1::batches::batch_list,
        v1::looks::read_looks,
        v1::looks::change_looks,
        v1::keys::list_keys,
        v1::keys::list_alarms,
        v1::keys::rotate_keys,
        v1::keys::activate_key,
        v1::keys::retire_key,
        v1::keys::compromise_key,
        metrics::metrics,
        auth::first::first_operator,
        auth::login::login,
        auth::refresh::refresh,
        auth::logout::logout,
        auth::password::request_reset,
        auth::password::choose_password,
        auth::password::change_own_password,
        auth::second_factor::begin,
        auth::second_factor::confirm,
        auth::second_factor::remove,
        auth::whoami::whoami,
        v1::funders::list_funders,
        v1::funders::read_funder,
        v1::funders::create_funder,
        v1::funders::change_funder,
        v1::programmes::list_programmes,
        v1::programmes::read_programme,
        v1::programmes::create_programme,
        v1::programmes::change_programme,
        v1::programmes::list_allocations,
        v1::programmes::read_budget,
        v1::programmes::close_programme,
        v1::programmes::end_programme,
        v1::programmes::read_ending,
        v1::programmes::fund_programme,
        v1::programmes::withdraw_funds,
        v1::programmes::allocate,
        v1::programmes::guarantee,
        v1::programmes::admit_venue,
        v1::issuers::list_issuers,
        v1::issuers::read_issuer,
        v1::issuers::create_issuer,
        v1::issuers::suspend_issuer,
        v1::issuers::change_issuer,
        v1::organisations::list_organisations,
        v1::organisations::read_organisation,
        v1::organisations::create_organisation,
        v1::organisations::approve_organisation,
        v1::organisations::suspend_organisation,
        v1::organisations::change_organisation,
        v1::venues::list_venues,
        v1::venues::read_venue,
        v1::venues::create_venue,
        v1::venues::change_venue,
        v1::venues::exchange::import_venues,
        v1::venues::exchange::export_venues,
        v1::venues::open_venue,
        v1::users::list_users,
        v1::users::read_user,
        v1::users::create_user,
        v1::users::revoke_user,
        v1::users::change_user,
        v1::users::raise_daily_limit,
        v1::users::invite_user,
        v1::users::remove_users_second_factor,
        v1::vouchers::list_vouchers,
        v1::vouchers::read_voucher,
        v1::vouchers::issue::issue_voucher,
        v1::vouchers::by_code::voucher_by_code,
        v1::vouchers::standing::activate_voucher,
        v1::vouchers::standing::suspend_voucher,
        v1::vouchers::standing::reinstate_voucher,
        v1::vouchers::standing::cancel_voucher,
        v1::vouchers::replace::replace_voucher,
        v1::vouchers::send::send_voucher,
        v1::vouchers::send::voucher_messages,
        v1::vouchers::paper::voucher_qr_svg,
        v1::vouchers::paper::voucher_qr_png,
        v1::redemptions::list_redemptions,
        v1::redemptions::read_redemption,
        v1::redemptions::create::create_redemption,
        v1::redemptions::reversal::reverse_redemption,
        v1::reports::usage,
        v1::reports::refusals,
        v1::reports::conflicts,
        v1::reports::network,
        v1::reports::reconciliation::check_books,
        v1::reports::forecast::forecast,
        v1::ledger::trial_balance,
        v1::ledger::export_ledger,
        v1::ledger::list_postings,
        v1::ledger::list_account_postings,
        v1::audit::list_events,
        v1::audit::read_event,
        v1::settlements::list_settlements,
        v1::settlements::read_settlement,
        v1::settlements::create_settlement,
        v1::settlements::approve_settlement,
        v1::settlements::cancel_settlement,
        v1::settlements::export_settlement,
        v1::settlements::settlement_file,
        v1::settlements::answer_settlement,
        v1::settlements::settle_rest,
        v1::settlements::list_waiting,
        v1::settlements::payments::list_payments,
        v1::settlements::payments::read_payment,
        v1::settlements::settlement_orders,
        v1::settlements::payments::answer_payment,
        v1::settlements::payments::confirm_payment,
        v1::settlements::evidence::payment_evidence,
        v1::settlements::evidence::list_claims,
        v1::settlements::evidence::read_claim,
        v1::settlements::accounts::read_bank_account,
        v1::settlements::accounts::enter_bank_account,
        v1::settlements::accounts::confirm_bank_account,
        v1::settlements::accounts::read_payer_account,
        v1::settlements::accounts::enter_payer_account,
        v1::receipts::read_receipt,
        v1::receipts::month_of_receipts,
        v1::receipts::list_receipt_keys,
        v1::receipts::rotate_receipt_keys,
        v1::receipts::compromise_receipt_key,
        v1::print_lists::take_print_list,
        v1::print_lists::print_lists_taken,
        v1::reports::people::people,
        v1::open_data::open_usage,
        v1::open_data::open_schema,
        v1::periods::list_periods,
        v1::periods::read_period,
        v1::periods::close_period,
        v1::periods::read_closing,
        v1::statements::list_statements,
        v1::statements::read_statement,
        v1::statements::statement_document,
        v1::programme_exports::export_programme,
        v1::programme_exports::programme_exports_taken,
        v1::yearly_accounts::list_yearly_accounts,
        v1::yearly_accounts::read_yearly_account,
        v1::yearly_accounts::yearly_account_document,
        v1::yearly_accounts::account_of_year,
        v1::delays::read_payment_delays,
    )
)]
pub(super) struct Contract;

/// Adds what holds for every operation of a kind: its problems, its request key, its log-in.
struct Problems;

/// POSTs that change nothing, or carry their own id.
/// Orders about keys go on where they stopped.
const WITHOUT_KEY: [&str; 26] = [
    "first_operator",
    "login",
    "refresh",
    "logout",
    "request_reset",
    "choose_password",
    "change_own_password",
    "begin_second_factor",
    "confirm_second_factor",
    "remove_second_factor",
    "voucher_by_code",
    "create_redemption",
    "import_venues",
    "rotate_keys",
    "activate_key",
    "retire_key",
    "compromise_key",
    "enrol_device",
    "challenge_device",
    "sign_in_device",
    "report_device",
    "sync",
    "answer_settlement",
    "settle_rest",
    "rotate_receipt_keys",
    "compromise_receipt_key",
];

impl Modify for Problems {
    fn modify(&self, contract: &mut utoipa::openapi::OpenApi) {
        let scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT");
        let scheme = SecurityScheme::Http(scheme.build());
        contract.components.get_or_insert_default().add_security_scheme("token", scheme);
        for (path, item) in &mut contract.paths.paths {
            if let Some(operation) = &mut item.get {
                let named = path.contains('{') || path.ends_with("passnum-keys");
                answer(operation, &[429, 500, 503]);
                let same = ResponseBuilder::new().description("Not changed: see If-None-Match");
                operation.responses.responses.insert("304".to_owned(), same.build().into());
                answer(operation, if named { &[404] } else { &[] });
                let refuses = path.contains("/qr.") || path.ends_with("/payment-orders.csv");
                answer(operation, if refuses { &[409] } else { &[] });
                answer(operation, if path.starts_with("/v1") { &[400, 401, 403] } else { &[] });
            }
            for operation in [&mut item.post, &mut item.patch].into_iter().flatten() {
                let id = operation.operation_id.clone().unwrap_or_default();
                answer(operation, &[400, 401, 403, 404, 409, 413, 415, 422, 429, 500, 503]);
                if !WITHOUT_KEY.contains(&id.as_str()) {
                    keyed(operation);
                }
            }
        }
    }
}

fn answer(operation: &mut Operation, statuses: &[u16]) {
    for status in statuses {
        let content = Content::new(Some(Ref::from_schema_name("Problem")));
        let response = ResponseBuilder::new()
            .description(described(*status))
            .content(problem::CONTENT_TYPE, content)
            .build();
        operation.responses.responses.insert(status.to_string(), response.into());
    }
}

const fn described(status: u16) -> &'static str {
    match status {
        400 => "Malformed, or without a key",
        401 => "Not logged in",
        403 => "Not for this role",
        404 => "Unknown, or another tenant's",
        409 => "Refused; `reason` says why",
        413 => "Too large a body",
        415 => "Not application/json",
        422 => "A wrong field, or a reused key",
        429 => "Too many requests; see Retry-After",
        503 => "Busy or unavailable; see Retry-After",
        _ => "A fault of the service",
    }
}

fn keyed(operation: &mut Operation) {
    let uuid = ObjectBuilder::new()
        .schema_type(Type::String)
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::Uuid)))
        .build();
    let header = ParameterBuilder::new()
        .name("Idempotency-Key")
        .parameter_in(ParameterIn::Header)
        .required(Required::True)
        .schema(Some(uuid))
        .build();
    operation.parameters.get_or_insert_default().push(header);
}

/// The contract as JSON.
///
/// # Errors
/// When it cannot be written, which is a fault of the program.
pub fn json() -> Result<String, String> {
    Contract::openapi().to_json().map_err(|error| error.to_string())
}

/// The contract as YAML.
pub fn yaml() -> Result<String, String> {
    Contract::openapi().to_yaml().map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_committed_contract_is_the_one_of_the_code() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/openapi.yaml");
        let yaml = super::yaml().unwrap();
        #[expect(clippy::disallowed_methods, reason = "how a person writes the contract anew")]
        if std::env::var_os("UPDATE_OPENAPI").is_some() {
            std::fs::write(path, &yaml).unwrap();
        }
        let committed = std::fs::read_to_string(path).unwrap_or_default();
        assert!(committed == yaml, "run: UPDATE_OPENAPI=1 cargo test openapi");
    }
}
