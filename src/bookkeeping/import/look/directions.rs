//! Files whose amounts do not say by themselves whether they are money out or in, and files with several amounts or accounts.

use super::unclear::{amounts, hints, table, told, told_with};

#[expect(clippy::unnecessary_wraps, reason = "it is compared with what is read")]
fn texts<const N: usize>(texts: [&str; N]) -> Result<Vec<String>, Vec<&'static str>> {
    Ok(texts.map(str::to_owned).to_vec())
}

/// The amounts of a file with these hints.
fn amounts_with(file: &str, json: &str) -> Result<Vec<String>, Vec<&'static str>> {
    let told = told_with(file.as_bytes(), &hints(json))?;
    Ok(told.iter().map(|line| line.split(' ').nth(1).unwrap_or_default().to_owned()).collect())
}

#[test]
fn credits_that_all_have_a_minus_beside_debits_without_one_are_money_in() {
    let file = table("Date,Description,Debit,Credit", &["Shop,45.00,", "Payment,,-100.00", "Cashback,,-3.00"]);
    assert_eq!(amounts(&file), texts(["-45", "100", "3"]));
    let file = table("Date,Description,Debit,Credit,Balance", &["Shop,20.00,,980.00", "Wages,,-100.00,1080.00"]);
    assert_eq!(amounts(&file), texts(["-20", "100"]));
    // Where debits have a minus too, and where other credits have none, a credit below zero was taken back.
    let file = table("Date,Description,Money Out,Money In", &["Shop,-20.00,", "Refund,,-5.00", "Wages,,100.00"]);
    assert_eq!(amounts(&file), texts(["-20", "-5", "100"]));
    let rows = ["Shop,20.00,,980.00", "Taken back,,-5.00,975.00", "Wages,,100.00,1075.00"];
    assert_eq!(amounts(&table("Date,Description,Debit,Credit,Balance", &rows)), texts(["-20", "-5", "100"]));
}

