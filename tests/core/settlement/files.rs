//! The file for the bank against the official schema, and the bank's answers to it.
//! The signs and lengths of texts are tested beside `domain/sepa`.

use std::{io::Write as _, path::Path, process::Command};

use pass_numerique::domain::{payee::Bic, refusal::Refusal, sepa::Reconciled};

use super::*;

const SCHEMAS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/iso20022");

/// Whether libxml2 finds a text valid; what it says if not.
#[expect(clippy::print_stderr, reason = "what is left out is said")]
fn valid(text: &str, schema: &str) {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(text.as_bytes()).unwrap();
    let schema = Path::new(SCHEMAS).join(schema);
    let run = Command::new("xmllint")
        .args(["--noout", "--nonet", "--schema"])
        .arg(schema)
        .arg(file.path())
        .output();
    match run {
        Ok(run) => assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr)),
        Err(cause) => eprintln!("left out: validation by the schema, since xmllint: {cause}"),
    }
}

impl Office {
    fn file(&self, run: SettlementId) -> String {
        let file = self.town.service.payment_file(run).unwrap().unwrap();
        let (name, text) = (file.name, file.text);
        assert!(text.contains(&format!("<MsgId>{name}</MsgId>")));
        text
    }

    fn take(&self, run: SettlementId, text: &str) -> Result<Reconciled, Refusal> {
        self.town.service.take_bank_answer(self.approver, run, text).unwrap()
    }

    /// Another organisation with a venue, an account and workshops.
    fn earner(&self, name: &str, iban: &str, bic: Option<&str>, workshops: usize) {
        let add = |ask| match self.town.service.ask_as(None, ask).unwrap() {
            Outcome::Added { id, .. } => id,
            other => panic!("{other:?}"),
        };
        let organisation = OrganisationId(add(Ask::AddOrganisation {
            name: name.to_owned(),
            siret: None,
            approval: Approval::Approved,
        }));
        let profile = pass_numerique::domain::registry::VenueProfile {
            name: name.to_owned(),
            territory: "93".to_owned(),
            ..Default::default()
        };
        let venue = VenueId(add(Ask::AddVenue { organisation, profile, details: None }));
        let bic: Option<Bic> = bic.map(|bic| bic.parse().unwrap());
        let account = NewAccount { bic, ..account(name, iban) };
        self.ask(self.clerk, SettleAsk::EnterBankAccount { organisation, account });
        let voucher = self.town.issue(10).unwrap();
        for _ in 0..workshops {
            let mut command = self.town.redemption(Shown::Known(voucher));
            let Ask::Redeem(redeem) = &mut command.ask else { panic!() };
            (redeem.organisation, redeem.venue) = (organisation, venue);
            command.request.scope = Scope::Organisation(organisation);
            let outcome = self.town.service.ask(command).unwrap().outcome;
            assert!(matches!(outcome, Outcome::Redeemed(_)), "{outcome:?}");
        }
    }

    /// Three payments of 20, 30 and 10 euros that are at the bank.
    fn three_sent(&self) -> (SettlementId, Vec<PaymentView>) {
        self.redeem(2);
        self.earner("Régie & Cie « L’Œuvre » 😀", IBANS[1], Some("BNPAFRPPXXX"), 3);
        self.earner("Bus <numérique>", IBANS[2], None, 1);
        self.next_day();
        self.sent()
    }

    fn states(&self, run: SettlementId) -> Vec<PaymentState> {
        self.payments(run).iter().map(|payment| payment.state).collect()
    }
}

