//! Every role against every route, on its own things and on another tenant's.
//! The table itself is tested beside it, in `domain/access.rs`.

use std::collections::BTreeSet;

use pass_numerique::domain::{
    access::{Tenant, Verb, device_within, within},
    registry::Role,
};
use serde_json::json;

use super::{
    outside::{OF_DEVICES, OPEN},
    tenants::{Things, closed, found},
};
use crate::support::{
    api::{Api, Caller},
    contract::CONTRACT,
    device::Device,
    on_each_database,
};

/// Which of a tenant's things a route names.
#[derive(Clone, Copy, PartialEq)]
pub enum Of {
    Funder,
    Programme,
    Issuer,
    Organisation,
    Venue,
    /// The agent for an issuer's people, the scanner for others.
    Person,
    Device,
    Quarantined,
    Conflict,
    Hold,
    Dispute,
    Voucher,
    Batch,
    /// The manager's for an issuer's people, the supervisor's for others.
    ApiKey,
    Redemption,
    Settlement,
    Payment,
    Period,
    /// The funder's own, or the organisation's.
    Statement,
    YearlyAccount,
    /// An event's or an account's number, which is no tenant's.
    First,
    /// A kid that is not registered, so that no test loses its key.
    Key,
    /// A list, or something new.
    Nothing,
}

