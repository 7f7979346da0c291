//! Downloads that are read so slowly that they never end, and not so slowly that the server gives them up.

use std::{net::SocketAddr, time::Duration};

use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpSocket,
    time::sleep,
};

use crate::attacks::{
    attack::{Attack, Tally},
    canary::Probe,
    fixture,
    stage::{DEPOSIT, Stage},
    wire::{Wire, stranger},
};

/// How many the server serves at once.
const READERS: usize = 4;
/// What a reader reads in a second.
const PORTION: usize = 8 * 1024;
/// Users who write meanwhile, so that the write-ahead log grows.
const WRITERS: usize = 4;

pub async fn slow(stage: &Stage) -> Attack {
    let user = stage.user("attacker").await;
    fixture::transactions(stage, "attacker", stage.rows);
    let file = Wire::of_canary(stage.url(), true).with_token(stage.canary.client.token.as_deref());
    let download = Probe::new("download", Duration::from_secs(1), move || {
        let file = file.clone();
        async move { file.get("/transactions.csv").await.map(drop) }
    });
    let (tally, length) = (Tally::default(), stage.length);
    let address = stage.url().trim_start_matches("http://").parse().unwrap();
    let wire = Wire::of_stranger(stage.url(), 2).with_token(user.client.token.as_deref());
    let (of_run, token) = (tally.clone(), user.client.token.unwrap());
    let run = async move {
        let read = move |_| read(address, token.clone());
        let write = move |_| {
            let (wire, input) = (wire.clone(), json!({ "wallet": { "id": user.wallet }, "amount": "1" }));
            async move { format!("deposit {}", wire.outcome(DEPOSIT, json!({ "input": input })).await) }
        };
        tokio::join!(of_run.work(READERS, length, read), of_run.work(WRITERS, length, write));
    };
    Attack::new(&tally, run).with_probe(download)
}

/// Reads one download to its end.
async fn read(address: SocketAddr, token: String) -> String {
    let got = async {
        let socket = TcpSocket::new_v4()?;
        // Otherwise the kernel takes most of the file at once.
        socket.set_recv_buffer_size(4096)?;
        socket.bind((stranger(1), 0).into())?;
        let mut stream = socket.connect(address).await?;
        let request = format!(
            "GET /transactions.csv HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\
             Connection: close\r\n\r\n"
        );
        stream.write_all(request.as_bytes()).await?;
        let (mut status, mut portion) = (String::new(), vec![0; PORTION]);
        loop {
            let mut size = 0;
            while size < PORTION {
                let read = stream.read(&mut portion[size..]).await?;
                if read == 0 {
                    return Ok(status);
                }
                if status.is_empty() {
                    let line = String::from_utf8_lossy(&portion[..read]);
                    line.split(' ').nth(1).unwrap_or("?").clone_into(&mut status);
                }
                size += read;
            }
            sleep(Duration::from_secs(1)).await;
        }
    };
    match got.await {
        Ok::<_, std::io::Error>(status) => format!("download {status}, to its end"),
        Err(_) => "download broken off".to_owned(),
    }
}
