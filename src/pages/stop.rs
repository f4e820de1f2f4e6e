//! Why a page is not shown: nobody is logged in, or a problem.
//! No words: `edge.rs` shows a problem as a page.

use actix_web::{
    HttpResponse, ResponseError,
    http::{StatusCode, header},
};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::http::problem::{Problem, Wrong};

#[derive(Debug)]
pub enum Stop {
    /// Log in, and come back here.
    LogIn {
        next: String,
    },
    /// Set up a second factor first.
    SecondFactor,
    Problem(Problem),
}

impl std::fmt::Display for Stop {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::LogIn { .. } => f.write_str("nobody is logged in"),
            Self::SecondFactor => f.write_str("a second factor is missing"),
            Self::Problem(problem) => problem.fmt(f),
        }
    }
}

impl ResponseError for Stop {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::LogIn { .. } | Self::SecondFactor => StatusCode::SEE_OTHER,
            Self::Problem(problem) => problem.status(),
        }
    }

    fn error_response(&self) -> HttpResponse {
        match self {
            Self::LogIn { next } => see_other(&match next.as_str() {
                "/" => "/login".to_owned(),
                next => format!("/login?next={}", encoded(next)),
            }),
            Self::SecondFactor => see_other("/account/second-factor"),
            Self::Problem(problem) => HttpResponse::new(problem.status()),
        }
    }
}

impl<T: Into<Problem>> From<T> for Stop {
    fn from(cause: T) -> Self {
        Self::Problem(cause.into())
    }
}

impl From<askama::Error> for Problem {
    fn from(cause: askama::Error) -> Self {
        tracing::error!(%cause, "a page could not be written");
        Wrong::Internal.into()
    }
}

/// Goes on to another page, by GET.
pub fn see_other(place: &str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((header::LOCATION, place)).finish()
}

/// To the page of a form, for whoever comes by GET to where it is sent: with the address again, or
/// in the other language.
pub async fn back(place: &'static str) -> HttpResponse {
    see_other(place)
}

/// All but what RFC 3986 lets stand in a query, and `/`.
const QUERY: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'/');

/// A path as a value of a query.
pub fn encoded(text: &str) -> String {
    utf8_percent_encode(text, QUERY).to_string()
}

/// A path on this site, or the entrance.
pub fn local(next: Option<&str>) -> &str {
    next.filter(|next| {
        next.starts_with('/')
            && !next.starts_with("//")
            && next.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\')
    })
    .unwrap_or("/")
}

#[cfg(test)]
mod tests {
    use super::{encoded, local};

    #[test]
    fn nobody_is_sent_to_another_site() {
        assert_eq!(local(Some("/vouchers?after=3")), "/vouchers?after=3");
        for foreign in ["//example.org", "https://example.org", "/\\example.org", "/a\r\nb", ""] {
            assert_eq!(local(Some(foreign)), "/", "{foreign}");
        }
        assert_eq!(local(None), "/");
    }

    #[test]
    fn a_place_stays_one_value_of_a_query() {
        assert_eq!(encoded("/vouchers?after=3&x"), "/vouchers%3Fafter%3D3%26x");
    }
}
