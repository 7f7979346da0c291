//! The program: its settings, its commands, how it starts and how it stops.

use std::{
    io::{Read, Write},
    net::{Shutdown, TcpStream},
    path::Path,
    process::{Output, Stdio},
};

use rstest::rstest;
use serde_json::json;

use crate::harness::{
    Client,
    Database::{Postgres, Sqlite},
    PASSWORD, SECRET, Server, Storage, fresh, program,
};

fn run(arguments: &[&str]) -> Output {
    let dir = tempfile::tempdir().unwrap();
    program().current_dir(dir.path()).args(arguments).output().unwrap()
}

#[rstest]
#[case::listen("--listen", "somewhere", "DAYBOOK_LISTEN", "\"somewhere\"", "an IP address and a port")]
#[case::database("--database-url", "mysql://db/x", "DATABASE_URL", "\"mysql\"", "sqlite:PATH")]
#[case::password("--database-url", "postgres:me:hunter2@db/x", "DATABASE_URL", "\"postgres\"", "sqlite:PATH")]
#[case::memory("--database-url", "sqlite::memory:", "DATABASE_URL", "\"sqlite::memory:\"", "sqlite:PATH")]
#[case::secret("--jwt-secret", "too short", "DAYBOOK_JWT_SECRET", "9 bytes", "32 bytes or more")]
#[case::currency("--currency", "usd", "DAYBOOK_CURRENCY", "\"usd\"", "USD, or YEM")]
#[case::region("--phone-region", "Yemen", "DAYBOOK_PHONE_REGION", "\"Yemen\"", "such as YE")]
#[case::log("--log", "a=b=c", "DAYBOOK_LOG", "\"a=b=c\"", "error, warn, info")]
#[case::log_format("--log-format", "xml", "DAYBOOK_LOG_FORMAT", "\"xml\"", "text or json")]
#[case::pool_max("--pool-max", "0", "DAYBOOK_POOL_MAX", "\"0\"", "from 1 to 1000")]
#[case::pool_min("--pool-min", "17", "DAYBOOK_POOL_MIN", "\"17\"", "from 0 to 16")]
#[case::explorer("--explorer", "yes", "DAYBOOK_EXPLORER", "\"yes\"", "on, off or auto")]
#[case::migrate("--migrate", "yes", "DAYBOOK_MIGRATE", "\"yes\"", "always, never or auto")]
#[case::proxies(
    "--trusted-proxies",
    "10.0.0.1,10.0.0.0/33",
    "DAYBOOK_TRUSTED_PROXIES",
    "\"10.0.0.1,10.0.0.0/33\"",
    "such as 127"
)]
#[case::origins(
    "--cors-origins",
    "https://shop.example/",
    "DAYBOOK_CORS_ORIGINS",
    "\"https://shop.example/\"",
    "no path"
)]
#[case::failures(
    "--login-failures-per-identifier",
    "1000001",
    "DAYBOOK_LOGIN_FAILURES_PER_IDENTIFIER",
    "\"1000001\"",
    "0 to 1000000"
)]
#[case::failures_of_address(
    "--login-failures-per-address",
    "",
    "DAYBOOK_LOGIN_FAILURES_PER_ADDRESS",
    "\"\"",
    "0 to 1000000"
)]
#[case::registrations(
    "--registrations-per-address",
    "many",
    "DAYBOOK_REGISTRATIONS_PER_ADDRESS",
    "\"many\"",
    "from 0 to"
)]
#[case::head_max("--head-max", "8191", "DAYBOOK_HEAD_MAX", "\"8191\"", "from 8192 to 1048576")]
#[case::statement("--statement-timeout", "0", "DAYBOOK_STATEMENT_TIMEOUT", "\"0\"", "from 1 to 86400")]
#[case::queue("--login-queue", "0", "DAYBOOK_LOGIN_QUEUE", "\"0\"", "from 1 to 100000")]
#[case::head("--head-timeout", "0", "DAYBOOK_HEAD_TIMEOUT", "\"0\"", "from 1 to 86400")]
#[case::connections("--connections", "many", "DAYBOOK_CONNECTIONS", "\"many\"", "from 1 to 1000000")]
#[case::answer("--answer-max", "0", "DAYBOOK_ANSWER_MAX", "\"0\"", "from 1 to 1073741824")]
#[case::lookups("--payee-lookups-per-day", "all", "DAYBOOK_PAYEE_LOOKUPS_PER_DAY", "\"all\"", "from 0 to")]
#[case::taken("--taken-names-per-day", "few", "DAYBOOK_TAKEN_NAMES_PER_DAY", "\"few\"", "from 0 to")]
#[case::refresh_grace("--refresh-grace", "601", "DAYBOOK_REFRESH_GRACE", "\"601\"", "from 0 to 600")]
#[case::profile("--profile", "closed", "DAYBOOK_PROFILE", "\"closed\"", "open or locked")]
#[case::trusted_only("--trusted-documents-only", "yes", "DAYBOOK_TRUSTED_DOCUMENTS_ONLY", "\"yes\"", "on, off or auto")]
#[case::document("--document-max", "16777217", "DAYBOOK_DOCUMENT_MAX", "\"16777217\"", "from 1 to 16777216")]
#[case::tokens("--document-tokens", "0", "DAYBOOK_DOCUMENT_TOKENS", "\"0\"", "from 1 to 1000000")]
#[case::nesting("--document-nesting", "201", "DAYBOOK_DOCUMENT_NESTING", "\"201\"", "from 1 to 200")]
#[case::depth("--document-depth", "0", "DAYBOOK_DOCUMENT_DEPTH", "\"0\"", "from 1 to 200")]
#[case::aliases("--document-aliases", "few", "DAYBOOK_DOCUMENT_ALIASES", "\"few\"", "from 0 to 1000000")]
#[case::kept("--document-memory", "0", "DAYBOOK_DOCUMENT_MEMORY", "\"0\"", "from 1 to 1000000")]
#[case::cost("--request-cost-per-minute", "1.5", "DAYBOOK_REQUEST_COST_PER_MINUTE", "\"1.5\"", "from 0 to")]
#[test_attr(apply(test))]
fn a_bad_setting_ends_the_program_with_a_line_that_says_all(
    #[case] flag: &str,
    #[case] value: &str,
    #[case] variable: &str,
    #[case] holds: &str,
    #[case] should_hold: &str,
) {
    let by_flag = run(&[flag, value]);
    let by_environment = program().env(variable, value).output().unwrap();
    for output in [by_flag, by_environment] {
        let error = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{error}");
        assert_eq!(error.lines().count(), 1, "{error}");
        for part in [variable, flag, holds, should_hold] {
            assert!(error.contains(part), "{part} is not in {error}");
        }
        assert!(!error.contains("hunter2"), "{error}");
    }
}

