//! The page that takes a bank's answer to a run as a file, and the run's own file.
//! No reading of the format: `domain/sepa` does it.

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
    domain::{access::Verb, settlement::view::SettlementView, view::Filter},
    http::{
        block,
        extract::only,
        problem::{Problem, Wrong},
        v1::settlements::{self, AnswerTaken, MOST_ANSWER_BYTES},
    },
};

/// To be configured before the section of runs, which takes any last part.
pub fn routes(config: &mut web::ServiceConfig) {
    config.route("/settlements/{id}/pain.001.xml", web::get().to(file)).service(
        web::resource("/settlements/{id}/bank-answer")
            .app_data(uploads(MOST_ANSWER_BYTES))
            .route(web::get().to(form))
            .route(web::post().to(take)),
    );
}

#[derive(Template)]
#[template(path = "registry/bank-answer.html")]
struct AnswerPage {
    layout: Layout,
    form_token: String,
    run: SettlementView,
    mistakes: Vec<Mistake>,
    /// What was done, a sentence each.
    done: Vec<String>,
}

impl AnswerPage {
    fn new(
        visitor: &Visitor,
        run: SettlementView,
        mistakes: Vec<Mistake>,
        done: Option<AnswerTaken>,
    ) -> Self {
        let (layout, token) = (visitor.layout("bank-answer"), &visitor.session.form_token);
        let said = done.map(|done| {
            let counts = [
                ("bank-answer-changed", done.changed),
                ("bank-answer-known", done.known),
                ("bank-answer-pending", done.pending),
            ];
            let count = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
            counts.map(|(key, number)| visitor.say.n(key, &count(number))).to_vec()
        });
        let done = said.unwrap_or_default();
        Self { layout, form_token: token.clone(), run, mistakes, done }
    }
}

async fn run(visitor: &Visitor, id: i64) -> Result<SettlementView, Stop> {
    let filter = Filter::one(visitor.may(Verb::SettlementAnswer)?, id);
    let rows = block(&visitor.state, move |service| Ok(service.database().settlements(&filter)?));
    Ok(only(rows.await?)?)
}

async fn file(visitor: Visitor, id: web::Path<i64>) -> Result<HttpResponse, Stop> {
    let (state, caller) = (visitor.state.clone(), visitor.caller);
    Ok(settlements::settlement_file(state, caller, id).await?)
}

async fn form(visitor: Visitor, id: web::Path<i64>) -> Result<HttpResponse, Stop> {
    let run = run(&visitor, *id).await?;
    Ok(page(&AnswerPage::new(&visitor, run, Vec::new(), None))?)
}

#[derive(MultipartForm)]
struct Given {
    form_token: Text<String>,
    #[multipart(limit = "64MiB")]
    file: Upload,
}

async fn take(
    visitor: Visitor,
    id: web::Path<i64>,
    given: MultipartForm<Given>,
) -> Result<HttpResponse, Stop> {
    run(&visitor, *id).await?;
    let Given { form_token, file } = given.into_inner();
    visitor.sent(&form_token)?;
    let taken = if file.data.is_empty() {
        Err(Problem::field(Wrong::FieldInvalid, "file"))
    } else {
        settlements::take_answer(&visitor.state, visitor.caller, *id, file.data).await
    };
    let run = run(&visitor, *id).await?;
    match taken {
        Ok(taken) => Ok(page(&AnswerPage::new(&visitor, run, Vec::new(), Some(taken)))?),
        Err(problem) => {
            let said = match problem.reason() {
                "field_invalid" => visitor.say.t("import-no-file"),
                _ => visitor.say.problem(&problem),
            };
            let mistakes = vec![Mistake { field: "file".to_owned(), said }];
            Ok(page_again(&problem, &AnswerPage::new(&visitor, run, mistakes, None))?)
        }
    }
}
