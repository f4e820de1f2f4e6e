//! Around every request: its id, the rate limit, problem documents, headers, one log line.
//! No bodies and no bearer texts in logs: long runs of digits in a path are redacted.

use actix_web::{
    Error,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::{
        Method, StatusCode,
        header::{self, HeaderMap, HeaderName, HeaderValue},
    },
    middleware::Next,
};
use sha2::{Digest as _, Sha256};

use super::{
    Shared, State, docs,
    limits::Allowance,
    problem::{CONTENT_TYPE, Problem, Wrong},
};
use crate::words::Language;

const SHORTEST_SECRET_DIGITS: usize = 12;

/// Wraps the app.
pub async fn around(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let Some(state) = request.app_data::<Shared>().cloned() else {
        return Err(Problem::from(Wrong::Internal).into());
    };
    let begun = state.service.clock.now();
    let id = request_id(&state, request.headers());
    let language = language(request.headers());
    let (method, path) = (request.method().clone(), redacted(request.path()));
    let is_docs = request.path().starts_with(docs::PATH);
    let not_changed_since = if_none_match(&request);
    // No clone of the request may live across `call`: the router needs it alone.
    let (mut response, allowance) = match admitted(&state, &request) {
        Err(problem) => {
            state.metrics.refused(problem.reason());
            let answer = problem.respond(&state.words, language, &id);
            (request.into_response(answer), None)
        }
        Ok(allowance) => (told(next.call(request).await?, &state, language, &id), allowance),
    };
    if let Some(Allowance { burst, remaining }) = allowance {
        set(response.headers_mut(), "ratelimit-policy", &format!("\"address\";q={burst};w=2"));
        set(response.headers_mut(), "ratelimit", &format!("\"address\";r={remaining};t=2"));
    }
    let mut response = tagged(response, not_changed_since.as_deref());
    protect(response.headers_mut(), is_docs);
    set(response.headers_mut(), "x-request-id", &id);
    let took_us = state.service.clock.now().0.saturating_sub(begun.0);
    let route = response.request().match_pattern();
    state.metrics.answered(method.as_str(), route, response.status(), took_us);
    let status = response.status().as_u16();
    tracing::info!(target: "access", request_id = %id, %method, path, status, took_us);
    Ok(response)
}

fn set(headers: &mut HeaderMap, name: &'static str, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(HeaderName::from_static(name), value);
    }
}

fn admitted(state: &State, request: &ServiceRequest) -> Result<Option<Allowance>, Problem> {
    let address = if state.settings.behind_proxy {
        let told = request.connection_info();
        told.realip_remote_addr().and_then(|address| address.parse().ok())
    } else {
        request.peer_addr().map(|address| address.ip())
    };
    address.map(|address| state.limiter.address(address)).transpose()
}

/// The tags of a GET's `If-None-Match`; `None` for other methods.
fn if_none_match(request: &ServiceRequest) -> Option<String> {
    (request.method() == Method::GET).then(|| {
        let header = request.headers().get(header::IF_NONE_MATCH);
        header.and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
    })
}

/// A read with the hash of its body as entity tag (RFC 9110, 8.8.3), or 304 if the caller has
/// that body already.
fn tagged(response: ServiceResponse<BoxBody>, known: Option<&str>) -> ServiceResponse<BoxBody> {
    let Some(known) = known.filter(|_| response.status().is_success()) else {
        return response;
    };
    let (request, response) = response.into_parts();
    let (mut response, body) = response.into_parts();
    let body = match body.try_into_bytes() {
        Ok(body) => body,
        Err(body) => return ServiceResponse::new(request, response.set_body(body)),
    };
    let hash = data_encoding::BASE64URL_NOPAD.encode(&Sha256::digest(&body));
    let tag = format!("\"{hash}\"");
    set(response.headers_mut(), "etag", &tag);
    if known.split(',').any(|one| one.trim().trim_start_matches("W/") == tag) {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        return ServiceResponse::new(request, response.set_body(BoxBody::new(())));
    }
    ServiceResponse::new(request, response.set_body(BoxBody::new(body)))
}

