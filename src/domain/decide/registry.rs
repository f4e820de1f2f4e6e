//! Deciding about funders, issuers, organisations, venues and people.
//! No money and no vouchers.

use super::{Decided, Desk, Stop};
use crate::domain::{
    command::{Ask, Command, Outcome},
    event::Body,
    ids::{FunderId, IssuerId, OrganisationId, UserId, VenueId},
    plain::is_plain,
    refusal::{Reason, Refusal},
    registry::{
        Approval, Approved, Funder, Issuer, Opening, Organisation, Role, User, Venue, VenueDetails,
        VenueProfile,
    },
    world::Unique,
};

const LONGEST_NAME: usize = 200;

impl Desk {
    pub(super) fn registry(&mut self, command: &Command) -> Decided {
        match &command.ask {
            Ask::AddFunder { name } => self.add_funder(command, name),
            Ask::AddIssuer { name } => self.add_issuer(command, name),
            Ask::SuspendIssuer { issuer, suspended } => {
                self.found(self.fold.world.issuers.contains_key(issuer), "issuer")?;
                let body = Body::IssuerSuspended { issuer: *issuer, suspended: *suspended };
                self.done(command, body)
            }
            Ask::AddOrganisation { name, siret, approval } => {
                self.add_organisation(command, name, siret.clone(), *approval)
            }
            Ask::ApproveOrganisation { organisation, approval } => {
                let known = self.fold.world.organisations.contains_key(organisation);
                self.found(known, "organisation")?;
                let (organisation, approval) = (*organisation, *approval);
                self.done(command, Body::OrganisationApproval { organisation, approval })
            }
            Ask::AddVenue { organisation, profile, details } => {
                self.add_venue(command, *organisation, profile, details.as_ref())
            }
            Ask::ChangeVenue { venue, profile, details } => {
                self.change_venue(command, *venue, profile, details.as_ref())
            }
            Ask::OpenVenue { venue, active } => {
                self.found(self.fold.world.venues.contains_key(venue), "venue")?;
                self.done(command, Body::VenueOpened { venue: *venue, active: *active })
            }
            Ask::AddUser { email, name, role, password_hash } => {
                self.add_user(command, email, name, *role, password_hash)
            }
            Ask::RevokeUser { user } => {
                self.found(self.fold.world.users.contains_key(user), "user")?;
                if command.actor == Some(*user) {
                    return Err(Reason::OwnAccount.into());
                }
                self.done(command, Body::UserRevoked { user: *user })
            }
            _ => Err(Reason::RequestMalformed.into()),
        }
    }

    pub(super) fn done(&mut self, command: &Command, body: Body) -> Decided {
        let seq = self.record(command, body)?;
        Ok(Outcome::Done { seq })
    }

    pub(super) fn found(&self, found: bool, field: &str) -> Result<(), Stop> {
        if found { Ok(()) } else { Err(Refusal::field(Reason::NotFound, field).into()) }
    }

    fn add_funder(&mut self, command: &Command, name: &str) -> Decided {
        named(name)?;
        let world = &mut self.fold.world;
        world.head.funder += 1;
        let id = FunderId(world.head.funder);
        world.funders.insert(id, Funder { id, name: name.to_owned() });
        self.fold.effects.created.funders.insert(id);
        let seq = self.record(command, Body::FunderAdded { funder: id })?;
        Ok(Outcome::Added { seq, id: id.0 })
    }

    fn add_issuer(&mut self, command: &Command, name: &str) -> Decided {
        named(name)?;
        let world = &mut self.fold.world;
        world.head.issuer += 1;
        let id = IssuerId(world.head.issuer);
        world.issuers.insert(id, Issuer { id, name: name.to_owned(), suspended: false });
        self.fold.effects.created.issuers.insert(id);
        let seq = self.record(command, Body::IssuerAdded { issuer: id })?;
        Ok(Outcome::Added { seq, id: id.0 })
    }

    fn add_organisation(
        &mut self,
        command: &Command,
        name: &str,
        siret: Option<String>,
        approval: Approval,
    ) -> Decided {
        named(name)?;
        let seq = self.next_seq();
        let world = &mut self.fold.world;
        world.head.organisation += 1;
        let id = OrganisationId(world.head.organisation);
        let approvals = vec![Approved { at: command.now, to: Approval::Pending, seq }];
        let row = Organisation { id, name: name.to_owned(), siret, approvals };
        world.organisations.insert(id, row);
        self.fold.effects.created.organisations.insert(id);
        let seq = self.record(command, Body::OrganisationAdded { organisation: id })?;
        if approval != Approval::Pending {
            self.record(command, Body::OrganisationApproval { organisation: id, approval })?;
        }
        Ok(Outcome::Added { seq, id: id.0 })
    }

