//! The paper as a scanner and a screen reader have it: rendered, and read by other programs.
//! No layout (`layout`); what is not installed is named on stderr with what was left out.

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::Command,
};

use image::imageops::{self, FilterType};
use tempfile::TempDir;

use super::{fixture, layout::marks, quietly};
use crate::print::pdf::{
    Format, Labels, Pass,
    letters::Typefaces,
    pass,
    plan::{Area, Mark, Micrometres},
    sheet,
    sheet::plan,
};

/// Whether a program is here. Said past the capture of a test's output, so that it is seen.
fn has(program: &str, package: &str, without: &str) -> bool {
    let here = Command::new(program).arg("--version").output().is_ok();
    if !here {
        let said = format!("\nLEFT OUT: {without}: {program} is missing ({package})\n");
        std::io::stderr().write_all(said.as_bytes()).unwrap();
    }
    here
}

fn can_render() -> bool {
    has("pdftoppm", "poppler-utils", "reading the QR of rendered PDFs")
}

/// The pages of a PDF at 150 dots per inch, as a cheap office scanner would have them.
fn rendered(pdf: &[u8], folder: &TempDir) -> Vec<PathBuf> {
    let file = folder.path().join("paper.pdf");
    fs::write(&file, pdf).unwrap();
    let pages = folder.path().join("page");
    let mut render = Command::new("pdftoppm");
    render.args(["-r", "150", "-png"]).arg(&file).arg(pages);
    assert!(render.status().unwrap().success());
    let all = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path());
    let mut images: Vec<_> = all.filter(|path| path.extension().unwrap() == "png").collect();
    images.sort();
    images
}

fn by_zbar(page: &Path) -> Vec<String> {
    let zbar = ["--quiet", "--raw", "-Sdisable", "-Sqrcode.enable"];
    let read = Command::new("zbarimg").args(zbar).arg(page).output().unwrap();
    String::from_utf8(read.stdout).unwrap().lines().map(str::to_owned).collect()
}

/// Dots of the page, from a length.
fn dots(length: Micrometres) -> u32 {
    u32::try_from(length * 150 / 25_400).unwrap()
}

/// What a reader of one QR at a time finds in each part of a page, as a telephone held over it.
fn by_rqrr(page: &Path, parts: &[Area]) -> Vec<String> {
    let whole = image::open(page).unwrap().into_luma8();
    let read = |part: &Area| {
        let [x, y, width, height] = [part.x, part.y, part.width, part.height].map(dots);
        let part = imageops::crop_imm(&whole, x, y, width, height).to_image();
        // rqrr overlooks a corner at some sizes of module; a telephone comes closer until it reads.
        (1..=4).find_map(|times| {
            let (width, height) = (width * times, height * times);
            let part = imageops::resize(&part, width, height, FilterType::CatmullRom);
            let [width, height] = [width, height].map(|side| usize::try_from(side).unwrap());
            let grey = |x, y| part.as_raw()[y * width + x];
            let mut prepared = rqrr::PreparedImage::prepare_from_greyscale(width, height, grey);
            prepared.detect_grids().iter().find_map(|grid| grid.decode().ok()).map(|(_, text)| text)
        })
    };
    parts.iter().filter_map(read).collect()
}

/// Where the QR of a page stand.
fn qr_areas(labels: &Labels, format: Format, passes: &[Pass]) -> Vec<Area> {
    let page = plan(&Typefaces::read().unwrap(), labels, format, passes).unwrap();
    let area = |mark: &Mark| match mark {
        Mark::Qr { area, .. } => Some(*area),
        _ => None,
    };
    marks(&page).into_iter().filter_map(area).collect()
}

/// Both readers find on every page exactly the codes of its passes, each `times`.
fn all_are_read(pdf: &[u8], labels: &Labels, format: Format, passes: &[Pass]) {
    let (a_page, times) = (format.a_page(), if format == Format::Pages { 2 } else { 1 });
    let folder = TempDir::new().unwrap();
    let pages = rendered(pdf, &folder);
    assert_eq!(pages.len(), passes.len().div_ceil(a_page));
    let zbar = has("zbarimg", "zbar-tools", "the second reader of QR, which is not ours");
    for (page, passes) in pages.iter().zip(passes.chunks(a_page)) {
        let parts = qr_areas(labels, format, passes);
        let mut wanted: Vec<_> =
            passes.iter().flat_map(|pass| vec![fixture::address(pass); times]).collect();
        wanted.sort();
        let sorted = |mut found: Vec<String>| {
            found.sort();
            found
        };
        assert!(sorted(by_rqrr(page, &parts)) == wanted, "rqrr");
        assert!(!zbar || sorted(by_zbar(page)) == wanted, "zbar");
    }
}

