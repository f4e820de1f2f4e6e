//! Loading the world of a batch: what its commands touch, and no more.
//! No rules and no writes.

use std::collections::BTreeSet;

use diesel::prelude::*;

use super::{
    connection::{Conn, on_either},
    convert::Unreadable,
    keys,
    rows::*,
    schema::*,
};
use crate::domain::{
    command::{Ask, Change, Command, Draft, Outcome, Request},
    ids::{IssuerId, OrganisationId, ProgrammeId, RequestId, Seq, UserId, VenueId, VoucherId},
    registry::Role,
    world::{Unique, World},
};

/// What went wrong below the rules.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    #[error("the database refused: {0}")]
    Query(#[from] diesel::result::Error),
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
    #[error(transparent)]
    Inconsistent(#[from] crate::domain::apply::Inconsistent),
}

/// Rows by a key: one cached statement a row on SQLite, one for all on PostgreSQL.
macro_rules! by_key {
    ($conn:expr, $table:ident, $column:ident, $keys:expr, $row:ty) => {{
        let keys = $keys;
        match $conn {
            Conn::Sqlite(conn) => {
                let mut rows: Vec<$row> = Vec::with_capacity(keys.len());
                for key in keys.iter() {
                    let query = $table::table.filter($table::$column.eq(key));
                    rows.extend(query.load::<$row>(conn)?);
                }
                rows
            }
            #[cfg(feature = "postgres")]
            Conn::Pg(conn) => {
                let query = $table::table.filter($table::$column.eq_any(keys.clone()));
                query.load::<$row>(conn)?
            }
        }
    }};
}

/// What commands name, gathered before it is loaded.
#[derive(Default)]
struct Wanted {
    requests: Vec<Request>,
    vouchers: BTreeSet<i64>,
    programmes: BTreeSet<i64>,
    issuers: BTreeSet<i64>,
    organisations: BTreeSet<i64>,
    venues: BTreeSet<i64>,
    funders: BTreeSet<i64>,
    users: BTreeSet<i64>,
    redemptions: BTreeSet<i64>,
    drafts: Vec<Draft>,
    texts: Vec<Unique>,
    /// Agents who issue: how many they issued today.
    agents: BTreeSet<i64>,
    allocations: BTreeSet<(i64, i64)>,
    /// Some command moves money.
    money: bool,
}

impl Wanted {
    fn of(commands: &[Command]) -> Self {
        let mut wanted = Self::default();
        for command in commands {
            wanted.requests.push(command.request);
            wanted.add(command);
        }
        wanted
    }

    fn add(&mut self, command: &Command) {
        match &command.ask {
            Ask::AddFunder { .. }
            | Ask::AddIssuer { .. }
            | Ask::AddOrganisation { .. }
            | Ask::Key(_) => {}
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
            Ask::AddProgramme { terms, .. } => {
                self.funders.extend(terms.shares.iter().map(|share| share.funder.0));
            }
            Ask::CloseProgramme { programme } => self.programme(*programme),
            Ask::AdmitVenue { programme, venue } => {
                self.programme(*programme);
                self.venues.insert(venue.0);
            }
            Ask::Fund { programme, .. } | Ask::Withdraw { programme, .. } => {
                self.programme(*programme);
                self.money = true;
            }
            Ask::Allocate { programme, issuer, .. } => self.allocation(*programme, *issuer),
            Ask::Issue { programme, issuer, draft, .. } => {
                self.allocation(*programme, *issuer);
                self.agents.extend(command.actor.map(|actor| actor.0));
                self.users.extend(command.actor.map(|actor| actor.0));
                self.drafts.push(draft.clone());
                self.money = true;
            }
            Ask::Activate { voucher, issuer } => {
                self.voucher(*voucher);
                self.issuer(*issuer);
            }
            Ask::Replace { voucher, draft } => {
                self.voucher(*voucher);
                self.drafts.push(draft.clone());
            }
            Ask::Suspend { voucher }
            | Ask::Reinstate { voucher }
            | Ask::Cancel { voucher }
            | Ask::Expire { voucher } => self.voucher(*voucher),
            Ask::Redeem(redeem) => {
                self.venues.insert(redeem.venue.0);
                if let Some(voucher) = redeem.shown.voucher() {
                    self.voucher(voucher);
                }
            }
            Ask::Reverse(reverse) => {
                self.redemptions.insert(reverse.redemption.0);
                self.money = true;
            }
        }
    }

    fn change(&mut self, change: &Change) {
        match change {
            Change::Funder { funder, .. } => {
                self.funders.insert(funder.0);
            }
            Change::Issuer { issuer, .. } => self.issuer(*issuer),
            Change::Organisation { organisation, .. } => self.organisation(*organisation),
            Change::User { user, .. } | Change::DailyLimit { user, .. } => {
                self.users.insert(user.0);
            }
            Change::Programme { programme, .. } => self.programme(*programme),
        }
    }

    fn voucher(&mut self, id: VoucherId) {
        self.vouchers.insert(id.0);
        self.money = true;
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
            Role::Analyst(of) => self.funders.extend([of.0]),
            Role::Manager(of) | Role::Agent(of) => self.issuer(of),
            Role::Supervisor(of) | Role::Scanner(of) => self.organisation(of),
        }
    }
}

