//! The two faces: what the API can do for a role, a page can, and nothing else.
//! No forms are sent: the tests of each page do.

use std::collections::BTreeSet;

use pass_numerique::domain::access::within;

use super::logged_in;
use crate::{
    http::{
        access::ROUTES,
        tenants::{closed, found},
    },
    support::{api::Api, on_each_database},
};

/// Where an operation is asked or its answer is read.
#[derive(Clone, Copy)]
enum Face {
    /// A page of its own, which is closed to whoever may not do it.
    Whole(&'static str),
    /// A part of a page that others see too.
    Part(&'static str),
}

use Face::{Part, Whole};

const FACES: &[(&str, Face)] = &[
    ("list_funders", Whole("/funders")),
    ("read_funder", Whole("/funders/{id}")),
    ("create_funder", Whole("/funders/new")),
    ("change_funder", Whole("/funders/{id}/change")),
    ("list_programmes", Whole("/programmes")),
    ("read_programme", Whole("/programmes/{id}")),
    ("create_programme", Whole("/programmes/new")),
    ("change_programme", Whole("/programmes/{id}/change")),
    ("list_allocations", Part("/programmes/{id}")),
    ("read_budget", Part("/programmes/{id}")),
    ("close_programme", Whole("/programmes/{id}/close")),
    ("end_programme", Whole("/programmes/{id}/end")),
    ("read_ending", Part("/programmes/{id}")),
    ("fund_programme", Whole("/programmes/{id}/funds")),
    ("withdraw_funds", Whole("/programmes/{id}/withdrawals")),
    ("allocate", Whole("/programmes/{id}/allocations")),
    ("guarantee", Whole("/programmes/{id}/guarantee")),
    ("admit_venue", Whole("/programmes/{id}/venues")),
    ("list_issuers", Whole("/issuers")),
    ("read_issuer", Whole("/issuers/{id}")),
    ("create_issuer", Whole("/issuers/new")),
    ("change_issuer", Whole("/issuers/{id}/change")),
    ("suspend_issuer", Whole("/issuers/{id}/suspend")),
    ("list_organisations", Whole("/organisations")),
    ("read_organisation", Whole("/organisations/{id}")),
    ("create_organisation", Whole("/organisations/new")),
    ("change_organisation", Whole("/organisations/{id}/change")),
    ("approve_organisation", Whole("/organisations/{id}/approve")),
    ("suspend_organisation", Whole("/organisations/{id}/suspend")),
    ("list_venues", Whole("/venues")),
    ("read_venue", Whole("/venues/{id}")),
    ("create_venue", Whole("/organisations/{organisation}/venue")),
    ("change_venue", Whole("/venues/{id}/change")),
    ("open_venue", Whole("/venues/{id}/close")),
    ("import_venues", Whole("/venues/import")),
    ("list_devices", Whole("/devices")),
    ("read_device", Whole("/devices/{id}")),
    ("create_device", Whole("/devices/new")),
    ("invite_device", Whole("/devices/{id}/enrolment")),
    ("change_device", Whole("/devices/{id}/change")),
    ("revoke_device", Whole("/devices/{id}/revoke")),
    ("list_conflicts", Whole("/conflicts")),
    ("read_conflict", Whole("/conflicts/{id}")),
    ("decide_conflict", Whole("/conflicts/{id}/decision")),
    ("list_quarantine", Whole("/quarantine")),
    ("read_quarantined", Whole("/quarantine/{id}")),
    ("decide_quarantined", Whole("/quarantine/{id}/decision")),
    ("list_users", Whole("/users")),
    ("read_user", Whole("/users/{id}")),
    ("create_user", Whole("/users/new")),
    ("change_user", Whole("/users/{id}/change")),
    ("raise_daily_limit", Whole("/users/{id}/limit")),
    ("invite_user", Whole("/users/{id}/invite")),
    ("remove_users_second_factor", Whole("/users/{id}/factor")),
    ("revoke_user", Whole("/users/{id}/revoke")),
    ("list_batches", Whole("/batches")),
    ("read_batch", Whole("/batches/{id}")),
    ("create_batch", Whole("/batches/new")),
    ("batch_list", Whole("/batches/{id}/vouchers.csv")),
    ("list_vouchers", Whole("/vouchers")),
    ("read_voucher", Whole("/vouchers/{id}")),
    ("issue_voucher", Whole("/vouchers/new")),
    ("voucher_by_code", Whole("/vouchers/look-up")),
    ("activate_voucher", Whole("/vouchers/{id}/activate")),
    ("suspend_voucher", Whole("/vouchers/{id}/suspend")),
    ("reinstate_voucher", Whole("/vouchers/{id}/reinstate")),
    ("voucher_qr_svg", Whole("/vouchers/{id}/qr.svg")),
    ("voucher_qr_png", Whole("/vouchers/{id}/print")),
    ("replace_voucher", Whole("/vouchers/{id}/replace")),
    ("send_voucher", Part("/vouchers/{id}")),
    ("voucher_messages", Part("/vouchers/{id}")),
    ("cancel_voucher", Whole("/vouchers/{id}/cancel")),
    ("list_redemptions", Whole("/redemptions")),
    ("read_redemption", Whole("/redemptions/{id}")),
    ("create_redemption", Part("/scan")),
    ("reverse_redemption", Whole("/redemptions/{id}/reversal")),
    ("list_api_keys", Whole("/api-keys")),
    ("read_api_key", Whole("/api-keys/{id}")),
    ("create_api_key", Whole("/api-keys/new")),
    ("revoke_api_key", Whole("/api-keys/{id}/revoke")),
    ("change_looks", Whole("/manage/looks")),
    ("list_keys", Whole("/keys")),
    ("list_alarms", Whole("/keys/{key}")),
    ("rotate_keys", Whole("/keys/new")),
    ("activate_key", Whole("/keys/{key}/activate")),
    ("retire_key", Whole("/keys/{key}/retire")),
    ("compromise_key", Whole("/keys/{key}/compromise")),
    ("usage", Whole("/reports")),
    ("network", Whole("/reports/network")),
    ("refusals", Whole("/reports/refusals")),
    ("check_books", Whole("/reports/reconciliation")),
    ("forecast", Whole("/reports/forecast")),
    ("conflicts", Whole("/reports/conflicts")),
    ("trial_balance", Whole("/ledger")),
    ("export_ledger", Whole("/ledger/export?format=csv")),
    ("list_postings", Part("/ledger")),
    ("list_account_postings", Whole("/ledger/{account}")),
    ("list_events", Whole("/events")),
    ("read_event", Whole("/events/1")),
    ("list_settlements", Whole("/settlements")),
    ("read_settlement", Whole("/settlements/{id}")),
    ("create_settlement", Whole("/settlements/new")),
    ("approve_settlement", Whole("/settlements/{id}/approve")),
    ("cancel_settlement", Whole("/settlements/{id}/cancel")),
    ("export_settlement", Whole("/settlements/{id}/export")),
    ("settlement_file", Whole("/settlements/{id}/pain.001.xml")),
    ("answer_settlement", Whole("/settlements/{id}/bank-answer")),
    ("settle_rest", Whole("/settlements/{id}/paid")),
    ("list_waiting", Part("/settlements/{id}")),
    ("list_payments", Whole("/payments")),
    ("read_payment", Whole("/payments/{id}")),
    ("answer_payment", Whole("/payments/{id}/answer")),
    ("confirm_payment", Whole("/payments/{id}/order")),
    ("payment_evidence", Whole("/payments/{id}/evidence")),
    ("list_claims", Whole("/settlements/{id}/claims")),
    ("read_claim", Part("/settlements/{id}/claims")),
    ("settlement_orders", Part("/settlements/{id}")),
    ("read_bank_account", Part("/organisations/{id}")),
    ("enter_bank_account", Whole("/organisations/{id}/account")),
    ("read_payer_account", Part("/programmes/{id}")),
    ("enter_payer_account", Whole("/programmes/{id}/payer")),
    ("list_holds", Whole("/holds")),
    ("read_hold", Whole("/holds/{id}")),
    ("decide_hold", Whole("/holds/{id}/decision")),
    ("read_receipt", Whole("/redemptions/{id}/receipt.txt")),
    ("month_of_receipts", Whole("/redemptions/receipts.txt?month=2026-11")),
    ("list_receipt_keys", Whole("/receipt-keys")),
    ("rotate_receipt_keys", Whole("/receipt-keys/new")),
    ("compromise_receipt_key", Whole("/receipt-keys/{receipt_key}/compromise")),
    ("take_print_list", Whole("/batches/{id}/print-shop")),
    ("print_lists_taken", Part("/batches/{id}")),
    ("people", Whole("/reports/people")),
    ("create_hold", Whole("/holds/new")),
    ("confirm_bank_account", Whole("/organisations/{id}/confirm")),
    ("list_periods", Whole("/periods")),
    ("read_period", Whole("/periods/{id}")),
    ("close_period", Whole("/programmes/{programme}/period")),
    ("read_closing", Part("/programmes/{id}")),
    ("list_statements", Whole("/statements")),
    ("read_statement", Whole("/statements/{id}")),
    ("statement_document", Whole("/statements/{id}/document/pdf")),
    ("export_programme", Whole("/programmes/{id}/archive")),
    ("programme_exports_taken", Part("/programmes/{id}")),
    ("list_yearly_accounts", Whole("/yearly-accounts")),
    ("read_yearly_account", Whole("/yearly-accounts/{id}")),
    ("yearly_account_document", Whole("/yearly-accounts/{id}/document/pdf")),
    ("account_of_year", Whole("/programmes/{id}/yearly-account")),
    ("read_payment_delays", Whole("/organisations/{id}/payment-delays")),
    ("list_disputes", Whole("/disputes")),
    ("read_dispute", Whole("/disputes/{id}")),
    ("create_dispute", Whole("/disputes/new")),
    ("decide_dispute", Whole("/disputes/{id}/decision")),
    ("withdraw_dispute", Whole("/disputes/{id}/withdrawal")),
];

#[test]
fn every_operation_of_the_api_has_its_page() {
    let pages: BTreeSet<&str> = FACES.iter().map(|(operation, _)| *operation).collect();
    let operations: BTreeSet<&str> = ROUTES.iter().map(|(operation, ..)| *operation).collect();
    assert_eq!(pages, operations);
}

#[test]
fn each_role_has_the_pages_of_what_it_may_do_and_no_others() {
    on_each_database(|town| {
        let api = Api::start(town);
        let [things] = closed(&api, [found(&api, "Ours")]);
        let key = api.town.service.key_list().unwrap()[0].kid.to_string();
        let receipt_key = api.town.service.receipt_keys().unwrap()[0].id.to_string();
        let organisation = things.organisation.to_string();
        for role in things.roles() {
            let browser = logged_in(&api, role);
            let accounts = browser.get("/ledger").text;
            let account = accounts.split("<a href=\"/ledger/").nth(1).unwrap_or("1\"");
            let account = account.split('"').next().unwrap();
            for (operation, face) in FACES {
                let (_, verb, of) = ROUTES.iter().find(|(id, ..)| id == operation).unwrap();
                let (Whole(place) | Part(place)) = *face;
                let place = place
                    .replace("{id}", &things.id(*of, role))
                    .replace("{organisation}", &organisation)
                    .replace("{programme}", &things.programme.to_string())
                    .replace("{key}", &key)
                    .replace("{receipt_key}", &receipt_key)
                    .replace("{account}", account);
                let may = within(role, *verb).is_some();
                let shown = browser.get(&place);
                let what = format!("{role:?} {operation} {place}");
                match (may, face) {
                    (true, _) => assert_eq!(shown.status, 200, "{what}: {}", shown.text),
                    (false, Whole(_)) => assert_eq!(shown.status, 403, "{what}"),
                    (false, Part(_)) => {}
                }
            }
        }
    });
}
