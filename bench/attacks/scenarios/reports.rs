//! Small documents whose answers grow with each level of nesting.

use chrono::{Datelike, Local};
use serde_json::json;

use crate::attacks::{
    attack::{Attack, Tally},
    stage::Stage,
    wire::Wire,
};

/// How often the category is renamed: its history is a page of this size.
const RENAMED: usize = 100;

/// The schema refers to itself.
pub fn introspection(stage: &Stage) -> Attack {
    let mut types = "name".to_owned();
    for _ in 0..6 {
        types = format!("possibleTypes {{ interfaces {{ {types} }} }}");
    }
    attack(stage, None, format!("{{ __schema {{ types {{ {types} }} }} }}"))
}

/// The history of a category refers to the category.
pub async fn history(stage: &Stage) -> Attack {
    let user = stage.user("attacker").await;
    let create = json!({ "name": "Name 0", "kind": "EXPENSE" });
    let fields = "category { id } userErrors { code }";
    let category = user.mutate("createCategory", "CreateCategoryInput", fields, create).await;
    let id = category["category"]["id"].as_str().unwrap();
    for number in 1..=RENAMED {
        let input = json!({ "id": id, "name": format!("Name {number}") });
        user.mutate("updateCategory", "UpdateCategoryInput", fields, input).await;
    }
    let spend = json!({ "amount": "1", "category": { "id": id } });
    user.mutate("addTransaction", "AddTransactionInput", "transaction { id } userErrors { code }", spend).await;
    let mut within = "id".to_owned();
    for _ in 0..3 {
        within = format!("activities(first: 100) {{ nodes {{ thing {{ ... on Category {{ {within} }} }} }} }}");
    }
    let today = Local::now();
    let month = format!("{:04}-{:02}", today.year(), today.month());
    let query = format!("{{ monthlyReport(month: \"{month}\") {{ categories {{ category {{ {within} }} }} }} }}");
    attack(stage, user.client.token.as_deref(), query)
}

fn attack(stage: &Stage, token: Option<&str>, query: String) -> Attack {
    let (tally, length) = (Tally::default(), stage.length);
    let wire = Wire::of_stranger(stage.url(), 1).with_token(token);
    let of_run = tally.clone();
    Attack::new(&tally, async move {
        let round = move |_| {
            let (wire, query) = (wire.clone(), query.clone());
            async move { wire.weigh(&query, json!({})).await }
        };
        of_run.work(1, length, round).await;
    })
}
