//! Who the token's user is.
//! No rights: the role names them.

use actix_web::HttpResponse;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    domain::{ids::UserId, registry::Role},
    http::{Shared, access::Caller, block, extract::only, problem::Problem},
};

#[derive(Serialize, ToSchema)]
pub struct Me {
    id: UserId,
    name: String,
    email: String,
    role: Role,
}

/// The caller.
#[utoipa::path(get, path = "/v1/auth/whoami", tag = "auth",
    responses((status = 200, body = Me)))]
pub async fn whoami(state: Shared, caller: Caller) -> Result<HttpResponse, Problem> {
    let user = block(&state, move |service| service.present(caller.user)).await?;
    let user = only(user.into_iter().collect())?;
    let me = Me { id: user.id, name: user.name, email: user.email, role: user.role };
    Ok(HttpResponse::Ok().json(me))
}
