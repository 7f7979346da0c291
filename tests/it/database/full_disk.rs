//! The disk that SQLite writes to is full, and has room again.

use serde_json::json;

use crate::harness::{PASSWORD, SECRET, Server, SmallDisk, User, errors, login};

fn start(disk: &SmallDisk) -> Server {
    Server::start_with(SmallDisk::program().args(["--database-url", &disk.url(), "--jwt-secret", SECRET]))
}

#[apply(test)]
async fn after_a_full_disk_what_is_acknowledged_is_kept() {
    let disk = SmallDisk::new(8);
    let server = start(&disk);
    let amina = User::register(&server.client(), "amina").await;
    amina.fund("1").await;
    let deposit = async |amount: u32| {
        let input = json!({ "input": { "wallet": { "id": amina.wallet }, "amount": amount } });
        let query =
            "mutation($input: DepositInput!) { deposit(input: $input) { transaction { id } userErrors { code } } }";
        amina.client.request(query, input).await.json()
    };
    let mut acknowledged = 1;
    for round in 1..=3 {
        disk.fill(&server);
        // What still fits is kept as well.
        let refused = loop {
            let answer = deposit(1).await;
            match answer["data"]["deposit"]["transaction"]["id"].as_str() {
                Some(_) => acknowledged += 1,
                None => break answer,
            }
        };
        assert_eq!(refused["errors"][0]["extensions"]["code"], "INTERNAL_SERVER_ERROR", "{refused}");
        server.client().until_ready(false).await;
        disk.make_room(&server);

        let taken = json!({ "name": "Food", "kind": "EXPENSE" });
        let taken = amina.mutate("createCategory", "CreateCategoryInput", "userErrors { code path }", taken).await;
        assert_eq!(errors(&taken), ["TAKEN name"]);
        for _ in 0..20 {
            let answer = deposit(1).await;
            assert!(answer["data"]["deposit"]["transaction"]["id"].is_string(), "round {round}: {answer}");
            acknowledged += 1;
        }
        assert_eq!(amina.balance(&amina.wallet).await, format!("{acknowledged}.00"));
        server.client().until_ready(true).await;
    }
    drop(server);

    let server = start(&disk);
    let again = login(&server.client(), "amina", PASSWORD).await;
    let amina = User { client: server.client().with_token(again["accessToken"].as_str().unwrap()), ..amina };
    assert_eq!(amina.balance(&amina.wallet).await, format!("{acknowledged}.00"));
}
