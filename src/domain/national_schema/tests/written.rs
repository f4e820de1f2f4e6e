//! What is written is valid by the standard's own Table Schema, and reads back as it was.
//! The schema is the official file in tests/data/venues.

use super::*;

const SCHEMA: &str = include_str!("../../../../tests/data/venues/schema-v1.0.2.json");

fn today() -> Day {
    "2026-11-23".parse().unwrap()
}

/// The Table Schema as JSON Schema over rows of strings: same patterns, lengths and needs.
fn validator() -> jsonschema::Validator {
    let schema: Value = serde_json::from_str(SCHEMA).unwrap();
    let (mut properties, mut required) = (serde_json::Map::new(), Vec::new());
    for field in schema["fields"].as_array().unwrap() {
        let constraints = &field["constraints"];
        let mut rule = json!({"type": "string"});
        for name in ["pattern", "maxLength"] {
            if !constraints[name].is_null() {
                rule[name] = constraints[name].clone();
            }
        }
        match field["type"].as_str().unwrap() {
            "string" => {}
            "number" => rule["pattern"] = json!(r"^-?\d+(\.\d+)?$"),
            "date" => rule["pattern"] = json!(r"^\d{4}-[01]\d-[0-3]\d$"),
            other => panic!("{other}"),
        }
        if constraints["required"] == true {
            required.push(field["name"].clone());
        }
        properties.insert(field["name"].as_str().unwrap().to_owned(), rule);
    }
    jsonschema::validator_for(&json!({"type": "object", "properties": properties,
        "required": required, "additionalProperties": false}))
    .unwrap()
}

/// The rows of a CSV file without empty cells; the header is that of the standard.
fn rows(text: &str) -> Vec<Value> {
    let schema: Value = serde_json::from_str(SCHEMA).unwrap();
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let names: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    let fields = schema["fields"].as_array().unwrap();
    assert!(fields.iter().map(|field| field["name"].as_str().unwrap()).eq(names.iter()));
    let object = |cells: csv::StringRecord| {
        let cells = names.iter().zip(&cells).filter(|(_, cell)| !cell.is_empty());
        cells.map(|(name, cell)| (name.clone(), Value::from(cell))).collect()
    };
    reader.records().map(|record| object(record.unwrap())).collect()
}

#[test]
fn what_is_exported_is_valid_and_reads_back_as_it_was() {
    let validator = validator();
    for file in [HINAURA, HUB, CNFS, BUS, EXAMPLE] {
        let venues = values(&read(file));
        let exported = write::csv(&venues, today());
        let rows = rows(&exported);
        assert_eq!(rows.len(), venues.len());
        for row in &rows {
            let errors: Vec<String> = validator.iter_errors(row).map(|e| e.to_string()).collect();
            assert_eq!(errors, [] as [String; 0], "{row}");
        }
        assert!(values(&read(exported.as_bytes())) == venues);
        let exported = write::json(&venues, today());
        assert!(values(&read(exported.as_bytes())) == venues);
        for row in serde_json::from_str::<Vec<Value>>(&exported).unwrap() {
            assert!(row["latitude"].is_null() || row["latitude"].is_f64());
        }
    }
}

#[test]
fn the_validator_refuses_what_the_standard_refuses() {
    let venue = only(json!({"date_maj": "2024-04-11"}));
    let row = rows(&write::csv([&venue], today())).remove(0);
    assert!(validator().is_valid(&row));
    let with = |field: &str, value: &str| {
        let mut row = row.clone();
        row[field] = Value::from(value);
        row
    };
    for (field, value) in [
        ("services", "Repassage"),
        ("frais_a_charge", "Gratuit;Payant"),
        ("code_postal", "5110"),
        ("latitude", "nord"),
        ("date_maj", "11/04/2024"),
        ("pivot", "1"),
    ] {
        assert!(!validator().is_valid(&with(field, value)), "{field}");
    }
}

#[test]
fn a_venue_that_takes_the_pass_says_so_as_the_standard_wants() {
    let venue = VenueRecord { accepts_pass: true, fees: vec![Fee::Paying], ..only(json!({})) };
    let row = rows(&write::csv([&venue], today())).remove(0);
    assert_eq!(row["frais_a_charge"], "Gratuit sous condition|Payant");
    assert_eq!(row["autres_formations_labels"], "Pass numérique");
    assert_eq!(row["date_maj"], "2026-11-23");
    assert_eq!(row["pivot"], "00000000000000");
    assert!(values(&read(write::csv([&venue], today()).as_bytes()))[0].accepts_pass);
    assert_eq!(write::json([], today()), "[]\n");
}

proptest! {
    #[test]
    fn any_text_in_a_venue_reads_back_from_its_export(
        texts in prop::collection::vec(".{1,30}", 7),
        numbers in (-90.0..90.0, -180.0..180.0),
    ) {
        let import = venue(json!({"nom": texts[0], "adresse": texts[1], "commune": texts[2],
            "horaires": texts[3], "source": texts[4], "autres_formations_labels": texts[5],
            "id": texts[6], "latitude": numbers.0, "longitude": numbers.1}));
        let venues: Vec<VenueRecord> = values(&import)
            .into_iter()
            .map(|venue| VenueRecord { updated_on: Some(today()), ..venue })
            .collect();
        prop_assert_eq!(&values(&read(write::csv(&venues, today()).as_bytes())), &venues);
        prop_assert_eq!(&values(&read(write::json(&venues, today()).as_bytes())), &venues);
    }
}
