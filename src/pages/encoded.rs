//! A file as its reader takes it: compressed ahead, or as it is (RFC 9110, 12.5.3).
//! No files: those who have one bring it.

use std::borrow::Cow;

use actix_web::{
    HttpMessage as _, HttpRequest, HttpResponseBuilder,
    http::header::{self, AcceptEncoding, Encoding},
};

/// A file's bytes, and what was compressed of it ahead.
pub struct Encoded {
    pub plain: Cow<'static, [u8]>,
    pub gzip: Option<Cow<'static, [u8]>>,
    pub brotli: Option<Cow<'static, [u8]>>,
}

impl Encoded {
    /// The answer with the smallest of the forms that the reader takes.
    pub fn answer(
        self,
        request: &HttpRequest,
        mut response: HttpResponseBuilder,
    ) -> actix_web::HttpResponse {
        let forms = [(Encoding::brotli(), self.brotli), (Encoding::gzip(), self.gzip)];
        let there: Vec<_> =
            forms.into_iter().filter_map(|(name, bytes)| Some((name, bytes?))).collect();
        response.insert_header((header::VARY, "Accept-Encoding"));
        let accepted = request.get_header::<AcceptEncoding>();
        let names = there.iter().map(|(name, _)| name);
        let chosen = accepted.and_then(|accepted| accepted.negotiate(names));
        let found = there.into_iter().find(|(name, _)| Some(name) == chosen.as_ref());
        let bytes = match found {
            Some((name, bytes)) => {
                response.insert_header((header::CONTENT_ENCODING, name.to_string()));
                bytes
            }
            None => self.plain,
        };
        response.body(bytes.into_owned())
    }
}
