//! What paying touches, as a batch loads it and the fold of events keeps it.
//! No change of anything: `apply/settle.rs` makes those.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::{
    Amounts, AskedAccount, AskedState, BankAccount, PayerAccount, Payment, PaymentState,
    Settlement, Slice,
};
use crate::domain::{
    hold::{Hold, HoldState},
    ids::{OrganisationId, PaymentId, ProgrammeId, Seq, SettlementId},
};

/// What an organisation earned in a slice that no payment has yet: of redemptions that stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unpaid {
    pub through: Seq,
    pub amounts: Amounts,
}

/// The last numbers given in a programme, and its run that is not at the bank yet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Numbers {
    pub settlement: i64,
    pub payment: i64,
    pub open: Option<SettlementId>,
}

/// An organisation in a programme.
pub type Payee = (ProgrammeId, OrganisationId);

/// What paying touches; of a batch only what it names.
#[derive(Clone, Debug, Default)]
pub struct Books {
    pub settlements: BTreeMap<SettlementId, Settlement>,
    pub payments: BTreeMap<PaymentId, Payment>,
    /// By payee and the last event of the slice.
    pub slices: BTreeMap<(Payee, Seq), PaymentId>,
    pub numbers: HashMap<ProgrammeId, Numbers>,
    /// The end of the last slice.
    pub paid_through: HashMap<Payee, Seq>,
    pub unpaid: HashMap<Payee, Unpaid>,
    /// Those of a payee that are in payment, or failed and not taken up.
    pub standing: HashMap<Payee, BTreeSet<PaymentId>>,
    pub bank_accounts: HashMap<OrganisationId, BankAccount>,
    pub payer_accounts: HashMap<ProgrammeId, PayerAccount>,
    /// Held workshops; of a payee those that are held, or released and not paid.
    pub holds: BTreeMap<Seq, Hold>,
    /// Accounts that somebody asked for.
    pub asked: BTreeMap<Seq, AskedAccount>,
}

impl Books {
    /// The account that waits for a second person.
    #[must_use]
    pub fn asked_for(&self, organisation: OrganisationId) -> Option<&AskedAccount> {
        let mut open = self.asked.values().filter(|one| one.state == AskedState::Open);
        open.find(|one| one.organisation == organisation)
    }

    /// The payment that answers for a redemption now: the one that took it first, or the last
    /// that took up a failed one. What a slice left out is of the payment that took it up later.
    #[must_use]
    pub fn payment_of(&self, payee: Payee, redemption: Seq) -> Option<PaymentId> {
        let left_out = self.holds.get(&redemption).filter(|hold| hold.left_out);
        let mut payment = match left_out {
            Some(hold) => self.payments.get(&hold.payment?)?,
            None => self.in_slice(payee, redemption)?,
        };
        while let Some(next) = payment.reissued_in.and_then(|next| self.payments.get(&next)) {
            payment = next;
        }
        Some(payment.id)
    }

    fn in_slice(&self, payee: Payee, redemption: Seq) -> Option<&Payment> {
        let (_, first) = self.slices.range((payee, redemption)..=(payee, Seq(i64::MAX))).next()?;
        let payment = self.payments.get(first)?;
        let within = |slice: &Slice| slice.after < redemption && redemption <= slice.through;
        payment.slice.filter(within).map(|_| payment)
    }

    /// What is held of a payee in a slice: no payment of it takes these.
    pub fn held(&self, payee: Payee, slice: Slice) -> impl Iterator<Item = &Hold> + '_ {
        let of = move |hold: &&Hold| {
            (hold.programme, hold.organisation) == payee && hold.state == HoldState::Held
        };
        let within = self
            .holds
            .values()
            .filter(move |hold| slice.after < hold.redemption && hold.redemption <= slice.through);
        within.filter(of)
    }

    /// What was released after its slice was paid, and that no payment has taken up yet.
    pub fn released(&self, payee: Payee) -> impl Iterator<Item = &Hold> + '_ {
        let of = move |hold: &&Hold| (hold.programme, hold.organisation) == payee && hold.due();
        self.holds.values().filter(of)
    }

    /// The payments of a payee that are in payment, or failed and not taken up.
    pub fn standing(&self, payee: Payee) -> impl Iterator<Item = &Payment> + '_ {
        let ids = self.standing.get(&payee).into_iter().flatten();
        ids.filter_map(|id| self.payments.get(id))
    }

    /// Takes in a payment as a database keeps it.
    pub fn keep(&mut self, payment: Payment) {
        let payee = (payment.programme, payment.organisation);
        if let Some(slice) = payment.slice {
            self.slices.insert((payee, slice.through), payment.id);
        }
        if payment.state == PaymentState::InPayment || payment.open() {
            self.standing.entry(payee).or_default().insert(payment.id);
        }
        self.payments.insert(payment.id, payment);
    }
}
