//! One pass: printed once with one click, and once more with a reason.
//! No several: `sheets` has them.

use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;
use uuid::Uuid;

use super::{
    drawn::{Wanted, answer, drawn},
    orientation::{AppointmentFields, Orientation},
};
use crate::{
    app::nearby::{Nearby, nearby},
    domain::{
        access::Verb,
        calendar::{Day, Zone},
        ids::{RequestId, VoucherId},
        printing::{Again, Printed},
        service::Service as Need,
        view::{Filter, VoucherView},
    },
    http::{
        block,
        problem::{Problem, Wrong},
        v1::vouchers::{own, seen},
    },
    pages::{
        form::{Mistake, Once},
        layout::{Layout, page, page_again},
        stop::{Stop, see_other},
        visitor::Visitor,
        vouchers::{View, shown},
    },
    print::pdf::Format,
};

/// The code of a pass on a page of its own.
const FORMAT: &str = "pages";

#[derive(Template)]
#[template(path = "vouchers/print.html")]
struct PrintPage {
    layout: Layout,
    once: Once,
    mistakes: Vec<Mistake>,
    id: i64,
    near: String,
    need: &'static str,
    appointment: AppointmentFields,
    /// The code of each reason, and its words.
    reasons: Vec<(&'static str, String)>,
}

impl PrintPage {
    fn new(visitor: &Visitor, found: &Found, orientation: &Orientation) -> Self {
        let say = &visitor.say;
        let reason = |again: Again| (again.code(), say.t(&format!("again-{}", again.code())));
        Self {
            layout: visitor.layout("print-again-title"),
            once: Once::new(visitor),
            mistakes: Vec::new(),
            id: found.row.id.0,
            near: orientation.near(),
            need: orientation.need().map_or("", Need::code),
            appointment: found.fields(orientation),
            reasons: Again::ALL.into_iter().map(reason).collect(),
        }
    }
}

/// The pass, the places near what was asked for, and today.
struct Found {
    row: VoucherView,
    places: Vec<Nearby>,
    today: Day,
}

impl Found {
    async fn new(
        visitor: &Visitor,
        voucher: VoucherId,
        orientation: &Orientation,
    ) -> Result<Self, Stop> {
        let filter = Filter::one(visitor.may(Verb::VoucherPrint)?, voucher.0);
        let orientation = orientation.clone();
        let found = block(&visitor.state, move |service| {
            let Some(row) = seen(service, &filter)?.into_iter().next() else { return Ok(None) };
            let places = nearby(service.database(), &orientation.search(row.programme))?;
            let today = service.clock.now().day(&Zone::paris());
            Ok(Some(Self { row, places, today }))
        })
        .await?;
        found.ok_or_else(|| Wrong::NotFound.into())
    }

    fn fields(&self, orientation: &Orientation) -> AppointmentFields {
        AppointmentFields::of(orientation, &self.places, &self.row, self.today)
    }
}

pub async fn ask(
    visitor: Visitor,
    id: web::Path<i64>,
    orientation: web::Query<Orientation>,
) -> Result<HttpResponse, Stop> {
    let voucher = own(&visitor.state, visitor.caller, Verb::VoucherPrint, *id).await?;
    let found = Found::new(&visitor, voucher, &orientation).await?;
    Ok(page(&PrintPage::new(&visitor, &found, &orientation))?)
}

#[derive(Deserialize)]
pub struct Given {
    form_token: String,
    request: Uuid,
    #[serde(flatten)]
    orientation: Orientation,
    reason: Option<String>,
}

pub async fn print(
    visitor: Visitor,
    id: web::Path<i64>,
    given: web::Form<Given>,
) -> Result<HttpResponse, Stop> {
    visitor.sent(&given.form_token)?;
    let voucher = own(&visitor.state, visitor.caller, Verb::VoucherPrint, *id).await?;
    let Given { request, orientation, reason, .. } = given.into_inner();
    let found = Found::new(&visitor, voucher, &orientation).await?;
    let appointment = orientation.appointment(&visitor.say, &found.places, &found.row, found.today);
    if let Err(mistake) = appointment {
        // On the form that it came from.
        return match reason {
            Some(_) => {
                let mut again = PrintPage::new(&visitor, &found, &orientation);
                again.mistakes.push(mistake);
                Ok(page_again(&Problem::field(Wrong::FieldInvalid, "at"), &again)?)
            }
            None => shown(visitor, voucher.0, View::PrintAgain(orientation, mistake)).await,
        };
    }
    let again = reason.as_deref().and_then(Again::from_code);
    let (id, by) = (RequestId(request), visitor.caller.user);
    let noted = block(&visitor.state, move |service| {
        service.print(id, by, Printed::Pass(voucher), FORMAT, again)
    })
    .await;
    match noted {
        Ok(()) => Ok(see_other(&format!(
            "/vouchers/{voucher}/pass.pdf?print={request}&{}",
            orientation.query()
        ))),
        Err(problem) => {
            let mut again = PrintPage::new(&visitor, &found, &orientation);
            again.mistakes.push(Mistake::of(&visitor.say, &problem, "reason"));
            Ok(page_again(&problem, &again)?)
        }
    }
}

#[derive(Deserialize)]
pub struct Fetched {
    print: Option<Uuid>,
    #[serde(flatten)]
    orientation: Orientation,
}

/// The PDF of what was asked for a moment ago; later, or by somebody else, it is asked for again.
pub async fn pass(
    visitor: Visitor,
    id: web::Path<i64>,
    query: web::Query<Fetched>,
) -> Result<HttpResponse, Stop> {
    let voucher = own(&visitor.state, visitor.caller, Verb::VoucherPrint, *id).await?;
    let within = visitor.may(Verb::VoucherPrint)?;
    let Fetched { print, orientation } = query.into_inner();
    let (say, by) = (visitor.say.clone(), visitor.caller.user);
    let request = print.map(RequestId);
    let made = block(&visitor.state, move |service| {
        let asked = match request {
            Some(request) => service.to_print(request, by)?,
            None => None,
        };
        if asked.is_none_or(|asked| asked.what != Printed::Pass(voucher)) {
            return Ok(None);
        }
        let filter = Filter::of(within);
        let (vouchers, orientation) = (&[voucher], &orientation);
        let wanted = Wanted { vouchers, format: Format::Pages, orientation, filter };
        drawn(service, &say, &wanted).map(Some)
    })
    .await?;
    match made {
        Some(made) => Ok(answer(made, &format!("pass-{voucher}"))?),
        None => Ok(see_other(&format!("/vouchers/{voucher}"))),
    }
}
