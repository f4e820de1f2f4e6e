//! Issuing a pass during an interview: programme and number are there already, Enter issues.
//! No money: whether the budget allows it is the domain's.

use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;
use uuid::Uuid;

use crate::{
    app::service::Service,
    domain::{
        access::{Tenant, Verb},
        calendar::Instant,
        command::{Ask, Outcome},
        ending::{EndDays, Phase},
        ids::{IssuerId, ProgrammeId, VoucherId},
        life::State,
        own_reference::OwnReference,
        people::{Fact, Told},
        refusal::Reason,
        view::{Filter, IssuerView, ProgrammeView, VoucherView},
    },
    http::{
        access::Caller,
        block,
        problem::{Problem, Wrong},
        say::Say,
        v1::vouchers::issue::{called, count, drawn, own_reference_of, to_count},
    },
    pages::{
        form::{Mistake, Once, key},
        layout::{Layout, page, page_again},
        stop::{Stop, see_other},
        visitor::Visitor,
        vouchers::facts::{self, FactsGiven, Question, questions},
    },
    words,
};

/// A programme that passes are issued from today.
pub struct Choice {
    pub id: ProgrammeId,
    pub name: String,
    pub chosen: bool,
}

impl Choice {
    /// The programmes, the first of them chosen unless another is.
    pub fn of(programmes: Vec<ProgrammeView>, chosen: Option<ProgrammeId>) -> Vec<Self> {
        let chosen = chosen.or_else(|| programmes.first().map(|programme| programme.id));
        let choice = |row: ProgrammeView| Self {
            id: row.id,
            chosen: Some(row.id) == chosen,
            name: row.name,
        };
        programmes.into_iter().map(choice).collect()
    }
}

/// What any of the programmes allows, and which is chosen.
pub fn numbers(programmes: &[ProgrammeView], chosen: Option<u8>) -> Vec<(u8, bool)> {
    let min = programmes.iter().map(|row| row.terms.workshops_min).min().unwrap_or(5);
    let max = programmes.iter().map(|row| row.terms.workshops_max).max().unwrap_or(10);
    let usual = chosen.unwrap_or(max);
    (min..=max).map(|number| (number, number == usual)).collect()
}

#[derive(Template)]
#[template(path = "vouchers/issue.html")]
struct IssuePage {
    layout: Layout,
    once: Once,
    mistakes: Vec<Mistake>,
    programmes: Vec<Choice>,
    /// What ends soon, or has just stopped being issued.
    notices: Vec<String>,
    /// For an operator, who has no issuer of their own.
    issuers: Vec<IssuerView>,
    numbers: Vec<(u8, bool)>,
    stock: bool,
    own_reference: String,
    /// About the person, for the statistics.
    questions: Vec<Question>,
    /// Passes that were given the same own reference: then issuing is asked once more.
    same: Vec<VoucherView>,
}

#[derive(Deserialize)]
pub struct Given {
    form_token: String,
    request: Uuid,
    programme: ProgrammeId,
    workshops: u8,
    issuer: Option<IssuerId>,
    stock: Option<String>,
    #[serde(default)]
    own_reference: String,
    #[serde(default)]
    fact_gender: String,
    #[serde(default)]
    fact_age_band: String,
    #[serde(default)]
    fact_situation: String,
    #[serde(default)]
    fact_commune: String,
    #[serde(default)]
    fact_priority_district: String,
    /// Issued although another pass has the same own reference.
    anyway: Option<String>,
}

impl Given {
    fn facts(&self) -> FactsGiven {
        FactsGiven::new([
            self.fact_gender.clone(),
            self.fact_age_band.clone(),
            self.fact_situation.clone(),
            self.fact_commune.clone(),
            self.fact_priority_district.clone(),
        ])
    }

    fn own_reference(&self) -> Result<Option<OwnReference>, Problem> {
        match self.own_reference.trim() {
            "" => Ok(None),
            text => own_reference_of(text).map(Some),
        }
    }
}

/// What the form shows as chosen.
#[derive(Default)]
struct Chosen {
    programme: Option<ProgrammeId>,
    workshops: Option<u8>,
    stock: bool,
    own_reference: String,
    facts: FactsGiven,
    same: Vec<VoucherView>,
}

