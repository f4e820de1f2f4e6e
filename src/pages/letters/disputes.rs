//! Letters about a dispute of an organisation: that it was received, and what was decided.
//! The words of either side stand on its page alone.

use super::{Part, email};
use crate::{
    app::{outbox::Letter, service::Service},
    domain::{
        access::Tenant,
        dispute::DisputeState,
        ids::UserId,
        message::{Message, Trouble},
        registry::Role,
        view::{DisputeView, Filter},
    },
    http::say::Say,
};

/// Disputes of an organisation that are looked through: a letter is of the last ones.
const MOST: u32 = 500;

pub fn letter(
    service: &Service,
    say: &Say,
    message: &Message,
    user: UserId,
) -> Result<Letter, Trouble> {
    let person = service.present(user)?.ok_or(Trouble::Outdated)?;
    let Role::Supervisor(own) = person.role else { return Err(Trouble::Outdated) };
    let filter = Filter { limit: MOST, ..Filter::of(Tenant::Organisation(own)) };
    let rows = service.database().disputes(&filter).map_err(|_| Trouble::Fault)?;
    // What was decided since, another letter says.
    let told = |row: &&DisputeView| service.tells_of_dispute(message, (row.id, row.state), user);
    let row = rows.iter().find(told).ok_or(Trouble::Outdated)?;
    let key = match row.state {
        DisputeState::Open => "open",
        DisputeState::Upheld => "upheld",
        DisputeState::Dismissed => "dismissed",
        DisputeState::Withdrawn => return Err(Trouble::Outdated),
    };
    let about = say.t(&format!("dispute-about-{}", row.about.code()));
    let parts = vec![
        Part::Text(say.of(&format!("letter-dispute-{key}-text"), &about)),
        Part::Link {
            said: say.t("letter-dispute-link"),
            url: service.link(&format!("/disputes/{}", row.id)),
        },
    ];
    email(say, &format!("letter-dispute-{key}-subject"), parts, None)
}
