//! The architecture as a test: who may import whom, and the limits of files, functions and lines.
//! No rule of the product. ARCHITECTURE.md says why; change it and this in the same commit.

mod scan;
mod snippets;

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use scan::Scan;

/// A folder or file of `src`, and which others it may import besides itself.
const LAYERS: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("store", &["domain"]),
    ("print", &["domain"]),
    ("sys", &["domain"]),
    ("app", &["domain", "store", "sys", "print"]),
    ("words", &[]),
    ("http", &["domain", "app", "print", "sys", "words"]),
    ("pages", &["domain", "app", "print", "sys", "words", "http"]),
    ("cli", &["domain", "app", "print", "sys", "words"]),
];

/// Entries, which put the layers together.
const ENTRIES: &[&str] = &["main", "lib"];

/// What belongs to some layers only: the beginning of a path, and who may name it.
const KEPT: &[(&str, &[&str])] = &[
    ("diesel", &["store"]),
    ("diesel_migrations", &["store"]),
    ("libsqlite3_sys", &["store"]),
    ("pq_sys", &["store"]),
    ("r2d2", &["store"]),
    ("actix_web", &["http", "pages"]),
    ("actix_http", &["http", "pages"]),
    ("actix_rt", &["http", "pages"]),
    ("getrandom", &["sys"]),
    ("lettre", &["sys"]),
    ("ureq", &["sys"]),
    ("rustls", &["sys"]),
    ("chacha20poly1305", &["sys"]),
];

/// What the domain must not name: it has no files, environment, clock or randomness.
const IMPURE: &[&str] = &[
    "std::fs",
    "std::env",
    "std::net",
    "std::process",
    "std::thread",
    "std::time::SystemTime",
    "std::time::Instant",
    "jiff::Timestamp::now",
    "jiff::Zoned::now",
    "uuid::Uuid::now_v7",
    "uuid::Uuid::new_v4",
    "rand",
];

const FILE_LINES: usize = 420;
const FUNCTION_LINES: usize = 75;
const LINE_CHARACTERS: usize = 100;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every Rust file below a folder of the repository, by its path from there.
fn sources(folder: &str) -> Vec<(String, String)> {
    let (mut found, mut folders) = (Vec::new(), vec![root().join(folder)]);
    while let Some(folder) = folders.pop() {
        let Ok(entries) = fs::read_dir(&folder) else { continue };
        for path in entries.map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                let name = path.strip_prefix(root()).unwrap().to_str().unwrap().to_owned();
                found.push((name, fs::read_to_string(&path).unwrap()));
            }
        }
    }
    found.sort();
    found
}

/// The modules a file of `src` is: `src/domain/decide/mod.rs` is `[domain, decide]`.
fn modules(file: &str) -> Vec<String> {
    let inner = file.strip_prefix("src/").unwrap_or(file).trim_end_matches(".rs");
    let inner = inner.strip_suffix("/mod").unwrap_or(inner);
    inner.split('/').map(str::to_owned).collect()
}

fn starts(path: &str, with: &str) -> bool {
    path.strip_prefix(with).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
}

/// What one path of a file of `layer` breaks, if anything.
fn trespass(layer: &str, may: &[&str], path: &str) -> Option<String> {
    let ours = path.strip_prefix("crate::").or_else(|| path.strip_prefix("pass_numerique::"));
    if let Some(ours) = ours {
        let target = ours.split("::").next().unwrap_or_default();
        let known = LAYERS.iter().any(|(name, _)| *name == target);
        return (known && target != layer && !may.contains(&target)).then(|| {
            let may = if may.is_empty() { "nothing of ours".to_owned() } else { may.join(", ") };
            format!("{layer} may import {may}: pass it in as a value, or move the code")
        });
    }
    if layer == "domain" && IMPURE.iter().any(|impure| starts(path, impure)) {
        return Some("the domain is pure: take the result as a value".to_owned());
    }
    let (_, who) = KEPT.iter().find(|(kept, who)| starts(path, kept) && !who.contains(&layer))?;
    Some(format!("it belongs to {} only: call that layer, or move the code", who.join(" and ")))
}

/// Imports that the layers do not allow, in one file of `src`.
fn imports(file: &str, text: &str) -> Vec<String> {
    let modules = modules(file);
    let layer = modules.first().map_or("", String::as_str);
    if ENTRIES.contains(&layer) {
        return Vec::new();
    }
    let Some((_, may)) = LAYERS.iter().find(|(name, _)| *name == layer) else {
        return vec![format!(
            "{file}:1: {layer} is no known layer: add it to LAYERS in tests/tidy.rs and to \
             ARCHITECTURE.md"
        )];
    };
    let scan = match Scan::of(text, &modules) {
        Ok(scan) => scan,
        Err(wrong) => return vec![format!("{file}:{wrong}")],
    };
    let broken = scan.paths.iter().filter_map(|(line, path)| {
        let why = trespass(layer, may, path)?;
        Some(format!("{file}:{line}: names {path}: {why}"))
    });
    broken.collect::<BTreeSet<_>>().into_iter().collect()
}

