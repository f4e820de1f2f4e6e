//! The check of the books: each kind of thing that should not stay, with the way to its rows.
//! No sums: `app/reconciliation.rs` has them.

use std::collections::HashMap;

use actix_web::{HttpResponse, web};
use askama::Template;

use super::Chosen;
use crate::{
    app::{
        reconciliation::{Gauges, OpenLine, reconciliation},
        service::{Fault, Service},
    },
    domain::{
        access::{Tenant, Verb},
        calendar::Zone,
        ids::ProgrammeId,
        reconciliation::{AuditRun, Item},
        usage::Breakdown,
        view::{Filter, ProgrammeView},
    },
    http::{block, say::Say},
    pages::{
        layout::{Layout, page},
        stop::Stop,
        visitor::Visitor,
    },
};

/// One programme's line.
struct Row {
    programme: String,
    count: i64,
    amount: String,
    /// Whose money it is, where several pay.
    funders: Vec<String>,
    /// So many of each age, the youngest first.
    ages: Vec<i64>,
    oldest: String,
    /// Where the things themselves are listed.
    place: Option<String>,
}

/// A kind of thing.
struct Part {
    code: &'static str,
    title: String,
    about: String,
    rows: Vec<Row>,
}

#[derive(Template)]
#[template(path = "reports/reconciliation.html")]
struct ReconciliationPage {
    layout: Layout,
    chosen: Chosen,
    query: String,
    programmes: Vec<ProgrammeView>,
    audit: Option<String>,
    agrees: bool,
    parts: Vec<Part>,
    gauges: Option<Gauges>,
    as_of: String,
}

pub async fn show(visitor: Visitor, chosen: web::Query<Chosen>) -> Result<HttpResponse, Stop> {
    let within = visitor.may(Verb::LedgerRead)?;
    let chosen = chosen.into_inner();
    let filter = chosen.filter(within);
    let say = visitor.say.clone();
    let reads = Reads {
        vouchers: visitor.may(Verb::VoucherRead).is_ok(),
        payments: visitor.may(Verb::PaymentRead).is_ok(),
        runs: visitor.may(Verb::SettlementRead).is_ok(),
    };
    let (report, parts, programmes) = block(&visitor.state, move |service| {
        let report = reconciliation(service, &filter)?;
        let shown =
            Item::ALL.iter().filter(|item| within == Tenant::Any || **item != Item::RecordsWaiting);
        let parts = shown.map(|item| part(service, &say, reads, *item, &report.lines));
        let parts = parts.collect::<Result<Vec<_>, _>>()?;
        let all = Filter { limit: 200, ..Filter::of(within) };
        let programmes = service.database().programmes(&all)?;
        Ok((report, parts, programmes))
    })
    .await?;
    let audit = report.audit.as_ref().map(|run| told(&visitor.say, run));
    Ok(page(&ReconciliationPage {
        layout: visitor.layout("reconciliation-title"),
        query: chosen.query(),
        chosen,
        programmes,
        audit,
        agrees: report.audit.is_some_and(|run| run.differences == 0),
        parts,
        gauges: report.gauges,
        as_of: report.as_of.to_string(),
    })?)
}

/// What the last audit came to.
fn told(say: &Say, run: &AuditRun) -> String {
    let at = say.moment(run.at, &Zone::paris());
    let facts = [("at", at.into()), ("count", crate::words::Fact::Count(run.differences))];
    say.say("reconciliation-audit", &facts)
}

/// Which lists a visitor may open.
#[derive(Clone, Copy)]
struct Reads {
    vouchers: bool,
    payments: bool,
    runs: bool,
}

