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
        let brotli = self.brotli.map(|bytes| (Encoding::brotli(), bytes));
        let forms = brotli.into_iter().chain([(Encoding::gzip(), self.gzip)]);
        let forms: Vec<(Encoding, Cow<'static, [u8]>)> = forms.collect();
        response.insert_header((header::VARY, "Accept-Encoding"));
        let accepted = request.get_header::<AcceptEncoding>();
        let names = forms.iter().map(|(name, _)| name);
        let chosen = accepted.and_then(|accepted| accepted.negotiate(names));
        let found = forms.iter().find(|(name, _)| Some(name) == chosen.as_ref());
        let bytes = match found {
            Some((name, bytes)) => {
                response.insert_header((header::CONTENT_ENCODING, name.to_string()));
                bytes.to_vec()
            }
            // Every browser takes gzip: this is for programs that do not.
            None => {
                let (_, gzip) = forms.last().ok_or(Wrong::Internal)?;
                unpacked(gzip).map_err(|_| Wrong::Internal)?
            }
        };
        Ok(response.body(bytes))
    }
}