/// A bank's answer of version `version` with a status of the file and of lines.
fn answer(version: &str, message: &str, group: &str, lines: &[(&str, &str, &str)]) -> String {
    let status = |name: &str, code: &str| match code {
        "" => String::new(),
        code => format!("<{name}>{code}</{name}>"),
    };
    let line = |(id, code, more): &(&str, &str, &str)| {
        let status = status("TxSts", code);
        format!("<TxInfAndSts><OrgnlEndToEndId>{id}</OrgnlEndToEndId>{status}{more}</TxInfAndSts>")
    };
    let block: String = lines.iter().map(line).collect();
    let block = match lines {
        [] => String::new(),
        _ => format!(
            "<OrgnlPmtInfAndSts><OrgnlPmtInfId>{message}</OrgnlPmtInfId>{block}</OrgnlPmtInfAndSts>"
        ),
    };
    let group = status("GrpSts", group);
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:{version}\"><CstmrPmtStsRpt><GrpHdr>\
         <MsgId>B1</MsgId><CreDtTm>2026-11-25T08:00:00</CreDtTm></GrpHdr><OrgnlGrpInfAndSts>\
         <OrgnlMsgId>{message}</OrgnlMsgId><OrgnlMsgNmId>pain.001.001.09</OrgnlMsgNmId>{group}\
         </OrgnlGrpInfAndSts>{block}</CstmrPmtStsRpt></Document>\n"
    )
}

const REJECTED: &str = "<StsRsnInf><Rsn><Cd>AC04</Cd></Rsn></StsRsnInf>";
const NEW: &str = "pain.002.001.12";
const OLD: &str = "pain.002.001.03";

#[test]
fn the_file_is_what_the_official_schema_asks_for_and_never_changes() {
    on_each_database(|town| {
        let office = Office::equipped(town);
        let (run, payments) = office.three_sent();
        let text = office.file(run);
        valid(&text, "pain.001.001.09.xsd");
        assert_eq!(payments.len(), 3);
        for part in [
            "<MsgId>PN1-R1</MsgId>",
            "<NbOfTxs>3</NbOfTxs>",
            "<CtrlSum>60.00</CtrlSum>",
            "<EndToEndId>PN1-2</EndToEndId>",
            "<InstdAmt Ccy=\"EUR\">30.00</InstdAmt>",
            "<BICFI>BNPAFRPPXXX</BICFI>",
            "<Nm>Region d'essai</Nm>",
            "<Id>NOTPROVIDED</Id>",
            "<IBAN>DE89370400440532013000</IBAN>",
        ] {
            assert!(text.contains(part), "{part}: {text}");
        }
        assert!(text.is_ascii());
        let digest = office.settlement(run).sha256.unwrap();
        assert_eq!(pass_numerique::domain::sepa::digest(&text), digest);
        // Whatever happens later, the same bytes.
        office.answer(&payments[0], BankAnswer::Paid);
        office.next_day();
        assert_eq!(office.file(run), text);
        assert_eq!(refused(&office.export(run)), Reason::SettlementStateConflict);
        office.town.audit();
    });
}

#[test]
fn the_bank_answers_line_by_line_and_may_say_it_again() {
    for (version, schema) in [(NEW, "pain.002.001.12.xsd"), (OLD, "pain.002.001.03.xsd")] {
        on_each_database(|town| {
            use PaymentState::{InPayment, Paid, Rejected};
            let office = Office::equipped(town);
            let (run, _) = office.three_sent();
            let lines = [("PN1-1", "ACSC", ""), ("PN1-2", "RJCT", REJECTED), ("PN1-3", "PDNG", "")];
            let text = answer(version, "PN1-R1", "PART", &lines);
            valid(&text, schema);
            let taken = office.take(run, &text).unwrap();
            assert_eq!((taken.answers.len(), taken.known, taken.pending), (2, 0, 1));
            assert_eq!(office.states(run), [Paid, Rejected, InPayment]);
            assert_eq!(office.payments(run)[1].code.as_deref(), Some("AC04"));
            let again = office.take(run, &text).unwrap();
            assert_eq!((again.answers.len(), again.known, again.pending), (0, 2, 1));
            let last = answer(version, "PN1-R1", "", &[("PN1-3", "ACSC", "")]);
            valid(&last, schema);
            office.take(run, &last).unwrap();
            assert_eq!(office.states(run), [Paid, Rejected, Paid]);
            office.town.audit();
        });
    }
}