#[apply(test)]
fn postgresql_needs_a_secret_and_passwords_are_not_shown() {
    let output = run(&["--database-url", "postgres://someone:hunter2@localhost/daybook"]);
    let error = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{error}");
    assert!(error.contains("DAYBOOK_JWT_SECRET (--jwt-secret) holds nothing"), "{error}");

    let arguments = ["--database-url", "postgres://someone:hunter2@localhost:1/daybook", "--jwt-secret", SECRET];
    let output = run(&arguments);
    let error = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{error}");
    assert!(error.contains("PostgreSQL, daybook on localhost:1") && !error.contains("hunter2"), "{error}");
}

#[apply(test)]
fn help_and_the_schema_are_printed() {
    let help = String::from_utf8(run(&["--help"]).stdout).unwrap();
    for word in ["serve", "migrate", "schema", "--listen", "DATABASE_URL", "DAYBOOK_JWT_SECRET", "[default: YEM]"] {
        assert!(help.contains(word), "{word} is not in {help}");
    }
    assert_eq!(String::from_utf8(run(&["schema"]).stdout).unwrap(), daybook::graphql::sdl());
}

#[apply(test)]
async fn the_first_start_makes_all_it_needs_and_later_starts_find_it() {
    let dir = tempfile::tempdir().unwrap();
    let start = || Server::start_with(program().current_dir(dir.path()));
    let server = start();
    assert!(server.banner.contains(&format!("explorer  {}/", server.url)), "{}", server.banner);
    assert!(server.banner.contains("database  SQLite, daybook.db"), "{}", server.banner);
    let register = "mutation($input: RegisterInput!) { register(input: $input) { accessToken } }";
    let input = json!({ "username": "amina", "password": PASSWORD });
    let data = server.client().gql(register, json!({ "input": input })).await;
    let token = data["register"]["accessToken"].as_str().unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        for file in ["daybook.db", "daybook.db-wal", "daybook.db.jwt-secret"] {
            let file = std::fs::metadata(dir.path().join(file)).unwrap();
            assert_eq!(file.permissions().mode() & 0o777, 0o600);
        }
    }
    drop(server);

    let again = start().client().with_token(token).gql("{ me { username } }", json!({})).await;
    assert_eq!(again["me"]["username"], "amina");
}