#[test]
fn two_readers_read_the_large_and_the_small_qr_of_a_pass() {
    if !can_render() {
        return;
    }
    let (labels, long) = fixture::long(7);
    let longest_host = Pass { host: "a".repeat(64), ..fixture::pass(3) };
    for (labels, one) in [
        (fixture::french(), fixture::with_places(1)),
        (fixture::english(), fixture::in_english(2)),
        (fixture::french(), longest_host),
        (labels, long),
    ] {
        let pdf = pass(&labels, &one).unwrap();
        all_are_read(&pdf, &labels, Format::Pages, std::slice::from_ref(&one));
    }
}

#[test]
fn two_readers_read_every_qr_of_a_sheet_in_every_format() {
    if !can_render() {
        return;
    }
    let labels = fixture::french();
    for (format, count) in [(Format::Cards, 23), (Format::Quarters, 6), (Format::Pages, 2)] {
        let many: Vec<_> = (0..count).map(fixture::stock).collect();
        let pdf = sheet(&labels, format, &many, &mut quietly).unwrap();
        all_are_read(&pdf, &labels, format, &many);
    }
}

#[test]
fn a_logo_is_one_picture_however_many_passes_show_it_and_is_said_in_words() {
    if !has("pdfimages", "poppler-utils", "the pictures of a PDF as another program sees them") {
        return;
    }
    let labels = fixture::with_logo(fixture::french(), 240, 96);
    let many: Vec<_> = (0..12).map(fixture::stock).collect();
    let pdf = sheet(&labels, Format::Cards, &many, &mut quietly).unwrap();
    if can_render() {
        all_are_read(&pdf, &labels, Format::Cards, &many);
    }
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("paper.pdf");
    fs::write(&file, &pdf).unwrap();
    let said = Command::new("pdfimages").arg("-list").arg(file).output().unwrap();
    let said = String::from_utf8(said.stdout).unwrap();
    let pictures: Vec<Vec<&str>> =
        said.lines().skip(2).map(|line| line.split_whitespace().collect()).collect();
    let mut objects: Vec<_> = pictures.iter().filter(|row| row[2] == "image").collect();
    assert_eq!(objects.len(), many.len(), "{said}");
    assert!(objects.iter().all(|row| (row[3], row[4]) == ("240", "96")), "{said}");
    objects.sort_by_key(|row| row[10]);
    objects.dedup_by_key(|row| row[10]);
    assert_eq!(objects.len(), 1, "{said}");
    let one = pass(&labels, &fixture::pass(1)).unwrap();
    // A text string of PDF (ISO 32000-1, 7.9.2.2).
    let said: String = fixture::LOGO.encode_utf16().map(|unit| format!("{unit:04X}")).collect();
    let said = format!("/Alt<FEFF{said}>");
    assert_eq!(String::from_utf8_lossy(&one).matches(&said).count(), 2, "page and card");
}

fn pdfinfo(pdf: &[u8], option: &[&str]) -> String {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("paper.pdf");
    fs::write(&file, pdf).unwrap();
    let said = Command::new("pdfinfo").args(option).arg(file).output().unwrap();
    String::from_utf8_lossy(&said.stdout).into_owned()
}

/// Places of words in a text, all of which must be there.
fn places(text: &str, words: &[&str]) -> Vec<usize> {
    words
        .iter()
        .map(|word| text.find(word).unwrap_or_else(|| panic!("{word} in\n{text}")))
        .collect()
}

#[test]
fn another_program_finds_a_tagged_pdf_with_its_title_in_reading_order() {
    if !has("pdfinfo", "poppler-utils", "the tags of a PDF as another program sees them") {
        return;
    }
    let cases: [(Labels, Pass); 2] =
        [(fixture::french(), fixture::specimen(1)), (fixture::english(), fixture::in_english(2))];
    for (labels, one) in cases {
        let pdf = pass(&labels, &one).unwrap();
        let said = pdfinfo(&pdf, &[]);
        for wanted in ["Tagged:          yes", "Pages:           1", "(A4)", &labels.title] {
            assert!(said.contains(wanted), "{wanted} in\n{said}");
        }
        assert!(!said.contains("CreationDate"), "the same input gives the same bytes");
        let said = pdfinfo(&pdf, &["-meta"]);
        let wanted =
            ["<pdfuaid:part>1</pdfuaid:part>", &format!("<rdf:li>{}</rdf:li>", labels.language)];
        places(&said, &wanted);

        let said = pdfinfo(&pdf, &["-struct-text"]);
        let order = [
            "H1",
            &labels.title,
            "Figure",
            &one.value,
            &one.manual_code,
            &labels.steps_heading,
            &labels.venues_heading,
            &labels.help_heading,
            &labels.card_hint,
            &labels.stub_hint,
        ];
        let found = places(&said, &order);
        assert!(found.is_sorted(), "{found:?} of {order:?} in\n{said}");
        assert!(!said.contains(&one.digits));
    }
}
