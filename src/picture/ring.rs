//! The ring chart of spending by category, and the list that explains its slices by number.

use charts_rs::{Circle, Color, Line, Rect, Sector};

use super::{
    figures::Picture,
    fit::{self, Type},
    paper::{Anchor, FAINT_INK, INK, LEFT, NORMAL, Paper, RIGHT, RULE, SMALL, STRONG, WHITE},
    share::{self, Ring, Share},
    words,
};

/// The outer and inner radius of the ring.
const OUTER: f32 = 120.0;
const INNER: f32 = 84.0;
/// The radius at which the numbers are placed.
const NUMBERS: f32 = OUTER + 14.0;
/// The height of the ring including its numbers.
const HEIGHT: f32 = 2.0 * (NUMBERS + 10.0);
/// The left edge of the list and, below, the height of its rows.
const LIST: f32 = 344.0;
const ROW: f32 = 33.0;

/// The fill colours, alternately dark and light, so that neighbouring slices differ even without colour.
const FILLS: [Color; 8] = [
    Color { r: 0x27, g: 0x4C, b: 0x77, a: 255 },
    Color { r: 0xA9, g: 0xD0, b: 0xF0, a: 255 },
    Color { r: 0xB5, g: 0x60, b: 0x2F, a: 255 },
    Color { r: 0xF6, g: 0xDD, b: 0xA4, a: 255 },
    Color { r: 0x4E, g: 0x8F, b: 0x68, a: 255 },
    Color { r: 0xDD, g: 0xD3, b: 0xEE, a: 255 },
    Color { r: 0x93, g: 0x73, b: 0xAF, a: 255 },
    Color { r: 0xDD, g: 0xE0, b: 0xE5, a: 255 },
];

pub(super) fn draw(paper: &mut Paper, picture: &Picture, ring: &Ring<'_>) {
    if ring.shares.is_empty() {
        paper.heading("Spending by category", words::NO_SPENDING);
        return name_refunded(paper, picture, ring);
    }
    paper.heading("Spending by category", "The numbers around the ring are those of the list.");
    let top = paper.y;
    let middle = (LEFT + HEIGHT / 2.0, top + HEIGHT / 2.0);
    let mut start = 0.0;
    let mut row = middle.1 - ROW * rows(ring) / 2.0;
    for ((share, fill), number) in ring.shares.iter().zip(FILLS).zip(1_u8..) {
        let turn = f32::from(share.turn) / 100.0;
        let slice = Slice { number: number.to_string(), fill, start, turn };
        paper.group(&words::share(picture, share), |paper| {
            slice.draw(paper, middle);
            slice.list(paper, row, picture, share);
        });
        start += turn;
        row += ROW;
    }
    outline(paper, middle, ring);
    let total = picture.written(ring.total);
    paper.text("Spent", (middle.0, middle.1 - 10.0), Anchor::Middle, Type { size: 13.0, ..SMALL });
    let set = fit::shrunk(&total, 2.0 * INNER - 8.0, Type { size: 22.0, ..STRONG });
    paper.text(&total, (middle.0, middle.1 + 14.0), Anchor::Middle, set);
    paper.y = top + HEIGHT;
    name_refunded(paper, picture, ring);
}

/// Writes a line of text about the categories in which more was refunded than spent, which have no slice.
fn name_refunded(paper: &mut Paper, picture: &Picture, ring: &Ring<'_>) {
    let Some(says) = words::refunded(picture, ring) else { return };
    let baseline = paper.y + 14.0;
    paper.group(&says, |paper| {
        let amount = picture.written(share::amount(&ring.refunded));
        let set = fit::shrunk(&amount, 160.0, NORMAL);
        let room = RIGHT - fit::width(&amount, &set) - 16.0 - LEFT;
        paper.name(&words::refunded_label(ring), (LEFT, baseline), room, NORMAL);
        paper.text(&amount, (RIGHT, baseline), Anchor::End, set);
    });
    paper.y += 21.0;
}

fn rows(ring: &Ring<'_>) -> f32 {
    ring.shares.iter().map(|_| 1.0).sum()
}

