//! Packing an archive while it is read: a ZIP of tables, sheets for people, and their list.
//! Nothing is kept in memory but the file that is being written.

use std::io::{self, Write};

use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};
use zip::{ZipWriter, write::SimpleFileOptions, write::StreamWriter};

use super::{
    CHECKER, Content, GUIDE, MANIFEST, Manifest, SIGNATURE, Signature, digest, hexadecimal, sheets,
};
use crate::{
    app::service::Fault,
    domain::{
        calendar::Instant,
        continuity::FORMAT,
        ids::{ProgrammeId, Seq},
    },
    store::{ARCHIVED, CopyError, ProgrammeCopy},
    sys::signer::ReceiptSigner,
};

/// What was packed.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Packed {
    pub programme: ProgrammeId,
    pub name: String,
    pub made_at: Instant,
    /// The last event of the journal, and its link of the chain.
    pub seq: Seq,
    pub hash: String,
    pub files: usize,
    pub rows: u64,
    /// SHA-256 of the list of contents: of all archives only this one has it.
    pub digest: String,
    /// Whether a receipt key of the service signed it.
    pub signed: bool,
}

/// A ZIP that is being written.
pub(super) struct Packing<W: Write> {
    zip: ZipWriter<StreamWriter<W>>,
    files: Vec<Content>,
    hash: Sha256,
}

fn failed(cause: impl Into<io::Error>) -> CopyError {
    CopyError::Write(cause.into())
}

impl<W: Write> Packing<W> {
    fn new(out: W) -> Self {
        Self { zip: ZipWriter::new_stream(out), files: Vec::new(), hash: Sha256::new() }
    }

    /// Begins the next file.
    pub fn begin(&mut self, name: &str) -> Result<(), CopyError> {
        self.zip.start_file(name, options()).map_err(failed)?;
        let (name, sha256) = (name.to_owned(), String::new());
        self.files.push(Content { name, rows: 0, bytes: 0, sha256 });
        self.hash = Sha256::new();
        Ok(())
    }

    /// Writes into the file that was begun; `rows` lines of it.
    pub fn write(&mut self, bytes: &[u8], rows: u64) -> Result<(), CopyError> {
        self.zip.write_all(bytes).map_err(failed)?;
        self.hash.update(bytes);
        if let Some(file) = self.files.last_mut() {
            file.rows += rows;
            file.bytes += u64::try_from(bytes.len()).unwrap_or_default();
        }
        Ok(())
    }

    pub fn end(&mut self) {
        let sha256 = hexadecimal(&std::mem::take(&mut self.hash).finalize());
        if let Some(file) = self.files.last_mut() {
            file.sha256 = sha256;
        }
    }

    fn whole(&mut self, name: &str, bytes: &[u8]) -> Result<(), CopyError> {
        self.begin(name)?;
        self.write(bytes, 0)?;
        self.end();
        Ok(())
    }

    fn table(&mut self, name: &str, copy: &mut ProgrammeCopy) -> Result<(), CopyError> {
        self.begin(&format!("tables/{name}.jsonl"))?;
        copy.rows(name, &mut |row| self.write(line(&row)?.as_bytes(), 1))?;
        self.end();
        Ok(())
    }
}

fn options() -> SimpleFileOptions {
    // One that passes 4 GB says so from the beginning.
    SimpleFileOptions::default().large_file(true)
}

fn line(row: &Map<String, Value>) -> Result<String, CopyError> {
    let text = serde_json::to_string(row).map_err(failed)?;
    Ok(text + "\n")
}

/// Packs a programme, and hands back what it was written to.
pub(super) fn pack<W: Write>(
    mut copy: ProgrammeCopy,
    out: W,
    signer: Option<&ReceiptSigner>,
) -> Result<(W, Packed), Fault> {
    let mut packing = Packing::new(out);
    for (table, ..) in ARCHIVED {
        packing.table(table, &mut copy)?;
    }
    sheets::write(&mut packing, &mut copy)?;
    packing.whole("continuity.md", GUIDE.as_bytes())?;
    packing.whole("verify_archive.py", CHECKER.as_bytes())?;
    let origin = copy.origin().clone();
    let files = std::mem::take(&mut packing.files);
    let (rows, count) = (files.iter().map(|file| file.rows).sum(), files.len());
    let manifest = Manifest { format: FORMAT.to_owned(), origin: origin.clone(), files };
    let text = serde_json::to_vec_pretty(&manifest).map_err(failed)?;
    let digest = digest(&text);
    packing.whole(MANIFEST, &text)?;
    if let Some(signer) = signer {
        let signature = hexadecimal(&signer.sign_archive(&digest));
        let public = crate::domain::key_register::PublicKey(signer.public());
        let text = serde_json::to_vec(&Signature { public, signature }).map_err(failed)?;
        packing.whole(SIGNATURE, &text)?;
    }
    let out = packing.zip.finish().map_err(failed)?.into_inner();
    let packed = Packed {
        programme: origin.programme,
        name: origin.name,
        made_at: origin.made_at,
        seq: origin.seq,
        hash: origin.hash,
        files: count,
        rows,
        digest: hexadecimal(&digest),
        signed: signer.is_some(),
    };
    Ok((out, packed))
}
