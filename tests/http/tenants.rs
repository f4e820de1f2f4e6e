//! Tenants with everything that belongs to one: funder, programme, issuer, organisation, people.
//! No assertions on access: `access.rs` has them.

use pass_numerique::domain::{
    command::{Ask, Outcome},
    ids::*,
    programme::Terms,
    registry::{Approval, Role, VenueProfile},
};
use serde_json::json;

use super::access::Of;
use crate::support::{
    api::{Api, Caller},
    device::{Device, verdicts},
    terms,
};

/// An age key that nobody has the other half of.
pub const PRINT_SHOP: &str = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";

/// Everything of one tenant.
pub struct Things {
    pub funder: FunderId,
    pub programme: ProgrammeId,
    pub issuer: IssuerId,
    pub organisation: OrganisationId,
    pub venue: VenueId,
    pub agent: UserId,
    pub scanner: UserId,
    pub device: String,
    pub quarantined: String,
    pub conflict: String,
    pub hold: String,
    /// About the payment.
    pub dispute: String,
    pub voucher: String,
    pub batch: String,
    pub api_keys: [String; 2],
    pub redemption: String,
    /// At the bank, with one payment.
    pub settlement: String,
    pub payment: String,
    /// Of a month that `closed` has closed, with the funder's statement and the organisation's.
    pub period: String,
    pub statements: [String; 2],
    /// Of the year of that month.
    pub yearly_account: String,
}

impl Things {
    pub fn roles(&self) -> [Role; 7] {
        [
            Role::Operator,
            Role::Auditor,
            Role::Analyst(self.funder),
            Role::Manager(self.issuer),
            Role::Agent(self.issuer),
            Role::Supervisor(self.organisation),
            Role::Scanner(self.organisation),
        ]
    }

    pub fn id(&self, of: Of, role: Role) -> String {
        match of {
            Of::Funder => self.funder.to_string(),
            Of::Programme => self.programme.to_string(),
            Of::Issuer => self.issuer.to_string(),
            Of::Organisation => self.organisation.to_string(),
            Of::Venue => self.venue.to_string(),
            Of::Person => match role {
                Role::Manager(_) | Role::Agent(_) => self.agent.to_string(),
                _ => self.scanner.to_string(),
            },
            Of::Quarantined => self.quarantined.clone(),
            Of::Conflict => self.conflict.clone(),
            Of::Hold => self.hold.clone(),
            Of::Dispute => self.dispute.clone(),
            Of::Device => self.device.clone(),
            Of::Voucher => self.voucher.clone(),
            Of::Batch => self.batch.clone(),
            Of::ApiKey => match role {
                Role::Manager(_) | Role::Agent(_) => self.api_keys[0].clone(),
                _ => self.api_keys[1].clone(),
            },
            Of::Redemption => self.redemption.clone(),
            Of::Settlement => self.settlement.clone(),
            Of::Payment => self.payment.clone(),
            Of::Period => self.period.clone(),
            Of::Statement => match role {
                Role::Supervisor(_) | Role::Scanner(_) => self.statements[1].clone(),
                _ => self.statements[0].clone(),
            },
            Of::YearlyAccount => self.yearly_account.clone(),
            Of::Key => "00000000".to_owned(),
            Of::First | Of::Nothing => "1".to_owned(),
        }
    }
}

fn added(api: &Api, ask: Ask) -> i64 {
    match api.town.service.ask_as(None, ask).unwrap() {
        Outcome::Added { id, .. } => id,
        other => panic!("{other:?}"),
    }
}

/// Of one funder, its own venue alone, and with an eye on whole days.
fn own_terms(funder: FunderId) -> Terms {
    let mut terms = terms([funder, funder]);
    terms.shares.truncate(1);
    terms.venues_listed = true;
    terms.holds.workshops_a_day = Some(2);
    terms
}