/// A slice to draw. Angles are in degrees, clockwise from the top.
struct Slice {
    number: String,
    fill: Color,
    start: f32,
    turn: f32,
}

impl Slice {
    fn draw(&self, paper: &mut Paper, middle: (f32, f32)) {
        let sector = Sector {
            fill: self.fill.into(),
            cx: middle.0,
            cy: middle.1,
            r: OUTER,
            ir: INNER,
            start_angle: self.start,
            delta: self.turn,
            ..Sector::default()
        };
        paper.shape(&sector.svg());
        let (x, y) = at(middle, NUMBERS, self.start + self.turn / 2.0);
        paper.text(&self.number, (x, y + 4.0), Anchor::Middle, Type { size: 12.0, ..STRONG });
    }

    /// Draws the slice's row in the list: number, colour, name, amount and percentage.
    fn list(&self, paper: &mut Paper, top: f32, picture: &Picture, share: &Share<'_>) {
        let baseline = top + 22.0;
        paper.text(&self.number, (LIST + 10.0, baseline), Anchor::End, Type { size: 12.0, ..STRONG });
        let sample = Rect {
            left: LIST + 20.0,
            top: baseline - 12.0,
            width: 14.0,
            height: 14.0,
            color: Some(INK),
            fill: Some(self.fill.into()),
            ..Rect::default()
        };
        paper.shape(&sample.svg());
        let (name, end) = (LIST + 44.0, RIGHT - 76.0);
        let amount = picture.written(share.amount);
        let set = fit::shrunk(&amount, 160.0, NORMAL);
        let room = end - fit::width(&amount, &set) - 10.0 - name;
        paper.name(&words::share_name(share), (name, baseline), room, NORMAL);
        paper.text(&amount, (end, baseline), Anchor::End, set);
        paper.text(&share.percent, (RIGHT, baseline), Anchor::End, Type { ink: FAINT_INK, ..NORMAL });
        let rule =
            Line { left: LIST, right: RIGHT, top: top + ROW, bottom: top + ROW, color: Some(RULE), ..Line::default() };
        paper.shape(&rule.svg());
    }
}

/// Draws white gaps between the slices and circles around the ring, so that the light slices have a visible edge.
fn outline(paper: &mut Paper, middle: (f32, f32), ring: &Ring<'_>) {
    let mut start = 0.0;
    for share in ring.shares.iter().filter(|_| ring.shares.len() > 1) {
        let (from, to) = (at(middle, INNER, start), at(middle, OUTER, start));
        let gap = Line {
            left: from.0,
            top: from.1,
            right: to.0,
            bottom: to.1,
            stroke_width: 2.0,
            color: Some(WHITE),
            ..Line::default()
        };
        paper.shape(&gap.svg());
        start += f32::from(share.turn) / 100.0;
    }
    for r in [OUTER, INNER] {
        let edge = Circle { cx: middle.0, cy: middle.1, r, stroke_color: Some(INK), ..Circle::default() };
        paper.shape(&edge.svg());
    }
}

/// The point at a distance from `middle` and at an angle in degrees, clockwise from the top.
fn at(middle: (f32, f32), radius: f32, angle: f32) -> (f32, f32) {
    let (sin, cos) = angle.to_radians().sin_cos();
    (middle.0 + radius * sin, middle.1 - radius * cos)
}

#[cfg(test)]
mod tests {
    use charts_rs::Color;

    use super::FILLS;

    #[test]
    fn neighbours_differ_without_colour() {
        let grey = |fill: Color| (299 * i32::from(fill.r) + 587 * i32::from(fill.g) + 114 * i32::from(fill.b)) / 1000;
        for pair in FILLS.windows(2) {
            assert!((grey(pair[0]) - grey(pair[1])).abs() > 80, "{pair:?}");
        }
        // The last slice is next to the first, whichever slice is the last.
        for last in &FILLS[1..] {
            assert!(grey(*last) - grey(FILLS[0]) > 40, "{last:?}");
        }
    }
}
