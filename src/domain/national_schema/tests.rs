//! Reading over the real files in tests/data/venues, and what is forgiven by small ones.
//! Writing is tested in `written`.

mod written;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

const HINAURA: &[u8] = include_bytes!("../../../tests/data/venues/hinaura-687-schema-v0.json");
const HUB: &[u8] = include_bytes!("../../../tests/data/venues/hub-du-sud-646-schema-v1.json");
const CNFS: &[u8] =
    include_bytes!("../../../tests/data/venues/cnfs-2733-nonstandard-with-siret.json");
const BUS: &[u8] = include_bytes!("../../../tests/data/venues/bus-fs-charente-12-aptic.json");
const EXAMPLE: &[u8] = include_bytes!("../../../tests/data/venues/exemple-valide-v1.csv");

fn values(import: &Import) -> Vec<VenueRecord> {
    import.records.iter().map(|record| record.value.clone()).collect()
}

/// How many records hold, of an import.
fn count(import: &Import, holds: impl Fn(&VenueRecord) -> bool) -> usize {
    import.records.iter().filter(|record| holds(&record.value)).count()
}

fn of(severity: Severity, import: &Import) -> Vec<&Problem> {
    import.problems.iter().filter(|problem| problem.severity == severity).collect()
}

fn told(import: &Import) -> Vec<(u64, Wrongness)> {
    import.problems.iter().map(|problem| (problem.line, problem.wrong.clone())).collect()
}

/// One good row with `fields` over it.
fn venue(fields: Value) -> Import {
    let mut row = json!({"id": "1", "nom": "Lieu", "commune": "Reims", "code_postal": "51100",
        "adresse": "1 rue", "services": "Loisirs et créations numériques"});
    row.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    read(json!([row]).to_string().as_bytes())
}

fn only(fields: Value) -> VenueRecord {
    values(&venue(fields)).remove(0)
}

#[test]
fn hinaura_v0_is_read_whole_and_91_of_its_venues_accept_the_pass() {
    let import = read(HINAURA);
    assert_eq!(import.records.len(), 687);
    assert_eq!(told(&import), [(1, Wrongness::SiretPlaceholders(687))]);
    assert_eq!(count(&import, |venue| venue.accepts_pass), 91);
    assert_eq!(count(&import, |venue| venue.siret.is_some()), 0);
    assert_eq!(count(&import, |venue| venue.position.is_some()), 687);
    assert_eq!(count(&import, |venue| venue.hours.is_some()), 617);
    let serves = |service| count(&import, |venue| venue.services.contains(&service));
    assert_eq!(serves(Service::Access), 599);
    assert_eq!(count(&import, |venue| venue.fees.contains(&Fee::Free)), 527);
    assert_eq!(count(&import, |venue| venue.fees.contains(&Fee::FreeOnCondition)), 150);
    // Welcome are adults in 637; elsewhere the young, the old or families are addressed.
    assert_eq!(count(&import, |venue| !venue.audiences.is_empty()), 36);
    assert_eq!(count(&import, |venue| venue.special_needs.contains(&"Illettrisme")), 230);
    let first = &import.records[0];
    assert_eq!(first.line, 2);
    assert_eq!(first.value.services, [Service::AdministrativeHelp, Service::Access]);
    assert_eq!(import.records[1].line, 19);
}

#[test]
fn hub_du_sud_mixes_v1_with_v0_and_is_read_whole() {
    let import = read(HUB);
    assert_eq!(import.records.len(), 646);
    assert_eq!(of(Severity::Error, &import), [] as [&Problem; 0]);
    assert_eq!(told(&import), [(1, Wrongness::SiretPlaceholders(646))]);
    assert_eq!(count(&import, |venue| venue.position.is_some()), 642);
    assert_eq!(count(&import, |venue| venue.insee_code.is_some()), 17);
    assert_eq!(count(&import, |venue| venue.fees == [Fee::Paying]), 1);
    assert_eq!(count(&import, |venue| venue.programmes.contains(&"Conseillers numériques")), 353);
    assert_eq!(count(&import, |venue| venue.accepts_pass), 0);
}