/// An error's answer, or a bare one of the framework, as a problem document.
fn told(
    response: ServiceResponse<impl MessageBody + 'static>,
    state: &State,
    language: Language,
    id: &str,
) -> ServiceResponse<BoxBody> {
    let status = response.status();
    if !status.is_client_error() && !status.is_server_error() {
        return response.map_into_boxed_body();
    }
    let kind = response.headers().get(header::CONTENT_TYPE);
    let is_told = |kind: &HeaderValue| {
        kind.as_bytes() == CONTENT_TYPE.as_bytes() || kind.as_bytes().starts_with(b"text/html")
    };
    if kind.is_some_and(is_told) {
        return response.map_into_boxed_body();
    }
    let problem = response.response().error().map(problem_of);
    let problem = problem.unwrap_or_else(|| Problem::of_status(status));
    state.metrics.refused(problem.reason());
    let answer = problem.respond(&state.words, language, id);
    let (request, _) = response.into_parts();
    ServiceResponse::new(request, answer)
}

fn problem_of(error: &Error) -> Problem {
    match error.as_error::<Problem>() {
        Some(problem) => problem.clone(),
        None => Problem::of_status(error.as_response_error().status_code()),
    }
}

fn request_id(state: &State, headers: &HeaderMap) -> String {
    let given = headers.get("x-request-id").and_then(|value| value.to_str().ok());
    let plain = |id: &&str| {
        (1..=64).contains(&id.len())
            && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
    };
    given
        .filter(plain)
        .map_or_else(|| state.service.new_request_id().to_string(), ToOwned::to_owned)
}

fn language(headers: &HeaderMap) -> Language {
    let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    Language::accepted(accepted.unwrap_or_default())
}

fn protect(headers: &mut HeaderMap, docs: bool) {
    let policy = if docs { docs::POLICY } else { "default-src 'none'; frame-ancestors 'none'" };
    // Pages and their files say themselves what they load and how long they are kept.
    let may_differ = [header::CONTENT_SECURITY_POLICY, header::CACHE_CONTROL];
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("referrer-policy", "no-referrer"),
        ("content-security-policy", policy),
        ("strict-transport-security", "max-age=31536000"),
        ("cache-control", "private, no-cache"),
    ] {
        let name = HeaderName::from_static(name);
        if !(may_differ.contains(&name) && headers.contains_key(&name)) {
            headers.insert(name, HeaderValue::from_static(value));
        }
    }
}

/// Paths whose last part is a secret: links to a password, to a pass, to the end of reminders.
const LINKS: [&str; 3] = ["/password/", "/s/", "/stop/"];

/// A path without what might be a voucher's text, or a link's secret.
fn redacted(path: &str) -> String {
    if let Some(begin) = LINKS.iter().find(|begin| path.starts_with(**begin)) {
        return format!("{begin}[redacted]");
    }
    let mut clean = String::with_capacity(path.len());
    let mut digits = String::new();
    for c in path.chars().chain(['/']) {
        if c.is_ascii_digit() {
            digits.push(c);
            continue;
        }
        let long = digits.len() >= SHORTEST_SECRET_DIGITS;
        clean.push_str(if long { "[redacted]" } else { &digits });
        digits.clear();
        clean.push(c);
    }
    clean.pop();
    clean
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_long_run_of_digits_never_reaches_the_log() {
        let path = super::redacted("/1/123456789012345/qr");
        assert_eq!(path, "/1/[redacted]/qr");
        assert_eq!(super::redacted("/v1/venues/12"), "/v1/venues/12");
    }

    #[test]
    fn a_links_secret_never_reaches_the_log() {
        for begin in ["/password/", "/s/", "/stop/"] {
            let path = super::redacted(&format!("{begin}Abc-_123"));
            assert_eq!(path, format!("{begin}[redacted]"));
        }
    }
}
