//! Reading a bank's answer: ISO 20022 pain.002.001.03 and .12, line by line.
//! No judgement: `reconcile.rs` compares it with what was ordered.

use quick_xml::{
    Reader,
    escape::resolve_predefined_entity,
    events::{BytesRef, Event},
    name::QName,
};

use crate::domain::{
    cents::Cents,
    refusal::{Reason, Refusal},
};

const NAMESPACES: [&str; 2] = [
    "urn:iso:std:iso:20022:tech:xsd:pain.002.001.03",
    "urn:iso:std:iso:20022:tech:xsd:pain.002.001.12",
];
/// Elements within each other; the schema has fewer.
const DEEPEST: usize = 32;
/// Signs of a value; the schema has fewer where one is read.
const LONGEST: usize = 400;

/// What a bank says of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// The file's, as we named it.
    pub message_id: String,
    pub status: Option<String>,
    pub reason: Option<String>,
    pub blocks: Vec<ReportBlock>,
}

/// What it says of a block of payments.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReportBlock {
    pub id: String,
    pub status: Option<String>,
    pub reason: Option<String>,
    pub lines: Vec<ReportLine>,
}

/// What it says of one payment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReportLine {
    pub end_to_end_id: Option<String>,
    pub instruction_id: Option<String>,
    pub status: Option<String>,
    pub reason: Option<String>,
    /// What was ordered, if it repeats that.
    pub amount: Option<String>,
}

impl ReportLine {
    /// As we named the payment.
    #[must_use]
    pub fn id(&self) -> Option<&str> {
        let given = self.end_to_end_id.as_deref().filter(|id| *id != "NOTPROVIDED");
        given.or(self.instruction_id.as_deref())
    }

    /// # Errors
    /// For what is no amount in euros and cents.
    pub fn cents(&self) -> Result<Option<Cents>, Refusal> {
        let Some(text) = &self.amount else { return Ok(None) };
        let (euros, rest) = text.split_once('.').unwrap_or((text, "0"));
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        let rest = rest.trim_end_matches('0');
        let small = rest.is_empty() || digits(rest) && rest.len() <= 2;
        let cents = format!("{rest:0<2}").parse().ok().filter(|_| digits(euros) && small);
        let euros = euros.parse::<i64>().ok().and_then(|euros| euros.checked_mul(100));
        let sum = euros.zip(cents).and_then(|(euros, cents): (i64, i64)| euros.checked_add(cents));
        let wrong = || malformed(self.id().unwrap_or("InstdAmt"));
        sum.map(|cents| Some(Cents(cents))).ok_or_else(wrong)
    }
}

fn malformed(field: &str) -> Refusal {
    Refusal::field(Reason::AnswerMalformed, field)
}

/// Reads a file.
///
/// # Errors
/// `AnswerMalformed`: not XML, another document, or something missing that a status needs.
pub fn read(text: &str) -> Result<Report, Refusal> {
    let mut reader = Reader::from_str(text);
    let (mut walk, mut root) = (Walk::default(), false);
    loop {
        match reader.read_event().map_err(|_| malformed("Document"))? {
            Event::Start(element) => {
                if walk.path.is_empty() {
                    root = element.attributes().flatten().any(|one| {
                        let declares = one.key.as_ref().starts_with("xmlns");
                        declares && NAMESPACES.contains(&one.value.as_ref())
                    });
                }
                if !root || walk.path.len() >= DEEPEST {
                    return Err(malformed("Document"));
                }
                walk.start(local(element.name()));
            }
            Event::End(_) => walk.end(),
            Event::Text(text) => walk.text(&text)?,
            Event::CData(text) => walk.text(&text)?,
            Event::GeneralRef(entity) => walk.text(&resolved(&entity)?)?,
            // No bank sends one, and it could name what is not in the file.
            Event::DocType(_) => return Err(malformed("DOCTYPE")),
            Event::Eof => break,
            Event::Empty(_) | Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
        }
    }
    if !root || !walk.path.is_empty() {
        return Err(malformed("Document"));
    }
    if walk.report.message_id.is_empty() {
        return Err(malformed("OrgnlMsgId"));
    }
    Ok(walk.report)
}

fn resolved(entity: &BytesRef<'_>) -> Result<String, Refusal> {
    if let Ok(Some(c)) = entity.resolve_char_ref() {
        return Ok(c.to_string());
    }
    resolve_predefined_entity(entity).map(str::to_owned).ok_or_else(|| malformed("Document"))
}

fn local(name: QName<'_>) -> String {
    name.local_name().as_ref().to_owned()
}

#[derive(Default)]
struct Walk {
    path: Vec<String>,
    value: String,
    report: Report,
}

impl Walk {
    fn start(&mut self, name: String) {
        self.value.clear();
        match name.as_str() {
            "OrgnlPmtInfAndSts" => self.report.blocks.push(ReportBlock::default()),
            "TxInfAndSts" => {
                if let Some(block) = self.report.blocks.last_mut() {
                    block.lines.push(ReportLine::default());
                }
            }
            _ => {}
        }
        self.path.push(name);
    }

    fn text(&mut self, text: &str) -> Result<(), Refusal> {
        self.value.push_str(text);
        if self.value.len() > LONGEST { Err(malformed("Document")) } else { Ok(()) }
    }

    fn end(&mut self) {
        let value = self.value.trim().to_owned();
        let path: Vec<&str> = self.path.iter().skip(2).map(String::as_str).collect();
        if !value.is_empty() {
            place(&mut self.report, &path, value);
        }
        self.path.pop();
        self.value.clear();
    }
}

/// Puts a value where it belongs; what is of no use here is left out.
fn place(report: &mut Report, path: &[&str], value: String) {
    let block = report.blocks.last_mut();
    let to = match path {
        ["OrgnlGrpInfAndSts", "OrgnlMsgId"] => {
            report.message_id = value;
            return;
        }
        ["OrgnlGrpInfAndSts", "GrpSts"] => Some(&mut report.status),
        ["OrgnlGrpInfAndSts", "StsRsnInf", "Rsn", "Cd"] => Some(&mut report.reason),
        ["OrgnlPmtInfAndSts", "OrgnlPmtInfId"] => {
            if let Some(block) = block {
                block.id = value;
            }
            return;
        }
        ["OrgnlPmtInfAndSts", "PmtInfSts"] => block.map(|block| &mut block.status),
        ["OrgnlPmtInfAndSts", "StsRsnInf", "Rsn", "Cd"] => block.map(|block| &mut block.reason),
        ["OrgnlPmtInfAndSts", "TxInfAndSts", rest @ ..] => {
            let line = block.and_then(|block| block.lines.last_mut());
            line.and_then(|line| match rest {
                ["OrgnlEndToEndId"] => Some(&mut line.end_to_end_id),
                ["OrgnlInstrId"] => Some(&mut line.instruction_id),
                ["TxSts"] => Some(&mut line.status),
                ["StsRsnInf", "Rsn", "Cd"] => Some(&mut line.reason),
                ["OrgnlTxRef", "Amt", "InstdAmt"] => Some(&mut line.amount),
                _ => None,
            })
        }
        _ => None,
    };
    if let Some(to) = to {
        // The first of several reasons is the one that counts.
        to.get_or_insert(value);
    }
}
