//! Deciding about programmes, their budgets and what issuers may hand out.
//! No single voucher here.

use super::{Decided, Desk, registry::named};
use crate::domain::{
    cents::Cents,
    command::{Ask, Command, Outcome},
    event::{Body, Fund},
    ids::{FunderId, IssuerId, ProgrammeId, VenueId},
    ledger::{AccountKey, Stage},
    programme::{Programme, Terms},
    refusal::{Facts, Reason, Refusal},
};

/// A hundred million euros: more is a slip of the pen.
const LARGEST_AMOUNT: Cents = Cents(10_000_000_000);

impl Desk {
    pub(super) fn money(&mut self, command: &Command) -> Decided {
        match &command.ask {
            Ask::AddProgramme { name, terms } => self.add_programme(command, name, terms),
            Ask::CloseProgramme { programme } => {
                self.change_programme(command, *programme, Body::ProgrammeClosed)
            }
            Ask::AdmitVenue { programme, venue } => self.admit(command, *programme, *venue),
            Ask::Fund { programme, funder, amount, by } => {
                if !self.programme(*programme)?.terms.shares.iter().any(|of| of.funder == *funder) {
                    return Err(Refusal::field(Reason::NotFound, "funder").into());
                }
                self.payable(*programme, *funder, *amount)?;
                self.not_ended(*programme)?;
                let body = Body::Funded { funder: *funder, amount: *amount, by: *by };
                self.change_programme(command, *programme, body)
            }
            Ask::Withdraw { programme, funder, amount, by } => {
                self.withdraw(command, *programme, *funder, *amount, *by)
            }
            Ask::Allocate { programme, issuer, workshops } => {
                self.allocate(command, *programme, *issuer, *workshops)
            }
            Ask::ReserveGuarantee { programme, workshops } => {
                self.not_ended(*programme)?;
                self.reserve_guarantee(command, *programme, *workshops)
            }
            Ask::EndProgramme { programme } => self.end_programme(command, *programme),
            _ => Err(Reason::RequestMalformed.into()),
        }
    }

    fn change_programme(&mut self, command: &Command, id: ProgrammeId, body: Body) -> Decided {
        let seq = self.record_programme(command, id, body)?;
        Ok(Outcome::Done { seq })
    }

    fn add_programme(&mut self, command: &Command, name: &str, terms: &Terms) -> Decided {
        named(name)?;
        terms.check()?;
        for share in &terms.shares {
            let known = self.fold.world.funders.contains_key(&share.funder);
            self.found(known, "shares.funder")?;
        }
        let world = &mut self.fold.world;
        // A voucher carries its programme in two bytes.
        if world.head.programme >= i64::from(u16::MAX) {
            return Err(Reason::ProgrammesExhausted.into());
        }
        world.head.programme += 1;
        let id = ProgrammeId(world.head.programme);
        let draft = Programme {
            id,
            name: name.to_owned(),
            version: 1,
            terms: terms.clone(),
            earlier: Vec::new(),
            next_number: 0,
            next_ordinal: 0,
            closed: false,
            reserves: Vec::new(),
            ended: None,
            closed_through: None,
        };
        world.programmes.insert(id, draft);
        let body = Body::ProgrammeAdded { terms: Box::new(terms.clone()) };
        let seq = self.record_programme(command, id, body)?;
        Ok(Outcome::Added { seq, id: id.0 })
    }

    fn admit(&mut self, command: &Command, programme: ProgrammeId, venue: VenueId) -> Decided {
        self.programme(programme)?;
        self.found(self.fold.world.venues.contains_key(&venue), "venue")?;
        if self.fold.world.admitted.contains(&(programme, venue)) {
            return Err(Refusal::field(Reason::NameTaken, "venue").into());
        }
        self.change_programme(command, programme, Body::VenueAdmitted { venue })
    }

    fn payable(
        &self,
        programme: ProgrammeId,
        funder: FunderId,
        amount: Cents,
    ) -> Result<AccountKey, Refusal> {
        let programme = self.programme(programme)?;
        // Who pays no more may take back what comes free of earlier versions.
        if !programme.paid_by(funder) {
            return Err(Refusal::field(Reason::NotFound, "funder"));
        }
        if amount <= Cents::ZERO || amount > LARGEST_AMOUNT {
            return Err(Refusal::field(Reason::AmountInvalid, "amount_cents"));
        }
        Ok(available(programme, funder))
    }

    fn withdraw(
        &mut self,
        command: &Command,
        programme: ProgrammeId,
        funder: FunderId,
        amount: Cents,
        by: Fund,
    ) -> Decided {
        let account = self.payable(programme, funder, amount)?;
        let free = self.fold.world.balance(&account);
        if free < amount {
            let facts =
                Facts { funder: Some(funder), available_cents: Some(free), ..Facts::default() };
            return Err(Refusal::because(Reason::BudgetExhausted, facts).into());
        }
        self.change_programme(command, programme, Body::Withdrawn { funder, amount, by })
    }

    fn allocate(
        &mut self,
        command: &Command,
        programme: ProgrammeId,
        issuer: IssuerId,
        workshops: i64,
    ) -> Decided {
        self.not_ended(programme)?;
        self.found(self.fold.world.issuers.contains_key(&issuer), "issuer")?;
        let held = self.fold.world.allocations.get(&(programme, issuer)).copied();
        let held = held.unwrap_or_default();
        // A negative number takes back what was not handed out.
        let free = held.granted - held.taken;
        if workshops == 0 || workshops.abs() > 10_000_000 || free + workshops < 0 {
            let facts = Facts {
                limit: Some(free),
                field: Some("workshops".to_owned()),
                ..Facts::default()
            };
            return Err(Refusal::because(Reason::AmountInvalid, facts).into());
        }
        self.change_programme(command, programme, Body::Allocated { issuer, workshops })
    }
}

/// The account of a funder's free money.
pub(super) const fn available(programme: &Programme, funder: FunderId) -> AccountKey {
    AccountKey {
        programme: programme.id,
        version: programme.version,
        funder,
        stage: Stage::Available,
        organisation: None,
    }
}
