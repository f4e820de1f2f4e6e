//! The outline of a QR's dark modules: closed polygons, so that no seam shows between modules.
//! No unit of length: coordinates are modules.

use crate::print::qr::Qr;

/// A corner of modules, counted from the corner of the quiet zone.
pub type Corner = (u16, u16);

/// The dark modules of a QR as polygons, to be filled by the even-odd rule.
#[derive(Clone, PartialEq, Eq)]
pub struct Contour {
    /// Modules of a side, with quiet zone.
    pub side: u16,
    pub polygons: Vec<Vec<Corner>>,
}

/// Directions, clockwise: a turn to the right is the next one.
const STEPS: [(i32, i32); 4] = [(1, 0), (0, 1), (-1, 0), (0, -1)];

/// Which edges leave each corner, one bit a direction; dark is on their right.
struct Edges {
    side: u16,
    leaving: Vec<u8>,
}

impl Edges {
    fn of(qr: &Qr, side: u16) -> Self {
        let corners = usize::from(side) + 1;
        let mut edges = Self { side, leaving: vec![0; corners * corners] };
        let dark = |x: i32, y: i32| {
            let place = u32::try_from(x).ok().zip(u32::try_from(y).ok());
            place.is_some_and(|(x, y)| qr.is_dark(x, y))
        };
        for (x, y) in (0..side).flat_map(|y| (0..side).map(move |x| (x, y))) {
            let (column, row) = (i32::from(x), i32::from(y));
            if !dark(column, row) {
                continue;
            }
            // Its four edges, each from the corner where it begins, with the module beyond it.
            let around = [
                ((x, y), (0, -1)),
                ((x + 1, y), (1, 0)),
                ((x + 1, y + 1), (0, 1)),
                ((x, y + 1), (-1, 0)),
            ];
            for (direction, (corner, (right, down))) in around.into_iter().enumerate() {
                if !dark(column + right, row + down)
                    && let Some(leaving) = edges.at(corner)
                {
                    *leaving |= 1 << direction;
                }
            }
        }
        edges
    }

    fn at(&mut self, (x, y): Corner) -> Option<&mut u8> {
        let place = usize::from(y) * (usize::from(self.side) + 1) + usize::from(x);
        self.leaving.get_mut(place)
    }

    /// Takes an edge that leaves a corner; where two do, the one that turns right, so that modules
    /// which touch at a corner only stay polygons of their own.
    fn take(&mut self, corner: Corner, heading: usize) -> Option<usize> {
        let leaving = self.at(corner)?;
        let right = [1, 0, 3, 2].into_iter().map(|turn| (heading + turn) % STEPS.len());
        let found = right.into_iter().find(|direction| *leaving & (1 << direction) != 0)?;
        *leaving &= !(1 << found);
        Some(found)
    }

    /// The polygon that begins at a corner.
    fn walk(&mut self, start: Corner) -> Option<Vec<Corner>> {
        let mut heading = self.take(start, 0)?;
        let (mut polygon, mut corner) = (vec![start], start);
        loop {
            let (right, down) = STEPS.get(heading)?;
            corner = (moved(corner.0, *right)?, moved(corner.1, *down)?);
            if corner == start {
                return Some(polygon);
            }
            let next = self.take(corner, heading)?;
            if next != heading {
                polygon.push(corner);
            }
            heading = next;
        }
    }
}

fn moved(at: u16, by: i32) -> Option<u16> {
    u16::try_from(i32::from(at) + by).ok()
}

impl Contour {
    pub fn of(qr: &Qr) -> Self {
        let side = u16::try_from(qr.side()).unwrap_or(0);
        let mut edges = Edges::of(qr, side);
        let mut polygons = Vec::new();
        for corner in (0..=side).flat_map(|y| (0..=side).map(move |x| (x, y))) {
            while let Some(polygon) = edges.walk(corner) {
                polygons.push(polygon);
            }
        }
        Self { side, polygons }
    }
}
