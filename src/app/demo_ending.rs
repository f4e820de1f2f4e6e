//! The demonstration's second programme: a department pays venues itself, and the programme ends in
//! some days. Its orders of the month that is over are with the accountant.
//! No rules and no shortcuts into the database.

use super::{
    demo::unexpected,
    demo_month::Office,
    service::{Fault, Service},
};
use crate::domain::{
    calendar::{Instant, Zone},
    cents::Cents,
    command::{Ask, Outcome},
    event::Fund,
    hold::Holds,
    ids::{FunderId, IssuerId, OrganisationId, ProgrammeId, UserId, VenueId, VoucherId},
    programme::{Payer, Share, Terms},
    service::Service as Kind,
    settlement::SettleAsk,
};

/// It ends so many days after today: passes are not issued any more.
const ENDS_IN_DAYS: i32 = 12;
/// Of each pass, how many workshops are taken.
const TAKEN: [u8; 6] = [3, 0, 2, 0, 1, 0];

/// Who takes part in it.
pub struct Small {
    pub pays: FunderId,
    pub shares: FunderId,
    pub issuer: IssuerId,
    pub agent: UserId,
    pub places: Vec<(VenueId, OrganisationId)>,
}

impl Service {
    /// Sets it up, with its passes and their workshops, at the beginning of the history.
    pub(super) fn begin_small_programme(
        &self,
        terms: &Terms,
        today: Instant,
        small: &Small,
    ) -> Result<ProgrammeId, Fault> {
        let terms = Terms {
            payer: Payer::Funder,
            price_cents: Cents(1_500),
            shares: vec![
                Share { funder: small.pays, weight: 2 },
                Share { funder: small.shares, weight: 1 },
            ],
            last_day: today.day(&Zone::paris()).plus(ENDS_IN_DAYS),
            workshops_a_day: None,
            holds: Holds::NONE,
            ..terms.clone()
        };
        let name = "Pass du département (démonstration)".to_owned();
        let add = Ask::AddProgramme { name, terms: Box::new(terms) };
        let programme = match self.ask_as(None, add)? {
            Outcome::Added { id, .. } => ProgrammeId(id),
            other => return Err(unexpected(other)),
        };
        for (funder, amount) in [(small.pays, Cents(80_000)), (small.shares, Cents(40_000))] {
            self.small_step(Ask::Fund { programme, funder, amount, by: Fund::Pledge })?;
        }
        let (issuer, workshops) = (small.issuer, 60);
        self.small_step(Ask::Allocate { programme, issuer, workshops })?;
        let now = self.clock.now();
        for (number, taken) in TAKEN.into_iter().enumerate() {
            let voucher = self.issue_small(programme, small)?;
            let place = number.checked_rem(small.places.len()).and_then(|at| small.places.get(at));
            let Some((venue, organisation)) = place else { continue };
            if taken > 0 {
                let at = (*venue, *organisation, taken);
                self.redeem_in_demo(voucher, at, Kind::EverydayTools, now)?;
            }
        }
        Ok(programme)
    }

    fn issue_small(&self, programme: ProgrammeId, small: &Small) -> Result<VoucherId, Fault> {
        let (issuer, workshops) = (small.issuer, 5);
        let answer = self.drawn(|draft| {
            let ask = Ask::Issue { programme, issuer, workshops, stock: false, draft };
            self.ask_anew(Some(small.agent), ask)
        })?;
        match answer.outcome {
            Outcome::Issued { voucher, .. } => Ok(voucher),
            other => Err(unexpected(other)),
        }
    }

    fn small_step(&self, ask: Ask) -> Result<(), Fault> {
        match self.ask_as(None, ask)? {
            Outcome::Done { .. } => Ok(()),
            other => Err(unexpected(other)),
        }
    }

    /// Its payment orders go to the accountant, who has not answered yet.
    pub(super) fn order_small_month(
        &self,
        programme: ProgrammeId,
        office: &Office,
        without: OrganisationId,
        today: Instant,
    ) -> Result<(), Fault> {
        self.enter_demo_accounts(programme, office, without)?;
        let day = today.day(&Zone::paris()).month_start().plus(-1);
        let open = self.settlement_of(programme, day)?;
        let settlement = match self.ask_as(Some(office.preparer), open)? {
            Outcome::Added { id, .. } => crate::domain::ids::SettlementId(id),
            other => return Err(unexpected(other)),
        };
        self.tend_settlements(&|| true)?;
        self.settled(office.approver, Ask::Settle(SettleAsk::Approve { settlement }))?;
        let export = self.draw_payment_file(settlement)?;
        self.settled(office.approver, export)
    }
}
