//! Deciding whether a voucher may be issued, activated or replaced.
//! No signing: that comes after the commit.

use super::{Decided, Desk, Stop, money::available};
use crate::domain::{
    calendar::Day,
    cents::Cents,
    command::{Command, Draft, Outcome},
    event::{Body, Minted},
    ids::{FunderId, IssuerId, ProgrammeId, VoucherId},
    life::{State, Voucher},
    programme::Programme,
    refusal::{Facts, Reason, Refusal},
    voucher::payload::{Format, Kid, Payload},
    world::Unique,
};

impl Desk {
    pub(super) fn issue(
        &mut self,
        command: &Command,
        programme: ProgrammeId,
        issuer: IssuerId,
        workshops: u8,
        stock: bool,
        draft: &Draft,
    ) -> Decided {
        let programme = self.programme(programme)?.clone();
        let terms = &programme.terms;
        let today = command.now.day(&terms.time_zone);
        self.may_issue(&programme, issuer, workshops, today)?;
        self.within_daily_limit(command, &programme, today)?;
        self.within_allocation(programme.id, issuer, i64::from(workshops))?;
        let numbers = programme.next_numbers(workshops);
        if !stock {
            self.within_budget(&programme, &terms.pricing().cost(&numbers))?;
        }
        let last_day = if stock {
            terms.last_day.plus(i32::from(terms.tolerance_days))
        } else {
            terms.last_signed_day(today)
        };
        let format = if stock { Format::Stock } else { Format::Issued };
        let minted = mint(draft, format, &programme, issuer, workshops, (today, last_day))?;
        self.may_sign(draft, today)?;
        self.reserve(draft)?;
        let body = if stock {
            Body::VoucherStocked { minted }
        } else {
            Body::VoucherIssued { minted, numbers }
        };
        let seq = self.record_voucher(command, draft.id, programme.id, body)?;
        Ok(Outcome::Issued { seq, voucher: draft.id })
    }

    /// Whether an issuer may issue such vouchers of a programme today.
    pub(super) fn may_issue(
        &self,
        programme: &Programme,
        issuer: IssuerId,
        workshops: u8,
        today: Day,
    ) -> Result<(), Stop> {
        let terms = &programme.terms;
        let known = self.fold.world.issuers.get(&issuer);
        let known = known.ok_or_else(|| Refusal::field(Reason::NotFound, "issuer"))?;
        if known.suspended {
            return Err(Reason::IssuerSuspended.into());
        }
        if !(terms.workshops_min..=terms.workshops_max).contains(&workshops) {
            let limit = Some(i64::from(terms.workshops_max));
            let field = Some("workshops".to_owned());
            let facts = Facts { limit, field, ..Facts::default() };
            return Err(Refusal::because(Reason::WorkshopsOutOfRange, facts).into());
        }
        if programme.closed || !terms.open_for_issuing(today) {
            return Err(ended(Reason::ProgrammeBlocked, terms.last_day));
        }
        Ok(())
    }

    pub(super) fn activate(
        &mut self,
        command: &Command,
        id: VoucherId,
        issuer: IssuerId,
    ) -> Decided {
        let (voucher, programme, today) = self.voucher_today(id, command.now)?;
        if voucher.issuer != issuer {
            return Err(Reason::VoucherUnknown.into());
        }
        match voucher.state(today) {
            State::Stock => {}
            State::Expired => return Err(ended(Reason::VoucherExpired, voucher.last_day)),
            State::Cancelled => return Err(Reason::VoucherCancelled.into()),
            _ => return Err(Reason::VoucherStateConflict.into()),
        }
        if self.fold.world.issuers.get(&issuer).is_none_or(|issuer| issuer.suspended) {
            return Err(Reason::IssuerSuspended.into());
        }
        if programme.closed || !programme.terms.open_for_issuing(today) {
            return Err(ended(Reason::ProgrammeBlocked, programme.terms.last_day));
        }
        let numbers = programme.next_numbers(voucher.workshops);
        self.within_budget(&programme, &programme.terms.pricing().cost(&numbers))?;
        let last_day = programme.terms.last_signed_day(today).min(voucher.last_day);
        let body = Body::VoucherActivated { numbers, first_day: today, last_day };
        let seq = self.record_voucher(command, id, programme.id, body)?;
        Ok(Outcome::Issued { seq, voucher: id })
    }

