//! A field of a form, and how what is typed in it becomes a value of the API's body.
//! No rules of what is valid: the API and the domain check, and name the field.

use serde_json::{Map, Value};

use crate::domain::cents::Cents;

/// A value that can be chosen, and its name.
pub type Choice = (String, String);

pub enum Kind {
    Text,
    /// A text that may be empty.
    Free,
    /// Nothing typed is no value.
    Maybe,
    Email,
    /// Nothing typed leaves the old one, or lets the person choose.
    MaybePassword,
    Number,
    /// Nothing typed is no limit.
    MaybeNumber,
    /// Typed in euros, sent in cents.
    Euros,
    Day,
    /// A day, sent as its last moment.
    EndOfDay,
    Choice(Vec<Choice>),
    /// Each value is JSON.
    Json(Vec<Choice>),
    Flag,
    Flags(Vec<Choice>),
    /// Not shown: the form means this.
    Fixed(Value),
}

pub struct Field {
    /// Its place in the body: `terms.shares[0].funder`.
    pub name: String,
    /// The key of its label, without `field-`.
    pub label: &'static str,
    pub kind: Kind,
    /// As it is typed; of several that are chosen, each.
    pub values: Vec<String>,
}

impl Field {
    pub fn new(label: &'static str, kind: Kind) -> Self {
        Self { name: label.to_owned(), label, kind, values: Vec::new() }
    }

    /// A field whose place in the body is not its label.
    pub fn at(name: impl Into<String>, label: &'static str, kind: Kind) -> Self {
        Self { name: name.into(), label, kind, values: Vec::new() }
    }

    pub fn with(mut self, value: impl ToString) -> Self {
        self.values = vec![value.to_string()];
        self
    }

    pub fn id(&self) -> String {
        self.name.replace(['.', '[', ']'], "-")
    }

    pub fn value(&self) -> &str {
        self.values.first().map_or("", String::as_str)
    }

    pub fn chosen(&self, value: &str) -> bool {
        self.values.iter().any(|own| own == value)
    }

    pub const fn input(&self) -> &'static str {
        match self.kind {
            Kind::Email => "email",
            Kind::MaybePassword => "password",
            Kind::Day | Kind::EndOfDay => "date",
            _ => "text",
        }
    }

    pub const fn mode(&self) -> &'static str {
        match self.kind {
            Kind::Number | Kind::MaybeNumber => "numeric",
            Kind::Euros => "decimal",
            Kind::Email => "email",
            _ => "text",
        }
    }

    /// What can be chosen, if one thing must be.
    pub fn choices(&self) -> Option<&[Choice]> {
        match &self.kind {
            Kind::Choice(choices) | Kind::Json(choices) => Some(choices),
            _ => None,
        }
    }

    pub const fn required(&self) -> bool {
        !matches!(
            self.kind,
            Kind::Free | Kind::Maybe | Kind::MaybePassword | Kind::MaybeNumber | Kind::Flag
        )
    }

    /// What was typed, as the API wants it; `None` when it is not of its kind.
    fn typed(&self) -> Option<Value> {
        let text = self.value().trim();
        Some(match &self.kind {
            Kind::Maybe | Kind::MaybeNumber | Kind::MaybePassword | Kind::Choice(_)
                if text.is_empty() =>
            {
                Value::Null
            }
            Kind::Number | Kind::MaybeNumber => text.parse::<i64>().ok()?.into(),
            Kind::Euros => cents(text)?.into(),
            Kind::MaybePassword => self.value().into(),
            Kind::EndOfDay => format!("{text}T23:59:59Z").into(),
            Kind::Json(_) => serde_json::from_str(text).ok()?,
            Kind::Flag => (!text.is_empty()).into(),
            Kind::Flags(_) => self.values.clone().into(),
            Kind::Fixed(value) => value.clone(),
            _ => text.into(),
        })
    }
}

