//! Tests of complete pictures.

use roxmltree::{Document, Node};

use super::{
    Bar, Figure, Picture, Spending, draw,
    fit::{self, Type},
    paper::{INK, WIDTH},
};
use crate::{bookkeeping::spending::report::BudgetState, calendar::month::YearMonth};

fn figure(label: &str, amount: i128) -> Figure {
    Figure { label: label.to_owned(), amount }
}

fn spending(label: &str, amount: i64, share: i128) -> Spending {
    Spending { label: label.to_owned(), amount, share }
}

fn bar(label: &str, limit: i64, spent: i64) -> Bar {
    let status = match spent.cmp(&limit) {
        std::cmp::Ordering::Less => BudgetState::Under,
        std::cmp::Ordering::Equal => BudgetState::Reached,
        std::cmp::Ordering::Greater => BudgetState::Over,
    };
    Bar { label: label.to_owned(), limit, spent, status }
}

fn month() -> Picture {
    Picture {
        month: YearMonth::parse_text("2026-11").unwrap(),
        book: "Home".to_owned(),
        currency: "USD".parse().unwrap(),
        others: vec![],
        summary: vec![figure("Income", 520_000), figure("Spending", 418_665), figure("Net", 101_335)],
        bars: vec![
            bar("Groceries", 60_000, 52_318),
            bar("Eating out", 15_000, 18_240),
            bar("Transport", 12_000, 12_000),
            bar("Children", 25_000, 7_550),
            bar("Gifts", 5_000, 16_900),
            bar("Clothes", -2_500, 4_999),
            bar("Books", 3_000, 0),
        ],
        unbudgeted: 311_657,
        ring: vec![
            spending("Groceries", 52_318, 1250),
            spending("Rent", 210_000, 5016),
            spending("Eating out", 18_240, 436),
            spending("Transport", 12_000, 286),
            spending("Children", 7_550, 180),
            spending("Gifts", 16_900, 404),
            spending("Insurance", 101_657, 2428),
            spending("Travel", 0, 0),
        ],
    }
}

/// A month in which more came back in some categories than was spent.
fn refunds() -> Picture {
    let mut picture = month();
    picture.bars.push(bar("Garden", 5_000, -1_200));
    picture.ring.push(spending("Garden", -1_200, 0));
    picture.ring.push(spending("Tools & more", -300, 0));
    picture
}

/// A month in which money only came back.
fn refunded_only() -> Picture {
    Picture { unbudgeted: -1_200, bars: vec![], ring: vec![spending("Garden", -1_200, 0)], ..month() }
}

const SVG: &str = "http://www.w3.org/2000/svg";

/// A picture with the most extreme names and amounts that users can have.
fn worst() -> Picture {
    let names = [
        "W".repeat(100),
        "食費と外食と交際費".repeat(12),
        "😀👨‍👩‍👧‍👦".repeat(14),
        "<script>alert('x')</script> & \"quotes\" ]]>".to_owned(),
        "إيجار الشقة والكهرباء والماء والإنترنت والهاتف وغيرها من المصاريف الشهرية".to_owned(),
        "مصاريف".to_owned(),
        "a\0b\u{FFFF}c\u{202E}d".to_owned(),
        String::new(),
        "﷽".repeat(30),
        "Z̸̢̛͍̈́a̶̡̛l̴̢̛g̷̢̛o̴̢̨".repeat(8),
        "किराना और सब्ज़ी का ख़र्च".to_owned(),
    ];
    let most = [i64::MAX, i64::MAX - 1, 1, 0, i64::MAX / 3, i64::MIN, -1, 100, 5, i64::MAX, 7];
    Picture {
        book: names[3].clone() + &names[2],
        others: ["EUR", "YEM", "KWD", "INR", "JPY"].repeat(30).iter().map(|code| code.parse().unwrap()).collect(),
        summary: names.iter().zip(most).map(|(name, amount)| figure(name, i128::from(amount) * 10_000)).collect(),
        bars: names.iter().zip(most).map(|(name, limit)| bar(name, limit, i64::MAX - 7)).collect(),
        unbudgeted: i128::from(i64::MAX) * 10_000,
        ring: names.iter().map(|name| spending(name, i64::MAX, 909)).collect(),
        ..month()
    }
}

/// The texts of all elements with this tag.
fn drawn(picture: &Picture, tag: &str) -> Vec<String> {
    let svg = draw(picture);
    let document = Document::parse(&svg).unwrap();
    let elements = document.descendants().filter(|node| node.tag_name().name() == tag);
    elements.map(|node| node.text().unwrap_or_default().trim().to_owned()).collect()
}

fn shows(picture: &Picture, text: &str) -> bool {
    drawn(picture, "text").iter().any(|shown| shown == text)
}

fn number(node: Node<'_, '_>, attribute: &str) -> f32 {
    node.attribute(attribute).map_or(0.0, |value| value.parse().unwrap())
}

