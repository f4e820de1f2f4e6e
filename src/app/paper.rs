//! What is printed or shown of a voucher: its signed text, its codes, its QR.
//! Bearer value: nothing here goes into a log, a report or an error.

use super::service::{Fault, Service};
use crate::{
    domain::{
        calendar::Day,
        ids::VoucherId,
        life::Voucher,
        refusal::Reason,
        voucher::{ManualCode, Reference, text},
    },
    print::qr::{Medium, Qr},
    store::VoucherName,
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
    /// Only active and stock vouchers are ever signed again.
    pub fn paper(&self, id: VoucherId) -> Result<Paper, Fault> {
        let unknown = || Fault::Refused(Reason::VoucherUnknown);
        let voucher = self.database.voucher(&VoucherName::Id(id))?.ok_or_else(unknown)?;
        let programme = self.database.programme(voucher.programme)?.ok_or_else(unknown)?;
        let today = self.clock.now().day(&programme.terms.time_zone);
        if !Voucher::signable(voucher.state(today)) {
            return Err(Fault::Refused(Reason::VoucherStateConflict));
        }
        let signer = self.signers.iter().find(|signer| signer.sign_again(&voucher.payload).is_ok());
        let signer = signer.ok_or(Fault::Refused(Reason::KeyUnknown))?;
        let digits = text::encode(&signer.sign_again(&voucher.payload)?);
        Ok(Paper {
            url: format!("HTTPS://{}/{digits}", self.host.to_uppercase()),
            digits,
            manual_code: ManualCode::of(id, &self.codes).to_string(),
            reference: self.reference(id),
            left: voucher.left(),
            last_day: voucher.printed_last_day(&programme),
            host: self.host.clone(),
        })
    }
}
