//! People who log in.
//! No log-in: `auth` has it.

use actix_web::{HttpResponse, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::vouchers::send::Spoken;
use crate::{
    app::accounts::Invited,
    domain::{
        access::{Verb, may_give},
        calendar::Day,
        command::{Ask, Change, Outcome},
        ids::{Seq, UserId},
        message::Channel,
        refusal::Reason,
        registry::Role,
        view::Filter,
    },
    http::{
        Shared,
        access::Caller,
        block,
        extract::{Body, Key, ask, only, replayed, written},
        problem::{Problem, Wrong},
    },
    sys::{mail::address, password},
};

reads!("users", UserRead, UserView from users,
    list_users at "/v1/users", read_user at "/v1/users/{id}");

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "email": "agent@example.fr", "name": "Camille Martin",
    "role": { "role": "agent", "of": "1" }, "password": "twelve characters or more",
}))]
pub struct NewUser {
    #[schema(max_length = 254)]
    email: String,
    #[schema(min_length = 1, max_length = 200)]
    name: String,
    role: Role,
    /// Without it the person is invited to choose one.
    #[serde(default)]
    #[schema(format = Password, min_length = 12, max_length = 128)]
    password: Option<String>,
    /// Of the invitation; French without it.
    #[serde(default)]
    language: Spoken,
}

#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewInvitation {
    /// Of the invitation; French without it.
    #[serde(default)]
    language: Spoken,
}

/// How a person gets to choose a password.
#[derive(Debug, Serialize, ToSchema)]
pub struct Invitation {
    /// By e-mail, within a minute.
    sent: bool,
    /// Where nothing is sent: to be handed over. Good once, for 30 minutes, and shown once.
    #[serde(skip_serializing_if = "Option::is_none")]
    link: Option<String>,
}

/// A new person.
#[derive(Debug, Serialize, ToSchema)]
pub struct Added {
    seq: Seq,
    id: UserId,
    /// Of a person without a password.
    #[serde(skip_serializing_if = "Option::is_none")]
    invitation: Option<Invitation>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangedUser {
    #[schema(min_length = 1, max_length = 200)]
    name: String,
    /// A new one; without it the old one stays.
    #[serde(default)]
    #[schema(format = Password, min_length = 12, max_length = 128)]
    password: Option<String>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RaisedLimit {
    day: Day,
    /// Vouchers that the person may issue on that day.
    #[schema(minimum = 1, maximum = 1000)]
    limit: u32,
}

/// Adds a person, with a role of the caller's tenant. Without a password they are invited to
/// choose one.
#[utoipa::path(post, path = "/v1/users", tag = "users",
    request_body = NewUser, responses((status = 201, body = Added)))]
pub async fn create_user(
    state: Shared,
    caller: Caller,
    key: Key,
    body: Body<NewUser>,
) -> Result<HttpResponse, Problem> {
    let within = caller.may(Verb::UserCreate)?;
    let NewUser { email, name, role, password, language } = body.value;
    if !may_give(within, role) {
        return Err(Wrong::Forbidden.into());
    }
    let invited = password.is_none();
    if invited && address(&email).is_none() {
        return Err(Problem::field(Wrong::FieldInvalid, "email"));
    }
    let password = password.map(checked_password).transpose()?;
    let password_hash = block(&state, move |service| match password {
        Some(password) => Ok(password::hash(&password)?),
        None => service.no_password(),
    })
    .await?;
    let new = Ask::AddUser { email, name, role, password_hash };
    let answer = ask(&state, caller, &key, &body.canonical, new).await?;
    let Outcome::Added { seq, id } = answer.outcome else { return Err(Wrong::Internal.into()) };
    let (id, again) = (UserId(id), answer.replayed);
    let invitation = if invited {
        Some(invitation(&state, caller, &key, id, language, again).await?)
    } else {
        None
    };
    let mut response = HttpResponse::Created();
    Ok(replayed(&mut response, again).json(Added { seq, id, invitation }))
}

/// Invites a person; under the same key once. A link is shown to who asks first, never again.
async fn invitation(
    state: &Shared,
    caller: Caller,
    key: &Key,
    id: UserId,
    language: Spoken,
    again: bool,
) -> Result<Invitation, Problem> {
    let request = key.request(state, caller, "").id;
    let invited = block(state, move |service| {
        let user = service.present(id)?;
        if again && !service.sends(Channel::Email) {
            return Ok(Some(Invited::Sent));
        }
        user.map(|user| service.invite(caller.user, &user, request, language.code())).transpose()
    })
    .await?;
    match invited.ok_or(Wrong::AccountRevoked)? {
        Invited::Sent => Ok(Invitation { sent: state.service.sends(Channel::Email), link: None }),
        Invited::Link(link) => Ok(Invitation { sent: false, link: Some(link) }),
        Invited::Reused => Err(Problem::refused(Reason::RequestReused.into(), false)),
    }
}

/// Invites a person again to choose a password. Where nothing is sent the answer has the link.
#[utoipa::path(post, path = "/v1/users/{id}/invitation", tag = "users",
    params(("id" = String, Path)), request_body = NewInvitation,
    responses((status = 202, body = Invitation)))]
