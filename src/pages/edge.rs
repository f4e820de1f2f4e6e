//! Around every page: forms from this site only, problems as pages, what a browser may load.
//! No routes.

use actix_web::{
    Error, HttpMessage as _,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::{
        Method,
        header::{self, HeaderMap, HeaderName, HeaderValue},
    },
    middleware::Next,
};

use super::{layout::error_page, stop::Stop, visitor::reader};
use crate::http::{
    Shared,
    problem::{Problem, Wrong},
    say::Say,
};

/// What a page may load: its own style and pictures, nothing of anybody else's, and no script.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self' data:; \
     form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

pub async fn around(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    // What nobody answers below /v1 is the API's to say.
    if request.path().starts_with("/v1/") {
        return Ok(next.call(request).await?.map_into_boxed_body());
    }
    let Some(state) = request.app_data::<Shared>().cloned() else {
        return Err(Problem::from(Wrong::Internal).into());
    };
    let say = reader(state.clone(), request.request());
    request.extensions_mut().insert(say.clone());
    if *request.method() != Method::GET && !from_here(request.headers()) {
        let page = error_page(&say, &Problem::from(Wrong::Forbidden));
        return Ok(request.into_response(page));
    }
    let response = next.call(request).await?;
    let mut response = told(response, &state, &say);
    let headers = response.headers_mut();
    if !headers.contains_key(header::CONTENT_SECURITY_POLICY) {
        let name = HeaderName::from_static("content-security-policy");
        headers.insert(name, HeaderValue::from_static(POLICY));
    }
    Ok(response)
}

/// Whether a form was sent from a page of this site, as far as the browser tells.
fn from_here(headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = text("sec-fetch-site") {
        return matches!(site, "same-origin" | "none");
    }
    let Some(origin) = text("origin") else { return true };
    let host = origin.split_once("://").map(|(_, host)| host);
    host.is_some() && host == text("host")
}

/// A problem as a page in its reader's language.
fn told(
    response: ServiceResponse<impl MessageBody + 'static>,
    state: &Shared,
    say: &Say,
) -> ServiceResponse<BoxBody> {
    let status = response.status();
    let kind = response.headers().get(header::CONTENT_TYPE);
    let is_page = kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    if is_page || !(status.is_client_error() || status.is_server_error()) {
        return response.map_into_boxed_body();
    }
    let problem = response.response().error().and_then(|error| {
        let stop = error.as_error::<Stop>().and_then(|stop| match stop {
            Stop::Problem(problem) => Some(problem),
            Stop::LogIn { .. } | Stop::SecondFactor => None,
        });
        stop.or_else(|| error.as_error::<Problem>()).cloned()
    });
    let problem = problem.unwrap_or_else(|| Problem::of_status(status));
    state.metrics.refused(problem.reason());
    let page = error_page(say, &problem);
    response.into_response(page)
}
