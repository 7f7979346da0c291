//! Clients that go away in the middle of requests, while others must not notice.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use super::{
    Form, answer,
    load::Record,
    operation::{Operation, Party, Random},
    target::Target,
};

/// How many of them there are at a time.
const AT_ONCE: usize = 64;

/// Sends requests and goes away. Then each is sent again until it is acknowledged: it must be done once.
pub async fn run(
    target: &Target,
    canaries: &Arc<Record>,
    parties: &Arc<Vec<Party>>,
    form: Form,
) -> Result<usize, String> {
    let next = Arc::new(AtomicUsize::new(0));
    let clients = (0..AT_ONCE).map(|client| {
        let (next, parties, address) = (next.clone(), parties.clone(), target.address.clone());
        tokio::spawn(async move {
            let mut random = Random(1_000_000 + client as u64);
            let mut sent = Vec::new();
            loop {
                let number = next.fetch_add(1, Ordering::SeqCst);
                if number >= form.gone {
                    return sent;
                }
                let tag = format!("gone-{number}");
                let operation = Operation::random(&mut random, &parties, number % parties.len(), tag);
                go_away(&address.get(), &parties[operation.party], &operation, &mut random).await;
                sent.push(operation);
            }
        })
    });
    let mut sent = Vec::new();
    for client in clients.collect::<Vec<_>>() {
        sent.extend(client.await.map_err(|error| error.to_string())?);
    }
    // Meanwhile the others heard nothing bad; being asked to try again is not bad.
    let faults = canaries.faults.load(Ordering::SeqCst);
    if faults > 0 {
        return Err(format!("{faults} faults were shown to clients that stayed"));
    }
    let gone = sent.len();
    let sent = Arc::new(sent);
    let again = (0..AT_ONCE / 2).map(|client| {
        let (record, parties, address, sent) =
            (canaries.clone(), parties.clone(), target.address.clone(), sent.clone());
        tokio::spawn(async move {
            let http = answer::http();
            for operation in sent.iter().skip(client).step_by(AT_ONCE / 2) {
                if operation.has_key {
                    record.pursue(&http, &address, &parties, operation.clone()).await;
                } else {
                    record.keep_unknown(operation.clone());
                }
            }
        })
    });
    for client in again.collect::<Vec<_>>() {
        client.await.map_err(|error| error.to_string())?;
    }
    Ok(gone)
}

/// Sends a request, or a part of it, and closes the connection at some moment, with or without a farewell.
async fn go_away(url: &str, party: &Party, operation: &Operation, random: &mut Random) {
    let bytes = request(party, operation);
    let Ok(mut stream) = TcpStream::connect(url.trim_start_matches("http://")).await else { return };
    let part = if random.below(10) == 0 { random.below(bytes.len()) } else { bytes.len() };
    if random.below(2) == 0 {
        // Closing then resets the connection.
        let _ = stream.set_zero_linger();
    }
    if stream.write_all(&bytes[..part]).await.is_err() {
        return;
    }
    // Some wait for the first byte of the answer, others for nothing, or for about as long as a step takes.
    for _ in 0..random.below(2000) {
        tokio::task::yield_now().await;
    }
    if part == bytes.len() && random.below(8) == 0 {
        let _ = stream.read_u8().await;
    }
}

fn request(party: &Party, operation: &Operation) -> Vec<u8> {
    let (body, token) = (operation.body().to_string(), party.user.client.token.as_deref().unwrap_or_default());
    let head = format!(
        "POST /graphql HTTP/1.1\r\nhost: daybook\r\ncontent-type: application/json\r\n\
         authorization: Bearer {token}\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    [head.into_bytes(), body.into_bytes()].concat()
}
