//! A programme with everything in it, beside another of strangers; and how it is compared.
//! No archive of it.

use std::collections::BTreeMap;

use pass_numerique::{
    app::view::{AsOf, Database, Limits, Location},
    domain::{
        access::Tenant,
        calendar::Instant,
        cents::Cents,
        command::{Ask, Outcome, Shown},
        event::Fund,
        hold::Holds,
        ids::*,
        ledger::Stage,
        registry::{Approval, Role, VenueProfile},
        settlement::{BankAnswer, SettleAsk, view::PaymentView},
        usage::{Breakdown, Figures, UsageFilter},
        view::{Filter, VoucherView},
    },
    sys::clock::Clock,
};

use crate::{
    core::{
        closing::month,
        settlement::office::{IBANS, Office, account},
    },
    support::{Town, terms},
};

/// A pass on paper, what is left of it, and why it is refused otherwise.
pub struct Paper {
    pub voucher: VoucherId,
    pub url: String,
    pub fate: Result<u8, &'static str>,
}

pub struct Scene {
    pub office: Office,
    /// The second organisation, and its venue.
    pub other: (OrganisationId, VenueId),
    pub papers: Vec<Paper>,
    /// At the bank, without an answer.
    pub unanswered: PaymentView,
    /// What stands nowhere in its archive.
    pub strangers: [&'static str; 4],
}

/// A price of which no share is a whole number of cents.
pub const PRICE: i64 = 1_003;
pub const STRANGERS: [&str; 4] =
    ["Métropole étrangère", "Prescripteur étranger", "Structure étrangère", "Dispositif étranger"];

impl Scene {
    pub fn set(location: Location, folder: tempfile::TempDir) -> Self {
        let clock = Clock::fixed("2026-11-23T10:00:00+01:00".parse().unwrap());
        let town = Town::found_at(location, folder, clock, Limits::default(), |funders| {
            let mut terms = terms(funders);
            (terms.price_cents, terms.venues_listed) = (Cents(PRICE), false);
            terms.holds = Holds { workshops_a_day: Some(2), ..Holds::NONE };
            terms
        });
        let other = organisation(&town, "Association", "Atelier");
        strangers(&town);
        let office = Office::equipped(town);
        office.bank_account(other.0, IBANS[2]);
        for (funder, amount) in office.town.funders.into_iter().zip([Cents(60_000), Cents(40_000)])
        {
            let programme = office.town.programme;
            let ask = Ask::Fund { programme, funder, amount, by: Fund::Deposit };
            office.town.service.ask_as(None, ask).unwrap();
        }
        let mut scene =
            Self { office, other, papers: Vec::new(), unanswered: nothing(), strangers: STRANGERS };
        scene.first_month();
        scene.spring();
        scene
    }

    fn town(&self) -> &Town {
        &self.office.town
    }

    fn paper(&mut self, workshops: u8, used: u8, fate: Result<u8, &'static str>) -> VoucherId {
        let voucher = self.town().issue(workshops).unwrap();
        let url = self.town().service.paper(voucher).unwrap().url;
        for _ in 0..used {
            self.town().redeemed(voucher);
        }
        self.papers.push(Paper { voucher, url, fate });
        voucher
    }

    fn ask(&self, ask: Ask) -> Outcome {
        let outcome = self.town().service.ask_as(None, ask).unwrap();
        assert!(!matches!(outcome, Outcome::Refused(_)), "{outcome:?}");
        outcome
    }

    /// Workshops are taken and paid; the month is closed; what is paid is undone.
    fn first_month(&mut self) {
        let voucher = self.paper(10, 2, Err("voucher_expired"));
        let paid = self.town().redeemed(voucher);
        self.office.next_day();
        let (_, payments) = self.office.sent();
        self.office.answer(&payments[0], BankAnswer::Paid);
        assert_eq!(payments[0].amount_cents, Cents(2 * PRICE), "the third one is held");
        self.office.next_day();
        let undone = self.office.paid_by(payments[0].id)[0];
        assert_ne!(undone, paid);
        self.office.town.overrule(undone);
    }