#[apply(test)]
fn a_database_that_is_not_there_is_said_at_once() {
    for (url, reason) in [
        ("sqlite:/nonexistent/daybook.db", "No such file or directory"),
        ("postgres://nobody@127.0.0.1:1/daybook", "Connection refused"),
    ] {
        let output = run(&["--database-url", url, "--jwt-secret", SECRET]);
        let error = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{error}");
        assert!(error.contains("DATABASE_URL") && error.contains(reason), "{error}");
    }
}

#[apply(test)]
fn servers_that_start_at_once_in_an_empty_directory_agree() {
    let dir = tempfile::tempdir().unwrap();
    let start = || program().current_dir(dir.path()).arg("migrate").stderr(Stdio::null()).spawn().unwrap();
    let started: Vec<_> = (0..4).map(|_| start()).collect();
    for mut child in started {
        assert!(child.wait().unwrap().success());
    }
}

#[apply(test)]
fn a_damaged_secret_file_is_said_and_not_replaced() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("daybook.db.jwt-secret");
    std::fs::write(&file, "short").unwrap();
    let output = program().current_dir(dir.path()).output().unwrap();
    let error = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{error}");
    assert!(error.contains("daybook.db.jwt-secret holds 5 bytes"), "{error}");
    assert_eq!(std::fs::read_to_string(file).unwrap(), "short");
}

#[rstest]
#[case::on_every_address("0.0.0.0:0", "auto", false)]
#[case::on_every_address_when_told_so("0.0.0.0:0", "on", true)]
#[case::on_this_machine("127.0.0.1:0", "auto", true)]
#[case::on_this_machine_when_told_not_to("127.0.0.1:0", "off", false)]
#[test_attr(apply(test))]
async fn the_explorer_is_off_where_others_could_see_it(#[case] listen: &str, #[case] when: &str, #[case] on: bool) {
    let dir = tempfile::tempdir().unwrap();
    let mut command = program();
    command.current_dir(dir.path()).args(["--listen", listen]).env("DAYBOOK_EXPLORER", when);
    let server = Server::running(command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap());
    assert_eq!(!server.banner.contains("explorer  off"), on, "{}", server.banner);
    let here = Client::to_server(&server.url.replace("0.0.0.0", "127.0.0.1"));
    let page = here.send(axum::http::Request::get("/").body(axum::body::Body::empty()).unwrap()).await;
    assert_eq!(page.status, if on { 200 } else { 404 });
}

#[apply(on_postgres)]
async fn migrating_postgresql_is_a_step_of_its_own() {
    let (url, _storage) = fresh(Postgres).await;
    let connection = sea_orm::Database::connect(&url).await.unwrap();
    <migration::Migrator as migration::MigratorTrait>::down(&connection, None).await.unwrap();
    connection.close().await.unwrap();
    let server = Server::start(&url);
    let ready = async || {
        let request = axum::http::Request::get("/health/ready").body(axum::body::Body::empty()).unwrap();
        server.client().send(request).await.status.as_u16()
    };
    assert_eq!(ready().await, 503);
    let migrate = || program().args(["migrate", "--database-url", &url]).output().unwrap();
    let all = <migration::Migrator as migration::MigratorTrait>::migrations().len();
    assert!(String::from_utf8(migrate().stdout).unwrap().starts_with(&format!("{all} migrations applied")));
    // It notices at its next look.
    while ready().await != 200 {
        tokio::task::yield_now().await;
    }
    assert!(String::from_utf8(migrate().stdout).unwrap().starts_with("0 migrations applied"));
}

