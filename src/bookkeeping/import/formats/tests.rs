//! Files in the shapes of real banks with what they must be read as (`tests/cases/formats/`), and files made at random.
//!
//! For each file there is `<name>.json`. With `WRITE_CASES` set, the expectations are written instead of compared.

use std::{fs, path::PathBuf};

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{Answers, Balance, DateOrder, Format, Look, Question, Record, Transaction, look, records, sniff};

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/cases/formats")
}

/// The files of the cases, without workbooks and expectations.
fn files() -> Vec<PathBuf> {
    let is_statement = |path: &PathBuf| {
        let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
        ["ofx", "qfx", "qif", "sta", "xml"].contains(&extension)
    };
    let mut files: Vec<_> =
        fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path()).filter(is_statement).collect();
    files.sort();
    files
}

/// An object without the members that are null, false or empty.
fn object(members: &[(&str, Value)]) -> Value {
    let is_said = |value: &Value| !matches!(value, Value::Null | Value::Bool(false)) && *value != json!([]);
    members
        .iter()
        .filter(|(_, value)| is_said(value))
        .map(|(name, value)| ((*name).to_owned(), value.clone()))
        .collect()
}

fn balance(balance: Option<&Balance>) -> Value {
    let date = |balance: &Balance| balance.date.map(|date| date.to_string());
    balance.map_or(Value::Null, |balance| json!([balance.amount.to_string(), date(balance)]))
}

fn transaction(transaction: &Transaction) -> Value {
    let Transaction { place, date, value_date, amount, currency, description, payee, bank_id, number, .. } =
        transaction;
    let splits = transaction.splits.iter().map(|split| {
        object(&[
            ("amount", json!(split.amount.to_string())),
            ("category", json!(split.category)),
            ("transfer", json!(split.transfer)),
            ("note", json!(split.note)),
        ])
    });
    object(&[
        ("line", json!(place.line)),
        ("date", json!(date.to_string())),
        ("valueDate", json!(value_date.map(|date| date.to_string()))),
        ("amount", json!(amount.to_string())),
        ("currency", json!(currency)),
        ("payee", json!(payee)),
        ("description", json!(description)),
        ("id", json!(bank_id)),
        ("number", json!(number)),
        ("isReversal", json!(transaction.is_reversal)),
        ("category", json!(transaction.category)),
        ("transfer", json!(transaction.transfer)),
        ("splits", splits.collect()),
    ])
}

/// All that a file is read as.
fn read(file: &[u8]) -> Value {
    let format = sniff(file);
    let Look { answers, questions } = look(file, format, &Answers::default());
    let (mut statements, mut problems, mut remarks) = (Vec::<Value>::new(), Vec::new(), Vec::new());
    let mut transactions = Vec::new();
    for record in records(file, format, &answers) {
        match record {
            Record::Begin(head) => statements.push(object(&[
                ("line", json!(head.place.line)),
                ("account", json!(head.account)),
                ("currency", json!(head.currency)),
                ("opening", balance(head.opening.as_ref())),
            ])),
            Record::Transaction(found) => transactions.push(transaction(&found)),
            Record::Problem(notice) => problems.push(notice.to_string()),
            Record::Skipped(notice) | Record::Remark(notice) => remarks.push(notice.to_string()),
            Record::End(ending) => {
                let statement = statements.last_mut().unwrap();
                statement["transactions"] = std::mem::take(&mut transactions).into();
                statement["balance"] = json!(format!("{:?}", ending.balance));
                if ending.closing.is_some() {
                    statement["closing"] = balance(ending.closing.as_ref());
                }
            }
        }
    }
    assert!(transactions.is_empty(), "every transaction is in a statement");
    let question = |question: &Question| match question {
        Question::DayOrMonth { example } => format!("day or month: {example}"),
        Question::DecimalMark { example } => format!("decimal mark: {example}"),
        Question::SignOfDebits { example } => format!("sign of debits: {example}"),
    };
    object(&[
        ("format", json!(format!("{format:?}"))),
        ("dates", json!(answers.dates.map(|order| format!("{order:?}")))),
        ("questions", questions.iter().map(question).collect()),
        ("statements", statements.into()),
        ("problems", problems.into()),
        ("remarks", remarks.into()),
    ])
}

