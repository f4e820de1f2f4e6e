//! A full cast and weeks of plausible history, made through the real commands.
//! No rules and no shortcuts into the database.

use std::collections::BTreeMap;

use super::{
    demo_ending::Small,
    demo_month::Office,
    demo_offline::Day as OfflineDay,
    import_venues::Imported,
    service::{Fault, Service},
};
use crate::{
    domain::{
        calendar::{Day, Instant, Zone},
        cents::Cents,
        command::{Ask, Command, Delivery, Outcome, Redeem, Request, Scope, Shown},
        ending::Ending,
        event::Fund,
        guarantee::Offline,
        hold::Holds,
        ids::{
            FunderId, IssuerId, OrganisationId, ProgrammeId, Seq, SettlementId, UserId, VenueId,
            VoucherId,
        },
        papers::{Papers, Vat},
        people::{Fact, Told},
        programme::{Payer, Share, Terms},
        refusal::Reason,
        registry::{Approval, Role},
        service::Service as Kind,
    },
    sys::{carried, clock::random_bytes, password},
};

const DAY_S: i64 = 86_400;
/// How far back the history begins.
const WEEKS: i64 = 8;
const VOUCHERS: usize = 120;
/// Passes of which three workshops are taken at once: somebody looks before these are paid.
const WHOLE_DAYS: [usize; 3] = [17, 24, 31];

/// A person who may log in.
pub struct Login {
    pub role: &'static str,
    pub email: String,
    pub password: String,
}

/// What the demonstration set up.
pub struct Demo {
    pub logins: Vec<Login>,
    pub venues: u64,
    pub vouchers: u64,
    pub redemptions: u64,
    pub programme: ProgrammeId,
    pub funders: [FunderId; 2],
    /// A voucher to try, with all its workshops left.
    pub fresh: VoucherId,
    pub venue: VenueId,
    pub organisation: OrganisationId,
    /// The run of the month that is over.
    pub settlement: SettlementId,
}

/// When the history begins; the service must start then, since its key signs from that day.
#[must_use]
pub const fn begin(today: Instant) -> Instant {
    today.plus_seconds(-WEEKS * 7 * DAY_S)
}

struct Cast {
    programme: ProgrammeId,
    funders: [FunderId; 2],
    issuers: [IssuerId; 2],
    agents: [UserId; 2],
    office: Office,
    /// The second programme, which ends soon.
    ending: ProgrammeId,
}

impl Service {
    /// Sets up the demonstration in an empty database. The clock must be one that can be set.
    ///
    /// # Errors
    /// When the database is not empty or does not answer.
    pub fn demo(&self, today: Instant, progress: &dyn Fn(&str, u64, u64)) -> Result<Demo, Fault> {
        let begin = begin(today);
        self.clock.set(begin);
        let venues = carried::unpacked(carried::VENUES);
        let venues = venues.map_err(|cause| Fault::Order(cause.to_string()))?;
        let imported = self.import_venues(None, &venues, Approval::Approved, &|done, of| {
            progress("venues", done, of);
        })?;
        let (venue, organisation) = place(&imported, 0)?;
        let mut logins = Vec::new();
        let cast = self.cast(begin, today, &imported, &mut logins)?;
        let tablet = self.enrol_demo_tablet(venue, organisation)?;
        let (issued, redemptions) = self.history(begin, today, &cast, &imported, &|done, of| {
            progress("vouchers", done, of);
        })?;
        self.clock.set(today);
        self.expire()?;
        // Where the first workshops of all were taken.
        let (_, without) = place(&imported, venue_of(1))?;
        let settlement = self.settle_demo_month(cast.programme, &cast.office, without, today)?;
        self.release_demo_hold(&cast.office)?;
        let day = offline_day(&issued, place(&imported, venue_of(1))?)?;
        self.offline_demo_day(&tablet, &day, today)?;
        self.order_small_month(cast.ending, &cast.office, without, today)?;
        self.close_demo_months(cast.programme, &cast.office, today)?;
        let fresh = self.issue(&cast, 0, 10)?;
        Ok(Demo {
            logins,
            venues: imported.added,
            vouchers: u64::try_from(issued.len() + 1).unwrap_or(u64::MAX),
            redemptions,
            programme: cast.programme,
            funders: cast.funders,
            fresh,
            venue,
            organisation,
            settlement,
        })
    }

