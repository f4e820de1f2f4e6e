//! What is printed or shown of a voucher: its signed text, its codes, its QR.
//! Bearer value: nothing here goes into a log, a report or an error.

use super::service::{Fault, Service};
use crate::{
    domain::{
        calendar::Day,
        ids::{ProgrammeId, VoucherId},
        key::KeyState,
        life::Voucher,
        refusal::Reason,
        voucher::{Format, ManualCode, Payload, Reference, payload::head, text},
    },
    print::qr::{Medium, Qr},
    store::VoucherName,
    sys::clock::random_voucher_id,
};

/// A voucher ready for paper.
pub struct Paper {
    pub digits: String,
    pub url: String,
    pub manual_code: String,
    pub reference: String,
    pub left: u8,
    /// The last day that is printed: the programme's tolerance comes after it.
    pub last_day: Day,
    /// A preview: print it as such.
    pub specimen: bool,
    host: String,
}

impl Paper {
    /// # Errors
    /// When the code does not fit the medium.
    pub fn qr(&self, medium: Medium) -> Result<Qr, Fault> {
        Ok(Qr::of_voucher(&self.host, &self.digits, medium)?)
    }
}

impl Service {
    /// What is said on the telephone to find a voucher.
    #[must_use]
    pub fn reference(&self, id: VoucherId) -> String {
        Reference::of(id, &self.codes).to_string()
    }

    /// Signs a voucher's stored bytes again: the same text each time.
    ///
    /// # Errors
    /// Only active and stock vouchers are ever signed again, and by no key that leaked.
    pub fn paper(&self, id: VoucherId) -> Result<Paper, Fault> {
        let unknown = || Fault::Refused(Reason::VoucherUnknown);
        let voucher = self.database.voucher(&VoucherName::Id(id))?.ok_or_else(unknown)?;
        let programme = self.database.programme(voucher.programme)?.ok_or_else(unknown)?;
        let today = self.clock.now().day(&programme.terms.time_zone);
        if !Voucher::signable(voucher.state(today)) {
            return Err(Fault::Refused(Reason::VoucherStateConflict));
        }
        let (_, kid) = head(&voucher.payload).ok_or(Fault::Refused(Reason::KeyUnknown))?;
        // As it is now, not as it was a minute ago: a leaked key signs nothing more.
        let key = self.database.voucher_key(kid)?.ok_or(Fault::Refused(Reason::KeyUnknown))?;
        match key.state {
            KeyState::Active | KeyState::Retired => {}
            KeyState::Compromised => return Err(Fault::Refused(Reason::KeyCompromised)),
            KeyState::Pending | KeyState::Test => return Err(Fault::Refused(Reason::KeyNotValid)),
        }
        let digits = text::encode(&self.signer(kid)?.sign_again(&voucher.payload)?);
        let last_day = voucher.printed_last_day(&programme);
        Ok(self.lay_out(id, digits, voucher.left(), last_day, false))
    }

    /// What a voucher of a programme will look like: signed by a key that verifies nowhere.
    ///
    /// # Errors
    /// When there is no such programme, or it allows no such voucher.
    pub fn preview(&self, programme: ProgrammeId, workshops: u8) -> Result<Paper, Fault> {
        let missing = Fault::Refused(Reason::NotFound);
        let programme = self.database.programme(programme)?.ok_or(missing)?;
        let terms = &programme.terms;
        if !(terms.workshops_min..=terms.workshops_max).contains(&workshops) {
            return Err(Fault::Refused(Reason::WorkshopsOutOfRange));
        }
        // A programme can be looked at before it begins.
        let today = self.clock.now().day(&terms.time_zone);
        let first_day = today.clamp(terms.first_day, terms.last_day);
        let signer = self.keys.specimen();
        let voucher = random_voucher_id()?;
        let last_day = terms.last_signed_day(first_day);
        let signed = signer.sign(&Payload {
            format: Format::Issued,
            kid: signer.kid(),
            voucher,
            programme: programme.id,
            workshops,
            first_day,
            last_day,
        })?;
        let printed = last_day.plus(-i32::from(terms.tolerance_days));
        Ok(self.lay_out(voucher, text::encode(&signed), workshops, printed, true))
    }

    fn lay_out(
        &self,
        id: VoucherId,
        digits: String,
        left: u8,
        last_day: Day,
        specimen: bool,
    ) -> Paper {
        Paper {
            url: format!("HTTPS://{}/{digits}", self.host.to_uppercase()),
            digits,
            manual_code: ManualCode::of(id, &self.codes).to_string(),
            reference: self.reference(id),
            left,
            last_day,
            specimen,
            host: self.host.clone(),
        }
    }
}
