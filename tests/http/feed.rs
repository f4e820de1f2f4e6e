//! The feed: what a device begins with, what it hears of later, and that it is signed for it.
//! No scanner: what a device does with it is its own business.

use std::collections::BTreeMap;

use pass_numerique::domain::{
    command::{Ask, Outcome, Shown},
    feed::Feed,
    genuine::{Genuine, mark},
    ids::{Seq, VoucherId},
    key::admissible,
    key_register::{Early, PublicKey},
    registry::Role,
    voucher::{Kid, payload::head},
};
use serde_json::json;

use crate::support::{
    api::{Api, Caller},
    device::Device,
    on_each_database,
};

fn page(api: &Api, caller: &Caller<'_>, query: &str) -> Feed {
    let reply = caller.get(&format!("/v1/feed{query}"));
    assert_eq!(reply.status, 200, "{}", reply.text);
    let jwks = api.nobody().get("/.well-known/jwks.json").body;
    let x = jwks["keys"][0]["x"].as_str().unwrap();
    let public = data_encoding::BASE64URL_NOPAD.decode(x.as_bytes()).unwrap();
    let key = admissible(&public.try_into().unwrap()).unwrap();
    Feed::read(&reply.bytes, &key).unwrap()
}

fn left(feed: &Feed) -> BTreeMap<VoucherId, u8> {
    feed.entries.iter().map(|entry| (entry.voucher, entry.left)).collect()
}

fn ask(api: &Api, ask: Ask) {
    let outcome = api.town.service.ask_as(None, ask).unwrap();
    assert!(!matches!(outcome, Outcome::Refused(_)), "{outcome:?}");
}

#[test]
fn a_feed_begins_with_what_signatures_do_not_say_and_goes_on_with_what_changed() {
    on_each_database(|town| {
        let api = Api::start(town);
        let town = &api.town;
        let supervisor = api.person(Role::Supervisor(town.organisation));
        let device = Device::enrolled(&api, &supervisor, &[town.venue], 1);
        let caller = device.caller(&api);
        let [untouched, used, cancelled, restored] = [(); 4].map(|()| town.issue(5).unwrap());
        let Outcome::Redeemed(first) = town.redeem(used).outcome else { panic!() };
        ask(&api, Ask::Cancel { voucher: cancelled });
        let Outcome::Redeemed(undone) = town.redeem(restored).outcome else { panic!() };
        town.reverse(undone.seq);
        let draft = town.service.draft(town.service.clock.now()).unwrap();
        let (programme, issuer) = (town.programme, town.issuer);
        let stock = draft.id;
        ask(&api, Ask::Issue { programme, issuer, workshops: 6, stock: true, draft });

        let begun = page(&api, &caller, "");
        assert_eq!((begun.device, begun.after, begun.next), (device.id, Seq(0), 0));
        assert_eq!(begun.programmes, [programme]);
        assert_eq!(left(&begun), BTreeMap::from([(used, 4), (cancelled, 0)]));
        let quiet = page(&api, &caller, &format!("?after={}", begun.until));
        assert_eq!((quiet.entries.len(), quiet.until), (0, begun.until));

        ask(&api, Ask::Activate { voucher: stock, issuer });
        town.reverse(first.seq);
        ask(&api, Ask::Suspend { voucher: untouched });
        let heard = page(&api, &caller, &format!("?after={}", begun.until));
        // One that is whole again must be told to whoever heard otherwise.
        assert_eq!(left(&heard), BTreeMap::from([(used, 5), (stock, 6), (untouched, 0)]));
        assert!(heard.until > begun.until);
        // Asked again, interrupted or not, it says the same.
        let again = page(&api, &caller, &format!("?after={}", begun.until));
        assert_eq!(left(&again), left(&heard));
        let anew = page(&api, &caller, &format!("?number=0&until={}", begun.until));
        assert_eq!(anew.until, begun.until);
        assert_eq!(left(&anew), BTreeMap::from([(cancelled, 0), (stock, 6), (untouched, 0)]));
        assert_eq!(caller.get("/v1/feed?after=1&number=2").status, 400);

        // What is past its day needs no word.
        let clock = &town.service.clock;
        clock.set(clock.now().plus_seconds(130 * 86_400));
        assert_eq!(left(&page(&api, &device.caller(&api), "")), BTreeMap::new());
    });
}