pub const ROUTES: &[(&str, Verb, Of)] = &[
    ("list_funders", Verb::FunderRead, Of::Nothing),
    ("read_funder", Verb::FunderRead, Of::Funder),
    ("create_funder", Verb::FunderCreate, Of::Nothing),
    ("change_funder", Verb::FunderChange, Of::Funder),
    ("list_programmes", Verb::ProgrammeRead, Of::Nothing),
    ("read_programme", Verb::ProgrammeRead, Of::Programme),
    ("create_programme", Verb::ProgrammeCreate, Of::Nothing),
    ("change_programme", Verb::ProgrammeChange, Of::Programme),
    ("list_allocations", Verb::AllocationRead, Of::Programme),
    ("read_budget", Verb::LedgerRead, Of::Programme),
    ("close_programme", Verb::ProgrammeClose, Of::Programme),
    ("end_programme", Verb::ProgrammeEnd, Of::Programme),
    ("read_ending", Verb::LedgerRead, Of::Programme),
    ("fund_programme", Verb::ProgrammeFund, Of::Programme),
    ("withdraw_funds", Verb::ProgrammeFund, Of::Programme),
    ("allocate", Verb::AllocationCreate, Of::Programme),
    ("guarantee", Verb::ProgrammeGuarantee, Of::Programme),
    ("admit_venue", Verb::ProgrammeAdmit, Of::Programme),
    ("list_issuers", Verb::IssuerRead, Of::Nothing),
    ("read_issuer", Verb::IssuerRead, Of::Issuer),
    ("create_issuer", Verb::IssuerCreate, Of::Nothing),
    ("change_issuer", Verb::IssuerChange, Of::Issuer),
    ("suspend_issuer", Verb::IssuerSuspend, Of::Issuer),
    ("list_organisations", Verb::OrganisationRead, Of::Nothing),
    ("read_organisation", Verb::OrganisationRead, Of::Organisation),
    ("create_organisation", Verb::OrganisationCreate, Of::Nothing),
    ("change_organisation", Verb::OrganisationChange, Of::Organisation),
    ("approve_organisation", Verb::OrganisationApprove, Of::Organisation),
    ("suspend_organisation", Verb::OrganisationApprove, Of::Organisation),
    ("list_venues", Verb::VenueRead, Of::Nothing),
    ("read_venue", Verb::VenueRead, Of::Venue),
    ("create_venue", Verb::VenueCreate, Of::Nothing),
    ("change_venue", Verb::VenueChange, Of::Venue),
    ("open_venue", Verb::VenueOpen, Of::Venue),
    ("import_venues", Verb::VenueImport, Of::Nothing),
    ("list_users", Verb::UserRead, Of::Nothing),
    ("read_user", Verb::UserRead, Of::Person),
    ("create_user", Verb::UserCreate, Of::Nothing),
    ("change_user", Verb::UserChange, Of::Person),
    ("raise_daily_limit", Verb::UserRaiseLimit, Of::Person),
    ("invite_user", Verb::UserChange, Of::Person),
    ("remove_users_second_factor", Verb::UserChange, Of::Person),
    ("revoke_user", Verb::UserRevoke, Of::Person),
    ("list_devices", Verb::DeviceRead, Of::Nothing),
    ("read_device", Verb::DeviceRead, Of::Device),
    ("create_device", Verb::DeviceCreate, Of::Nothing),
    ("invite_device", Verb::DeviceCreate, Of::Device),
    ("change_device", Verb::DeviceChange, Of::Device),
    ("revoke_device", Verb::DeviceRevoke, Of::Device),
    ("list_conflicts", Verb::ConflictRead, Of::Nothing),
    ("read_conflict", Verb::ConflictRead, Of::Conflict),
    ("decide_conflict", Verb::ConflictDecide, Of::Conflict),
    ("conflicts", Verb::ConflictRead, Of::Nothing),
    ("list_quarantine", Verb::RecordRead, Of::Nothing),
    ("read_quarantined", Verb::RecordRead, Of::Quarantined),
    ("decide_quarantined", Verb::RecordDecide, Of::Quarantined),
    ("list_batches", Verb::VoucherRead, Of::Nothing),
    ("read_batch", Verb::VoucherRead, Of::Batch),
    ("create_batch", Verb::BatchCreate, Of::Nothing),
    ("batch_list", Verb::VoucherRead, Of::Batch),
    ("list_vouchers", Verb::VoucherRead, Of::Nothing),
    ("read_voucher", Verb::VoucherRead, Of::Voucher),
    ("issue_voucher", Verb::VoucherIssue, Of::Nothing),
    ("voucher_by_code", Verb::VoucherLookUp, Of::Nothing),
    ("activate_voucher", Verb::VoucherIssue, Of::Voucher),
    ("suspend_voucher", Verb::VoucherSuspend, Of::Voucher),
    ("reinstate_voucher", Verb::VoucherReinstate, Of::Voucher),
    ("voucher_qr_svg", Verb::VoucherPrint, Of::Voucher),
    ("voucher_qr_png", Verb::VoucherPrint, Of::Voucher),
    ("replace_voucher", Verb::VoucherReplace, Of::Voucher),
    ("send_voucher", Verb::VoucherSend, Of::Voucher),
    ("voucher_messages", Verb::VoucherRead, Of::Voucher),
    ("cancel_voucher", Verb::VoucherCancel, Of::Voucher),
    ("list_redemptions", Verb::RedemptionRead, Of::Nothing),
    ("read_redemption", Verb::RedemptionRead, Of::Redemption),
    ("create_redemption", Verb::RedemptionCreate, Of::Nothing),
    ("reverse_redemption", Verb::RedemptionReverse, Of::Redemption),
    ("list_api_keys", Verb::ApiKeyRead, Of::Nothing),
    ("read_api_key", Verb::ApiKeyRead, Of::ApiKey),
    ("create_api_key", Verb::ApiKeyCreate, Of::Nothing),
    ("revoke_api_key", Verb::ApiKeyRevoke, Of::ApiKey),
    ("change_looks", Verb::LooksChange, Of::Nothing),
    ("list_keys", Verb::KeyRead, Of::Nothing),
    ("list_alarms", Verb::KeyRead, Of::Nothing),
    ("rotate_keys", Verb::KeyChange, Of::Nothing),
    ("activate_key", Verb::KeyChange, Of::Key),
    ("retire_key", Verb::KeyChange, Of::Key),
    ("compromise_key", Verb::KeyChange, Of::Key),
    ("usage", Verb::ReportRead, Of::Nothing),
    ("network", Verb::ReportRead, Of::Nothing),
    ("refusals", Verb::ReportRead, Of::Nothing),
    ("check_books", Verb::LedgerRead, Of::Nothing),
    ("forecast", Verb::LedgerRead, Of::Nothing),
    ("trial_balance", Verb::LedgerRead, Of::Nothing),
    ("export_ledger", Verb::LedgerRead, Of::Nothing),
    ("list_postings", Verb::LedgerRead, Of::Nothing),
    ("list_account_postings", Verb::LedgerRead, Of::First),
    ("list_events", Verb::AuditRead, Of::Nothing),
    ("read_event", Verb::AuditRead, Of::First),
    ("list_settlements", Verb::SettlementRead, Of::Nothing),
    ("read_settlement", Verb::SettlementRead, Of::Settlement),
    ("create_settlement", Verb::SettlementPrepare, Of::Nothing),
    ("approve_settlement", Verb::SettlementApprove, Of::Settlement),
    ("cancel_settlement", Verb::SettlementPrepare, Of::Settlement),
    ("export_settlement", Verb::SettlementExport, Of::Settlement),
    ("settlement_file", Verb::SettlementExport, Of::Settlement),
    ("answer_settlement", Verb::SettlementAnswer, Of::Settlement),
    ("settle_rest", Verb::SettlementAnswer, Of::Settlement),
    ("list_waiting", Verb::SettlementRead, Of::Settlement),
    ("list_payments", Verb::PaymentRead, Of::Nothing),
    ("read_payment", Verb::PaymentRead, Of::Payment),
    ("answer_payment", Verb::SettlementAnswer, Of::Payment),
    ("confirm_payment", Verb::PaymentConfirm, Of::Payment),
    ("payment_evidence", Verb::PaymentRead, Of::Payment),
    ("list_claims", Verb::SettlementRead, Of::Settlement),
    ("read_claim", Verb::SettlementRead, Of::Settlement),
    ("settlement_orders", Verb::PaymentConfirm, Of::Settlement),
    ("read_bank_account", Verb::BankAccountRead, Of::Organisation),
    ("enter_bank_account", Verb::BankAccountEnter, Of::Organisation),
    ("read_payer_account", Verb::PayerAccountRead, Of::Programme),
    ("enter_payer_account", Verb::PayerAccountEnter, Of::Programme),
    ("list_holds", Verb::HoldRead, Of::Nothing),
    ("read_hold", Verb::HoldRead, Of::Hold),
    ("decide_hold", Verb::HoldDecide, Of::Hold),
    ("read_receipt", Verb::ReceiptRead, Of::Redemption),
    ("month_of_receipts", Verb::ReceiptRead, Of::Nothing),
    ("list_receipt_keys", Verb::KeyRead, Of::Nothing),
    ("rotate_receipt_keys", Verb::KeyChange, Of::Nothing),
    ("compromise_receipt_key", Verb::KeyChange, Of::Key),
    ("take_print_list", Verb::PrintListTake, Of::Batch),
    ("print_lists_taken", Verb::VoucherRead, Of::Batch),
    ("people", Verb::PeopleRead, Of::Nothing),
    ("create_hold", Verb::HoldDispute, Of::Nothing),
    ("confirm_bank_account", Verb::BankAccountConfirm, Of::Organisation),
    ("list_periods", Verb::PeriodRead, Of::Nothing),
    ("read_period", Verb::PeriodRead, Of::Period),
    ("close_period", Verb::PeriodClose, Of::Nothing),
    ("read_closing", Verb::PeriodRead, Of::Programme),
    ("list_statements", Verb::StatementRead, Of::Nothing),
    ("read_statement", Verb::StatementRead, Of::Statement),
    ("statement_document", Verb::StatementRead, Of::Statement),
    ("export_programme", Verb::ProgrammeExport, Of::Programme),
    ("programme_exports_taken", Verb::LedgerRead, Of::Programme),
    ("list_yearly_accounts", Verb::YearlyAccountRead, Of::Nothing),
    ("read_yearly_account", Verb::YearlyAccountRead, Of::YearlyAccount),
    ("yearly_account_document", Verb::YearlyAccountRead, Of::YearlyAccount),
    ("account_of_year", Verb::YearlyAccountRead, Of::Programme),
    ("read_payment_delays", Verb::PaymentDelaysRead, Of::Organisation),
    ("list_disputes", Verb::DisputeRead, Of::Nothing),
    ("read_dispute", Verb::DisputeRead, Of::Dispute),
    ("create_dispute", Verb::DisputeOpen, Of::Nothing),
    ("decide_dispute", Verb::DisputeDecide, Of::Dispute),
    ("withdraw_dispute", Verb::DisputeOpen, Of::Dispute),
];