/// Limits and habits that one file breaks.
fn limits(file: &str, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    if text.lines().take(2).filter(|line| line.starts_with("//! ")).count() < 2 {
        found.push(format!(
            "{file}:1: begin with two lines of `//!`: what it is, and what must not be here"
        ));
    }
    let (limit, lines) = (FILE_LINES, text.lines().count());
    if lines > limit {
        found.push(format!("{file}:{limit}: {lines} lines, {limit} at most: split it by idea"));
    }
    for (number, line) in text.lines().enumerate() {
        let (number, width) = (number + 1, line.chars().count());
        if width > LINE_CHARACTERS {
            found.push(format!(
                "{file}:{number}: {width} characters, {LINE_CHARACTERS} at most: break the line"
            ));
        }
    }
    match Scan::of(text, &modules(file)) {
        Ok(scan) => {
            for (line, name, lines) in scan.functions {
                if lines > FUNCTION_LINES {
                    found.push(format!(
                        "{file}:{line}: fn {name} has {lines} lines, {FUNCTION_LINES} at most: \
                         name its parts"
                    ));
                }
            }
            found.extend(scan.allows.into_iter().map(|line| {
                format!("{file}:{line}: allow: write #[expect(lint, reason = \"...\")] instead")
            }));
        }
        Err(wrong) => found.push(format!("{file}:{wrong}")),
    }
    found
}

/// What is wrong with the migrations below a folder that holds one folder a database.
fn migrations(folder: &Path) -> Vec<String> {
    let (databases, mut found) = (["sqlite", "postgres"], Vec::new());
    let names = |database: &str| -> BTreeSet<String> {
        let entries = fs::read_dir(folder.join(database)).into_iter().flatten();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    };
    let all: BTreeSet<String> = databases.into_iter().flat_map(names).collect();
    let mut numbers = BTreeSet::new();
    for name in &all {
        let (number, words) = name.split_once('_').unwrap_or((name, ""));
        let digits = number.len() == 4 && number.bytes().all(|byte| byte.is_ascii_digit());
        if !digits || words.is_empty() {
            found.push(format!("migrations/*/{name}: name it NNNN_name"));
        } else if !numbers.insert(number) {
            found.push(format!("migrations/*/{name}: number {number} is taken: take the next"));
        }
        for database in databases {
            for file in ["up.sql", "down.sql"] {
                let path: PathBuf = [database, name, file].iter().collect();
                if !folder.join(&path).is_file() {
                    found.push(format!(
                        "migrations/{}:1: missing: every migration has up.sql and down.sql for \
                         both databases",
                        path.display()
                    ));
                }
            }
        }
    }
    found
}

fn nothing_of(found: &[String]) {
    assert!(found.is_empty(), "\n{}\n", found.join("\n"));
}

#[test]
fn no_layer_imports_what_it_may_not() {
    let sources = sources("src");
    assert!(sources.len() > 50, "the source was not found");
    nothing_of(&sources.iter().flat_map(|(file, text)| imports(file, text)).collect::<Vec<_>>());
}

#[test]
fn every_file_says_what_it_is_and_stays_short() {
    let files = ["src", "tests", "benches"].into_iter().flat_map(sources);
    nothing_of(&files.flat_map(|(file, text)| limits(&file, &text)).collect::<Vec<_>>());
}

#[test]
fn both_databases_have_the_same_migrations() {
    nothing_of(&migrations(&root().join("migrations")));
}

/// Every test that a threat names is there: a rule without its test is a wish.
#[test]
fn the_tests_that_threats_name_exist() {
    let threats = fs::read_to_string(root().join("docs/threats.md")).unwrap();
    let code: String =
        sources("src").into_iter().chain(sources("tests")).map(|(_, text)| text).collect();
    let rows =
        threats.lines().filter(|line| line.starts_with("| ") && line.matches('|').count() == 4);
    let mut named = 0;
    for row in rows.filter(|row| row.contains('`')) {
        let tests = row.rsplit('|').nth(1).unwrap();
        for test in tests.split('`').skip(1).step_by(2) {
            named += 1;
            assert!(code.contains(&format!("fn {test}(")), "docs/threats.md names {test}");
        }
    }
    assert!(named > 30, "{named} tests are named");
}
