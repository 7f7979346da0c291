//! The SVG document: a cursor that moves down the page, functions that add shapes and texts, and the enclosing `<svg>` element.
//!
//! All text is added through this module, so that texts that users typed are cleaned, shortened and escaped in one place.

use charts_rs::{Color, Rect, Text};

use super::{
    fit::{self, Type},
    words::{escaped, isolated, line},
};

/// The width of the document. SVG scales, so this only fixes the size of letters in relation to the whole.
pub(super) const WIDTH: f32 = 800.0;
/// The left margin and, below, the right one.
pub(super) const LEFT: f32 = 32.0;
pub(super) const RIGHT: f32 = WIDTH - LEFT;

pub(super) const INK: Color = Color { r: 0x1C, g: 0x22, b: 0x2B, a: 255 };
pub(super) const FAINT_INK: Color = Color { r: 0x52, g: 0x5B, b: 0x68, a: 255 };
pub(super) const RULE: Color = Color { r: 0xD5, g: 0xDA, b: 0xE1, a: 255 };
pub(super) const WHITE: Color = Color { r: 255, g: 255, b: 255, a: 255 };

pub(super) const TITLE: Type = Type { size: 24.0, bold: true, ink: INK };
pub(super) const HEADING: Type = Type { size: 17.0, bold: true, ink: INK };
pub(super) const NORMAL: Type = Type { size: 14.0, bold: false, ink: INK };
pub(super) const STRONG: Type = Type { bold: true, ..NORMAL };
pub(super) const SMALL: Type = Type { size: 12.0, bold: false, ink: FAINT_INK };

/// Which point of a text is placed at the given coordinates.
#[derive(Clone, Copy, Debug)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

/// The document so far.
pub(super) struct Paper {
    svg: String,
    /// Where the next part begins, in pixels from the top.
    pub(super) y: f32,
}

impl Paper {
    pub(super) fn new() -> Self {
        Self { svg: String::new(), y: LEFT }
    }

    /// Adds a shape, given as the SVG text that a component of the crate renders.
    pub(super) fn shape(&mut self, svg: &str) {
        self.svg.push_str(svg);
        self.svg.push('\n');
    }

    /// Adds a fixed text or an amount, with its baseline at the given point. Must not be used for text that a user typed.
    pub(super) fn text(&mut self, text: &str, (x, y): (f32, f32), anchor: Anchor, set: Type) {
        let anchor = match anchor {
            Anchor::Start => None,
            Anchor::Middle => Some("middle".to_owned()),
            Anchor::End => Some("end".to_owned()),
        };
        let text = Text {
            text: text.to_owned(),
            x: Some(x),
            y: Some(y),
            font_size: Some(set.size),
            font_color: Some(set.ink),
            font_weight: set.bold.then(|| "bold".to_owned()),
            text_anchor: anchor,
            ..Text::default()
        };
        self.shape(&text.svg());
    }

    /// Adds a text that a user typed, shortened to fit into `room`. Since the font that will be used is unknown, the text is
    /// placed in a nested `<svg>` that clips anything that is still too wide.
    pub(super) fn name(&mut self, text: &str, (x, y): (f32, f32), room: f32, set: Type) {
        let text = isolated(&fit::cut(&line(text), room, &set));
        let (above, height) = ((set.size * 1.1).ceil(), (set.size * 1.5).ceil());
        let top = y - above;
        self.shape(&format!(r#"<svg x="{x:.1}" y="{top:.1}" width="{room:.1}" height="{height:.1}">"#));
        self.text(&text, (0.0, above), Anchor::Start, set);
        self.shape("</svg>");
    }

    /// Adds a group of shapes with a `<title>`, which browsers show as a tooltip.
    pub(super) fn group(&mut self, says: &str, draw: impl FnOnce(&mut Self)) {
        self.shape(&format!("<g>\n<title>{}</title>", escaped(says)));
        draw(self);
        self.shape("</g>");
    }

    /// Begins a part of the picture with a heading and a line of text below it.
    pub(super) fn heading(&mut self, heading: &str, below: &str) {
        self.y += 40.0;
        self.text(heading, (LEFT, self.y), Anchor::Start, HEADING);
        self.y += 21.0;
        self.text(below, (LEFT, self.y), Anchor::Start, SMALL);
        self.y += 20.0;
    }

    /// Completes the document. Title and description come first, because screen readers read in this order.
    pub(super) fn finish(self, title: &str, description: &str) -> String {
        let height = (self.y + LEFT).ceil();
        let white = Rect { width: WIDTH, height, fill: Some(WHITE.into()), ..Rect::default() };
        format!(
            r#"<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}" role="img" aria-labelledby="title desc" font-family="sans-serif">
<title id="title">{title}</title>
<desc id="desc">{description}</desc>
{white}
{drawn}</svg>
"#,
            title = escaped(title),
            description = escaped(description),
            white = white.svg(),
            drawn = self.svg,
        )
    }
}
