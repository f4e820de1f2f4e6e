//! Issuing a list of passes from a spreadsheet: looked at first, line by line, then issued.
//! No reading of the table: `domain/issue_list.rs` has it.

use actix_multipart::form::{MultipartForm, bytes::Bytes as Upload, text::Text};
use actix_web::{HttpResponse, http::StatusCode, web};
use askama::Template;
use serde::Deserialize;
use uuid::Uuid;

use super::issue::{Choice, Offered, blocked, numbers, offered, same};
use crate::{
    domain::{
        access::Verb,
        command::{Ask, Outcome},
        ids::{IssuerId, ProgrammeId, VoucherId},
        issue_list::{IssueList, Line, MOST_BYTES, MOST_LINES, NotAList, Wrongness},
        own_reference::OwnReference,
        view::{IssuerView, VoucherView},
    },
    http::{
        access::Caller,
        problem::{Problem, Wrong},
        say::Say,
        v1::vouchers::issue::{called, drawn},
    },
    pages::{
        form::{Mistake, Once, key, uploads},
        layout::{Layout, page, page_again},
        printing::sheets::FORMATS,
        stop::{Stop, back},
        visitor::Visitor,
    },
};

/// The format that an agent hands out.
const USUAL: &str = "pages";
/// How often a list may be refused and sent on: each time asks for every line's earlier tries.
const MOST_REFUSALS: u32 = 20;
/// Between the parts of a request for one try and those for the next: more than a file has lines.
const A_TRY: u64 = 1_000_000;
/// What comes with the file.
const MOST_FORM_BYTES: usize = MOST_BYTES + 16 * 1024;

/// To be configured before the routes of one pass, which take any last part.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .service(
            web::resource("/vouchers/issue-list")
                .app_data(uploads(MOST_FORM_BYTES))
                .route(web::get().to(form))
                .route(web::post().to(look)),
        )
        .service(
            web::resource("/vouchers/issue-list/issue")
                .route(web::get().to(|| back("/vouchers/issue-list")))
                .route(web::post().to(issue)),
        );
}

#[derive(Template)]
#[template(path = "vouchers/issue_list.html")]
struct FormPage {
    layout: Layout,
    form_token: String,
    mistakes: Vec<Mistake>,
    /// The line, and what is wrong with it.
    wrong: Vec<(u64, String)>,
    programmes: Vec<Choice>,
    issuers: Vec<IssuerView>,
    numbers: Vec<(u8, bool)>,
    stock: bool,
}

/// A line as it is shown: before, with passes that have the same own reference; after, with its
/// own.
struct Shown {
    number: u64,
    own_reference: String,
    workshops: u8,
    same: Vec<VoucherView>,
    issued: Option<VoucherId>,
}

#[derive(Template)]
#[template(path = "vouchers/issue_list_lines.html")]
struct LinesPage {
    layout: Layout,
    once: Once,
    /// Printing is asked for apart.
    print: Once,
    mistakes: Vec<Mistake>,
    programme: ProgrammeId,
    programme_name: String,
    issuer: Option<IssuerId>,
    usual: u8,
    stock: bool,
    lines: Vec<Shown>,
    text: String,
    /// Refusals that the form met: what was refused once stays refused under its request.
    refusals: u32,
    /// How many of the lines are issued; all, some, or none yet.
    done: i64,
    passes: i64,
    workshops: i64,
    left: i64,
    /// The code of each, its words, and whether it is the usual one.
    formats: Vec<(&'static str, String, bool)>,
}

impl LinesPage {
    fn asked_about(&self) -> bool {
        self.lines.iter().any(|line| !line.same.is_empty())
    }

    fn finished(&self) -> bool {
        self.left == 0
    }

