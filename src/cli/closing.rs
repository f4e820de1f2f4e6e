//! `close` and `statement`: a month of a programme is closed, and what was archived of it.
//! No figures: `app/statements` has them.

use clap::Args;

use super::{
    arguments::{Arguments, DatabaseOption, ServiceOptions},
    check::service,
    output::{Failure, print, say},
};
use crate::{
    app::{asking::accepted, view::Database},
    domain::{
        access::Tenant,
        command::{Ask, Outcome},
        ids::{ProgrammeId, UserId},
        period::{Month, PeriodAsk},
        view::Filter,
    },
};

#[derive(Args)]
pub struct Close {
    #[command(flatten)]
    pub service: ServiceOptions,
    /// The number of the programme
    #[arg(long)]
    pub programme: ProgrammeId,
    /// The month after the last closed one: 2026-10
    #[arg(long)]
    pub month: Month,
    /// The operator who closes it
    #[arg(long)]
    pub operator: Option<UserId>,
}

#[derive(Args)]
pub struct StatementOptions {
    #[command(flatten)]
    pub database: DatabaseOption,
    /// The number of the programme
    #[arg(long)]
    pub programme: ProgrammeId,
    /// Its number within the programme
    #[arg(long)]
    pub number: i64,
}

pub fn close(arguments: &Arguments, options: &Close) -> Result<(), Failure> {
    let service = service(&options.service)?;
    let (programme, month) = (options.programme, options.month);
    let ask = Ask::Period(PeriodAsk::Close { programme, month });
    let outcome = service.ask_as(options.operator, ask)?;
    let Outcome::Added { seq, .. } = accepted(outcome).map_err(Failure::Refused)? else {
        return Err(Failure::Told("the month was not closed".to_owned()));
    };
    let statements = service.tend_statements(&|| true)?;
    let accounts = service.tend_yearly_accounts(&|| true)?;
    service.stop();
    let line = format!("closed {month} by event {seq}; {statements} statements made");
    let line = if accounts > 0 { format!("{line}, {accounts} yearly accounts") } else { line };
    let value = serde_json::json!({ "seq": seq, "month": month, "statements": statements,
        "yearly_accounts": accounts });
    say(arguments.json, &line, &value)
}

pub fn statement(options: &StatementOptions) -> Result<(), Failure> {
    let database = Database::open(&options.database.database)?;
    let told = |cause: &dyn std::fmt::Display| Failure::Told(cause.to_string());
    let (programme, number) = (options.programme, options.number);
    let missing = || Failure::Told(format!("programme {programme} has no statement {number}"));
    // Numbers have no gaps: those after it are as many pages.
    let mut filter = Filter { programme: Some(programme), limit: 200, ..Filter::of(Tenant::Any) };
    loop {
        let rows = database.statements(&filter).map_err(|cause| told(&cause))?;
        let last = rows.last().ok_or_else(missing)?.id.0;
        if let Some(row) = rows.iter().find(|row| row.number == number) {
            let text = database.statement_text(row.id).map_err(|cause| told(&cause))?;
            return print(&format!("{}\n", text.ok_or_else(missing)?));
        }
        filter.after = Some(last);
    }
}
