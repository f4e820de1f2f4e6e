//! The decision as sentences: a town in memory that changes through `decide` alone.
//! No database, and no rule restated here but what every batch must keep.

mod amend;
mod conflicts;
mod devices;
mod disputes;
mod ending;
mod holds;
mod issue;
mod keys;
mod model;
mod records;
mod redeem;
mod registry;
mod restore;
mod reverse;
mod standing;
mod usage;

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::decide;
use crate::domain::{
    calendar::{Day, Instant},
    cents::Cents,
    command::{Answer, Ask, Command, Delivery, Draft, Outcome, Redeem, Redemption, Request},
    command::{Reverse, Scope, Shown},
    ending::Ending,
    event::Fund,
    guarantee::Offline,
    hold::Holds,
    ids::*,
    key_register::{KeyAsk, PublicKey, Purpose},
    ledger::Stage,
    life::{State, Voucher},
    programme::{Payer, Share, Terms},
    refusal::{Reason, Refusal},
    registry::{Approval, VenueProfile},
    usage::{Cell, Figures},
    voucher::{Kid, example},
    world::{Recorded, World},
};

const DAY: i64 = 86_400;

/// Funders of some weights, an issuer, an organisation with a venue, and a clock.
#[derive(Clone)]
struct Town {
    world: World,
    /// What replaying the journal starts from: names, which events do not hold.
    registry: World,
    now: Instant,
    actor: Option<UserId>,
    funders: Vec<FunderId>,
    programme: ProgrammeId,
    issuer: IssuerId,
    organisation: OrganisationId,
    venue: VenueId,
    /// The key that drafts name.
    kid: Kid,
    drawn: u128,
    journal: Vec<Recorded>,
    usage: BTreeMap<Cell, Figures>,
    /// Workshop numbers in use, and by which redemption.
    live: BTreeMap<(ProgrammeId, i32, i64), Seq>,
}

fn at(moment: &str) -> Instant {
    moment.parse().unwrap()
}

fn day(day: &str) -> Day {
    day.parse().unwrap()
}

fn refusal(outcome: Outcome) -> Refusal {
    let Outcome::Refused(refusal) = outcome else { panic!("not refused: {outcome:?}") };
    refusal
}

fn reason(outcome: Outcome) -> Reason {
    refusal(outcome).reason
}

fn redeemed(outcome: Outcome) -> Redemption {
    let Outcome::Redeemed(redemption) = outcome else { panic!("not redeemed: {outcome:?}") };
    redemption
}

fn issued(outcome: Outcome) -> VoucherId {
    let Outcome::Issued { voucher, .. } = outcome else { panic!("not issued: {outcome:?}") };
    voucher
}

fn added(outcome: Outcome) -> i64 {
    let Outcome::Added { id, .. } = outcome else { panic!("not added: {outcome:?}") };
    id
}

fn terms(funders: &[FunderId], weights: &[u32]) -> Terms {
    let shares = funders.iter().zip(weights);
    Terms {
        price_cents: Cents(1_000),
        shares: shares.map(|(&funder, &weight)| Share { funder, weight }).collect(),
        payer: Payer::Operator,
        workshops_min: 5,
        workshops_max: 10,
        first_day: day("2026-11-01"),
        last_day: day("2027-10-31"),
        validity_days: Some(90),
        tolerance_days: 30,
        late_limit_days: 7,
        territory: "93".to_owned(),
        time_zone: "Europe/Paris".parse().unwrap(),
        issuing_stops_days: 15,
        workshops_a_day: None,
        workshops_a_venue: None,
        undo_minutes: 15,
        agent_daily_limit: 30,
        service_required: false,
        services: Vec::new(),
        venues_listed: false,
        reminders: false,
        offline: Offline::default(),
        holds: Holds::NONE,
        ending: Ending::default(),
        facts: Vec::new(),
        open_data_withheld: false,
        papers: crate::domain::papers::Papers::default(),
    }
}

impl Town {
    fn new() -> Self {
        Self::of(&[60, 40], |_| {})
    }

