//! Vouchers and redemptions as lists, the newest first.
//! No bearer text: a voucher's row holds none.

use std::collections::HashMap;

use diesel::{
    dsl::sql,
    prelude::*,
    sql_types::{BigInt, Bool},
};

use super::{narrow, of_history, page};
use crate::{
    domain::{
        access::Tenant,
        calendar::Instant,
        cents::Cents,
        event::Redeemed,
        ids::*,
        programme::Programme,
        view::{Filter, RedemptionView, VoucherView},
    },
    store::{
        connection::{Database, reading},
        convert,
        reads::ReadError,
        rows::*,
        schema::*,
    },
};

impl Database {
    /// States are those of `now`, in each programme's time zone.
    pub fn vouchers(&self, filter: &Filter, now: Instant) -> Result<Vec<VoucherView>, ReadError> {
        let own = match filter.within {
            Tenant::Any => None,
            Tenant::Issuer(own) => Some(own),
            _ => return Ok(Vec::new()),
        };
        let reference = filter.reference.map(|reference| reference.to_string());
        let ids = filter.vouchers.as_ref();
        let ids: Option<Vec<i64>> = ids.map(|ids| ids.iter().map(|id| id.0).collect());
        let selected =
            filter.selection.map(|selection| self.where_selected(selection, now)).transpose()?;
        let rows: Vec<VoucherRow> = reading!(self, conn => {
            let mut query = voucher::table.into_boxed();
            narrow!(query, voucher::issuer => own, voucher::issuer => filter.issuer,
                voucher::programme => filter.programme, voucher::id => filter.voucher,
                voucher::id => filter.id.map(VoucherId));
            if let Some(ids) = &ids {
                query = query.filter(voucher::id.eq_any(ids));
            }
            if let Some(batch) = filter.batch {
                query = query.filter(voucher::batch.eq(batch.0));
            }
            if let Some(reference) = &reference {
                query = query.filter(voucher::reference.eq(reference));
            }
            if let Some(selected) = &selected {
                query = query.filter(sql::<Bool>(selected));
            }
            page!(query, filter, desc voucher::number).load(conn)
        })?;
        let mut programmes: HashMap<ProgrammeId, Programme> = HashMap::new();
        let mut views = Vec::with_capacity(rows.len());
        for row in rows {
            let voucher = row.domain()?;
            let id = voucher.programme;
            let programme = match programmes.get(&id) {
                Some(programme) => programme,
                None => {
                    let Some(read) = self.programme(id)? else { continue };
                    programmes.entry(id).or_insert(read)
                }
            };
            views.push(VoucherView {
                id: voucher.id,
                number: Seq(voucher.number),
                batch: voucher.batch,
                reference: row.reference,
                programme: id,
                issuer: voucher.issuer,
                agent: row.agent.map(UserId),
                state: voucher.state(now.day(&programme.terms.time_zone)),
                workshops: voucher.workshops,
                left: voucher.left(),
                first_day: voucher.first_day,
                last_day: voucher.printed_last_day(programme),
                accepted_until: voucher.last_day,
                predecessor: row.predecessor.map(VoucherId),
                successor: row.successor.map(VoucherId),
                own_reference: None,
            });
        }
        Ok(views)
    }

    pub fn redemptions(&self, filter: &Filter) -> Result<Vec<RedemptionView>, ReadError> {
        let own = match filter.within {
            Tenant::Issuer(_) => return Ok(Vec::new()),
            Tenant::Organisation(own) => Some(own),
            _ => None,
        };
        let (paid, funder) = match filter.within {
            Tenant::Funder(funder) => (Some(self.programmes_paid_by(funder)?), Some(funder)),
            _ => (None, None),
        };
        let of_payment = filter.payment.map(|id| self.redemptions_paid_by(id)).transpose()?;
        let rows: Vec<RedemptionRow> = reading!(self, conn => {
            let mut query = redemption::table.into_boxed();
            narrow!(query, redemption::organisation => own,
                redemption::organisation => filter.organisation,
                redemption::programme => filter.programme,
                redemption::issuer => filter.issuer,
                redemption::venue => filter.venue,
                redemption::seq => filter.id.map(Seq));
            if let Some(voucher) = filter.voucher {
                query = query.filter(of_history("redemption.seq", voucher));
            }
            if let Some(payment) = &of_payment {
                query = query.filter(sql::<Bool>(payment));
            }
            if let Some(paid) = &paid {
                query = query.filter(redemption::programme.eq_any(paid));
            }
            if let Some(device) = filter.device {
                let by = event::table.filter(event::device.eq(device.0)).select(event::seq);
                query = query.filter(redemption::seq.eq_any(by));
            }
            if let Some(venue) = filter.venue {
                // Redemptions are found by organisation alone.
                let of = venue::table.find(venue.0).select(venue::organisation);
                query = query.filter(redemption::organisation.eq_any(of));
            }
            page!(query, filter, desc redemption::seq).load(conn)
        })?;
        self.taken(rows, funder)
    }

