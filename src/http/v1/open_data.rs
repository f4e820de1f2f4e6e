//! Usage for everybody, without a log-in: JSON, CSV, and what the columns mean.
//! No sums, and nothing left out here: `app/open_data.rs` has what is published.

use actix_web::{HttpResponse, http::header, web};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use crate::{
    app::open_data::{self, FRESH_S, OpenData},
    domain::open_data::schema,
    http::{
        Shared, block,
        problem::{Problem, Wrong},
    },
};

#[derive(Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OpenForm {
    #[default]
    Json,
    Csv,
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Open {
    #[serde(default)]
    #[param(inline)]
    format: OpenForm,
}

fn kept() -> (header::HeaderName, String) {
    (header::CACHE_CONTROL, format!("public, max-age={FRESH_S}"))
}

/// Usage by programme, month and territory, of months that are over, under the Licence Ouverte
/// 2.0 (Etalab). A row is there if each of its counts is none or five at least; where the others
/// of its programme and month come to fewer, it is left out with them. Public: no log-in.
#[utoipa::path(get, path = "/v1/open-data", tag = "open-data", security(()), params(Open),
    responses((status = 200,
        content((OpenData = "application/json"), (String = "text/csv")))))]
pub async fn open_usage(state: Shared, query: web::Query<Open>) -> Result<HttpResponse, Problem> {
    let data = block(&state, crate::app::service::Service::open_data).await?;
    let mut response = HttpResponse::Ok();
    response.insert_header(kept());
    match query.format {
        OpenForm::Json => Ok(response.json(&*data)),
        OpenForm::Csv => {
            let text = open_data::csv(&data).map_err(|_| Wrong::Internal)?;
            Ok(response
                .content_type("text/csv; charset=utf-8")
                .insert_header(("Content-Disposition", "attachment; filename=\"usage.csv\""))
                .body(text))
        }
    }
}

/// What the columns of the CSV mean: a table schema. Public: no log-in.
#[utoipa::path(get, path = "/v1/open-data/schema", tag = "open-data", security(()),
    responses((status = 200, body = serde_json::Value)))]
pub async fn open_schema() -> HttpResponse {
    HttpResponse::Ok().insert_header(kept()).json(schema())
}

pub fn routes(config: &mut web::ServiceConfig) {
    config
        .service(web::resource("/v1/open-data").route(web::get().to(open_usage)))
        .service(web::resource("/v1/open-data/schema").route(web::get().to(open_schema)));
}
