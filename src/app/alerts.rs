//! What people are told about programmes, once each: in the log, and by mail to the operator's and
//! the funders' people. No words (`pages/letters`), and no days (`domain/ending.rs`).

use std::collections::BTreeSet;

use super::{
    forecast,
    outbox::Wanted,
    service::{Fault, Service},
};
use crate::domain::{
    access::Tenant,
    ending::Alert,
    forecast::Warning,
    ids::{RequestId, UserId},
    message::{About, Channel, Kind},
    registry::Role,
    usage::UsageFilter,
    view::{Filter, ProgrammeView, UserView},
};

impl Service {
    /// Tells what is new about any programme; how many alerts. Running it again tells nothing new.
    ///
    /// # Errors
    /// When the database does not answer; running again goes on where it stopped.
    pub fn alert(&self) -> Result<u64, Fault> {
        let all = Filter { limit: u32::MAX, ..Filter::of(Tenant::Any) };
        let mut told = 0;
        let mut fresh: Vec<(ProgrammeView, Vec<Alert>)> = Vec::new();
        for row in self.database.programmes(&all)? {
            let known = self.database.alerts_of(row.id)?;
            let new = self.due_alerts(&row)?;
            let new: Vec<Alert> = new
                .into_iter()
                .filter(|one| !known.iter().any(|code| code == one.code()))
                .collect();
            if !new.is_empty() {
                fresh.push((row, new));
            }
        }
        if fresh.is_empty() {
            return Ok(told);
        }
        // One letter a person, that tells of all of their programmes; kept before it is noted, so
        // that a crash in between loses none: its request makes it one letter a day.
        for user in self.told_of(&fresh)? {
            self.post_alert(&user)?;
        }
        for (row, alerts) in fresh {
            for alert in alerts {
                if self.database.note_alert(row.id, alert, self.clock.now())? {
                    told += 1;
                    let (programme, alert) = (row.id, alert.code());
                    tracing::warn!(%programme, alert, "a programme needs to be looked after");
                }
            }
        }
        Ok(told)
    }

    /// What there is to tell about a programme today.
    fn due_alerts(&self, row: &ProgrammeView) -> Result<Vec<Alert>, Fault> {
        let today = self.clock.now().day(&row.terms.time_zone);
        let mut due = Alert::of(row.terms.phase(row.ended, today)).to_vec();
        for line in forecast::of_programme(self, &UsageFilter::of(Tenant::Any), row)? {
            due.extend(line.warnings.into_iter().map(|warning| match warning {
                Warning::Budget => Alert::Budget,
                Warning::Unused => Alert::Unused,
            }));
        }
        // Of several funders who have to know the same, the programme is told of once.
        due.sort_unstable();
        due.dedup();
        Ok(due)
    }

    /// The operator's people, and those of the programmes' funders.
    fn told_of(&self, fresh: &[(ProgrammeView, Vec<Alert>)]) -> Result<Vec<UserView>, Fault> {
        let shares = fresh.iter().flat_map(|(row, _)| &row.terms.shares);
        let funders: BTreeSet<_> = shares.map(|share| share.funder).collect();
        let all = Filter { limit: u32::MAX, ..Filter::of(Tenant::Any) };
        let mut users = self.database.users(&all)?;
        users.retain(|user| match user.role {
            Role::Operator => !user.revoked,
            Role::Analyst(of) => !user.revoked && funders.contains(&of),
            _ => false,
        });
        Ok(users)
    }

    fn post_alert(&self, user: &UserView) -> Result<(), Fault> {
        let day = self.clock.now().0.div_euclid(86_400_000_000);
        let wanted = Wanted {
            kind: Kind::Programmes,
            channel: Channel::Email,
            to: &user.email,
            language: "fr",
            about: About::User(user.id),
            asked_by: None,
            request: alert_request(self, user.id, day),
            content: self.request_hash(b"programmes"),
        };
        // Where sending is not set up, the pages and the log have to do.
        self.post_message(&wanted)?;
        Ok(())
    }
}

fn alert_request(service: &Service, user: UserId, day: i64) -> RequestId {
    RequestId(service.id_of(&format!("programmes {user} {day}")))
}