/// A tenant of every kind, with a programme that admits its own venue alone.
pub fn found(api: &Api, name: &str) -> Things {
    let text = |what: &str| format!("{name} {what}");
    let funder = FunderId(added(api, Ask::AddFunder { name: text("funder") }));
    let issuer = IssuerId(added(api, Ask::AddIssuer { name: text("issuer") }));
    let organisation = OrganisationId(added(
        api,
        Ask::AddOrganisation {
            name: text("organisation"),
            siret: None,
            approval: Approval::Approved,
        },
    ));
    let profile =
        VenueProfile { name: text("venue"), territory: "26".into(), ..VenueProfile::default() };
    let venue = VenueId(added(api, Ask::AddVenue { organisation, profile, details: None }));
    let ask = Ask::AddProgramme { name: text("programme"), terms: Box::new(own_terms(funder)) };
    let programme = ProgrammeId(added(api, ask));
    let operator = api.person(Role::Operator);
    for (verb, body) in [
        ("funds", json!({"funder": funder, "amount_cents": 1_000_000, "by": "deposit"})),
        ("allocations", json!({"issuer": issuer, "workshops": 500})),
        ("venues", json!({"venue": venue})),
    ] {
        let reply = operator.post(&format!("/v1/programmes/{programme}/{verb}"), &body);
        assert_eq!(reply.status, 200, "{}", reply.text);
    }
    let (agent, scanner) =
        (api.person(Role::Agent(issuer)), api.person(Role::Scanner(organisation)));
    let issued = agent.post("/v1/vouchers", &json!({"programme": programme, "workshops": 5}));
    let scan = json!({"id": api.town.service.new_request_id(), "venue": venue, "workshops": 1,
        "code": issued.body["paper"]["manual_code"]});
    let redeemed = scanner.post("/v1/redemptions", &scan);
    let batch = json!({"programme": programme, "workshops": 5, "count": 3, "issuer": issuer});
    let batch = operator.post("/v1/voucher-batches", &batch);
    let api_key = |role: Role| {
        let given = match role {
            Role::Manager(of) => Role::Agent(of),
            _ => Role::Scanner(organisation),
        };
        let body = json!({"name": name, "role": given, "expires_at": "2027-01-01T00:00:00Z"});
        let reply = api.person(role).post("/v1/api-keys", &body);
        reply.body["id"].as_str().unwrap_or_else(|| panic!("{}", reply.text)).to_owned()
    };
    let api_keys = [api_key(Role::Manager(issuer)), api_key(Role::Supervisor(organisation))];
    let device = json!({"name": name, "venues": [venue]});
    let supervisor = api.person(Role::Supervisor(organisation));
    let device = supervisor.post("/v1/devices", &device);
    let quarantined = quarantined(api, organisation, venue, &operator);
    let conflict = contested(api, &supervisor, venue, (&agent, programme));
    let hold = held(api, &agent, &scanner, (programme, venue));
    let [settlement, payment, dispute] = settled(api, programme, organisation);
    Things {
        quarantined,
        conflict,
        hold,
        dispute,
        settlement,
        payment,
        period: String::new(),
        statements: [String::new(), String::new()],
        yearly_account: String::new(),
        device: device.body["id"].as_str().unwrap().to_owned(),
        api_keys,
        batch: batch.body["id"].as_str().unwrap().to_owned(),
        funder,
        programme,
        issuer,
        organisation,
        venue,
        agent: agent.user,
        scanner: scanner.user,
        voucher: issued.body["voucher"].as_str().unwrap().to_owned(),
        redemption: redeemed.body["seq"].as_str().unwrap().to_owned(),
    }
}

/// A redemption of three workshops, which somebody has to look at before it is paid.
fn held(
    api: &Api,
    agent: &Caller<'_>,
    scanner: &Caller<'_>,
    (programme, venue): (ProgrammeId, VenueId),
) -> String {
    let pass = agent.post("/v1/vouchers", &json!({"programme": programme, "workshops": 5}));
    let scan = json!({"id": api.town.service.new_request_id(), "venue": venue, "workshops": 3,
        "code": pass.body["paper"]["manual_code"]});
    let reply = scanner.post("/v1/redemptions", &scan);
    assert_eq!(reply.body["held"], json!(["many_in_a_day"]), "{}", reply.text);
    reply.body["seq"].as_str().unwrap().to_owned()
}

