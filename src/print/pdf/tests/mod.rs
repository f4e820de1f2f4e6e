//! The paper, as a reader, a layout and a machine see it.
//! No rules of vouchers.

mod fixture;

use super::*;

#[test]
#[ignore = "writes pages to look at"]
fn pages_to_look_at() {
    let folder = std::path::Path::new("/tmp/paper");
    std::fs::create_dir_all(folder).unwrap();
    let write = |name: &str, bytes: Vec<u8>| std::fs::write(folder.join(name), bytes).unwrap();
    let none = &mut |_| {};
    let french = fixture::french();
    write("pass.pdf", pass(&french, &fixture::with_places(1)).unwrap());
    write("plain.pdf", pass(&french, &fixture::pass(1)).unwrap());
    let appointment = Some("Lundi 30 novembre à 14 h, Médiathèque Astrolabe".to_owned());
    let specimen = Pass { specimen: true, appointment, ..fixture::with_places(1) };
    write("specimen.pdf", pass(&french, &specimen).unwrap());
    let value = "10 workshops".to_owned();
    let validity = "Valid until 30 November 2027".to_owned();
    let english = Pass { value, validity, ..fixture::with_places(1) };
    write("english.pdf", pass(&fixture::english(), &english).unwrap());
    let (labels, long) = fixture::long(1);
    write("long.pdf", pass(&labels, &long).unwrap());
    let many: Vec<_> = (0..13).map(fixture::stock).collect();
    write("cards.pdf", sheet(&french, Format::Cards, &many, none).unwrap());
    write("quarters.pdf", sheet(&french, Format::Quarters, &many, none).unwrap());
    let longs = vec![long; 4];
    write("long-cards.pdf", sheet(&labels, Format::Cards, &longs, none).unwrap());
    write("long-quarters.pdf", sheet(&labels, Format::Quarters, &longs, none).unwrap());
    let specimens = vec![specimen; 4];
    write("specimen-cards.pdf", sheet(&french, Format::Cards, &specimens, none).unwrap());
    write("specimen-quarters.pdf", sheet(&french, Format::Quarters, &specimens, none).unwrap());
}
