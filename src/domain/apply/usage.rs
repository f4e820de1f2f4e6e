//! Which cell of the day's usage figures an event counts under.
//! No figures are made here: the event's own fold says what is counted.

use super::{Fold, Inconsistent};
use crate::domain::{
    calendar::Day,
    event::{Body, Event, Redeemed},
    ids::{FunderId, IssuerId, ProgrammeId, VoucherId},
    usage::{Cell, Figures},
};

impl Fold {
    /// Counts under the issuer and the programme's own territory: no venue is involved.
    pub(super) fn count(
        &mut self,
        event: &Event,
        id: VoucherId,
        funder: Option<FunderId>,
        figures: Figures,
    ) -> Result<(), Inconsistent> {
        let issuer = self.voucher(event, id)?.issuer;
        self.count_for(event, issuer, funder, figures)
    }

    /// Money that comes into a programme or leaves it: no issuer has it yet.
    pub(super) fn count_deposit(&mut self, event: &Event) -> Result<(), Inconsistent> {
        let (funder, deposited_cents) = match &event.body {
            Body::Funded { funder, amount, .. } => (*funder, amount.0),
            Body::Withdrawn { funder, amount, .. } => (*funder, -amount.0),
            _ => return Ok(()),
        };
        let figures = Figures { deposited_cents, ..Figures::default() };
        self.count_for(event, IssuerId(0), Some(funder), figures)
    }

    /// As `count`, of no single voucher.
    pub(super) fn count_for(
        &mut self,
        event: &Event,
        issuer: IssuerId,
        funder: Option<FunderId>,
        figures: Figures,
    ) -> Result<(), Inconsistent> {
        let territory = self.programme(event)?.terms.territory.clone();
        let cell = cell(event, event.day, issuer, territory, funder);
        self.effects.usage.entry(cell).or_default().add(&figures);
        Ok(())
    }

    /// Counts under the venue, its territory and the service delivered.
    pub(super) fn count_at(
        &mut self,
        event: &Event,
        redeemed: &Redeemed,
        funder: Option<FunderId>,
        figures: Figures,
    ) {
        let at = Cell {
            venue: Some(redeemed.venue),
            service: redeemed.delivery.service,
            ..cell(event, event.day, redeemed.issuer, redeemed.territory.clone(), funder)
        };
        self.effects.usage.entry(at).or_default().add(&figures);
    }
}

fn cell(
    event: &Event,
    day: Day,
    issuer: IssuerId,
    territory: String,
    funder: Option<FunderId>,
) -> Cell {
    let programme = event.programme.unwrap_or(ProgrammeId(0));
    Cell { day, programme, issuer, venue: None, territory, service: None, funder }
}