    fn add_venue(
        &mut self,
        command: &Command,
        organisation: OrganisationId,
        profile: &VenueProfile,
        details: Option<&VenueDetails>,
    ) -> Decided {
        located(profile)?;
        self.found(self.fold.world.organisations.contains_key(&organisation), "organisation")?;
        let seq = self.next_seq();
        let world = &mut self.fold.world;
        if let Some(source) = &profile.source
            && !world.taken.insert(Unique::VenueSource(organisation, source.clone()))
        {
            return Err(Refusal::field(Reason::NameTaken, "source").into());
        }
        world.head.venue += 1;
        let id = VenueId(world.head.venue);
        let openings = vec![Opening { at: command.now, active: true, seq }];
        let venue = Venue { id, organisation, profile: profile.clone(), openings };
        world.venues.insert(id, venue);
        self.fold.effects.created.venues.insert(id);
        self.fold.effects.venue_details.extend(details.map(|details| (id, details.clone())));
        let territory = profile.territory.clone();
        let body = Body::VenueAdded { venue: id, organisation, territory };
        let seq = self.record(command, body)?;
        Ok(Outcome::Added { seq, id: id.0 })
    }

    fn change_venue(
        &mut self,
        command: &Command,
        id: VenueId,
        to: &VenueProfile,
        details: Option<&VenueDetails>,
    ) -> Decided {
        located(to)?;
        let missing = || Refusal::field(Reason::NotFound, "venue");
        let venue = self.fold.world.venues.get_mut(&id).ok_or_else(missing)?;
        let from = &venue.profile;
        let mut fields: Vec<String> = [
            ("name", from.name != to.name),
            ("address", from.address != to.address),
            ("postcode", from.postcode != to.postcode),
            ("commune", from.commune != to.commune),
            ("territory", from.territory != to.territory),
        ]
        .into_iter()
        .filter(|(_, differs)| *differs)
        .map(|(field, _)| field.to_owned())
        .collect();
        let source = from.source.clone();
        venue.profile = VenueProfile { source, ..to.clone() };
        self.fold.effects.changed.venues.insert(id);
        if let Some(details) = details {
            fields.push("details".to_owned());
            self.fold.effects.venue_details.insert(id, details.clone());
        }
        self.done(command, Body::VenueChanged { venue: id, fields })
    }

    fn add_user(
        &mut self,
        command: &Command,
        email: &str,
        name: &str,
        role: Role,
        password_hash: &str,
    ) -> Decided {
        named(name)?;
        let email = email.trim().to_lowercase();
        let shaped = email.split_once('@').is_some_and(|(user, host)| {
            !user.is_empty() && host.contains('.') && !host.contains('@')
        });
        if !shaped || email.len() > 254 || email.chars().any(char::is_whitespace) {
            return Err(Refusal::field(Reason::RequestMalformed, "email").into());
        }
        let world = &mut self.fold.world;
        let tenant = match role {
            Role::Operator | Role::Auditor => true,
            Role::Analyst(of) => world.funders.contains_key(&of),
            Role::Manager(of) | Role::Agent(of) => world.issuers.contains_key(&of),
            Role::Supervisor(of) | Role::Scanner(of) => world.organisations.contains_key(&of),
        };
        if !tenant {
            return Err(Refusal::field(Reason::NotFound, "of").into());
        }
        if !world.taken.insert(Unique::Email(email.clone())) {
            return Err(Refusal::field(Reason::NameTaken, "email").into());
        }
        world.head.user += 1;
        let id = UserId(world.head.user);
        let (name, password_hash) = (name.to_owned(), password_hash.to_owned());
        let user = User { id, email, name, role, password_hash, revoked: false, raised: None };
        world.users.insert(id, user);
        self.fold.effects.created.users.insert(id);
        let seq = self.record(command, Body::UserAdded { user: id, role })?;
        Ok(Outcome::Added { seq, id: id.0 })
    }
}

pub(super) fn named(name: &str) -> Result<(), Refusal> {
    plain("name", name)?;
    if name.trim().is_empty() {
        return Err(Refusal::field(Reason::RequestMalformed, "name"));
    }
    Ok(())
}

fn located(profile: &VenueProfile) -> Result<(), Refusal> {
    named(&profile.name)?;
    plain("address", &profile.address)?;
    plain("postcode", &profile.postcode)?;
    plain("commune", &profile.commune)?;
    plain("territory", &profile.territory)?;
    if profile.territory.is_empty() {
        return Err(Refusal::field(Reason::RequestMalformed, "territory"));
    }
    Ok(())
}

/// Refuses what could hide or reorder text on a screen: control and bidirectional characters.
fn plain(field: &str, text: &str) -> Result<(), Refusal> {
    if text.len() > LONGEST_NAME || !is_plain(text) {
        return Err(Refusal::field(Reason::RequestMalformed, field));
    }
    Ok(())
}
