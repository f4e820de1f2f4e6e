//! The architecture as a test: who may import whom, and the limits of files and lines.
//! ARCHITECTURE.md says why; change both in the same commit.

use std::{fs, path::Path};

/// Folder, and what its files must not name.
const FORBIDDEN: &[(&str, &[&str])] = &[
    (
        "src/domain",
        &[
            "crate::store",
            "crate::app",
            "crate::sys",
            "crate::print",
            "crate::cli",
            "diesel",
            "actix",
            "std::fs",
            "std::env",
            "SystemTime",
            "getrandom",
            "Timestamp::now",
        ],
    ),
    ("src/store", &["crate::app", "crate::sys", "crate::print", "crate::cli", "actix"]),
    ("src/print", &["crate::app", "crate::store", "crate::sys", "crate::cli", "diesel", "actix"]),
    ("src/sys", &["crate::app", "crate::store", "crate::print", "crate::cli", "diesel", "actix"]),
    ("src/app", &["crate::cli", "diesel", "actix"]),
    ("src/cli", &["crate::store", "diesel", "actix"]),
];

const LONGEST_FILE: usize = 480;
const LONGEST_LINE: usize = 100;

fn each_source(folder: &Path, visit: &mut dyn FnMut(&Path, &str)) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            each_source(&path, visit);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            visit(&path, &fs::read_to_string(&path).unwrap());
        }
    }
}

fn trespasses(text: &str, forbidden: &[&str]) -> Vec<String> {
    let code = text.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with("//"));
    code.filter_map(|(number, line)| {
        let name = forbidden.iter().find(|name| line.contains(**name))?;
        Some(format!("line {}: names {name}", number + 1))
    })
    .collect()
}

#[test]
fn no_layer_imports_what_stands_above_it() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    for (folder, forbidden) in FORBIDDEN {
        each_source(&root.join(folder), &mut |path, text| {
            for what in trespasses(text, forbidden) {
                found.push(format!("{}: {what}", path.display()));
            }
        });
    }
    assert_eq!(found, Vec::<String>::new());
}

#[test]
fn a_trespass_is_found_and_a_comment_is_none() {
    assert_eq!(trespasses("use diesel::prelude::*;", &["diesel"]), ["line 1: names diesel"]);
    assert!(trespasses("//! no diesel here", &["diesel"]).is_empty());
}

#[test]
fn every_module_says_what_it_is_and_stays_short() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    each_source(&root.join("src"), &mut |path, text| {
        let mut lines = text.lines();
        if !(0..2).all(|_| lines.next().is_some_and(|line| line.starts_with("//!"))) {
            found.push(format!("{}: begins without two lines of //!", path.display()));
        }
        if text.lines().count() > LONGEST_FILE {
            found.push(format!("{}: more than {LONGEST_FILE} lines", path.display()));
        }
        for (number, line) in text.lines().enumerate() {
            if line.chars().count() > LONGEST_LINE {
                found.push(format!("{}:{}: too long", path.display(), number + 1));
            }
            if line.contains("#[allow") {
                found.push(format!("{}:{}: #[allow", path.display(), number + 1));
            }
        }
    });
    assert_eq!(found, Vec::<String>::new());
}

#[test]
fn both_databases_have_the_same_migrations() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations");
    let names = |database: &str| {
        let mut names: Vec<_> = fs::read_dir(root.join(database))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    };
    assert_eq!(names("sqlite"), names("postgres"));
    for (database, name) in
        ["sqlite", "postgres"].into_iter().flat_map(|d| names(d).into_iter().map(move |n| (d, n)))
    {
        for file in ["up.sql", "down.sql"] {
            assert!(root.join(database).join(&name).join(file).exists(), "{database} {name}");
        }
    }
}
