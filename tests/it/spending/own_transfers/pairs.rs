//! Which transactions are proposed as a transfer.

use std::{collections::BTreeSet, slice};

use serde_json::{Value, json};

use super::{CONFIRM, DECLINE, UNDO, decide, listed};
use crate::harness::{Database, TestApp, errors, id_of, named};

#[apply(both_databases)]
async fn pairs_are_one_to_one_and_the_nearest_first(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let wallet = amina.wallet.clone();
    amina.fund("1000").await;
    let (savings, dollars) = (amina.new_wallet("YEM").await, amina.new_wallet("USD").await);
    let out = async |amount: &str, date: &str| amina.pay_from(&wallet, "Food", amount, date).await;
    let into = async |wallet: &str, amount: &str, date: &str| amina.pay_from(wallet, "Salary", amount, date).await;
    // Of two twins each has its own, and the third has none.
    let twins = [out("5", "2026-11-01").await, out("5", "2026-11-01").await, out("5", "2026-11-01").await];
    let others = [into(&savings, "5", "2026-11-01").await, into(&savings, "5", "2026-11-02").await];
    // The nearer one, though it is the younger one.
    let (far, near) = (out("7", "2026-11-03").await, out("7", "2026-11-05").await);
    let seven = into(&savings, "7", "2026-11-06").await;
    // Too far apart, in the same wallet, in cash, of another currency, of another amount, deleted.
    let (early, late) = (out("9", "2026-11-01").await, into(&savings, "9", "2026-11-07").await);
    out("11", "2026-11-01").await;
    into(&wallet, "11", "2026-11-01").await;
    amina.spend("Food", "13", "2026-11-01").await;
    into(&savings, "13", "2026-11-01").await;
    out("15", "2026-11-01").await;
    into(&dollars, "15", "2026-11-01").await;
    out("17", "2026-11-01").await;
    into(&savings, "17.01", "2026-11-01").await;
    out("19", "2026-11-01").await;
    let gone = into(&savings, "19", "2026-11-01").await;
    id_of(&amina.delete_transaction(json!({ "id": gone })).await, "transaction");
    let pair = |a: &String, b: &String| [a.clone(), b.clone()];
    let expected = [pair(&near, &seven), pair(&twins[1], &others[1]), pair(&twins[0], &others[0])];
    assert_eq!(amina.proposed().await, expected);

    let within = async |days: i64| {
        let query = "query($days: Int) { proposedTransfers(days: $days) { nodes { outgoing { id } daysApart } } }";
        let nodes = amina.gql(query, json!({ "days": days })).await["proposedTransfers"]["nodes"].take();
        let node = |node: &Value| format!("{} {}", node["outgoing"]["id"].as_str().unwrap(), node["daysApart"]);
        nodes.as_array().unwrap().iter().map(node).collect::<BTreeSet<_>>()
    };
    assert_eq!(within(0).await, BTreeSet::from([format!("{} 0", twins[0])]));
    let ten = [format!("{} 0", twins[0]), format!("{} 1", twins[1]), format!("{near} 1"), format!("{early} 6")];
    assert_eq!(within(10).await, BTreeSet::from(ten));
    for days in [-1, 11] {
        let query = "query($days: Int) { proposedTransfers(days: $days) { totalCount } }";
        assert_eq!(amina.error(query, json!({ "days": days })).await, "INVALID", "{days}");
    }
    // Pages go both ways.
    let query = "query($first: Int, $last: Int, $after: String, $before: String) {
        proposedTransfers(first: $first, last: $last, after: $after, before: $before) {
            totalCount pageInfo { hasNextPage hasPreviousPage endCursor startCursor } nodes { outgoing { id } } } }";
    let page = async |arguments: Value| amina.gql(query, arguments).await["proposedTransfers"].take();
    let first = page(json!({ "first": 1 })).await;
    assert_eq!((&first["totalCount"], &first["nodes"][0]["outgoing"]["id"]), (&json!(3), &json!(near)));
    let second = page(json!({ "first": 1, "after": first["pageInfo"]["endCursor"] })).await;
    assert_eq!(
        (&second["nodes"][0]["outgoing"]["id"], &second["pageInfo"]["hasNextPage"]),
        (&json!(twins[1]), &json!(true))
    );
    let last = page(json!({ "last": 1 })).await;
    assert_eq!(last["nodes"][0]["outgoing"]["id"], json!(twins[0]));
    let back = page(json!({ "last": 5, "before": last["pageInfo"]["startCursor"] })).await;
    assert_eq!((back["nodes"].as_array().unwrap().len(), &back["pageInfo"]["hasPreviousPage"]), (2, &json!(false)));

    // What is confirmed makes room for the other expense of seven, and any distance can be confirmed.
    decide(&amina, CONFIRM, &pair(&far, &seven)).await;
    decide(&amina, CONFIRM, &pair(&early, &late)).await;
    assert_eq!(amina.proposed().await, expected[1..]);
    // Somebody else's are nobody's business.
    let badr = app.user("badr").await;
    badr.halves("5").await;
    assert_eq!((badr.proposed().await.len(), amina.proposed().await), (1, expected[1..].to_vec()));
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn a_refund_is_half_of_a_transfer_too_and_the_way_of_its_money_decides_which(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let wallet = amina.wallet.clone();
    amina.fund("100").await;
    let savings = amina.new_wallet("YEM").await;
    id_of(&amina.set_budget(json!({ "category": { "name": "Food" }, "limit": "50" })).await, "budget");
    // Both banks' lines are in one category, and both are income of which one was given back.
    let spent = amina.pay_from(&wallet, "Food", "30", "2026-11-03").await;
    let refund = amina.pay_from(&savings, "Food", "-30", "2026-11-04").await;
    let given_back = amina.pay_from(&savings, "Salary", "-20", "2026-11-05").await;
    let income = amina.pay_from(&wallet, "Salary", "20", "2026-11-05").await;
    let pairs = [[given_back, income], [spent, refund]];
    assert_eq!(amina.proposed().await, pairs);
    let before = amina.report("2026-11").await;
    let swapped = [pairs[1][1].clone(), pairs[1][0].clone()];
    let refused = amina.decide(CONFIRM, named(&swapped)).await;
    assert_eq!(errors(&refused), ["INVALID outgoingId", "INVALID incomingId"]);
    for pair in &pairs {
        decide(&amina, CONFIRM, pair).await;
        app.assert_journal_is_whole().await;
    }
    let after = amina.report("2026-11").await;
    assert_eq!((&after["categories"], &after["budgets"][0]["spent"]["amount"]), (&json!([]), &json!("0.00")));
    assert_eq!(listed(&amina, json!({})).await, "4 +0.00 -0.00");
    let types = async |wallet: &str| {
        let edges = amina.history(wallet, json!({ "direction": "OUT" })).await;
        edges.iter().map(|edge| edge["node"]["type"].as_str().unwrap().to_owned()).collect::<BTreeSet<_>>()
    };
    assert!(types(&wallet).await.contains("TRANSFER_OUT") && types(&savings).await.contains("TRANSFER_OUT"));
    assert_eq!((amina.balance(&wallet).await, amina.balance(&savings).await), ("90.00".into(), "10.00".into()));
    for pair in &pairs {
        decide(&amina, UNDO, pair).await;
    }
    assert_eq!((amina.report("2026-11").await, amina.proposed().await), (before, pairs.to_vec()));
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn a_pair_that_is_declined_is_not_proposed_again_and_can_be_confirmed(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let halves = amina.halves("5").await;
    let third = amina.new_wallet("YEM").await;
    let other = amina.pay_from(&third, "Salary", "5", "2026-11-14").await;
    assert_eq!(amina.proposed().await, slice::from_ref(&halves));
    let before = amina.report("2026-11").await;
    for _ in 0..2 {
        let declined = decide(&amina, DECLINE, &halves).await;
        assert_eq!((&declined["outgoing"]["version"], &declined["incoming"]["id"]), (&json!(1), &json!(halves[1])));
        assert_eq!(amina.latest().await["action"], "DECLINE_TRANSFER");
    }
    // The expense may belong to another income.
    assert_eq!(amina.proposed().await, [[halves[0].clone(), other.clone()]]);
    decide(&amina, DECLINE, &[halves[0].clone(), other]).await;
    assert_eq!(amina.proposed().await, [[""; 2]; 0]);
    assert_eq!(amina.report("2026-11").await, before);
    decide(&amina, CONFIRM, &halves).await;
    decide(&amina, UNDO, &halves).await;
    assert_eq!(amina.proposed().await, [[""; 2]; 0]);
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn a_file_that_comes_again_finds_the_halves_that_it_brought(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let savings = amina.new_wallet("YEM").await;
    let import = async |wallet: &str, lines: &str| {
        let input = json!({
            "csv": format!("date,amount,category,description\n{lines}"), "defaultWalletId": wallet,
            "incomeCategory": { "name": "Salary" }, "expenseCategory": { "name": "Miscellaneous" },
        });
        let fields = "added duplicates refused userErrors { code path }";
        let payload = amina.mutate("importTransactions", "ImportTransactionsInput", fields, input).await;
        assert_eq!(errors(&payload), [""; 0]);
        ["added", "duplicates", "refused"].map(|count| payload[count].as_i64().unwrap())
    };
    let first = "2026-11-01,100,,opening\n2026-11-06,-30,,to savings\n";
    let second = "2026-11-08,30,,from current\n";
    assert_eq!(import(&amina.wallet, first).await, [2, 0, 0]);
    assert_eq!(import(&savings, second).await, [1, 0, 0]);
    let proposed = amina.proposed().await;
    assert_eq!(proposed.len(), 1);
    decide(&amina, CONFIRM, &proposed[0]).await;
    assert_eq!(import(&amina.wallet, &format!("{first}2026-11-09,-1,,tea\n")).await, [1, 2, 0]);
    assert_eq!(import(&savings, second).await, [0, 1, 0]);
    assert_eq!(amina.proposed().await, [[""; 2]; 0]);
    assert_eq!(listed(&amina, json!({})).await, "4 +100.00 -1.00");
    // So does a file that Daybook wrote.
    let own = amina.download("/transactions.csv").await.text;
    let input = json!({ "csv": own });
    let fields = "added duplicates refused userErrors { code path }";
    let again = amina.mutate("importTransactions", "ImportTransactionsInput", fields, input).await;
    assert_eq!((errors(&again), &again["added"], &again["duplicates"]), (vec![], &json!(0), &json!(4)));
    decide(&amina, UNDO, &proposed[0]).await;
    assert_eq!(import(&savings, second).await, [0, 1, 0]);
    assert_eq!(listed(&amina, json!({})).await, "4 +130.00 -31.00");
    app.assert_journal_is_whole().await;
}
