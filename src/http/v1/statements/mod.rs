//! Statements of closed months: listed, and each in four forms with the same figures.
//! No figures are made here: a statement is archived as it was made.

pub mod files;

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use utoipa::IntoParams;

use super::reports::Format;
use crate::{
    app::{statement_sheet::sheet, statements},
    domain::{
        access::Verb, ids::StatementId, period::view::StatementView, statement::Statement,
        view::Filter,
    },
    http::{
        Shared,
        access::Caller,
        block,
        extract::only,
        problem::{Problem, Wrong},
        say::Say,
    },
};

reads!("statements", StatementRead, StatementView from statements,
    list_statements at "/v1/statements", read_statement at "/v1/statements/{id}");

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Form {
    #[serde(default)]
    #[param(inline)]
    pub format: Format,
}

/// The statement: as JSON, which is the source of all its figures and whose SHA-256 the list
/// tells; as CSV, workbook or tagged document in the caller's language. Each is the same bytes
/// whenever it is asked for.
#[utoipa::path(get, path = "/v1/statements/{id}/document", tag = "statements",
    params(("id" = String, Path), Form),
    responses((status = 200, content((Statement = "application/json"), (String = "text/csv"),
        (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (Vec<u8> = "application/pdf")))))]
pub async fn statement_document(
    state: Shared,
    caller: Caller,
    request: HttpRequest,
    id: web::Path<i64>,
    form: web::Query<Form>,
) -> Result<HttpResponse, Problem> {
    let say = Say::accepted(state.clone(), request.headers());
    document(&state, caller, *id, form.format, say).await
}

/// # Errors
/// As the operation.
pub async fn document(
    state: &Shared,
    caller: Caller,
    id: i64,
    format: Format,
    say: Say,
) -> Result<HttpResponse, Problem> {
    let filter = Filter::one(caller.may(Verb::StatementRead)?, id);
    let rows = block(state, move |service| Ok(service.database().statements(&filter)?));
    let row: StatementView = only(rows.await?)?;
    let name = format!("statement-{}-{}-{}", row.programme, row.month, row.number);
    let id = StatementId(id);
    if format == Format::Json {
        let text = block(state, move |service| Ok(service.database().statement_text(id)?));
        let text = text.await?.ok_or(Wrong::NotFound)?;
        return Ok(files::download(&name, format).body(text));
    }
    let kept = format!("statement/{id}/{}/{}", format.code(), say.code());
    let sha256 = row.sha256;
    let bytes = block(state, move |service| {
        let database = service.database();
        if let Some(bytes) = database.kept_file(&kept)? {
            return Ok(Ok(bytes));
        }
        let statement = statements::read(database, id)?;
        let (sheet, title) = (sheet(&statement, &sha256), files::title(&statement, &say));
        match files::drawn(&sheet, title, format, service.host(), &say) {
            Ok(bytes) => Ok(Ok(database.keep_file(&kept, bytes)?)),
            Err(problem) => Ok(Err(problem)),
        }
    });
    let bytes = bytes.await??;
    Ok(files::download(&name, format).body(bytes))
}

pub fn routes(config: &mut web::ServiceConfig) {
    config
        .service(web::resource("/v1/statements").route(web::get().to(list_statements)))
        .service(web::resource("/v1/statements/{id}").route(web::get().to(read_statement)))
        .service(
            web::resource("/v1/statements/{id}/document").route(web::get().to(statement_document)),
        );
}
