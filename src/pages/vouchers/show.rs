//! One pass: what is left, what happened, and what can be done with it.
//! Its QR is bearer value: only who may print it sees it.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use super::{
    change::{Change, MISDIRECTED},
    send::{Given, SendForm, Told},
};
use crate::{
    app::{
        nearby::{Nearby, nearby},
        service::{Fault, Service},
    },
    domain::{
        access::Verb,
        calendar::Zone,
        life::{State, Voucher},
        message::{Message, MessageView},
        printing::{Printed, Printing},
        programme::Programme,
        service::Service as Need,
        view::{Filter, VoucherView},
    },
    http::{
        block,
        extract::only,
        problem::{Problem, Wrong},
        say::Say,
        v1::vouchers::{own, seen, send::MOST_MESSAGES},
    },
    pages::{
        form::{Mistake, Once},
        layout::{Layout, page, page_again},
        near::told,
        printing::{AppointmentFields, Orientation},
        stop::Stop,
        visitor::{Visitor, place_cookie, place_of},
    },
    print::{pdf::Venue, qr::Medium},
};

const SCREEN_MM: u32 = 70;

/// What the paper of a pass shows.
struct Paper {
    manual_code: String,
}

#[derive(Template)]
#[template(path = "vouchers/show.html")]
struct ShowPage {
    layout: Layout,
    once: Once,
    row: VoucherView,
    programme: String,
    paper: Option<Paper>,
    /// The commune that was asked for, and the places near it.
    near: String,
    /// The services that it can be for: code, words, and whether it is the one.
    needs: Vec<(&'static str, String, bool)>,
    need: &'static str,
    places: Vec<Venue>,
    appointment: AppointmentFields,
    /// What is wrong with how it is to be printed.
    mistakes: Vec<Mistake>,
    /// Where it is printed once more.
    again: String,
    changes: Vec<Change>,
    /// Its log of printing, the last time first.
    printed: Vec<PrintingTold>,
    send: Option<SendForm>,
    messages: Vec<Told>,
    /// Whether it may have gone to somebody else.
    misdirected: bool,
}

/// An entry of the log of printing.
struct PrintingTold {
    at: String,
    /// Empty for who may not print: they see that it was, not by whom.
    by: String,
    /// Empty the first time.
    why: String,
}

/// How the page is come to.
pub enum View {
    /// Perhaps with a commune to find places near.
    Looked(Orientation),
    /// A form that was not right.
    SendAgain(Given, Problem),
    /// An appointment that was not right.
    PrintAgain(Orientation, Mistake),
}

pub async fn show(
    visitor: Visitor,
    request: HttpRequest,
    id: web::Path<i64>,
    query: web::Query<Orientation>,
) -> Result<HttpResponse, Stop> {
    let asked = query.into_inner();
    let keep = asked.says_near().then(|| place_cookie(&request, &asked.near()));
    let asked = asked.or_near(place_of(&request));
    let mut answer = shown(visitor, *id, View::Looked(asked)).await?;
    if let Some(cookie) = keep {
        drop(answer.add_cookie(&cookie));
    }
    Ok(answer)
}

/// What is read about a pass.
struct Found {
    row: VoucherView,
    programme: Option<Programme>,
    paper: Option<Paper>,
    places: Vec<Nearby>,
    messages: Vec<MessageView>,
    /// With the name of who printed it.
    printed: Vec<(Printing, String)>,
}

fn found(
    service: &Service,
    filter: &Filter,
    prints: bool,
    orientation: &Orientation,
) -> Result<Option<Found>, Fault> {
    let Some(row) = seen(service, filter)?.into_iter().next() else { return Ok(None) };
    let programme = service.database().programme(row.programme)?;
    let paper = if prints && Voucher::signable(row.state) {
        match service.paper(row.id) {
            Ok(paper) => Some(Paper { manual_code: paper.manual_code }),
            Err(Fault::Refused(_)) => None,
            Err(fault) => return Err(fault),
        }
    } else {
        None
    };
    let places = nearby(service.database(), &orientation.search(row.programme))?;
    let messages = service.database().messages_of(row.id, MOST_MESSAGES)?;
    let messages = messages.iter().map(Message::view).collect();
    let printed = service.database().printings(Printed::Pass(row.id))?;
    let named = |one: Printing| {
        let person = if prints { service.database().user(one.by)? } else { None };
        Ok((one, person.map(|person| person.name).unwrap_or_default()))
    };
    let printed = printed.into_iter().map(named).collect::<Result<_, Fault>>()?;
    Ok(Some(Found { row, programme, paper, places, messages, printed }))
}

pub async fn shown(visitor: Visitor, id: i64, view: View) -> Result<HttpResponse, Stop> {
    let (orientation, again, mistakes) = match view {
        View::Looked(asked) => (asked, None, Vec::new()),
        View::SendAgain(given, problem) => {
            (Orientation::default(), Some((given, problem)), Vec::new())
        }
        View::PrintAgain(asked, mistake) => (asked, None, vec![mistake]),
    };
    let (filter, wanted) = (Filter::one(visitor.may(Verb::VoucherRead)?, id), orientation.clone());
    let prints = visitor.may(Verb::VoucherPrint).is_ok();
    let read = move |service: &Service| found(service, &filter, prints, &wanted);
    let found = block(&visitor.state, read).await?;
    let Found { row, programme, paper, places, messages, printed } =
        only(found.into_iter().collect())?;
    let problem = again.as_ref().map(|(_, problem)| problem.clone());
    let problem =
        problem.or_else(|| mistakes.first().map(|_| Problem::field(Wrong::FieldInvalid, "at")));
    let reminders = programme.as_ref().is_some_and(|programme| programme.terms.reminders);
    let send = if paper.is_some() && row.state == State::Active {
        SendForm::open(&visitor, reminders, again)
    } else {
        None
    };
    let (changes, went) = Change::open(&visitor, row.state)
        .into_iter()
        .partition::<Vec<_>, _>(|change| change.code != MISDIRECTED);
    let zone = programme.as_ref().map(|programme| programme.terms.time_zone.clone());
    let today = visitor.state.service.clock.now().day(&zone.unwrap_or_else(Zone::paris));
    let need = orientation.need();
    let title = visitor.say.of("voucher-title", &row.reference);
    let page_of = ShowPage {
        layout: visitor.titled(title),
        misdirected: !went.is_empty(),
        messages: messages
            .into_iter()
            .map(|view| told_of(&visitor, programme.as_ref(), view))
            .collect(),
        programme: programme.map(|programme| programme.name).unwrap_or_default(),
        places: places.iter().map(|place| told(&visitor.say, place)).collect(),
        printed: printed.into_iter().map(|one| printing_told(&visitor.say, one)).collect(),
        once: Once::new(&visitor),
        near: orientation.near(),
        needs: Need::ALL.into_iter().map(|one| choice(&visitor.say, one, need)).collect(),
        need: need.map_or("", Need::code),
        appointment: AppointmentFields::of(&orientation, &places, &row, today),
        mistakes,
        again: format!("/vouchers/{}/print?{}", row.id, orientation.query()),
        row,
        paper,
        changes,
        send,
    };
    Ok(match problem {
        Some(problem) => page_again(&problem, &page_of)?,
        None => page(&page_of)?,
    })
}

fn choice(say: &Say, one: Need, chosen: Option<Need>) -> (&'static str, String, bool) {
    (one.code(), say.t(&format!("service-{}", one.code())), chosen == Some(one))
}

fn printing_told(say: &Say, (printing, by): (Printing, String)) -> PrintingTold {
    let why = printing.again.map(|again| say.t(&format!("again-{}", again.code())));
    PrintingTold { at: say.moment(printing.at, &Zone::paris()), by, why: why.unwrap_or_default() }
}

/// A message in its reader's words and time zone.
fn told_of(visitor: &Visitor, programme: Option<&Programme>, view: MessageView) -> Told {
    let made_at =
        programme.map(|programme| visitor.say.moment(view.made_at, &programme.terms.time_zone));
    let trouble = view.trouble.map(|trouble| visitor.say.t(&format!("trouble-{}", trouble.code())));
    Told { made_at: made_at.unwrap_or_default(), trouble, view }
}

pub async fn qr(visitor: Visitor, id: web::Path<i64>) -> Result<HttpResponse, Stop> {
    let voucher = own(&visitor.state, visitor.caller, Verb::VoucherPrint, *id).await?;
    let svg = block(&visitor.state, move |service| {
        Ok(service.paper(voucher)?.qr(Medium::Screen)?.svg(SCREEN_MM))
    })
    .await?;
    Ok(HttpResponse::Ok().content_type("image/svg+xml").body(svg))
}

impl ShowPage {
    fn stock(&self) -> bool {
        self.row.state == State::Stock
    }
}
