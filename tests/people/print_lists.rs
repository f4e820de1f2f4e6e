//! The list of a batch for a print shop: nobody else opens it, and each copy is accounted for.
//! What paper shows of a voucher is tested elsewhere.

use std::{collections::BTreeSet, io::Read as _};

use age::secrecy::ExposeSecret as _;
use pass_numerique::{
    app::print_list::WantedList,
    domain::{
        command::{Ask, Shown},
        ids::{Seq, VoucherId},
        printing::Again,
        registry::Role,
        view::Filter,
    },
    sys::sealed,
};
use serde_json::{Value, json};

use crate::support::{
    api::{Api, Caller, Reply},
    on_each_database,
};

pub struct Shop(age::x25519::Identity);

impl Shop {
    pub fn new() -> Self {
        Self(age::x25519::Identity::generate())
    }

    pub fn key(&self) -> String {
        self.0.to_public().to_string()
    }

    pub fn open(&self, armoured: &str) -> Option<String> {
        let armour = age::armor::ArmoredReader::new(armoured.as_bytes());
        let opened = age::Decryptor::new(armour).ok()?;
        let mut reader = opened.decrypt(std::iter::once(&self.0 as _)).ok()?;
        let mut text = String::new();
        reader.read_to_string(&mut text).ok()?;
        Some(text)
    }
}

fn batch(api: &Api, operator: &Caller<'_>, count: u32, stock: bool) -> String {
    let new = json!({"programme": api.town.programme, "workshops": 5, "count": count,
        "stock": stock, "issuer": api.town.issuer});
    let made = operator.post("/v1/voucher-batches", &new);
    assert_eq!(made.status, 201, "{}", made.text);
    made.body["id"].as_str().unwrap().to_owned()
}

fn minted(api: &Api) {
    api.town.service.mint_batches(&|| true).unwrap();
}

fn take(operator: &Caller<'_>, batch: &str, key: &str, reason: Option<&str>) -> Reply {
    let path = format!("/v1/voucher-batches/{batch}/print-list");
    operator.post(&path, &json!({"recipient": key, "reason": reason}))
}

fn rows(list: &str) -> Vec<Vec<String>> {
    let mut reader = csv::Reader::from_reader(list.as_bytes());
    let names = reader.headers().unwrap().iter().collect::<Vec<_>>().join(",");
    assert_eq!(names, "number,reference,workshops,last_day,typed_code,qr_text");
    reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect()
}

#[test]
fn a_print_shop_opens_its_list_and_every_voucher_of_it_is_genuine() {
    on_each_database(|town| {
        let api = Api::start(town);
        let (operator, shop) = (api.person(Role::Operator), Shop::new());
        let batch = batch(&api, &operator, 150, true);
        assert_eq!(take(&operator, &batch, &shop.key(), None).reason(), "batch_minting");
        minted(&api);
        let filter = Filter {
            batch: Some(Seq(batch.parse().unwrap())),
            limit: 200,
            ..Filter::of(pass_numerique::domain::access::Tenant::Any)
        };
        let now = api.town.service.clock.now();
        let all = api.town.service.database().vouchers(&filter, now).unwrap();
        let (voucher, issuer) = (all[0].id, api.town.issuer);
        api.town.service.ask_as(None, Ask::Activate { voucher, issuer }).unwrap();
        let list = take(&operator, &batch, &shop.key(), None);
        assert_eq!(list.status, 200, "{}", list.text);
        assert!(list.text.starts_with("-----BEGIN AGE ENCRYPTED FILE-----"), "{}", list.text);
        assert_eq!(list.header("cache-control"), "no-store");
        let rows = rows(&shop.open(&list.text).unwrap());
        assert_eq!(rows.len(), 149, "what was activated is no stock any more");
        let mut seen = BTreeSet::new();
        for (number, row) in (1..).zip(&rows) {
            let [place, reference, workshops, last_day, typed, qr] = &row[..] else { panic!() };
            assert_eq!((place, workshops.as_str()), (&number.to_string(), "5"));
            let Shown::Signed { voucher, .. } = api.town.service.read_code(qr).unwrap() else {
                panic!("{row:?}")
            };
            assert!(seen.insert(voucher) && voucher != all[0].id);
            assert_eq!(api.town.service.read_code(typed).unwrap(), Shown::Known(voucher));
            let known: &VoucherId = &voucher;
            let row = all.iter().find(|row| row.id == *known).unwrap();
            assert_eq!((&row.reference, &row.last_day.to_string()), (reference, last_day));
        }
        assert_eq!(Shop::new().open(&list.text), None, "nobody else opens it");
    });
}

