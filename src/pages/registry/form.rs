//! The forms of the registry: shown, sent to the API's handler, and shown again with what is wrong.
//! No fields of their own: sections describe those.

use actix_web::{HttpResponse, body::to_bytes, web};
use askama::Template;
use serde_json::Value;
use uuid::Uuid;

use super::{
    at_desk,
    field::{Field, Kind, body, fill},
    one,
    section::{Action, Asked, Section},
};
use crate::{
    http::{
        extract::only,
        problem::{Problem, Wrong},
        say::Say,
    },
    pages::{
        form::{Mistake, Once, key},
        layout::{Layout, page, page_again},
        stop::{Stop, see_other},
        visitor::Visitor,
    },
    print::qr::Qr,
};

#[derive(Template)]
#[template(path = "registry/form.html")]
struct FormPage {
    layout: Layout,
    once: Once,
    mistakes: Vec<Mistake>,
    fields: Vec<Field>,
    grave: bool,
    /// What the form means, in a sentence; empty where its title says it all.
    means: String,
    button: String,
    place: String,
    back: String,
}

impl FormPage {
    fn label(&self, field: &Field) -> String {
        self.layout.say.t(&format!("field-{}", field.label))
    }

    fn hint(&self, field: &Field) -> Option<String> {
        self.layout.say.known(&format!("hint-{}", field.label))
    }

    /// What else is said of the field: its hint, and what is wrong with it.
    fn described(&self, field: &Field) -> String {
        let id = field.id();
        let wrong = self.mistakes.iter().any(|mistake| mistake.field == id);
        let hint = self.hint(field).map(|_| format!("{id}-hint"));
        let wrong = wrong.then(|| format!("{id}-mistake"));
        let ids: Vec<String> = hint.into_iter().chain(wrong.clone()).collect();
        let invalid = if wrong.is_some() { " aria-invalid=\"true\"" } else { "" };
        if ids.is_empty() {
            return String::new();
        }
        format!(" aria-describedby=\"{}\"{invalid}", ids.join(" "))
    }
}

pub type Sent = web::Form<Vec<(String, String)>>;

/// A form of a section, about a thing or about a new one.
struct Form {
    section: &'static Section,
    action: &'static Action,
    id: Option<String>,
}

impl Form {
    fn new(section: &'static Section, visitor: &Visitor) -> Result<Self, Stop> {
        Ok(Self { section, action: new_action(section, visitor)?, id: None })
    }

    fn one(
        section: &'static Section,
        visitor: &Visitor,
        path: (String, String),
    ) -> Result<Self, Stop> {
        let (id, code) = path;
        let action = section.actions.iter().find(|action| action.code == code && code != "new");
        let action = action.ok_or(Wrong::NotFound)?;
        visitor.may(action.verb)?;
        Ok(Self { section, action, id: Some(id) })
    }

    /// The thing's own page, or the list.
    fn back(&self) -> String {
        match &self.id {
            Some(id) => format!("/{}/{id}", self.section.code),
            None => format!("/{}", self.section.code),
        }
    }

    async fn fields(&self, visitor: &Visitor) -> Result<Vec<Field>, Stop> {
        let action = self.action;
        let within = visitor.may(self.section.read)?;
        let filter = self.id.as_ref().map(|id| one(self.section, within, id)).transpose()?;
        let shown = self.section.shown;
        let fields = at_desk(visitor, move |desk| {
            // Another tenant's is not there.
            if let Some(filter) = &filter
                && shown(desk, filter)?.is_none()
            {
                return Ok(None);
            }
            (action.fields)(desk, filter.as_ref()).map(Some)
        });
        Ok(only(fields.await?.into_iter().collect())?)
    }

    fn page(&self, visitor: &Visitor, fields: Vec<Field>, mistakes: Vec<Mistake>) -> FormPage {
        let (section, action, say) = (self.section.code, self.action.code, &visitor.say);
        let key = format!("{section}-{action}");
        FormPage {
            layout: visitor.layout(&key),
            once: Once::new(visitor),
            mistakes,
            fields,
            grave: self.action.grave,
            means: say.known(&format!("{key}-means")).unwrap_or_default(),
            button: say.known(&format!("{key}-button")).unwrap_or_else(|| say.t("save")),
            place: format!("{}/{action}", self.back()),
            back: self.back(),
        }
    }

    async fn show(&self, visitor: &Visitor) -> Result<HttpResponse, Stop> {
        let fields = self.fields(visitor).await?;
        Ok(page(&self.page(visitor, fields, Vec::new()))?)
    }