    /// What is told of redemptions; what they earned of one funder's money, or of all.
    pub(super) fn taken(
        &self,
        rows: Vec<RedemptionRow>,
        funder: Option<FunderId>,
    ) -> Result<Vec<RedemptionView>, ReadError> {
        let seqs: Vec<i64> = rows.iter().map(|row| row.seq).collect();
        let (earned, reversed) = (self.earned(&seqs, funder)?, self.reversals(&seqs)?);
        let (devices, contested) = (self.devices_of(&seqs)?, self.contested(&seqs)?);
        let mut held = self.held(&seqs)?;
        let view = |row: RedemptionRow| {
            let redeemed: Redeemed = convert::json("redemption", &row.content)?;
            Ok(RedemptionView {
                seq: Seq(row.seq),
                voucher: VoucherId(row.voucher),
                programme: ProgrammeId(row.programme),
                venue: VenueId(row.venue),
                organisation: OrganisationId(row.organisation),
                issuer: IssuerId(row.issuer),
                territory: row.territory,
                workshops: convert::small("redemption", row.workshops)?,
                delivery: redeemed.delivery,
                earned_cents: Cents(earned.get(&row.seq).copied().unwrap_or_default()),
                currency: "EUR",
                occurred_at: Instant(row.occurred_at),
                recorded_at: Instant(row.recorded_at),
                actor: row.actor.map(UserId),
                device: devices.get(&row.seq).copied().map(DeviceId),
                reversed_by: reversed.get(&row.seq).copied().map(Seq),
                contested: contested.contains(&row.seq),
                held: held.remove(&row.seq),
            })
        };
        rows.into_iter().map(view).collect()
    }

    /// What each of these events earned somebody, of one funder's money or of all.
    pub(in crate::store) fn earned(
        &self,
        seqs: &[i64],
        funder: Option<FunderId>,
    ) -> Result<HashMap<i64, i64>, ReadError> {
        let rows: Vec<(i64, i64)> = reading!(self, conn => {
            let mut query = posting::table
                .inner_join(account::table.on(account::id.eq(posting::account)))
                .filter(posting::event.eq_any(seqs))
                .filter(account::stage.eq("earned"))
                .group_by(posting::event)
                .select((
                    posting::event,
                    sql::<BigInt>("CAST(SUM(posting.amount_cents) AS BIGINT)"),
                ))
                .into_boxed();
            narrow!(query, account::funder => funder);
            query.load(conn)
        })?;
        Ok(rows.into_iter().collect())
    }

    /// The devices that made these.
    fn devices_of(&self, seqs: &[i64]) -> Result<HashMap<i64, i64>, ReadError> {
        let rows: Vec<(i64, Option<i64>)> = reading!(self, conn => event::table
            .filter(event::seq.eq_any(seqs))
            .filter(event::device.is_not_null())
            .select((event::seq, event::device))
            .load(conn))?;
        Ok(rows.into_iter().filter_map(|(seq, device)| Some((seq, device?))).collect())
    }

    /// The events that undid these.
    fn reversals(&self, seqs: &[i64]) -> Result<HashMap<i64, i64>, ReadError> {
        let rows: Vec<(Option<i64>, i64)> = reading!(self, conn => event::table
            .filter(event::reverses.eq_any(seqs))
            .select((event::reverses, event::seq))
            .load(conn))?;
        Ok(rows.into_iter().filter_map(|(of, by)| Some((of?, by))).collect())
    }
}
