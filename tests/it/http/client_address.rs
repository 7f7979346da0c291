//! Nobody can pass for another by what they write into a header.

use serde_json::json;

use crate::harness::{
    Client,
    Database::{self, Sqlite},
    Server, TestApp, fresh, program,
};

/// An app on which an address may ask three times in a minute, behind some proxies.
async fn behind(on: Database, proxies: &[&str]) -> TestApp {
    TestApp::with(on, |app| {
        app.limits.request_cost_per_minute = 3;
        app.trusted_proxies = proxies.iter().map(|network| network.parse().unwrap()).collect();
    })
    .await
}

/// How often a client may ask of five times, each with another header.
async fn admitted(client: &Client, header: impl Fn(usize) -> String) -> usize {
    let mut admitted = 0;
    for number in 0..5 {
        let answer = client.with_header("x-forwarded-for", &header(number)).request("{ __typename }", json!({})).await;
        admitted += usize::from(answer.status == 200);
    }
    admitted
}

#[apply(both_databases)]
async fn a_header_of_who_is_no_trusted_proxy_means_nothing(on: Database) {
    for proxies in [&[][..], &["10.0.0.0/8", "192.0.2.7/32"]] {
        let app = behind(on, proxies).await;
        let client = app.anonymous().at_address("203.0.113.7");
        assert_eq!(admitted(&client, |number| format!("198.51.100.{number}")).await, 3);
        assert_eq!(admitted(&client, |number| format!("198.51.100.{number}, 10.0.0.1")).await, 0);
        assert_eq!(admitted(&client.at_address("203.0.113.8"), |_| "203.0.113.7".to_owned()).await, 3);
    }
}

#[apply(both_databases)]
async fn behind_a_trusted_proxy_each_client_counts_alone_whatever_it_wrote(on: Database) {
    let app = behind(on, &["10.0.0.0/8"]).await;
    let proxy = app.anonymous().at_address("10.0.0.1");
    assert_eq!(admitted(&proxy, |number| format!("198.51.100.{number}, 203.0.113.7")).await, 3);
    assert_eq!(admitted(&proxy, |number| format!("10.0.0.{number}, 203.0.113.7, 10.9.9.9")).await, 0);
    assert_eq!(admitted(&proxy, |number| format!("garbage {number}, 203.0.113.7:{number}")).await, 0);
    assert_eq!(admitted(&proxy.at_address("::ffff:10.0.0.2"), |_| "::ffff:203.0.113.7".to_owned()).await, 0);
    assert_eq!(admitted(&proxy, |_| "203.0.113.8".to_owned()).await, 3);
    // One line of IPv6 has all addresses of its network.
    assert_eq!(admitted(&proxy, |number| format!("2001:db8::{number}")).await, 3);
    assert_eq!(admitted(&proxy, |number| format!("[2001:db8:0:1::{number}]:99")).await, 3);
    // Several lines are one list.
    let forged = proxy.with_header("x-forwarded-for", "198.51.100.9");
    assert_eq!(admitted(&forged, |_| "203.0.113.7".to_owned()).await, 0);
}

#[apply(both_databases)]
async fn what_is_no_address_counts_as_the_proxy_that_passed_it_on(on: Database) {
    let app = behind(on, &["10.0.0.0/8"]).await;
    let proxy = app.anonymous().at_address("10.0.0.1");
    assert_eq!(admitted(&proxy, |number| format!("203.0.113.7, garbage{number}")).await, 3);
    assert_eq!(admitted(&proxy, |_| String::new()).await, 0);
    assert_eq!(admitted(&proxy, |_| "é".to_owned()).await, 0);
    assert_eq!(admitted(&proxy, |_| "é, 203.0.113.7".to_owned()).await, 3);
}

#[apply(test)]
async fn the_program_believes_the_proxies_that_it_is_told_of() {
    for (proxies, header_counts) in [("127.0.0.1, ::1", true), ("127.0.0.2", false), ("", false)] {
        let (url, _storage) = fresh(Sqlite).await;
        let settings = ["--database-url", &url, "--request-cost-per-minute", "3", "--trusted-proxies", proxies];
        let server = Server::start_with(program().args(settings));
        let client = server.client();
        assert_eq!(admitted(&client, |number| format!("203.0.113.{number}")).await == 5, header_counts, "{proxies}");
    }
}
