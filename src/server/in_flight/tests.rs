use std::{
    net::IpAddr,
    task::{Context, Poll, Waker},
    time::Duration,
};

use axum::body::{Body, Bytes};
use futures_util::{StreamExt, future::BoxFuture, stream};
use http_body_util::BodyExt;
use tokio::sync::mpsc;

use super::{BodyLimits, Held, InFlight, Principal, Unread};

fn in_flight() -> InFlight {
    InFlight::new(BodyLimits {
        largest: 10,
        time: Duration::from_hours(24),
        at_once: 4,
        at_once_per_user: 3,
        bytes: 40,
        bytes_per_user: 20,
    })
}

fn network(last: u8) -> Principal {
    Principal::Network(IpAddr::from([192, 0, 2, last]))
}

type Reading = BoxFuture<'static, Result<(Bytes, Held), Unread>>;

/// Begins to read a body of which a part has arrived.
fn begin(all: &InFlight, who: Principal, part: &'static str) -> (mpsc::UnboundedSender<&'static str>, Reading) {
    let (parts, arrived) = mpsc::unbounded_channel();
    parts.send(part).unwrap();
    let parts_as_stream = stream::unfold(arrived, |mut arrived| async { Some((arrived.recv().await?, arrived)) });
    let body = Body::from_stream(parts_as_stream.map(Ok::<_, std::io::Error>));
    let all = all.clone();
    let mut reading: Reading = Box::pin(async move {
        let mut body = body;
        all.read(who, &mut body).await
    });
    assert!(poll(&mut reading).is_none());
    (parts, reading)
}

fn poll(reading: &mut Reading) -> Option<Result<(Bytes, Held), Unread>> {
    match reading.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(read) => Some(read),
        Poll::Pending => None,
    }
}

fn end((parts, mut reading): (mpsc::UnboundedSender<&'static str>, Reading)) -> Result<(Bytes, Held), Unread> {
    drop(parts);
    poll(&mut reading).unwrap()
}

#[tokio::test]
async fn a_body_arrives_in_parts() {
    let body = begin(&in_flight(), network(1), "abc");
    body.0.send("def").unwrap();
    assert_eq!(end(body).unwrap().0, "abcdef");
    let body = begin(&in_flight(), network(1), "abc");
    body.0.send("12345678").unwrap();
    assert_eq!(end(body).unwrap_err(), Unread::TooLarge);
}

#[tokio::test]
async fn the_oldest_unfinished_body_of_an_address_makes_room_for_its_next_one() {
    let all = in_flight();
    let other = begin(&all, network(2), "x");
    let [first, second, third, fourth] = [(); 4].map(|()| begin(&all, network(1), "x"));
    assert_eq!(end(first).unwrap_err(), Unread::TooSlow);
    for body in [second, third, fourth, other] {
        assert!(end(body).is_ok());
    }
}

#[tokio::test]
async fn who_has_most_unfinished_bodies_makes_room_for_others() {
    let all = in_flight();
    let alone = begin(&all, network(1), "x");
    let [first, second, third] = [(); 3].map(|()| begin(&all, network(2), "x"));
    let last = begin(&all, network(3), "x");
    assert_eq!(end(first).unwrap_err(), Unread::TooSlow);
    for body in [alone, second, third, last] {
        assert!(end(body).is_ok());
    }
}

#[tokio::test]
async fn what_is_executed_is_never_given_up() {
    let all = in_flight();
    let running = [(); 3].map(|()| end(begin(&all, network(1), "x")).unwrap());
    let refused = all.read(network(1), &mut Body::from("x")).await;
    assert_eq!(refused.unwrap_err(), Unread::TooMany);
    assert!(all.read(network(2), &mut Body::from("x")).await.is_ok());
    drop(running);
    assert!(all.read(network(1), &mut Body::from("x")).await.is_ok());
    assert_eq!(all.lock().bytes, 0);
    assert!(all.lock().per_principal.is_empty());
}

#[tokio::test]
async fn an_answer_that_is_not_taken_makes_room_for_the_next_one() {
    let all = in_flight();
    let answer = async |length: usize| {
        let (_, held) = all.read(network(1), &mut Body::from("x")).await.unwrap();
        held.answer(vec![b'a'; length].into())
    };
    // An answer may be larger than the limit when it is the only one.
    let (slow, next) = (answer(100).await, answer(15).await);
    assert_eq!(all.lock().bytes, 16);
    assert!(slow.collect().await.is_err());
    assert_eq!(next.collect().await.unwrap().to_bytes().len(), 15);
    assert_eq!(all.lock().bytes, 0);
}