pub async fn form(visitor: Visitor) -> Result<HttpResponse, Stop> {
    let once = Once::new(&visitor);
    let shown = filled(&visitor, once, Vec::new(), Chosen::default()).await?;
    Ok(page(&shown)?)
}

pub async fn issue(visitor: Visitor, given: web::Form<Given>) -> Result<HttpResponse, Stop> {
    let given = given.into_inner();
    visitor.sent(&given.form_token)?;
    match issued(&visitor, &given).await {
        Ok(Answered::Issued(voucher)) => Ok(see_other(&format!("/vouchers/{voucher}?done=issued"))),
        Ok(Answered::Same(same)) => {
            let once = Once { request: given.request, ..Once::new(&visitor) };
            let chosen = Chosen { same, ..Chosen::of(&given) };
            Ok(page(&filled(&visitor, once, Vec::new(), chosen).await?)?)
        }
        Err(problem) => {
            let about_facts = facts::mistake(&visitor.say, &problem);
            let mistake = about_facts.unwrap_or_else(|| match problem.reason() {
                "workshops_out_of_range" => Mistake::of(&visitor.say, &problem, "workshops"),
                "field_invalid" => Mistake {
                    field: "own_reference".to_owned(),
                    said: visitor.say.t("own-reference-wrong"),
                },
                _ => Mistake::of(&visitor.say, &problem, "programme"),
            });
            let once = Once::new(&visitor);
            let shown = filled(&visitor, once, vec![mistake], Chosen::of(&given)).await?;
            Ok(page_again(&problem, &shown)?)
        }
    }
}

impl Chosen {
    fn of(given: &Given) -> Self {
        Self {
            programme: Some(given.programme),
            workshops: Some(given.workshops),
            stock: given.stock.is_some(),
            own_reference: given.own_reference.clone(),
            facts: given.facts(),
            same: Vec::new(),
        }
    }
}

enum Answered {
    Issued(VoucherId),
    /// Nothing yet: these have the same own reference.
    Same(Vec<VoucherView>),
}

async fn issued(visitor: &Visitor, given: &Given) -> Result<Answered, Problem> {
    let within = visitor.caller.may(Verb::VoucherIssue)?;
    let issuer = Caller::issuer(within, given.issuer)?;
    let own = given.own_reference()?;
    if let Some(own) = own.clone().filter(|_| given.anyway.is_none()) {
        let same = same(visitor, issuer, own).await?;
        if !same.is_empty() {
            return Ok(Answered::Same(same));
        }
    }
    let (programme, workshops, stock) = (given.programme, given.workshops, given.stock.is_some());
    let key = key(given.request, "issue");
    let told = if stock {
        // Its people are counted when it is activated.
        Told::new()
    } else {
        let asked = asked(visitor, programme).await?;
        to_count(&visitor.state, programme, given.facts().told(&asked)).await?
    };
    let own_text = own.as_ref().map_or("", OwnReference::as_str);
    let canonical = format!("{programme} {issuer} {workshops} {stock} {own_text}");
    let new = move |draft| Ask::Issue { programme, issuer, workshops, stock, draft };
    let answer = drawn(&visitor.state, visitor.caller, &key, &canonical, new).await?;
    let Outcome::Issued { voucher, .. } = answer.outcome else {
        return Err(Wrong::Internal.into());
    };
    count(&visitor.state, &answer, programme, issuer, told).await?;
    if let Some(own) = own {
        called(&visitor.state, &answer, issuer, own).await?;
    }
    Ok(Answered::Issued(voucher))
}

/// What a programme asks about people.
pub async fn asked(visitor: &Visitor, programme: ProgrammeId) -> Result<Vec<Fact>, Problem> {
    let found =
        block(&visitor.state, move |service| Ok(service.database().programme(programme)?));
    Ok(found.await?.map(|row| row.terms.facts).unwrap_or_default())
}