    fn cast(
        &self,
        begin: Instant,
        today: Instant,
        imported: &Imported,
        logins: &mut Vec<Login>,
    ) -> Result<Cast, Fault> {
        let funder =
            |name: &str| self.number(Ask::AddFunder { name: name.to_owned() }).map(FunderId);
        let issuer =
            |name: &str| self.number(Ask::AddIssuer { name: name.to_owned() }).map(IssuerId);
        let funders = [funder("État (démonstration)")?, funder("Département (démonstration)")?];
        let issuers =
            [issuer("CCAS de démonstration")?, issuer("Mission locale de démonstration")?];
        let terms = terms(begin, today, funders)?;
        let usual = terms.clone();
        let name = "Pass numérique de démonstration".to_owned();
        let ask = Ask::AddProgramme { name, terms: Box::new(terms) };
        let programme = ProgrammeId(self.number(ask)?);
        for (funder, amount) in funders.into_iter().zip([Cents(1_500_000), Cents(1_000_000)]) {
            self.done(Ask::Fund { programme, funder, amount, by: Fund::Deposit })?;
        }
        for issuer in issuers {
            self.done(Ask::Allocate { programme, issuer, workshops: 1_200 })?;
        }
        self.done(Ask::ReserveGuarantee { programme, workshops: 40 })?;
        let (_, organisation) = place(imported, 0)?;
        let office = Office {
            clerk: self.login(Role::Operator, "gestionnaire@demo.example", logins)?,
            preparer: self.login(Role::Operator, "operatrice@demo.example", logins)?,
            approver: self.login(Role::Operator, "directrice@demo.example", logins)?,
        };
        self.login(Role::Auditor, "auditrice@demo.example", logins)?;
        for (funder, email) in
            funders.into_iter().zip(["etat@demo.example", "departement@demo.example"])
        {
            self.login(Role::Analyst(funder), email, logins)?;
        }
        let agents = [
            self.login(Role::Agent(issuers[0]), "agent.ccas@demo.example", logins)?,
            self.login(Role::Agent(issuers[1]), "agent.mission@demo.example", logins)?,
        ];
        self.login(Role::Manager(issuers[0]), "responsable.ccas@demo.example", logins)?;
        self.login(Role::Supervisor(organisation), "lieu@demo.example", logins)?;
        self.login(Role::Scanner(organisation), "scanner@demo.example", logins)?;
        let [shares, pays] = funders;
        let places = (1..4).map(|number| place(imported, number)).collect::<Result<_, _>>()?;
        let small = Small { pays, shares, issuer: issuers[1], agent: agents[1], places };
        let ending = self.begin_small_programme(&usual, today, &small)?;
        Ok(Cast { programme, funders, issuers, agents, office, ending })
    }

    /// Vouchers of five to ten workshops, of which most people take some, in the order of time.
    fn history(
        &self,
        begin: Instant,
        today: Instant,
        cast: &Cast,
        imported: &Imported,
        progress: &dyn Fn(u64, u64),
    ) -> Result<(BTreeMap<usize, VoucherId>, u64), Fault> {
        let mut redemptions = 0;
        let total = u64::try_from(VOUCHERS).unwrap_or(u64::MAX);
        let mut issued = BTreeMap::new();
        for (at, number, step) in story(begin, today) {
            self.clock.set(at);
            let Step::Redeem = step else {
                let workshops = workshops_of(number);
                issued.insert(number, self.issue(cast, number % 2, workshops)?);
                progress(u64::try_from(issued.len()).unwrap_or(total), total);
                continue;
            };
            let Some(voucher) = issued.get(&number) else { continue };
            let (venue, organisation) = place(imported, venue_of(number))?;
            let kind =
                Kind::ALL.get(number % Kind::ALL.len()).copied().unwrap_or(Kind::EverydayTools);
            let workshops = if WHOLE_DAYS.contains(&number) { 3 } else { 1 };
            let taken = (venue, organisation, workshops);
            redemptions += u64::from(self.redeem_in_demo(*voucher, taken, kind, at)?);
        }
        Ok((issued, redemptions))
    }

