//! What all pages share: title, the way to other pages, who is logged in, the page of a problem.
//! No routes.

use actix_web::{
    HttpResponse,
    http::header::{self, HeaderName, HeaderValue},
};
use askama::Template;

use super::{assets, looks::Brand, stop::encoded, visitor::Visitor};
use crate::{
    domain::{access, access::Verb, calendar::Zone, message::Standstill, registry::Role},
    http::{problem::Problem, say::Say},
    words::Fact,
};

/// A page that the head of all pages leads to.
pub struct Way {
    pub place: &'static str,
    pub name: String,
    /// This very page.
    pub here: bool,
}

/// Who is logged in.
pub struct Person {
    pub name: String,
    pub form_token: String,
}

/// The frame of a page.
pub struct Layout {
    pub say: Say,
    pub title: String,
    pub style: &'static str,
    pub ways: Vec<Way>,
    pub person: Option<Person>,
    /// Chooses the other language and comes back.
    pub other_language: String,
    /// What was just done, to be read out.
    pub done: Option<String>,
    /// What the operator has to mend now.
    pub alerts: Vec<String>,
    pub brand: Brand,
    /// How far the pages are accessible, as the operator declares.
    pub conformity: &'static str,
}

/// Where the head leads, in its order, and what one must be allowed to do to go there.
const WAYS: &[(&str, &str, Verb)] = &[
    ("/vouchers/new", "way-issue", Verb::VoucherIssue),
    ("/vouchers", "way-vouchers", Verb::VoucherRead),
    ("/scan", "way-scan", Verb::RedemptionCreate),
    ("/redemptions", "way-redemptions", Verb::RedemptionRead),
    ("/reports", "way-reports", Verb::ReportRead),
    ("/manage", "way-manage", Verb::ReportRead),
];

impl Layout {
    pub fn new(say: Say, title: String, place: &str) -> Self {
        let other = say.other();
        let other_language = format!("/language/{}?next={}", other.code(), encoded(place));
        let done = place.split(['?', '&']).find_map(|pair| pair.strip_prefix("done="));
        let done = done
            .map(|done| format!("done-{done}"))
            .map(|key| (say.t(&key), key))
            .filter(|(said, key)| said != key)
            .map(|(said, _)| said);
        let style = assets::STYLE.place;
        let brand = Brand::of(say.looks().as_deref());
        let conformity = say.conformity().code();
        Self {
            say,
            title,
            style,
            ways: Vec::new(),
            person: None,
            other_language,
            done,
            alerts: Vec::new(),
            brand,
            conformity,
        }
    }

    /// Whose pages these are.
    pub fn name(&self) -> String {
        self.brand.name.clone().unwrap_or_else(|| self.say.t("product"))
    }

    pub fn with(mut self, visitor: &Visitor) -> Self {
        let here = visitor.place.split('?').next().unwrap_or_default();
        let open =
            WAYS.iter().filter(|(_, _, verb)| access::within(visitor.caller.role, *verb).is_some());
        let way = |(place, name, _): &(&'static str, &str, Verb)| Way {
            place,
            name: self.say.t(name),
            here: *place == here,
        };
        self.ways = open.map(way).collect();
        if visitor.caller.role == Role::Operator {
            let standstills = visitor.state.service.standstills();
            self.alerts = standstills.iter().map(|one| alert(&self.say, one)).collect();
        }
        self.person = Some(Person {
            name: visitor.user.name.clone(),
            form_token: visitor.session.form_token.clone(),
        });
        self
    }
}

fn alert(say: &Say, one: &Standstill) -> String {
    let facts = [
        ("since", Fact::from(say.moment(one.since, &Zone::paris()))),
        ("why", Fact::from(say.t(&format!("trouble-{}", one.trouble.code())))),
    ];
    say.say(&format!("standstill-{}", one.channel.code()), &facts)
}

/// A page as an answer.
pub fn page(template: &impl Template) -> Result<HttpResponse, Problem> {
    Ok(answer(HttpResponse::Ok(), template.render()?))
}

/// A page that neither a browser nor a proxy keeps, and no search engine lists.
pub fn unkept(mut page: HttpResponse) -> HttpResponse {
    let headers = page.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(HeaderName::from_static("x-robots-tag"), HeaderValue::from_static("noindex"));
    page
}

/// A page of a form that has to be sent again, with the status of what was wrong.
pub fn page_again(problem: &Problem, template: &impl Template) -> Result<HttpResponse, Problem> {
    Ok(answer(HttpResponse::build(problem.status()), template.render()?))
}

fn answer(mut response: actix_web::HttpResponseBuilder, body: String) -> HttpResponse {
    response.content_type("text/html; charset=utf-8").body(body)
}

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage {
    layout: Layout,
    detail: String,
}

/// What went wrong, and a way back.
pub fn error_page(say: &Say, problem: &Problem) -> HttpResponse {
    let title = say.t(&format!("status-{}", problem.status().as_u16()));
    let detail = say.problem(problem);
    let page = ErrorPage { layout: Layout::new(say.clone(), title, "/"), detail };
    answer(HttpResponse::build(problem.status()), page.render().unwrap_or_default())
}
