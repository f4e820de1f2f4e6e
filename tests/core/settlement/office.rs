//! A town whose programme pays: who enters accounts, who prepares runs, who approves them.
//! No assertions on what is paid.

use pass_numerique::{
    app::view::Database,
    domain::{
        access::Tenant,
        calendar::Day,
        cents::Cents,
        command::{Ask, Outcome},
        ids::*,
        payee::Iban,
        registry::Role,
        settlement::{
            BankAnswer, NewAccount, SettleAsk, WaitCause,
            view::{PaymentView, SettlementView},
        },
        view::Filter,
    },
};

use crate::support::Town;

pub const IBANS: [&str; 3] =
    ["FR1420041010050500013M02606", "FR7630006000011234567890189", "DE89370400440532013000"];

/// A town whose programme pays: who enters accounts, who prepares, who approves.
pub struct Office {
    pub town: Town,
    pub clerk: UserId,
    pub preparer: UserId,
    pub approver: UserId,
}

pub fn account(holder: &str, iban: &str) -> NewAccount {
    let iban: Iban = iban.parse().unwrap();
    NewAccount { holder: holder.to_owned(), iban, bic: None }
}

impl Office {
    pub fn new(town: Town) -> Self {
        let person = |email: &str| {
            let (email, name) = (email.to_owned(), "Opératrice".to_owned());
            let ask =
                Ask::AddUser { email, name, role: Role::Operator, password_hash: String::new() };
            match town.service.ask_as(None, ask).unwrap() {
                Outcome::Added { id, .. } => UserId(id),
                other => panic!("{other:?}"),
            }
        };
        let [clerk, preparer, approver] = ["a@o.example", "b@o.example", "c@o.example"].map(person);
        Self { town, clerk, preparer, approver }
    }

    /// As `new`, with accounts on both sides.
    pub fn equipped(town: Town) -> Self {
        let office = Self::new(town);
        office.payer_account(1);
        office.bank_account(office.town.organisation, IBANS[0]);
        office
    }

    pub fn ask(&self, actor: UserId, ask: SettleAsk) -> Outcome {
        self.town.service.ask_as(Some(actor), Ask::Settle(ask)).unwrap()
    }

    pub fn payer_account(&self, minimum: i64) {
        let account = account("Région d’essai", IBANS[1]);
        let (programme, minimum) = (self.town.programme, Cents(minimum));
        let ask = SettleAsk::EnterPayerAccount { programme, account, minimum };
        assert!(matches!(self.ask(self.clerk, ask), Outcome::Added { .. }));
    }

    pub fn bank_account(&self, organisation: OrganisationId, iban: &str) {
        let account = account("Médiathèque", iban);
        let ask = SettleAsk::EnterBankAccount { organisation, account };
        assert!(matches!(self.ask(self.clerk, ask), Outcome::Added { .. }));
    }

    pub fn today(&self) -> Day {
        self.town.service.clock.now().day(&"Europe/Paris".parse().unwrap())
    }

    pub fn next_day(&self) {
        let clock = &self.town.service.clock;
        clock.set(clock.now().plus_seconds(86_400));
    }

    /// Workshops of a new voucher; their redemptions.
    pub fn redeem(&self, workshops: usize) -> Vec<Seq> {
        let voucher = self.town.issue(10).unwrap();
        let redeemed = (0..workshops).map(|_| match self.town.redeem(voucher).outcome {
            Outcome::Redeemed(redemption) => redemption.seq,
            other => panic!("{other:?}"),
        });
        redeemed.collect()
    }

    pub fn open(&self, day: Day) -> Outcome {
        let ask = self.town.service.settlement_of(self.town.programme, day).unwrap();
        self.town.service.ask_as(Some(self.preparer), ask).unwrap()
    }

    /// A run of everything up to yesterday.
    pub fn run(&self) -> SettlementId {
        let Outcome::Added { id, .. } = self.open(self.today().plus(-1)) else { panic!() };
        self.tend();
        SettlementId(id)
    }

    pub fn tend(&self) {
        self.town.service.tend_settlements(&|| true).unwrap();
    }

    pub fn approve(&self, settlement: SettlementId) -> Outcome {
        self.ask(self.approver, SettleAsk::Approve { settlement })
    }

    pub fn export(&self, settlement: SettlementId) -> Outcome {
        let ask = self.town.service.draw_payment_file(settlement).unwrap();
        self.town.service.ask_as(Some(self.approver), ask).unwrap()
    }

    /// A run that is at the bank, with its payments.
    pub fn sent(&self) -> (SettlementId, Vec<PaymentView>) {
        let run = self.run();
        assert!(matches!(self.approve(run), Outcome::Done { .. }));
        assert!(matches!(self.export(run), Outcome::Done { .. }));
        (run, self.payments(run))
    }

    pub fn answer(&self, payment: &PaymentView, answer: BankAnswer) -> Outcome {
        let lines = vec![(payment.id, answer)];
        self.ask(self.approver, SettleAsk::Answer { settlement: payment.settlement, lines })
    }

    pub fn database(&self) -> Database {
        Database::open(&self.town.location).unwrap()
    }

    /// By number.
    pub fn payments(&self, run: SettlementId) -> Vec<PaymentView> {
        let filter = Filter { settlement: Some(run), ..Filter::of(Tenant::Any) };
        let mut payments = self.database().payments(&filter).unwrap();
        payments.reverse();
        payments
    }

    pub fn settlement(&self, run: SettlementId) -> SettlementView {
        self.database().settlements(&Filter::one(Tenant::Any, run.0)).unwrap().remove(0)
    }

    pub fn waiting(&self, run: SettlementId) -> Vec<(OrganisationId, WaitCause, i64)> {
        let filter = Filter { settlement: Some(run), ..Filter::of(Tenant::Any) };
        let rows = self.database().waiting(&filter).unwrap();
        rows.iter().map(|row| (row.organisation, row.cause, row.amount_cents.0)).collect()
    }

    /// Redemptions that a payment pays, the oldest first.
    pub fn paid_by(&self, payment: PaymentId) -> Vec<Seq> {
        let filter = Filter { payment: Some(payment), ..Filter::of(Tenant::Any) };
        let rows = self.town.service.database().redemptions(&filter).unwrap();
        rows.iter().rev().map(|row| row.seq).collect()
    }

    pub fn held(&self, stage: &str) -> i64 {
        let lines = self.town.service_balance();
        let lines = lines.iter().filter(|line| line.stage == stage);
        lines.map(|line| line.credit_cents - line.debit_cents).sum()
    }

    pub fn stages(&self) -> [i64; 4] {
        ["earned", "in_payment", "paid", "receivable"].map(|stage| self.held(stage))
    }
}