#[test]
fn places_of_advisers_have_1521_good_siret_and_28_bad_ones() {
    let import = read(CNFS);
    assert_eq!(of(Severity::Error, &import), [] as [&Problem; 0]);
    assert_eq!(import.records.len(), 2733);
    assert_eq!(count(&import, |venue| venue.siret.is_some()), 1521);
    let is_poste = |venue: &VenueRecord| {
        venue.siret.as_ref().is_some_and(|siret| siret.siren() == "356000000")
    };
    assert_eq!(count(&import, is_poste), 62);
    let warnings = of(Severity::Warning, &import);
    let siret = warnings.iter().filter(|problem| problem.field == Some("pivot")).count();
    let key = |problem: &&&Problem| matches!(problem.wrong, Wrongness::SiretKey(_));
    assert_eq!(warnings.iter().filter(key).count(), 11);
    assert_eq!(siret - 11, 17);
    let other = |problem: &&&Problem| problem.field != Some("pivot");
    let rest: Vec<_> = warnings.iter().filter(other).map(|p| p.wrong.clone()).collect();
    let cut = |text: &str| Wrongness::PostcodeCut(text.to_owned());
    assert_eq!(rest, [cut("380000"), cut("020000"), cut("30252Cedex")]);
    let daily = [Service::EverydayTools, Service::Understanding];
    assert_eq!(count(&import, |venue| venue.services == daily), 2733);
}

#[test]
fn of_the_73_siret_without_a_luhn_key_the_62_of_la_poste_are_good() {
    let rows: Vec<Value> = serde_json::from_slice(CNFS).unwrap();
    let pivots: Vec<&str> = rows.iter().filter_map(|row| row["pivot"].as_str()).collect();
    assert_eq!(pivots.len(), 1549);
    let good = pivots.iter().filter(|pivot| pivot.parse::<Siret>().is_ok()).count();
    let failing = |error| pivots.iter().filter(|p| p.parse::<Siret>() == Err(error)).count();
    let key = failing(crate::domain::payee::SiretError::Key);
    assert_eq!((good, key, pivots.len() - good - key), (1521, 73 - 62, 17));
}

#[test]
fn all_twelve_stops_of_the_bus_take_the_pass_by_their_label() {
    let import = read(BUS);
    assert_eq!(import.records.len(), 12);
    assert_eq!(count(&import, |venue| venue.accepts_pass), 12);
    assert_eq!(count(&import, |venue| venue.other_labels == ["ZRR"]), 12);
    assert_eq!(count(&import, |venue| venue.kinds == ["RFS"]), 12);
    assert_eq!(count(&import, |venue| venue.accessibility_url.is_some()), 5);
}

#[test]
fn the_official_example_is_read_field_by_field() {
    let import = read(EXAMPLE);
    assert_eq!(import.problems, []);
    assert_eq!(import.records[0].line, 2);
    let venue = &import.records[0].value;
    assert_eq!(venue.source_id, "structure-1");
    assert_eq!(venue.siret.as_ref().unwrap().as_str(), "43493312300029");
    assert_eq!(venue.position.unwrap().degrees(), (43.52609, 5.41423));
    assert_eq!(venue.kinds, ["TIERS_LIEUX", "ASSO"]);
    assert_eq!(venue.phone.as_deref(), Some("+33180059880"));
    assert_eq!(venue.websites.len(), 2);
    assert_eq!((venue.itinerant, venue.fixed), (true, false));
    assert_eq!(venue.updated_on.unwrap().to_string(), "2024-04-02");
    assert_eq!(venue.services, [Service::EverydayTools, Service::Employment, Service::Leisure]);
    assert_eq!(venue.fees, [Fee::FreeOnCondition, Fee::Paying]);
    assert!(!venue.accepts_pass);
    assert_eq!(venue.other_labels, ["Label et la bête"]);
    assert_eq!(venue.labels.len(), 2);
    assert_eq!(venue.support.len(), 4);
    assert!(!serde_json::to_string(venue).unwrap().contains('@'));
}

