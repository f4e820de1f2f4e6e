//! Rows to domain values and back: who takes part, and the programmes.
//! No queries.

use super::{Read, Unreadable, json, small, text};
use crate::{
    domain::{
        calendar::Day,
        ids::*,
        programme::Programme,
        registry::{Funder, Issuer, Organisation, Role, User, Venue, VenueProfile},
        world::Allocation,
    },
    store::rows::*,
};

impl FunderRow {
    pub fn domain(self) -> Funder {
        Funder { id: FunderId(self.id), name: self.name }
    }

    pub fn of(funder: &Funder) -> Self {
        Self { id: funder.id.0, name: funder.name.clone() }
    }
}

impl IssuerRow {
    pub fn domain(self) -> Issuer {
        Issuer { id: IssuerId(self.id), name: self.name, suspended: self.suspended != 0 }
    }

    pub fn of(issuer: &Issuer) -> Self {
        let suspended = i64::from(issuer.suspended);
        Self { id: issuer.id.0, name: issuer.name.clone(), suspended }
    }
}

impl OrganisationRow {
    pub fn domain(self) -> Read<Organisation> {
        let approvals = json("organisation", &self.approvals)?;
        let (id, name, siret) = (OrganisationId(self.id), self.name, self.siret);
        Ok(Organisation { id, name, siret, approvals })
    }

    pub fn of(row: &Organisation) -> Read<Self> {
        Ok(Self {
            id: row.id.0,
            name: row.name.clone(),
            siret: row.siret.clone(),
            approval: row.approval().code().to_owned(),
            approvals: text("organisation", &row.approvals)?,
        })
    }
}

impl VenueRow {
    pub fn domain(self) -> Read<Venue> {
        let openings = json("venue", &self.openings)?;
        let profile = VenueProfile {
            name: self.name,
            address: self.address,
            postcode: self.postcode,
            commune: self.commune,
            territory: self.territory,
            source: self.source,
        };
        let (id, organisation) = (VenueId(self.id), OrganisationId(self.organisation));
        Ok(Venue { id, organisation, profile, openings })
    }

    pub fn of(venue: &Venue) -> Read<Self> {
        let profile = venue.profile.clone();
        Ok(Self {
            id: venue.id.0,
            organisation: venue.organisation.0,
            name: profile.name,
            address: profile.address,
            postcode: profile.postcode,
            commune: profile.commune,
            territory: profile.territory,
            source: profile.source,
            active: i64::from(venue.openings.last().is_some_and(|last| last.active)),
            openings: text("venue", &venue.openings)?,
        })
    }
}

impl PersonRow {
    pub fn domain(self) -> Read<User> {
        let what = || "role and tenant do not go together".to_owned();
        let role = Role::from_parts(&self.role, self.tenant)
            .ok_or_else(|| Unreadable { table: "person", what: what() })?;
        let raised = match (self.raised_day, self.raised_to) {
            (Some(day), Some(to)) => Some((Day(small("person", day)?), small("person", to)?)),
            _ => None,
        };
        Ok(User {
            id: UserId(self.id),
            email: self.email,
            name: self.name,
            role,
            password_hash: self.password_hash,
            revoked: self.revoked != 0,
            raised,
        })
    }

    pub fn of(user: &User) -> Self {
        let (role, tenant) = user.role.parts();
        Self {
            id: user.id.0,
            email: user.email.clone(),
            name: user.name.clone(),
            role: role.to_owned(),
            tenant,
            password_hash: user.password_hash.clone(),
            revoked: i64::from(user.revoked),
            raised_day: user.raised.map(|(day, _)| day.0.into()),
            raised_to: user.raised.map(|(_, limit)| limit.into()),
        }
    }
}

impl ProgrammeRow {
    pub fn domain(self) -> Read<Programme> {
        let ended = self.ended_day.map(|day| small("programme", day).map(Day)).transpose()?;
        Ok(Programme {
            id: ProgrammeId(self.id),
            terms: json("programme", &self.terms)?,
            earlier: json("programme", &self.earlier)?,
            name: self.name,
            version: small("programme", self.version)?,
            next_number: self.next_number,
            next_ordinal: self.next_ordinal,
            closed: self.closed != 0,
            reserves: json("programme", &self.reserves)?,
            ended,
            closed_through: self
                .closed_through
                .map(|day| small("programme", day).map(Day))
                .transpose()?,
        })
    }

    pub fn of(row: &Programme) -> Read<Self> {
        Ok(Self {
            id: row.id.0,
            name: row.name.clone(),
            version: i64::from(row.version),
            terms: text("programme", &row.terms)?,
            earlier: text("programme", &row.earlier)?,
            next_number: row.next_number,
            next_ordinal: row.next_ordinal,
            closed: i64::from(row.closed),
            reserves: text("programme", &row.reserves)?,
            ended_day: row.ended.map(|day| day.0.into()),
            closed_through: row.closed_through.map(|day| i64::from(day.0)),
        })
    }
}

impl AllocationRow {
    pub const fn domain(&self) -> Allocation {
        Allocation { granted: self.granted, taken: self.taken }
    }
}
