//! `import-venues`: mediation venues from a file in the national schema.
//! No parsing, no rules, and no sentences about lines.

use indicatif::{ProgressBar, ProgressStyle};

use super::{
    arguments::{Arguments, ImportVenues},
    check::service,
    output::{Failure, say},
};
use crate::{
    domain::{national_schema::Wrongness, registry::Approval},
    words::{Fact, Language, Words},
};

pub fn import(arguments: &Arguments, options: &ImportVenues) -> Result<(), Failure> {
    let unread = |cause| Failure::Told(format!("{}: {cause}", options.file.display()));
    let file = std::fs::read(&options.file).map_err(unread)?;
    let service = service(&options.service)?;
    let bar = progress("venues");
    let approval = if options.approve { Approval::Approved } else { Approval::Pending };
    let imported = service.import_venues(None, &file, approval, &|done, of| {
        bar.set_length(of);
        bar.set_position(done);
    })?;
    bar.finish_and_clear();
    let mut line = format!(
        "{} venues added, {} changed, {} unchanged, {} organisations added",
        imported.added, imported.changed, imported.unchanged, imported.organisations
    );
    let words = Words::new();
    let mut problems = Vec::new();
    for problem in &imported.problems {
        let (severity, message) = (problem.severity.code(), told(&words, &problem.wrong));
        let field = problem.field.unwrap_or("row");
        line.push_str(&format!("\nline {}: {severity}: {field}: {message}", problem.line));
        problems.push(serde_json::json!({
            "line": problem.line, "severity": severity, "field": problem.field,
            "reason": problem.wrong.code(), "message": message,
        }));
    }
    let value = serde_json::json!({
        "added": imported.added, "changed": imported.changed, "unchanged": imported.unchanged,
        "organisations": imported.organisations, "problems": problems,
    });
    say(arguments.json, &line, &value)?;
    service.stop();
    Ok(())
}

/// In English, as all that commands say.
fn told(words: &Words, wrong: &Wrongness) -> String {
    let facts = [
        ("text", Fact::from(wrong.text().unwrap_or_default())),
        ("count", Fact::Count(wrong.count().map_or(-1, u64::cast_signed))),
    ];
    words.say(Language::English, &format!("import-wrong-{}", wrong.code()), &facts)
}

/// A bar on the terminal's error stream; nothing where there is no terminal.
pub fn progress(what: &'static str) -> ProgressBar {
    let bar = ProgressBar::new(0).with_message(what);
    if let Ok(style) = ProgressStyle::with_template("{msg:>10} {wide_bar} {pos}/{len} {eta}") {
        bar.set_style(style);
    }
    bar
}