#[test]
fn credits_below_zero_that_nothing_explains_are_asked_about() {
    for rows in [
        &["Shop,-20.00,", "Refund,,-5.00"][..],
        &["Shop,20.00,", "Refund,,-5.00", "Wages,,100.00"],
        &["Refund,,-5.00", "Payment,,-7.00"],
    ] {
        let file = table("Date,Description,Debit,Credit", rows);
        assert_eq!(told(&file), Err(vec!["creditSign"]), "{rows:?}");
    }
    let file = table("Date,Description,Debit,Credit", &["Shop,20.00,", "Refund,,-5.00", "Wages,,100.00"]);
    assert_eq!(amounts_with(&file, r#"{"creditSign":"NEGATIVE_OUT"}"#), texts(["-20", "-5", "100"]));
    assert_eq!(amounts_with(&file, r#"{"creditSign":"POSITIVE_OUT"}"#), texts(["-20", "5", "-100"]));
    // No balance follows from either.
    let rows = ["Shop,20.00,,980.00", "Wages,,-100.00,1000.00", "Wages,,-100.00,1700.00"];
    assert_eq!(told(&table("Date,Description,Debit,Credit,Balance", &rows)), Err(vec!["creditSign"]));
}

#[test]
fn a_column_of_words_for_out_and_in_is_found_whatever_it_is_called() {
    for (name, out, income) in [
        ("Typ", "Ausgang", "Eingang"),
        ("收/支", "支出", "收入"),
        ("구분", "출금", "입금"),
        ("Transaction", "Withdrawal", "Deposit"),
        ("Xyz", "Wychodzący", "Przychodzący"),
    ] {
        let rows = [format!("{out},Tesco,20.00"), format!("{income},Acme,100.00"), format!("{out},Lidl,7.00")];
        let file = table(&format!("Date,{name},Description,Amount"), &rows.each_ref().map(String::as_str));
        assert_eq!(amounts(&file), texts(["-20", "100", "-7"]), "{name}");
    }
    // A line that says neither is refused.
    let file = table("Date,收/支,Description,Amount", &["支出,a,35.50", "收入,b,100.00", "不计收支,c,20.00"]);
    assert_eq!(told(&file).unwrap()[2], "4 flag");
}

#[test]
fn words_that_are_not_known_as_directions_are_asked_about() {
    let file =
        table("Date,Type,Description,Amount", &["Purchase,Tesco,20.00", "Payment,Acme,100.00", "Purchase,Lidl,7.00"]);
    assert_eq!(told(&file), Err(vec!["sign", "columns.flag"]));
    let asked = |json: &str| told_with(file.as_bytes(), &hints(json)).unwrap_err();
    assert_eq!(asked(r#"{"sign":"POSITIVE_OUT"}"#), ["columns.flag"]);
    assert_eq!(asked(r#"{"columns":{"flag":""}}"#), ["sign"]);
    assert_eq!(asked(r#"{"columns":{"flag":"Type"}}"#), ["flagOut"]);
    assert_eq!(asked(r#"{"columns":{"flag":"Type"},"flagOut":["Purchase"]}"#), ["flagIn"]);
    let said = r#"{"columns":{"flag":"Type"},"flagOut":["Purchase"],"flagIn":["Payment"]}"#;
    assert_eq!(amounts_with(&file, said), texts(["-20", "100", "-7"]));
    assert_eq!(amounts_with(&file, r#"{"columns":{"flag":""},"sign":"POSITIVE_OUT"}"#), texts(["-20", "-100", "-7"]));
}

#[test]
fn an_amount_abroad_is_not_taken_for_the_amount() {
    let rows = ["Paris,-10.00,EUR,-8.60,91.40", "Tokyo,-1000,JPY,-5.20,86.20", "Pay,100.00,GBP,100.00,186.20"];
    let file = table("Date,Description,Amount,Currency,Billed Amount,Balance", &rows);
    assert_eq!(amounts(&file), texts(["-8.6", "-5.2", "100"]));
    let rows = ["Paris,-10.00,EUR,-8.60,GBP", "London,-3.00,GBP,-3.00,GBP", "Tokyo,-1000,JPY,-5.20,GBP"];
    let file = table("Date,Description,Amount,Currency,Billed Amount,Billed Currency", &rows);
    assert_eq!(told(&file), Err(vec!["columns.amount"]));
    // The sign is open, and the amount is not.
    let file = table(
        "Date,Description,Txn Amount (Home),Txn Amount (Foreign Spend)",
        &["Paris,8.60,10.00", "Oslo,9.00,99.00"],
    );
    assert_eq!(amounts_with(&file, r#"{"sign":"POSITIVE_OUT"}"#), texts(["-8.6", "-9"]));
    let rows = ["Paris,-10.00,-8.60", "Oslo,-99.00,-9.00"];
    let file = table("Date,Description,Amount,Amount in account currency", &rows);
    assert_eq!(amounts(&file), texts(["-8.6", "-9"]));
    let rows = ["Lunch,-12.50,0.00,-12.50", "Cash,-100.00,-1.75,-101.75"];
    assert_eq!(amounts(&table("Date,Description,Amount,Fee,Net Amount", &rows)), texts(["-12.5", "-101.75"]));
}

#[test]
fn a_currency_is_that_of_the_amount_that_is_read() {
    let currencies = |file: &str, json: &str| {
        let look = super::look(&mut std::io::Cursor::new(file), &hints(json)).unwrap();
        let code = |line: &super::super::profile::Transaction| line.currency.map(|currency| currency.to_string());
        look.sample.iter().map(|line| code(line).unwrap_or_default()).collect::<Vec<_>>()
    };
    let rows = ["Londres,-10.00,GBP,-11.60", "Salaire,1500.00,EUR,1500.00"];
    assert_eq!(currencies(&table("Date,Libellé,Montant devise,Devise,Montant EUR", &rows), "{}"), ["EUR", "EUR"]);
    let rows = ["Paris,-10.00,EUR,-8.60,GBP", "Tokyo,-1000,JPY,-5.20,GBP"];
    let file = table("Date,Description,Amount,Currency,Billed Amount,Billed Currency", &rows);
    assert_eq!(currencies(&file, r#"{"columns":{"amount":"Billed Amount"}}"#), ["GBP", "GBP"]);
    assert_eq!(currencies(&file, r#"{"columns":{"amount":"Amount"}}"#), ["EUR", "JPY"]);
    let rows = ["Paris,-10.00,EUR,-8.60", "Tokyo,-1000,JPY,-5.20"];
    let file = table("Date,Description,Amount,Currency,Billed Amount", &rows);
    assert_eq!(currencies(&file, r#"{"columns":{"amount":"Billed Amount"}}"#), ["", ""]);
}

#[test]
fn several_accounts_in_one_file_are_asked_about() {
    for name in ["Account", "Account Name", "Konto", "Compte", "IBAN", "账号", "الحساب"] {
        let rows = ["Shop,-20.00,A11", "Cafe,-1.00,B22", "Taxi,-7.00,A11"];
        let file = table(&format!("Date,Description,Amount,{name}"), &rows);
        assert_eq!(told(&file), Err(vec!["account"]), "{name}");
        let read = told_with(file.as_bytes(), &hints(r#"{"account":"A11"}"#)).unwrap();
        assert_eq!(read, ["2026-10-13 -20 Shop", "3 skipped", "2026-10-15 -7 Taxi"], "{name}");
        let all = amounts_with(&file, r#"{"columns":{"account":""}}"#);
        assert_eq!(all, texts(["-20", "-1", "-7"]), "{name}");
    }
    for name in ["Counterparty account", "Payee Account Number", "Recipient account", "Konto odbiorcy", "Account type"]
    {
        let rows = ["Shop,-20.00,A11", "Cafe,-1.00,B22", "Taxi,-7.00,A11"];
        assert!(told(&table(&format!("Date,Description,Amount,{name}"), &rows)).is_ok(), "{name}");
    }
    // Each account has balances of its own.
    let rows = ["A11,Shop,-20.00,80.00", "B22,Cafe,-1.00,9.00", "A11,Taxi,-7.00,73.00", "A11,Pay,50.00,123.00"];
    let file = table("Date,Account,Description,Amount,Balance", &rows);
    let read = told_with(file.as_bytes(), &hints(r#"{"account":"A11"}"#)).unwrap();
    assert!(read.len() == 4 && !read.iter().any(|line| line.ends_with("mismatch")), "{read:?}");
}

#[test]
fn a_fee_in_the_first_line_only_is_asked_about() {
    for fee in ["1.00", "-1.00"] {
        let rows = [format!("ATM,-50.00,{fee},949.00"), "Wages,100.00,0.00,1049.00".to_owned()];
        let file = table("Date,Description,Amount,Fee,Balance", &rows.each_ref().map(String::as_str));
        assert_eq!(told(&file), Err(vec!["columns.fee"]), "{fee}");
        assert_eq!(amounts_with(&file, r#"{"columns":{"fee":"Fee"}}"#), texts(["-51", "100"]));
        assert_eq!(amounts_with(&file, r#"{"columns":{"fee":""}}"#), texts(["-50", "100"]));
    }
    let rows = ["Wages,100.00,0.00,1000.00", "ATM,-50.00,1.00,949.00", "Wages,100.00,0.00,1049.00"];
    let file = table("Date,Description,Amount,Fee,Balance", &rows);
    assert_eq!(amounts(&file), texts(["100", "-51", "100"]));
}

#[test]
fn a_balance_that_is_owed_does_not_refuse_the_lines() {
    let rows = ["Grocer,45.10,,145.10", "Fuel,30.00,,175.10", "Payment,,100.00,75.10"];
    let file = table("Date,Description,Debit,Credit,Balance", &rows);
    assert_eq!(told(&file), Err(vec!["columns.debit"]));
    assert_eq!(amounts_with(&file, r#"{"columns":{"debit":"Debit"}}"#), texts(["-45.1", "-30", "100"]));
    assert_eq!(amounts_with(&file, r#"{"columns":{"debit":"Credit"}}"#), texts(["45.1", "30", "-100"]));
}

#[test]
fn no_answer_makes_amounts_right_that_only_the_balance_tells() {
    let file =
        table("Date,Description,Amount,Balance", &["Tesco,20.00,980.00", "Wages,100.00,1080.00", "Rent,500.00,580.00"]);
    assert_eq!(told(&file), Err(vec!["sign"]));
    for sign in ["NEGATIVE_OUT", "POSITIVE_OUT"] {
        let told = told_with(file.as_bytes(), &hints(&format!(r#"{{"sign":"{sign}"}}"#))).unwrap();
        assert!(told.iter().any(|line| line.ends_with("mismatch")), "{sign} {told:?}");
    }
}

#[test]
fn the_check_of_a_card_is_no_payment() {
    let rows = ["Bakery,-8.60,-8.60,", "Rent,50.00,,50.00", "Netflix,0.00,,"];
    let file = table("Date,Name,Amount,Money Out,Money In", &rows);
    assert_eq!(told(&file).unwrap()[2], "4 skipped");
    let rows = ["Bakery,-8.60,-8.60,", "Rent,50.00,,50.00", "Netflix,7.00,,"];
    assert_eq!(told(&table("Date,Name,Amount,Money Out,Money In", &rows)).unwrap()[2], "4 amount");
}

#[test]
fn two_sides_without_names_are_asked_about() {
    let file = "20/11/2026,Shop,20.00,,980.00\n21/11/2026,Wages,,100.00,1080.00\n22/11/2026,Rent,500.00,,580.00\n";
    assert_eq!(told(file), Err(vec!["columns.debit"]));
    assert_eq!(amounts_with(file, r##"{"columns":{"debit":"#3"}}"##), texts(["-20", "100", "-500"]));
    assert_eq!(amounts_with(file, r##"{"columns":{"debit":"#4"}}"##), texts(["20", "-100", "500"]));
    let rows = ["ATM,\"3,210.00\",,\"96,790.00\"", "Pay,,\"200,000.00\",\"296,790.00\""];
    assert_eq!(amounts(&table("日付,内容,出金金額(円),入金金額(円),残高(円)", &rows)), texts(["-3210", "200000"]));
}

#[test]
fn a_profile_is_not_asked_again() {
    let flagged = table("Date,Type,Description,Amount", &["Sale,Tesco,20.00", "Till,Acme,100.00", "Sale,Lidl,7.00"]);
    let accounts = table("Date,Account,Description,Amount", &["A1,Shop,-20.00", "B2,Cafe,-1.00", "A1,Taxi,-7.00"]);
    let credits = table("Date,Description,Debit,Credit", &["Shop,20.00,", "Back,,-5.00", "Wages,,100.00"]);
    for (file, said) in [
        (flagged, r#"{"columns":{"flag":""},"sign":"POSITIVE_OUT"}"#),
        (accounts, r#"{"columns":{"account":""}}"#),
        (credits, r#"{"creditSign":"NEGATIVE_OUT"}"#),
    ] {
        assert!(told(&file).is_err(), "{file}");
        let profile = super::look(&mut std::io::Cursor::new(&file), &hints(said)).unwrap().profile;
        let again = told_with(file.as_bytes(), &super::Hints::of(&profile));
        assert_eq!(again, told_with(file.as_bytes(), &hints(said)), "{file}");
        assert_eq!(again.unwrap().len(), 3, "{file}");
    }
}
