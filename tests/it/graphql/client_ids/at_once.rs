//! Several requests with one id at the same moment.

use futures_util::future::join_all;
use serde_json::json;

use super::{CREATES, takes_key, totals, with};
use crate::harness::{Database, Driver, TestApp, errors, inputs, quick, somebody};

const AT_ONCE: usize = 8;

#[apply(both_databases)]
#[threads(4)]
async fn of_eight_requests_with_one_id_at_once_one_is_done_and_seven_are_replayed(on: Database) {
    let app = TestApp::with(on, quick).await;
    let roots = Driver::new(&app.anonymous()).await.roots();
    let mut number = 0;
    for create in CREATES {
        let root = create.root(&roots);
        number += 1;
        let variants = inputs(&somebody(&app, number).await, root, number).await.len();
        // With a number of its own the second would be refused for the number that the first has taken.
        let numbered = ["invoice", "receipt", "creditNote", "debitNote"].contains(&create.noun);
        for (variant, extra) in (0..variants).flat_map(|variant| [(variant, None), (variant, Some("number"))]) {
            if extra.is_some() && !numbered {
                continue;
            }
            let mut users = Vec::new();
            for _ in 0..2 {
                number += 1;
                let user = somebody(&app, number).await;
                let mut input = inputs(&user, root, number).await.swap_remove(variant)["input"].take();
                input["id"] = json!(create.new_id());
                if let Some(extra) = extra {
                    input[extra] = json!("Own 1");
                }
                users.push((user, input));
            }
            let what = format!("{} of {}", create.mutation, users[1].1);
            create.done(&users[0].0, &users[0].1).await;
            let (user, input) = &users[1];
            let done = join_all((0..AT_ONCE).map(|_| create.done(user, input))).await;
            assert!(done.iter().all(|(id, _)| input["id"] == id.as_str()), "{what}: {done:?}");
            assert_eq!(done.iter().filter(|(_, replayed)| !replayed).count(), 1, "{what}: {done:?}");
            assert_eq!(totals(user).await, totals(&users[0].0).await, "{what}");
        }
    }
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
#[threads(4)]
async fn of_two_books_that_choose_one_id_at_once_one_has_it_and_the_other_learns_nothing(on: Database) {
    let app = TestApp::with(on, quick).await;
    for (create, number) in CREATES.iter().filter(|create| !takes_key(create)).zip(0..) {
        let users = [somebody(&app, 2 * number).await, somebody(&app, 2 * number + 1).await];
        let input = match create.noun {
            "wallet" => json!({ "currency": "USD" }),
            "category" => json!({ "name": "Rent", "kind": "EXPENSE" }),
            _ => json!({ "name": "Dalal" }),
        };
        let input = &with(&input, "id", create.new_id());
        let payloads = join_all((0..AT_ONCE).map(|at| create.call(&users[at % 2], input))).await;
        let refused: Vec<_> = payloads.iter().map(errors).collect();
        let owner = usize::from(refused[0] != [""; 0]);
        for (at, refused) in refused.iter().enumerate() {
            let expected = if at % 2 == owner { vec![] } else { vec!["INVALID id".to_owned()] };
            assert_eq!(*refused, expected, "{}: {payloads:?}", create.mutation);
        }
    }
}
