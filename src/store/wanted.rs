//! What the commands of a batch name, gathered before it is loaded.
//! No queries: `load.rs` has them.

use std::collections::BTreeSet;

use crate::domain::{
    command::{Ask, Change, Command, Draft, Redeem, Request},
    device::DeviceAsk,
    ids::{IssuerId, OrganisationId, ProgrammeId, Seq, VoucherId},
    programme::Terms,
    record::RecordAsk,
    registry::Role,
    world::Unique,
};

/// What commands name, gathered before it is loaded.
#[derive(Default)]
pub(super) struct Wanted {
    pub requests: Vec<Request>,
    pub vouchers: BTreeSet<i64>,
    pub programmes: BTreeSet<i64>,
    pub issuers: BTreeSet<i64>,
    pub organisations: BTreeSet<i64>,
    pub venues: BTreeSet<i64>,
    pub funders: BTreeSet<i64>,
    pub users: BTreeSet<i64>,
    pub redemptions: BTreeSet<i64>,
    pub drafts: Vec<Draft>,
    pub texts: Vec<Unique>,
    /// Agents who issue: how many they issued today.
    pub agents: BTreeSet<i64>,
    pub allocations: BTreeSet<(i64, i64)>,
    pub batches: Vec<i64>,
    pub api_keys: Vec<i64>,
    pub devices: BTreeSet<i64>,
    /// Devices and places in their chains.
    pub records: BTreeSet<(i64, i64)>,
    pub quarantines: Vec<i64>,
    pub conflicts: Vec<i64>,
    /// Redemptions that may be held.
    pub holds: BTreeSet<i64>,
    /// Venues that take workshops.
    pub taking: BTreeSet<i64>,
    /// Those whose names are compared: who takes workshops, and who issued the passes.
    pub people: BTreeSet<i64>,
    /// Some command moves money.
    pub money: bool,
    /// Programmes that are to end: all of their accounts are wanted.
    pub ending: BTreeSet<i64>,
}

impl Wanted {
    pub fn of(commands: &[Command]) -> Self {
        let mut wanted = Self::default();
        for command in commands {
            wanted.requests.push(command.request);
            wanted.devices.extend(command.device.map(|device| device.0));
            wanted.add(command);
        }
        wanted
    }

    fn add(&mut self, command: &Command) {
        match &command.ask {
            // Those come with what they name: `settlements::load`, `disputes::load`.
            Ask::Settle(_)
            | Ask::Period(_)
            | Ask::OrganisationDispute(_)
            | Ask::AddFunder { .. }
            | Ask::AddIssuer { .. }
            | Ask::AddOrganisation { .. }
            | Ask::Key(_)
            | Ask::ReceiptKey(_)
            | Ask::AddApiKey { .. }
            | Ask::AcknowledgeRestore { .. } => {}
            Ask::Device(ask) => self.device(ask),
            Ask::RevokeApiKey { api_key } => self.api_keys.push(api_key.0),
            Ask::SuspendIssuer { issuer, .. } => self.issuer(*issuer),
            Ask::ApproveOrganisation { organisation, .. } => self.organisation(*organisation),
            Ask::AddVenue { organisation, profile, .. } => {
                self.organisation(*organisation);
                let source = profile.source.clone();
                self.texts.extend(source.map(|text| Unique::VenueSource(*organisation, text)));
            }
            Ask::ChangeVenue { venue, .. } | Ask::OpenVenue { venue, .. } => {
                self.venues.insert(venue.0);
            }
            Ask::AddUser { email, role, .. } => {
                self.texts.push(Unique::Email(email.trim().to_lowercase()));
                self.role(*role);
            }
            Ask::RevokeUser { user } => self.users.extend([user.0]),
            Ask::Change(change) => self.change(change),
            Ask::AddProgramme { terms, .. } => self.shares(terms),
            Ask::CloseProgramme { programme } => self.programme(*programme),
            Ask::EndProgramme { programme } => self.end(*programme),
            Ask::AdmitVenue { programme, venue } => {
                self.programme(*programme);
                self.venues.insert(venue.0);
            }
            Ask::Fund { programme, .. }
            | Ask::Withdraw { programme, .. }
            | Ask::ReserveGuarantee { programme, .. } => self.budget(*programme),
            Ask::Allocate { programme, issuer, .. } => self.allocation(*programme, *issuer),
            Ask::Issue { programme, issuer, draft, .. } => {
                self.allocation(*programme, *issuer);
                self.agents.extend(command.actor.map(|actor| actor.0));
                self.users.extend(command.actor.map(|actor| actor.0));
                self.drafts.push(draft.clone());
                self.money = true;
            }
            Ask::OpenBatch { programme, opened } => {
                self.money = true;
                self.allocation(*programme, opened.issuer);
            }
            Ask::MintChunk { batch, drafts, .. } => self.chunk(*batch, drafts),
            Ask::Activate { voucher, issuer } => self.activate(*voucher, *issuer),
            Ask::Replace { voucher, draft } => {
                self.drafts.push(draft.clone());
                self.voucher(*voucher);
            }
            Ask::Suspend { voucher }
            | Ask::Reinstate { voucher }
            | Ask::Cancel { voucher }
            | Ask::Expire { voucher } => self.voucher(*voucher),
            Ask::Redeem(_)
            | Ask::Record(_)
            | Ask::DecideRecord { .. }
            | Ask::DecideConflict { .. }
            | Ask::DecideHold { .. }
            | Ask::Dispute { .. }
            | Ask::NotThere { .. }
            | Ask::Reverse(_) => self.workshop(command),
        }
    }

