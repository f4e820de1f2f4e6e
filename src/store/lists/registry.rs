//! Who takes part, and the programmes, as lists.
//! No vouchers and no money.

use diesel::prelude::*;

use super::{narrow, page, people_of, search};
use crate::{
    domain::{
        access::Tenant,
        guarantee,
        ids::*,
        registry::User,
        view::{
            AllocationView, Filter, FunderView, IssuerView, OrganisationView, ProgrammeView,
            UserView, VenueView,
        },
    },
    store::{
        connection::{Database, reading},
        reads::ReadError,
        rows::*,
        schema::*,
    },
};

impl Database {
    pub fn funders(&self, filter: &Filter) -> Result<Vec<FunderView>, ReadError> {
        let own = match filter.within {
            Tenant::Any => None,
            Tenant::Funder(own) => Some(own),
            _ => return Ok(Vec::new()),
        };
        let rows: Vec<FunderRow> = reading!(self, conn => {
            let mut query = funder::table.into_boxed();
            narrow!(query, funder::id => own, funder::id => filter.id.map(FunderId));
            search!(query, filter, funder::name);
            page!(query, filter, asc funder::id).load(conn)
        })?;
        let view = |row: FunderRow| FunderView { id: FunderId(row.id), name: row.name };
        Ok(rows.into_iter().map(view).collect())
    }

    pub fn issuers(&self, filter: &Filter) -> Result<Vec<IssuerView>, ReadError> {
        let own: Option<Vec<i64>> = match filter.within {
            Tenant::Any => None,
            Tenant::Issuer(own) => Some(vec![own.0]),
            Tenant::Funder(of) => {
                let programmes = self.programmes_paid_by(of)?;
                Some(reading!(self, conn => allocation::table
                    .filter(allocation::programme.eq_any(&programmes))
                    .select(allocation::issuer)
                    .distinct()
                    .load(conn))?)
            }
            Tenant::Organisation(_) => return Ok(Vec::new()),
        };
        let rows: Vec<IssuerRow> = reading!(self, conn => {
            let mut query = issuer::table.into_boxed();
            narrow!(query, issuer::id => filter.issuer, issuer::id => filter.id.map(IssuerId));
            if let Some(own) = &own {
                query = query.filter(issuer::id.eq_any(own));
            }
            search!(query, filter, issuer::name);
            page!(query, filter, asc issuer::id).load(conn)
        })?;
        let view = |row: IssuerRow| {
            let IssuerRow { id, name, suspended } = row;
            IssuerView { id: IssuerId(id), name, suspended: suspended != 0 }
        };
        Ok(rows.into_iter().map(view).collect())
    }

    pub fn programmes(&self, filter: &Filter) -> Result<Vec<ProgrammeView>, ReadError> {
        let own = self.programmes_of(filter.within)?;
        let rows: Vec<ProgrammeRow> = reading!(self, conn => {
            let mut query = programme::table.into_boxed();
            narrow!(query, programme::id => filter.programme,
                programme::id => filter.id.map(ProgrammeId));
            if let Some(own) = &own {
                query = query.filter(programme::id.eq_any(own));
            }
            search!(query, filter, programme::name);
            page!(query, filter, asc programme::id).load(conn)
        })?;
        let view = |row: ProgrammeRow| {
            let programme = row.domain()?;
            let (id, name, version) = (programme.id, programme.name, programme.version);
            Ok(ProgrammeView {
                id,
                name,
                version,
                closed: programme.closed,
                guarantee_left: guarantee::left(&programme.reserves),
                ended: programme.ended,
                terms: programme.terms,
            })
        };
        rows.into_iter().map(view).collect()
    }