    /// Keeps the old last day, and needs neither free budget nor open issuing.
    pub(super) fn replace(&mut self, command: &Command, id: VoucherId, draft: &Draft) -> Decided {
        let (old, programme, today) = self.voucher_today(id, command.now)?;
        match old.state(today) {
            State::Active | State::Suspended => {}
            State::Expired => return Err(ended(Reason::VoucherExpired, old.last_day)),
            State::Exhausted => return Err(Reason::VoucherExhausted.into()),
            State::Replaced => return Err(Reason::VoucherReplaced.into()),
            State::Cancelled => return Err(Reason::VoucherCancelled.into()),
            State::Stock => return Err(Reason::VoucherStock.into()),
        }
        let days = (today, old.last_day);
        let minted = mint(draft, Format::Issued, &programme, old.issuer, old.left(), days)?;
        // It takes over the old one's numbers, and with them their price.
        let minted = Minted { version: old.version, ..minted };
        self.may_sign(draft, today)?;
        self.reserve(draft)?;
        let body = Body::VoucherReplaced { successor: draft.id, minted };
        let seq = self.record_voucher(command, id, programme.id, body)?;
        Ok(Outcome::Issued { seq, voucher: draft.id })
    }

    fn within_daily_limit(
        &self,
        command: &Command,
        programme: &Programme,
        today: Day,
    ) -> Result<(), Stop> {
        let Some(agent) = command.actor else { return Ok(()) };
        let raised = self.fold.world.users.get(&agent).and_then(|user| user.raised);
        let raised = raised.filter(|(day, _)| *day == today).map_or(0, |(_, limit)| limit);
        let limit = programme.terms.agent_daily_limit.max(raised);
        let issued = self.fold.world.issued.get(&(agent, today)).copied().unwrap_or_default();
        if issued < limit {
            return Ok(());
        }
        let facts = Facts { limit: Some(i64::from(limit)), ..Facts::default() };
        Err(Refusal::because(Reason::AgentDailyLimit, facts).into())
    }

    pub(super) fn within_allocation(
        &self,
        programme: ProgrammeId,
        issuer: IssuerId,
        workshops: i64,
    ) -> Result<(), Stop> {
        let held = self.fold.world.allocations.get(&(programme, issuer)).copied();
        let held = held.unwrap_or_default();
        let free = held.granted - held.taken;
        if free >= workshops {
            return Ok(());
        }
        let facts = Facts { limit: Some(free), ..Facts::default() };
        Err(Refusal::because(Reason::AllocationExhausted, facts).into())
    }

    pub(super) fn within_budget(
        &self,
        programme: &Programme,
        cost: &[(FunderId, Cents)],
    ) -> Result<(), Stop> {
        for (funder, cost) in cost {
            let free = self.fold.world.balance(&available(programme, *funder));
            if free < *cost {
                let facts = Facts {
                    funder: Some(*funder),
                    available_cents: Some(free),
                    ..Facts::default()
                };
                return Err(Refusal::because(Reason::BudgetExhausted, facts).into());
            }
        }
        Ok(())
    }

    /// A voucher id, a reference and a manual code are each given once.
    pub(super) fn reserve(&mut self, draft: &Draft) -> Result<(), Stop> {
        let taken = &mut self.fold.world.taken;
        let texts = [
            Unique::Voucher(draft.id),
            Unique::Reference(draft.reference.clone()),
            Unique::CodeTag(draft.code_tag),
        ];
        if texts.iter().any(|text| taken.contains(text)) {
            return Err(Reason::DrawAgain.into());
        }
        taken.extend(texts);
        self.fold.effects.drafts.insert(draft.id, draft.clone());
        Ok(())
    }
}

fn ended(reason: Reason, day: Day) -> Stop {
    Refusal::because(reason, Facts { day: Some(day), ..Facts::default() }).into()
}

fn mint(
    draft: &Draft,
    format: Format,
    programme: &Programme,
    issuer: IssuerId,
    workshops: u8,
    (first_day, last_day): (Day, Day),
) -> Result<Minted, Stop> {
    let payload = Payload {
        format,
        kid: Kid(draft.kid),
        voucher: draft.id,
        programme: programme.id,
        workshops,
        first_day,
        last_day,
    };
    let bytes = payload.to_bytes().map_err(|_| Refusal::field(Reason::TermsInvalid, "last_day"))?;
    Ok(Minted {
        issuer,
        payload: data_encoding::HEXLOWER.encode(&bytes),
        workshops,
        version: programme.version,
        first_day,
        last_day,
    })
}

impl Voucher {
    /// The last day that paper prints: before the programme's tolerance.
    #[must_use]
    pub fn printed_last_day(&self, programme: &Programme) -> Day {
        self.last_day.plus(-i32::from(programme.terms.tolerance_days))
    }
}
