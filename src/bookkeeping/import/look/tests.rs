//! Files of banks, as a whole.

use std::{
    fs,
    io::Cursor,
    path::{Path, PathBuf},
};

use serde_json::Value;

use super::{
    super::profile::{DateOrder, Item, Lines, Sign},
    Hints, Look, look,
};

fn cases() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/bank")
}

/// The hints of a case: those of `more/` are JSON of [`Hints`], those beside it are words.
fn hints_of(case: &Value) -> Hints {
    let hints = &case["hints"];
    if hints.is_null() {
        Hints::default()
    } else {
        serde_json::from_value(hints.clone()).unwrap_or_else(|_| hints_in_words(case))
    }
}

/// The words of the hints in `expected.json`, as hints.
fn hints_in_words(case: &Value) -> Hints {
    let mut hints = Hints::default();
    for (name, value) in case["hints"].as_object().into_iter().flatten() {
        match (name.as_str(), value.as_str().unwrap()) {
            ("dates", "day first") => hints.dates = Some(DateOrder::DayFirst),
            ("sign", "charges are positive") => hints.sign = Some(Sign::PositiveOut),
            other => panic!("{other:?} is not known"),
        }
    }
    hints
}

fn look_at(bytes: &[u8], hints: &Hints) -> Look {
    look(&mut Cursor::new(bytes), hints).unwrap()
}

fn normal(amount: &str) -> String {
    crate::money::Decimal::from_text(amount).unwrap().to_string()
}

/// What is wrong with the reading of a file, compared with what is expected.
fn differences(bytes: &[u8], case: &Value, hints: &Hints) -> Vec<String> {
    let look = look_at(bytes, hints);
    let profile = match look.ready() {
        Ok(profile) => super::super::profile::Profile::from_json(&profile.to_json()).unwrap(),
        Err(questions) => {
            return questions.into_iter().map(|question| format!("{}: {}", question.path, question.message)).collect();
        }
    };
    let mut lines = Lines::open(bytes, &profile).unwrap();
    let (mut read, mut wrong) = (Vec::new(), Vec::new());
    for item in &mut lines {
        match item {
            Item::Transaction(transaction) => read.push(transaction),
            Item::Skipped { .. } => {}
            other => wrong.push(format!("{other:?}")),
        }
    }
    let expected = case["transactions"].as_array().unwrap();
    let texts = |list: Vec<String>| list.join("\n");
    let said = read.iter().map(|line| {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let mut said = format!("{} {} {}", line.date, line.amount, text(&line.description));
        for (name, value) in [
            ("payee", text(&line.payee)),
            ("category", text(&line.category)),
            ("valueDate", line.value_date.map(|date| date.to_string()).unwrap_or_default()),
            ("currency", line.currency.map(|currency| currency.to_string()).unwrap_or_default()),
        ] {
            if expected.iter().any(|line| line.get(name).is_some()) {
                said += &format!(" {name}={value}");
            }
        }
        said
    });
    let said = texts(said.collect());
    let wanted = expected.iter().map(|line| {
        let text = |name: &str| line[name].as_str().unwrap_or_default();
        let mut wanted = format!("{} {} {}", text("date"), normal(text("amount")), text("description"));
        for name in ["payee", "category", "valueDate", "currency"] {
            if expected.iter().any(|line| line.get(name).is_some()) {
                wanted += &format!(" {name}={}", text(name));
            }
        }
        wanted
    });
    let wanted = texts(wanted.collect());
    if said != wanted {
        wrong.push(format!("read:\n{said}\nexpected:\n{wanted}\n{}", profile.to_json()));
    }
    if let Some(currency) = case["currency"].as_str()
        && read.iter().any(|line| line.currency.map(|currency| currency.to_string()).as_deref() != Some(currency))
    {
        wrong.push(format!("the currency is not {currency}"));
    }
    let statement = lines.statement();
    for (name, found) in
        [("openingBalance", &statement.opening_balance), ("closingBalance", &statement.closing_balance)]
    {
        if let Some(balance) = case[name].as_str()
            && found.as_ref().map(ToString::to_string) != Some(normal(balance))
        {
            wrong.push(format!("{name} is {found:?}, not {balance}"));
        }
    }
    if statement.is_balanced == Some(false) {
        wrong.push("the balances do not add up".to_owned());
    }
    wrong
}

/// What is wrong in a folder of cases, and how many cases there are.
fn check(folder: &Path) -> (Vec<String>, usize) {
    let expected: Value = serde_json::from_slice(&fs::read(folder.join("expected.json")).unwrap()).unwrap();
    let mut wrong = Vec::new();
    for (name, case) in expected.as_object().unwrap() {
        let bytes = fs::read(folder.join(name)).unwrap();
        for difference in differences(&bytes, case, &hints_of(case)) {
            wrong.push(format!("== {name}: {difference}"));
        }
        let asked: Vec<_> =
            look_at(&bytes, &Hints::default()).questions.iter().map(|question| question.field).collect();
        let hinted = case["hints"].as_object();
        if asked.is_empty() == hinted.is_some() {
            wrong.push(format!("== {name}: asks for {asked:?}"));
        }
        if let Some(asks) = case["asks"].as_array()
            && *asks != asked
        {
            wrong.push(format!("== {name}: asks for {asked:?}, not for {asks:?}"));
        }
    }
    (wrong, expected.as_object().unwrap().len())
}

#[test]
fn files_of_banks_are_read_as_expected_with_the_hints_that_they_need() {
    for (folder, least) in [(cases(), 13), (cases().join("more"), 40)] {
        let (wrong, count) = check(&folder);
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
        assert!(count >= least, "{count} cases");
    }
}
