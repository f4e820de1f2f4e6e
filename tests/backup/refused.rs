//! Backups that are not taken: one clear sentence each, and the database is as empty as before.
//! Nothing that succeeds (`mod.rs`).

use sha2::{Digest as _, Sha256};

use super::*;

/// Nothing was kept, and the database still takes the right backup.
fn untouched(safe: &Safe, target: &Location) {
    let database = Database::open(target).unwrap();
    assert_eq!(database.as_of().unwrap(), Seq(0));
    assert_eq!(database.restoration().unwrap(), None);
    assert_eq!(database.trial_balance().unwrap(), []);
    safe.restore("good.age", target).unwrap();
}

/// The copy with some of its text exchanged, and a last line that fits it again.
fn forged(copy: &[u8], from: &str, to: &str) -> Vec<u8> {
    let text = std::str::from_utf8(copy).unwrap();
    let body: String = text.lines().filter(|line| !line.starts_with("{\"sha256\"")).fold(
        String::new(),
        |mut body, line| {
            body.push_str(line);
            body.push('\n');
            body
        },
    );
    assert!(body.contains(from), "{from} is not in the copy");
    let body = body.replacen(from, to, 1);
    let hash = data_encoding::HEXLOWER.encode(&Sha256::digest(&body));
    format!("{body}{{\"sha256\":\"{hash}\"}}\n").into_bytes()
}

fn sentence(done: Result<Copied, Fault>) -> String {
    done.unwrap_err().to_string()
}

#[test]
fn a_file_that_is_not_whole_is_refused() {
    on_each_database(|town| {
        live(&town);
        let safe = Safe::new();
        safe.back_up(&town.location, "good.age");
        let good = std::fs::read(safe.path("good.age")).unwrap();
        let copy = safe.opened("good.age");
        let mut flipped = good.clone();
        flipped[good.len() / 2] ^= 1;
        let mut header = good.clone();
        // Another symbol of base 64.
        header[60] = if header[60] == b'A' { b'B' } else { b'A' };
        let files: Vec<(&str, &[u8], &str)> = vec![
            ("flipped", &flipped, "damaged or cut short"),
            ("header", &header, "no identity opens"),
            ("short", &good[..good.len() - 1], "damaged or cut short"),
            ("half", &good[..good.len() / 2], "damaged or cut short"),
            ("empty", b"", "no age file"),
            ("text", &copy, "no age file"),
        ];
        for (name, bytes, _) in &files {
            std::fs::write(safe.path(name), bytes).unwrap();
        }
        let inner = copy.len() - 80;
        let mut changed = copy.clone();
        *changed.iter_mut().rev().nth(200).unwrap() ^= 1;
        let more = [copy.as_slice(), b"\n"].concat();
        let sealed: Vec<(&str, &[u8], &str)> = vec![
            ("unended", &copy[..inner], "damaged or cut short"),
            ("changed", &changed, "damaged"),
            ("more", &more, "does not fit"),
            ("other", b"hello\n", "does not begin as a backup"),
        ];
        for (name, bytes, _) in &sealed {
            safe.seal(name, bytes);
        }
        for target in safe.targets() {
            for (name, _, told) in files.iter().chain(&sealed) {
                let sentence = sentence(safe.restore(name, &target));
                assert!(sentence.contains(told), "{name}: {sentence}");
                assert!(sentence.len() < 200, "{sentence}");
            }
            untouched(&safe, &target);
        }
    });
}

