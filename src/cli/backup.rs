//! `backup`, `restore`, `acknowledge-restore`: what is copied is told with its last event, by
//! which it is known again. No copying here.

use super::{
    arguments::{AcknowledgeRestore, Arguments, Backup, Restore},
    check::told,
    output::{Failure, say},
    venues::progress,
};
use crate::{
    app::{
        backup::{self, acknowledge, back_up, unacknowledged},
        service::Fault,
        view::CopyError,
    },
    sys::{
        clock::Clock,
        sealed::{Recipients, recipient_lines},
    },
};

pub fn backup(arguments: &Arguments, options: &Backup) -> Result<(), Failure> {
    let mut texts = options.recipient.clone();
    for path in &options.recipients_file {
        texts.extend(recipient_lines(path).map_err(|cause| Failure::Fault(cause.into()))?);
    }
    let recipients = Recipients::new(texts.iter().map(String::as_str))
        .map_err(|cause| Failure::Fault(cause.into()))?;
    let (location, now) = (&options.database.database, Clock::system().now());
    let bar = progress("backup");
    let done = back_up(location, &options.to, &recipients, now, &|done, of| {
        bar.set_length(of);
        bar.set_position(done);
    });
    bar.finish_and_clear();
    let made = done?;
    let line = format!(
        "backed up {} rows up to event {}, {} bytes in {}\nthe event's hash is {}",
        made.copied.rows,
        made.copied.seq,
        made.bytes,
        options.to.display(),
        made.copied.hash,
    );
    say(arguments.json, &line, &made)
}

pub fn restore(arguments: &Arguments, options: &Restore) -> Result<(), Failure> {
    let (location, now) = (&options.database.database, Clock::system().now());
    let bar = progress("restore");
    let done = backup::restore(location, &options.from, &options.identity, now, &|done, of| {
        bar.set_length(of);
        bar.set_position(done);
        if done == of {
            bar.set_message("audit");
        }
    });
    bar.finish_and_clear();
    let made = match done {
        Ok(made) => made,
        Err(Fault::Copy(CopyError::Differs(audit))) => {
            told(arguments, &audit)?;
            return Err(Failure::Differences(audit.differences.len()));
        }
        Err(fault) => return Err(fault.into()),
    };
    let line = format!(
        "restored {} rows up to event {}, as of {}; all agree with their events\n\
         the event's hash is {}\n\
         Nothing can be changed yet. Find the highest number on a later receipt or report, then \
         run\n  pass-numerique acknowledge-restore --last-seq NUMBER",
        made.rows, made.seq, made.made_at, made.hash,
    );
    say(arguments.json, &line, &made)
}

pub fn acknowledge_restore(
    arguments: &Arguments,
    options: &AcknowledgeRestore,
) -> Result<(), Failure> {
    let (location, last) = (&options.database.database, options.last_seq);
    let head = unacknowledged(location)?.seq.0;
    let lost = last.0.saturating_sub(head);
    if lost < 0 {
        return Err(Failure::Told(format!(
            "the backup holds event {head}: --last-seq must be {head} or more"
        )));
    }
    if options.lost != Some(lost) {
        let which = if lost == 0 {
            format!("the backup ends at event {head}, so nothing is lost by that number")
        } else {
            format!(
                "the backup ends at event {head}: {lost} events are lost, {} to {}",
                head.saturating_add(1),
                last.0
            )
        };
        let advice = "their numbers are never given again, and this cannot be taken back";
        return Err(Failure::Told(format!(
            "{which}; {advice}. To go on without them, add --lost {lost}"
        )));
    }
    let seq = acknowledge(location, last, options.by, Clock::system().now())?;
    let line = format!("acknowledged by event {seq}: {lost} events are lost, changes are taken");
    say(arguments.json, &line, &serde_json::json!({ "seq": seq, "lost": lost }))
}