    fn spring(&mut self) {
        self.town().set("2027-03-26T10:00:00+01:00");
        for text in ["2026-11", "2026-12"] {
            assert!(matches!(self.town().close_month(month(text)), Outcome::Added { .. }));
            assert!(self.town().service.tend_statements(&|| true).unwrap() > 0);
        }
        // That of the strangers too.
        assert_eq!(self.town().service.expire().unwrap(), 2);
        self.paper(10, 3, Ok(7));
        self.paper(10, 0, Ok(10));
        self.paper(5, 5, Err("voucher_exhausted"));
        let voucher = self.paper(5, 2, Err("voucher_cancelled"));
        self.ask(Ask::Cancel { voucher });
        let voucher = self.paper(5, 1, Err("voucher_suspended"));
        self.ask(Ask::Suspend { voucher });
        let voucher = self.paper(5, 1, Err("voucher_replaced"));
        let draft = self.town().service.draft(self.town().service.clock.now()).unwrap();
        let successor = draft.id;
        self.ask(Ask::Replace { voucher, draft });
        let url = self.town().service.paper(successor).unwrap().url;
        self.papers.push(Paper { voucher: successor, url, fate: Ok(4) });
        self.stock();
        let elsewhere = self.paper(10, 0, Ok(8));
        self.redeem_elsewhere(elsewhere);
        self.office.next_day();
        let (_, payments) = self.office.sent();
        let [first, second] = payments.as_slice() else { panic!("{payments:?}") };
        assert_eq!(second.organisation, self.other.0);
        self.office.answer(second, BankAnswer::Rejected(Some("AC04".to_owned())));
        self.unanswered = first.clone();
        // Earned since, and in no run.
        self.redeem_elsewhere(elsewhere);
        self.paper(5, 1, Ok(4));
    }

    fn stock(&mut self) {
        let draft = self.town().service.draft(self.town().service.clock.now()).unwrap();
        let (programme, issuer) = (self.town().programme, self.town().issuer);
        let voucher = draft.id;
        self.ask(Ask::Issue { programme, issuer, workshops: 5, stock: true, draft });
        let url = self.town().service.paper(voucher).unwrap().url;
        self.papers.push(Paper { voucher, url, fate: Err("voucher_stock") });
    }

