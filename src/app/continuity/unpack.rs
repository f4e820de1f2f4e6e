//! Reading an archive: its list of contents first, then each file against that list.
//! Nothing is believed before its hash is checked.

use std::{
    collections::BTreeSet,
    io::{BufRead as _, BufReader, Read},
    path::Path,
};

use sha2::{Digest as _, Sha256};
use zip::ZipArchive;

use super::{Content, MANIFEST, Manifest, SIGNATURE, Signature, digest, hexadecimal};
use crate::{
    app::service::Fault,
    domain::{
        continuity::{FORMAT, signed_by},
        receipt::ReceiptKey,
    },
    store::{ARCHIVED, CopyError, Origin},
    sys::sealed::{self, Opened},
};

/// The longest list of contents that is read, in bytes.
const LONGEST_MANIFEST: u64 = 1 << 20;
/// The longest line of a table: an event of a chunk of a batch has some hundred thousand.
const LONGEST_LINE: u64 = 4 << 20;

/// An archive whose files are all as its list says.
pub(super) struct Unpacking {
    zip: ZipArchive<Opened>,
    pub origin: Origin,
    digest: [u8; 32],
}

fn damaged(cause: impl std::fmt::Display) -> CopyError {
    CopyError::Archive(cause.to_string())
}

impl Unpacking {
    /// Opens an archive, and checks every file of it.
    pub fn open(path: &Path, identity: &Path) -> Result<Self, Fault> {
        let mut zip = ZipArchive::new(sealed::open_anywhere(path, identity)?).map_err(damaged)?;
        let text = whole(&mut zip, MANIFEST)?;
        let said: serde_json::Value = serde_json::from_slice(&text).unwrap_or_default();
        let format = said.get("format").and_then(serde_json::Value::as_str).unwrap_or_default();
        if format != FORMAT {
            return Err(CopyError::Format(format.to_owned()).into());
        }
        let manifest: Manifest = serde_json::from_slice(&text).map_err(damaged)?;
        let listed: BTreeSet<&str> =
            manifest.files.iter().map(|file| file.name.as_str()).chain([MANIFEST]).collect();
        for name in zip.file_names() {
            let name = name.map_err(damaged)?;
            if !listed.contains(&*name) && name != SIGNATURE {
                return Err(damaged(format!("{name} is not in its list of contents")).into());
            }
        }
        for (table, ..) in ARCHIVED {
            if !listed.contains(file(table).as_str()) {
                return Err(damaged(format!("table {table} is missing")).into());
            }
        }
        for content in &manifest.files {
            check(&mut zip, content)?;
        }
        Ok(Self { zip, origin: manifest.origin, digest: digest(&text) })
    }

    pub fn digest(&self) -> String {
        hexadecimal(&self.digest)
    }

    /// Whether one of these keys signed it; `false` too where there is no signature.
    pub fn signed_by(&mut self, keys: &[ReceiptKey]) -> Result<bool, Fault> {
        if !self.zip.file_names().any(|name| name.is_ok_and(|name| name == SIGNATURE)) {
            return Ok(false);
        }
        let text = whole(&mut self.zip, SIGNATURE)?;
        let signature: Signature = serde_json::from_slice(&text).map_err(damaged)?;
        let bytes = data_encoding::HEXLOWER.decode(signature.signature.as_bytes());
        Ok(signed_by(keys, &self.digest, &bytes.map_err(damaged)?))
    }

    /// Hands over the lines of a table.
    pub fn lines(
        &mut self,
        table: &str,
        take: &mut dyn FnMut(&str) -> Result<(), CopyError>,
    ) -> Result<(), CopyError> {
        let packed = self.zip.by_name(&file(table)).map_err(damaged)?;
        let (mut lines, mut line) = (BufReader::with_capacity(1 << 16, packed), String::new());
        loop {
            line.clear();
            let read = (&mut lines).take(LONGEST_LINE).read_line(&mut line).map_err(damaged)?;
            if read == 0 {
                return Ok(());
            }
            let text = line.strip_suffix('\n').ok_or_else(|| damaged("a line has no end"))?;
            take(text)?;
        }
    }
}

fn file(table: &str) -> String {
    format!("tables/{table}.jsonl")
}

fn whole(zip: &mut ZipArchive<Opened>, name: &str) -> Result<Vec<u8>, CopyError> {
    let mut text = Vec::new();
    let packed = zip.by_name(name).map_err(|_| damaged(format!("it has no {name}")))?;
    packed.take(LONGEST_MANIFEST).read_to_end(&mut text).map_err(damaged)?;
    Ok(text)
}

fn check(zip: &mut ZipArchive<Opened>, content: &Content) -> Result<(), CopyError> {
    let name = &content.name;
    let mut packed = zip.by_name(name).map_err(|_| damaged(format!("{name} is missing")))?;
    let (mut hash, mut bytes, mut buffer) = (Sha256::new(), 0_u64, vec![0; 1 << 16]);
    loop {
        let read = packed.read(&mut buffer).map_err(|cause| damaged(format!("{name}: {cause}")))?;
        let Some(part) = buffer.get(..read).filter(|part| !part.is_empty()) else { break };
        hash.update(part);
        bytes += u64::try_from(read).unwrap_or_default();
    }
    if bytes == content.bytes && hexadecimal(&hash.finalize()) == content.sha256 {
        return Ok(());
    }
    Err(damaged(format!("{name} is not what its list of contents says")))
}
