//! The office while devices are away: passes, keys, conflicts, records put aside, what is undone.
//! No device (`mod.rs`), and no judgement of what came of it (`model.rs`, `causes.rs`).

use pass_numerique::domain::{
    command::{Ask, Outcome, Reverse},
    ids::Seq,
};

use super::{MINUTE, Run, model::Pass};
use crate::support::sql::Beside;

impl Run {
    pub fn issue(&mut self, stock: bool) {
        let workshops = u8::try_from(5 + self.below(2)).unwrap();
        let world = self.world.borrow();
        let Some(id) = world.town.issue(workshops, stock) else { return };
        let paper = world.town.service().paper(id).unwrap();
        let (code, manual_code) = (paper.url, paper.manual_code);
        let issued_at = world.town.clock.now();
        drop(world);
        let only = (self.below(2) == 0).then(|| self.place(self.devices.len()));
        self.passes.push(Pass {
            id,
            code,
            manual_code,
            workshops,
            issued_at,
            only,
            stock,
            activated: false,
            open: Vec::new(),
        });
    }

    /// A pass of a carnet is handed over.
    pub fn activate(&mut self) {
        let drawer = |pass: &&mut Pass| pass.stock && !pass.activated;
        let Some(pass) = self.passes.iter_mut().find(drawer) else { return };
        if let Outcome::Issued { .. } = self.world.borrow().town.activate(pass.id) {
            pass.activated = true;
        }
    }

    /// Workshops are set aside for conflicts: enough, too few or none.
    pub fn reserve(&mut self) {
        let workshops = [0, 1, 12, 12][self.place(4)];
        if workshops > 0 {
            let done = self.world.borrow().town.reserve(workshops);
            assert!(matches!(done, Outcome::Done { .. }), "{done:?}");
            self.reserved = workshops;
        }
        self.log(format!("{workshops} workshops are set aside"));
    }

    fn ask(&self, ask: Ask) -> Outcome {
        self.world.borrow().town.service().ask_as(None, ask).unwrap()
    }

    /// One of the numbers that a query gives.
    fn one_of(&self, query: &str) -> Option<Seq> {
        let numbers = Beside::open(&self.world.borrow().town.location).unwrap().texts(query);
        let number = numbers.get(self.place(numbers.len().max(1)))?;
        Some(Seq(number.parse().unwrap()))
    }

    fn note(&mut self, what: &str, outcome: &Outcome) {
        let code = match outcome {
            Outcome::Refused(refusal) => refusal.reason.code(),
            _ => "done",
        };
        self.log(format!("{what}: {outcome:?}"));
        *self.tally.entry(format!("{what}: {code}")).or_default() += 1;
    }

    /// Any conflict, also one that was decided before; now and then at once again.
    pub fn decide_conflict(&mut self) {
        let query = "SELECT CAST(seq AS TEXT) AS text FROM conflict ORDER BY seq";
        let Some(conflict) = self.one_of(query) else { return };
        for _ in 0..=self.below(3) / 2 {
            let paid = self.below(4) != 0;
            let note = "vu sur place".to_owned();
            let outcome = self.ask(Ask::DecideConflict { conflict, paid, note });
            let what = if paid { "pay conflict" } else { "not pay conflict" };
            self.note(what, &outcome);
        }
    }

    /// Any record that was put aside, also one that was decided before.
    pub fn decide_record(&mut self) {
        let query = "SELECT CAST(event AS TEXT) AS text FROM record \
            WHERE event IS NOT NULL ORDER BY event";
        let Some(quarantine) = self.one_of(query) else { return };
        let accepted = self.below(3) != 0;
        let note = "vu sur place".to_owned();
        let outcome = self.ask(Ask::DecideRecord { quarantine, accepted, note });
        self.note(if accepted { "accept record" } else { "reject record" }, &outcome);
    }

    pub fn reverse(&mut self) {
        let query = "SELECT CAST(seq AS TEXT) AS text FROM redemption ORDER BY seq";
        let Some(redemption) = self.one_of(query) else { return };
        let undo = Reverse { redemption, organisation: None, supervisor: true };
        let outcome = self.ask(Ask::Reverse(undo));
        self.note("reverse", &outcome);
    }

    /// The pass is opened or closed, if the service agrees.
    pub fn change(&mut self) {
        let pass = self.place(self.passes.len());
        if self.passes[pass].stock && !self.passes[pass].activated {
            return;
        }
        let (voucher, open) = (self.passes[pass].id, self.passes[pass].is_open());
        let (ask, opens) = match (self.below(6), open) {
            (0, _) => (Ask::Cancel { voucher }, false),
            (_, true) => (Ask::Suspend { voucher }, false),
            (_, false) => (Ask::Reinstate { voucher }, true),
        };
        if let Outcome::Done { seq } = self.ask(ask) {
            let now = self.now();
            self.passes[pass].open.push((now, opens, seq));
            self.log(format!("pass {pass}: open {opens}"));
        }
    }

    pub fn revoke(&mut self, place: usize) {
        if self.below(2) == 0 {
            let held = &mut self.devices[place];
            held.revoked = true;
            self.world.borrow().town.revoke(held.id);
            self.log(format!("device {place} is revoked"));
        }
    }

    /// The key that signs has leaked: another takes its place at once.
    pub fn leak_now_and_then(&mut self) {
        if self.below(3) != 0 {
            return;
        }
        let kid = self.world.borrow().town.compromise();
        *self.tally.entry("key leaked".to_owned()).or_default() += 1;
        self.log(format!("key {kid} has leaked"));
    }

    /// What is decided when everything has arrived.
    pub fn close_the_books(&mut self) {
        for _ in 0..6 {
            self.later(MINUTE);
            self.decide_conflict();
            self.decide_record();
        }
    }
}
