//! A good body for each operation, of a tenant's own things.
//! No routes: `access.rs` has them.

use serde_json::{Value, json};

use super::tenants::{PRINT_SHOP, Things};
use crate::support::{
    api::{Api, PASSWORD},
    terms,
};

impl Things {
    /// A good body for an operation, naming this tenant's things.
    pub fn body(&self, api: &Api, operation: &str) -> Value {
        let own = self.programme;
        let mut own_terms = terms([self.funder, self.funder]);
        own_terms.shares.truncate(1);
        own_terms.venues_listed = true;
        let id = api.town.service.new_request_id();
        match operation {
            "create_programme" | "change_programme" => json!({"name": "P", "terms": own_terms}),
            "fund_programme" | "withdraw_funds" => {
                json!({"funder": self.funder, "amount_cents": 100, "by": "deposit"})
            }
            "allocate" => json!({"issuer": self.issuer, "workshops": 1}),
            "admit_venue" => json!({"venue": self.venue}),
            "close_period" => json!({"programme": own, "month": "2026-11"}),
            "create_settlement" => json!({"programme": own, "day": "2026-11-22"}),
            "answer_payment" => json!({"answer": "paid"}),
            "confirm_payment" => json!({"reference": "Mandat 1", "day": "2026-11-24"}),
            "enter_bank_account" => {
                json!({"holder": "N", "iban": "FR1420041010050500013M02606"})
            }
            "enter_payer_account" => json!({"holder": "N", "minimum_cents": 1,
                "iban": "FR7630006000011234567890189"}),
            "suspend_issuer" => json!({"suspended": false}),
            "open_venue" => json!({"active": true}),
            "create_venue" => json!({"organisation": self.organisation,
                "profile": {"name": "V", "territory": "26"}}),
            "change_venue" => json!({"name": "V", "territory": "26"}),
            "create_device" | "change_device" => json!({"name": "D", "venues": [self.venue]}),
            "decide_quarantined" => json!({"accepted": false, "note": "N"}),
            "decide_conflict" => json!({"paid": false, "note": "N"}),
            "confirm_bank_account" => json!({"asked": "1", "confirmed": true}),
            "create_hold" => json!({"redemption": self.redemption, "note": "N"}),
            "create_dispute" => {
                json!({"about": "payment", "subject": self.payment, "reason": "R"})
            }
            "decide_dispute" => json!({"upheld": false, "note": "N"}),
            "decide_hold" => json!({"released": true, "note": "N"}),
            "guarantee" => json!({"workshops": 1}),
            "sync" => json!({"records": []}),
            "report_device" => json!({"version": "1", "queued": 0}),
            "import_venues" => json!([]),
            "create_user" => json!({"email": format!("{id}@example.fr"), "name": "N",
                "role": {"role": "agent", "of": self.issuer}, "password": PASSWORD}),
            "send_voucher" => json!({"channel": "email", "to": "a@example.fr"}),
            "raise_daily_limit" => json!({"day": "2026-11-23", "limit": 40}),
            "create_api_key" => json!({"name": "Software", "expires_at": "2027-01-01T00:00:00Z",
                "role": {"role": "agent", "of": self.issuer}}),
            "take_print_list" | "export_programme" => json!({"recipient": PRINT_SHOP}),
            "change_looks" => json!({"name": "Ville", "accent": "#1f4fa8"}),
            "create_batch" => {
                json!({"programme": own, "workshops": 5, "count": 2, "issuer": self.issuer})
            }
            "issue_voucher" => {
                json!({"programme": own, "workshops": 5, "issuer": self.issuer})
            }
            "voucher_by_code" => json!({"code": "nonsense"}),
            "create_redemption" => {
                json!({"id": id, "venue": self.venue, "code": "nonsense", "workshops": 1})
            }
            "rotate_keys" | "activate_key" | "invite_user" => json!({}),
            _ if operation.ends_with("_voucher")
                || operation.ends_with("_key")
                || operation.starts_with("reverse") =>
            {
                json!({})
            }
            _ => json!({"name": "N"}),
        }
    }
}