pub async fn invite_user(
    state: Shared,
    caller: Caller,
    key: Key,
    id: web::Path<i64>,
    body: Body<NewInvitation>,
) -> Result<HttpResponse, Problem> {
    let user = of_caller(&state, caller, Verb::UserChange, *id).await?;
    state.limiter.message(caller.user)?;
    let made = invitation(&state, caller, &key, user, body.value.language, false).await?;
    Ok(HttpResponse::Accepted().json(made))
}

/// A password of a length that is accepted.
///
/// # Errors
/// 422 if it is too short or too long.
pub fn checked_password(password: String) -> Result<String, Problem> {
    if (password::SHORTEST..=password::LONGEST).contains(&password.len()) {
        Ok(password)
    } else {
        Err(Problem::field(Wrong::FieldInvalid, "password"))
    }
}

/// Changes a person's name, and the password if there is a new one.
#[utoipa::path(patch, path = "/v1/users/{id}", tag = "users",
    params(("id" = String, Path)), request_body = ChangedUser,
    responses((status = 200, body = crate::http::extract::Written)))]
pub async fn change_user(
    state: Shared,
    caller: Caller,
    key: Key,
    id: web::Path<i64>,
    body: Body<ChangedUser>,
) -> Result<HttpResponse, Problem> {
    let user = of_caller(&state, caller, Verb::UserChange, *id).await?;
    let ChangedUser { name, password } = body.value;
    let password_hash = match password {
        Some(password) => {
            let password = checked_password(password)?;
            Some(block(&state, move |_| Ok(password::hash(&password)?)).await?)
        }
        None => None,
    };
    let change = Change::User { user, name, password_hash };
    written(&ask(&state, caller, &key, &body.canonical, Ask::Change(change)).await?)
}

/// Lets a person issue more vouchers than usual for a day.
#[utoipa::path(post, path = "/v1/users/{id}/daily-limit", tag = "users",
    params(("id" = String, Path)), request_body = RaisedLimit,
    responses((status = 200, body = crate::http::extract::Written)))]
pub async fn raise_daily_limit(
    state: Shared,
    caller: Caller,
    key: Key,
    id: web::Path<i64>,
    body: Body<RaisedLimit>,
) -> Result<HttpResponse, Problem> {
    let user = of_caller(&state, caller, Verb::UserRaiseLimit, *id).await?;
    let RaisedLimit { day, limit } = body.value;
    let change = Change::DailyLimit { user, day, limit };
    written(&ask(&state, caller, &key, &body.canonical, Ask::Change(change)).await?)
}

/// The person, if the caller may do `verb` with them.
async fn of_caller(state: &Shared, caller: Caller, verb: Verb, id: i64) -> Result<UserId, Problem> {
    let filter = Filter::one(caller.may(verb)?, id);
    let rows = block(state, move |service| Ok(service.database().users(&filter)?)).await?;
    only(rows).map(|row| row.id)
}

/// Revokes a person at once.
#[utoipa::path(post, path = "/v1/users/{id}/revoke", tag = "users",
    params(("id" = String, Path)),
    responses((status = 200, body = crate::http::extract::Written)))]
pub async fn revoke_user(
    state: Shared,
    caller: Caller,
    key: Key,
    id: web::Path<i64>,
) -> Result<HttpResponse, Problem> {
    let user = of_caller(&state, caller, Verb::UserRevoke, *id).await?;
    written(&ask(&state, caller, &key, "", Ask::RevokeUser { user }).await?)
}

/// Turns off the second factor of somebody who lost their telephone and the codes for that day.
/// Whoever is sure who asks: not oneself, which takes a code.
#[utoipa::path(post, path = "/v1/users/{id}/second-factor/remove", tag = "users",
    params(("id" = String, Path)),
    responses((status = 200, body = crate::http::extract::Written)))]
pub async fn remove_users_second_factor(
    state: Shared,
    caller: Caller,
    key: Key,
    id: web::Path<i64>,
) -> Result<HttpResponse, Problem> {
    let user = of_caller(&state, caller, Verb::UserChange, *id).await?;
    if user == caller.user {
        return Err(Wrong::Forbidden.into());
    }
    let change = Change::SecondFactor { user, on: false };
    let outcome = ask(&state, caller, &key, "", Ask::Change(change)).await?;
    block(&state, move |service| Ok(service.database().remove_second_factor(user)?)).await?;
    written(&outcome)
}

pub fn routes(config: &mut web::ServiceConfig) {
    config
        .service(
            web::resource("/v1/users")
                .route(web::get().to(list_users))
                .route(web::post().to(create_user)),
        )
        .service(
            web::resource("/v1/users/{id}")
                .route(web::get().to(read_user))
                .route(web::patch().to(change_user)),
        )
        .service(
            web::resource("/v1/users/{id}/daily-limit").route(web::post().to(raise_daily_limit)),
        )
        .service(web::resource("/v1/users/{id}/invitation").route(web::post().to(invite_user)))
        .service(
            web::resource("/v1/users/{id}/second-factor/remove")
                .route(web::post().to(remove_users_second_factor)),
        )
        .service(web::resource("/v1/users/{id}/revoke").route(web::post().to(revoke_user)));
}
