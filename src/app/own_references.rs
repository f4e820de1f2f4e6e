//! Own references of issuers: sealed at rest, shown to their issuer alone, forgotten in time.
//! No search by a part: only who has the reference finds its pass.

use std::collections::HashMap;

use super::service::{Fault, Service};
use crate::{
    domain::{
        access::Tenant,
        calendar::Zone,
        ids::{IssuerId, VoucherId},
        own_reference::OwnReference,
        view::{Filter, VoucherView},
    },
    store::SealedReference,
    sys::contacts::ContactKey,
};

/// Days after a pass's last one for which its own reference is kept.
const KEPT_DAYS: i32 = 30;
/// Passes of one reference that are looked for.
const MOST: i64 = 200;

/// A sealed reference is good for its own voucher alone.
fn purpose(voucher: VoucherId) -> String {
    format!("own reference {voucher}")
}

impl Service {
    /// Keeps the issuer's own reference of a voucher; one that it has already stays.
    ///
    /// # Errors
    /// Without randomness, or when the database does not answer.
    pub fn keep_own_reference(
        &self,
        voucher: VoucherId,
        issuer: IssuerId,
        own: &OwnReference,
    ) -> Result<(), Fault> {
        Ok(self.database.keep_own_reference(&self.sealed_reference(voucher, issuer, own)?)?)
    }

    /// Gives a voucher this own reference, whether it has one already or not.
    ///
    /// # Errors
    /// Without randomness, or when the database does not answer.
    pub fn change_own_reference(
        &self,
        voucher: VoucherId,
        issuer: IssuerId,
        own: &OwnReference,
    ) -> Result<(), Fault> {
        Ok(self.database.change_own_reference(&self.sealed_reference(voucher, issuer, own)?)?)
    }

    fn sealed_reference(
        &self,
        voucher: VoucherId,
        issuer: IssuerId,
        own: &OwnReference,
    ) -> Result<SealedReference, Fault> {
        let sealed = self.reference_seal().seal(own.as_str(), &purpose(voucher))?;
        Ok(SealedReference { voucher, tag: self.reference_tag(issuer, own), sealed })
    }

    /// Gives a voucher the own reference of the one that it replaces.
    ///
    /// # Errors
    /// Without randomness, or when the database does not answer.
    pub fn hand_on_own_reference(&self, old: VoucherId, new: VoucherId) -> Result<(), Fault> {
        let Some(kept) = self.database.own_references(&[old])?.pop() else { return Ok(()) };
        let seal = self.reference_seal();
        let Some(own) = seal.open(&kept.sealed, &purpose(old)) else { return Ok(()) };
        let sealed = seal.seal(&own, &purpose(new))?;
        let kept = SealedReference { voucher: new, tag: kept.tag, sealed };
        Ok(self.database.keep_own_reference(&kept)?)
    }

    /// Vouchers as they are now; an issuer sees its own references with them.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn vouchers(&self, filter: &Filter) -> Result<Vec<VoucherView>, Fault> {
        let (mut filter, now) = (filter.clone(), self.clock.now());
        if let Some(own) = &filter.own_reference {
            filter.vouchers = Some(match filter.within {
                Tenant::Issuer(issuer) => self.of_own_reference(issuer, own)?,
                _ => Vec::new(),
            });
        }
        let mut rows = self.database.vouchers(&filter, now)?;
        if matches!(filter.within, Tenant::Issuer(_)) {
            let ids: Vec<VoucherId> = rows.iter().map(|row| row.id).collect();
            let mut own = self.own_references(&ids)?;
            for row in &mut rows {
                row.own_reference = own.remove(&row.id);
            }
        }
        Ok(rows)
    }

    /// Vouchers of an issuer to which it gave this reference, the newest first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn of_own_reference(
        &self,
        issuer: IssuerId,
        own: &OwnReference,
    ) -> Result<Vec<VoucherId>, Fault> {
        Ok(self.database.vouchers_of_reference(self.reference_tag(issuer, own), MOST)?)
    }

    /// Forgets references whose vouchers ended 30 days ago.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn forget_own_references(&self) -> Result<usize, Fault> {
        let today = self.clock.now().day(&Zone::paris());
        Ok(self.database.forget_own_references(today.plus(-KEPT_DAYS))?)
    }

    fn own_references(&self, ids: &[VoucherId]) -> Result<HashMap<VoucherId, String>, Fault> {
        let seal = self.reference_seal();
        let opened = self.database.own_references(ids)?.into_iter().filter_map(|kept| {
            let own = seal.open(&kept.sealed, &purpose(kept.voucher))?;
            Some((kept.voucher, own.to_string()))
        });
        Ok(opened.collect())
    }

    fn reference_seal(&self) -> ContactKey {
        ContactKey::of(&self.request_hash(b"own reference: seal"))
    }

    fn reference_tag(&self, issuer: IssuerId, own: &OwnReference) -> [u8; 32] {
        self.request_hash(format!("own reference: {issuer} {}", own.folded()).as_bytes())
    }
}
