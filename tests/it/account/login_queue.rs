//! A flood of wrong logins keeps nobody else from logging in, registering or changing a password.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use daybook::{app::App, credentials::Passwords};
use serde_json::{Value, json};
use tokio::{sync::Semaphore, task::JoinSet};

use crate::harness::{Client, Database, PASSWORD, TestApp, User, errors};

const HOME: &str = "203.0.113.7";

/// Sends a mutation once, unlike other tests, which send it again after `TRY_AGAIN`. Gives back its errors.
async fn once(client: &Client, mutation: &str, input_type: &str, input: Value) -> Vec<String> {
    let query = format!(
        "mutation($input: {input_type}!) {{ {mutation}(input: $input) {{ userErrors {{ code path message }} }} }}"
    );
    let answer = client.request(&query, json!({ "input": input })).await.json();
    match answer["errors"][0]["extensions"]["code"].as_str() {
        Some(code) => vec![code.to_owned()],
        None => errors(&answer["data"][mutation]),
    }
}

async fn login(client: &Client, identifier: &str, password: &str) -> Vec<String> {
    once(client, "login", "LoginInput", json!({ "identifier": identifier, "password": password })).await
}

async fn register(client: &Client, username: &str) -> Vec<String> {
    once(client, "register", "RegisterInput", json!({ "username": username, "password": PASSWORD })).await
}

/// Logins with wrong passwords that all wait at once. Each one whose password is checked begins again, until this is dropped.
struct Flood {
    _tasks: JoinSet<()>,
    /// How many of the passwords were checked.
    checked: Arc<AtomicUsize>,
}

impl Flood {
    /// Starts so many guesses, each with an address and a name, and waits until they are many enough for some to find no room.
    async fn start(client: &Client, guesses: u32, guess: impl Fn(u32) -> (String, String)) -> Self {
        let (checked, refused) = (Arc::new(AtomicUsize::new(0)), Arc::new(Semaphore::new(0)));
        let mut tasks = JoinSet::new();
        for number in 0..guesses {
            let (address, name) = guess(number);
            let (client, checked, refused) = (client.at_address(&address), checked.clone(), refused.clone());
            tasks.spawn(async move {
                while login(&client, &name, "wrong password").await == ["WRONG_CREDENTIALS"] {
                    checked.fetch_add(1, Ordering::SeqCst);
                }
                refused.add_permits(1);
            });
        }
        refused.acquire_many(50).await.unwrap().forget();
        Self { _tasks: tasks, checked }
    }

    /// How many of its passwords are checked while something is done.
    async fn checked_during<T>(&self, done: impl Future<Output = T>) -> (T, usize) {
        let before = self.checked.load(Ordering::SeqCst);
        let done = done.await;
        (done, self.checked.load(Ordering::SeqCst) - before)
    }
}

/// A server on which a password takes much longer than all else, and on which failures have no consequence.
async fn slow(on: Database) -> (TestApp, Client) {
    let app = TestApp::with(on, |app| {
        app.limits.login_failures_per_identifier = 0;
        app.limits.login_failures_per_address = 0;
        (app.limits.registrations_per_address, app.limits.request_cost_per_minute) = (0, 0);
    })
    .await;
    let slow = app.another(|app: &mut App| app.passwords = Passwords::new("m=19456,t=6,p=1".parse().unwrap()).unwrap());
    (app, slow)
}

/// How many of the flood's passwords may be checked while somebody with a turn soon waits for one hash: those under way, one of
/// each network that floods, and a few that are answered meanwhile.
fn few(networks: usize) -> usize {
    let places = std::thread::available_parallelism().map_or(1, usize::from) / 2;
    networks + 3 * places.max(1) + 3
}

async fn change_password(user: &User) -> Vec<String> {
    let input = json!({ "currentPassword": PASSWORD, "newPassword": "seven quiet lamps 77" });
    once(&user.client, "changePassword", "ChangePasswordInput", input).await
}

#[apply(both_databases)]
#[threads(4)]
async fn a_flood_of_guesses_from_one_address_makes_nobody_elsewhere_wait(on: Database) {
    let (app, slow) = slow(on).await;
    let amina = User::register(&app.anonymous().at_address(HOME), "amina").await;
    let flood = Flood::start(&slow, 300, |number| ("198.51.100.1".to_owned(), format!("name{number}"))).await;
    for address in [HOME, "203.0.113.8"] {
        let (entered, checked) = flood.checked_during(login(&slow.at_address(address), "amina", PASSWORD)).await;
        assert_eq!(entered, [""; 0], "{address}");
        assert!(checked <= few(1), "{checked} guesses went before {address}");
    }
    assert_eq!(register(&slow.at_address("203.0.113.9"), "badr").await, [""; 0]);
    assert_eq!(change_password(&amina.at(&slow)).await, [""; 0]);
}

#[apply(both_databases)]
#[threads(4)]
async fn a_flood_from_many_addresses_at_many_names_does_not_keep_an_owner_out_at_home(on: Database) {
    let (app, slow) = slow(on).await;
    let amina = User::register(&app.anonymous().at_address(HOME), "amina").await;
    let flood = Flood::start(&slow, 700, |number| {
        (format!("198.51.{}.{}", number / 250, number % 250), format!("name{}", number / 2))
    })
    .await;
    let (entered, checked) = flood.checked_during(login(&slow.at_address(HOME), "amina", PASSWORD)).await;
    assert_eq!(entered, [""; 0]);
    assert!(checked <= few(1), "{checked} guesses went before");
    assert_eq!(change_password(&amina.at(&slow)).await, [""; 0]);
}

#[apply(both_databases)]
#[threads(4)]
async fn a_flood_at_the_owners_own_name_does_not_keep_them_out_at_home(on: Database) {
    let (app, slow) = slow(on).await;
    User::register(&app.anonymous().at_address(HOME), "amina").await;
    let flood = Flood::start(&slow, 300, |number| (format!("198.51.100.{}", number % 250), "amina".to_owned())).await;
    let (entered, checked) = flood.checked_during(login(&slow.at_address(HOME), "amina", PASSWORD)).await;
    assert_eq!(entered, [""; 0]);
    assert!(checked <= few(1), "{checked} guesses went before");
    // Others have their turn among those who guess at that name.
    let (registered, checked) = flood.checked_during(register(&slow.at_address("203.0.113.9"), "badr")).await;
    assert_eq!(registered, [""; 0]);
    assert!(checked <= few(2), "{checked} guesses went before");
}

#[apply(both_databases)]
#[threads(4)]
async fn a_network_stays_known_when_the_session_there_has_ended(on: Database) {
    let (app, slow) = slow(on).await;
    let home = "2001:db8:1:2::1";
    User::register(&app.anonymous(), "amina").await;
    assert_eq!(login(&app.anonymous().at_address(home), "amina", PASSWORD).await, [""; 0]);
    // Another login deletes the sessions that can no longer be renewed.
    app.advance(chrono::TimeDelta::days(3));
    assert_eq!(login(&app.anonymous().at_address("203.0.113.8"), "amina", PASSWORD).await, [""; 0]);
    let flood = Flood::start(&slow, 700, |number| {
        (format!("198.51.{}.{}", number / 250, number % 250), format!("name{}", number / 2))
    })
    .await;
    // Another address of the same network.
    let (entered, checked) = flood.checked_during(login(&slow.at_address("2001:db8:1:2::7"), "amina", PASSWORD)).await;
    assert_eq!(entered, [""; 0]);
    assert!(checked <= few(1), "{checked} guesses went before");
}
