//! Messages in words: the same sentences as plain text and as HTML, and short ones for telephones.
//! Made when they are sent, and kept nowhere: they hold links and passes.

mod disputes;
mod gsm;
mod notices;
mod programmes;
mod watch;

use askama::Template;

use super::printing::{Orientation, labels, printed};
use crate::{
    app::{
        outbox::{Letter, Letters},
        service::{Fault, Service},
    },
    domain::{
        access::Tenant,
        calendar::{Day, Instant},
        ids::{UserId, VoucherId},
        life::State,
        message::{About, Channel, Kind, Message, Opens, Trouble},
        view::{Filter, VoucherView},
    },
    http::{Shared, say::Say},
    print::pdf,
    sys::mail::Email,
    words::{Fact, Language},
};

/// A pass that ends within so many days is reminded of as ending.
const ENDING_DAYS: i32 = 30;
/// How long a link to stop reminders works, at least: as long as there may be any.
const STOP_DAYS: i32 = 31;

/// Writes letters in the words of the pages.
pub struct Writer(Shared);

impl Writer {
    #[must_use]
    pub const fn new(state: Shared) -> Self {
        Self(state)
    }
}

impl Letters for Writer {
    fn write(&self, service: &Service, message: &Message) -> Result<Letter, Trouble> {
        let language = Language::of_code(&message.language).ok_or(Trouble::Fault)?;
        let say = Say::new(self.0.clone(), language);
        match (message.kind, message.about) {
            (kind @ (Kind::Invitation | Kind::Reset), About::User(user)) => {
                account(service, &say, kind, user)
            }
            (Kind::Pass, About::Voucher(voucher)) => pass(service, &say, message.channel, voucher),
            (Kind::Reminder, About::Voucher(voucher)) => {
                reminder(service, &say, message.channel, voucher)
            }
            (Kind::Programmes, About::User(user)) => programmes::letter(service, &say, user),
            (Kind::PaymentWaits, About::User(user)) => notices::waiting(service, &say, user),
            (Kind::PaymentFailed, About::User(user)) => notices::failed(service, &say, user),
            (Kind::AccountAsked, About::User(user)) => notices::account_asked(service, &say, user),
            (Kind::Alarm, About::User(user)) => watch::letter(service, &say, user),
            (Kind::PaymentSent, About::User(user)) => notices::sent(service, &say, message, user),
            (Kind::Dispute, About::User(user)) => disputes::letter(service, &say, message, user),
            _ => Err(Trouble::Fault),
        }
    }
}

impl From<Fault> for Trouble {
    /// What was refused will be refused again: the pass is not what it was.
    fn from(fault: Fault) -> Self {
        if let Fault::Refused(_) = fault {
            return Self::Outdated;
        }
        tracing::error!(cause = %fault, "a message could not be written");
        Self::Fault
    }
}

/// A paragraph, or a link of its own.
enum Part {
    Text(String),
    Link { said: String, url: String },
}

#[derive(Template)]
#[template(path = "letters/letter.html")]
struct Page<'a> {
    language: &'static str,
    subject: &'a str,
    parts: &'a [Part],
}

/// The same parts as text and as HTML.
fn email(
    say: &Say,
    subject: &str,
    mut parts: Vec<Part>,
    pdf: Option<(String, Vec<u8>)>,
) -> Result<Letter, Trouble> {
    parts.push(Part::Text(say.t("letter-automatic")));
    let subject = say.t(subject);
    let paragraph = |part: &Part| match part {
        Part::Text(text) => text.clone(),
        Part::Link { url, .. } => url.clone(),
    };
    let text = parts.iter().map(paragraph).collect::<Vec<_>>().join("\r\n\r\n");
    let page = Page { language: say.code(), subject: &subject, parts: &parts };
    let html = page.render().map_err(|_| Trouble::Fault)?;
    Ok(Letter::Email(Box::new(Email { subject, text, html, pdf })))
}

