//! Receipts through the real service: the same text for ever, by the key of the moment, checked
//! by the published keys alone. The bytes of one are tested beside the domain.

use pass_numerique::{
    app::rotate::{KeyOrder, KeyStep},
    domain::{
        command::Ask,
        ids::Seq,
        receipt::{NoReceipt, Receipt, ReceiptKeyAsk, read_keys},
        refusal::Reason,
        registry::Role,
    },
};
use serde_json::{Value, json};

use crate::support::{
    Town,
    api::{Api, Caller},
    on_each_database,
};

const DAY: i64 = 86_400;

fn scan(api: &Api, voucher: &Value, workshops: u8) -> Value {
    json!({"id": api.town.service.new_request_id(), "venue": api.town.venue,
        "workshops": workshops, "code": voucher["paper"]["qr_text"]})
}

fn pass(api: &Api) -> Value {
    let agent = api.person(Role::Agent(api.town.issuer));
    agent.post("/v1/vouchers", &json!({"programme": api.town.programme, "workshops": 5})).body
}

fn taken(caller: &Caller<'_>, scan: &Value) -> Value {
    let done = caller.post("/v1/redemptions", scan);
    assert_eq!(done.status, 201, "{}", done.text);
    done.body
}

fn verified(api: &Api, text: &str) -> Result<Receipt, NoReceipt> {
    let set = api.nobody().get("/.well-known/receipt-keys.json").text;
    Receipt::verified(text, &read_keys(&set).unwrap())
}

fn order(town: &Town, order: &KeyOrder) -> Vec<KeyStep> {
    town.service.order_keys(None, order).unwrap().unwrap()
}

#[test]
fn a_receipt_says_what_was_earned_and_is_the_same_whenever_it_is_asked_for() {
    on_each_database(|town| {
        let api = Api::start(town);
        let venue = api.person(Role::Scanner(api.town.organisation));
        let voucher = pass(&api);
        let asked = scan(&api, &voucher, 2);
        let done = taken(&venue, &asked);
        let text = done["receipt"].as_str().unwrap().to_owned();
        let said = verified(&api, &text).unwrap();
        let seq: i64 = done["seq"].as_str().unwrap().parse().unwrap();
        assert_eq!(
            (said.seq, said.id.to_string()),
            (Seq(seq), asked["id"].as_str().unwrap().into())
        );
        assert_eq!((said.workshops, said.left, said.earned_cents.0), (2, 3, 2_000));
        assert_eq!(json!(said.last_day), done["last_day"]);
        assert_eq!((said.organisation, said.venue), (api.town.organisation, api.town.venue));
        assert_eq!(json!(said.occurred_at), done["occurred_at"]);
        let operator = api.person(Role::Operator);
        let event = operator.get(&format!("/v1/audit/events/{seq}"));
        let head = data_encoding::HEXLOWER.encode(&said.head);
        assert_eq!(event.body["hash"], json!(head), "the funder finds it in the journal");
        let digits = voucher["paper"]["qr_text"].as_str().unwrap();
        assert!(!text.contains(digits.get(digits.len() - 40..).unwrap()));

        // Others after it, its own reversal and a new start change nothing.
        let later = taken(&venue, &scan(&api, &voucher, 1));
        let path = format!("/v1/redemptions/{seq}/reversal");
        assert_eq!(venue.post(&path, &json!({})).status, 201);
        let last = taken(&venue, &scan(&api, &voucher, 4));
        let again = venue.post("/v1/redemptions", &asked);
        assert_eq!(again.body["receipt"], json!(text), "{}", again.text);
        let read = |seq: &str| venue.get(&format!("/v1/redemptions/{seq}/receipt")).body;
        let first = read(&seq.to_string());
        assert_eq!(first["receipt"], json!(text), "{first}");
        assert!(first["reversed_by"].is_string(), "{first}");
        for (done, left) in [(&later, 2), (&last, 0)] {
            let read = read(done["seq"].as_str().unwrap());
            assert_eq!((&read["receipt"], &read["left"]), (&done["receipt"], &json!(left)));
        }
        let month = venue.get("/v1/receipts?month=2026-11");
        let texts = [&json!(text), &later["receipt"], &last["receipt"]];
        let lines: Vec<Value> = month.text.lines().map(|line| json!(line)).collect();
        assert_eq!(lines.iter().collect::<Vec<_>>(), texts);
        assert_eq!(venue.get("/v1/receipts?month=2026-12").text, "");
        assert_eq!(venue.get("/v1/receipts?month=2026-13").reason(), "query_invalid");
        let town = api.stop().restarted();
        let api = Api::start(town);
        let venue = api.person(Role::Scanner(api.town.organisation));
        let read = venue.get(&format!("/v1/redemptions/{seq}/receipt")).body;
        assert_eq!(read["receipt"], json!(text));
        api.town.audit();
    });
}