    /// What is printed: the passes in the order of the lines.
    fn vouchers(&self) -> String {
        let issued = self.lines.iter().filter_map(|line| line.issued);
        issued.map(|id| id.to_string()).collect::<Vec<_>>().join(",")
    }
}

/// Of which kind the passes of a list are.
#[derive(Clone, Copy)]
struct Kind {
    programme: ProgrammeId,
    issuer: Option<IssuerId>,
    usual: u8,
    stock: bool,
}

async fn form(visitor: Visitor) -> Result<HttpResponse, Stop> {
    Ok(page(&empty(&visitor, offered(&visitor).await?, None, Vec::new(), Vec::new()))?)
}

fn empty(
    visitor: &Visitor,
    offered: Offered,
    kind: Option<Kind>,
    mut mistakes: Vec<Mistake>,
    wrong: Vec<(u64, String)>,
) -> FormPage {
    let Offered { programmes, issuers, .. } = offered;
    if programmes.is_empty() {
        mistakes.push(blocked(visitor));
    }
    FormPage {
        layout: visitor.layout("list-title"),
        form_token: visitor.session.form_token.clone(),
        mistakes,
        wrong,
        numbers: numbers(&programmes, kind.map(|kind| kind.usual)),
        programmes: Choice::of(programmes, kind.map(|kind| kind.programme)),
        issuers,
        stock: kind.is_some_and(|kind| kind.stock),
    }
}

#[derive(MultipartForm)]
struct Given {
    form_token: Text<String>,
    programme: Text<ProgrammeId>,
    issuer: Option<Text<IssuerId>>,
    workshops: Text<u8>,
    stock: Option<Text<String>>,
    #[multipart(limit = "64KiB")]
    file: Upload,
}

async fn look(visitor: Visitor, given: MultipartForm<Given>) -> Result<HttpResponse, Stop> {
    let Given { form_token, programme, issuer, workshops, stock, file } = given.into_inner();
    visitor.sent(&form_token)?;
    let kind = Kind {
        programme: *programme,
        issuer: issuer.map(|issuer| *issuer),
        usual: *workshops,
        stock: stock.is_some(),
    };
    let offered = offered(&visitor).await?;
    let list = match read(&offered, kind, &file.data)? {
        Ok(list) => list,
        Err(not) => {
            let said = told_of_all(&visitor.say, not);
            return again(&visitor, offered, kind, said, Vec::new());
        }
    };
    if !list.wrong.is_empty() {
        let told = |(line, wrong): &(u64, Wrongness)| (*line, told_of_line(&visitor.say, *wrong));
        let wrong = list.wrong.iter().map(told).collect();
        return again(&visitor, offered, kind, visitor.say.t("list-wrong"), wrong);
    }
    let issuer = Caller::issuer(visitor.may(Verb::VoucherIssue)?, kind.issuer)?;
    let mut shown = Vec::with_capacity(list.lines.len());
    for line in &list.lines {
        let same = match &line.own_reference {
            Some(own) => same(&visitor, issuer, own.clone()).await?,
            None => Vec::new(),
        };
        shown.push(Shown { same, ..Shown::of(line) });
    }
    let once = Once::new(&visitor);
    Ok(page(&lines(&visitor, &offered, kind, once, &list, shown))?)
}

/// The form once more: a browser does not keep the file, so nothing else is asked anew.
fn again(
    visitor: &Visitor,
    offered: Offered,
    kind: Kind,
    said: String,
    wrong: Vec<(u64, String)>,
) -> Result<HttpResponse, Stop> {
    let problem = Problem::field(Wrong::FieldInvalid, "file");
    let mistakes = vec![Mistake { field: "file".to_owned(), said }];
    Ok(page_again(&problem, &empty(visitor, offered, Some(kind), mistakes, wrong))?)
}

/// The list, by what its programme allows.
fn read(
    offered: &Offered,
    kind: Kind,
    bytes: &[u8],
) -> Result<Result<IssueList, NotAList>, Problem> {
    let programme = offered.programmes.iter().find(|row| row.id == kind.programme);
    let terms = &programme.ok_or(Wrong::NotFound)?.terms;
    Ok(IssueList::read(bytes, terms.workshops_min..=terms.workshops_max, kind.usual))
}

impl Shown {
    fn of(line: &Line) -> Self {
        let own = line.own_reference.as_ref().map_or("", OwnReference::as_str);
        Self {
            number: line.number,
            own_reference: own.to_owned(),
            workshops: line.workshops,
            same: Vec::new(),
            issued: None,
        }
    }
}

fn lines(
    visitor: &Visitor,
    offered: &Offered,
    kind: Kind,
    once: Once,
    list: &IssueList,
    lines: Vec<Shown>,
) -> LinesPage {
    let programme = offered.programmes.iter().find(|row| row.id == kind.programme);
    let count = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    let (passes, done) = (lines.len(), lines.iter().filter(|line| line.issued.is_some()).count());
    LinesPage {
        layout: visitor.layout("list-title"),
        once,
        print: Once::new(visitor),
        mistakes: Vec::new(),
        programme: kind.programme,
        programme_name: programme.map(|row| row.name.clone()).unwrap_or_default(),
        issuer: kind.issuer,
        usual: kind.usual,
        stock: kind.stock,
        done: count(done),
        passes: count(passes),
        workshops: lines.iter().map(|line| i64::from(line.workshops)).sum(),
        left: count(passes.saturating_sub(done)),
        lines,
        text: list.text(),
        refusals: 0,
        formats: FORMATS
            .map(|code| (code, visitor.say.t(&format!("format-{code}")), code == USUAL))
            .into(),
    }
}

#[derive(Deserialize)]
struct Looked {
    form_token: String,
    request: Uuid,
    programme: ProgrammeId,
    issuer: Option<IssuerId>,
    workshops: u8,
    stock: Option<String>,
    list: String,
    #[serde(default)]
    refusals: u32,
}

/// Issues line after line. Each has a request of its own, made of the form's: sent again, after a
/// lost answer, the form issues what is missing and nothing twice.
async fn issue(visitor: Visitor, given: web::Form<Looked>) -> Result<HttpResponse, Stop> {
    visitor.sent(&given.form_token)?;
    let Looked { request, programme, issuer, workshops, stock, list, refusals, .. } =
        given.into_inner();
    if refusals > MOST_REFUSALS {
        return Err(Problem::field(Wrong::FieldInvalid, "refusals").into());
    }
    let kind = Kind { programme, issuer, usual: workshops, stock: stock.is_some() };
    let offered = offered(&visitor).await?;
    // It was read before: whoever changed it on the way sees the problem of one form field.
    let list = read(&offered, kind, list.as_bytes())?;
    let list = list.ok().filter(|list| list.wrong.is_empty());
    let list = list.ok_or_else(|| Problem::field(Wrong::FieldInvalid, "list"))?;
    let (mut shown, mut stopped) = (Vec::with_capacity(list.lines.len()), None);
    for line in &list.lines {
        let mut row = Shown::of(line);
        if stopped.is_none() {
            match issued(&visitor, (request, refusals), kind, line).await {
                Ok(voucher) => row.issued = Some(voucher),
                Err(problem) => stopped = Some((line.number, problem)),
            }
        }
        shown.push(row);
    }
    let once = Once { request, ..Once::new(&visitor) };
    let mut shown = lines(&visitor, &offered, kind, once, &list, shown);
    shown.refusals = refusals + u32::from(stopped.is_some());
    let Some((number, problem)) = stopped else { return Ok(page(&shown)?) };
    let said = format!(
        "{} {}",
        visitor.say.n("list-stopped", &i64::try_from(number).unwrap_or(0)),
        visitor.say.problem(&problem)
    );
    shown.mistakes.push(Mistake { field: String::new(), said });
    Ok(page_again(&problem, &shown)?)
}

async fn issued(
    visitor: &Visitor,
    (request, refusals): (Uuid, u32),
    kind: Kind,
    line: &Line,
) -> Result<VoucherId, Problem> {
    let mut refusal = 0;
    loop {
        let part = line.number + u64::from(refusal) * A_TRY;
        let part = visitor.state.service.part_of(request, part);
        match issued_as(visitor, part, kind, line).await {
            Err(problem) if refusal < refusals && problem.status() == StatusCode::CONFLICT => {
                refusal += 1;
            }
            done => return done,
        }
    }
}

async fn issued_as(
    visitor: &Visitor,
    request: Uuid,
    kind: Kind,
    line: &Line,
) -> Result<VoucherId, Problem> {
    let within = visitor.caller.may(Verb::VoucherIssue)?;
    let issuer = Caller::issuer(within, kind.issuer)?;
    let Kind { programme, stock, .. } = kind;
    let workshops = line.workshops;
    let state = &visitor.state;
    let key = key(request, "issue");
    let own = line.own_reference.as_ref().map_or("", OwnReference::as_str);
    let canonical = format!("{programme} {issuer} {workshops} {stock} {own}");
    let new = move |draft| Ask::Issue { programme, issuer, workshops, stock, draft };
    let answer = drawn(state, visitor.caller, &key, &canonical, new).await?;
    if let Some(own) = line.own_reference.clone() {
        called(state, &answer, issuer, own).await?;
    }
    match answer.outcome {
        Outcome::Issued { voucher, .. } => Ok(voucher),
        _ => Err(Wrong::Internal.into()),
    }
}

fn told_of_all(say: &Say, not: NotAList) -> String {
    let most = i64::try_from(MOST_LINES).unwrap_or(i64::MAX);
    match not {
        NotAList::TooLarge | NotAList::TooLong => say.n("list-too-long", &most),
        NotAList::Empty => say.t("list-empty"),
        NotAList::Headings => say.t("list-headings"),
    }
}

fn told_of_line(say: &Say, wrong: Wrongness) -> String {
    match wrong {
        Wrongness::Unreadable => say.t("list-line-unreadable"),
        Wrongness::Cells => say.t("list-line-cells"),
        Wrongness::Reference => say.t("own-reference-wrong"),
        Wrongness::Twice { earlier } => {
            say.n("list-line-twice", &i64::try_from(earlier).unwrap_or(i64::MAX))
        }
        Wrongness::Workshops => say.t("list-line-workshops"),
    }
}