#[test]
fn the_files_of_banks_are_read_as_expected() {
    let files = files();
    for path in &files {
        let read = read(&fs::read(path).unwrap());
        let expected = path.with_added_extension("json");
        if std::env::var_os("WRITE_CASES").is_some() {
            fs::write(&expected, serde_json::to_string_pretty(&read).unwrap() + "\n").unwrap();
        }
        let expected: Value = serde_json::from_slice(&fs::read(&expected).unwrap()).unwrap();
        assert_eq!(read, expected, "{}: {read:#}", path.display());
    }
    assert!(files.len() >= 20, "the files are there");
}

/// The number of records, after which statements must be closed and in order.
fn drain(file: &[u8], format: Format, answers: &Answers) -> usize {
    let look = look(file, format, answers);
    let (mut count, mut is_open) = (0, false);
    for record in records(file, format, &look.answers) {
        count += 1;
        match record {
            Record::Begin(_) => assert!(!std::mem::replace(&mut is_open, true), "a statement begins within another"),
            Record::End(_) => assert!(std::mem::take(&mut is_open), "a statement ends that has not begun"),
            Record::Transaction(_) => assert!(is_open, "a transaction is outside of a statement"),
            Record::Problem(_) | Record::Skipped(_) | Record::Remark(_) => {}
        }
    }
    assert!(!is_open, "the last statement ends");
    assert!(count > 0, "a file without anything is a problem");
    count
}

const FORMATS: [Format; 4] = [Format::Ofx, Format::Qif, Format::Mt940, Format::Camt053];

#[test]
fn the_answers_of_the_user_decide_what_a_file_leaves_open() {
    let amounts = |name: &str, answers: &Answers| -> Vec<String> {
        let file = fs::read(folder().join(name)).unwrap();
        let look = look(&*file, sniff(&file), answers);
        assert_eq!(look.questions, [], "{name}: what is answered is not asked");
        let found = records(&*file, sniff(&file), &look.answers).filter_map(|record| match record {
            Record::Transaction(transaction) => Some(format!("{} {}", transaction.date, transaction.amount)),
            Record::Skipped(notice) | Record::Remark(notice) | Record::Problem(notice) => Some(notice.to_string()),
            Record::Begin(_) | Record::End(_) => None,
        });
        found.collect()
    };
    let order = |dates| Answers { dates: Some(dates), ..Answers::default() };
    let sofa = |dates| amounts("qif-day-or-month.qif", &order(dates)).remove(1);
    assert_eq!(sofa(DateOrder::DayFirst), "2026-06-05 -1234");
    assert_eq!(sofa(DateOrder::MonthFirst), "2026-05-06 -1234");
    let debits = |unsigned| Answers { unsigned_debits: Some(unsigned), ..Answers::default() };
    let debits = |unsigned| amounts("ofx1-debits-above-zero.ofx", &debits(unsigned));
    assert_eq!(debits(true), ["2026-11-03 -1234.56", "2026-11-04 50"]);
    assert_eq!(debits(false), ["2026-11-03 1234.56", "2026-11-04 50"]);
    let russian = b"!Type:Bank\nD31.12.2026\nT-5\nP\xCC\xE0\xE3\n^\n";
    let answers = Answers { encoding: Some(encoding_rs::WINDOWS_1251), ..order(DateOrder::DayFirst) };
    let payee = records(&russian[..], Format::Qif, &answers).find_map(|record| match record {
        Record::Transaction(transaction) => transaction.payee,
        _ => None,
    });
    assert_eq!(payee.as_deref(), Some("Маг"));
}

#[test]
fn a_file_in_utf_16_is_read_like_the_same_one_in_utf_8() {
    for path in files() {
        let file = fs::read(&path).unwrap();
        let text =
            String::from_utf8(file.clone()).unwrap_or_else(|_| encoding_rs::WINDOWS_1252.decode(&file).0.into_owned());
        let wide = std::iter::once(0xFEFF).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect::<Vec<_>>();
        assert_eq!(read(&wide), read(&file), "{}", path.display());
    }
}

#[test]
fn a_file_that_is_cut_off_anywhere_is_read_without_a_new_amount() {
    for path in files() {
        let file = fs::read(&path).unwrap();
        let format = sniff(&file);
        let answers = look(&*file, format, &Answers::default()).answers;
        let amounts = |file: &[u8]| {
            let amount = |record| match record {
                Record::Transaction(transaction) => Some(transaction.amount.to_string()),
                _ => None,
            };
            records(file, format, &answers).filter_map(amount).collect::<Vec<_>>()
        };
        let whole = amounts(&file);
        for end in (0..file.len()).step_by(2) {
            let cut = file.get(..end).unwrap();
            drain(cut, format, &answers);
            let cut = amounts(cut);
            assert_eq!(cut.as_slice(), &whole[..cut.len()], "{} to {end}", path.display());
        }
    }
}