    #[expect(clippy::indexing_slicing, reason = "modulo the length")]
    fn issue(&self, cast: &Cast, who: usize, workshops: u8) -> Result<VoucherId, Fault> {
        let (programme, issuer) = (cast.programme, cast.issuers[who % 2]);
        let outcome = self.drawn(|draft| {
            let ask = Ask::Issue { programme, issuer, workshops, stock: false, draft };
            self.ask_anew(Some(cast.agents[who % 2]), ask)
        })?;
        match outcome.outcome {
            Outcome::Issued { voucher, seq } => {
                let told = self.facts_to_count(programme, &told(seq))?;
                self.count_person(programme, issuer, seq, &told.unwrap_or_default());
                Ok(voucher)
            }
            other => Err(unexpected(other)),
        }
    }

    pub(super) fn redeem_in_demo(
        &self,
        voucher: VoucherId,
        (venue, organisation, workshops): (VenueId, OrganisationId, u8),
        kind: Kind,
        at: Instant,
    ) -> Result<bool, Fault> {
        let id = self.new_request_id();
        let hash = self.request_hash(id.0.as_bytes());
        let delivery = Delivery { service: Some(kind), group: Some(true), minutes: Some(120) };
        let ask = Ask::Redeem(Redeem {
            organisation,
            venue,
            shown: Shown::Known(voucher),
            workshops,
            delivery,
            occurred_at: at,
            dry_run: false,
        });
        let request = Request { scope: Scope::Organisation(organisation), id, hash };
        let answer = self.ask(Command { request, actor: None, device: None, now: at, ask })?;
        Ok(matches!(answer.outcome, Outcome::Redeemed(_)))
    }

    fn login(&self, role: Role, email: &str, logins: &mut Vec<Login>) -> Result<UserId, Fault> {
        let password = data_encoding::BASE32_NOPAD.encode(&random_bytes()?);
        let password: String = password.to_lowercase().chars().take(16).collect();
        let password_hash = password::hash(&password)?;
        let name = email.split('@').next().unwrap_or("demo").to_owned();
        let ask = Ask::AddUser { email: email.to_owned(), name, role, password_hash };
        let id = UserId(self.number(ask)?);
        logins.push(Login { role: role.parts().0, email: email.to_owned(), password });
        Ok(id)
    }

    fn number(&self, ask: Ask) -> Result<i64, Fault> {
        match self.ask_as(None, ask)? {
            Outcome::Added { id, .. } => Ok(id),
            other => Err(unexpected(other)),
        }
    }

    fn done(&self, ask: Ask) -> Result<(), Fault> {
        match self.ask_as(None, ask)? {
            Outcome::Done { .. } => Ok(()),
            other => Err(unexpected(other)),
        }
    }
}

pub(super) fn unexpected(outcome: Outcome) -> Fault {
    match outcome {
        Outcome::Refused(refusal) => Fault::Refused(refusal.reason),
        _ => Fault::Refused(Reason::RequestMalformed),
    }
}

/// How many workshops a voucher has.
fn workshops_of(number: usize) -> u8 {
    5 + u8::try_from(number % 6).unwrap_or(0)
}

