//! TLS to PostgreSQL.

use std::{fs, net::TcpListener, process::Output};

use crate::harness::{Authority, OwnPostgres, SECRET, Server, User, program};

/// Lets nobody in without TLS; the clerk needs a certificate besides.
const ACCESS: &str = "local all all trust\nhostssl all clerk all cert\nhostssl all all all trust\n";

/// A server that speaks TLS only, on a port of this machine, as `localhost`.
struct Secured {
    postgres: OwnPostgres,
    authority: Authority,
    port: u16,
}

impl Secured {
    fn start() -> Self {
        let authority = Authority::new();
        let mut postgres = OwnPostgres::set_up();
        let [certificate, key] = authority.certify("localhost");
        let [certificate, key, trusted] = [("crt", certificate), ("key", key), ("ca", authority.path())]
            .map(|(name, path)| postgres.write(name, &fs::read_to_string(path).unwrap()).display().to_string());
        postgres.write("data/pg_hba.conf", ACCESS);
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let settings = [
            "listen_addresses=127.0.0.1".to_owned(),
            format!("port={port}"),
            "ssl=on".to_owned(),
            format!("ssl_cert_file={certificate}"),
            format!("ssl_key_file={key}"),
            format!("ssl_ca_file={trusted}"),
        ];
        postgres.start_with(&settings.each_ref().map(String::as_str));
        Self { postgres, authority, port }
    }

    fn url(&self, user: &str, host: &str, options: &str) -> String {
        format!("postgres://{user}:hunter2@{host}:{}/postgres?{options}", self.port)
    }

    fn migrate(url: &str) -> Output {
        program().args(["migrate", "--database-url", url, "--jwt-secret", SECRET]).output().unwrap()
    }
}

/// The line that the program ends with.
fn failure(url: &str) -> String {
    let failed = Secured::migrate(url);
    let error = String::from_utf8(failed.stderr).unwrap();
    let served =
        program().args(["--database-url", url, "--jwt-secret", SECRET, "--migrate", "never"]).output().unwrap();
    assert_eq!((failed.status.code(), served.status.code()), (Some(1), Some(1)), "{error}");
    for error in [&error, &String::from_utf8(served.stderr).unwrap()] {
        assert_eq!(error.lines().count(), 1, "{error}");
        assert!(error.contains("DATABASE_URL") && !error.contains("hunter2"), "{error}");
    }
    error
}

#[apply(test)]
#[needs(InstalledPostgres, Openssl)]
async fn a_server_speaks_tls_with_postgresql_as_its_url_demands() {
    let secured = Secured::start();
    let trusted = secured.authority.path();
    let full = secured.url("postgres", "localhost", &format!("sslmode=verify-full&sslrootcert={trusted}"));
    let migrated = Secured::migrate(&full);
    assert!(migrated.status.success(), "{migrated:?}");
    let server = Server::start(&full);
    User::register(&server.client(), "amina").await.fund("5").await;
    drop(server);

    // Without the authority there is TLS, but nobody knows with whom; whose name it is does not matter to verify-ca.
    for (host, options) in [
        ("localhost", "sslmode=require".to_owned()),
        ("localhost", "sslmode=prefer".to_owned()),
        ("localhost", "sslmode=allow".to_owned()),
        ("localhost", String::new()),
        ("127.0.0.1", format!("sslmode=verify-ca&sslrootcert={trusted}")),
    ] {
        let done = Secured::migrate(&secured.url("postgres", host, &options));
        assert!(done.status.success(), "{options}: {done:?}");
    }

    let [certificate, key] = secured.authority.certify("clerk");
    let superuser = secured.postgres.url("postgres") + &format!("&port={}", secured.port);
    let admin = sea_orm::Database::connect(superuser).await.unwrap();
    sea_orm::ConnectionTrait::execute_unprepared(&admin, "CREATE ROLE clerk SUPERUSER LOGIN").await.unwrap();
    admin.close().await.unwrap();
    let with = format!("sslmode=verify-full&sslrootcert={trusted}&sslcert={certificate}&sslkey={key}");
    let done = Secured::migrate(&secured.url("clerk", "localhost", &with));
    assert!(done.status.success(), "{done:?}");
    let without = secured.url("clerk", "localhost", &format!("sslmode=verify-full&sslrootcert={trusted}"));
    assert!(failure(&without).contains("certificate"), "{}", failure(&without));
}

#[apply(test)]
#[needs(InstalledPostgres, Openssl)]
async fn a_server_that_is_not_the_right_one_is_refused_with_the_reason() {
    let secured = Secured::start();
    let (trusted, other) = (secured.authority.path(), Authority::new());
    for (host, options, reason) in [
        ("localhost", format!("sslmode=verify-full&sslrootcert={}", other.path()), "UnknownIssuer"),
        ("localhost", format!("sslmode=verify-ca&sslrootcert={}", other.path()), "UnknownIssuer"),
        ("localhost", "sslmode=verify-full".to_owned(), "UnknownIssuer"),
        ("127.0.0.1", format!("sslmode=verify-full&sslrootcert={trusted}"), "not valid for name"),
        ("localhost", "sslmode=disable".to_owned(), "no encryption"),
    ] {
        let error = failure(&secured.url("postgres", host, &options));
        assert!(error.contains(reason), "{options}: {error}");
    }
}