/// Loads what `commands` touch.
pub(super) fn world(conn: &mut Conn, commands: &[Command]) -> Result<World, Failure> {
    let mut wanted = Wanted::of(commands);
    let mut world = World::default();
    let head = on_either!(conn, conn => head::table.first::<HeadRow>(conn)?);
    world.head = head.domain()?;
    requests(conn, &mut world, &mut wanted)?;
    redemptions(conn, &mut world, &mut wanted)?;
    vouchers(conn, &mut world, &mut wanted)?;
    registry(conn, &mut world, &mut wanted)?;
    programmes(conn, &mut world, &wanted)?;
    taken(conn, &mut world, &wanted)?;
    keys::load(conn, &mut world, commands)?;
    Ok(world)
}

fn requests(conn: &mut Conn, world: &mut World, wanted: &mut Wanted) -> Result<(), Failure> {
    let ids: Vec<Vec<u8>> =
        wanted.requests.iter().map(|request| request.id.0.as_bytes().to_vec()).collect();
    let rows: Vec<RequestRow> = match conn {
        Conn::Sqlite(conn) => {
            let mut rows = Vec::new();
            for (request, id) in wanted.requests.iter().zip(&ids) {
                let scope = request.scope.key();
                let query =
                    request::table.filter(request::scope.eq(scope)).filter(request::id.eq(id));
                rows.extend(query.load::<RequestRow>(conn)?);
            }
            rows
        }
        #[cfg(feature = "postgres")]
        Conn::Pg(conn) => request::table
            .filter(request::scope.eq_any(
                wanted.requests.iter().map(|request| request.scope.key()).collect::<Vec<_>>(),
            ))
            .filter(request::id.eq_any(ids))
            .load(conn)?,
    };
    for row in rows {
        let remembered = row.domain()?;
        if let Outcome::Redeemed(redemption) = &remembered.outcome {
            wanted.redemptions.insert(redemption.seq.0);
        }
        let named = wanted.requests.iter().find(|request| {
            request.scope.key() == row.scope && request.id.0.as_bytes().as_slice() == row.id
        });
        if let Some(request) = named {
            world.requests.insert((request.scope, RequestId(request.id.0)), remembered);
        }
    }
    Ok(())
}

fn redemptions(conn: &mut Conn, world: &mut World, wanted: &mut Wanted) -> Result<(), Failure> {
    if wanted.redemptions.is_empty() {
        return Ok(());
    }
    let seqs: Vec<i64> = wanted.redemptions.iter().copied().collect();
    let rows = by_key!(conn, redemption, seq, &seqs, RedemptionRow);
    let reversals: Vec<EventRow> = {
        let seqs: Vec<Option<i64>> = seqs.iter().copied().map(Some).collect();
        by_key!(conn, event, reverses, &seqs, EventRow)
    };
    for row in rows {
        let by = reversals.iter().find(|event| event.reverses == Some(row.seq));
        let record = row.domain(by.map(|event| event.seq))?;
        wanted.vouchers.insert(row.voucher);
        wanted.organisations.insert(row.organisation);
        world.redemptions.insert(Seq(row.seq), record);
    }
    Ok(())
}

fn vouchers(conn: &mut Conn, world: &mut World, wanted: &mut Wanted) -> Result<(), Failure> {
    let mut next: Vec<i64> = wanted.vouchers.iter().copied().collect();
    // Successors of replaced vouchers come along: late records are paid by them.
    while !next.is_empty() {
        let rows = by_key!(conn, voucher, id, &next, VoucherRow);
        next.clear();
        for row in rows {
            let voucher = row.domain()?;
            wanted.programmes.insert(row.programme);
            wanted.issuers.insert(row.issuer);
            let known = |id: &VoucherId| world.vouchers.contains_key(id);
            next.extend(voucher.successor.filter(|id| !known(id)).map(|id| id.0));
            world.vouchers.insert(voucher.id, voucher);
        }
    }
    Ok(())
}

fn registry(conn: &mut Conn, world: &mut World, wanted: &mut Wanted) -> Result<(), Failure> {
    let ids = |set: &BTreeSet<i64>| set.iter().copied().collect::<Vec<i64>>();
    for row in by_key!(conn, venue, id, &ids(&wanted.venues), VenueRow) {
        wanted.organisations.insert(row.organisation);
        world.venues.insert(VenueId(row.id), row.domain()?);
    }
    for row in by_key!(conn, organisation, id, &ids(&wanted.organisations), OrganisationRow) {
        world.organisations.insert(OrganisationId(row.id), row.domain()?);
    }
    for row in by_key!(conn, issuer, id, &ids(&wanted.issuers), IssuerRow) {
        let issuer = row.domain();
        world.issuers.insert(issuer.id, issuer);
    }
    for row in by_key!(conn, funder, id, &ids(&wanted.funders), FunderRow) {
        let funder = row.domain();
        world.funders.insert(funder.id, funder);
    }
    for row in by_key!(conn, person, id, &ids(&wanted.users), PersonRow) {
        let user = row.domain()?;
        world.users.insert(user.id, user);
    }
    Ok(())
}