    fn redeem_elsewhere(&self, voucher: VoucherId) {
        let mut command = self.town().redemption(Shown::Known(voucher));
        let Ask::Redeem(ask) = &mut command.ask else { panic!() };
        (ask.organisation, ask.venue) = self.other;
        command.request.hash = self.town().service.redemption_hash(ask);
        let outcome = self.town().service.ask(command).unwrap().outcome;
        assert!(matches!(outcome, Outcome::Redeemed(_)), "{outcome:?}");
    }
}

impl Town {
    fn overrule(&self, redemption: Seq) {
        let (organisation, supervisor) = (None, true);
        let ask = pass_numerique::domain::command::Reverse { redemption, organisation, supervisor };
        let outcome = self.service.ask_as(None, Ask::Reverse(ask)).unwrap();
        assert!(matches!(outcome, Outcome::Reversed { .. }), "{outcome:?}");
    }
}

fn added(town: &Town, ask: Ask) -> i64 {
    match town.service.ask_as(None, ask).unwrap() {
        Outcome::Added { id, .. } => id,
        other => panic!("{other:?}"),
    }
}

fn organisation(town: &Town, name: &str, venue: &str) -> (OrganisationId, VenueId) {
    let organisation = OrganisationId(added(
        town,
        Ask::AddOrganisation { name: name.to_owned(), siret: None, approval: Approval::Approved },
    ));
    let profile = VenueProfile {
        name: venue.to_owned(),
        territory: "93".to_owned(),
        ..VenueProfile::default()
    };
    (organisation, VenueId(added(town, Ask::AddVenue { organisation, profile, details: None })))
}

/// Another programme, of others, which has a pass and earns; with a bank account of its own.
fn strangers(town: &Town) {
    let [funder, issuer, payee, name] = STRANGERS.map(str::to_owned);
    let funder = FunderId(added(town, Ask::AddFunder { name: funder }));
    let issuer = IssuerId(added(town, Ask::AddIssuer { name: issuer }));
    let (organisation, venue) = organisation_of(town, &payee);
    let terms = terms([funder, town.funders[0]]);
    let ask = Ask::AddProgramme { name, terms: Box::new(terms) };
    let programme = ProgrammeId(added(town, ask));
    for funder in [funder, town.funders[0]] {
        let amount = Cents(50_000);
        let ask = Ask::Fund { programme, funder, amount, by: Fund::Deposit };
        town.service.ask_as(None, ask).unwrap();
    }
    let ask = Ask::Allocate { programme, issuer, workshops: 100 };
    town.service.ask_as(None, ask).unwrap();
    let draft = town.service.draft(town.service.clock.now()).unwrap();
    let voucher = draft.id;
    let ask = Ask::Issue { programme, issuer, workshops: 5, stock: false, draft };
    assert!(matches!(town.service.ask_as(None, ask).unwrap(), Outcome::Issued { .. }));
    let mut command = town.redemption(Shown::Known(voucher));
    let Ask::Redeem(ask) = &mut command.ask else { panic!() };
    (ask.organisation, ask.venue) = (organisation, venue);
    command.request.hash = town.service.redemption_hash(ask);
    assert!(matches!(town.service.ask(command).unwrap().outcome, Outcome::Redeemed(_)));
    let ask = SettleAsk::EnterBankAccount {
        organisation,
        account: account("Structure étrangère", FOREIGN_IBAN),
    };
    let clerk = Ask::AddUser {
        email: "etranger@o.example".to_owned(),
        name: "Opérateur étranger".to_owned(),
        role: Role::Operator,
        password_hash: "$argon2id$kept".to_owned(),
    };
    let clerk = UserId(added(town, clerk));
    let entered = town.service.ask_as(Some(clerk), Ask::Settle(ask)).unwrap();
    assert!(matches!(entered, Outcome::Added { .. }), "{entered:?}");
}

pub const FOREIGN_IBAN: &str = "FR7630001007941234567890185";

fn organisation_of(town: &Town, name: &str) -> (OrganisationId, VenueId) {
    organisation(town, name, "Lieu étranger")
}

fn nothing() -> PaymentView {
    PaymentView {
        id: PaymentId(0),
        settlement: SettlementId(0),
        programme: ProgrammeId(0),
        organisation: OrganisationId(0),
        number: 0,
        end_to_end_id: String::new(),
        state: pass_numerique::domain::settlement::PaymentState::InPayment,
        amount_cents: Cents(0),
        currency: "EUR",
        earned: Vec::new(),
        kept_back: Vec::new(),
        holder: String::new(),
        iban: String::new(),
        new_account: false,
        prepared_at: Instant(0),
        answered_at: None,
        code: None,
        reissued_in: None,
        reference: None,
        paid_on: None,
    }
}

type Account = (i32, FunderId, Stage, Option<OrganisationId>);

/// What people see of a programme, in whichever database it is.
#[derive(Debug, PartialEq)]
pub struct Seen {
    pub balances: BTreeMap<Account, (Cents, Cents)>,
    pub usage: Vec<(Breakdown, Vec<(String, Figures)>)>,
    pub vouchers: Vec<VoucherView>,
    pub payments: Vec<PaymentView>,
    pub redemptions: Vec<Seq>,
    pub holds: Vec<Seq>,
    pub statements: Vec<(StatementId, String)>,
}

pub fn seen(database: &Database, programme: ProgrammeId, now: Instant) -> Seen {
    let all = Filter { programme: Some(programme), limit: 100_000, ..Filter::of(Tenant::Any) };
    let accounts = database.accounts(&all, AsOf::Now).unwrap().into_iter();
    let balances = accounts.map(|row| {
        let key = (row.version, row.funder, row.stage, row.organisation);
        (key, (row.debit_cents, row.credit_cents))
    });
    let filter = UsageFilter { programme: Some(programme), ..UsageFilter::of(Tenant::Any) };
    let usage = Breakdown::ALL.into_iter().map(|by| {
        let lines = database.usage(by, &filter).unwrap().into_iter();
        (by, lines.map(|line| (line.key, line.figures)).collect())
    });
    let mut vouchers = database.vouchers(&all, now).unwrap();
    // Of the register of this instance alone.
    for row in &mut vouchers {
        row.number = Seq(0);
    }
    let statements = database.statements(&all).unwrap().into_iter();
    let statements = statements.map(|row| {
        let statement = pass_numerique::app::statements::read(database, row.id).unwrap();
        (row.id, format!("{statement:?}"))
    });
    Seen {
        balances: balances.collect(),
        usage: usage.collect(),
        vouchers,
        payments: database.payments(&all).unwrap(),
        redemptions: database.redemptions(&all).unwrap().iter().map(|row| row.seq).collect(),
        holds: database.holds(&all).unwrap().iter().map(|row| row.id).collect(),
        statements: statements.collect(),
    }
}