/// `12,5`, `12.50` or `1 200` euros in cents.
fn cents(text: &str) -> Option<i64> {
    let bare: String = text.chars().filter(|c| !c.is_whitespace() && *c != '€').collect();
    let (euros, part) = bare.split_once([',', '.']).unwrap_or((&bare, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if euros.is_empty() || part.len() > 2 || !digits(euros) || !digits(part) {
        return None;
    }
    let part: i64 = format!("{part:0<2}").parse().ok()?;
    euros.parse::<i64>().ok()?.checked_mul(100)?.checked_add(part)
}

/// `12,50`, to be typed over.
pub fn euros(cents: Cents) -> String {
    format!("{},{:02}", cents.0 / 100, cents.0 % 100)
}

/// Takes what was sent into the fields.
pub fn fill(fields: &mut [Field], sent: &[(String, String)]) {
    for field in fields {
        let own = sent.iter().filter(|(name, _)| *name == field.name);
        field.values = own.map(|(_, value)| value.clone()).collect();
    }
}

/// The body that the fields make; or the one that is not of its kind.
///
/// # Errors
/// The name of the field.
pub fn body(fields: &[Field]) -> Result<Value, String> {
    let mut body = Value::Object(Map::new());
    for field in fields {
        let value = field.typed().ok_or_else(|| field.name.clone())?;
        put(&mut body, &field.name, value);
    }
    without_empty_rows(&mut body);
    Ok(body)
}

/// A row of a list in which nothing was typed is no row.
fn without_empty_rows(value: &mut Value) {
    match value {
        Value::Object(own) => own.values_mut().for_each(without_empty_rows),
        Value::Array(items) => items
            .retain(|item| !item.as_object().is_some_and(|own| own.values().all(Value::is_null))),
        _ => {}
    }
}

/// Puts a value at its place, making objects and lists on the way.
fn put(at: &mut Value, name: &str, value: Value) {
    let (part, rest) = match name.find(['.', '[']) {
        Some(end) => name.split_at(end),
        None => (name, ""),
    };
    let Value::Object(own) = at else { return };
    let slot = own.entry(part).or_insert(Value::Null);
    if rest.is_empty() {
        *slot = value;
    } else if let Some(below) = rest.strip_prefix('.') {
        object(slot);
        put(slot, below, value);
    } else if let Some((number, below)) = rest.strip_prefix('[').and_then(|r| r.split_once(']')) {
        let number: usize = number.parse().unwrap_or_default();
        if !slot.is_array() {
            *slot = Value::Array(Vec::new());
        }
        let Value::Array(items) = slot else { return };
        while items.len() <= number {
            items.push(Value::Object(Map::new()));
        }
        if let Some(item) = items.get_mut(number) {
            put(item, below.trim_start_matches('.'), value);
        }
    }
}

fn object(slot: &mut Value) {
    if !slot.is_object() {
        *slot = Value::Object(Map::new());
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn fields_make_the_body_that_a_client_would_send() {
        let fields = [
            Field::new("name", Kind::Text).with(" Pass "),
            Field::at("terms.price_cents", "price", Kind::Euros).with("12,5"),
            Field::at("terms.shares[0].funder", "funder", Kind::Text).with(3),
            Field::at("terms.shares[0].weight", "weight", Kind::Number).with(60),
            Field::at("terms.shares[1].funder", "funder", Kind::Text).with(4),
            Field::at("terms.shares[2].funder", "funder", Kind::Choice(Vec::new())),
            Field::at("terms.shares[2].weight", "weight", Kind::MaybeNumber),
            Field::at("terms.validity_days", "days", Kind::MaybeNumber),
            Field::new("open", Kind::Flag).with("yes"),
        ];
        let shares = json!([{"funder": "3", "weight": 60}, {"funder": "4"}]);
        let terms = json!({"price_cents": 1250, "shares": shares, "validity_days": null});
        assert_eq!(body(&fields), Ok(json!({"name": "Pass", "terms": terms, "open": true})));
    }

    #[test]
    fn what_is_not_of_its_kind_is_named() {
        for (kind, value) in
            [(Kind::Number, "x"), (Kind::Euros, "1,234"), (Kind::Euros, "-1"), (Kind::Euros, "")]
        {
            let field = Field::new("amount", kind).with(value);
            assert_eq!(body(&[field]), Err("amount".to_owned()), "{value}");
        }
    }

    #[test]
    fn euros_are_read_as_people_write_them() {
        let cases = [("12", 1200), ("12,5", 1250), ("12.05", 1205), ("1 200,00 €", 120_000)];
        for (text, expected) in cases {
            assert_eq!(cents(text), Some(expected), "{text}");
        }
        assert_eq!(cents(&euros(Cents(1205))), Some(1205));
    }
}