#[test]
fn a_dry_run_and_a_refusal_have_no_receipt() {
    on_each_database(|town| {
        let api = Api::start(town);
        let venue = api.person(Role::Scanner(api.town.organisation));
        let voucher = pass(&api);
        let mut asked = scan(&api, &voucher, 1);
        asked["dry_run"] = json!(true);
        let dry = venue.post("/v1/redemptions", &asked);
        assert_eq!((dry.status, &dry.body["receipt"]), (200, &Value::Null), "{}", dry.text);
        let refused = venue.post("/v1/redemptions", &scan(&api, &voucher, 6));
        assert_eq!((refused.status, &refused.body["receipt"]), (409, &Value::Null));
        assert_eq!(venue.get("/v1/receipts?month=2026-11").text, "");
    });
}

#[test]
fn receipt_keys_rotate_with_overlap_and_each_redemption_keeps_its_own() {
    on_each_database(|town| {
        let api = Api::start(town);
        let venue = api.person(Role::Scanner(api.town.organisation));
        let (voucher, clock) = (pass(&api), &api.town.service.clock);
        let before = taken(&venue, &scan(&api, &voucher, 1));
        let steps = order(&api.town, &KeyOrder::RotateReceipts);
        let [KeyStep::ReceiptKeyAdded { signs_from, .. }] = steps[..] else { panic!("{steps:?}") };
        assert_eq!(signs_from, clock.now().plus_seconds(DAY));
        let waiting = taken(&venue, &scan(&api, &voucher, 1));
        clock.set(clock.now().plus_seconds(DAY));
        let venue = api.again(venue.user);
        let after = taken(&venue, &scan(&api, &voucher, 1));
        let kid = |done: &Value| done["receipt"].as_str().unwrap().get(5..15).unwrap().to_owned();
        assert_eq!(kid(&before), kid(&waiting));
        assert_ne!(kid(&before), kid(&after));
        for done in [&before, &waiting, &after] {
            assert!(verified(&api, done["receipt"].as_str().unwrap()).is_ok());
            let path = format!("/v1/redemptions/{}/receipt", done["seq"].as_str().unwrap());
            assert_eq!(venue.get(&path).body["receipt"], done["receipt"]);
        }
        api.town.audit();
    });
}

#[test]
fn a_receipt_key_that_leaked_proves_nothing_and_another_signs_at_once() {
    on_each_database(|town| {
        let api = Api::start(town);
        let venue = api.person(Role::Scanner(api.town.organisation));
        let done = taken(&venue, &scan(&api, &pass(&api), 1));
        let leaked = api.town.service.receipt_keys().unwrap()[0];
        let operator = api.person(Role::Operator);
        let path = format!("/v1/receipt-keys/{}/compromise", leaked.id);
        let steps = operator.post(&path, &json!({}));
        assert_eq!(steps.status, 200, "{}", steps.text);
        let old = done["receipt"].as_str().unwrap();
        assert_eq!(verified(&api, old), Err(NoReceipt::KeyCompromised));
        let path = format!("/v1/redemptions/{}/receipt", done["seq"].as_str().unwrap());
        let anew = venue.get(&path).body["receipt"].as_str().unwrap().to_owned();
        assert_ne!(anew, old);
        assert!(verified(&api, &anew).is_ok());
        let again = ReceiptKeyAsk::Compromise { key: leaked.id };
        let refused = api.town.service.ask_as(None, Ask::ReceiptKey(again)).unwrap();
        assert_eq!(crate::support::refused(&refused), Reason::KeyStateConflict);
        api.town.audit();
    });
}

