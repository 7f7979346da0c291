//! Files of banks, as a whole.

use std::{
    fmt::Write,
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
                write!(said, " {name}={value}").unwrap();
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
                write!(wanted, " {name}={}", text(name)).unwrap();
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

/// The lines of a file without one of its transactions.
fn without(bytes: &[u8], line: u64) -> Vec<u8> {
    let lines = bytes.split_inclusive(|byte| *byte == b'\n').zip(1_u64..).filter(|(_, at)| *at != line);
    lines.flat_map(|(bytes, _)| bytes.to_vec()).collect()
}

#[test]
fn a_profile_reads_parts_of_its_file() {
    let folder = cases();
    let expected: Value = serde_json::from_slice(&fs::read(folder.join("expected.json")).unwrap()).unwrap();
    for (name, case) in expected.as_object().unwrap() {
        let bytes = fs::read(folder.join(name)).unwrap();
        let whole = look_at(&bytes, &hints_of(case));
        let hints = Hints::of(whole.ready().unwrap());
        for transaction in [whole.sample.first(), whole.sample.last()].into_iter().flatten() {
            let part = without(&bytes, transaction.line);
            let found = look_at(&part, &hints);
            assert!(
                found.ready().is_ok() && found.problems.is_empty(),
                "{name}: {:?} {:?}",
                found.questions,
                found.problems
            );
        }
    }
}

#[test]
fn a_profile_reads_the_next_file_of_the_bank_and_refuses_another_banks() {
    let first = "Kunde;Max\nDatum;Text;Betrag\n13.11.2026;Brot;-3,20\n14.11.2026;Lohn;+1.200,00\n";
    let profile = look_at(first.as_bytes(), &Hints::default()).ready().unwrap().clone();
    let next = "Kunde;Max\nStand;heute\n\nText;Betrag;Datum\nTee;-1,50;01.12.2026\n";
    let read: Vec<_> = Lines::open(next.as_bytes(), &profile).unwrap().collect();
    let is_tea =
        |item: &Item| matches!(item, Item::Transaction(line) if line.amount.to_string() == "-1.5" && line.line == 5);
    assert!(read.iter().any(is_tea), "{read:?}");
    let refused = Lines::open(&b"Date;Text;Amount\n2026-12-01;Tea;-1.50\n"[..], &profile).unwrap_err();
    assert!(refused[0].message.contains("Datum") && refused[0].message.contains("Betrag"), "{refused:?}");
}

#[test]
fn a_cell_that_can_be_read_in_two_ways_is_refused_where_the_profile_does_not_tell() {
    let first = "Date;Text;Amount\n2026-11-01;Tea;-3\n2026-11-02;Bus;-2\n";
    let profile = look_at(first.as_bytes(), &Hints::default()).ready().unwrap().clone();
    let next = "Date;Text;Amount\n04/09/2026;Tea;-3\n2026-11-01;Rent;-1.250\n2026-11-02;Bus;-2.50\n";
    let read: Vec<_> = Lines::open(next.as_bytes(), &profile).unwrap().collect();
    let problems = read.iter().filter_map(|item| match item {
        Item::Problem(problem) => Some((problem.line, problem.column)),
        _ => None,
    });
    assert_eq!(problems.collect::<Vec<_>>(), [(2, "date"), (3, "amount")], "{read:?}");
}

#[test]
fn balances_that_do_not_add_up_are_told_line_by_line() {
    let file = "Date,Text,Amount,Balance\n2026-11-01,a,10.00,10.00\n2026-11-02,b,-3.00,7.00\n2026-11-03,c,-2.00,6.00\n\
                2026-11-04,d,-1.00,5.00\n2026-11-05,e,-1.00,4.00\n";
    let look = look_at(file.as_bytes(), &Hints::default());
    let statement = look.statement.clone().unwrap();
    assert_eq!((statement.mismatches, statement.is_balanced), (1, Some(false)));
    let mut lines = Lines::open(file.as_bytes(), look.ready().unwrap()).unwrap();
    let mismatch = lines.find_map(|item| match item {
        Item::Mismatch { line, expected, found } => Some((line, expected.to_string(), found.to_string())),
        _ => None,
    });
    assert_eq!(mismatch, Some((4, "5".to_owned(), "6".to_owned())));
}

#[test]
fn a_separator_within_a_text_does_not_move_the_amount() {
    let file = "Date,Text,Amount\n2026-11-01,Tea,-3,20\n2026-11-02,Bus,-2.00\n";
    let look = look_at(file.as_bytes(), &Hints::default());
    assert_eq!((look.sample.len(), look.problems.len(), look.problems[0].line), (1, 1, 2));
}

#[test]
fn a_bank_id_is_offered_and_never_used_unasked() {
    let file = "id,date,amount,description\n000000,2026-11-01,-2.95,fee\n000000,2026-11-02,-5.00,tea\n";
    let look = look_at(file.as_bytes(), &Hints::default());
    assert_eq!(look.offers[0].column.to_string(), "id");
    assert!(look.sample.iter().all(|line| line.bank_id.is_none()));
    let mut hints = Hints::default();
    hints.columns.bank_id = Some("id".into());
    assert_eq!(look_at(file.as_bytes(), &hints).sample[1].bank_id.as_deref(), Some("000000"));
}

#[test]
fn what_the_user_says_wins() {
    let file = "Date,Text,Other,Amount\n2026-11-01,a,x,-10.00\n2026-11-02,b,y,-3.00\n";
    let mut hints = Hints { sign: Some(Sign::PositiveOut), ..Hints::default() };
    hints.columns.description = vec!["Other".into()];
    let sample = look_at(file.as_bytes(), &hints).sample;
    assert_eq!((sample[0].amount.to_string(), sample[0].description.as_deref()), ("10".to_owned(), Some("x")));
    let profile = look_at(file.as_bytes(), &hints).profile;
    assert_eq!(look_at(file.as_bytes(), &Hints::of(&profile)).profile, profile);
    hints.columns.amount = Some("Nothing".into());
    assert_eq!(look_at(file.as_bytes(), &hints).ready().unwrap_err()[0].path, "columns.amount");
}

#[test]
fn a_file_that_is_no_table_is_refused() {
    for file in [&b""[..], b"\n\n", b"PK\x03\x04", b"a\0b"] {
        assert!(look(&mut Cursor::new(file), &Hints::default()).is_err(), "{file:?}");
    }
    assert!(look_at(b"hello world\nthis is a letter\n", &Hints::default()).ready().is_err());
}

/// Pieces of which files of banks are made.
const PIECES: [&str; 44] = [
    ",",
    ";",
    "\t",
    "|",
    "\"",
    "'",
    "\n",
    "\r\n",
    "\n",
    "Date",
    "Datum",
    "Amount",
    "Betrag",
    "Debit",
    "Credit",
    "Saldo",
    "D/C",
    "Description",
    "Id",
    "Opening balance",
    "2026-11-01",
    "01/11/2026",
    "13.11.26",
    "1 Nov 2026",
    "20261101",
    "12.50",
    "-3,20",
    "1.250",
    "1,00,000.00",
    "(50.00)",
    ".99",
    "5-",
    "D",
    "C",
    "EUR",
    "£",
    "\u{200B}",
    "é",
    "ا",
    "٣",
    "sep=;",
    "=\"1\"",
    "x",
    " ",
];

proptest::proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes: Vec<u8>) {
        read_all(&bytes);
    }

    #[test]
    fn no_table_makes_it_panic(pieces in proptest::collection::vec(0..PIECES.len(), 0..200), wide: bool) {
        let text: String = pieces.into_iter().map(|at| PIECES[at]).collect();
        let wide_text = || text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        read_all(&if wide { wide_text() } else { text.clone().into_bytes() });
    }
}

/// Looks at a file, and reads it if the look has no question.
fn read_all(bytes: &[u8]) {
    let Ok(look) = look(&mut Cursor::new(bytes), &Hints::default()) else { return };
    if let Ok(profile) = look.ready() {
        let mut lines = Lines::open(bytes, profile).unwrap();
        let count = lines.by_ref().filter(|item| matches!(item, Item::Transaction(_))).count();
        assert_eq!(lines.statement().transactions, count as u64);
    }
}
