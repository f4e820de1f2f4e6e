//! The checker on bad and good snippets: it must find what it says it finds.
//! Nothing of the real source.

use std::fs;

use super::{FILE_LINES, FUNCTION_LINES, imports, limits, migrations};

const HEAD: &str = "//! A snippet.\n//! No more.\n";

fn names(file: &str, code: &str) -> Vec<String> {
    imports(file, &format!("{HEAD}{code}"))
}

#[track_caller]
fn refused(file: &str, code: &str, line: usize, what: &str) {
    let found = names(file, code);
    let place = format!("{file}:{line}: ");
    assert!(
        found.len() == 1 && found.iter().all(|f| f.starts_with(&place) && f.contains(what)),
        "{found:?}"
    );
}

#[test]
fn an_import_against_the_layers_is_found_however_it_is_written() {
    refused("src/domain/a.rs", "use crate::store::Conn;", 3, "crate::store::Conn");
    refused("src/domain/a.rs", "use crate::{\n    store::{\n        Conn,\n    },\n};", 5, "store");
    refused("src/domain/a.rs", "fn f() {\n    crate::app::go();\n}", 4, "crate::app::go");
    refused("src/domain/a/b.rs", "use super::super::super::sys::clock;", 3, "crate::sys::clock");
    refused("src/domain/a.rs", "mod t {\n    use super::super::super::sys::x;\n}", 4, "sys");
    refused("src/cli/a.rs", "type A = pass_numerique::store::Conn;", 3, "cli may import");
    refused("src/http/a.rs", "macro!(x, crate::store::Conn);", 3, "http may import");
    refused("src/pages/a.rs", "use crate::store::Conn;", 3, "pages may import");
    refused("src/http/a.rs", "use crate::pages::routes;", 3, "http may import");
    refused("src/store/a.rs", "use crate::sys::clock;", 3, "store may import domain");
    refused("src/print/a.rs", "use crate::store as s;", 3, "print may import domain");
    refused("src/sys/a.rs", "use crate::app::x;", 3, "sys may import domain");
    refused("src/app/a.rs", "use crate::http::x;", 3, "app may import domain, store");
}

#[test]
fn a_library_outside_its_layer_is_found() {
    refused("src/app/a.rs", "use diesel::prelude::*;", 3, "belongs to store only");
    refused("src/cli/a.rs", "use actix_web::web;", 3, "belongs to http and pages only");
    refused("src/store/a.rs", "fn f() { getrandom::fill(b); }", 3, "belongs to sys only");
}

#[test]
fn the_domain_has_no_files_environment_clock_or_randomness() {
    for impure in [
        "std::{fmt, fs::read}",
        "std::env::var",
        "std::time::{Duration, SystemTime}",
        "jiff::Timestamp::now",
        "getrandom::fill",
        "diesel::prelude",
        "actix_web::web",
    ] {
        let found = names("src/domain/a.rs", &format!("use {impure};"));
        assert_eq!(found.len(), 1, "{impure}: {found:?}");
    }
    assert!(names("src/sys/a.rs", "use std::{env, fs}; use getrandom::fill;").is_empty());
}

#[test]
fn what_the_layers_allow_is_left_alone() {
    for (file, code) in [
        ("src/domain/a.rs", "use crate::domain::b; use super::{b, store_of}; use std::fmt;"),
        ("src/domain/a.rs", "// use crate::store;\nconst A: &str = \"crate::store::x\";"),
        ("src/domain/a.rs", "mod tests {\n    use super::store;\n}"),
        ("src/store/a.rs", "use diesel::prelude::*; use crate::domain::ids::*;"),
        ("src/app/a.rs", "use crate::{domain::x, store::y, sys::z};"),
        ("src/http/a.rs", "use actix_web::web; use crate::{app, domain, print, sys};"),
        ("src/main.rs", "use pass_numerique::{store::a, http::b, cli::c};"),
    ] {
        assert!(names(file, code).is_empty(), "{:?}", names(file, code));
    }
}

#[test]
fn a_folder_that_no_rule_knows_is_refused() {
    refused("src/misc/a.rs", "", 1, "add it to LAYERS");
}

#[track_caller]
fn broken(text: &str, line: usize, what: &str) {
    let found = limits("src/domain/a.rs", text);
    let place = format!("src/domain/a.rs:{line}: ");
    assert!(
        found.len() == 1 && found.iter().all(|f| f.starts_with(&place) && f.contains(what)),
        "{found:?}"
    );
}

#[test]
fn each_limit_is_found_one_past_and_not_at_it() {
    let function =
        |lines: usize| format!("{HEAD}fn f() {{\n{}}}\n", "    g();\n".repeat(lines - 2));
    assert!(limits("src/domain/a.rs", &function(FUNCTION_LINES)).is_empty());
    broken(&function(FUNCTION_LINES + 1), 3, "fn f has 76 lines");
    let file = |lines: usize| format!("{HEAD}{}", "\n".repeat(lines - 2));
    assert!(limits("src/domain/a.rs", &file(FILE_LINES)).is_empty());
    broken(&file(FILE_LINES + 1), 420, "421 lines");
    let line = |width: usize| format!("{HEAD}//{}\n", "é".repeat(width - 2));
    assert!(limits("src/domain/a.rs", &line(100)).is_empty());
    broken(&line(101), 3, "101 characters");
}

#[test]
fn a_brace_in_a_string_does_not_end_a_function() {
    let text = format!("{HEAD}fn f() {{\n    g(\"}}\");\n{}}}\n", "    g();\n".repeat(80));
    broken(&text, 3, "fn f has 83 lines");
}

#[test]
fn a_module_without_its_two_lines_is_found() {
    broken("//! One line.\n", 1, "two lines");
    broken("// No docs.\n// None.\n", 1, "two lines");
    broken("//! One line.\nuse std::fmt;\n//! Late.\n", 1, "two lines");
}

#[test]
fn an_allow_is_found_in_every_form_and_not_in_a_comment() {
    broken(&format!("{HEAD}#[allow(dead_code)]\nfn f() {{}}\n"), 3, "expect");
    broken(&format!("{HEAD}#![allow(dead_code)]\n"), 3, "expect");
    broken(&format!("{HEAD}#[cfg_attr(test, allow(dead_code))]\nfn f() {{}}\n"), 3, "expect");
    let fine =
        format!("{HEAD}// #[allow(x)]\n#[expect(x, reason = \"#[allow(y)]\")]\nfn f() {{}}\n");
    assert!(limits("src/domain/a.rs", &fine).is_empty());
}

#[test]
fn what_is_not_rust_is_said_with_its_line() {
    broken(&format!("{HEAD}fn f() {{\n"), 3, "not Rust");
}

#[test]
fn a_migration_without_its_twin_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let write = |path: &str| {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "SELECT 1;").unwrap();
    };
    for database in ["sqlite", "postgres"] {
        write(&format!("{database}/0001_core/up.sql"));
        write(&format!("{database}/0001_core/down.sql"));
    }
    assert!(migrations(folder.path()).is_empty());
    write("sqlite/0002_more/up.sql");
    let found = migrations(folder.path()).join("\n");
    for missing in
        ["postgres/0002_more/up.sql", "postgres/0002_more/down.sql", "sqlite/0002_more/down.sql"]
    {
        assert!(found.contains(missing), "{found}");
    }
    write("postgres/0001_again/up.sql");
    assert!(migrations(folder.path()).join("\n").contains("0001 is taken"));
    write("sqlite/3_short/up.sql");
    assert!(migrations(folder.path()).join("\n").contains("NNNN_name"));
}
