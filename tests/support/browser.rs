//! A browser without pictures: it keeps cookies, follows where it is sent, and fills in forms.
//! No assertions.

use std::{cell::RefCell, collections::BTreeMap};

use super::api::{Api, Reply};

pub struct Browser<'a> {
    api: &'a Api,
    cookies: RefCell<BTreeMap<String, String>>,
    pub language: &'static str,
}

impl<'a> Browser<'a> {
    pub fn new(api: &'a Api) -> Self {
        Self { api, cookies: RefCell::default(), language: "fr" }
    }

    pub fn with_cookie(api: &'a Api, name: &str, value: &str) -> Self {
        let browser = Self::new(api);
        browser.cookies.borrow_mut().insert(name.to_owned(), value.to_owned());
        browser
    }

    pub fn cookie(&self, name: &str) -> Option<String> {
        self.cookies.borrow().get(name).cloned()
    }

    pub fn get(&self, path: &str) -> Reply {
        self.send("GET", path, &[], None)
    }

    pub fn bytes(&self, path: &str) -> Vec<u8> {
        self.get(path).bytes
    }

    /// Sends a form as a browser of this site does.
    pub fn post(&self, path: &str, fields: &[(&str, &str)]) -> Reply {
        self.send("POST", path, &[("Sec-Fetch-Site", "same-origin")], Some(fields))
    }

    /// Opens the page of a form, fills it in and sends it; what was hidden in it goes with it.
    pub fn fill(&self, path: &str, fields: &[(&str, &str)]) -> Reply {
        let shown = self.get(path);
        let hidden = hidden(&shown.text);
        let given = fields.iter().map(|(name, value)| (*name, *value));
        let hidden = hidden.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let fields: Vec<_> = hidden.chain(given).collect();
        self.post(path.split('?').next().unwrap(), &fields)
    }

    pub fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        fields: Option<&[(&str, &str)]>,
    ) -> Reply {
        let jar = self.cookies.borrow().iter().map(|(k, v)| format!("{k}={v}")).collect::<Vec<_>>();
        let jar = jar.join("; ");
        let mut all = vec![("Cookie", jar.as_str()), ("Accept-Language", self.language)];
        all.extend(headers);
        let body = fields.map(|fields| {
            let pairs = fields.iter().map(|(name, value)| format!("{name}={}", encoded(value)));
            pairs.collect::<Vec<_>>().join("&")
        });
        if body.is_some() {
            all.push(("Content-Type", "application/x-www-form-urlencoded"));
        }
        let reply = self.api.nobody().exchange(method, path, &all, body.as_deref());
        for set in reply.headers.get_all("set-cookie") {
            let pair = set.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            self.cookies.borrow_mut().insert(name.to_owned(), value.to_owned());
        }
        reply
    }
}

/// The hidden fields of the form in the page's main part.
pub fn hidden(page: &str) -> Vec<(String, String)> {
    let main = page.split("<main").nth(1).unwrap_or_default();
    let fields = main.split("<input type=\"hidden\"").skip(1);
    fields.map(|field| (attribute(field, "name"), attribute(field, "value"))).collect()
}

fn attribute(tag: &str, name: &str) -> String {
    let rest = tag.split(&format!("{name}=\"")).nth(1).unwrap_or_default();
    rest.split('"').next().unwrap_or_default().to_owned()
}

fn encoded(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
}
