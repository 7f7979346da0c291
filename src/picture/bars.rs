//! The bars: spending compared with each budget.
//!
//! Each bar has its own scale, on which the limit is always at the same place. So a small budget shows as clearly as a large
//! one how much of it is used. The amounts are written beside the bar.

use charts_rs::{Color, Line, Point, Polygon, Rect};

use super::{
    figures::{Bar, Picture},
    fit::{self, Type},
    paper::{Anchor, INK, LEFT, NORMAL, Paper, RIGHT, RULE, STRONG, WHITE},
    words,
};
use crate::bookkeeping::spending::report::BudgetState;

const ROOM: f32 = RIGHT - LEFT;
/// Where the limits are drawn: at three quarters of the width, so that the last quarter shows overspending.
const LIMIT: f32 = LEFT + 552.0;
/// The length of a bar whose spending equals its limit, in tenths of a pixel.
const FULL: i128 = 5520;
/// The height of a bar.
const THICK: f32 = 16.0;
/// The height of the row of a bar.
const ROW: f32 = 60.0;
/// The length of the arrow head of a bar that is longer than the picture.
const POINT: f32 = 10.0;
/// The baseline of the text in its row.
const BASELINE: f32 = 14.0;
/// The width and height of the box that contains the status.
const PLATE: (f32, f32) = (66.0, 21.0);

const TRACK: Color = Color { r: 0xEC, g: 0xEF, b: 0xF4, a: 255 };
const WITHIN: Color = Color { r: 0x6F, g: 0x9C, b: 0xC9, a: 255 };
const BEYOND: Color = Color { r: 0x8C, g: 0x2A, b: 0x1B, a: 255 };

pub(super) fn draw(paper: &mut Paper, picture: &Picture) {
    let below = match picture.bars.as_slice() {
        [] => words::NO_BUDGETS,
        _ => "Each bar shows how much of its own budget is spent. The line across it is the limit.",
    };
    paper.heading("Spending against budgets", below);
    for bar in &picture.bars {
        paper.group(&words::bar(picture, bar), |paper| {
            let figures = format!("{} of {}", picture.written(bar.spent), picture.written(bar.limit));
            write(paper, &bar.label, &figures);
            mark(paper, bar);
            lay(paper, bar);
        });
        paper.y += ROW;
    }
    if let Some(says) = words::unbudgeted(picture) {
        paper.group(&says, |paper| write(paper, words::UNBUDGETED, &picture.written(picture.unbudgeted)));
        paper.y += 21.0;
    }
}

/// Writes the line of text above a bar: the label and the amounts.
fn write(paper: &mut Paper, label: &str, figures: &str) {
    let (baseline, end) = (paper.y + BASELINE, RIGHT - PLATE.0 - 10.0);
    let set = fit::shrunk(figures, 330.0, NORMAL);
    let room = end - fit::width(figures, &set) - 16.0 - LEFT;
    paper.name(label, (LEFT, baseline), room, STRONG);
    paper.text(figures, (end, baseline), Anchor::End, set);
}

/// Draws the box with the status, to the right of the text above a bar.
fn mark(paper: &mut Paper, bar: &Bar) {
    let (edge, fill, ink) = match bar.status {
        BudgetState::Under => (None, WHITE, INK),
        BudgetState::Reached => (Some(INK), WHITE, INK),
        BudgetState::Over => (Some(INK), INK, WHITE),
    };
    let plate = Rect {
        left: RIGHT - PLATE.0,
        top: paper.y - 2.0,
        width: PLATE.0,
        height: PLATE.1,
        rx: Some(4.0),
        color: edge,
        fill: Some(fill.into()),
        ..Rect::default()
    };
    paper.shape(&plate.svg());
    let middle = (RIGHT - PLATE.0 / 2.0, paper.y + BASELINE - 1.0);
    paper.text(words::status(bar.status), middle, Anchor::Middle, Type { size: 12.0, bold: true, ink });
}

/// Draws the bar itself.
fn lay(paper: &mut Paper, bar: &Bar) {
    let top = paper.y + 26.0;
    let (limit, spent) = (if bar.limit > 0 { LIMIT } else { LEFT }, length(bar));
    let within = spent.min(limit - LEFT);
    let axis = top + THICK / 2.0;
    let axis = Line { left: LEFT, right: RIGHT, top: axis, bottom: axis, color: Some(RULE), ..Line::default() };
    paper.shape(&axis.svg());
    fill(paper, top, LEFT, limit, TRACK);
    fill(paper, top, LEFT, LEFT + within, WITHIN);
    let goes_on = spent > ROOM;
    let end = if goes_on { RIGHT - POINT } else { LEFT + spent };
    fill(paper, top, limit, end, BEYOND);
    // Stripes mark the part over the limit, for viewers who cannot tell the colours apart.
    let mut x = limit + 7.0;
    while x < end - 2.0 {
        stroke(paper, x, top + 1.0, top + THICK - 1.0, 2.0, WHITE);
        x += 7.0;
    }
    if goes_on {
        let corner = |x, y| Point { x, y };
        let points = vec![corner(end, top), corner(RIGHT, top + THICK / 2.0), corner(end, top + THICK)];
        paper.shape(&Polygon { points, fill: Some(BEYOND), color: Some(INK), ..Polygon::default() }.svg());
    }
    stroke(paper, limit, top - 5.0, top + THICK + 5.0, 5.0, WHITE);
    stroke(paper, limit, top - 5.0, top + THICK + 5.0, 3.0, INK);
}

/// The length of a bar in pixels; more than its available width when spending is very far over the limit. Even the smallest
/// spending and the smallest excess are long enough to be visible.
fn length(bar: &Bar) -> f32 {
    let tenths = match (i128::from(bar.spent), i128::from(bar.limit)) {
        (..=0, _) => 0,
        (_, ..=0) => i128::from(u16::MAX),
        (spent, limit) if spent > limit => (spent * FULL / limit).max(FULL + 80),
        (spent, limit) => (spent * FULL / limit).max(20),
    };
    f32::from(u16::try_from(tenths).unwrap_or(u16::MAX)) / 10.0
}

fn fill(paper: &mut Paper, top: f32, left: f32, right: f32, fill: Color) {
    if right > left {
        let (width, height) = (right - left, THICK);
        let bar = Rect { left, top, width, height, color: Some(INK), fill: Some(fill.into()), ..Rect::default() };
        paper.shape(&bar.svg());
    }
}

fn stroke(paper: &mut Paper, x: f32, top: f32, bottom: f32, stroke_width: f32, color: Color) {
    paper.shape(&Line { left: x, right: x, top, bottom, stroke_width, color: Some(color), ..Line::default() }.svg());
}
