//! All sentences of the picture, and cleaning and escaping of the texts that users typed.

use super::{
    figures::{Bar, Figure, Picture, Spending},
    share::{Ring, Share},
};
use crate::{bookkeeping::spending::report::BudgetState, money::Currency};

/// Shown in place of the ring.
pub(super) const NO_SPENDING: &str = "No spending this month.";
/// Shown in place of the bars.
pub(super) const NO_BUDGETS: &str = "No budgets this month.";
/// The label of the spending in categories without a budget.
pub(super) const UNBUDGETED: &str = "Without a budget";

/// Converts a text that a user typed into one line, without characters that XML forbids or that change the direction of other
/// text.
pub(super) fn line(text: &str) -> String {
    let kept = text.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).filter(|c| !is_forbidden(*c));
    kept.collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
}

fn is_forbidden(c: char) -> bool {
    c.is_control() || matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FFFE}' | '\u{FFFF}')
}

/// Protects the surrounding text from a name in a right-to-left script, by wrapping the name in Unicode's isolate characters.
/// Other names are returned unchanged.
pub(super) fn isolated(line: &str) -> String {
    if line.contains(is_right_to_left) { format!("\u{2068}{line}\u{2069}") } else { line.to_owned() }
}

fn is_right_to_left(c: char) -> bool {
    matches!(c, '\u{590}'..='\u{8FF}' | '\u{200F}' | '\u{FB1D}'..='\u{FDFF}' | '\u{FE70}'..='\u{FEFC}')
        || matches!(c, '\u{10800}'..='\u{10FFF}' | '\u{1E800}'..='\u{1EFFF}')
}

/// Escapes a line for use between XML tags.
pub(super) fn escaped(line: &str) -> String {
    line.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// The month in words.
pub(super) fn month(picture: &Picture) -> String {
    picture.month.first_day().format("%B %Y").to_string()
}

/// The title of the picture. The month comes first, so that it stays visible where a long title is cut off.
pub(super) fn title(picture: &Picture) -> String {
    format!("{}, {}", month(picture), isolated(&line(&picture.book)))
}

/// The currency of the picture, and the currencies that it leaves out.
pub(super) fn currencies(picture: &Picture) -> String {
    let others: Vec<&str> = picture.others.iter().map(Currency::code).collect();
    let more = if others.is_empty() { String::new() } else { format!("; there is more in {}", others.join(", ")) };
    format!("All amounts in {}{more}.", picture.currency)
}

/// The word for a budget's status.
pub(super) fn status(status: BudgetState) -> &'static str {
    match status {
        BudgetState::Under => "under",
        BudgetState::Reached => "reached",
        BudgetState::Over => "over",
    }
}

/// The name of a slice.
pub(super) fn share_name(share: &Share<'_>) -> String {
    match share.members.as_slice() {
        [only] => line(&only.label),
        members => format!("{} others", members.len()),
    }
}

/// The sentence for a slice.
pub(super) fn share(picture: &Picture, share: &Share<'_>) -> String {
    let name = isolated(&share_name(share));
    let amount = picture.written(share.amount);
    let percent = &share.percent;
    let sentence = format!("{name}: {amount} {}, {percent}.", picture.currency);
    if share.members.len() == 1 {
        return sentence;
    }
    let one = |member: &&Spending| format!("{} {}", isolated(&line(&member.label)), picture.written(member.amount));
    let members: Vec<String> = share.members.iter().map(one).collect();
    format!("{sentence} They are {}.", members.join(", "))
}

/// The label of the categories in which more was refunded than spent. A user may have typed a part of it.
pub(super) fn refunded_label(ring: &Ring<'_>) -> String {
    match ring.refunded.as_slice() {
        [only] => format!("More refunded than spent: {}", line(&only.label)),
        several => format!("More refunded than spent: {} categories", several.len()),
    }
}

/// The sentence for the categories in which more was refunded than spent. `None` when there are none.
pub(super) fn refunded(picture: &Picture, ring: &Ring<'_>) -> Option<String> {
    let one = |spending: &&Spending| {
        format!("{} {} {}", isolated(&line(&spending.label)), picture.written(spending.amount), picture.currency)
    };
    let each: Vec<String> = ring.refunded.iter().map(one).collect();
    (!each.is_empty()).then(|| format!("Not in the ring, since more was refunded than spent: {}.", each.join(", ")))
}

/// The sentence for a bar.
pub(super) fn bar(picture: &Picture, bar: &Bar) -> String {
    let name = isolated(&line(&bar.label));
    let (spent, limit) = (picture.written(bar.spent), picture.written(bar.limit));
    let more = if bar.spent < 0 { ": more was refunded than spent" } else { "" };
    format!("{name}: {spent} of {limit} {} spent, {}{more}.", picture.currency, status(bar.status))
}

/// The sentence for the spending without a budget. `None` when there is none.
pub(super) fn unbudgeted(picture: &Picture) -> Option<String> {
    let amount = picture.written(picture.unbudgeted);
    (picture.unbudgeted != 0).then(|| format!("{UNBUDGETED}: {amount} {} spent.", picture.currency))
}

/// Everything that the picture shows, in sentences.
pub(super) fn description(picture: &Picture, ring: &Ring<'_>) -> String {
    let mut sentences = vec![currencies(picture)];
    let sum = |figure: &Figure| format!("{}: {}.", isolated(&line(&figure.label)), picture.written(figure.amount));
    sentences.extend(picture.summary.iter().map(sum));
    if ring.shares.is_empty() {
        sentences.push(NO_SPENDING.to_owned());
    } else {
        sentences.push("Spending by category.".to_owned());
        sentences.extend(ring.shares.iter().map(|slice| share(picture, slice)));
    }
    sentences.extend(refunded(picture, ring));
    if picture.bars.is_empty() {
        sentences.push(NO_BUDGETS.to_owned());
    } else {
        sentences.push("Spending against budgets.".to_owned());
        sentences.extend(picture.bars.iter().map(|each| bar(picture, each)));
    }
    sentences.extend(unbudgeted(picture));
    sentences.join(" ")
}

#[cfg(test)]
mod tests {
    use super::{escaped, isolated, line};

    #[test]
    fn a_line_has_nothing_that_xml_forbids() {
        assert_eq!(line("a\0b\u{1}c\u{B}d\u{FFFE}e\u{FFFF}f\u{85}g\u{7F}h"), "abc def gh");
        assert_eq!(line("  one\r\n\ttwo  "), "one two");
    }

    #[test]
    fn a_line_does_not_turn_others_round() {
        assert_eq!(line("\u{202E}evil\u{2069}"), "evil");
        assert_eq!(isolated("Rent"), "Rent");
        assert_eq!(isolated("إيجار"), "\u{2068}إيجار\u{2069}");
    }

    #[test]
    fn markup_is_text() {
        assert_eq!(escaped("<script>&amp;"), "&lt;script&gt;&amp;amp;");
    }
}
