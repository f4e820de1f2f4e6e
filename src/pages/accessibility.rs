//! The declaration of accessibility, which everybody reads, and the form in which it is made.
//! No audit: the operator has one made, and tells what it found.

use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::{
    form::Mistake,
    layout::{Layout, page, page_again},
    stop::{Stop, see_other},
    visitor::{Guest, Visitor},
};
use crate::{
    domain::{
        access::Verb,
        calendar::Zone,
        declaration::{BadDeclaration, Conformity, Declaration},
    },
    http::{
        block,
        problem::{Problem, Wrong},
    },
    words::Fact,
};

pub fn routes(config: &mut web::ServiceConfig) {
    config.route("/accessibility", web::get().to(read)).service(
        web::resource("/manage/accessibility")
            .route(web::get().to(form))
            .route(web::post().to(change)),
    );
}

#[derive(Template)]
#[template(path = "accessibility/read.html")]
struct ReadPage {
    layout: Layout,
    declaration: Option<Declaration>,
    commits: String,
    audited: Option<String>,
    made: Option<String>,
    /// Where difficulties are told, as a link where it is an address.
    mail: Option<String>,
}

async fn read(guest: Guest) -> Result<HttpResponse, Stop> {
    let declaration = guest.state.service.declaration().map(|one| (*one).clone());
    let contact = declaration.as_ref().map(|one| one.contact.clone());
    let mail = contact.filter(|contact| contact.contains('@') && !contact.contains(' '));
    let (say, layout) = (&guest.say, guest.layout("accessibility-title"));
    let audit = declaration.as_ref().and_then(|one| Some((one.audited_on?, &one.audited_by)));
    let audited = audit.map(|(day, by)| {
        let facts = [("name", Fact::from(by.clone())), ("day", Fact::from(say.day(&day)))];
        say.say("accessibility-audited", &facts)
    });
    let made = declaration.as_ref();
    let made = made.map(|one| say.of("accessibility-made", &say.day(&one.changed_on)));
    let commits = say.of("accessibility-commits", &layout.name());
    Ok(page(&ReadPage { layout, declaration, commits, audited, made, mail })?)
}

#[derive(Template)]
#[template(path = "accessibility/form.html")]
struct FormPage {
    layout: Layout,
    form_token: String,
    mistakes: Vec<Mistake>,
    /// Their codes, and which is chosen.
    conformities: Vec<(&'static str, bool)>,
    given: Given,
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct Given {
    form_token: String,
    conformity: String,
    audited_on: String,
    audited_by: String,
    contact: String,
    exceptions: String,
}

impl FormPage {
    fn new(visitor: &Visitor, given: Given, mistakes: Vec<Mistake>) -> Self {
        let conformity = |one: Conformity| (one.code(), one.code() == given.conformity);
        Self {
            layout: visitor.layout("accessibility-form-title"),
            form_token: visitor.session.form_token.clone(),
            mistakes,
            conformities: Conformity::ALL.into_iter().map(conformity).collect(),
            given,
        }
    }
}

async fn form(visitor: Visitor) -> Result<HttpResponse, Stop> {
    visitor.may(Verb::LooksChange)?;
    let known = visitor.state.service.declaration();
    let given = known.map_or_else(Given::default, |known| Given {
        form_token: String::new(),
        conformity: known.conformity.code().to_owned(),
        audited_on: known.audited_on.map(|day| day.to_string()).unwrap_or_default(),
        audited_by: known.audited_by.clone(),
        contact: known.contact.clone(),
        exceptions: known.exceptions.clone(),
    });
    Ok(page(&FormPage::new(&visitor, given, Vec::new()))?)
}

async fn change(visitor: Visitor, given: web::Form<Given>) -> Result<HttpResponse, Stop> {
    let given = given.into_inner();
    visitor.sent(&given.form_token)?;
    visitor.may(Verb::LooksChange)?;
    let by = visitor.caller.user;
    let wrong = match declared(&visitor, &given) {
        Ok(declaration) => {
            block(&visitor.state, move |service| service.declare(by, &declaration)).await?;
            return Ok(see_other("/manage/accessibility?done=accessibility"));
        }
        Err(field) => field,
    };
    let said = visitor.say.t(&format!("accessibility-wrong-{}", wrong.replace('_', "-")));
    let mistakes = vec![Mistake { field: wrong.to_owned(), said }];
    let again = FormPage::new(&visitor, given, mistakes);
    Ok(page_again(&Problem::field(Wrong::FieldInvalid, wrong), &again)?)
}

/// What the form declares, or the field that is not right.
fn declared(visitor: &Visitor, given: &Given) -> Result<Declaration, &'static str> {
    let conformity = Conformity::from_code(&given.conformity).ok_or("conformity")?;
    let audited_on = match given.audited_on.trim() {
        "" => None,
        day => Some(day.parse().map_err(|_| "audited_on")?),
    };
    let declaration = Declaration {
        conformity,
        audited_on,
        audited_by: given.audited_by.trim().to_owned(),
        contact: given.contact.trim().to_owned(),
        exceptions: given.exceptions.replace('\r', "").trim().to_owned(),
        changed_on: visitor.state.service.clock.now().day(&Zone::paris()),
    };
    declaration.check().map_err(BadDeclaration::field)
}
