//! What the operator's people, and the supervisors whose devices it is of, are told of devices,
//! venues and keys: in the log, and by mail, once each. No words (`pages/letters`).

use std::collections::{BTreeMap, BTreeSet};

use super::{
    outbox::Wanted,
    service::{Fault, Service},
};
use crate::domain::{
    access::Tenant,
    calendar::Zone,
    ids::{OrganisationId, RequestId},
    key::KeyState,
    message::{About, Channel, Kind},
    registry::Role,
    usage::UsageFilter,
    view::{Filter, UserView},
    watch::{Told, WatchKind, Watched, news, over},
};

const DAY_S: i64 = 86_400;
/// Forged passes that were shown longer ago than this were told of.
const FORGED_WITHIN_S: i64 = 7 * DAY_S;
/// Chains of devices that called since then are looked at: nothing else adds to one.
const CHAINS_WITHIN_S: i64 = 2 * DAY_S;
/// Lines of forged passes that are looked at.
const MOST_FORGED: i64 = 1_000;
/// Conflicts are of the month of their workshops, and come late: as far back as this they are told.
const CONFLICTS_WITHIN_DAYS: i32 = 62;
const LANGUAGE: &str = "fr";

impl Service {
    /// Tells what is new; how much. Running it again tells nothing new.
    ///
    /// # Errors
    /// When the database does not answer; running again goes on where it stopped.
    pub fn watch(&self) -> Result<u64, Fault> {
        let now = self.watched(Tenant::Any)?;
        let told = self.database.watched()?.into_iter();
        let told: Told = told.map(|(kind, subject, level)| ((kind, subject), level)).collect();
        for (kind, subject) in over(&now, &told) {
            self.database.forget_watched(&kind, &subject)?;
        }
        let fresh = news(&now, &told);
        if fresh.is_empty() {
            return Ok(0);
        }
        // Kept before it is noted, so that a crash in between loses no letter; its request makes
        // it one letter.
        for user in self.told_of_watched(&fresh)? {
            self.post_watched(&user, &fresh)?;
        }
        for one in &fresh {
            self.database.note_watched(one, self.clock.now())?;
            let (alarm, subject) = (one.kind.code(), &one.subject);
            tracing::warn!(alarm, subject, "somebody has to look at this");
        }
        Ok(u64::try_from(fresh.len()).unwrap_or(u64::MAX))
    }

    /// All that there is to look at now, of what a tenant can do something about.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn watched(&self, within: Tenant) -> Result<Vec<Watched>, Fault> {
        let since = self.clock.now().plus_seconds(-CHAINS_WITHIN_S);
        let mut found = self.database.chain_gaps(since)?;
        found.extend(self.database.put_aside(WatchKind::ChainFork)?);
        found.extend(self.too_many_conflicts(within)?);
        if let Tenant::Organisation(own) = within {
            found.retain(|one| one.organisation == Some(own) && one.kind.is_of_the_organisation());
            return Ok(found);
        }
        found.extend(self.database.put_aside(WatchKind::Quarantine)?);
        found.extend(self.leaked_keys()?);
        Ok(found)
    }

    fn too_many_conflicts(&self, within: Tenant) -> Result<Vec<Watched>, Fault> {
        let since = self.clock.now().day(&Zone::paris()).plus(-CONFLICTS_WITHIN_DAYS);
        let filter = UsageFilter { from: Some(since), ..UsageFilter::of(within) };
        let lines = self.database.exposures(&filter)?.into_iter().filter(|line| line.alarm);
        let watched = lines.map(|line| Watched {
            kind: WatchKind::Conflicts,
            subject: format!("{}:{}:{}:{}", line.programme, line.venue, line.device, line.month),
            level: 1,
            device: Some(line.device),
            organisation: Some(line.organisation),
        });
        Ok(watched.collect())
    }

    fn leaked_keys(&self) -> Result<Vec<Watched>, Fault> {
        let of = |kind, kid: String, level| Watched {
            kind,
            subject: kid,
            level,
            device: None,
            organisation: None,
        };
        let keys = self.key_list()?.into_iter().filter(|key| key.state == KeyState::Compromised);
        let compromised = keys.map(|key| of(WatchKind::KeyCompromised, key.kid.to_string(), 1));
        let mut found: Vec<Watched> = compromised.collect();
        let since = self.clock.now().plus_seconds(-FORGED_WITHIN_S);
        let mut days: BTreeMap<String, i64> = BTreeMap::new();
        for line in self.alarms(since, MOST_FORGED)? {
            let last = days.entry(line.kid.to_string()).or_default();
            *last = (*last).max(line.hour.0.div_euclid(DAY_S * 1_000_000));
        }
        found.extend(days.into_iter().map(|(kid, day)| of(WatchKind::Forged, kid, day)));
        Ok(found)
    }

    /// The operator's people, and the supervisors of what is theirs.
    fn told_of_watched(&self, fresh: &[&Watched]) -> Result<Vec<UserView>, Fault> {
        let theirs = fresh.iter().filter(|one| one.kind.is_of_the_organisation());
        let of: BTreeSet<OrganisationId> = theirs.filter_map(|one| one.organisation).collect();
        let all = Filter { limit: u32::MAX, ..Filter::of(Tenant::Any) };
        let mut users = self.database.users(&all)?;
        users.retain(|user| match user.role {
            Role::Operator => !user.revoked,
            Role::Supervisor(own) => !user.revoked && of.contains(&own),
            _ => false,
        });
        Ok(users)
    }

    fn post_watched(&self, user: &UserView, fresh: &[&Watched]) -> Result<(), Fault> {
        let own = match user.role {
            Role::Supervisor(own) => Some(own),
            _ => None,
        };
        // What is told, mended, and so again, is another letter; not on one day.
        let day = self.clock.now().0.div_euclid(DAY_S * 1_000_000);
        let mut what = format!("watched {day}");
        for one in fresh {
            let theirs = one.kind.is_of_the_organisation() && one.organisation == own;
            if own.is_none() || theirs {
                what.push_str(&format!(" {} {} {}", one.kind.code(), one.subject, one.level));
            }
        }
        let (_, language) = self.database.last_message(user.id, None)?;
        let wanted = Wanted {
            kind: Kind::Alarm,
            channel: Channel::Email,
            to: &user.email,
            language: language.as_deref().unwrap_or(LANGUAGE),
            about: About::User(user.id),
            asked_by: None,
            request: RequestId(self.id_of(&format!("{what} {}", user.id))),
            content: self.request_hash(what.as_bytes()),
        };
        // Where sending is not set up, the pages and the log have to do.
        self.post_message(&wanted)?;
        Ok(())
    }
}
