//! Finds the decimal sign of the amounts of a file, as a whole.

use super::super::{
    super::profile::{
        DecimalSign,
        notation::{cell, number},
    },
    finding::{Answer, Confidence, Notes},
};

/// Which decimal signs the amounts allow.
#[derive(Clone, Debug, Default)]
pub(in super::super) struct Decimals {
    only_point: usize,
    only_comma: usize,
    /// Amounts that are two different numbers, such as `1.250`.
    either: usize,
    example: Option<String>,
}

impl Decimals {
    pub(in super::super) fn add(&mut self, text: &str) {
        let Some(number) = number::number(text) else { return };
        match (number.point, number.comma) {
            (Some(_), None) => self.only_point += 1,
            (None, Some(_)) => self.only_comma += 1,
            (Some(point), Some(comma)) if point != comma => {
                self.either += 1;
                self.example.get_or_insert_with(|| cell::bare(text).to_owned());
            }
            _ => {}
        }
    }

    /// The decimal sign that most amounts have.
    pub(in super::super) fn tentative(&self) -> DecimalSign {
        if self.only_comma > self.only_point { DecimalSign::Comma } else { DecimalSign::Point }
    }

    /// The decimal sign of the file, or a question. A sign that few amounts speak against is taken; these amounts are refused.
    pub(in super::super) fn decide(&self, notes: &mut Notes) -> Option<DecimalSign> {
        let (sign, most, least) = match self.tentative() {
            DecimalSign::Point => (DecimalSign::Point, self.only_point, self.only_comma),
            DecimalSign::Comma => (DecimalSign::Comma, self.only_comma, self.only_point),
        };
        let name = if sign == DecimalSign::Point { "POINT" } else { "COMMA" };
        if most > 0 && least * 20 <= most {
            let confidence = if least == 0 { Confidence::Certain } else { Confidence::Likely };
            notes.found(
                "decimal",
                name,
                confidence,
                format!("{most} amounts can only be read so, and {least} only otherwise."),
            );
            return Some(sign);
        }
        if most == 0 && self.either == 0 {
            notes.found("decimal", "none", Confidence::Certain, "No amount has decimals.");
            return None;
        }
        let example = self.example.clone().unwrap_or_else(|| "1.250".to_owned());
        let value = |sign| {
            number::number(&example)
                .and_then(|number| number.value(Some(sign)))
                .map(|value| value.to_string())
                .unwrap_or_default()
        };
        let answer = |name, sign| Answer::new(name, format!("{example} is {}.", value(sign)));
        let answers = vec![answer("POINT", DecimalSign::Point), answer("COMMA", DecimalSign::Comma)];
        notes.found("decimal", name, Confidence::Unsure, "All amounts can be read in both ways.");
        notes.ask("decimal", "Is a point or a comma the decimal sign?", answers);
        None
    }
}

#[cfg(test)]
mod tests {
    use super::Decimals;
    use crate::bookkeeping::import::{look::finding::Notes, profile::DecimalSign};

    #[test]
    fn the_amounts_as_a_whole_decide() {
        for (texts, expected, asks) in [
            (&["1,250", "12.50"][..], Some(DecimalSign::Point), 0),
            (&["1.250", "12,50"], Some(DecimalSign::Comma), 0),
            (&["1.250", "3.100"], None, 1),
            (&["100", "5"], None, 0),
            (&["1.250", "0.750"], Some(DecimalSign::Point), 0),
            (&["12,50", "12.50"], None, 1),
        ] {
            let (mut decimals, mut notes) = (Decimals::default(), Notes::default());
            for text in texts {
                decimals.add(text);
            }
            assert_eq!((decimals.decide(&mut notes), notes.questions.len()), (expected, asks), "{texts:?}");
        }
    }
}