/// A run of the day before, at the bank, its payment, and what the organisation holds to be wrong
/// with that: the town's clock goes on by a day.
fn settled(api: &Api, programme: ProgrammeId, organisation: OrganisationId) -> [String; 3] {
    let clock = &api.town.service.clock;
    let day = clock.now().day(&"Europe/Paris".parse().unwrap());
    clock.set(clock.now().plus_seconds(86_400));
    let [clerk, preparer, approver] = [(); 3].map(|()| api.person(Role::Operator));
    let account = json!({"holder": "Ours", "iban": "FR1420041010050500013M02606"});
    let reply = clerk.post(&format!("/v1/organisations/{organisation}/bank-account"), &account);
    assert_eq!(reply.status, 201, "{}", reply.text);
    let payer = json!({"holder": "Payer", "iban": "FR7630006000011234567890189",
        "minimum_cents": 1});
    let reply = clerk.post(&format!("/v1/programmes/{programme}/payer-account"), &payer);
    assert_eq!(reply.status, 201, "{}", reply.text);
    let run = preparer.post("/v1/settlements", &json!({"programme": programme, "day": day}));
    assert_eq!(run.status, 201, "{}", run.text);
    let run = run.body["id"].as_str().unwrap().to_owned();
    for step in ["approve", "export"] {
        let reply = approver.post(&format!("/v1/settlements/{run}/{step}"), &json!({}));
        assert_eq!(reply.status, 200, "{step}: {}", reply.text);
    }
    let payments = clerk.get(&format!("/v1/payments?settlement={run}"));
    let payment = payments.body["items"][0]["id"].as_str().unwrap().to_owned();
    let wrong = json!({"about": "payment", "subject": payment, "reason": "Il manque un atelier"});
    let dispute = api.person(Role::Supervisor(organisation)).post("/v1/disputes", &wrong);
    assert_eq!(dispute.status, 201, "{}", dispute.text);
    [run, payment, dispute.body["id"].as_str().unwrap().to_owned()]
}

/// The same tenants after their first months were closed, with the statements of the first one and
/// the account of the year.
pub fn closed<const N: usize>(api: &Api, things: [Things; N]) -> [Things; N] {
    let clock = &api.town.service.clock;
    clock.set(clock.now().max("2027-01-02T10:00:00+01:00".parse().unwrap()));
    let operator = api.person(Role::Operator);
    things.map(|mut things| {
        let body = json!({"programme": things.programme, "month": "2026-11"});
        let period = operator.post("/v1/periods", &body);
        assert_eq!(period.status, 201, "{}", period.text);
        period.body["id"].as_str().unwrap().clone_into(&mut things.period);
        api.town.service.tend_statements(&|| true).unwrap();
        let list = operator.get(&format!("/v1/statements?programme={}", things.programme));
        let body = json!({"programme": things.programme, "month": "2026-12"});
        assert_eq!(operator.post("/v1/periods", &body).status, 201);
        api.town.service.tend_statements(&|| true).unwrap();
        api.town.service.tend_yearly_accounts(&|| true).unwrap();
        let years = operator.get(&format!("/v1/yearly-accounts?programme={}", things.programme));
        let year = years.body["items"][0]["id"].as_str();
        year.unwrap_or_else(|| panic!("{}", years.text)).clone_into(&mut things.yearly_account);
        things.statements = ["funder", "organisation"].map(|party| {
            let all = list.body["items"].as_array().unwrap();
            let own = all.iter().find(|one| one["party"] == party).unwrap();
            own["id"].as_str().unwrap().to_owned()
        });
        things
    })
}

/// What a revoked device hands over.
fn quarantined(
    api: &Api,
    organisation: OrganisationId,
    venue: VenueId,
    operator: &Caller<'_>,
) -> String {
    let device = Device::enrolled(api, &api.person(Role::Supervisor(organisation)), &[venue], 9);
    operator.post(&format!("/v1/devices/{}/revoke", device.id), &json!({}));
    let record = device.record_with(api, "0000-0000-0000", |claims| claims.venue = venue);
    let reply = device.sync(api, &[record]);
    assert_eq!(verdicts(&reply), ["quarantined"], "{}", reply.text);
    let list = operator.get("/v1/quarantine");
    list.body["items"][0]["id"].as_str().unwrap().to_owned()
}

/// A pass that one device uses up while another one, without network, takes a workshop of it.
fn contested(
    api: &Api,
    supervisor: &Caller<'_>,
    venue: VenueId,
    (agent, programme): (&Caller<'_>, ProgrammeId),
) -> String {
    let pass = agent.post("/v1/vouchers", &json!({"programme": programme, "workshops": 5}));
    let code = pass.body["paper"]["manual_code"].as_str().unwrap();
    let device = Device::enrolled(api, supervisor, &[venue], 8);
    let record = device.informed(api, code, |claims| claims.venue = venue);
    let scan = json!({"id": api.town.service.new_request_id(), "venue": venue, "workshops": 5,
        "code": code});
    assert_eq!(supervisor.post("/v1/redemptions", &scan).status, 201);
    let reply = device.sync(api, &[record]);
    assert_eq!(verdicts(&reply), ["conflict"], "{}", reply.text);
    reply.body["verdicts"][0]["conflict"].as_str().unwrap().to_owned()
}