fn call(api: &Api, caller: &Caller<'_>, operation: &str, id: &str, of: &Things) -> (u16, String) {
    let found = CONTRACT.iter().find(|one| one.id == operation).unwrap();
    let mut path = found.path.replace("{id}", id).replace("{kid}", id);
    if operation == "list_decisions" {
        path.push_str("?sequences=1");
    }
    let body = of.body(api, operation);
    let reply = match found.method.as_str() {
        "GET" => caller.get(&path),
        "PATCH" => caller.patch(&path, &body),
        _ => caller.post(&path, &body),
    };
    assert!(reply.status < 500, "{operation}: {}", reply.text);
    (reply.status, reply.text)
}

#[test]
fn every_operation_of_the_contract_has_its_rule() {
    let tested: BTreeSet<&str> =
        ROUTES.iter().map(|(id, ..)| *id).chain(OPEN.iter().chain(OF_DEVICES).copied()).collect();
    assert_eq!(tested, CONTRACT.iter().map(|operation| operation.id.as_str()).collect());
}

#[test]
fn every_role_reaches_what_the_table_says_and_nothing_of_another_tenant() {
    on_each_database(|town| {
        let api = Api::start(town);
        let [ours, theirs] = closed(&api, [found(&api, "Ours"), found(&api, "Theirs")]);
        for role in ours.roles() {
            let caller = api.person(role);
            for (operation, verb, of) in ROUTES {
                let what = format!("{role:?} {operation}");
                let own = call(&api, &caller, operation, &ours.id(*of, role), &ours);
                let Some(tenant) = within(role, *verb) else {
                    assert_eq!(own.0, 403, "{what}: {}", own.1);
                    continue;
                };
                // A supervisor gives no role of an issuer.
                let foreign_role = matches!(*operation, "create_user" | "create_api_key")
                    && matches!(role, Role::Supervisor(_));
                if !foreign_role {
                    assert!(!matches!(own.0, 401 | 403), "{what}: {} {}", own.0, own.1);
                    assert_eq!(own.0 == 404, *of == Of::Key, "{what}: {} {}", own.0, own.1);
                }
                if tenant == Tenant::Any || matches!(of, Of::Nothing | Of::First) {
                    continue;
                }
                let other = call(&api, &caller, operation, &theirs.id(*of, role), &theirs);
                assert_eq!(other.0, 404, "{what} of another tenant: {}", other.1);
            }
        }
        api.town.audit();
    });
}

