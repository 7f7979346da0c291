//! Files that do not tell all: they are asked about, and no line of them is lost silently.

use std::io::Cursor;

use super::{super::profile::Lines, Hints, Item, look};

/// The lines of a file with their amounts, or the fields that are asked for.
pub(super) fn told(file: &str) -> Result<Vec<String>, Vec<&'static str>> {
    told_with(file.as_bytes(), &Hints::default())
}

pub(super) fn told_with(file: &[u8], hints: &Hints) -> Result<Vec<String>, Vec<&'static str>> {
    let look = look(&mut Cursor::new(file), hints).unwrap();
    let Ok(profile) = look.ready() else {
        return Err(look.questions.iter().map(|question| question.field).collect());
    };
    let lines = Lines::open(file, profile).unwrap();
    let told = lines.map(|item| match item {
        Item::Transaction(line) => {
            format!("{} {} {}", line.date, line.amount, line.description.as_deref().unwrap_or_default())
        }
        Item::Skipped { line, .. } => format!("{line} skipped"),
        Item::Problem(problem) => format!("{} {}", problem.line, problem.column),
        Item::Mismatch { line, .. } => format!("{line} mismatch"),
    });
    Ok(told.collect())
}

pub(super) fn hints(json: &str) -> Hints {
    serde_json::from_str(json).unwrap()
}

/// A file of these rows under a header; the date comes first, and is a day of October.
pub(super) fn table(header: &str, rows: &[&str]) -> String {
    let rows = rows.iter().zip(13..).map(|(row, day)| format!("2026-10-{day},{row}\n"));
    format!("{header}\n{}", rows.collect::<String>())
}

pub(super) fn amounts(file: &str) -> Result<Vec<String>, Vec<&'static str>> {
    let told = told(file)?;
    Ok(told.iter().map(|line| line.split(' ').nth(1).unwrap_or_default().to_owned()).collect())
}

#[test]
fn a_side_without_a_known_name_is_found_beside_the_other_side() {
    for (debit, credit) in [
        ("Cash out", "Deposit"),
        ("Ausgang", "Eingang"),
        ("Paid", "Received"),
        ("Fees", "Credit"),
        ("Dépense", "Crédit"),
        ("Belastning", "Kredit"),
        ("Дебит", "Кредит"),
        ("Видаток", "Кредит"),
        ("Zarar", "Alacak"),
        ("मूल", "जमा"),
        ("Debit", "Top ups"),
        ("Purchases", "Payments & Credits"),
        ("Xyz", "Deposit"),
    ] {
        for zero in ["0.00", ""] {
            let rows = [format!("Kafe,3.50,{zero}"), format!("Pay,{zero},1200.00"), format!("Zed,7.00,{zero}")];
            let file = table(&format!("Date,Description,{debit},{credit}"), &rows.each_ref().map(String::as_str));
            let expected = ["-3.5", "1200", "-7"].map(str::to_owned).to_vec();
            assert_eq!(amounts(&file), Ok(expected), "{debit} {credit} {zero:?}");
        }
    }
    let rows = ["Kafe,3.50,0.00,96.50", "Xyz,0.00,1200.00,1296.50", "Zed,7.00,0.00,1289.50"];
    let file = table("Date,Description,Cash out,Deposit,Balance", &rows);
    assert_eq!(amounts(&file), Ok(["-3.5", "1200", "-7"].map(str::to_owned).to_vec()));
}

