//! Deciding about changes of what is there: names, roles' limits, a programme's terms.
//! Nothing is added here; events name the fields that changed, never their values.

use super::{Decided, Desk, registry::named};
use crate::domain::{
    calendar::Day,
    command::{Change, Command, Outcome},
    event::Body,
    fee,
    ids::{FunderId, IssuerId, OrganisationId, ProgrammeId, UserId},
    period::Month,
    programme::Terms,
    refusal::{Reason, Refusal},
};

/// A day's vouchers of one agent: more is a slip of the pen.
const LARGEST_LIMIT: u32 = 1_000;

impl Desk {
    pub(super) fn change(&mut self, command: &Command, change: &Change) -> Decided {
        match change {
            Change::Funder { funder, name } => self.change_funder(command, *funder, name),
            Change::Issuer { issuer, name } => self.change_issuer(command, *issuer, name),
            Change::Organisation { organisation, name, siret } => {
                self.change_organisation(command, *organisation, name, siret.as_deref())
            }
            Change::User { user, name, password_hash } => {
                self.change_user(command, *user, name, password_hash.as_deref())
            }
            Change::SecondFactor { user, on } => {
                self.found(self.fold.world.users.contains_key(user), "user")?;
                let field = if *on { "second_factor" } else { "no_second_factor" };
                self.done(command, Body::UserChanged { user: *user, fields: vec![field.into()] })
            }
            Change::DailyLimit { user, day, limit } => {
                self.raise_limit(command, *user, *day, *limit)
            }
            Change::Programme { programme, name, terms } => {
                self.amend(command, *programme, name, terms)
            }
        }
    }

    fn change_funder(&mut self, command: &Command, id: FunderId, name: &str) -> Decided {
        named(name)?;
        let row = self.fold.world.funders.get_mut(&id).ok_or_else(|| missing("funder"))?;
        let fields = renamed(&mut row.name, name);
        self.fold.effects.changed.funders.insert(id);
        self.done(command, Body::FunderChanged { funder: id, fields })
    }

    fn change_issuer(&mut self, command: &Command, id: IssuerId, name: &str) -> Decided {
        named(name)?;
        let row = self.fold.world.issuers.get_mut(&id).ok_or_else(|| missing("issuer"))?;
        let fields = renamed(&mut row.name, name);
        self.fold.effects.changed.issuers.insert(id);
        self.done(command, Body::IssuerChanged { issuer: id, fields })
    }

    fn change_organisation(
        &mut self,
        command: &Command,
        id: OrganisationId,
        name: &str,
        siret: Option<&str>,
    ) -> Decided {
        named(name)?;
        let rows = &mut self.fold.world.organisations;
        let row = rows.get_mut(&id).ok_or_else(|| missing("organisation"))?;
        let mut fields = renamed(&mut row.name, name);
        if row.siret.as_deref() != siret {
            row.siret = siret.map(ToOwned::to_owned);
            fields.push("siret".to_owned());
        }
        self.fold.effects.changed.organisations.insert(id);
        self.done(command, Body::OrganisationChanged { organisation: id, fields })
    }

    fn change_user(
        &mut self,
        command: &Command,
        id: UserId,
        name: &str,
        password_hash: Option<&str>,
    ) -> Decided {
        named(name)?;
        let row = self.fold.world.users.get_mut(&id).ok_or_else(|| missing("user"))?;
        let mut fields = renamed(&mut row.name, name);
        if let Some(hash) = password_hash {
            hash.clone_into(&mut row.password_hash);
            fields.push("password".to_owned());
        }
        self.fold.effects.changed.users.insert(id);
        self.done(command, Body::UserChanged { user: id, fields })
    }

    fn raise_limit(&mut self, command: &Command, user: UserId, day: Day, limit: u32) -> Decided {
        self.found(self.fold.world.users.contains_key(&user), "user")?;
        if !(1..=LARGEST_LIMIT).contains(&limit) {
            return Err(Refusal::field(Reason::RequestMalformed, "limit").into());
        }
        self.done(command, Body::DailyLimitRaised { user, day, limit })
    }

    /// Dates, limits and places change for all vouchers. What a workshop costs and who pays it
    /// never does: another price, or other shares, open a new version with numbers of its own,
    /// and vouchers keep theirs.
    fn amend(&mut self, command: &Command, id: ProgrammeId, name: &str, terms: &Terms) -> Decided {
        named(name)?;
        terms.check()?;
        self.not_ended(id)?;
        let programme = self.programme(id)?;
        let old = &programme.terms;
        let fixed = |field| Err(Refusal::field(Reason::TermsFixed, field).into());
        for share in &terms.shares {
            self.found(self.fold.world.funders.contains_key(&share.funder), "shares.funder")?;
        }
        let version = programme.version + i32::from(old.pricing() != terms.pricing());
        // Business days that are over stay where they are.
        if old.time_zone != terms.time_zone {
            return fixed("time_zone");
        }
        if old.payer != terms.payer {
            return fixed("payer");
        }
        // What was accounted for keeps its fee.
        let closed = programme.closed_through.map(Month::of);
        let kept = |month| fee::keeps(&old.papers.fees, &terms.papers.fees, month);
        if !closed.is_none_or(kept) {
            return Err(Refusal::field(Reason::FeeFixed, "papers.fees").into());
        }
        if let Some(row) = self.fold.world.programmes.get_mut(&id) {
            name.clone_into(&mut row.name);
        }
        let body = Body::ProgrammeAmended { terms: Box::new(terms.clone()), version };
        let seq = self.record_programme(command, id, body)?;
        Ok(Outcome::Done { seq })
    }
}

fn missing(field: &str) -> Refusal {
    Refusal::field(Reason::NotFound, field)
}

/// Sets a name, and says so if it differs.
fn renamed(name: &mut String, to: &str) -> Vec<String> {
    let differs = name != to;
    to.clone_into(name);
    differs.then(|| "name".to_owned()).into_iter().collect()
}