    /// Founded three weeks before the first workshop, each funder with 10,000 €.
    fn of(weights: &[u32], change: impl FnOnce(&mut Terms)) -> Self {
        let mut town = Self {
            world: World::default(),
            registry: World::default(),
            now: at("2026-11-02T09:00:00Z"),
            actor: None,
            funders: Vec::new(),
            programme: ProgrammeId(0),
            issuer: IssuerId(0),
            organisation: OrganisationId(0),
            venue: VenueId(0),
            kid: PublicKey(example::bytes(example::PUBLIC)).kid(),
            drawn: 0,
            journal: Vec::new(),
            usage: BTreeMap::new(),
            live: BTreeMap::new(),
        };
        let public = PublicKey(example::bytes(example::PUBLIC));
        town.ask(Ask::Key(KeyAsk::Add { public, purpose: Purpose::First }));
        for _ in weights {
            let id = added(town.ask(Ask::AddFunder { name: "Financeur".to_owned() }));
            town.funders.push(FunderId(id));
        }
        town.issuer = IssuerId(added(town.ask(Ask::AddIssuer { name: "CCAS".to_owned() })));
        town.organisation = town.add_organisation();
        town.venue = town.add_venue(town.organisation);
        let mut terms = terms(&town.funders, weights);
        change(&mut terms);
        town.registry = town.world.clone();
        town.registry.head.seq = 0;
        town.registry.head.hash = [0; 32];
        town.programme = ProgrammeId(added(town.add_programme(terms)));
        for funder in town.funders.clone() {
            town.fund(funder, 1_000_000);
        }
        town.allocate(10_000);
        town.now = at("2026-11-23T09:00:00Z");
        town
    }

    fn add_organisation(&mut self) -> OrganisationId {
        let (name, approval) = ("Médiathèque".to_owned(), Approval::Approved);
        OrganisationId(added(self.ask(Ask::AddOrganisation { name, siret: None, approval })))
    }

    fn add_venue(&mut self, organisation: OrganisationId) -> VenueId {
        let (name, territory) = ("Espace numérique".to_owned(), "93".to_owned());
        let profile = VenueProfile { name, territory, ..VenueProfile::default() };
        VenueId(added(self.ask(Ask::AddVenue { organisation, profile, details: None })))
    }

    fn add_programme(&mut self, terms: Terms) -> Outcome {
        self.ask(Ask::AddProgramme { name: "Essai".to_owned(), terms: Box::new(terms) })
    }

    fn fund(&mut self, funder: FunderId, cents: i64) -> Outcome {
        let (programme, amount, by) = (self.programme, Cents(cents), Fund::Deposit);
        self.ask(Ask::Fund { programme, funder, amount, by })
    }

    fn withdraw(&mut self, funder: FunderId, cents: i64) -> Outcome {
        let (programme, amount, by) = (self.programme, Cents(cents), Fund::Deposit);
        self.ask(Ask::Withdraw { programme, funder, amount, by })
    }

    fn allocate(&mut self, workshops: i64) -> Outcome {
        let (programme, issuer) = (self.programme, self.issuer);
        self.ask(Ask::Allocate { programme, issuer, workshops })
    }

    fn later(&mut self, seconds: i64) {
        self.now = self.now.plus_seconds(seconds);
    }

    fn draw(&mut self) -> u128 {
        self.drawn += 1;
        self.drawn
    }

    fn draft(&mut self) -> Draft {
        let drawn = self.draw();
        Draft {
            id: VoucherId(i64::try_from(drawn).unwrap()),
            kid: self.kid.0,
            code_tag: drawn.to_be_bytes(),
            reference: format!("R{drawn}"),
        }
    }

    fn command(&mut self, ask: Ask) -> Command {
        let (scope, content) = match &ask {
            Ask::Redeem(ask) => {
                let of = (ask.organisation, ask.venue, ask.workshops, ask.delivery);
                let content = format!("{of:?}{:?}", ask.shown.voucher());
                (Scope::Organisation(ask.organisation), content)
            }
            ask => (Scope::System, format!("{ask:?}")),
        };
        let id = RequestId(Uuid::from_u128(self.draw()));
        let request = Request { scope, id, hash: Sha256::digest(content).into() };
        Command { request, actor: self.actor, device: None, now: self.now, ask }
    }

