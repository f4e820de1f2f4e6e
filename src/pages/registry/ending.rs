//! The end of a programme on its page: its days, how its passes stand, what stands in the way.
//! No rules: the domain has the days, `app/ending.rs` the figures.

use super::section::{Desk, Table, figure, text};
use crate::{
    app::{
        ending::{EndingReport, ending_report},
        reconciliation::OpenCents,
        service::Fault,
    },
    domain::{
        access::{Verb, within},
        ending::{EndDays, Phase},
        usage::Breakdown,
        view::ProgrammeView,
    },
};

/// Its days, for everybody who sees the programme.
pub fn facts(desk: &Desk<'_>, row: &ProgrammeView) -> Vec<(&'static str, String)> {
    let days = EndDays::of(&row.terms);
    let mut facts = vec![
        ("ending-issuing-stops", desk.say.day(&days.issuing_stops)),
        ("ending-accepted-until", desk.say.day(&days.accepted_until)),
        ("ending-late-until", desk.say.day(&days.late_until)),
    ];
    facts.extend(row.ended.map(|day| ("ending-ended", desk.say.day(&day))));
    facts
}

fn phase(desk: &Desk<'_>, row: &ProgrammeView) -> Phase {
    row.terms.phase(row.ended, desk.service.clock.now().day(&row.terms.time_zone))
}

/// Whether ending it can be asked for: what came free since may go back too.
pub fn may_end(desk: &Desk<'_>, row: &ProgrammeView) -> bool {
    phase(desk, row) == Phase::Over
}

/// From the alert on: how its passes stand, and where its money is.
pub fn tables(desk: &Desk<'_>, row: &ProgrammeView) -> Result<Vec<Table>, Fault> {
    let Some(own) = within(desk.role, Verb::LedgerRead) else { return Ok(Vec::new()) };
    if phase(desk, row) < Phase::Ending {
        return Ok(Vec::new());
    }
    let report = ending_report(desk.service, own, row)?;
    let mut tables = vec![passes(desk, &report)];
    if row.ended.is_none() {
        tables.push(obstacles(desk, &report));
        tables.push(shares(desk, "ending-returnable", &report.returnable)?);
    }
    if !report.returned.is_empty() {
        tables.push(shares(desk, "ending-returned", &report.returned)?);
    }
    Ok(tables)
}

fn passes(desk: &Desk<'_>, report: &EndingReport) -> Table {
    let counts = [
        ("ending-minted", report.vouchers_minted),
        ("report-handed-over", report.vouchers_handed_over),
        ("ending-not-handed-over", report.vouchers_not_handed_over),
        ("report-started", report.vouchers_started),
        ("ending-unused", report.vouchers_unused),
        ("report-outstanding", report.workshops_outstanding),
    ];
    let rows = counts.map(|(key, count)| vec![desk.say.t(key), desk.say.count(&count)]);
    Table {
        key: "ending-passes",
        columns: const { &[text("ending-figure"), figure("reconciliation-count")] },
        rows: rows.to_vec(),
    }
}

/// What keeps it from ending; nothing, once all is settled.
fn obstacles(desk: &Desk<'_>, report: &EndingReport) -> Table {
    let say = desk.say;
    let mut rows: Vec<Vec<String>> = report
        .obstacles
        .iter()
        .map(|one| {
            let what = say.t(&format!("stage-{}", one.stage.code()));
            vec![what, say.euros(&one.amount_cents)]
        })
        .collect();
    if report.undecided > 0 {
        rows.push(vec![say.t("ending-undecided"), say.count(&report.undecided)]);
    }
    Table {
        key: "ending-obstacles",
        columns: const { &[text("ending-figure"), figure("amount")] },
        rows,
    }
}

fn shares(desk: &Desk<'_>, key: &'static str, shares: &[OpenCents]) -> Result<Table, Fault> {
    let numbers: Vec<i64> = shares.iter().map(|share| share.funder.0).collect();
    let names = desk.service.database().names(Breakdown::Funder, &numbers)?;
    let row = |share: &OpenCents| {
        let name = names.get(&share.funder.0).cloned().unwrap_or_default();
        vec![name, desk.say.euros(&share.amount_cents)]
    };
    Ok(Table {
        key,
        columns: const { &[text("by-funder"), figure("amount")] },
        rows: shares.iter().map(row).collect(),
    })
}