#[test]
fn a_csv_of_v0_has_its_own_names_delimiter_and_encoding() {
    let text = "Nom;Commune;Code postal;Adresse;Conditions_acces;Téléphone;Responsable\r\n\
        L\u{92}EPN;N\u{ee}mes;30000;\"1 rue;\r\nb\u{e2}t. 2\";Gratuit;06 12 34 56 78;X\r\n\
        \r\n;;;;;;\r\n\
        Lieu;Alès;301OO;rue;Accepte le Pass num\u{e9}rique : oui;04 66 00 00 00;Y\r\n\
        court;Alès;30100\r\n\
        Lieu;Alès;30100;rue;Accepte le Pass num\u{e9}rique : oui;04 66 00 00 00;Y\r\n";
    let latin: Vec<u8> = text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    let import = read(&latin);
    let lines: Vec<u64> = import.records.iter().map(|record| record.line).collect();
    assert_eq!(lines, [2, 8]);
    assert_eq!(
        told(&import),
        [
            (1, Wrongness::FileNotUtf8),
            (1, Wrongness::FieldsUnknown("Responsable".to_owned())),
            (1, Wrongness::MobilesLeftOut(1)),
            (6, Wrongness::PostcodeWrong("301OO".to_owned())),
            (7, Wrongness::RowCells(3)),
        ]
    );
    let venues = values(&import);
    assert_eq!(venues[0].name, "L’EPN");
    assert_eq!(venues[0].address, "1 rue; bât. 2");
    assert_eq!(venues[0].phone, None);
    assert_eq!(venues[1].phone.as_deref(), Some("+33466000000"));
    assert!(venues[1].accepts_pass && venues[1].fees == [Fee::FreeOnCondition]);
}

#[test]
fn a_venue_without_an_id_keeps_the_derived_one_when_only_its_case_changes() {
    let first = only(json!({"id": null, "nom": "L’Été"}));
    assert_eq!(first.source_id.len(), 16);
    assert_eq!(only(json!({"id": "", "nom": "L'ÉTÉ"})).source_id, first.source_id);
    assert_ne!(only(json!({"id": "", "nom": "L'hiver"})).source_id, first.source_id);
}

#[test]
fn a_row_that_lacks_what_is_needed_is_left_out_with_every_reason() {
    let import = venue(json!({"nom": " ", "adresse": null, "code_postal": 511_001}));
    assert_eq!(import.records, []);
    let errors: Vec<Option<&str>> =
        of(Severity::Error, &import).iter().map(|problem| problem.field).collect();
    assert_eq!(errors, [Some("nom"), Some("adresse"), Some("code_postal")]);
}

#[test]
fn the_second_venue_with_an_id_is_left_out() {
    let row = "{\"id\": 7, \"nom\": \"a\", \"commune\": \"b\", \"code_postal\": 1000, \
        \"adresse\": \"c\"}";
    let import = read(format!("[{row},\n\n{row}, 3, {{]").as_bytes());
    assert_eq!(values(&import)[0].postcode, "01000");
    let errors = of(Severity::Error, &import);
    assert!(errors.iter().any(|error| error.wrong == Wrongness::IdTwice("7".to_owned(), 1)));
    assert_eq!(errors.iter().map(|problem| problem.line).collect::<Vec<_>>(), [3, 3, 3, 3]);
    assert_eq!(import.records.len(), 1);
}

