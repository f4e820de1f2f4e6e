//! Packs the files that the program carries; `src/sys/carried.rs` takes them from there.
//! No code is made here.

use std::{
    env, fs,
    io::{self, Write as _},
    path::Path,
};

use flate2::{Compression, write::GzEncoder};

const FILES: [&str; 3] =
    ["assets/style.css", "openapi.yaml", "tests/data/venues/hub-du-sud-646-schema-v1.json"];

fn main() -> io::Result<()> {
    #[expect(clippy::disallowed_methods, reason = "cargo tells a build script by the environment")]
    let folder = env::var_os("OUT_DIR").ok_or(io::ErrorKind::NotFound)?;
    for file in FILES {
        println!("cargo::rerun-if-changed={file}");
        let name = Path::new(file).file_name().ok_or(io::ErrorKind::InvalidInput)?;
        let mut packed = Path::new(&folder).join(name).into_os_string();
        packed.push(".gz");
        let mut encoder = GzEncoder::new(fs::File::create(packed)?, Compression::best());
        encoder.write_all(&fs::read(file)?)?;
        encoder.finish()?;
    }
    Ok(())
}
