//! A run as a SEPA credit transfer: ISO 20022 pain.001.001.09, the same bytes for the same values.
//! No look-up: whoever asks brings names, accounts and amounts.

use quick_xml::{
    Writer,
    escape::partial_escape,
    events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event},
};

use super::latin;
use crate::domain::{
    calendar::{Day, Instant},
    cents::Cents,
    payee::{Bic, Iban},
};

const NAMESPACE: &str = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09";
/// Signs of a name and of what the payee reads on its statement.
const LONGEST_NAME: usize = 70;
const LONGEST_REMITTANCE: usize = 140;

/// Who pays.
pub struct Debtor<'a> {
    pub name: &'a str,
    pub iban: &'a Iban,
    pub bic: Option<&'a Bic>,
}

/// One transfer.
pub struct Transfer<'a> {
    pub end_to_end_id: String,
    pub amount: Cents,
    pub name: &'a str,
    pub iban: &'a Iban,
    pub bic: Option<&'a Bic>,
    /// What the payee reads on its statement.
    pub remittance: String,
}

/// A run.
pub struct Order<'a> {
    pub message_id: String,
    pub created_at: Instant,
    /// On which the payer's account is debited.
    pub execution_day: Day,
    pub debtor: Debtor<'a>,
    pub transfers: Vec<Transfer<'a>>,
}

/// The file's text.
///
/// # Errors
/// Never for values of these types; the signature keeps the cause should that change.
pub fn file(order: &Order<'_>) -> std::io::Result<String> {
    let mut xml = Xml { writer: Writer::new_with_indent(Vec::new(), b' ', 1) };
    xml.event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let mut root = BytesStart::new("Document");
    root.push_attribute(("xmlns", NAMESPACE));
    xml.event(Event::Start(root))?;
    xml.within("CstmrCdtTrfInitn", |xml| {
        xml.within("GrpHdr", |xml| header(xml, order))?;
        xml.within("PmtInf", |xml| block(xml, order))
    })?;
    xml.event(Event::End(BytesEnd::new("Document")))?;
    let mut bytes = xml.writer.into_inner();
    bytes.push(b'\n');
    String::from_utf8(bytes).map_err(std::io::Error::other)
}

struct Xml {
    writer: Writer<Vec<u8>>,
}

impl Xml {
    fn event(&mut self, event: Event<'_>) -> std::io::Result<()> {
        self.writer.write_event(event)
    }

    fn text(&mut self, name: &str, text: &str) -> std::io::Result<()> {
        self.writer.create_element(name).write_text_content(plain(text))?;
        Ok(())
    }

    fn within(
        &mut self,
        name: &str,
        inside: impl FnOnce(&mut Self) -> std::io::Result<()>,
    ) -> std::io::Result<()> {
        self.event(Event::Start(BytesStart::new(name)))?;
        inside(self)?;
        self.event(Event::End(BytesEnd::new(name)))
    }

    /// A text in elements within each other.
    fn nested(&mut self, names: &[&str], text: &str) -> std::io::Result<()> {
        match names {
            [] => Ok(()),
            [name] => self.text(name, text),
            [name, inner @ ..] => self.within(name, |xml| xml.nested(inner, text)),
        }
    }
}

/// A text of an element: an apostrophe stays one.
fn plain(text: &str) -> BytesText<'_> {
    BytesText::from_escaped(partial_escape(text))
}

fn header(xml: &mut Xml, order: &Order<'_>) -> std::io::Result<()> {
    xml.text("MsgId", &order.message_id)?;
    // Whole seconds: some banks refuse fractions.
    let created = Instant(order.created_at.0 - order.created_at.0.rem_euclid(1_000_000));
    xml.text("CreDtTm", &created.to_string())?;
    sums(xml, order)?;
    xml.nested(&["InitgPty", "Nm"], &latin(order.debtor.name, LONGEST_NAME))
}

/// How many transfers, and what they sum to: the bank refuses a file in which that differs.
fn sums(xml: &mut Xml, order: &Order<'_>) -> std::io::Result<()> {
    xml.text("NbOfTxs", &order.transfers.len().to_string())?;
    let sum = order.transfers.iter().try_fold(Cents::ZERO, |sum, one| sum.plus(one.amount));
    let sum = sum.ok_or_else(|| std::io::Error::other("the sum passes the range of 64 bits"))?;
    xml.text("CtrlSum", &euros(sum))
}

fn block(xml: &mut Xml, order: &Order<'_>) -> std::io::Result<()> {
    let debtor = &order.debtor;
    xml.text("PmtInfId", &order.message_id)?;
    xml.text("PmtMtd", "TRF")?;
    xml.text("BtchBookg", "true")?;
    sums(xml, order)?;
    xml.nested(&["PmtTpInf", "SvcLvl", "Cd"], "SEPA")?;
    xml.nested(&["ReqdExctnDt", "Dt"], &order.execution_day.to_string())?;
    xml.nested(&["Dbtr", "Nm"], &latin(debtor.name, LONGEST_NAME))?;
    xml.nested(&["DbtrAcct", "Id", "IBAN"], debtor.iban.reveal())?;
    match debtor.bic {
        Some(bic) => xml.nested(&["DbtrAgt", "FinInstnId", "BICFI"], bic.as_str())?,
        None => xml.nested(&["DbtrAgt", "FinInstnId", "Othr", "Id"], "NOTPROVIDED")?,
    }
    xml.text("ChrgBr", "SLEV")?;
    for transfer in &order.transfers {
        xml.within("CdtTrfTxInf", |xml| one(xml, transfer))?;
    }
    Ok(())
}

fn one(xml: &mut Xml, transfer: &Transfer<'_>) -> std::io::Result<()> {
    xml.within("PmtId", |xml| {
        xml.text("InstrId", &transfer.end_to_end_id)?;
        xml.text("EndToEndId", &transfer.end_to_end_id)
    })?;
    xml.within("Amt", |xml| {
        let amount = xml.writer.create_element("InstdAmt").with_attribute(("Ccy", "EUR"));
        amount.write_text_content(plain(&euros(transfer.amount)))?;
        Ok(())
    })?;
    if let Some(bic) = transfer.bic {
        xml.nested(&["CdtrAgt", "FinInstnId", "BICFI"], bic.as_str())?;
    }
    xml.nested(&["Cdtr", "Nm"], &latin(transfer.name, LONGEST_NAME))?;
    xml.nested(&["CdtrAcct", "Id", "IBAN"], transfer.iban.reveal())?;
    xml.nested(&["RmtInf", "Ustrd"], &latin(&transfer.remittance, LONGEST_REMITTANCE))
}

/// Cents as euros with two decimals and a point.
fn euros(amount: Cents) -> String {
    let cents = amount.0.unsigned_abs();
    format!("{}.{:02}", cents / 100, cents % 100)
}