#[test]
fn a_status_of_the_whole_file_is_that_of_every_line() {
    for (status, state) in [
        ("RJCT", PaymentState::Rejected),
        ("ACSC", PaymentState::Paid),
        ("ACCP", PaymentState::InPayment),
        ("ACSP", PaymentState::InPayment),
    ] {
        on_each_database(|town| {
            let office = Office::equipped(town);
            let (run, _) = office.three_sent();
            let text = answer(OLD, "PN1-R1", status, &[]);
            valid(&text, "pain.002.001.03.xsd");
            office.take(run, &text).unwrap();
            assert_eq!(office.states(run), [state; 3]);
            office.town.audit();
        });
    }
}

#[test]
fn a_wrong_answer_changes_nothing_and_names_the_line() {
    use Reason::*;
    const OTHER_SUM: &str =
        "<OrgnlTxRef><Amt><InstdAmt Ccy=\"EUR\">20.01</InstdAmt></Amt></OrgnlTxRef>";
    on_each_database(|town| {
        let office = Office::equipped(town);
        let (run, _) = office.three_sent();
        let paid = ("PN1-1", "ACSC", "");
        let text = |message: &str, lines: &[_]| answer(NEW, message, "", lines);
        let wrong = [
            (text("PN1-R2", &[paid]), AnswerForeign, "PN1-R2"),
            (text("PN1-R1", &[paid, ("PN1-9", "ACSC", "")]), AnswerPaymentUnknown, "PN1-9"),
            (text("PN1-R1", &[paid, ("PN1-1", "RJCT", "")]), AnswerContradicts, "PN1-1"),
            (text("PN1-R1", &[paid, ("PN1-2", "XXXX", "")]), AnswerStatusUnknown, "PN1-2 XXXX"),
            (text("PN1-R1", &[paid, ("PN1-2", "", "")]), AnswerMalformed, "PN1-2"),
            (text("PN1-R1", &[("PN1-1", "ACSC", OTHER_SUM)]), AnswerAmountDiffers, "PN1-1"),
            (answer(NEW, "PN1-R1", "RJCT", &[paid]), AnswerContradicts, "PN1-1"),
            (answer(NEW, "PN1-R1", "", &[]), AnswerMalformed, "GrpSts"),
            (answer("pain.001.001.09", "PN1-R1", "ACSC", &[]), AnswerMalformed, "Document"),
            (text("PN1-R1", &[paid]).replace("</Document>", ""), AnswerMalformed, "Document"),
            (text("PN1-R1", &[paid]).replace("PN1-R1", "&boom;"), AnswerMalformed, "Document"),
            (
                text("PN1-R1", &[paid])
                    .replace("<Document", "<!DOCTYPE a [<!ENTITY b 'c'>]><Document"),
                AnswerMalformed,
                "DOCTYPE",
            ),
            ("PN1-1;ACSC".to_owned(), AnswerMalformed, "Document"),
            (String::new(), AnswerMalformed, "Document"),
        ];
        for (text, reason, line) in wrong {
            let refusal = office.take(run, &text).unwrap_err();
            assert_eq!((refusal.reason, refusal.facts.field.as_deref()), (reason, Some(line)));
            assert_eq!(office.states(run), [PaymentState::InPayment; 3]);
        }
        // What is settled by the bank is returned by hand, never rejected.
        office.take(run, &text("PN1-R1", &[paid])).unwrap();
        let refusal = office.take(run, &text("PN1-R1", &[("PN1-1", "RJCT", "")])).unwrap_err();
        assert_eq!(refusal.reason, PaymentStateConflict);
        assert_eq!(office.town.service.take_as_paid(office.approver, run).unwrap(), Ok(2));
        assert_eq!(office.town.service.take_as_paid(office.approver, run).unwrap(), Ok(0));
        assert_eq!(office.states(run), [PaymentState::Paid; 3]);
        office.town.audit();
    });
}

proptest::proptest! {
    #[test]
    fn no_text_makes_the_reader_panic(text in "[<>/&;=\"' a-zA-Z]{0,200}|.*") {
        let _ = pass_numerique::domain::sepa::read(&text);
        let whole = answer(NEW, "PN1-R1", "ACSC", &[("PN1-1", "ACSC", &text)]);
        let _ = pass_numerique::domain::sepa::read(&whole);
    }
}