#[test]
fn long_files_without_an_end_are_refused_early() {
    for (format, start) in [
        (Format::Ofx, "<OFX><STMTRS><STMTTRN><MEMO>"),
        (Format::Ofx, "<OFX><"),
        (Format::Ofx, "OFXHEADER"),
        (Format::Qif, "!Type:Bank\nP"),
        (Format::Mt940, ":20:1\n:61:"),
        (Format::Camt053, "<Document><BkToCstmrStmt><Stmt><Acct><Id><IBAN>"),
        (Format::Camt053, "<"),
        (Format::Camt053, "<!--"),
    ] {
        let endless = std::io::Read::chain(start.as_bytes(), std::io::repeat(b'x'));
        let found: Vec<_> = records(endless, format, &Answers::default()).collect();
        assert!(found.iter().any(|record| matches!(record, Record::Problem(_))), "{format:?} {start}: {found:?}");
    }
    for (format, start, repeated) in [
        (Format::Ofx, "<OFX>", "<STATUS>"),
        (Format::Camt053, "<Document>", "<a>"),
        (Format::Mt940, ":20:1\n:86:", "x\n"),
    ] {
        let file = start.to_owned() + &repeated.repeat(200_000);
        assert!(drain(file.as_bytes(), format, &Answers::default()) < 10, "{format:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_bytes_make_a_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        let sniffed = sniff(&bytes);
        prop_assert!(FORMATS.contains(&sniffed) || matches!(sniffed, Format::Csv | Format::Excel));
        for format in FORMATS {
            drain(&bytes, format, &Answers::default());
        }
    }

    #[test]
    fn no_damage_to_a_file_makes_a_reader_panic(
        which in any::<prop::sample::Index>(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..20),
        dates in prop::option::of(prop::sample::select(vec![DateOrder::DayFirst, DateOrder::MonthFirst, DateOrder::YearFirst])),
    ) {
        let files = files();
        let mut file = fs::read(&files[which.index(files.len())]).unwrap();
        let format = sniff(&file);
        for (at, byte) in changes {
            let at = at.index(file.len());
            file[at] = byte;
        }
        drain(&file, format, &Answers { dates, ..Answers::default() });
    }

    #[test]
    fn no_pieces_in_any_order_make_a_reader_panic(
        pieces in prop::collection::vec(prop::sample::select(vec![
            "<OFX>", "</OFX>", "<STMTRS>", "<CCSTMTRS>", "</STMTRS>", "<STMTTRN>", "</STMTTRN>", "<TRNAMT>-5,0", "<DTPOSTED>20261103", "<FITID>7",
            "<TRNTYPE>DEBIT", "<LEDGERBAL>", "<BALAMT>7.00", "<STATUS>", "<SEVERITY>ERROR", "<INVSTMTRS>", "<STMTTRNP>", "<![CDATA[", "]]>", "<!--", "&#x0;", "\n",
            "!Type:Bank\n", "!Account\n", "NHome\n", "D3/11'26\n", "T1,234\n", "LFood\n", "L[Home]\n", "SFood\n", "$1.00\n", "^\n", "POpening Balance\n",
            ":20:A\n", ":25:DE12\n", ":60F:C261103EUR1,00\n", ":61:2611031102DR5,00NTRFX//Y\n", ":86:166?20SVWZ+A?32B\n", ":62F:D261103EUR4,00\n", "-\n", ":\n", "86:x\n", "{4:\n", ":NS:01x\n",
            "<Document>", "<BkToCstmrStmt>", "<Stmt>", "<Ntry>", "<Amt Ccy=\"EUR\">5.00</Amt>", "<CdtDbtInd>DBIT</CdtDbtInd>", "<BookgDt><Dt>2026-11-03</Dt></BookgDt>",
            "<NtryDtls>", "<TxDtls>", "</TxDtls>", "</NtryDtls>", "</Ntry>", "</Stmt>", "</BkToCstmrStmt>", "</Document>", "<Bal>", "</Bal>", "\u{FEFF}", "é",
        ]), 0..60),
    ) {
        let file = pieces.concat();
        for format in FORMATS {
            drain(file.as_bytes(), format, &Answers::default());
        }
    }
}