fn part(
    service: &Service,
    say: &Say,
    reads: Reads,
    item: Item,
    lines: &[OpenLine],
) -> Result<Part, Fault> {
    let lines: Vec<&OpenLine> = lines.iter().filter(|line| line.item == item).collect();
    let database = service.database();
    let programmes: Vec<i64> =
        lines.iter().filter_map(|line| line.programme).map(|id| id.0).collect();
    let programmes = database.names(Breakdown::Programme, &programmes)?;
    let funders: Vec<i64> =
        lines.iter().flat_map(|line| &line.funders).map(|share| share.funder.0).collect();
    let funders = database.names(Breakdown::Funder, &funders)?;
    let row = |line: &&OpenLine| {
        let of = line.programme.and_then(|id| programmes.get(&id.0)).cloned();
        Ok(Row {
            programme: of.unwrap_or_else(|| say.t("reconciliation-no-programme")),
            count: line.count,
            amount: line.amount_cents.map_or_else(|| "–".to_owned(), |cents| say.euros(&cents)),
            funders: shares(say, line, &funders),
            ages: line.ages.iter().map(|age| age.count).collect(),
            oldest: say.day(&line.oldest),
            place: place(service, reads, line)?,
        })
    };
    let code = item.code();
    Ok(Part {
        code,
        title: say.t(&format!("open-{code}")),
        about: say.t(&format!("open-{code}-about")),
        rows: lines.iter().map(row).collect::<Result<_, Fault>>()?,
    })
}

/// Whose money it is, where several funders pay.
fn shares(say: &Say, line: &OpenLine, names: &HashMap<i64, String>) -> Vec<String> {
    if line.funders.len() < 2 {
        return Vec::new();
    }
    let share = |share: &crate::app::reconciliation::OpenCents| {
        let name = names.get(&share.funder.0).cloned().unwrap_or_default();
        format!("{name} {}", say.euros(&share.amount_cents))
    };
    line.funders.iter().map(share).collect()
}

/// The list of the things themselves; for whoever may not see those, of their accounts.
fn place(service: &Service, reads: Reads, line: &OpenLine) -> Result<Option<String>, Fault> {
    let Some(id) = line.programme else {
        return Ok(Some("/quarantine?waiting=true".to_owned()));
    };
    let ledger = |stage: &str| format!("/ledger?programme={id}&stage={stage}");
    let vouchers = |selection: &str, stage: &str| {
        if reads.vouchers {
            format!("/vouchers?programme={id}&selection={selection}")
        } else {
            ledger(stage)
        }
    };
    let payments = |filter: &str, stage: &str| {
        if reads.payments { format!("/payments?programme={id}&{filter}") } else { ledger(stage) }
    };
    Ok(Some(match line.item {
        Item::AccountsOff => format!("/ledger?programme={id}"),
        Item::PaymentsUnsent | Item::PaymentsUnanswered => {
            payments("state=in_payment", "in_payment")
        }
        Item::PaymentsFailed => payments("failed=true", "earned"),
        Item::OrganisationsWaiting if reads.runs => waiting(service, id)?,
        Item::OrganisationsWaiting => ledger("earned"),
        Item::HoldsWaiting => format!("/holds?programme={id}&waiting=true"),
        Item::ConflictsOpen => format!("/conflicts?programme={id}&waiting=true"),
        Item::DisputesOpen => format!("/disputes?programme={id}&waiting=true"),
        Item::RecordsWaiting => format!("/quarantine?programme={id}&waiting=true"),
        Item::StockAsleep if reads.vouchers => {
            format!("/vouchers?programme={id}&selection=stock")
        }
        Item::StockAsleep => format!("/reports/network?programme={id}"),
        Item::CommittedPastExpiry => vouchers("overdue", "committed"),
        Item::ReleasablePastLimit => vouchers("unreleased", "releasable"),
    }))
}

/// The page of the last run that says who waits.
fn waiting(service: &Service, programme: ProgrammeId) -> Result<String, Fault> {
    let filter = Filter { programme: Some(programme), limit: 200, ..Filter::of(Tenant::Any) };
    let runs = service.database().settlements(&filter)?;
    let run = runs.into_iter().find(|run| run.waiting > 0);
    Ok(run.map_or_else(
        || format!("/settlements?programme={programme}"),
        |run| format!("/settlements/{}#settlement-waiting", run.id),
    ))
}