/// The issuer's passes of the same own reference that may still be used.
pub async fn same(
    visitor: &Visitor,
    issuer: IssuerId,
    own: OwnReference,
) -> Result<Vec<VoucherView>, Problem> {
    let filter = Filter { own_reference: Some(own), ..all(Tenant::Issuer(issuer)) };
    let mut same = block(&visitor.state, move |service| service.vouchers(&filter)).await?;
    same.retain(|row| matches!(row.state, State::Stock | State::Active | State::Suspended));
    Ok(same)
}

async fn filled(
    visitor: &Visitor,
    once: Once,
    mistakes: Vec<Mistake>,
    chosen: Chosen,
) -> Result<IssuePage, Stop> {
    let Offered { programmes, ending, issuers } = offered(visitor).await?;
    let mut mistakes = mistakes;
    if programmes.is_empty() && mistakes.is_empty() {
        mistakes.push(blocked(visitor));
    }
    Ok(IssuePage {
        layout: visitor.layout("issue-title"),
        once,
        mistakes,
        numbers: numbers(&programmes, chosen.workshops),
        questions: questions(&visitor.say, &asked_by(&programmes), &chosen.facts),
        programmes: Choice::of(programmes, chosen.programme),
        notices: ending.iter().map(|(row, phase)| notice(&visitor.say, row, *phase)).collect(),
        issuers,
        stock: chosen.stock,
        own_reference: chosen.own_reference,
        same: chosen.same,
    })
}

/// What any of the programmes asks about people; what the chosen one does not is not counted.
fn asked_by(programmes: &[ProgrammeView]) -> Vec<Fact> {
    programmes.iter().flat_map(|row| row.terms.facts.iter().copied()).collect()
}

/// What any programme of today asks about people.
pub async fn offered_facts(visitor: &Visitor) -> Result<Vec<Fact>, Stop> {
    Ok(asked_by(&offered(visitor).await?.programmes))
}

/// What passes can be issued of today, and for whom.
pub struct Offered {
    pub programmes: Vec<ProgrammeView>,
    /// Those that end soon, and those that are not issued any more but still accepted.
    pub ending: Vec<(ProgrammeView, Phase)>,
    /// For an operator, who has no issuer of their own.
    pub issuers: Vec<IssuerView>,
}

pub async fn offered(visitor: &Visitor) -> Result<Offered, Stop> {
    let within = visitor.may(Verb::VoucherIssue)?;
    let read = move |service: &Service| {
        let now = service.clock.now();
        let mut programmes = service.database().programmes(&all(within))?;
        let phase = |row: &ProgrammeView| row.terms.phase(row.ended, now.day(&row.terms.time_zone));
        let ending = programmes.iter().map(|row| (row.clone(), phase(row)));
        let ending = ending
            .filter(|(row, phase)| !row.closed && matches!(phase, Phase::Ending | Phase::Blocked));
        let ending = ending.collect();
        programmes.retain(|programme| open(programme, now));
        let issuers = match within {
            Tenant::Any => service.database().issuers(&all(within))?,
            _ => Vec::new(),
        };
        Ok(Offered { programmes, ending, issuers })
    };
    Ok(block(&visitor.state, read).await?)
}

/// That nothing can be issued.
pub fn blocked(visitor: &Visitor) -> Mistake {
    let blocked = Problem::refused(Reason::ProgrammeBlocked.into(), false);
    Mistake::of(&visitor.say, &blocked, "")
}

fn all(within: Tenant) -> Filter {
    Filter { limit: 200, ..Filter::of(within) }
}

/// Whether passes of the programme are issued now.
fn open(programme: &ProgrammeView, now: Instant) -> bool {
    let today = now.day(&programme.terms.time_zone);
    !programme.closed && programme.terms.open_for_issuing(today)
}

/// That a programme ends soon, or that nothing of it is issued any more.
fn notice(say: &Say, row: &ProgrammeView, phase: Phase) -> String {
    let days = EndDays::of(&row.terms);
    let facts = [
        ("name", words::Fact::from(row.name.as_str())),
        ("stops", words::Fact::from(say.day(&days.issuing_stops))),
        ("accepted", words::Fact::from(say.day(&days.accepted_until))),
    ];
    say.say(&format!("issue-{}", phase.code()), &facts)
}
