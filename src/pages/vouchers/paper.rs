//! A pass as paper: the PDF that is handed out, with places near its holder.
//! No layout: `print/pdf` has it. Bearer value: never kept by a browser or a proxy.

use actix_web::{HttpResponse, http::header, web};
use serde::Deserialize;

use crate::{
    app::{nearby::nearby, service::Service},
    domain::{
        access::Verb,
        ids::{ProgrammeId, VoucherId},
        life::State,
        view::Filter,
    },
    http::{
        block,
        problem::{Problem, Wrong},
        v1::vouchers::{own, seen},
    },
    pages::{near::told, say::Say, stop::Stop, visitor::Visitor},
    print::pdf::{self, Labels, Pass},
};

/// Places that a pass names.
pub const PLACES: usize = 3;
const LONGEST: usize = 100;

#[derive(Deserialize)]
pub struct Query {
    /// A commune or a postcode.
    #[serde(default)]
    pub near: String,
}

impl Query {
    pub fn near(&self) -> String {
        self.near.trim().chars().take(LONGEST).collect()
    }
}

pub async fn pass(
    visitor: Visitor,
    id: web::Path<i64>,
    query: web::Query<Query>,
) -> Result<HttpResponse, Stop> {
    let voucher = own(&visitor.state, visitor.caller, Verb::VoucherPrint, *id).await?;
    let within = visitor.may(Verb::VoucherPrint)?;
    let (say, near) = (visitor.say.clone(), query.near());
    let drawn = block(&visitor.state, move |service| {
        let Some(row) = seen(service, &Filter::one(within, voucher.0))?.into_iter().next() else {
            return Ok(None);
        };
        let pass = printed(service, &say, voucher, row.state, row.programme, &near)?;
        Ok(Some(pdf::pass(&labels(&say, service.host()), &pass)))
    })
    .await?;
    let bytes = drawn.ok_or(Wrong::NotFound)?.map_err(not_drawn)?;
    let name = format!("inline; filename=\"pass-{voucher}.pdf\"");
    Ok(HttpResponse::Ok()
        .content_type("application/pdf")
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::CONTENT_DISPOSITION, name))
        .body(bytes))
}

fn not_drawn(cause: pdf::PdfFailure) -> Problem {
    tracing::error!(%cause, "a pass could not be drawn");
    Wrong::Internal.into()
}

/// What a pass says.
pub fn printed(
    service: &Service,
    say: &Say,
    voucher: VoucherId,
    state: State,
    programme: ProgrammeId,
    near: &str,
) -> Result<Pass, crate::app::service::Fault> {
    let paper = service.paper(voucher)?;
    let named = service.database().programme(programme)?;
    let places = nearby(service.database(), Some(programme), near, PLACES)?;
    let days = named.as_ref().and_then(|programme| programme.terms.validity_days);
    let validity = match (state, days) {
        (State::Stock, Some(days)) => say.n("paper-valid-from-activation", &days),
        _ => say.of("paper-valid-until", &say.day(&paper.last_day)),
    };
    Ok(Pass {
        host: service.host().to_owned(),
        digits: paper.digits,
        programme: named.map(|programme| programme.name).unwrap_or_default(),
        value: say.n("workshops-count", &i64::from(paper.left)),
        validity,
        manual_code: paper.manual_code,
        reference: paper.reference,
        venues: places.iter().map(|place| told(say, place)).collect(),
        appointment: None,
        specimen: paper.specimen,
    })
}

/// The sentences that all passes share.
pub fn labels(say: &Say, host: &str) -> Labels {
    let steps = ["choose", "bring", "show", "free", "keep"];
    Labels {
        language: match say.code() {
            "fr" => "fr-FR".to_owned(),
            code => code.to_owned(),
        },
        title: say.t("product"),
        operator: host.to_owned(),
        code: say.t("paper-code"),
        reference: say.t("paper-reference"),
        steps_heading: say.t("paper-steps"),
        steps: steps.iter().map(|step| say.t(&format!("paper-step-{step}"))).collect(),
        appointment_heading: say.t("paper-appointment"),
        venues_heading: say.t("paper-venues"),
        help_heading: say.t("paper-help"),
        help: say.t("paper-help-ask"),
        card_hint: say.t("paper-card"),
        stub_hint: say.t("paper-stub"),
        qr_alternative: say.t("paper-qr"),
        specimen: say.t("paper-specimen"),
    }
}
