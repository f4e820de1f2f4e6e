//! A letter box in the folder of keys: how a command reaches the service that holds the database.
//! Texts only: who may write into this folder could exchange the keys themselves.

use std::{
    fs,
    io::{self, Write as _},
    os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
    thread,
    time::Duration,
};

use super::clock;

const ORDER: &str = "order";
const TAKEN: &str = "taken";
const ANSWER: &str = "answer";
/// The longest text, in bytes: a key set has 65,536 at most.
const LONGEST: u64 = 131_072;
const PAUSE_MS: u64 = 50;

/// Why no answer came back, in one sentence.
#[derive(Debug, thiserror::Error)]
pub enum OrderError {
    #[error("{path}: {cause}")]
    File { path: PathBuf, cause: io::Error },
    #[error("{0}: others may write there: run chmod 700 on it")]
    TooOpen(PathBuf),
    #[error(
        "the running service did not take the order within {0} s: run this as its user, with \
             the folder of keys that it uses"
    )]
    NotTaken(u64),
    #[error("the running service took the order but did not answer: see `key list`")]
    NotAnswered,
}

fn failed(path: &Path) -> impl Fn(io::Error) -> OrderError {
    move |cause| OrderError::File { path: path.to_owned(), cause }
}

fn letter_box(keys: &Path) -> PathBuf {
    keys.join("orders")
}

/// Leaves an order and waits for its answer.
///
/// # Errors
/// When nobody took it in time: then it is withdrawn, and nothing was done.
pub fn send(keys: &Path, order: &str, timeout_s: u64) -> Result<String, OrderError> {
    let folder = letter_box(keys);
    let made = fs::DirBuilder::new().recursive(true).mode(0o700).create(&folder);
    made.map_err(failed(&folder))?;
    let name = clock::request_id().to_string();
    let file = |kind: &str| folder.join(&name).with_extension(kind);
    put(&file(ORDER), order)?;
    for _ in 0..timeout_s.saturating_mul(1_000) / PAUSE_MS {
        thread::sleep(Duration::from_millis(PAUSE_MS));
        if let Some(answer) = get(&file(ANSWER))? {
            fs::remove_file(file(ANSWER)).map_err(failed(&file(ANSWER)))?;
            return Ok(answer);
        }
    }
    // Whoever removes or renames the file first has it: nothing is done after this.
    match fs::remove_file(file(ORDER)) {
        Ok(()) => Err(OrderError::NotTaken(timeout_s)),
        Err(_) => Err(OrderError::NotAnswered),
    }
}

/// Takes each order that lies there, once, and leaves its answer.
///
/// # Errors
/// When the folder is open to others; an order that cannot be read is left out.
pub fn serve(keys: &Path, mut carry_out: impl FnMut(&str) -> String) -> Result<u64, OrderError> {
    let folder = letter_box(keys);
    let Ok(metadata) = fs::metadata(&folder) else { return Ok(0) };
    if metadata.mode() & 0o022 != 0 {
        return Err(OrderError::TooOpen(folder));
    }
    let mut served = 0;
    for entry in fs::read_dir(&folder).map_err(failed(&folder))? {
        let path = entry.map_err(failed(&folder))?.path();
        if path.extension().is_none_or(|extension| extension != ORDER) {
            continue;
        }
        let taken = path.with_extension(TAKEN);
        // Withdrawn, or taken by another instance.
        if fs::rename(&path, &taken).is_err() {
            continue;
        }
        if let Some(order) = get(&taken)? {
            put(&path.with_extension(ANSWER), &carry_out(&order))?;
            served += 1;
        }
        fs::remove_file(&taken).map_err(failed(&taken))?;
    }
    Ok(served)
}

/// Writes a file that is there as a whole or not at all.
fn put(path: &Path, text: &str) -> Result<(), OrderError> {
    let draft = path.with_extension("draft");
    let write = || {
        let mut options = fs::OpenOptions::new();
        let mut file = options.write(true).create_new(true).mode(0o600).open(&draft)?;
        file.write_all(text.as_bytes())?;
        fs::rename(&draft, path)
    };
    write().map_err(failed(path))
}

fn get(path: &Path) -> Result<Option<String>, OrderError> {
    match fs::metadata(path) {
        Ok(metadata) if metadata.is_file() && metadata.len() <= LONGEST => {}
        _ => return Ok(None),
    }
    fs::read_to_string(path).map(Some).map_err(failed(path))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn an_order_is_taken_once_and_answered() {
        let keys = tempfile::tempdir().unwrap();
        let folder = keys.path();
        assert_eq!(serve(folder, |_| panic!()).unwrap(), 0);
        thread::scope(|scope| {
            let sent = scope.spawn(|| send(folder, "rotate", 20).unwrap());
            let mut served = 0;
            while served == 0 {
                served = serve(folder, |order| format!("{order}: done")).unwrap();
            }
            assert_eq!(served, 1);
            assert_eq!(sent.join().unwrap(), "rotate: done");
        });
        assert_eq!(serve(folder, |_| panic!("taken twice")).unwrap(), 0);
        assert_eq!(fs::read_dir(letter_box(folder)).unwrap().count(), 0);
    }

    #[test]
    fn an_order_that_nobody_takes_is_withdrawn() {
        let keys = tempfile::tempdir().unwrap();
        let refused = send(keys.path(), "rotate", 0);
        assert!(matches!(refused, Err(OrderError::NotTaken(0))), "{refused:?}");
        assert_eq!(serve(keys.path(), |_| panic!()).unwrap(), 0);
    }

    #[test]
    fn a_letter_box_that_others_may_write_to_is_refused() {
        let keys = tempfile::tempdir().unwrap();
        let folder = letter_box(keys.path());
        fs::create_dir(&folder).unwrap();
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o777)).unwrap();
        let refused = serve(keys.path(), |_| panic!());
        assert!(matches!(refused, Err(OrderError::TooOpen(_))), "{refused:?}");
    }
}
