//! A batch on sheets to cut, a thousand passes a document, and its list for a spreadsheet.
//! No forms: the section `batches` of the registry has them.

use actix_web::{HttpResponse, web};
use serde::Deserialize;
use uuid::Uuid;

use super::{
    drawn::{Wanted, answer, drawn, format},
    orientation::Orientation,
};
use crate::{
    domain::{
        access::Verb,
        ids::{RequestId, Seq},
        printing::{Again, PASSES_A_PART, Printed},
        view::{BatchView, Filter},
    },
    http::{
        block,
        extract::only,
        problem::{Problem, Wrong},
        v1::batches::batch_list,
    },
    pages::{
        registry::section::{Answering, Asked},
        stop::{Stop, see_other},
        visitor::Visitor,
    },
};

/// The codes of the formats, in the order in which they are offered.
pub const FORMATS: [&str; 3] = ["cards", "quarters", "pages"];

#[derive(Deserialize)]
struct Given {
    part: String,
    format: String,
    reason: Option<Again>,
}

/// Notes what a form wants to be printed; the answer says where it is fetched.
pub fn print(asked: Asked) -> Answering {
    Box::pin(async move {
        let batch = Seq(asked.number()?);
        let filter = Filter::one(asked.caller.may(Verb::VoucherPrint)?, batch.0);
        let Given { part, format: code, reason } =
            serde_json::from_value(asked.body).map_err(|_| Wrong::BodyMalformed)?;
        let part: u32 = part.parse().map_err(|_| Problem::field(Wrong::FieldInvalid, "part"))?;
        format(&code).ok_or_else(|| Problem::field(Wrong::FieldInvalid, "format"))?;
        let (request, by) = (asked.key.id(), asked.caller.user);
        let known = block(&asked.state, move |service| {
            let known = service.database().batches(&filter)?;
            let there = |row: &BatchView| part < row.count.div_ceil(PASSES_A_PART);
            if known.first().is_some_and(there) {
                service.print(request, by, Printed::Part { batch, part }, &code, reason)?;
            }
            Ok(known.into_iter().filter(there).collect())
        });
        only::<BatchView>(known.await?)?;
        let place = format!("/batches/{batch}/sheets.pdf?print={}", request.0);
        Ok(HttpResponse::Ok().json(serde_json::json!({ "place": place })))
    })
}

#[derive(Deserialize)]
pub struct Fetched {
    print: Uuid,
}

pub async fn sheets(
    visitor: Visitor,
    id: web::Path<i64>,
    query: web::Query<Fetched>,
) -> Result<HttpResponse, Stop> {
    let filter = Filter::of(visitor.may(Verb::VoucherPrint)?);
    let (say, by, request) = (visitor.say.clone(), visitor.caller.user, RequestId(query.print));
    let batch = Seq(*id);
    let made = block(&visitor.state, move |service| {
        let asked = service.to_print(request, by)?;
        let Some((part, code)) = asked.and_then(|asked| match asked.what {
            Printed::Part { batch: of, part } if of == batch => Some((part, asked.format)),
            _ => None,
        }) else {
            return Ok(None);
        };
        let Some(format) = format(&code) else { return Ok(None) };
        let skip = part.saturating_mul(PASSES_A_PART);
        let vouchers = service.database().batch_slice(batch, skip, PASSES_A_PART)?;
        let wanted =
            Wanted { vouchers: &vouchers, format, orientation: &Orientation::default(), filter };
        drawn(service, &say, &wanted).map(|made| Some((made, part)))
    })
    .await?;
    match made {
        Some((made, part)) => Ok(answer(made, &format!("batch-{batch}-{}", part + 1))?),
        None => Ok(see_other(&format!("/batches/{batch}"))),
    }
}

/// References and states, nothing that redeems.
pub async fn list(visitor: Visitor, id: web::Path<i64>) -> Result<HttpResponse, Stop> {
    Ok(batch_list(visitor.state.clone(), visitor.caller, id).await?)
}