    async fn take(
        &self,
        visitor: &Visitor,
        sent: Vec<(String, String)>,
    ) -> Result<HttpResponse, Stop> {
        let named = |name: &str| sent.iter().find(|(own, _)| own == name).map(|(_, value)| value);
        visitor.sent(named("form_token").map_or("", String::as_str))?;
        let request = named("request").and_then(|text| Uuid::try_parse(text).ok());
        let request = request.ok_or(Wrong::KeyMissing)?;
        let mut fields = self.fields(visitor).await?;
        fill(&mut fields, &sent);
        match self.asked(visitor, request, &fields).await {
            Ok(answer) => self.done(visitor, answer).await,
            Err(problem) => {
                let mistakes = vec![mistake(&visitor.say, &problem, &fields)];
                Ok(page_again(&problem, &self.page(visitor, fields, mistakes))?)
            }
        }
    }

    async fn asked(
        &self,
        visitor: &Visitor,
        request: Uuid,
        fields: &[Field],
    ) -> Result<HttpResponse, Problem> {
        let body = body(fields).map_err(|name| Problem::field(Wrong::FieldInvalid, name))?;
        let operation = format!("{} {} {:?}", self.section.code, self.action.code, self.id);
        let (state, caller) = (visitor.state.clone(), visitor.caller);
        let (key, id) = (key(request, &operation), self.id.clone().unwrap_or_default());
        (self.action.call)(Asked { state, caller, key, id, body }).await
    }

    /// On to the thing; a secret that the answer holds is shown once, here.
    async fn done(&self, visitor: &Visitor, answer: HttpResponse) -> Result<HttpResponse, Stop> {
        let bytes = to_bytes(answer.into_body()).await.map_err(|_| Wrong::Internal)?;
        let answer: Value = serde_json::from_slice(&bytes).unwrap_or_default();
        let text = |name: &str| answer.get(name).and_then(Value::as_str);
        let link = ["/link", "/invitation/link", "/enrolment/link"]
            .iter()
            .find_map(|place| answer.pointer(place));
        let device = answer.get("enrolment").is_some();
        let secret = match (text("key"), link.and_then(Value::as_str)) {
            (Some(key), _) => Some(("api-keys-secret", key)),
            (None, Some(link)) if device => Some(("device-link", link)),
            (None, link) => link.map(|link| ("invitation-link", link)),
        };
        if let Some((title, secret)) = secret {
            let means = visitor.say.t(&format!("{title}-once"));
            let (layout, secret, back) = (visitor.layout(title), secret.to_owned(), self.back());
            let qr = device.then(|| Qr::of_address(&secret)).transpose();
            let qr = qr.map_err(|_| Wrong::Internal)?.map(|qr| qr.inline_svg(QR_MM));
            return Ok(page(&SecretPage { layout, means, secret, qr, back })?);
        }
        if let Some(place) = text("place") {
            return Ok(see_other(place));
        }
        let place = match (&self.id, text("id")) {
            (None, Some(id)) => format!("/{}/{id}", self.section.code),
            _ => self.back(),
        };
        Ok(see_other(&format!("{place}?done=saved")))
    }
}

/// Wide enough for a telephone held before a screen.
const QR_MM: u32 = 60;

#[derive(Template)]
#[template(path = "registry/secret.html")]
struct SecretPage {
    layout: Layout,
    means: String,
    secret: String,
    /// To be scanned by what the secret is for.
    qr: Option<String>,
    back: String,
}

/// What is wrong, at the field that the API names.
fn mistake(say: &Say, problem: &Problem, fields: &[Field]) -> Mistake {
    let meant = problem.field_meant().unwrap_or_default();
    let field = fields.iter().find(|field| {
        !meant.is_empty() && (field.name == meant || field.name.ends_with(&format!(".{meant}")))
    });
    let Some(field) = field else { return Mistake::of(say, problem, "") };
    let label = say.t(&format!("field-{}", field.label));
    let said = match problem.reason() {
        "field_invalid" => say.of("field-wrong", &label),
        _ => say.problem(problem),
    };
    Mistake { field: field.id(), said }
}

pub fn new_action(section: &'static Section, visitor: &Visitor) -> Result<&'static Action, Stop> {
    let new = section.actions.iter().find(|action| action.code == "new").ok_or(Wrong::NotFound)?;
    visitor.may(new.verb)?;
    Ok(new)
}

pub async fn ask_new(section: &'static Section, visitor: Visitor) -> Result<HttpResponse, Stop> {
    Form::new(section, &visitor)?.show(&visitor).await
}

pub async fn sent_new(
    section: &'static Section,
    visitor: Visitor,
    sent: Sent,
) -> Result<HttpResponse, Stop> {
    Form::new(section, &visitor)?.take(&visitor, sent.into_inner()).await
}

pub async fn ask_one(
    section: &'static Section,
    visitor: Visitor,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, Stop> {
    Form::one(section, &visitor, path.into_inner())?.show(&visitor).await
}

pub async fn sent_one(
    section: &'static Section,
    visitor: Visitor,
    path: web::Path<(String, String)>,
    sent: Sent,
) -> Result<HttpResponse, Stop> {
    Form::one(section, &visitor, path.into_inner())?.take(&visitor, sent.into_inner()).await
}
