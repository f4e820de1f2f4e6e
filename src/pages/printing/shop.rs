//! The list of a batch for a print shop: asked for with a form, noted, and fetched a moment later.
//! No form: the section `batches` of the registry has it. Nothing of it is in the clear.

use actix_web::{HttpResponse, web};
use serde::Deserialize;
use uuid::Uuid;

use crate::{
    domain::ids::RequestId,
    http::{
        problem::Wrong,
        v1::print_lists::{note, send},
    },
    pages::{
        registry::section::{Answering, Asked},
        stop::{Stop, see_other},
        visitor::Visitor,
    },
};

/// Notes that somebody takes a list; the answer says where it is fetched.
pub fn take(asked: Asked) -> Answering {
    Box::pin(async move {
        let batch = asked.number()?;
        let new = serde_json::from_value(asked.body).map_err(|_| Wrong::BodyMalformed)?;
        note(&asked.state, asked.caller, asked.key.id(), batch, new).await?;
        let place = format!("/batches/{batch}/print-list.age?list={}", asked.key.id());
        Ok(HttpResponse::Ok().json(serde_json::json!({ "place": place })))
    })
}

#[derive(Deserialize)]
pub struct Fetched {
    list: Uuid,
}

pub async fn fetch(
    visitor: Visitor,
    id: web::Path<i64>,
    query: web::Query<Fetched>,
) -> Result<HttpResponse, Stop> {
    match send(visitor.state.clone(), visitor.caller, RequestId(query.list)).await {
        Ok(list) => Ok(list),
        // Past its quarter of an hour, or somebody else's: it is asked for again.
        Err(problem) if problem.reason() == "not_found" => {
            Ok(see_other(&format!("/batches/{}", *id)))
        }
        Err(problem) => Err(problem.into()),
    }
}