/// A text element's content and its estimated box: left, top, right, bottom.
fn placed<'a>(text: Node<'a, '_>) -> (&'a str, [f32; 4]) {
    let size = number(text, "font-size");
    let set = Type { size, bold: text.attribute("font-weight").is_some(), ink: INK };
    let content = text.text().unwrap().trim();
    let width = fit::width(content, &set);
    let window = text.parent().filter(|parent| parent.has_tag_name((SVG, "svg")) && parent.attribute("role").is_none());
    let (x, y) = window.map_or((0.0, 0.0), |window| (number(window, "x"), number(window, "y")));
    let (x, y) = (x + number(text, "x"), y + number(text, "y"));
    let left = match text.attribute("text-anchor") {
        Some("end") => x - width,
        Some(_) => x - width / 2.0,
        None => x,
    };
    (content, [left, y - size * 0.8, left + width, y + size * 0.2])
}

#[test]
fn figures_are_written_exactly() {
    for text in [
        "5200.00",
        "1013.35",
        "4186.65",
        "523.18 of 600.00",
        "49.99 of -25.00",
        "0.00 of 30.00",
        "2100.00",
        "50.16%",
        "3116.57",
    ] {
        assert!(shows(&month(), text), "{text}");
    }
    let yen = Picture { currency: "JPY".parse().unwrap(), ..month() };
    assert!(shows(&yen, "520000") && shows(&yen, "All amounts in JPY."));
    for text in ["-922337203685477580800.00", "922337203685477580700.00", "1014570924054025338.77"] {
        assert!(shows(&worst(), text), "{text}");
    }
}

#[test]
fn each_budget_has_its_word() {
    let texts = drawn(&month(), "text");
    let count = |word: &str| texts.iter().filter(|text| *text == word).count();
    assert_eq!((count("under"), count("reached"), count("over")), (3, 1, 3));
}

#[test]
fn what_was_refunded_is_named_and_no_slice() {
    let slices = |picture: &Picture| drawn(picture, "path").len();
    assert_eq!(slices(&refunds()), slices(&month()));
    assert!(shows(&refunds(), "More refunded than spent: 2 categories") && shows(&refunds(), "-15.00"));
    assert!(shows(&refunds(), "-12.00 of 50.00"));
    let said = drawn(&refunds(), "desc");
    for sentence in [
        "Not in the ring, since more was refunded than spent: Garden -12.00 USD, Tools & more -3.00 USD.",
        "Garden: -12.00 of 50.00 USD spent, under: more was refunded than spent.",
    ] {
        assert!(said[0].contains(sentence), "{}", said[0]);
    }
    let only = refunded_only();
    assert!(shows(&only, "No spending this month.") && shows(&only, "More refunded than spent: Garden"));
    assert!(drawn(&only, "desc")[0].contains("Without a budget: -12.00 USD spent."));
}

#[test]
fn whatever_users_type_it_is_xml_and_only_text() {
    let svg = draw(&worst());
    let document = Document::parse(&svg).unwrap();
    for node in document.descendants().filter(Node::is_element) {
        let name = node.tag_name().name();
        let known = ["svg", "title", "desc", "g", "text", "rect", "line", "path", "circle", "polygon"];
        assert!(known.contains(&name), "{name}");
        for attribute in node.attributes() {
            let name = attribute.name();
            assert!(!name.starts_with("on") && !["href", "style", "class"].contains(&name), "{name}");
            assert!(!attribute.value().contains("url("), "{}", attribute.value());
        }
    }
    assert!(drawn(&worst(), "title")[0].starts_with("November 2026, <script>alert('x')</script> & \"quotes\" ]]>"));
}

#[test]
fn texts_keep_to_the_picture_and_off_each_other() {
    let many = Picture { ring: (0..200).map(|n| spending("Category", 1 + n, 50)).collect(), ..month() };
    let one = Picture { ring: vec![spending("Rent", 1, 10_000)], ..month() };
    for picture in [month(), worst(), many, one, refunds(), refunded_only()] {
        let svg = draw(&picture);
        let document = Document::parse(&svg).unwrap();
        let height = number(document.root_element(), "height");
        let texts = document.descendants().filter(|node| node.has_tag_name((SVG, "text")));
        let texts: Vec<_> = texts.map(placed).collect();
        for (at, (text, [left, top, right, bottom])) in texts.iter().enumerate() {
            assert!(*left >= 0.0 && *top >= 0.0 && *right <= WIDTH && *bottom <= height, "{text}");
            for (other, [l, t, r, b]) in &texts[..at] {
                assert!(right <= l || r <= left || bottom <= t || b <= top, "{text} on {other}");
            }
        }
    }
}