#[cfg(unix)]
#[rstest]
#[case::terminate("TERM")]
#[case::interrupt("INT")]
#[test_attr(apply(test))]
async fn a_server_stops_cleanly_when_it_is_told_to_as_soon_as_its_address_is_known(#[case] signal: &str) {
    let (url, _storage) = fresh(Sqlite).await;
    let mut server = Server::start(&url);
    let mut kill = std::process::Command::new("kill");
    assert!(kill.args(["-s", signal, &server.child.id().to_string()]).status().unwrap().success());
    assert_eq!(server.child.wait().unwrap().code(), Some(0));
}

#[cfg(unix)]
#[rstest]
#[case::terminate("TERM")]
#[case::interrupt("INT")]
#[test_attr(apply(test))]
async fn a_request_under_way_is_finished_when_the_server_is_told_to_stop(#[case] signal: &str) {
    let (url, storage) = fresh(Sqlite).await;
    let mut server = Server::start(&url);
    let body = json!({ "query": "{ __typename }" }).to_string();
    let mut connection = TcpStream::connect(server.url.trim_start_matches("http://")).unwrap();
    // The head and half of the body: the request is under way.
    let (first, second) = body.split_at(5);
    let length = body.len();
    write!(
        connection,
        "POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\
         connection: close\r\nexpect: 100-continue\r\n\r\n",
    )
    .unwrap();
    // The server asks for the body, so it has the request.
    let mut go_on = [0; 25];
    connection.read_exact(&mut go_on).unwrap();
    assert!(String::from_utf8_lossy(&go_on).starts_with("HTTP/1.1 100 Continue"));
    write!(connection, "{first}").unwrap();
    let kill =
        std::process::Command::new("kill").args(["-s", signal, &server.child.id().to_string()]).status().unwrap();
    assert!(kill.success());
    // It takes no new connections once it is stopping.
    while let Ok(mut other) = TcpStream::connect(server.url.trim_start_matches("http://")) {
        // One at a time, since too many from one address push the first one out.
        let _ = other.shutdown(Shutdown::Write);
        let _ = other.read(&mut [0]);
    }
    write!(connection, "{second}").unwrap();
    let mut response = String::new();
    connection.read_to_string(&mut response).unwrap();
    assert!(response.contains("{\"data\":{\"__typename\":\"Query\"}}"), "{response}");
    assert_eq!(server.child.wait().unwrap().code(), Some(0));
    let Storage::Sqlite { dir } = storage else { panic!("not SQLite") };
    assert!(!Path::new(&dir.path().join("daybook.db-wal")).exists(), "the database is not closed");
}

#[apply(test)]
async fn the_log_has_one_line_a_request_and_no_secrets() {
    let dir = tempfile::tempdir().unwrap();
    let log = dir.path().join("log");
    let mut command = program();
    command.current_dir(dir.path()).args(["--log-format", "json", "--listen", "127.0.0.1:0", "--log", "debug"]);
    command.stdout(Stdio::piped()).stderr(std::fs::File::create(&log).unwrap());
    let running = Server::running(command.spawn().unwrap());
    let server = running.client();
    let register = "mutation Join($input: RegisterInput!) { register(input: $input) { accessToken refreshToken } }";
    let input = json!({ "username": "amina", "password": PASSWORD });
    let data = server.gql(register, json!({ "input": input })).await;
    let token = data["register"]["accessToken"].as_str().unwrap();
    server.with_token(token).gql("query Wallets { wallets { id } }", json!({})).await;
    server.error("{ me { id } }", json!({})).await;
    drop(running);

    let log = std::fs::read_to_string(log).unwrap();
    for secret in [PASSWORD, token, data["register"]["refreshToken"].as_str().unwrap()] {
        assert!(!log.contains(secret), "{secret} is in the log");
    }
    let lines = log.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    let requests: Vec<_> = lines.filter(|line| line["fields"]["message"] == "served").collect();
    assert_eq!(requests.len(), 3);
    let operations = requests.iter().map(|line| line["fields"]["operation"].as_str());
    assert_eq!(operations.collect::<Vec<_>>(), [Some("Join"), Some("Wallets"), None]);
    assert_eq!(requests[2]["fields"]["error"], "UNAUTHENTICATED");
    for line in requests {
        assert_eq!(line["fields"]["status"], 200);
        assert!(line["fields"]["ms"].is_u64() && line["span"]["id"].is_string(), "{line}");
    }
}
