//! API keys for software of venues and issuers: made, listed, revoked.
//! The secret is in one answer alone, the first.

use actix_web::{HttpResponse, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    app::session::new_api_key,
    domain::{
        access::{Verb, may_give},
        calendar::Instant,
        command::{Ask, Outcome},
        ids::Seq,
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
};

reads!("api-keys", ApiKeyRead, ApiKeyView from api_keys,
    list_api_keys at "/v1/api-keys", read_api_key at "/v1/api-keys/{id}");

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewApiKey {
    #[schema(min_length = 1, max_length = 200, example = "Logiciel de caisse")]
    name: String,
    /// What the software may do: a role that the caller could give to a person.
    role: Role,
    /// Two years from now at most.
    expires_at: Instant,
}

#[derive(Serialize, ToSchema)]
pub struct AddedApiKey {
    seq: Seq,
    id: Seq,
    /// For `Authorization: Bearer`. Shown once: a repeated request is answered without it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "pn_live_…")]
    key: Option<String>,
}

/// Makes a key that acts in the caller's name, with a role of the caller's tenant. It stops with
/// its day, when it is revoked, and when the caller is.
#[utoipa::path(post, path = "/v1/api-keys", tag = "api-keys", request_body = NewApiKey,
    responses((status = 201, body = AddedApiKey)))]
pub async fn create_api_key(
    state: Shared,
    caller: Caller,
    key: Key,
    body: Body<NewApiKey>,
) -> Result<HttpResponse, Problem> {
    let within = caller.may(Verb::ApiKeyCreate)?;
    let NewApiKey { name, role, expires_at } = body.value;
    if !may_give(within, role) {
        return Err(Wrong::Forbidden.into());
    }
    let (secret, hash) = block(&state, |_| new_api_key()).await?;
    let add = Ask::AddApiKey { name, role, hash, expires_at };
    let answer = ask(&state, caller, &key, &body.canonical, add).await?;
    let Outcome::Added { seq, id } = answer.outcome else {
        return Err(Wrong::Internal.into());
    };
    let key = (!answer.replayed).then_some(secret);
    let mut response = HttpResponse::Created();
    Ok(replayed(&mut response, answer.replayed).json(AddedApiKey { seq, id: Seq(id), key }))
}

/// Revokes a key at once.
#[utoipa::path(post, path = "/v1/api-keys/{id}/revoke", tag = "api-keys",
    params(("id" = String, Path)),
    responses((status = 200, body = crate::http::extract::Written)))]
pub async fn revoke_api_key(
    state: Shared,
    caller: Caller,
    key: Key,
    id: web::Path<i64>,
) -> Result<HttpResponse, Problem> {
    let filter = Filter::one(caller.may(Verb::ApiKeyRevoke)?, *id);
    only(block(&state, move |service| Ok(service.database().api_keys(&filter)?)).await?)?;
    let revoke = Ask::RevokeApiKey { api_key: Seq(*id) };
    written(&ask(&state, caller, &key, "", revoke).await?)
}

pub fn routes(config: &mut web::ServiceConfig) {
    config
        .service(
            web::resource("/v1/api-keys")
                .route(web::get().to(list_api_keys))
                .route(web::post().to(create_api_key)),
        )
        .service(web::resource("/v1/api-keys/{id}").route(web::get().to(read_api_key)))
        .service(web::resource("/v1/api-keys/{id}/revoke").route(web::post().to(revoke_api_key)));
}