#[test]
fn a_wrong_identity_another_schema_and_edited_rows_are_refused() {
    on_each_database(|town| {
        live(&town);
        let (safe, other) = (Safe::new(), Safe::new());
        safe.back_up(&town.location, "good.age");
        let copy = safe.opened("good.age");
        let seal = |name, from: &str, to: &str| safe.seal(name, &forged(&copy, from, to));
        seal("same", "agent@exemple.fr", "other@exemple.fr");
        let schema = schema(&copy);
        seal("older", &format!("\"schema\":\"{schema}\""), "\"schema\":\"0001\"");
        seal("newer", &format!("\"schema\":\"{schema}\""), "\"schema\":\"0099\"");
        let older = format!("\"0001\", this program needs {schema}: restore it with the program");
        seal("table", "{\"name\":\"alarm\"", "{\"name\":\"refresh_token\"");
        seal("column", "\"siret\"", "\"siren\"");
        seal("head", "\"hash\":\"", "\"hash\":\"00");
        seal("money", "[1,1,1,1,\"funding\",0,60000,0]", "[1,1,1,1,\"funding\",0,60001,0]");
        for target in safe.targets() {
            let strange = restore(
                &target,
                &safe.path("good.age"),
                &other.path("identity"),
                now(),
                &|_, _| {},
            );
            assert!(sentence(strange).contains("no identity opens"));
            for (name, told) in [
                ("older", older.as_str()),
                ("newer", "use the program that made it"),
                ("table", "schema"),
                ("column", "schema"),
                ("head", "does not end where it says"),
                ("money", "differs from its own events"),
            ] {
                let sentence = sentence(safe.restore(name, &target));
                assert!(sentence.contains(told), "{name}: {sentence}");
            }
            untouched(&safe, &target);
        }
        // The way these were made is not what was refused: names are not covered by events.
        let target = safe.sqlite("same.sqlite");
        safe.restore("same", &target).unwrap();
    });
}

#[test]
fn a_database_that_holds_anything_is_not_restored_into() {
    on_each_database(|town| {
        let safe = Safe::new();
        let made = safe.back_up(&town.location, "good.age");
        let told = sentence(safe.restore("good.age", &town.location));
        let sqlite = matches!(town.location, Location::Sqlite(_));
        let expected = if sqlite { "another program writes" } else { "already holds data" };
        assert!(told.contains(expected), "{told}");
        for target in safe.targets() {
            safe.restore("good.age", &target).unwrap();
            let told = sentence(safe.restore("good.age", &target));
            assert!(told.contains("restore into a new one, made by `migrate`"), "{told}");
            assert_eq!(unacknowledged(&target).unwrap().seq.0, made.copied.seq);
        }
        let missing = Location::Sqlite(safe.path("missing.sqlite"));
        let told = sentence(safe.restore("good.age", &missing));
        assert!(told.contains("`migrate` makes a new one"), "{told}");
        assert!(!safe.path("missing.sqlite").exists());
        town.audit();
    });
}

#[test]
fn a_backup_never_overwrites_and_needs_somebody_who_can_open_it() {
    on_each_database(|town| {
        let safe = Safe::new();
        safe.back_up(&town.location, "a.age");
        let before = std::fs::read(safe.path("a.age")).unwrap();
        let again =
            back_up(&town.location, &safe.path("a.age"), &safe.recipients, now(), &|_, _| {});
        assert!(again.unwrap_err().to_string().contains("never overwritten"));
        assert_eq!(std::fs::read(safe.path("a.age")).unwrap(), before);
        // What an attempt left behind that was killed is no obstacle, and not part of the next.
        std::fs::write(safe.path("b.age.partial"), vec![0; 100_000]).unwrap();
        safe.back_up(&town.location, "b.age");
        safe.restore("b.age", &safe.sqlite("b.sqlite")).unwrap();
        assert!(!safe.path("b.age.partial").exists());
    });
    let told = |texts: &[&str]| match Recipients::new(texts.iter().copied()) {
        Ok(_) => panic!("{texts:?}"),
        Err(cause) => cause.to_string(),
    };
    assert!(told(&[]).contains("at least one"));
    assert!(told(&["age1nonsense"]).contains("not an age recipient"));
    let private = told(&["AGE-SECRET-KEY-1NOTONE"]);
    assert!(private.contains("private key") && !private.contains("NOTONE"), "{private}");
}

/// The number of the newest migration, as the copy's first line has it.
fn schema(copy: &[u8]) -> String {
    let header = copy.split(|byte| *byte == b'\n').next().unwrap();
    let header: serde_json::Value = serde_json::from_slice(header).unwrap();
    header["schema"].as_str().unwrap().to_owned()
}