#[test]
fn columns_of_which_both_or_none_is_money_out_are_asked_about() {
    let file = table("Date,Description,Purchases,Payments", &["Tea,12.00,0.00", "Thanks,0.00,1200.00"]);
    assert_eq!(told(&file), Err(vec!["columns.debit"]));
    let read = |hints: &Hints| told_with(file.as_bytes(), hints).unwrap();
    let expected = ["2026-10-13 -12 Tea", "2026-10-14 1200 Thanks"];
    assert_eq!(read(&hints(r#"{"columns":{"debit":"Purchases"}}"#)), expected);
    let file = table("Date,Description,Foo,Bar", &["Pay,1200.00,0.00", "Tea,0.00,12.00"]);
    assert_eq!(told(&file), Err(vec!["columns.debit"]));
    let read = told_with(file.as_bytes(), &hints(r#"{"columns":{"debit":"Bar"}}"#)).unwrap();
    assert_eq!(read, ["2026-10-13 1200 Pay", "2026-10-14 -12 Tea"]);
    // Neither of the others is zero wherever the debit is not.
    let file = table("Date,Description,Debit,Foo", &["Tea,12.00,3.00", "Thanks,0.00,1200.00"]);
    assert_eq!(told(&file), Err(vec!["columns.credit"]));
    let alone = told_with(file.as_bytes(), &hints(r#"{"columns":{"credit":""}}"#)).unwrap();
    assert_eq!(alone, ["2026-10-13 -12 Tea", "3 debit"]);
    let file = table("Date,Description,Amount,Foo", &["Tea,-12.00,0.00", "Thanks,0.00,1200.00", "Bus,-3.00,0.00"]);
    assert_eq!(told(&file), Err(vec!["columns.amount"]));
}

#[test]
fn one_side_alone_needs_no_question() {
    let file = table("Date,Description,Debit,Balance", &["Tea,12.00,88.00", "Bus,3.00,85.00"]);
    assert_eq!(amounts(&file), Ok(vec!["-12".to_owned(), "-3".to_owned()]));
    let file = table("Date,Ref no,Description,Credit", &["1001,Pay,12.00", "1002,Pay,3.00"]);
    assert_eq!(amounts(&file), Ok(vec!["12".to_owned(), "3".to_owned()]));
}

#[test]
fn a_line_of_zero_whose_balance_changes_is_told() {
    let rows = ["Tea,-12.00,88.00", "Bank note,0.00,88.00", "Bus,-3.00,85.00", "Lost,0.00,80.00", "Tea,-1.00,79.00"];
    let file = table("Date,Description,Amount,Balance", &rows);
    let told = told(&file).unwrap();
    assert!(told.contains(&"5 mismatch".to_owned()) && !told.contains(&"3 mismatch".to_owned()), "{told:?}");
}

#[test]
fn payments_that_are_named_like_balances_are_not_lost() {
    let rows = ["Tea,-3.00", "New Balance,-120.00", "Turnover,-3.00", "Rent,-500.00", "Salary,900.00"];
    let file = table("Date,Description,Amount", &rows);
    assert_eq!(told(&file), Err(vec!["balancesAreTransactions"]));
    let read = told_with(file.as_bytes(), &hints(r#"{"balancesAreTransactions":true}"#)).unwrap();
    assert_eq!(read.len(), 5, "{read:?}");
    assert_eq!(read[1], "2026-10-14 -120 New Balance");
    let read = told_with(file.as_bytes(), &hints(r#"{"balancesAreTransactions":false}"#)).unwrap();
    assert_eq!((read.len(), read[1].as_str(), read[2].as_str()), (5, "3 skipped", "4 skipped"), "{read:?}");
    for file in
        ["Devir", "Balance"].map(|text| table("Date,Type,Text,Amount", &[&format!("{text},a,-3.00"), "x,b,-4.00"]))
    {
        assert_eq!(told(&file), Err(vec!["balancesAreTransactions"]), "{file}");
    }
}

#[test]
fn running_balances_tell_payments_from_balances() {
    let rows = [
        "Opening balance,100.00,100.00",
        "Tea,-3.00,97.00",
        "New Balance,-20.00,77.00",
        "Pay,9.00,86.00",
        "Bus,-1.00,85.00",
        "Bus,-2.00,83.00",
        "Bus,-3.00,80.00",
        "Bus,-4.00,76.00",
        "Closing balance,76.00,76.00",
    ];
    let expected = ["2 skipped", "-3", "-20", "9", "-1", "-2", "-3", "-4", "10 skipped"];
    let short = |line: &String| {
        if line.ends_with("skipped") { line.clone() } else { line.split(' ').nth(1).unwrap().to_owned() }
    };
    let lines = |rows: &[&str]| {
        told(&table("Date,Description,Amount,Balance", rows)).map(|told| told.iter().map(short).collect::<Vec<_>>())
    };
    assert_eq!(lines(&rows), Ok(expected.map(str::to_owned).to_vec()));
    let mut days: Vec<_> = rows.iter().zip(13..).map(|(row, day)| format!("2026-10-{day},{row}")).collect();
    days.reverse();
    let newest = told(&format!("Date,Description,Amount,Balance\n{}\n", days.join("\n"))).unwrap();
    let newest: Vec<_> = newest.iter().map(short).collect();
    assert_eq!(newest, ["2 skipped", "-4", "-3", "-2", "-1", "9", "-20", "-3", "10 skipped"]);
}

#[test]
fn charges_without_a_mark_beside_marked_credits_are_money_out() {
    let rows = ["SWIGGY,\"1,250.00\"", "IRCTC,500.00", "PAYMENT RECEIVED,\"5,000.00 Cr\""];
    let read = amounts(&table("Date,Description,Amount", &rows));
    assert_eq!(read, Ok(["-1250", "-500", "5000"].map(str::to_owned).to_vec()));
    let file = table("Date,Description,Amount", &["a,12.00", "b,13.00", "c,+200.00"]);
    assert_eq!(told(&file), Err(vec!["sign"]));
    let read = told_with(file.as_bytes(), &hints(r#"{"sign":"POSITIVE_OUT"}"#)).unwrap();
    assert_eq!(read, ["2026-10-13 -12 a", "2026-10-14 -13 b", "2026-10-15 200 c"]);
    let read = told_with(file.as_bytes(), &hints(r#"{"sign":"NEGATIVE_OUT"}"#)).unwrap();
    assert_eq!(read[0], "2026-10-13 12 a");
}

#[test]
fn only_the_last_lines_are_skipped_when_the_profile_says_so() {
    let file = table("Date,Amount,Description", &["-20,Shop", "-1,Bus", "-3,Tea", "-4,Rent", "-5,Gift"]);
    for (skipped, left) in [(0, 5), (1, 4), (2, 3), (5, 0)] {
        let told = told_with(file.as_bytes(), &hints(&format!(r#"{{"skipTrailing":{skipped}}}"#))).unwrap();
        let (kept, rest) = told.split_at(left);
        assert!(kept.iter().all(|line| line.starts_with("2026")), "{told:?}");
        assert!(rest.len() == skipped && rest.iter().all(|line| line.ends_with("skipped")), "{told:?}");
    }
}

#[test]
fn what_was_returned_is_money_in() {
    for rows in [["shoes,-80.00", "returned,80.00"], ["returned,80.00", "socks,-15.00"]] {
        assert!(told(&table("Date,Description,Amount", &rows)).is_ok(), "{rows:?}");
    }
}

#[test]
fn a_file_that_may_be_of_a_card_is_asked_about() {
    let sign = Err(vec!["sign"]);
    for rows in [
        &["TESCO,23.40", "Hotel deposit,100.00", "SHELL,51.00", "Payment,-174.40"][..],
        &["TESCO,23.40", "Pension Mozart Salzburg,100.00", "Payment,-123.40"],
        &["BONUS CHICKEN,13.00", "Payment,-13.00"],
        &["Hotel deposit,100.00", "Pension Mozart,13.00", "Payment,-113.00"],
    ] {
        assert_eq!(told(&table("Date,Description,Amount", rows)), sign, "{rows:?}");
    }
    let rows = ["DIRECT DEBIT,-23.40", "CREDIT VOUCHER,-10.00"];
    let rows = rows.map(|row| format!("A Person,2026-10-13,{row}\n"));
    assert_eq!(told(&format!("Card Member,Date,Description,Amount\n{}", rows.concat())), sign);
}

#[test]
fn a_balance_that_may_be_what_is_owed_does_not_tell_the_sign() {
    let header = "Date,Description,Amount,Balance";
    let rows = [
        "TESCO,23.40,123.40",
        "AMAZON,100.00,223.40",
        "SHELL,51.00,274.40",
        "PAYMENT,-200.00,74.40",
        "NETFLIX,10.00,84.40",
    ];
    let sign = Err(vec!["sign"]);
    assert_eq!(told(&table(header, &rows)), sign);
    let read = told_with(table(header, &rows).as_bytes(), &hints(r#"{"sign":"POSITIVE_OUT"}"#)).unwrap();
    assert_eq!((read[0].as_str(), read.len()), ("2026-10-13 -23.4 TESCO", 5), "{read:?}");
    assert_eq!(told(&table(header, &["TESCO,23.40,123.40", "PAYMENT,-20.00,103.40"])), sign);
    assert!(told(&table(header, &["Rice,-12.50,87.50", "Pay,1000.00,1087.50"])).is_ok());
    // What is owed grows by charges below zero.
    let turned = ["TESCO,-23.40,123.40", "AMAZON,-100.00,223.40", "PAYMENT,200.00,23.40", "NETFLIX,-10.00,33.40"];
    assert_eq!(told(&table(header, &turned)), sign);
    let account = ["TESCO,-23.40,123.40", "AMAZON,-100.00,23.40", "From Bob,200.00,223.40"];
    assert_eq!(amounts(&table(header, &account)), Ok(["-23.4", "-100", "200"].map(str::to_owned).to_vec()));
}

#[test]
fn a_footer_is_no_part_of_the_last_description() {
    let file = "Date,Description,Amount\n2026-10-13,Tea,-3.00\n2026-10-14,Bus,-2.00\n,Page 1 of 1,\n";
    assert_eq!(told(file).unwrap()[1..], ["2026-10-14 -2 Bus", "4 skipped"]);
    let file = "Date,Description,Amount\n2026-10-13,Tea,-3.00\n2026-10-14,Bus,-2.00\n,Thank you for banking with us,\n";
    assert_eq!(told(file).unwrap()[1..], ["2026-10-14 -2 Bus", "4 skipped"]);
    let file =
        "Date,Description,Amount\n2026-10-13,Tea,-3.00\n,at home,\n2026-10-14,Bus,-2.00\n,to town,\n,Seite 1 von 2,\n";
    assert_eq!(told(file).unwrap(), ["2026-10-13 -3 Tea at home", "2026-10-14 -2 Bus to town", "6 skipped"]);
}

#[test]
fn lines_that_are_not_booked_yet_are_known_by_a_word_of_their_status() {
    let rows = ["Tea,-3.00,Umsatz gebucht", "Bus,-2.00,Umsatz vorgemerkt", "Rent,-200.00,Umsatz gebucht"];
    let read = told(&table("Buchungstag,Verwendungszweck,Betrag,Info", &rows)).unwrap();
    assert_eq!(read, ["2026-10-13 -3 Tea", "3 skipped", "2026-10-15 -200 Rent"]);
    let status = ["Tea,-3.00,Payment failed", "Bus,-2.00,Not failed", "Rent,-200.00,Completed"];
    let read = told(&table("Date,Description,Amount,Status", &status)).unwrap();
    assert_eq!(read, ["2 skipped", "2026-10-14 -2 Bus", "2026-10-15 -200 Rent"]);
}

#[test]
fn the_money_that_moved_has_its_taxes_in_it() {
    let rows = ["Paper,-119.00,-19.00,-100.00", "Ink,-11.90,-1.90,-10.00"];
    assert_eq!(
        amounts(&table("Date,Description,Gross,VAT,Net", &rows)),
        Ok(["-119", "-11.9"].map(str::to_owned).to_vec())
    );
    let rows = ["Paper,-119.00,-100.00", "Ink,-11.90,-10.00"];
    assert_eq!(told(&table("Date,Description,Gross,Net", &rows)), Err(vec!["columns.amount"]));
    let rows = ["Sale,119.00,-19.00,100.00,100.00", "Ink,-10.00,0.00,-10.00,90.00", "Ink,-10.00,0.00,-10.00,80.00"];
    let net = Ok(["100", "-10", "-10"].map(str::to_owned).to_vec());
    assert_eq!(amounts(&table("Date,Description,Gross,Fee,Net,Balance", &rows)), net);
}

#[test]
fn an_encoding_that_makes_no_words_is_asked_for() {
    let file = b"Datum;Text;Betrag\n13.10.2026;B\x84ckerei M\x81ller;-3,20\n";
    assert_eq!(told_with(file, &Hints::default()), Err(vec!["encoding"]));
    assert!(told_with(file, &hints(r#"{"encoding":"windows-1252"}"#)).is_ok());
    let file =
        ["Datum;Text;Betrag\n13.10.2026;Bäckerei Müller;-3,20\n14.10.2026;".as_bytes(), b"Caf\xE9;-4,00\n"].concat();
    assert_eq!(told_with(&file, &Hints::default()).unwrap(), ["2026-10-13 -3.2 Bäckerei Müller", "3 csv"]);
}

#[test]
fn a_fee_beside_debits_and_credits_is_not_lost() {
    let rows = ["Tea,3.00,,0.50,97.00", "Shop,20.00,,,77.00", "Bus,1.00,,0.10,76.00", "Thanks,,100.00,,176.00"];
    let file = table("Date,Description,Debit,Credit,Fee,Balance", &rows);
    assert_eq!(amounts(&file), Ok(["-3", "-20", "-1", "100"].map(str::to_owned).to_vec()));
    let rows = ["Shop,20.00,,,80.00", "Tea,3.00,,0.50,76.50", "Thanks,,100.00,,176.50"];
    let file = table("Date,Description,Debit,Credit,Fee,Balance", &rows);
    assert_eq!(amounts(&file), Ok(["-20", "-3.5", "100"].map(str::to_owned).to_vec()));
    let file = table("Date,Description,Debit,Credit,Fee", &["Tea,3.00,,0.50", "Thanks,,100.00,"]);
    assert_eq!(told(&file), Err(vec!["columns.fee"]));
}