#[test]
fn a_device_reaches_what_is_its_own_and_nothing_else() {
    on_each_database(|town| {
        let api = Api::start(town);
        let [ours, theirs] = closed(&api, [found(&api, "Ours"), found(&api, "Theirs")]);
        let supervisor = api.person(Role::Supervisor(ours.organisation));
        let device = Device::enrolled(&api, &supervisor, &[ours.venue], 1);
        let (caller, role) = (device.caller(&api), Role::Scanner(ours.organisation));
        for (operation, verb, of) in ROUTES {
            let own = call(&api, &caller, operation, &ours.id(*of, role), &ours);
            if device_within(ours.organisation, *verb).is_none() {
                assert_eq!(own.0, 403, "{operation}: {}", own.1);
                continue;
            }
            assert!(!matches!(own.0, 401 | 403), "{operation}: {} {}", own.0, own.1);
            // Somebody took it without the device.
            assert_eq!(own.0 == 404, *of == Of::Redemption, "{operation}: {}", own.1);
            if *of != Of::Nothing {
                let other = call(&api, &caller, operation, &theirs.id(*of, role), &theirs);
                assert_eq!(other.0, 404, "{operation} of another tenant: {}", other.1);
            }
        }
        for operation in OF_DEVICES {
            let own = call(&api, &caller, operation, "00000000", &ours);
            // No key has leaked.
            let none = (*operation, own.0) == ("genuine", 404);
            assert!(own.0 < 300 || none, "{operation}: {} {}", own.0, own.1);
            for role in ours.roles() {
                let person = call(&api, &api.person(role), operation, "00000000", &ours);
                assert_eq!(person.0, 403, "{role:?} {operation}: {}", person.1);
            }
        }
    });
}