fn programmes(conn: &mut Conn, world: &mut World, wanted: &Wanted) -> Result<(), Failure> {
    let ids: Vec<i64> = wanted.programmes.iter().copied().collect();
    for row in by_key!(conn, programme, id, &ids, ProgrammeRow) {
        let programme = row.domain()?;
        world.programmes.insert(programme.id, programme);
    }
    if wanted.money {
        // Stages are few, organisations many: only those of the batch are loaded.
        let mut organisations: Vec<i64> = wanted.organisations.iter().copied().collect();
        organisations.push(0);
        accounts(conn, world, &ids, &organisations)?;
    }
    for (programme, issuer) in &wanted.allocations {
        let row: Option<AllocationRow> = on_either!(conn, conn => {
            allocation::table.find((programme, issuer)).first(conn).optional()?
        });
        if let Some(row) = row {
            let key = (ProgrammeId(*programme), IssuerId(*issuer));
            world.allocations.insert(key, row.domain());
        }
    }
    let listed: Vec<i64> = world
        .programmes
        .values()
        .filter(|programme| programme.terms.venues_listed)
        .map(|programme| programme.id.0)
        .collect();
    for (programme, venue) in
        listed.iter().flat_map(|id| wanted.venues.iter().map(move |venue| (id, venue)))
    {
        let row: Option<AdmissionRow> = on_either!(conn, conn => {
            admission::table.find((programme, venue)).first(conn).optional()?
        });
        let key = (ProgrammeId(*programme), VenueId(*venue));
        world.admitted.extend(row.map(|_| key));
    }
    Ok(())
}

fn accounts(
    conn: &mut Conn,
    world: &mut World,
    programmes: &[i64],
    organisations: &[i64],
) -> Result<(), Failure> {
    let rows: Vec<AccountRow> = match conn {
        Conn::Sqlite(conn) => {
            let mut rows = Vec::new();
            for (programme, organisation) in programmes
                .iter()
                .flat_map(|id| organisations.iter().map(move |organisation| (id, organisation)))
            {
                let query = account::table
                    .filter(account::programme.eq(programme))
                    .filter(account::organisation.eq(organisation));
                rows.extend(query.load::<AccountRow>(conn)?);
            }
            rows
        }
        #[cfg(feature = "postgres")]
        Conn::Pg(conn) => account::table
            .filter(account::programme.eq_any(programmes))
            .filter(account::organisation.eq_any(organisations))
            .load(conn)?,
    };
    for row in rows {
        let (key, account) = row.domain()?;
        world.accounts.insert(key, account);
    }
    Ok(())
}

fn taken(conn: &mut Conn, world: &mut World, wanted: &Wanted) -> Result<(), Failure> {
    for draft in &wanted.drafts {
        let (id, reference, tag) = (draft.id.0, &draft.reference, draft.code_tag.to_vec());
        let rows: Vec<VoucherRow> = on_either!(conn, conn => {
            voucher::table
                .filter(voucher::id.eq(id))
                .or_filter(voucher::reference.eq(reference))
                .or_filter(voucher::code_tag.eq(tag))
                .load(conn)?
        });
        if !rows.is_empty() {
            world.taken.insert(Unique::Voucher(draft.id));
        }
    }
    for text in &wanted.texts {
        let found: i64 = match text {
            Unique::Email(email) => on_either!(conn, conn => {
                person::table.filter(person::email.eq(email)).count().get_result(conn)?
            }),
            Unique::VenueSource(organisation, source) => on_either!(conn, conn => {
                venue::table
                    .filter(venue::organisation.eq(organisation.0))
                    .filter(venue::source.eq(source))
                    .count()
                    .get_result(conn)?
            }),
            Unique::Voucher(_) | Unique::Reference(_) | Unique::CodeTag(_) => 0,
        };
        if found > 0 {
            world.taken.insert(text.clone());
        }
    }
    for agent in &wanted.agents {
        // Days differ by time zone: the last three cover every programme's today.
        let rows: Vec<(i64, i64)> = on_either!(conn, conn => {
            event::table
                .filter(event::actor.eq(agent))
                .filter(event::kind.eq_any(["voucher_issued", "voucher_stocked"]))
                .group_by(event::day)
                .select((event::day, diesel::dsl::count_star()))
                .order(event::day.desc())
                .limit(3)
                .load(conn)?
        });
        for (day, count) in rows {
            let day = crate::domain::calendar::Day(i32::try_from(day).unwrap_or(i32::MAX));
            let count = u32::try_from(count).unwrap_or(u32::MAX);
            world.issued.insert((UserId(*agent), day), count);
        }
    }
    Ok(())
}
