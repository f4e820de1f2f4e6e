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
        let body = fields.map(|fields| {
            let pairs = fields.iter().map(|(name, value)| format!("{name}={}", encoded(value)));
            pairs.collect::<Vec<_>>().join("&")
        });
        let kind = [("Content-Type", "application/x-www-form-urlencoded")];
        let kind: &[_] = if body.is_some() { &kind } else { &[] };
        self.exchange(method, path, &[headers, kind].concat(), body.as_deref())
    }

    /// Sends a form with a file in it (RFC 7578), what was hidden on its page too.
    pub fn upload(&self, path: &str, fields: &[(&str, &str)], file: (&str, &str)) -> Reply {
        let hidden = hidden(&self.get(path).text);
        let hidden = hidden.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let mut body = String::new();
        for (name, value) in hidden.chain(fields.iter().copied()) {
            let disposition = format!("Content-Disposition: form-data; name=\"{name}\"");
            body.push_str(&format!("--edge\r\n{disposition}\r\n\r\n{value}\r\n"));
        }
        let disposition =
            format!("Content-Disposition: form-data; name=\"{}\"; filename=\"file\"", file.0);
        body.push_str(&format!("--edge\r\n{disposition}\r\n\r\n{}\r\n--edge--\r\n", file.1));
        let headers = [
            ("Sec-Fetch-Site", "same-origin"),
            ("Content-Type", "multipart/form-data; boundary=edge"),
        ];
        self.exchange("POST", path, &headers, Some(&body))
    }

    fn exchange(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<&str>,
    ) -> Reply {
        let jar = self.cookies.borrow().iter().map(|(k, v)| format!("{k}={v}")).collect::<Vec<_>>();
        let jar = jar.join("; ");
        let mut all = vec![("Cookie", jar.as_str()), ("Accept-Language", self.language)];
        all.extend(headers);
        let reply = self.api.nobody().exchange(method, path, &all, body);
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
