//! What a device says of a pass by itself: the checks of a redemption, as far as it can make them.
//! Nothing is changed and nothing is signed here.

use super::{Admitted, LONGEST_CODE, Scan, Scanner};
use crate::domain::{
    calendar::{Day, Instant},
    genuine::mark,
    ids::{RequestId, VoucherId},
    refusal::{Facts, Reason, Refusal},
    voucher::{Format, KeyProblem, ManualCode, Payload, Unverified, text},
};

/// Typed codes that wait at most: nobody can verify them before the service does.
pub const MOST_CLAIMS: usize = 20;

/// What a device can say for itself: to be confirmed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Judged {
    /// Good as far as it knows; `left` is after these workshops.
    Accepted { voucher: VoucherId, left: u8, last_day: Day },
    /// A typed code: kept as a claim, decided by the service.
    Claim,
}

impl Scanner {
    /// The verdict without network, at a moment of the service's time. The order of the checks is
    /// that of docs/algorithms/redeem.md; first refusal wins.
    ///
    /// # Errors
    /// The refusal that the service would give, as far as the device can tell.
    pub fn judge(&self, scan: &Scan, at: Instant) -> Result<Judged, Refusal> {
        self.judge_attempt(scan, at, None)
    }

    /// As `judge`, of an attempt that the device has.
    pub(super) fn judge_attempt(
        &self,
        scan: &Scan,
        at: Instant,
        request: Option<RequestId>,
    ) -> Result<Judged, Refusal> {
        if !(1..=10).contains(&scan.workshops) {
            return Err(Refusal::field(Reason::RequestMalformed, "workshops"));
        }
        if self.revoked {
            return Err(Reason::DeviceRevoked.into());
        }
        if !self.places.venues.contains_key(&scan.venue) {
            return Err(Refusal::field(Reason::VenueNotAdmitted, "venue"));
        }
        if scan.code.len() > LONGEST_CODE {
            return Err(Reason::CodeMalformed.into());
        }
        if scan.code.parse::<ManualCode>().is_ok() {
            return self.claim();
        }
        let payload = self.genuine(&scan.code)?;
        let admitted = self.places.programmes.get(&payload.programme);
        let admitted = admitted.ok_or(Reason::VenueNotAdmitted)?;
        let day = at.day(&admitted.time_zone);
        let (left, last_day) = self.standing(&payload, day)?;
        let left = self.enough(&payload, left, scan, request)?;
        self.within_limits(&payload, admitted, scan, day, left)?;
        delivered(admitted, scan)?;
        let left = left.saturating_sub(scan.workshops);
        Ok(Judged::Accepted { voucher: payload.voucher, left, last_day })
    }

    fn claim(&self) -> Result<Judged, Refusal> {
        let claims = self.waiting.values().filter(|one| one.code.parse::<ManualCode>().is_ok());
        if claims.count() >= MOST_CLAIMS {
            let limit = i64::try_from(MOST_CLAIMS).ok();
            let facts = Facts { limit, ..Facts::default() };
            return Err(Refusal::because(Reason::ProgrammeLimit, facts));
        }
        Ok(Judged::Claim)
    }

    /// What a good signature says; that of a key that leaked only of a pass in its list.
    fn genuine(&self, code: &str) -> Result<Payload, Reason> {
        let signed = text::read(code).map_err(|_| Reason::CodeMalformed)?;
        let keys = self.keys.as_ref().ok_or(Reason::KeyUnknown)?;
        match keys.ring.verify(&signed) {
            Ok((payload, _)) => Ok(payload),
            Err(Unverified::KeyNotValid { payload, why: KeyProblem::Compromised })
                if self.lists.has(payload.kid, &mark(&signed.payload)) =>
            {
                Ok(payload)
            }
            Err(Unverified::KeyUnknown) => Err(Reason::KeyUnknown),
            Err(Unverified::KeyNotValid { .. }) => Err(Reason::KeyNotValid),
            Err(Unverified::SignatureInvalid) => Err(Reason::SignatureInvalid),
            Err(Unverified::FormatUnknown | Unverified::OutOfRange(_)) => {
                Err(Reason::CodeMalformed)
            }
        }
    }

