//! A connection to PostgreSQL that breaks, or falls silent, when it is told to.

use std::{
    path::PathBuf,
    sync::{Arc, Mutex},
};

use sea_orm::sqlx::postgres::PgConnectOptions;
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::{TcpListener, TcpStream, UnixStream},
    sync::watch,
};

/// What happens to the connection over which the next `COMMIT` goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loss {
    /// It breaks before PostgreSQL gets the `COMMIT`.
    Question,
    /// It breaks after PostgreSQL has committed, before the answer.
    Answer,
}

/// Stands between a server and PostgreSQL.
pub struct Proxy {
    /// The URL of the same database through this proxy.
    pub url: String,
    wire: Arc<Wire>,
}

struct Wire {
    target: Target,
    loss: Mutex<Option<Loss>>,
    is_silent: watch::Sender<bool>,
}

enum Target {
    Socket(PathBuf),
    Host(String),
}

impl Proxy {
    /// A proxy in front of the database that a URL names.
    pub async fn to(url: &str) -> Self {
        let options: PgConnectOptions = url.parse().unwrap();
        let (host, port) = (options.get_host(), options.get_port());
        let target = match options.get_socket() {
            Some(socket) => Target::Socket(socket.join(format!(".s.PGSQL.{port}"))),
            None => Target::Host(format!("{host}:{port}")),
        };
        let wire = Arc::new(Wire { target, loss: Mutex::new(None), is_silent: watch::Sender::new(false) });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let shared = wire.clone();
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let wire = shared.clone();
                tokio::spawn(async move {
                    match &wire.target {
                        Target::Socket(path) => {
                            Box::pin(wire.join(client, UnixStream::connect(path).await.unwrap())).await;
                        }
                        Target::Host(host) => {
                            Box::pin(wire.join(client, TcpStream::connect(host).await.unwrap())).await;
                        }
                    }
                });
            }
        });
        let (user, _) = url.trim_start_matches("postgres://").split_once('@').unwrap();
        let url = format!("postgres://{user}@{address}/{}?sslmode=disable", options.get_database().unwrap());
        Self { url, wire }
    }

    /// Loses the next `COMMIT`.
    pub fn lose(&self, loss: Loss) {
        *self.wire.loss.lock().unwrap() = Some(loss);
    }

    /// Whether what was to be lost is lost.
    pub fn has_lost(&self) -> bool {
        self.wire.loss.lock().unwrap().is_none()
    }

    /// Passes nothing on any more, or again.
    pub fn be_silent(&self, is_silent: bool) {
        self.wire.is_silent.send_replace(is_silent);
    }
}

impl Wire {
    async fn join(&self, mut client: TcpStream, mut server: impl AsyncRead + AsyncWrite + Unpin) {
        let (mut asked, mut answered) = ([0; 16384], [0; 16384]);
        let mut is_losing = false;
        loop {
            tokio::select! {
                count = client.read(&mut asked) => {
                    let Ok(count @ 1..) = count else { return };
                    self.wait().await;
                    if asked[..count].windows(7).any(|text| text == b"COMMIT\0") {
                        match self.loss.lock().unwrap().take() {
                            None => {}
                            Some(Loss::Question) => return,
                            Some(Loss::Answer) => is_losing = true,
                        }
                    }
                    if server.write_all(&asked[..count]).await.is_err() {
                        return;
                    }
                }
                count = server.read(&mut answered) => {
                    let Ok(count @ 1..) = count else { return };
                    if is_losing {
                        return;
                    }
                    self.wait().await;
                    if client.write_all(&answered[..count]).await.is_err() {
                        return;
                    }
                }
            }
        }
    }

    async fn wait(&self) {
        let _ = self.is_silent.subscribe().wait_for(|is_silent| !is_silent).await;
    }
}
