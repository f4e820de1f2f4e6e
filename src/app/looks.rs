//! The operator's name, colour, logo and declaration: set by an operator, seen on every page.
//! No HTML. What is shown is a copy in memory, which the thread of regular runs renews.

use std::{
    io::Cursor,
    sync::{Arc, PoisonError, RwLock},
};

use image::{DynamicImage, ImageFormat, ImageReader, Limits, imageops::FilterType};

use super::service::{Fault, Service};
use crate::domain::{
    declaration::Declaration,
    ids::UserId,
    looks::{BadLooks, Looks},
};

/// The largest file of a logo, in bytes.
pub const LARGEST_LOGO: usize = 1024 * 1024;
/// A side that no logo exceeds, in pixels.
const LARGEST_SIDE: u32 = 4_000;
/// As it is kept: twice the head's height, for fine screens.
const KEPT_HEIGHT: u32 = 96;
const KEPT_WIDTH: u32 = 480;

/// What every page shows.
#[derive(Clone, Default)]
struct Presented {
    looks: Option<Arc<Looks>>,
    declaration: Option<Arc<Declaration>>,
}

#[derive(Default)]
pub struct Shown(RwLock<Presented>);

impl Shown {
    fn now(&self) -> Presented {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Service {
    /// How the operator presents itself, if it said so.
    pub fn looks(&self) -> Option<Arc<Looks>> {
        self.looks.now().looks
    }

    /// What the operator declares of accessibility, if it did.
    pub fn declaration(&self) -> Option<Arc<Declaration>> {
        self.looks.now().declaration
    }

    /// Sees what was set, here or by another instance.
    ///
    /// # Errors
    /// When the database does not answer: then the copy stays.
    pub fn reload_looks(&self) -> Result<(), Fault> {
        let looks = self.database.looks()?.map(Arc::new);
        let declaration = self.database.declaration()?.map(Arc::new);
        let mut shown = self.looks.0.write().unwrap_or_else(PoisonError::into_inner);
        *shown = Presented { looks, declaration };
        Ok(())
    }

    /// Sets them.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn set_looks(&self, by: UserId, looks: &Looks) -> Result<(), Fault> {
        self.database.keep_looks(looks, self.clock.now(), by)?;
        self.reload_looks()
    }

    /// Declares what was checked.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn declare(&self, by: UserId, declaration: &Declaration) -> Result<(), Fault> {
        self.database.keep_declaration(declaration, self.clock.now(), by)?;
        self.reload_looks()
    }
}

/// A picture as it is kept: read, made small, and written anew as PNG, so that nothing but its
/// points is left of what came in.
///
/// # Errors
/// `BadLooks::Logo` for what is no PNG or JPEG picture, or too large.
pub fn logo(file: &[u8]) -> Result<Vec<u8>, BadLooks> {
    if file.len() > LARGEST_LOGO {
        return Err(BadLooks::Logo);
    }
    let bad = |_| BadLooks::Logo;
    let mut reader =
        ImageReader::new(Cursor::new(file)).with_guessed_format().map_err(|_| BadLooks::Logo)?;
    let mut limits = Limits::default();
    (limits.max_image_width, limits.max_image_height) = (Some(LARGEST_SIDE), Some(LARGEST_SIDE));
    reader.limits(limits);
    let picture = reader.decode().map_err(bad)?;
    let small = if picture.height() > KEPT_HEIGHT || picture.width() > KEPT_WIDTH {
        picture.resize(KEPT_WIDTH, KEPT_HEIGHT, FilterType::Lanczos3)
    } else {
        picture
    };
    let mut kept = Cursor::new(Vec::new());
    DynamicImage::ImageRgba8(small.to_rgba8())
        .write_to(&mut kept, ImageFormat::Png)
        .map_err(bad)?;
    Ok(kept.into_inner())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn png(width: u32, height: u32) -> Vec<u8> {
        let mut file = Cursor::new(Vec::new());
        DynamicImage::new_rgb8(width, height).write_to(&mut file, ImageFormat::Png).unwrap();
        file.into_inner()
    }

    #[test]
    fn a_logo_is_made_small_and_written_anew() {
        let kept = logo(&png(1_000, 400)).unwrap();
        let read = image::load_from_memory(&kept).unwrap();
        assert_eq!((read.width(), read.height()), (240, 96));
        let small = image::load_from_memory(&logo(&png(20, 10)).unwrap()).unwrap();
        assert_eq!((small.width(), small.height()), (20, 10));
        // What follows a picture in its file is not part of it.
        let mut file = png(20, 10);
        file.extend_from_slice(b"<script>alert(1)</script>");
        assert!(!logo(&file).unwrap().windows(8).any(|bytes| bytes == b"<script>"));
    }

    #[test]
    fn what_is_no_picture_or_too_large_is_refused() {
        let svg = b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>";
        let mut cut = png(50, 50);
        cut.truncate(60);
        for wrong in [&b""[..], svg, &cut, &vec![0; LARGEST_LOGO + 1], &png(LARGEST_SIDE + 1, 1)] {
            assert_eq!(logo(wrong), Err(BadLooks::Logo));
        }
    }
}
