//! The archive of a programme, for whoever may take it: asked for with a form, noted, and fetched
//! a moment later. Nothing of it is in the clear, and nothing is packed here.

use actix_web::{HttpResponse, web};
use serde::Deserialize;
use uuid::Uuid;

use super::{
    events,
    field::{Field, Kind},
    section::{Answering, Asked, Desk, Table, text},
};
use crate::{
    app::service::Fault,
    domain::{
        access::Verb,
        calendar::Zone,
        ids::{ProgrammeId, RequestId},
        view::Filter,
    },
    http::{
        problem::Wrong,
        v1::programme_exports::{note, send},
    },
    pages::{
        stop::{Stop, see_other},
        visitor::Visitor,
    },
};

pub fn fields(_: &Desk<'_>, _: Option<&Filter>) -> Result<Vec<Field>, Fault> {
    Ok(vec![Field::at("recipient", "archive-recipient", Kind::Text)])
}

/// Notes that somebody takes an archive; the answer says where it is fetched.
pub fn take(asked: Asked) -> Answering {
    Box::pin(async move {
        let programme = asked.number()?;
        let new = serde_json::from_value(asked.body).map_err(|_| Wrong::BodyMalformed)?;
        note(&asked.state, asked.caller, asked.key.id(), programme, new).await?;
        let place = format!("/programmes/{programme}/archive.age?archive={}", asked.key.id());
        Ok(HttpResponse::Ok().json(serde_json::json!({ "place": place })))
    })
}

#[derive(Deserialize)]
pub struct Fetched {
    archive: Uuid,
}

pub async fn fetch(
    visitor: Visitor,
    id: web::Path<i64>,
    query: web::Query<Fetched>,
) -> Result<HttpResponse, Stop> {
    match send(visitor.state.clone(), visitor.caller, RequestId(query.archive)).await {
        Ok(archive) => Ok(archive),
        // Past its quarter of an hour, or somebody else's: it is asked for again.
        Err(problem) if problem.reason() == "not_found" => {
            Ok(see_other(&format!("/programmes/{}", *id)))
        }
        Err(problem) => Err(problem.into()),
    }
}

/// Who took an archive of a programme, for whoever sees its ledger.
pub fn taken(desk: &Desk<'_>, programme: ProgrammeId) -> Result<Option<Table>, Fault> {
    if !desk.may(Verb::LedgerRead) {
        return Ok(None);
    }
    let mut rows = Vec::new();
    for one in desk.service.programme_exports(programme)? {
        rows.push(vec![
            desk.say.moment(one.at, &Zone::paris()),
            one.recipient,
            events::whom(desk, one.by)?,
        ]);
    }
    let columns = const { &[text("when"), text("archive-key"), text("by-whom")] };
    Ok((!rows.is_empty()).then_some(Table { key: "archive-log", columns, rows }))
}
