//! What stands on a pass, in its reader's words, and the PDF of one or many.
//! No layout: `print/pdf` has it. Bearer value: never kept by a browser or a proxy.

use actix_web::{HttpResponse, http::header};

use crate::{
    app::{
        nearby::nearby,
        service::{Fault, Service},
    },
    domain::{
        calendar::Zone,
        ids::VoucherId,
        life::State,
        refusal::Reason,
        view::{Filter, VoucherView},
    },
    http::{
        problem::{Problem, Wrong},
        say::Say,
        v1::vouchers::seen,
    },
    pages::{near::told, printing::orientation::Orientation},
    print::pdf::{self, Format, Labels, Pass, PdfFailure},
};

/// What is printed, for whom.
pub struct Wanted<'a> {
    pub vouchers: &'a [VoucherId],
    pub format: Format,
    pub orientation: &'a Orientation,
    /// Within what whoever prints may see.
    pub filter: Filter,
}

/// The document, or why it could not be drawn. Of several passes, those that are no good any more
/// are left out.
pub fn drawn(
    service: &Service,
    say: &Say,
    wanted: &Wanted<'_>,
) -> Result<Result<Vec<u8>, PdfFailure>, Fault> {
    let mut passes = Vec::with_capacity(wanted.vouchers.len());
    for voucher in wanted.vouchers {
        let one = Filter { id: Some(voucher.0), limit: 1, ..wanted.filter.clone() };
        let Some(row) = seen(service, &one)?.into_iter().next() else { continue };
        match printed(service, say, &row, wanted.orientation) {
            Ok(pass) => passes.push(pass),
            Err(Fault::Refused(Reason::VoucherStateConflict)) if wanted.vouchers.len() > 1 => {}
            Err(fault) => return Err(fault),
        }
    }
    let labels = labels(say, service.host());
    Ok(pdf::sheet(&labels, wanted.format, &passes, &mut |_| {}))
}

/// A document as an answer.
pub fn answer(drawn: Result<Vec<u8>, PdfFailure>, name: &str) -> Result<HttpResponse, Problem> {
    let bytes = drawn.map_err(|cause| match cause {
        PdfFailure::Nothing => Problem::from(Wrong::NotFound),
        cause => {
            tracing::error!(%cause, "a pass could not be drawn");
            Wrong::Internal.into()
        }
    })?;
    Ok(HttpResponse::Ok()
        .content_type("application/pdf")
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::CONTENT_DISPOSITION, format!("inline; filename=\"{name}.pdf\"")))
        .body(bytes))
}

/// The format of a code.
pub fn format(code: &str) -> Option<Format> {
    match code {
        "cards" => Some(Format::Cards),
        "quarters" => Some(Format::Quarters),
        "pages" => Some(Format::Pages),
        _ => None,
    }
}

/// What a pass says.
pub fn printed(
    service: &Service,
    say: &Say,
    row: &VoucherView,
    orientation: &Orientation,
) -> Result<Pass, Fault> {
    let paper = service.paper(row.id)?;
    let named = service.database().programme(row.programme)?;
    let places = nearby(service.database(), &orientation.search(row.programme))?;
    let zone = named.as_ref().map_or_else(Zone::paris, |named| named.terms.time_zone.clone());
    let today = service.clock.now().day(&zone);
    // One that is not good was said on the form.
    let appointment = orientation.appointment(say, &places, row, today).ok().flatten();
    let days = named.as_ref().and_then(|programme| programme.terms.validity_days);
    let validity = match (row.state, days) {
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
        appointment,
        specimen: paper.specimen,
    })
}

/// The sentences that all passes share.
pub fn labels(say: &Say, host: &str) -> Labels {
    let steps = ["choose", "bring", "show", "free", "keep"];
    let looks = say.looks();
    Labels {
        language: match say.code() {
            "fr" => "fr-FR".to_owned(),
            code => code.to_owned(),
        },
        title: say.t("product"),
        logo: say.paper_logo(),
        operator: looks.map_or_else(|| host.to_owned(), |looks| looks.name.clone()),
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
