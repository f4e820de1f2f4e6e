//! The page that imports venues from a file in the national schema: what was kept, and what is
//! wrong, line by line.
//! No reading of the format: `domain/national_schema` has it.

use actix_multipart::form::{MultipartForm, bytes::Bytes as Upload, text::Text};
use actix_web::{HttpResponse, web};
use askama::Template;

use super::{
    form::{Mistake, uploads},
    layout::{Layout, page, page_again},
    stop::Stop,
    visitor::Visitor,
};
use crate::{
    app::import_venues::Imported,
    domain::{
        access::Verb,
        national_schema::{MAX_BYTES, Problem as Found, Severity},
        registry::Approval,
    },
    http::{
        block,
        problem::{Problem, Wrong},
    },
};

/// Problems that a page lists; the rest is counted.
const MOST_PROBLEMS: usize = 500;

/// To be configured before the section of venues, which takes any last part.
pub fn routes(config: &mut web::ServiceConfig) {
    config.service(
        web::resource("/venues/import")
            .app_data(uploads(MAX_BYTES))
            .route(web::get().to(form))
            .route(web::post().to(import)),
    );
}

#[derive(Template)]
#[template(path = "registry/import.html")]
struct ImportPage {
    layout: Layout,
    form_token: String,
    mistakes: Vec<Mistake>,
    done: Option<Imported>,
}

impl ImportPage {
    fn new(visitor: &Visitor, mistakes: Vec<Mistake>, done: Option<Imported>) -> Self {
        let (layout, token) = (visitor.layout("import-title"), &visitor.session.form_token);
        Self { layout, form_token: token.clone(), mistakes, done }
    }

    fn shown(done: &Imported) -> impl Iterator<Item = &Found> {
        done.problems.iter().take(MOST_PROBLEMS)
    }

    /// What was done, a sentence each.
    fn counts(&self, done: &Imported) -> Vec<String> {
        let wrong = done.problems.iter().filter(|problem| problem.severity == Severity::Error);
        let errors = u64::try_from(wrong.count()).unwrap_or(u64::MAX);
        let counts = [
            ("import-added", done.added),
            ("import-changed", done.changed),
            ("import-unchanged", done.unchanged),
            ("import-organisations", done.organisations),
            ("import-errors", errors),
        ];
        let said = |(key, count): (&str, u64)| {
            self.layout.say.n(key, &i64::try_from(count).unwrap_or(i64::MAX))
        };
        counts.into_iter().map(said).collect()
    }

    /// That there are more problems than are listed.
    fn more(&self, done: &Imported) -> Option<String> {
        let more = done.problems.len().checked_sub(MOST_PROBLEMS).filter(|more| *more > 0)?;
        Some(self.layout.say.n("import-more", &i64::try_from(more).ok()?))
    }
}

async fn form(visitor: Visitor) -> Result<HttpResponse, Stop> {
    visitor.may(Verb::VenueImport)?;
    Ok(page(&ImportPage::new(&visitor, Vec::new(), None))?)
}

#[derive(MultipartForm)]
struct Given {
    form_token: Text<String>,
    approve: Option<Text<String>>,
    #[multipart(limit = "32MiB")]
    file: Upload,
}

async fn import(visitor: Visitor, given: MultipartForm<Given>) -> Result<HttpResponse, Stop> {
    visitor.may(Verb::VenueImport)?;
    let Given { form_token, approve, file } = given.into_inner();
    visitor.sent(&form_token)?;
    if file.data.is_empty() {
        let problem = Problem::field(Wrong::FieldInvalid, "file");
        let said = visitor.say.t("import-no-file");
        let mistakes = vec![Mistake { field: "file".to_owned(), said }];
        return Ok(page_again(&problem, &ImportPage::new(&visitor, mistakes, None))?);
    }
    let approval = if approve.is_some() { Approval::Approved } else { Approval::Pending };
    let by = Some(visitor.caller.user);
    let done = block(&visitor.state, move |service| {
        service.import_venues(by, &file.data, approval, &|_, _| {})
    })
    .await?;
    Ok(page(&ImportPage::new(&visitor, Vec::new(), Some(done)))?)
}