    /// Decides one batch, and keeps what the writer would: the rows freed go before those taken.
    fn send(&mut self, commands: &[Command]) -> Vec<Answer> {
        let (answers, world, effects) = decide(self.world.clone(), commands).unwrap();
        self.world = world;
        for number in &effects.workshops_freed {
            assert!(self.live.remove(number).is_some(), "{number:?} was not in use");
        }
        for (number, seq) in effects.workshops_taken {
            let before = self.live.insert(number, seq);
            assert_eq!(before, None, "{number:?} is used twice");
        }
        for (cell, figures) in effects.usage {
            self.usage.entry(cell).or_default().add(&figures);
        }
        self.journal.extend(effects.events);
        answers
    }

    fn answer(&mut self, command: &Command) -> Answer {
        self.send(std::slice::from_ref(command)).remove(0)
    }

    fn ask(&mut self, ask: Ask) -> Outcome {
        let command = self.command(ask);
        self.answer(&command).outcome
    }

    fn try_issue(&mut self, workshops: u8) -> Outcome {
        let (programme, issuer, draft) = (self.programme, self.issuer, self.draft());
        self.ask(Ask::Issue { programme, issuer, workshops, stock: false, draft })
    }

    fn issue(&mut self, workshops: u8) -> VoucherId {
        issued(self.try_issue(workshops))
    }

    fn stock(&mut self, workshops: u8) -> VoucherId {
        let (programme, issuer, draft) = (self.programme, self.issuer, self.draft());
        issued(self.ask(Ask::Issue { programme, issuer, workshops, stock: true, draft }))
    }

    fn activate(&mut self, voucher: VoucherId) -> Outcome {
        self.ask(Ask::Activate { voucher, issuer: self.issuer })
    }

    fn replace(&mut self, voucher: VoucherId) -> Outcome {
        let draft = self.draft();
        self.ask(Ask::Replace { voucher, draft })
    }

    fn suspend(&mut self, voucher: VoucherId) -> Outcome {
        self.ask(Ask::Suspend { voucher })
    }

    fn reinstate(&mut self, voucher: VoucherId) -> Outcome {
        self.ask(Ask::Reinstate { voucher })
    }

    fn cancel(&mut self, voucher: VoucherId) -> Outcome {
        self.ask(Ask::Cancel { voucher })
    }

    fn expire(&mut self, voucher: VoucherId) -> Outcome {
        self.ask(Ask::Expire { voucher })
    }

    fn redeem_with(&mut self, voucher: VoucherId, change: impl FnOnce(&mut Redeem)) -> Outcome {
        let mut ask = self.redemption(voucher);
        change(&mut ask);
        self.ask(Ask::Redeem(ask))
    }

    fn redemption(&self, voucher: VoucherId) -> Redeem {
        Redeem {
            organisation: self.organisation,
            venue: self.venue,
            shown: Shown::Known(voucher),
            workshops: 1,
            delivery: Delivery::default(),
            occurred_at: self.now,
            dry_run: false,
        }
    }

    fn redeem(&mut self, voucher: VoucherId) -> Outcome {
        self.redeem_with(voucher, |_| {})
    }

    fn redeem_at(&mut self, voucher: VoucherId, occurred_at: Instant) -> Outcome {
        self.redeem_with(voucher, |ask| ask.occurred_at = occurred_at)
    }

    /// By a scanner of the venue's own organisation.
    fn reverse(&mut self, redemption: Seq) -> Outcome {
        let organisation = Some(self.organisation);
        self.ask(Ask::Reverse(Reverse { redemption, organisation, supervisor: false }))
    }

    /// By the operator, whom no window binds.
    fn overrule(&mut self, redemption: Seq) -> Outcome {
        let ask = Reverse { redemption, organisation: None, supervisor: false };
        self.ask(Ask::Reverse(ask))
    }

    fn voucher(&self, id: VoucherId) -> &Voucher {
        &self.world.vouchers[&id]
    }

    fn state(&self, id: VoucherId) -> State {
        let zone = &self.world.programmes[&self.programme].terms.time_zone;
        self.voucher(id).state(self.now.day(zone))
    }

    /// Cents in one stage, of all funders.
    fn held(&self, stage: Stage) -> i64 {
        let accounts = self.world.accounts.iter().filter(|(key, _)| key.stage == stage);
        accounts.map(|(_, account)| account.balance().0).sum()
    }

    /// All figures of all days.
    fn figures(&self) -> Figures {
        let mut sum = Figures::default();
        self.usage.values().for_each(|figures| sum.add(figures));
        sum
    }
}
