//! The head of the picture: the month, the book's name, the currency and the totals.

use charts_rs::Rect;

use super::{
    figures::Picture,
    fit::{self, Type},
    paper::{Anchor, HEADING, LEFT, NORMAL, Paper, RIGHT, RULE, SMALL, TITLE, WHITE},
    words,
};

/// The number of totals side by side.
const COLUMNS: usize = 3;
/// The width and height of the box around a total.
const BOX: (f32, f32) = (232.0, 68.0);
const GAP: f32 = 20.0;
const PADDING: f32 = 14.0;

pub(super) fn draw(paper: &mut Paper, picture: &Picture) {
    paper.y += TITLE.size;
    paper.text(&words::month(picture), (LEFT, paper.y), Anchor::Start, TITLE);
    // The name is on a line of its own, so that a long name cannot push the month out of view.
    paper.y += 25.0;
    paper.name(&picture.book, (LEFT, paper.y), RIGHT - LEFT, NORMAL);
    paper.y += 24.0;
    paper.name(&words::currencies(picture), (LEFT, paper.y), RIGHT - LEFT, SMALL);
    paper.y += 20.0;
    for row in picture.summary.chunks(COLUMNS) {
        let mut x = LEFT;
        for figure in row {
            let edge = Rect {
                left: x,
                top: paper.y,
                width: BOX.0,
                height: BOX.1,
                rx: Some(6.0),
                color: Some(RULE),
                fill: Some(WHITE.into()),
                ..Rect::default()
            };
            paper.shape(&edge.svg());
            let room = BOX.0 - 2.0 * PADDING;
            paper.name(&figure.label, (x + PADDING, paper.y + 25.0), room, Type { size: 13.0, ..SMALL });
            let amount = picture.written(figure.amount);
            let set = fit::shrunk(&amount, room, Type { size: 22.0, ..HEADING });
            paper.text(&amount, (x + PADDING, paper.y + 52.0), Anchor::Start, set);
            x += BOX.0 + GAP;
        }
        paper.y += BOX.1 + GAP;
    }
}