fn account(service: &Service, say: &Say, kind: Kind, user: UserId) -> Result<Letter, Trouble> {
    let user = service.present(user)?.ok_or(Trouble::Outdated)?;
    let url = service.account_link(user.id, kind)?;
    let key = |part: &str| format!("letter-{}-{part}", kind.code());
    let parts = vec![
        Part::Text(say.of(&key("text"), &user.name)),
        Part::Link { said: say.t(&key("link")), url },
        Part::Text(say.t("letter-link-life")),
        Part::Text(say.t("letter-not-you")),
    ];
    email(say, &key("subject"), parts, None)
}

fn row(service: &Service, voucher: VoucherId) -> Result<VoucherView, Trouble> {
    let filter = Filter::one(Tenant::Any, voucher.0);
    let rows = crate::http::v1::vouchers::seen(service, &filter)?;
    let row = rows.into_iter().next().ok_or(Trouble::Outdated)?;
    if row.state == State::Active { Ok(row) } else { Err(Trouble::Outdated) }
}

/// When a day is over, in every zone.
fn end_of(day: Day) -> Instant {
    Instant(i64::from(day.plus(2).0).saturating_mul(86_400_000_000))
}

fn facts<'a>(say: &Say, row: &VoucherView) -> [(&'a str, Fact); 2] {
    let workshops = say.n("workshops-count", &i64::from(row.left));
    [("workshops", Fact::from(workshops)), ("day", Fact::from(say.day(&row.last_day)))]
}

fn pass(
    service: &Service,
    say: &Say,
    channel: Channel,
    voucher: VoucherId,
) -> Result<Letter, Trouble> {
    let row = row(service, voucher)?;
    if channel == Channel::Sms {
        service.paper(voucher)?;
        let link = service.new_short_link(Opens::Pass, voucher, end_of(row.accepted_until))?;
        let url = service.link(&format!("/s/{link}"));
        let [workshops, _] = facts(say, &row);
        return sms(&say.say("sms-pass", &[workshops, ("link", Fact::from(url))]));
    }
    let pass = printed(service, say, &row, &Orientation::default())?;
    let drawn = pdf::pass(&labels(say, service.host()), &pass).map_err(|cause| {
        tracing::error!(%cause, "a pass could not be drawn");
        Trouble::Fault
    })?;
    let parts = vec![
        Part::Text(say.say("letter-pass-text", &facts(say, &row))),
        Part::Text(say.t("letter-pass-attached")),
        Part::Text(say.t("letter-pass-keep")),
        Part::Text(say.t("letter-pass-wrong")),
    ];
    email(say, "letter-pass-subject", parts, Some(("pass-numerique.pdf".to_owned(), drawn)))
}

fn reminder(
    service: &Service,
    say: &Say,
    channel: Channel,
    voucher: VoucherId,
) -> Result<Letter, Trouble> {
    let row = row(service, voucher)?;
    let today = Day(i32::try_from(service.clock.now().0.div_euclid(86_400_000_000)).unwrap_or(0));
    let ending = today >= row.last_day.plus(-ENDING_DAYS);
    let kind = if ending { "ending" } else { "unused" };
    let until = end_of(row.accepted_until.plus(STOP_DAYS));
    let link = service.new_short_link(Opens::Stop, voucher, until)?;
    let url = service.link(&format!("/stop/{link}"));
    if channel == Channel::Sms {
        let (year, month, day) = row.last_day.parts();
        let date = Fact::from(format!("{day:02}/{month:02}/{year}"));
        let said =
            say.say(&format!("sms-reminder-{kind}"), &[("date", date), ("link", url.into())]);
        return sms(&said);
    }
    let parts = vec![
        Part::Text(say.say(&format!("letter-reminder-{kind}-text"), &facts(say, &row))),
        Part::Text(say.t("letter-reminder-stop-text")),
        Part::Link { said: say.t("letter-reminder-stop-link"), url },
    ];
    email(say, &format!("letter-reminder-{kind}-subject"), parts, None)
}

/// One short message: what does not fit into one is a fault of the settings, a host too long.
fn sms(said: &str) -> Result<Letter, Trouble> {
    gsm::text(said).map(Letter::Sms).ok_or_else(|| {
        tracing::error!("a short message is longer than one: is the host's name too long?");
        Trouble::Fault
    })
}
