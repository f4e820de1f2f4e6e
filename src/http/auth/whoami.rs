//! Who the token's user is.
//! No rights: the role names them.

use actix_web::HttpResponse;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    app::service::Service,
    domain::{ids::UserId, registry::Role},
    http::{Shared, access::Caller, block, extract::only, problem::Problem},
};

#[derive(Serialize, ToSchema)]
pub struct Me {
    id: UserId,
    name: String,
    email: String,
    role: Role,
    /// Whether log-ins ask for a code beside the password.
    second_factor: bool,
}

/// The caller.
#[utoipa::path(get, path = "/v1/auth/whoami", tag = "auth",
    responses((status = 200, body = Me)))]
pub async fn whoami(state: Shared, caller: Caller) -> Result<HttpResponse, Problem> {
    let read = move |service: &Service| {
        Ok((service.present(caller.user)?, service.has_second_factor(caller.user)?))
    };
    let (user, second_factor) = block(&state, read).await?;
    let user = only(user.into_iter().collect())?;
    let me = Me { id: user.id, name: user.name, email: user.email, role: user.role, second_factor };
    Ok(HttpResponse::Ok().json(me))
}