    fn shares(&mut self, terms: &Terms) {
        self.funders.extend(terms.shares.iter().map(|share| share.funder.0));
    }

    /// What takes workshops, undoes them, or decides about them.
    fn workshop(&mut self, command: &Command) {
        match &command.ask {
            Ask::Redeem(redeem) => {
                self.people.extend(command.actor.map(|actor| actor.0));
                self.redeem(redeem);
            }
            Ask::Record(ask) => self.record(ask),
            Ask::DecideRecord { quarantine, .. } => self.quarantines.push(quarantine.0),
            Ask::DecideConflict { conflict, .. } => self.conflicts.push(conflict.0),
            Ask::DecideHold { redemption, .. } => {
                self.users.extend(command.actor.map(|actor| actor.0));
                self.undo(*redemption);
            }
            Ask::Dispute { redemption, .. } | Ask::NotThere { redemption, .. } => {
                self.undo(*redemption);
            }
            Ask::Reverse(reverse) => self.undo(reverse.redemption),
            _ => {}
        }
    }

    pub fn undo(&mut self, redemption: Seq) {
        self.redemptions.insert(redemption.0);
        self.holds.insert(redemption.0);
        self.money = true;
    }

    fn redeem(&mut self, redeem: &Redeem) {
        self.venues.insert(redeem.venue.0);
        self.taking.insert(redeem.venue.0);
        if let Some(voucher) = redeem.shown.voucher() {
            self.voucher(voucher);
        }
    }

    fn record(&mut self, ask: &RecordAsk) {
        let claims = &ask.record.claims;
        self.records.insert((claims.device.0, i64::from(claims.sequence)));
        self.users.extend(claims.person.map(|person| person.0));
        self.people.extend(claims.person.map(|person| person.0));
        self.redeem(&ask.redeem);
    }

    fn chunk(&mut self, batch: Seq, drafts: &[Draft]) {
        self.batches.push(batch.0);
        self.drafts.extend(drafts.iter().cloned());
    }

    fn device(&mut self, ask: &DeviceAsk) {
        match ask {
            DeviceAsk::Add { organisation, venues, .. } => {
                self.organisation(*organisation);
                self.venues.extend(venues.iter().map(|venue| venue.0));
            }
            DeviceAsk::Change { device, venues, .. } => {
                self.devices.insert(device.0);
                self.venues.extend(venues.iter().map(|venue| venue.0));
            }
            DeviceAsk::Invite { device, .. }
            | DeviceAsk::Enrol { device, .. }
            | DeviceAsk::Revoke { device } => {
                self.devices.insert(device.0);
            }
        }
    }

    fn change(&mut self, change: &Change) {
        match change {
            Change::Funder { funder, .. } => self.funders.extend([funder.0]),
            Change::Issuer { issuer, .. } => self.issuer(*issuer),
            Change::Organisation { organisation, .. } => self.organisation(*organisation),
            Change::User { user, .. }
            | Change::SecondFactor { user, .. }
            | Change::DailyLimit { user, .. } => {
                self.users.extend([user.0]);
            }
            Change::Programme { programme, terms, .. } => {
                self.programme(*programme);
                // A new version takes over what is free.
                self.money = true;
                self.funders.extend(terms.shares.iter().map(|share| share.funder.0));
            }
        }
    }

    fn activate(&mut self, voucher: VoucherId, issuer: IssuerId) {
        self.voucher(voucher);
        self.issuer(issuer);
    }

    fn voucher(&mut self, id: VoucherId) {
        self.vouchers.insert(id.0);
        self.money = true;
    }

    fn budget(&mut self, id: ProgrammeId) {
        self.programme(id);
        self.money = true;
    }

    fn end(&mut self, id: ProgrammeId) {
        self.budget(id);
        self.ending.insert(id.0);
    }

    fn programme(&mut self, id: ProgrammeId) {
        self.programmes.insert(id.0);
    }

    fn issuer(&mut self, id: IssuerId) {
        self.issuers.insert(id.0);
    }

    fn organisation(&mut self, id: OrganisationId) {
        self.organisations.insert(id.0);
    }

    fn allocation(&mut self, programme: ProgrammeId, issuer: IssuerId) {
        self.programme(programme);
        self.issuer(issuer);
        self.allocations.insert((programme.0, issuer.0));
    }

    fn role(&mut self, role: Role) {
        match role {
            Role::Operator | Role::Auditor => {}
            Role::Analyst(of) => {
                self.funders.insert(of.0);
            }
            Role::Manager(of) | Role::Agent(of) => self.issuer(of),
            Role::Supervisor(of) | Role::Scanner(of) => self.organisation(of),
        }
    }
}
