//! The paper as its readers have it: people, scanners, screen readers, print shops.
//! No rules of vouchers, and no text that verifies.

pub mod fixture;
mod layout;
mod letters;
mod read;

use std::{fs, path::Path};

use super::*;
use crate::print::qr::QrFailure;

/// Nobody listens.
fn quietly(_: usize) {}

#[test]
fn the_same_passes_give_the_same_bytes() {
    let labels = fixture::french();
    let one = Pass { specimen: true, ..fixture::with_places(1) };
    assert!(pass(&labels, &one) == pass(&labels, &one));
    let many: Vec<_> = (0..23).map(fixture::stock).collect();
    for format in [Format::Cards, Format::Quarters, Format::Pages] {
        let first = sheet(&labels, format, &many, &mut quietly).unwrap();
        assert!(first.starts_with(b"%PDF-1.7"));
        assert!(first == sheet(&labels, format, &many, &mut quietly).unwrap());
    }
    assert!(pass(&labels, &one) != pass(&labels, &fixture::with_places(1)));
}

#[test]
fn progress_counts_the_passes_page_by_page() {
    let many: Vec<_> = (0..23).map(fixture::stock).collect();
    let told = |format| {
        let mut told = Vec::new();
        sheet(&fixture::french(), format, &many, &mut |drawn| told.push(drawn)).unwrap();
        told
    };
    assert_eq!(told(Format::Cards), [10, 20, 23]);
    assert_eq!(told(Format::Quarters), [4, 8, 12, 16, 20, 23]);
    assert_eq!(told(Format::Pages), (1..=23).collect::<Vec<_>>());
}

#[test]
fn what_cannot_be_printed_is_said_without_a_word_of_it() {
    let labels = fixture::french();
    let good = fixture::pass(1);
    let of = |broken: Pass| pass(&labels, &broken).err();
    let digits = good.digits.get(1..).unwrap().to_owned();
    let short = of(Pass { digits, ..good.clone() });
    assert_eq!(short, Some(PdfFailure::Qr(QrFailure::Digits)));
    assert!(!short.unwrap().to_string().contains(good.digits.get(1..9).unwrap()));
    let host = of(Pass { host: "a/b".to_owned(), ..good.clone() });
    assert_eq!(host, Some(PdfFailure::Qr(QrFailure::Host)));
    let none = sheet(&labels, Format::Cards, &[], &mut quietly);
    assert_eq!(none.err(), Some(PdfFailure::Nothing));
    let many = vec![good.clone(); MOST_PASSES + 1];
    let many = sheet(&labels, Format::Cards, &many, &mut quietly);
    assert_eq!(many.err(), Some(PdfFailure::TooMany));
    for broken in [
        Labels { title: String::new(), ..labels.clone() },
        Labels { qr_alternative: " ".to_owned(), ..labels.clone() },
        Labels { language: String::new(), ..labels.clone() },
    ] {
        assert_eq!(pass(&broken, &good).err(), Some(PdfFailure::Inaccessible));
    }
}

#[test]
fn what_is_no_picture_or_has_no_words_is_no_logo() {
    let logo = |png: &[u8], said: &str| Logo::of_png(png.to_vec(), said.to_owned()).err();
    assert_eq!(logo(b"GIF89a", "Logo"), Some(PdfFailure::Picture));
    assert_eq!(logo(b"", "Logo"), Some(PdfFailure::Picture));
    assert_eq!(logo(b"", " "), Some(PdfFailure::Inaccessible));
}

#[test]
fn nothing_that_redeems_a_pass_is_shown_when_it_is_debugged() {
    let pass = fixture::pass(1);
    let shown = format!("{pass:?}");
    assert!(shown.contains(&pass.reference));
    assert!(!shown.contains(&pass.manual_code));
    assert!(!shown.contains(pass.digits.get(..12).unwrap()));
}

/// `cargo test --lib pages_to_look_at -- --ignored`, then open `target/paper`.
#[test]
#[ignore = "writes pages to look at into target/paper"]
fn pages_to_look_at() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/paper");
    fs::create_dir_all(&folder).unwrap();
    let write = |name: &str, bytes: Vec<u8>| fs::write(folder.join(name), bytes).unwrap();
    let (french, english) = (fixture::french(), fixture::english());
    write("pass.pdf", pass(&french, &fixture::with_places(1)).unwrap());
    let with_logo = fixture::with_logo(fixture::french(), 240, 96);
    write("logo.pdf", pass(&with_logo, &fixture::with_places(1)).unwrap());
    write("plain.pdf", pass(&french, &fixture::pass(1)).unwrap());
    write("specimen.pdf", pass(&french, &fixture::specimen(1)).unwrap());
    write("english.pdf", pass(&english, &fixture::in_english(1)).unwrap());
    let (labels, long) = fixture::long(1);
    write("long.pdf", pass(&labels, &long).unwrap());
    for (name, format) in [("cards", Format::Cards), ("quarters", Format::Quarters)] {
        let write = |kind: &str, labels: &Labels, passes: &[Pass]| {
            let bytes = sheet(labels, format, passes, &mut quietly).unwrap();
            write(&format!("{name}-{kind}.pdf"), bytes);
        };
        write("stock", &french, &(0..13).map(fixture::stock).collect::<Vec<_>>());
        write("english", &english, &(0..4).map(fixture::in_english).collect::<Vec<_>>());
        write("long", &labels, &vec![long.clone(); 4]);
        write("logo", &with_logo, &(0..13).map(fixture::stock).collect::<Vec<_>>());
        write("specimen", &french, &(0..4).map(fixture::specimen).collect::<Vec<_>>());
    }
}

/// `cargo test --release --lib a_thousand_passes -- --ignored --nocapture`, under `time`.
#[test]
#[ignore = "measured by hand, in release"]
fn a_thousand_passes() {
    let many: Vec<_> = (0..1_000).map(fixture::stock).collect();
    let bytes = sheet(&fixture::french(), Format::Cards, &many, &mut quietly).unwrap();
    println!("{} bytes", bytes.len());
}