#[test]
fn without_a_log_in_every_route_but_the_open_ones_is_401() {
    on_each_database(|town| {
        let api = Api::start(town);
        let things = found(&api, "Ours");
        for (operation, ..) in ROUTES {
            let reply = call(&api, &api.nobody(), operation, "1", &things);
            assert_eq!(reply.0, 401, "{operation}: {}", reply.1);
        }
    });
}

#[test]
fn lists_and_figures_hold_nothing_of_another_tenant() {
    on_each_database(|town| {
        let api = Api::start(town);
        let [ours, theirs] = closed(&api, [found(&api, "Ours"), found(&api, "Theirs")]);
        for role in ours.roles().into_iter().skip(2) {
            let caller = api.person(role);
            for (operation, verb, _) in ROUTES {
                let found = CONTRACT.iter().find(|one| one.id == *operation).unwrap();
                // What belongs to one thing is there or not as that thing is.
                let is_list = operation.starts_with("list_") && !found.path.contains('{');
                let reach = within(role, *verb);
                if !is_list || matches!(reach, None | Some(Tenant::Any)) {
                    continue;
                }
                let reply = caller.get(&format!("{}?limit=200", found.path));
                let items = reply.body["items"].as_array().unwrap();
                assert!(!items.is_empty(), "{role:?} {operation}: {}", reply.text);
                let foreign = |name: &str, id: String| {
                    items.iter().any(|item| item[name].as_str() == Some(id.as_str()))
                };
                let of_them = foreign("funder", theirs.funder.to_string())
                    || foreign("programme", theirs.programme.to_string())
                    || foreign("issuer", theirs.issuer.to_string())
                    || foreign("organisation", theirs.organisation.to_string())
                    || reply.text.contains("Theirs");
                assert!(!of_them, "{role:?} {operation}: {}", reply.text);
            }
        }
        let analyst = api.person(Role::Analyst(ours.funder));
        let report = analyst.get("/v1/reports/usage");
        assert_eq!(report.body["lines"][0]["workshops_used"], 9, "{}", report.text);
        assert_eq!(report.body["lines"][0]["earned_cents"], 9_000);
        let narrowed = analyst.get(&format!("/v1/reports/usage?programme={}", theirs.programme));
        assert_eq!(narrowed.body["lines"], json!([]));
        let balance = analyst.get("/v1/ledger/trial-balance");
        assert_eq!(balance.body["debit_cents"], balance.body["credit_cents"]);
        assert!(!balance.text.contains(&format!("\"funder\":\"{}\"", theirs.funder)));
        let supervisor = api.person(Role::Supervisor(ours.organisation));
        let report = supervisor.get("/v1/reports/usage?by=venue");
        assert_eq!(report.body["lines"].as_array().unwrap().len(), 1, "{}", report.text);
        let foreign =
            json!({"programme": theirs.programme, "workshops": 5, "issuer": theirs.issuer});
        let agent = api.person(Role::Agent(ours.issuer));
        assert_eq!(agent.post("/v1/vouchers", &foreign).status, 404);
        let venue = json!({"organisation": theirs.organisation,
            "profile": {"name": "V", "territory": "26"}});
        assert_eq!(supervisor.post("/v1/venues", &venue).status, 404);
        let scan = json!({"id": api.town.service.new_request_id(), "venue": theirs.venue,
            "code": "0000-0000-0000", "workshops": 1});
        assert_eq!(supervisor.post("/v1/redemptions", &scan).reason(), "venue_not_admitted");
    });
}
