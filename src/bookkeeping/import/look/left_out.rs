//! What is no booked transaction: balances, totals, lines that are not booked yet. It is left out where that is proven, and asked about
//! or refused otherwise.

use std::io::Cursor;

use super::{
    Hints, look,
    unclear::{hints, table, told, told_with},
};

const HEADER: &str = "Date,Description,Amount";

/// Rows between an opening and a closing balance with these names.
fn between(opening: &str, closing: &str) -> String {
    let rows =
        [&format!("{opening},1000.00"), "Shop,-20.00", "Taxi,-100.00", "Cafe,-3.00", &format!("{closing},877.00")];
    table(HEADER, &rows)
}

const PAYMENTS: [&str; 3] = ["2026-10-14 -20 Shop", "2026-10-15 -100 Taxi", "2026-10-16 -3 Cafe"];

#[test]
fn balances_are_left_out_in_many_languages() {
    for (opening, closing) in [
        ("OPEN BALANCE", "CLOSE BALANCE"),
        ("OPEN BAL", "CLOSE BAL"),
        ("رصيد افتتاحي", "رصيد ختامي"),
        ("期初余额", "期末余额"),
        ("Stan początkowy", "Stan końcowy"),
        ("Vorheriger Kontostand", "Neuer Kontostand"),
        ("Report à nouveau", "Nouveau solde"),
        ("S A L D O  A N T E R I O R", "S A L D O  F I N A L"),
    ] {
        let read = told(&between(opening, closing)).unwrap();
        assert!(PAYMENTS.iter().all(|line| read.contains(&(*line).to_owned())), "{opening}: {read:?}");
        assert_eq!(read.iter().filter(|line| line.ends_with("skipped")).count(), 2, "{opening}: {read:?}");
    }
}