#[test]
fn wrong_optional_values_are_warnings_and_the_venue_stays() {
    let import = venue(json!({
        "pivot": 43_493_312_300_028_u64, "code_insee": "99", "latitude": 91, "longitude": 2,
        "date_maj": "hier", "site_web": "javascript:alert(1)|www.a.fr|http://a@b.fr",
        "telephone": "36", "services": "Repassage", "frais_a_charge": ["Gratuit", "Cher"],
        "typologie": "Un café", "horaires": "x".repeat(501),
    }));
    assert_eq!(of(Severity::Error, &import), [] as [&Problem; 0]);
    let mut fields: Vec<&str> = import.problems.iter().filter_map(|p| p.field).collect();
    fields.sort_unstable();
    let expected = "code_insee date_maj frais_a_charge horaires latitude pivot services site_web \
        site_web telephone typologie";
    assert_eq!(fields.join(" "), expected);
    let venue = &import.records[0].value;
    assert_eq!(venue.websites, ["http://www.a.fr"]);
    assert_eq!(venue.fees, [Fee::Free]);
    assert_eq!((venue.position, venue.siret.is_some(), venue.updated_on), (None, false, None));
}

#[test]
fn forms_that_only_look_wrong_are_read() {
    let venue = only(json!({
        "latitude": "48,8534", "longitude": "2.3488", "date_maj": "09/05/2022",
        "site_web": "https://a.fr/;http://b.fr/x;y", "code_insee": 1004,
        "itinerance": "itinérante|FIXE", "pivot": " 434 933 123 00029",
        "labels_nationaux": "CNFS, Aidants Connect, Truc", "conditions_access": "Gratuit",
    }));
    assert_eq!(venue.position.unwrap().degrees(), (48.8534, 2.3488));
    assert_eq!(venue.updated_on.unwrap().to_string(), "2022-05-09");
    assert_eq!(venue.websites, ["https://a.fr/", "http://b.fr/x;y"]);
    assert_eq!(venue.insee_code.as_deref(), Some("01004"));
    assert!(venue.itinerant && venue.fixed && venue.siret.is_some());
    assert_eq!(venue.programmes, ["Aidants Connect", "Conseillers numériques"]);
    assert_eq!(venue.other_labels, ["Truc"]);
}

#[test]
fn no_e_mail_and_no_mobile_number_is_imported() {
    let import = venue(json!({
        "courriels": "a@b.fr", "presentation_resume": "Demandez Jeanne",
        "telephone": "+262692123456",
        "horaires": "écrire à jeanne@mairie.fr",
    }));
    let text = serde_json::to_string(&import.records).unwrap();
    assert!(!text.contains('@') && !text.contains("Jeanne") && !text.contains("692"));
    assert_eq!(import.problems.len(), 2);
}

#[test]
fn a_file_that_holds_no_venues_says_why() {
    let reason = |bytes: &[u8]| of(Severity::Error, &read(bytes))[0].wrong.clone();
    assert_eq!(reason(b" \n"), Wrongness::FileEmpty);
    assert_eq!(reason(b"\xff\xfe["), Wrongness::FileUtf16);
    assert_eq!(reason(b"{\"nom\": 1}"), Wrongness::FileOneObject);
    assert_eq!(reason(b"a,b\n1,2"), Wrongness::FileNotStandard);
    assert_eq!(reason(b"[] x"), Wrongness::FileAfterEnd);
    assert_eq!(reason(b"["), Wrongness::FileCutOff);
    assert_eq!(reason(&vec![b' '; MAX_BYTES + 1]), Wrongness::FileTooLarge(32));
    assert_eq!(read(b"[]"), Import::default());
}

proptest! {
    #[test]
    fn no_bytes_make_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = read(&bytes);
    }

    #[test]
    fn no_json_or_csv_makes_the_reader_panic(
        text in "[\\[{]?([\\[\\]{},:;|\"\\\\ \n\rénom12]|\"nom\"|\"pivot\"|null){0,80}",
        cells in prop::collection::vec(".{0,30}", 32),
    ) {
        let _ = read(text.as_bytes());
        let header = String::from_utf8_lossy(EXAMPLE);
        let header = header.lines().next().unwrap();
        let quoted: Vec<String> =
            cells.iter().map(|cell| format!("\"{}\"", cell.replace('"', "\"\""))).collect();
        let _ = read(format!("{header}\n{}\n", quoted.join(",")).as_bytes());
    }
}