#[test]
fn a_feed_is_about_the_programmes_of_the_device_s_venues_alone() {
    on_each_database(|town| {
        let api = Api::start(town);
        let town = &api.town;
        let supervisor = api.person(Role::Supervisor(town.organisation));
        let device = Device::enrolled(&api, &supervisor, &[town.venue], 1);
        let mut listed = crate::support::terms(town.funders);
        listed.venues_listed = true;
        let operator = api.person(Role::Operator);
        let other = operator.post("/v1/programmes", &json!({"name": "Autre", "terms": listed}));
        let other = other.body["id"].as_str().unwrap().to_owned();
        let programmes = |api: &Api| -> Vec<String> {
            let feed = page(api, &device.caller(api), "");
            feed.programmes.iter().map(ToString::to_string).collect()
        };
        let own = town.programme.to_string();
        assert_eq!(programmes(&api), std::slice::from_ref(&own));
        let admit = format!("/v1/programmes/{other}/venues");
        assert_eq!(operator.post(&admit, &json!({"venue": town.venue})).status, 200);
        assert_eq!(programmes(&api), [own, other]);
        let path = format!("/v1/devices/{}/revoke", device.id);
        let caller = device.caller(&api);
        assert_eq!(supervisor.post(&path, &json!({})).status, 200);
        let refused = caller.get("/v1/feed");
        assert_eq!((refused.status, refused.reason()), (403, "device_revoked"));
    });
}

#[test]
fn a_page_looks_at_so_many_vouchers_and_events_and_the_next_one_goes_on() {
    on_each_database(|town| {
        let api = Api::start(town);
        let town = &api.town;
        let supervisor = api.person(Role::Supervisor(town.organisation));
        let device = Device::enrolled(&api, &supervisor, &[town.venue], 1);
        let caller = device.caller(&api);
        let [first, last] = [(); 2].map(|()| town.issue(5).unwrap());
        for voucher in [first, last] {
            assert!(matches!(town.redeem(voucher).outcome, Outcome::Redeemed(_)));
        }
        // As if a quarter of a million of other programmes had come in between.
        let far = format!("UPDATE voucher SET number = number + 250000 WHERE id = {last}");
        town.execute(&far).unwrap();
        let begun = page(&api, &caller, "");
        assert_eq!(left(&begun), BTreeMap::from([(first, 4)]));
        let (mut next, mut told, mut pages) = (begun.next, BTreeMap::new(), 1);
        while next != 0 {
            let query = format!("?number={next}&until={}", begun.until);
            let page = page(&api, &caller, &query);
            told.extend(left(&page));
            (next, pages) = (page.next, pages + 1);
        }
        assert_eq!((told, pages), (BTreeMap::from([(last, 4)]), 3));
    });
}

#[test]
fn of_a_key_that_leaked_devices_are_told_the_genuine_passes_and_of_others_nothing() {
    on_each_database(|town| {
        let api = Api::start(town);
        let town = &api.town;
        let supervisor = api.person(Role::Supervisor(town.organisation));
        let device = Device::enrolled(&api, &supervisor, &[town.venue], 1);
        let caller = device.caller(&api);
        let genuine = [town.issue(5).unwrap(), town.issue(10).unwrap()];
        let payload = |id: VoucherId| -> [u8; 20] {
            let url = town.service.paper(id).unwrap().url;
            match town.service.read_code(&url).unwrap() {
                Shown::Signed { payload, .. } => payload,
                other => panic!("{other:?}"),
            }
        };
        let genuine = genuine.map(payload);
        let (_, leaked) = head(&genuine[0]).unwrap();
        let ask = || caller.get(&format!("/v1/feed/genuine/{leaked}"));
        assert_eq!(ask().status, 404, "it has not leaked");
        let operator = api.person(Role::Operator);
        let compromise = format!("/v1/keys/{leaked}/compromise");
        assert_eq!(operator.post(&compromise, &json!({})).status, 200);
        town.service.rotate_keys(None, Some(Early::KeyCompromised)).unwrap().unwrap();
        let after = town.issue(5).unwrap();
        let reply = ask();
        assert_eq!(reply.status, 200, "{}", reply.text);
        // Signed by a key that has not leaked.
        let kid = Kid(reply.bytes[1..5].try_into().unwrap());
        assert_eq!(kid, head(&payload(after)).unwrap().1);
        let jwks = api.nobody().get("/.well-known/jwks.json").body;
        let keys = jwks["keys"].as_array().unwrap().iter();
        let mut keys = keys.map(|key| {
            let x = data_encoding::BASE64URL_NOPAD.decode(key["x"].as_str().unwrap().as_bytes());
            PublicKey(x.unwrap().try_into().unwrap())
        });
        let public = admissible(&keys.find(|key| key.kid() == kid).unwrap().0).unwrap();
        let list = Genuine::read(&reply.bytes, &public).unwrap();
        assert_eq!((list.device, list.leaked, list.next), (device.id, leaked, 0));
        assert_eq!(list.marks, genuine.map(|payload| mark(&payload)));
        assert_eq!(caller.get("/v1/feed/genuine/00000000").status, 404);
        // What has ended needs no list.
        let clock = &town.service.clock;
        clock.set(clock.now().plus_seconds(400 * 86_400));
        let caller = device.caller(&api);
        let reply = caller.get(&format!("/v1/feed/genuine/{leaked}"));
        let ended = Genuine::read(&reply.bytes, &public);
        assert_eq!(ended.map(|list| list.marks.len()), Some(0), "{}", reply.text);
    });
}