#[test]
fn a_long_name_is_cut_where_it_is_shown_and_whole_where_it_is_said() {
    let name = "Household ".repeat(10);
    let name = name.trim();
    let (bars, ring) = (vec![bar(name, 100, 50)], vec![spending(name, 7, 10_000)]);
    let picture = Picture { book: name.to_owned(), bars, ring, ..month() };
    let texts = drawn(&picture, "text");
    assert_eq!(texts.iter().filter(|text| text.starts_with("Household") && text.ends_with('…')).count(), 3);
    assert!(shows(&picture, "November 2026"));
    let titles = drawn(&picture, "title");
    assert_eq!(titles[0], format!("November 2026, {name}"));
    assert!(titles.contains(&format!("{name}: 0.50 of 1.00 USD spent, under.")), "{titles:?}");
    assert!(titles.contains(&format!("{name}: 0.07 USD, 100.00%.")), "{titles:?}");
}

#[test]
fn many_categories_are_told_together() {
    let picture = Picture { ring: (0..200).map(|n| spending(&format!("C{n}"), 100 + n, 50)).collect(), ..month() };
    assert!(shows(&picture, "193 others") && !shows(&picture, "C3"));
    let description = &drawn(&picture, "desc")[0];
    assert!(description.contains("193 others: 378.28 USD, 96.50%. They are C192 2.92, "), "{description}");
}

#[test]
fn who_does_not_see_it_is_told_all_of_it() {
    let svg = draw(&month());
    let document = Document::parse(&svg).unwrap();
    let root = document.root_element();
    assert_eq!((root.attribute("role"), root.attribute("aria-labelledby")), (Some("img"), Some("title desc")));
    assert_eq!(drawn(&month(), "title")[0], "November 2026, Home");
    let description = "All amounts in USD. Income: 5200.00. Spending: 4186.65. Net: 1013.35. Spending by category. \
        Rent: 2100.00 USD, 50.16%. Insurance: 1016.57 USD, 24.28%. Groceries: 523.18 USD, 12.50%. \
        Eating out: 182.40 USD, 4.36%. Gifts: 169.00 USD, 4.04%. Transport: 120.00 USD, 2.86%. \
        Children: 75.50 USD, 1.80%. Spending against budgets. \
        Groceries: 523.18 of 600.00 USD spent, under. Eating out: 182.40 of 150.00 USD spent, over. \
        Transport: 120.00 of 120.00 USD spent, reached. Children: 75.50 of 250.00 USD spent, under. \
        Gifts: 169.00 of 50.00 USD spent, over. Clothes: 49.99 of -25.00 USD spent, over. \
        Books: 0.00 of 30.00 USD spent, under. Without a budget: 3116.57 USD spent.";
    assert_eq!(drawn(&month(), "desc"), [description]);
    assert_eq!(drawn(&month(), "title").len(), 1 + 7 + 7 + 1, "one for the picture, each slice, each bar and the rest");
}

#[test]
fn an_empty_month_says_so() {
    let empty = Picture { bars: vec![], unbudgeted: 0, ring: vec![spending("Travel", 0, 0)], ..month() };
    assert!(shows(&empty, "No spending this month.") && shows(&empty, "No budgets this month."));
    assert!(!shows(&empty, "Without a budget"));
    assert!(drawn(&empty, "desc")[0].ends_with("No spending this month. No budgets this month."));
}

#[test]
fn what_no_budget_limits_is_told_where_there_are_none_too() {
    let picture = Picture { bars: vec![], ..month() };
    assert!(shows(&picture, "Without a budget") && shows(&picture, "3116.57"));
    assert!(drawn(&picture, "desc")[0].ends_with("No budgets this month. Without a budget: 3116.57 USD spent."));
}

#[test]
fn other_currencies_are_told_all_of_them_to_who_does_not_see() {
    let others = |codes: &[&str]| codes.iter().map(|code| code.parse().unwrap()).collect();
    let two = Picture { others: others(&["EUR", "YEM"]), ..month() };
    let sentence = "All amounts in USD; there is more in EUR, YEM.";
    assert!(shows(&two, sentence) && drawn(&two, "desc")[0].starts_with(sentence));
    assert!(drawn(&worst(), "desc")[0].contains("INR, JPY. "));
}

#[test]
fn the_only_category_is_a_whole_ring() {
    let picture = Picture { ring: vec![spending("Rent", 1, 10_000)], bars: vec![], ..month() };
    let svg = draw(&picture);
    assert!(shows(&picture, "100.00%") && svg.matches("<path").count() == 1);
    // Two half circles for the outer edge and two for the inner edge.
    assert_eq!(svg.matches(" A120 120 ").count() + svg.matches(" A84 84 ").count(), 4, "{svg}");
}

#[test]
fn the_picture_grows_with_the_budgets() {
    let height = |bars| {
        let svg = draw(&Picture { bars: vec![bar("Rent", 2, 1); bars], ..month() });
        number(Document::parse(&svg).unwrap().root_element(), "height")
    };
    assert!((height(200) - height(100) - 6000.0).abs() < 1.0, "60 for each");
}

#[test]
fn the_same_month_is_the_same_picture() {
    assert_eq!(draw(&worst()), draw(&worst()));
}
