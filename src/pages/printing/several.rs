//! Several passes of one's own in one document, each noted as printed: a list that was just issued.
//! No second copy: a pass that was printed before is left out, and asked for on its own page.

use actix_web::{HttpResponse, web};
use serde::Deserialize;
use uuid::Uuid;

use super::{
    drawn::{Wanted, answer, drawn, format},
    orientation::Orientation,
};
use crate::{
    app::service::{Fault, Service},
    domain::{
        access::Verb,
        ids::{RequestId, UserId, VoucherId},
        issue_list::MOST_LINES,
        printing::Printed,
        refusal::Reason,
        view::Filter,
    },
    http::{
        block,
        problem::{Problem, Wrong},
        v1::vouchers::seen,
    },
    pages::{stop::Stop, visitor::Visitor},
};

#[derive(Deserialize)]
pub struct Given {
    form_token: String,
    request: Uuid,
    format: String,
    /// Their numbers, with commas.
    vouchers: String,
}

pub async fn print(visitor: Visitor, given: web::Form<Given>) -> Result<HttpResponse, Stop> {
    visitor.sent(&given.form_token)?;
    let Given { request, format: code, vouchers, .. } = given.into_inner();
    let format = format(&code).ok_or_else(|| Problem::field(Wrong::FieldInvalid, "format"))?;
    let numbers: Result<Vec<i64>, _> = vouchers.split(',').map(str::parse).collect();
    let numbers = numbers.map_err(|_| Problem::field(Wrong::FieldInvalid, "vouchers"))?;
    if numbers.len() > MOST_LINES {
        return Err(Problem::field(Wrong::FieldInvalid, "vouchers").into());
    }
    let filter = Filter::of(visitor.may(Verb::VoucherPrint)?);
    let (say, by) = (visitor.say.clone(), visitor.caller.user);
    let made = block(&visitor.state, move |service| {
        let mut vouchers = Vec::with_capacity(numbers.len());
        for (number, id) in (1..).zip(&numbers) {
            let one = Filter { id: Some(*id), limit: 1, ..filter.clone() };
            let Some(row) = seen(service, &one)?.into_iter().next() else { continue };
            let request = RequestId(service.part_of(request, number));
            if noted(service, request, row.id, &code, by)? {
                vouchers.push(row.id);
            }
        }
        if vouchers.is_empty() {
            return Err(Fault::Refused(Reason::PrintedBefore));
        }
        let orientation = &Orientation::default();
        drawn(service, &say, &Wanted { vouchers: &vouchers, format, orientation, filter })
    })
    .await?;
    Ok(answer(made, "pass")?)
}

/// Notes it; false for a pass that was printed before, but for the answer of this very form asked
/// for again a moment later.
fn noted(
    service: &Service,
    request: RequestId,
    voucher: VoucherId,
    format: &str,
    by: UserId,
) -> Result<bool, Fault> {
    match service.print(request, by, Printed::Pass(voucher), format, None) {
        Ok(()) => Ok(service.to_print(request, by)?.is_some()),
        Err(Fault::Refused(Reason::PrintedBefore)) => Ok(false),
        Err(fault) => Err(fault),
    }
}