    /// Workshops left and last day: what the feed says overrules what was signed.
    fn standing(&self, payload: &Payload, day: Day) -> Result<(u8, Day), Refusal> {
        let known = self.knowledge.of(payload.voucher);
        let (left, last_day) = match (known, payload.format) {
            (Some(known), _) => (known.left, known.last_day),
            (None, Format::Issued) => (payload.workshops, payload.last_day),
            (None, Format::Stock) => return Err(Reason::VoucherStock.into()),
        };
        let refuse = |reason, day| {
            let facts = Facts { left: Some(left), day: Some(day), ..Facts::default() };
            Err(Refusal::because(reason, facts))
        };
        if day < payload.first_day {
            return refuse(Reason::VoucherNotYetValid, payload.first_day);
        }
        if day > last_day {
            return refuse(Reason::VoucherExpired, last_day);
        }
        Ok((left, last_day))
    }

    /// What is left without what this device took and the feed does not know of yet, or may have
    /// taken: an attempt without an answer may be counted.
    fn enough(
        &self,
        payload: &Payload,
        left: u8,
        scan: &Scan,
        request: Option<RequestId>,
    ) -> Result<u8, Refusal> {
        let until = self.knowledge.until();
        let unknown = self.spends.iter().filter(|spend| {
            spend.voucher == payload.voucher && spend.counted.is_none_or(|seq| seq > until)
        });
        let taken = unknown.fold(0_u8, |sum, spend| sum.saturating_add(spend.workshops));
        let open = self.attempts.iter().filter(|attempt| {
            let of = text::read(&attempt.scan.code).map(|signed| signed.payload);
            request != Some(attempt.request)
                && of.is_ok_and(|bytes| {
                    Payload::from_bytes(&bytes).is_ok_and(|of| of.voucher == payload.voucher)
                })
        });
        let taken = open.fold(taken, |sum, open| sum.saturating_add(open.scan.workshops));
        let left = left.saturating_sub(taken);
        let facts = Facts { left: Some(left), ..Facts::default() };
        if left == 0 {
            return Err(Refusal::because(Reason::VoucherExhausted, facts));
        }
        if left < scan.workshops {
            return Err(Refusal::because(Reason::WorkshopsInsufficient, facts));
        }
        Ok(left)
    }

    /// The programme's limits, as far as this device's own workshops tell.
    fn within_limits(
        &self,
        payload: &Payload,
        admitted: &Admitted,
        scan: &Scan,
        day: Day,
        left: u8,
    ) -> Result<(), Refusal> {
        let own = || self.spends.iter().filter(|spend| spend.voucher == payload.voucher);
        let sum = |workshops: u16, spend: &super::Spend| workshops + u16::from(spend.workshops);
        let today = own().filter(|spend| spend.at.day(&admitted.time_zone) == day).fold(0, sum);
        let here = own().filter(|spend| spend.venue == scan.venue).fold(0, sum);
        for (limit, used) in [(admitted.workshops_a_day, today), (admitted.workshops_a_venue, here)]
        {
            let Some(limit) = limit else { continue };
            if used + u16::from(scan.workshops) > u16::from(limit) {
                let (left, limit) = (Some(left), Some(i64::from(limit)));
                let facts = Facts { left, limit, ..Facts::default() };
                return Err(Refusal::because(Reason::ProgrammeLimit, facts));
            }
        }
        Ok(())
    }
}

fn delivered(admitted: &Admitted, scan: &Scan) -> Result<(), Refusal> {
    match scan.delivery.service {
        None if admitted.service_required => {
            Err(Refusal::field(Reason::ServiceRequired, "service"))
        }
        Some(service) if !admitted.services.is_empty() && !admitted.services.contains(&service) => {
            Err(Refusal::field(Reason::ServiceNotAdmitted, "service"))
        }
        _ => Ok(()),
    }
}
