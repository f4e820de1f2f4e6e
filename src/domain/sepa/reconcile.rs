//! A bank's answer against what was ordered: what it says of each payment, or why it is refused.
//! Nothing is changed here; a file that is wrong in one line is refused as a whole.

use std::collections::BTreeMap;

use super::pain002::{Report, ReportLine};
use crate::domain::{
    cents::Cents,
    ids::PaymentId,
    refusal::{Reason, Refusal},
    settlement::{BankAnswer, PaymentState},
};

/// A payment as it was ordered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ordered {
    pub id: PaymentId,
    pub end_to_end_id: String,
    pub amount: Cents,
    pub state: PaymentState,
}

/// What a bank's answer comes to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reconciled {
    /// Those that it changes.
    pub answers: Vec<(PaymentId, BankAnswer)>,
    /// It says of so many what is known already.
    pub known: u64,
    /// It has so many, and has not decided about them.
    pub pending: u64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Says {
    Settled,
    Rejected(Option<String>),
    Pending,
}

/// What a status means: the codes of `ExternalPaymentTransactionStatus1Code` that banks of the
/// SEPA use. Paid is what was settled; all else may still be rejected.
fn says(status: &str, reason: Option<&String>) -> Option<Says> {
    match status {
        "ACSC" | "ACCC" => Some(Says::Settled),
        "RJCT" | "CANC" => Some(Says::Rejected(reason.cloned())),
        "ACCP" | "ACSP" | "ACTC" | "ACWC" | "ACWP" | "ACFC" | "ACPT" | "RCVD" | "PDNG" | "PATC"
        | "PRES" => Some(Says::Pending),
        _ => None,
    }
}

fn refused(reason: Reason, line: &str) -> Refusal {
    Refusal::field(reason, line)
}

/// What a report says of the payments of the run `message_id`.
///
/// # Errors
/// The first line that is wrong, by its name at the bank; nothing of the file counts then.
pub fn reconcile(
    report: &Report,
    message_id: &str,
    ordered: &[Ordered],
) -> Result<Reconciled, Refusal> {
    if report.message_id != message_id {
        return Err(refused(Reason::AnswerForeign, &report.message_id));
    }
    let by_id: BTreeMap<&str, &Ordered> =
        ordered.iter().map(|one| (one.end_to_end_id.as_str(), one)).collect();
    let mut said: BTreeMap<&str, Says> = BTreeMap::new();
    for block in &report.blocks {
        if !block.id.is_empty() && block.id != message_id {
            return Err(refused(Reason::AnswerForeign, &block.id));
        }
        for line in &block.lines {
            let (id, says) = one(line, &by_id)?;
            if said.get(id).is_some_and(|before| *before != says) {
                return Err(refused(Reason::AnswerContradicts, id));
            }
            said.insert(id, says);
        }
    }
    let whole = of_the_whole(report, message_id)?;
    if whole.is_none() && said.is_empty() {
        return Err(refused(Reason::AnswerMalformed, "GrpSts"));
    }
    if let Some(whole @ (Says::Settled | Says::Rejected(_))) = &whole {
        let kind = std::mem::discriminant(whole);
        let other = said.iter().find(|(_, says)| std::mem::discriminant(*says) != kind);
        if let Some((id, _)) = other {
            return Err(refused(Reason::AnswerContradicts, id));
        }
    }
    let mut reconciled = Reconciled::default();
    for one in ordered {
        let says = said.get(one.end_to_end_id.as_str()).or(whole.as_ref());
        if let Some(says) = says {
            take(&mut reconciled, one, says)?;
        }
    }
    Ok(reconciled)
}

/// What it says of one payment, by the name that we gave it.
fn one<'a>(
    line: &'a ReportLine,
    ordered: &BTreeMap<&str, &Ordered>,
) -> Result<(&'a str, Says), Refusal> {
    let id = line.id().ok_or_else(|| refused(Reason::AnswerMalformed, "OrgnlEndToEndId"))?;
    let known = ordered.get(id).ok_or_else(|| refused(Reason::AnswerPaymentUnknown, id))?;
    if line.cents()?.is_some_and(|amount| amount != known.amount) {
        return Err(refused(Reason::AnswerAmountDiffers, id));
    }
    let status = line.status.as_deref().ok_or_else(|| refused(Reason::AnswerMalformed, id))?;
    let unknown = || refused(Reason::AnswerStatusUnknown, &format!("{id} {status}"));
    Ok((id, says(status, line.reason.as_ref()).ok_or_else(unknown)?))
}

/// What it says of all payments that it does not name: of the block, else of the file. `PART`
/// leaves it to the lines.
fn of_the_whole(report: &Report, message_id: &str) -> Result<Option<Says>, Refusal> {
    let block = report.blocks.iter().find_map(|block| block.status.as_ref().map(|s| (s, block)));
    let (status, reason) = match (block, &report.status) {
        (Some((status, block)), _) => (status, block.reason.as_ref().or(report.reason.as_ref())),
        (None, Some(status)) => (status, report.reason.as_ref()),
        (None, None) => return Ok(None),
    };
    if status == "PART" {
        return Ok(None);
    }
    let unknown = || refused(Reason::AnswerStatusUnknown, &format!("{message_id} {status}"));
    says(status, reason).map(Some).ok_or_else(unknown)
}

fn take(to: &mut Reconciled, ordered: &Ordered, says: &Says) -> Result<(), Refusal> {
    let (answer, state) = match says {
        Says::Pending => {
            to.pending += 1;
            return Ok(());
        }
        Says::Settled => (BankAnswer::Paid, PaymentState::Paid),
        Says::Rejected(code) => (BankAnswer::Rejected(code.clone()), PaymentState::Rejected),
    };
    if ordered.state == state {
        to.known += 1;
        return Ok(());
    }
    if ordered.state != PaymentState::InPayment {
        return Err(refused(Reason::PaymentStateConflict, &ordered.end_to_end_id));
    }
    to.answers.push((ordered.id, answer));
    Ok(())
}