/// Two of those of which nobody has taken anything, by `story`.
fn offline_day(
    issued: &BTreeMap<usize, VoucherId>,
    elsewhere: (VenueId, OrganisationId),
) -> Result<OfflineDay, Fault> {
    let of = |number| issued.get(&number).copied().ok_or(Fault::Refused(Reason::NotFound));
    Ok(OfflineDay { used_up: of(0)?, usual: of(5)?, elsewhere, workshops: workshops_of(0) })
}

/// What somebody told: the same story each time, and not everything of everybody.
fn told(seq: Seq) -> Told {
    let number = usize::try_from(seq.0).unwrap_or_default();
    let facts = [(Fact::Gender, 7), (Fact::AgeBand, 5), (Fact::Situation, 7)];
    let one = |(fact, step): (Fact, usize)| {
        let codes = fact.codes();
        let code = codes.get(number.wrapping_mul(step) % (codes.len() + 1))?;
        Some((fact, (*code).to_owned()))
    };
    facts.into_iter().filter_map(one).collect()
}

/// Where a voucher's workshops are taken.
const fn venue_of(number: usize) -> usize {
    // Some come to the place of those who log in.
    if number % 12 == 2 { 0 } else { number * 7 + number % 3 }
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    Issue,
    Redeem,
}

/// What happens to which voucher, and when: the same story each time.
fn story(begin: Instant, today: Instant) -> Vec<(Instant, usize, Step)> {
    let span = (today.0 - begin.0) / 1_000_000;
    let mut story = Vec::new();
    for number in 0..VOUCHERS {
        // Spread over the weeks, thinner at the end.
        let step = i64::try_from(number).unwrap_or(0);
        let issued = begin.plus_seconds(span * step / 140 + 9 * 3600);
        story.push((issued, number, Step::Issue));
        let workshops = 5 + step % 6;
        let taken = [0, 3, 10, 1, 5, 0, 2].get(number % 7).copied().unwrap_or(0).min(workshops);
        let at = |workshop| issued.plus_seconds((workshop * 5 + 2) * DAY_S + 3600 * (workshop % 6));
        let taken = (0..taken).map(at).filter(|at| *at <= today);
        story.extend(taken.map(|at| (at, number, Step::Redeem)));
    }
    story.sort();
    story
}

fn place(imported: &Imported, number: usize) -> Result<(VenueId, OrganisationId), Fault> {
    let count = imported.venues.len().max(1);
    let venue = imported.venues.get(number % count).copied();
    venue.ok_or(Fault::Refused(Reason::NotFound))
}

fn terms(begin: Instant, today: Instant, funders: [FunderId; 2]) -> Result<Terms, Fault> {
    let paris = "Europe/Paris".parse::<Zone>().map_err(|_| Fault::Refused(Reason::TermsInvalid))?;
    let first_day = begin.day(&paris);
    let last_day: Day = today.day(&paris).plus(120);
    let [state, departement] = funders;
    Ok(Terms {
        offline: Offline::default(),
        holds: Holds::default(),
        ending: Ending::default(),
        facts: vec![Fact::Gender, Fact::AgeBand, Fact::Situation, Fact::PriorityDistrict],
        open_data_withheld: false,
        papers: Papers { vat: Vat::OutsideScope, payment_days: Some(60), fees: Vec::new() },
        price_cents: Cents(1_000),
        shares: vec![
            Share { funder: state, weight: 60 },
            Share { funder: departement, weight: 40 },
        ],
        payer: Payer::Operator,
        workshops_min: 5,
        workshops_max: 10,
        first_day,
        last_day,
        validity_days: None,
        tolerance_days: 30,
        late_limit_days: 7,
        territory: "93".to_owned(),
        time_zone: paris,
        issuing_stops_days: 15,
        workshops_a_day: None,
        workshops_a_venue: None,
        undo_minutes: 15,
        agent_daily_limit: 30,
        service_required: false,
        services: Vec::new(),
        venues_listed: false,
        reminders: true,
    })
}
