//! A mistake of ours in a handler.

use std::{
    io,
    sync::{Arc, Mutex},
};

use daybook::clock::Clock;
use serde_json::json;
use tracing_subscriber::fmt::MakeWriter;

use crate::harness::{Database, TestApp};

/// What is logged on this thread.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[apply(both_databases)]
async fn a_panic_in_a_handler_is_answered_without_its_text_and_logged_once(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let broken = app.another(|app| app.clock = Clock::new(|| panic!("the clock has stopped")));
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt().with_writer(log.clone()).with_ansi(false).finish();
    let _logging = tracing::subscriber::set_default(subscriber);

    let answer = amina.at(&broken).client.request("{ me { username } }", json!({})).await;
    assert_eq!(
        (answer.status.as_u16(), &answer.headers["content-type"]),
        (500, &"application/json; charset=utf-8".parse().unwrap())
    );
    assert!(!answer.text.contains("stopped"), "{answer:?}");
    let error = &answer.json()["errors"][0];
    assert_eq!(
        (&error["message"], &error["extensions"]["code"]),
        (&json!("internal error"), &json!("INTERNAL_SERVER_ERROR"))
    );
    let id = answer.headers["x-request-id"].to_str().unwrap();
    assert_eq!(error["extensions"]["requestId"], id);
    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    let told: Vec<_> = log.lines().filter(|line| line.contains("the clock has stopped")).collect();
    assert!(told.len() == 1 && told[0].contains("ERROR") && told[0].contains(id), "{log}");

    // The next one is served.
    assert_eq!(amina.gql("{ me { username } }", json!({})).await["me"]["username"], "amina");
}
