//! Files of statements with several accounts: one of them is imported, which the user names.

use serde_json::{Value, json};

use super::previews::preview;
use crate::harness::{Database, TestApp, User, errors, transactions};

const OFX: &str = "OFXHEADER:100\nDATA:OFXSGML\nVERSION:102\n\n<OFX>
<BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>USD<BANKACCTFROM><BANKID>1<ACCTID>111<ACCTTYPE>CHECKING</BANKACCTFROM><BANKTRANLIST>
<STMTTRN><TRNTYPE>POS<DTPOSTED>20261103<TRNAMT>-5.00<FITID>a<NAME>Tea</STMTTRN>
</BANKTRANLIST></STMTRS></STMTTRNRS></BANKMSGSRSV1>
<CREDITCARDMSGSRSV1><CCSTMTTRNRS><CCSTMTRS><CURDEF>USD<CCACCTFROM><ACCTID>222</CCACCTFROM><BANKTRANLIST>
<STMTTRN><TRNTYPE>POS<DTPOSTED>20261104<TRNAMT>-7.00<FITID>b<NAME>Rice</STMTTRN>
</BANKTRANLIST></CCSTMTRS></CCSTMTTRNRS></CREDITCARDMSGSRSV1></OFX>\n";

const QIF: &str = "!Account\nN111\nTBank\n^\n!Type:Bank\nD2026-11-03\nT-5.00\nPTea\n^\n\
                   !Account\nN222\nTCCard\n^\n!Type:CCard\nD2026-11-04\nT-7.00\nPRice\n^\n";

const MT940: &str = ":20:1\n:25:111\n:28C:1/1\n:60F:C261101USD100,00\n:61:2611031103D5,00NTRFNONREF\n:86:Tea\n:62F:C261130USD95,00\n-\n\
                     :20:2\n:25:222\n:28C:1/1\n:60F:C261101USD100,00\n:61:2611041104D7,00NTRFNONREF\n:86:Rice\n:62F:C261130USD93,00\n-\n";

async fn import(user: &User, file: &str, account: Option<&str>) -> Value {
    let say: Vec<_> = account.iter().map(|account| json!({ "field": "account", "value": account })).collect();
    let input = json!({ "csv": file, "bank": true, "say": say, "expenseCategory": { "name": "Food" } });
    let fields = "added duplicates refused skipped userErrors { code path message }";
    user.mutate("importTransactions", "ImportTransactionsInput", fields, input).await
}

#[apply(both_databases)]
async fn the_account_of_a_file_with_several_is_asked_for(on: Database) {
    for (file, expected) in [(OFX, "Rice"), (QIF, "Rice"), (MT940, "Rice")] {
        let (app, amina) = TestApp::with_owner(on).await;
        let found = preview(&amina, json!({ "csv": file })).await;
        let answers = json!([{ "value": "111", "meaning": "" }, { "value": "222", "meaning": "" }]);
        assert_eq!(found["questions"].as_array().unwrap().len(), 1, "{found}");
        assert_eq!((&found["questions"][0]["field"], &found["questions"][0]["answers"]), (&json!("account"), &answers));
        assert_eq!(found["transactions"].as_array().unwrap().len(), 1, "those of the first answer: {found}");
        for account in [None, Some("333")] {
            let refused = import(&amina, file, account).await;
            assert_eq!(errors(&refused), ["REQUIRED say.account"], "{refused}");
        }
        let said = json!([{ "field": "account", "value": "2 22" }]);
        let found = preview(&amina, json!({ "csv": file, "say": said })).await;
        assert_eq!((&found["questions"], &found["totals"]["transactions"]), (&json!([]), &json!(1)), "{found}");
        let done = import(&amina, file, Some("222")).await;
        assert_eq!((&done["added"], &done["skipped"], errors(&done)), (&json!(1), &json!(1), vec![]), "{done}");
        let made = transactions(&amina).await;
        assert!(made.len() == 1 && made[0].contains(expected), "{made:?}");
        // The other one is no duplicate.
        assert_eq!(import(&amina, file, Some("111")).await["added"], 1);
        assert_eq!(import(&amina, file, Some("111")).await["duplicates"], 1);
        app.assert_journal_is_whole().await;
    }
}

#[apply(both_databases)]
async fn what_is_left_out_is_told_with_its_reason(on: Database) {
    let (_app, amina) = TestApp::with_owner(on).await;
    let file = "Date,Description,Amount,Balance\n2026-11-01,Opening balance,,100.00\n2026-11-02,Tea,-5.00,95.00\n\
                2026-11-03,Rice,-7.00,88.00\n2026-11-04,Salary,50.00,138.00\n";
    let found = preview(&amina, json!({ "csv": file })).await;
    assert_eq!((&found["questions"], &found["totals"]["skipped"]), (&json!([]), &json!(1)), "{found}");
    assert_eq!(found["remarks"].as_array().unwrap().len(), 1, "{found}");
    assert_eq!(found["remarks"][0]["line"], 2, "{found}");
    assert!(!found["remarks"][0]["message"].as_str().unwrap().is_empty());
    let done = import(&amina, file, None).await;
    assert_eq!((&done["refused"], &done["skipped"]), (&json!(1), &json!(1)), "{done}");
    let pending = OFX.replace("</BANKTRANLIST></STMTRS>", "</BANKTRANLIST><STMTTRNP><TRNTYPE>POS</STMTTRNP></STMTRS>");
    let said = json!([{ "field": "account", "value": "111" }]);
    let found = preview(&amina, json!({ "csv": pending, "say": said })).await;
    assert!(found["remarks"][0]["message"].as_str().unwrap().contains("not booked"), "{found}");
}

#[apply(both_databases)]
async fn products_of_one_table_are_accounts(on: Database) {
    let (_app, amina) = TestApp::with_owner(on).await;
    let file = "Product,Date,Description,Amount\nCurrent,2026-11-01,Tea,-5.00\nSavings,2026-11-02,Interest,0.10\n\
                Current,2026-11-03,Rice,-7.00\nSavings,2026-11-04,Interest,0.20\n";
    let found = preview(&amina, json!({ "csv": file })).await;
    let asked: Vec<_> = found["questions"].as_array().unwrap().iter().map(|question| &question["field"]).collect();
    assert!(asked.contains(&&json!("account")), "{found}");
}
