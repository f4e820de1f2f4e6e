//! What forms share: the request that a form makes once, and fields that were not right.
//! No single form.

use actix_multipart::form::MultipartFormConfig;
use actix_web::ResponseError as _;
use uuid::Uuid;

use super::visitor::Visitor;
use crate::{
    domain::ids::RequestId,
    http::{extract::Key, problem::Problem, say::Say},
};

/// The hidden fields of every form: it is the person's own, and however often it is sent, it asks
/// once.
pub struct Once {
    pub form_token: String,
    pub request: Uuid,
}

impl Once {
    pub fn new(visitor: &Visitor) -> Self {
        let request = visitor.state.service.new_request_id().0;
        Self { form_token: visitor.session.form_token.clone(), request }
    }
}

/// The key of what a form asks.
pub fn key(request: Uuid, operation: &str) -> Key {
    Key::new(RequestId(request), operation)
}

/// How much a form with a file may bring, and how what cannot be read is answered.
pub fn uploads(most_bytes: usize) -> MultipartFormConfig {
    MultipartFormConfig::default()
        .total_limit(most_bytes)
        .memory_limit(most_bytes)
        .error_handler(|error, _| Problem::of_status(error.status_code()).into())
}

/// Something of a form that was not right, with the field it stands in.
pub struct Mistake {
    /// The id of the field; empty where it is about the whole.
    pub field: String,
    pub said: String,
}

impl Mistake {
    pub fn of(say: &Say, problem: &Problem, field: &str) -> Self {
        Self { field: field.to_owned(), said: say.problem(problem) }
    }
}
