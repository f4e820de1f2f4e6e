//! A packed file as its reader takes it: as it is, or unpacked (RFC 9110, 12.5.3).
//! No files: those who have one bring it.

use std::borrow::Cow;

use actix_web::{
    HttpMessage as _, HttpRequest, HttpResponse, HttpResponseBuilder,
    http::header::{self, AcceptEncoding, Encoding},
};

use super::problem::{Problem, Wrong};
use crate::sys::carried::unpacked;

/// A file's bytes, packed ahead.
pub struct Packed {
    pub gzip: Cow<'static, [u8]>,
    pub brotli: Option<Cow<'static, [u8]>>,
}

impl Packed {
    /// A file that the program carries.
    #[must_use]
    pub const fn carried(gzip: &'static [u8]) -> Self {
        Self { gzip: Cow::Borrowed(gzip), brotli: None }
    }

    /// The answer with the smallest of the forms that the reader takes.
    pub fn answer(
        self,
        request: &HttpRequest,
        mut response: HttpResponseBuilder,
    ) -> Result<HttpResponse, Problem> {
        response.insert_header((header::VARY, "Accept-Encoding"));
        let brotli = self.brotli.as_ref().map(|_| Encoding::brotli());
        let there: Vec<Encoding> = brotli.into_iter().chain([Encoding::gzip()]).collect();
        let accepted = request.get_header::<AcceptEncoding>();
        let chosen = accepted.and_then(|accepted| accepted.negotiate(there.iter()));
        let is = |name: &Encoding| chosen.as_ref() == Some(name);
        let (name, bytes) = match self.brotli {
            Some(bytes) if is(&Encoding::brotli()) => (Some("br"), bytes.into_owned()),
            _ if is(&Encoding::gzip()) => (Some("gzip"), self.gzip.into_owned()),
            // Every browser takes gzip: this is for programs that do not.
            _ => (None, unpacked(&self.gzip).map_err(|_| Wrong::Internal)?),
        };
        if let Some(name) = name {
            response.insert_header((header::CONTENT_ENCODING, name));
        }
        Ok(response.body(bytes))
    }
}