#[test]
fn what_may_be_an_opening_and_a_closing_balance_is_asked_about() {
    for (opening, closing) in [
        ("Foo", "Bar"),
        ("Foo", "Foo"),
        ("S A L D O", "S A L D O"),
        ("Foo", "Closing balance"),
        ("Opening balance", "Bar"),
        ("前日残高", "残高"),
        ("الرصيد المرحل", "الرصيد الحالي"),
        ("Übertrag", "Kontostand"),
    ] {
        let file = between(opening, closing);
        assert_eq!(told(&file), Err(vec!["balancesAreTransactions"]), "{opening}");
        let read = told_with(file.as_bytes(), &hints(r#"{"balancesAreTransactions":true}"#)).unwrap();
        assert_eq!((read.len(), read[0].as_str()), (5, format!("2026-10-13 1000 {opening}").as_str()), "{read:?}");
        let read = told_with(file.as_bytes(), &hints(r#"{"balancesAreTransactions":false}"#)).unwrap();
        assert_eq!(read.len(), 5, "{read:?}");
        assert_eq!(
            read.iter().filter(|line| line.starts_with("2026")).collect::<Vec<_>>(),
            PAYMENTS.iter().collect::<Vec<_>>()
        );
        assert_eq!(read.iter().filter(|line| line.ends_with("skipped")).count(), 2, "{read:?}");
    }
}

#[test]
fn a_rule_for_a_balance_does_not_skip_payments() {
    let rows = ["Foo,1000.00", "Shop,-20.00", "Foo,-100.00", "Cafe,-3.00", "Bar,877.00"];
    let read = told_with(table(HEADER, &rows).as_bytes(), &hints(r#"{"balancesAreTransactions":false}"#)).unwrap();
    assert_eq!(read[2..], ["2026-10-15 -100 Foo", "2026-10-16 -3 Cafe", "6 amount"], "{read:?}");
}

#[test]
fn lines_with_a_status_that_is_not_known_are_asked_about() {
    let header = "Date,Description,Amount,Status";
    for (status, header) in [("Venter", header), ("معلقة", header), ("交易关闭", "Date,Description,Amount,交易状态")]
    {
        let file = table(header, &["Tea,-3.00,OK", &format!("Bus,-2.00,{status}"), "Rent,-200.00,OK"]);
        assert_eq!(told(&file).unwrap(), ["2026-10-13 -3 Tea", "3 skipped", "2026-10-15 -200 Rent"], "{status}");
    }
    let file = table(header, &["Tea,-3.00,OK", "Bus,-2.00,Frozen", "Rent,-200.00,OK"]);
    assert_eq!(told(&file), Err(vec!["skip"]));
    let found = look(&mut Cursor::new(&file), &Hints::default()).unwrap();
    let read = |answer: usize| {
        let mut said = Hints::default();
        said.say("skip", &found.questions[0].answers[answer].value).unwrap();
        let profile = look(&mut Cursor::new(&file), &said).unwrap().profile;
        let saved = told_with(file.as_bytes(), &Hints::of(&profile));
        assert_eq!(told_with(file.as_bytes(), &said), saved);
        // Another status is asked about again, unless all others are booked.
        let next = table(header, &["Tea,-3.00,OK", "Bus,-2.00,Molten"]);
        (saved.unwrap()[1].clone(), told_with(next.as_bytes(), &Hints::of(&profile)).is_ok())
    };
    assert_eq!(read(0), ("3 skipped".to_owned(), false));
    assert_eq!(read(1), ("2026-10-14 -2 Bus".to_owned(), true));
    let same = table(header, &["Tea,-3.00,Frozen", "Bus,-2.00,Frozen"]);
    assert_eq!(told(&same).unwrap().len(), 2);
    let states = table("Date,Description,Amount,State", &["Tea,-3.00,NY", "Bus,-2.00,CA"]);
    assert_eq!(told(&states).unwrap().len(), 2);
}

#[test]
fn a_pending_word_in_the_place_of_the_date_is_known() {
    let file = format!("{HEADER}\nReserverat,Spotify,-59.00\n2026-10-13,Tea,-3.00\n2026-10-14,Bus,-2.00\n");
    assert_eq!(told(&file).unwrap()[0], "2 skipped");
}

#[test]
fn a_total_at_the_end_is_left_out_when_its_sum_proves_it() {
    let file = |end: &str| format!("{HEADER}\n2026-10-13,Tea,-20.00\n2026-10-14,Salary,100.00\n{end}");
    assert_eq!(told(&file(",,80.00\n")).unwrap()[2], "4 skipped");
    assert_eq!(told(&file(",TRANSACTION TOTAL DR/CR,81.00\n")).unwrap()[2], "4 skipped");
    assert_eq!(told(&file(",Saldo contabilístico,81.00\n")).unwrap()[2], "4 skipped");
    assert_eq!(told(&file(",,81.00\n")).unwrap()[2], "4 date");
    assert_eq!(told(&file(",Bus,80.00\n")).unwrap()[2], "4 date");
    let read = told(&file(",,80.00\n2026-10-15,Bus,-2.00\n")).unwrap();
    assert_eq!(read[2..], ["4 date", "2026-10-15 -2 Bus"]);
}

#[test]
fn files_without_transactions_are_refused() {
    for (file, expected) in [
        ("Date,Description,Amount\n", "no transactions"),
        ("Date,Description,Amount\n,,\n", "no transactions"),
        ("<html><body><table><tr><td>Fecha</td></tr></table></body></html>\n", "web page"),
        (
            "<?xml version=\"1.0\"?>\n<Workbook xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\">\n<Row/>\n</Workbook>\n",
            "workbook in XML",
        ),
    ] {
        let refusals = look(&mut Cursor::new(file), &Hints::default()).unwrap_err();
        assert!(refusals[0].message.contains(expected), "{}", refusals[0].message);
    }
}

#[test]
fn dates_that_may_be_others_are_refused() {
    let file = "Date,Description,Amount\n25/11/69,Tea,-20.00\n26/11/69,Salary,100.00\n";
    assert_eq!(told(file).unwrap(), ["2 date", "3 date"]);
    let file = "Datum;Opis;Iznos\n25. listopada 2026.;Tea;-3,20\n12. studenoga 2026.;Salary;1.500,00\n3. srpnja 2026.;Bus;-2,00\n";
    assert_eq!(told(file).unwrap(), ["2026-10-25 -3.2 Tea", "2026-11-12 1500 Salary", "2026-07-03 -2 Bus"]);
}