#[test]
fn a_second_list_needs_a_reason_and_each_is_told() {
    on_each_database(|town| {
        let api = Api::start(town);
        let (operator, shop) = (api.person(Role::Operator), Shop::new());
        let batch = batch(&api, &operator, 2, true);
        minted(&api);
        let path = format!("/v1/voucher-batches/{batch}/print-list");
        let id = api.town.service.new_request_id().to_string();
        let key = [("Idempotency-Key", id.as_str())];
        let body = json!({"recipient": shop.key()}).to_string();
        let first = operator.send("POST", &path, &key, Some(&body));
        // A transfer that broke off is asked for again.
        let again = operator.send("POST", &path, &key, Some(&body));
        assert_eq!((first.status, again.status), (200, 200), "{}", again.text);
        assert_eq!(shop.open(&first.text), shop.open(&again.text));
        let other = json!({"recipient": Shop::new().key()}).to_string();
        let other = operator.send("POST", &path, &key, Some(&other));
        assert_eq!((other.status, other.reason()), (422, "request_reused"));
        assert_eq!(take(&operator, &batch, &shop.key(), None).reason(), "printed_before");
        let clock = &api.town.service.clock;
        clock.set(clock.now().plus_seconds(60));
        assert_eq!(take(&operator, &batch, &shop.key(), Some("spoilt")).status, 200);
        clock.set(clock.now().plus_seconds(16 * 60));
        let operator = api.again(operator.user);
        let late = operator.send("POST", &path, &key, Some(&body));
        assert_eq!(late.reason(), "request_reused", "{}", late.text);
        let lists = operator.get(&format!("/v1/voucher-batches/{batch}/print-lists")).body;
        let told: Vec<(&Value, &Value)> = lists["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|list| (&list["person"], &list["reason"]))
            .collect();
        let by = json!(operator.user);
        assert_eq!(told, [(&by, &json!("spoilt")), (&by, &Value::Null)]);
    });
}

#[test]
fn only_stock_and_only_a_public_key_make_a_list() {
    on_each_database(|town| {
        let api = Api::start(town);
        let (operator, shop) = (api.person(Role::Operator), Shop::new());
        let active = batch(&api, &operator, 2, false);
        let stock = batch(&api, &operator, 2, true);
        minted(&api);
        assert_eq!(take(&operator, &active, &shop.key(), None).reason(), "batch_not_stock");
        let private = shop.0.to_string();
        for wrong in ["", "age1", "imprimeur@exemple.fr", private.expose_secret()] {
            let refused = take(&operator, &stock, wrong, None);
            assert_eq!((refused.status, refused.reason()), (422, "field_invalid"), "{wrong}");
            assert_eq!(refused.body["field"], "recipient");
            assert!(wrong.is_empty() || !refused.text.contains(wrong) || wrong == "age1");
        }
        assert_eq!(take(&operator, &stock, &shop.key(), None).status, 200);
    });
}

#[test]
fn the_command_line_writes_a_list_that_is_never_on_disk_in_the_clear() {
    on_each_database(|town| {
        let api = Api::start(town);
        let (operator, shop) = (api.person(Role::Operator), Shop::new());
        let batch = Seq(batch(&api, &operator, 3, true).parse().unwrap());
        minted(&api);
        let folder = tempfile::tempdir().unwrap();
        let (file, identity) = (folder.path().join("list.age"), folder.path().join("identity"));
        std::fs::write(&identity, shop.0.to_string().expose_secret()).unwrap();
        let wanted = |again| WantedList {
            id: api.town.service.new_request_id(),
            batch,
            recipient: shop.key(),
            by: None,
            again,
        };
        assert_eq!(api.town.service.write_print_list(&wanted(None), &file).unwrap(), 3);
        let mut list = String::new();
        sealed::open(&file, &identity).unwrap().read_to_string(&mut list).unwrap();
        assert_eq!(rows(&list).len(), 3);
        let second = folder.path().join("second.age");
        assert!(api.town.service.write_print_list(&wanted(None), &second).is_err());
        let left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().collect();
        assert_eq!(left.len(), 2, "a list that was refused leaves nothing");
        let copy = wanted(Some(Again::Copy));
        assert_eq!(api.town.service.write_print_list(&copy, &second).unwrap(), 3);
    });
}