#[test]
fn a_receipt_key_signs_no_voucher_and_a_voucher_key_no_receipt() {
    on_each_database(|town| {
        let voucher_key = town.service.key_list().unwrap()[0].public;
        let ask = ReceiptKeyAsk::Add { public: voucher_key, first: false };
        let refused = town.service.ask_as(None, Ask::ReceiptKey(ask)).unwrap();
        assert_eq!(crate::support::refused(&refused), Reason::KeyTaken);
        let receipt_key = town.service.receipt_keys().unwrap()[0].public;
        let kids: Vec<_> = town.service.key_list().unwrap().iter().map(|key| key.kid).collect();
        assert!(!kids.contains(&receipt_key.kid()));
        assert!(
            !town
                .service
                .jwks()
                .unwrap()
                .to_string()
                .contains(&data_encoding::BASE64URL_NOPAD.encode(&receipt_key.0))
        );
    });
}

#[test]
fn an_edited_receipt_key_shows_in_the_audit() {
    on_each_database(|town| {
        town.audit();
        town.execute("UPDATE receipt_key SET signs_from = 5").unwrap();
        let differences = town.service.audit().unwrap().differences;
        assert_eq!((differences.len(), differences[0].place), (1, "receipt_key"));
    });
}

#[test]
fn without_the_private_file_the_workshop_counts_and_the_receipt_comes_later() {
    on_each_database(|town| {
        let folder = town.keys.join("receipts");
        let aside = town.keys.join("aside");
        std::fs::rename(&folder, &aside).unwrap();
        town.service.reload_keys().unwrap();
        let api = Api::start(town);
        let venue = api.person(Role::Scanner(api.town.organisation));
        let done = taken(&venue, &scan(&api, &pass(&api), 1));
        assert_eq!(done["receipt"], Value::Null);
        let path = format!("/v1/redemptions/{}/receipt", done["seq"].as_str().unwrap());
        assert_eq!((venue.get(&path).status, venue.get(&path).reason()), (503, "unavailable"));
        std::fs::rename(&aside, &folder).unwrap();
        api.town.service.reload_keys().unwrap();
        let text = venue.get(&path).body["receipt"].as_str().unwrap().to_owned();
        assert!(verified(&api, &text).is_ok());
    });
}

#[test]
fn anybody_verifies_receipts_with_the_published_keys_and_nothing_else() {
    on_each_database(|town| {
        let api = Api::start(town);
        let venue = api.person(Role::Scanner(api.town.organisation));
        let voucher = pass(&api);
        for _ in 0..3 {
            taken(&venue, &scan(&api, &voucher, 1));
        }
        let folder = tempfile::tempdir().unwrap();
        let (set, file) = (folder.path().join("keys.json"), folder.path().join("receipts.txt"));
        std::fs::write(&set, api.nobody().get("/.well-known/receipt-keys.json").bytes).unwrap();
        let receipts = venue.get("/v1/receipts?month=2026-11").text;
        std::fs::write(&file, format!("{receipts}{receipts}")).unwrap();
        let verify = || {
            let program = std::process::Command::new(env!("CARGO_BIN_EXE_pass-numerique"))
                .args(["--json", "verify", "--receipt-keys"])
                .args([&set, &file])
                .env_clear()
                .output()
                .unwrap();
            (program.status.code(), String::from_utf8(program.stdout).unwrap())
        };
        let (code, told) = verify();
        let told: Value = serde_json::from_str(&told).unwrap();
        assert_eq!(code, Some(0));
        assert_eq!(
            (&told["earned_cents"], told["receipts"].as_array().unwrap().len()),
            (&json!(3_000), 3),
            "each once: {told}"
        );
        let changed = receipts.replacen("PNR1.A", "PNR1.B", 1);
        std::fs::write(&file, changed).unwrap();
        assert_eq!(verify().0, Some(1));
    });
}