    /// By issuer, of the programme that the filter names.
    pub fn allocations(&self, filter: &Filter) -> Result<Vec<AllocationView>, ReadError> {
        let own = self.programmes_of(filter.within)?;
        let issuer = match filter.within {
            Tenant::Issuer(own) => Some(own),
            Tenant::Organisation(_) => return Ok(Vec::new()),
            _ => None,
        };
        let rows: Vec<AllocationRow> = reading!(self, conn => {
            let mut query = allocation::table.into_boxed();
            narrow!(query, allocation::programme => filter.programme,
                allocation::issuer => issuer, allocation::issuer => filter.issuer);
            if let Some(own) = &own {
                query = query.filter(allocation::programme.eq_any(own));
            }
            page!(query, filter, asc allocation::issuer).load(conn)
        })?;
        let view = |row: AllocationRow| AllocationView {
            programme: ProgrammeId(row.programme),
            issuer: IssuerId(row.issuer),
            granted: row.granted,
            taken: row.taken,
        };
        Ok(rows.into_iter().map(view).collect())
    }

    pub fn organisations(&self, filter: &Filter) -> Result<Vec<OrganisationView>, ReadError> {
        let own = match filter.within {
            Tenant::Any => None,
            Tenant::Organisation(own) => Some(own),
            _ => return Ok(Vec::new()),
        };
        let rows: Vec<OrganisationRow> = reading!(self, conn => {
            let mut query = organisation::table.into_boxed();
            narrow!(query, organisation::id => own,
                organisation::id => filter.organisation,
                organisation::id => filter.id.map(OrganisationId));
            search!(query, filter, organisation::name);
            page!(query, filter, asc organisation::id).load(conn)
        })?;
        let view = |row: OrganisationRow| {
            let organisation = row.domain()?;
            let approval = organisation.approval();
            let (id, name, siret) = (organisation.id, organisation.name, organisation.siret);
            Ok(OrganisationView { id, name, siret, approval })
        };
        rows.into_iter().map(view).collect()
    }

    pub fn venues(&self, filter: &Filter) -> Result<Vec<VenueView>, ReadError> {
        let own = match filter.within {
            Tenant::Organisation(own) => Some(own),
            _ => None,
        };
        let served = self.venues_of_device(filter)?;
        let rows: Vec<VenueRow> = reading!(self, conn => {
            let mut query = venue::table.into_boxed();
            if let Some(served) = &served {
                query = query.filter(venue::id.eq_any(served));
            }
            narrow!(query, venue::organisation => own,
                venue::organisation => filter.organisation,
                venue::id => filter.venue, venue::id => filter.id.map(VenueId));
            search!(query, filter, venue::name, venue::commune);
            page!(query, filter, asc venue::id).load(conn)
        })?;
        let view = |row: VenueRow| {
            let active = row.active != 0;
            let venue = row.domain()?;
            let (id, organisation) = (venue.id, venue.organisation);
            Ok(VenueView { id, organisation, active, profile: venue.profile })
        };
        rows.into_iter().map(view).collect()
    }

    pub fn users(&self, filter: &Filter) -> Result<Vec<UserView>, ReadError> {
        let own = people_of(filter.within);
        let rows: Vec<PersonRow> = reading!(self, conn => {
            let mut query = person::table.into_boxed();
            narrow!(query, person::id => filter.id.map(UserId));
            if let Some((roles, tenant)) = own {
                let roles = person::role.eq_any(roles);
                query = query.filter(person::tenant.eq(tenant)).filter(roles);
            }
            search!(query, filter, person::name, person::email);
            page!(query, filter, asc person::id).load(conn)
        })?;
        let view = |row: PersonRow| {
            let User { id, email, name, role, revoked, .. } = row.domain()?;
            Ok(UserView { id, email, name, role, revoked })
        };
        rows.into_iter().map(view).collect()
    }

    /// A person, for a log-in.
    pub fn user(&self, id: UserId) -> Result<Option<User>, ReadError> {
        let row: Option<PersonRow> =
            reading!(self, conn => person::table.find(id.0).get_result(conn).optional())?;
        Ok(row.map(PersonRow::domain).transpose()?)
    }

    /// By the address in lower case.
    pub fn user_by_email(&self, email: &str) -> Result<Option<User>, ReadError> {
        let row: Option<PersonRow> = reading!(self, conn => person::table
            .filter(person::email.eq(email))
            .first(conn)
            .optional())?;
        Ok(row.map(PersonRow::domain).transpose()?)
    }
}
