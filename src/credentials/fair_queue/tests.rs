use std::net::{IpAddr, Ipv4Addr};

use super::{Claim, FairQueue, KNOWN_IN_A_ROW, Line, Place, QueueLimits, Slots};
use crate::error::{Code, Error};

const IN_ALL: usize = 512;
const PER_NETWORK: usize = 128;
const PER_NAME: usize = 64;

fn claim(network: u32, name: &str) -> Claim {
    let network = Some(IpAddr::V4(Ipv4Addr::from_bits(network)));
    Claim { is_known: false, network, name: name.to_owned() }
}

/// The whole line, in the order of its turns.
fn all(line: &mut Line<&'static str>) -> Vec<&'static str> {
    std::iter::from_fn(|| line.next()).collect()
}

#[test]
fn networks_take_turns_and_each_has_its_own_order() {
    let mut line = Line::new(IN_ALL);
    for (network, name) in [(1, "a"), (1, "b"), (1, "c"), (2, "d"), (2, "e"), (3, "f")] {
        assert_eq!(line.join(&claim(network, name), name), None);
    }
    assert_eq!(all(&mut line), ["a", "d", "f", "b", "e", "c"]);
}

#[test]
fn a_network_that_comes_again_and_again_does_not_go_before_one_that_waits() {
    let mut line = Line::new(IN_ALL);
    for name in ["a", "b", "c"] {
        line.join(&claim(1, name), name);
    }
    let mut served = Vec::new();
    for _ in 0..3 {
        line.join(&claim(2, "other"), "other");
        served.extend([line.next().unwrap(), line.next().unwrap()]);
    }
    assert_eq!(served, ["a", "other", "b", "other", "c", "other"]);
}

#[test]
fn many_networks_at_one_name_take_the_turns_of_one_network() {
    let mut line = Line::new(IN_ALL);
    for network in 1..=5 {
        line.join(&claim(network, "amina"), "amina");
    }
    for network in 6..=7 {
        line.join(&claim(network, "badr"), "badr");
    }
    assert_eq!(all(&mut line), ["amina", "badr", "amina", "badr", "amina", "amina", "amina"]);
}

#[test]
fn a_network_has_room_for_so_many_and_no_other_loses_its_room_by_it() {
    let mut line = Line::new(IN_ALL);
    line.join(&claim(2, "other"), "other");
    for number in 0..PER_NETWORK {
        assert_eq!(line.join(&claim(1, &number.to_string()), "kept"), None);
    }
    assert_eq!(line.join(&claim(1, "one more"), "refused"), Some("refused"));
    assert_eq!(line.waiting.len(), PER_NETWORK + 1);
}

#[test]
fn a_name_has_room_for_so_many_and_its_busiest_network_gives_way() {
    let mut line = Line::new(IN_ALL);
    for _ in 0..PER_NAME {
        assert_eq!(line.join(&claim(1, "amina"), "flood"), None);
    }
    assert_eq!(line.join(&claim(2, "amina"), "owner"), Some("flood"));
    assert_eq!(line.join(&claim(1, "amina"), "flood"), Some("flood"));
    assert_eq!(line.waiting.len(), PER_NAME);
    assert_eq!(all(&mut line)[..3], ["flood", "flood", "owner"][..]);
}

#[test]
fn in_a_full_line_a_newcomer_takes_the_room_of_the_last() {
    let mut line = Line::new(IN_ALL);
    for number in 0..u32::try_from(IN_ALL).unwrap() {
        // Four busy networks, at as many names as there is room for.
        assert_eq!(line.join(&claim(number % 4, &(number / 32).to_string()), "flood"), None);
    }
    assert_eq!(line.join(&claim(9, "amina"), "owner"), Some("flood"));
    assert_eq!(line.waiting.len(), IN_ALL);
    let order = all(&mut line);
    assert!(order.iter().position(|item| *item == "owner").unwrap() <= 4, "{order:?}");
}

#[test]
fn the_known_go_first_but_strangers_have_turns() {
    let mut slots = Slots { free: 0, known: Line::new(IN_ALL), strangers: Line::new(IN_ALL), known_in_a_row: 0 };
    let mut receivers = Vec::new();
    for number in 0..8 {
        for line in [&mut slots.known, &mut slots.strangers] {
            let (call, called) = tokio::sync::oneshot::channel();
            line.join(&claim(number, "name"), call);
            receivers.push(called);
        }
    }
    let known: Vec<_> = (0..8)
        .map(|_| {
            let before = slots.known.waiting.len();
            slots.next().unwrap();
            slots.known.waiting.len() < before
        })
        .collect();
    let round = [vec![true; KNOWN_IN_A_ROW as usize], vec![false]].concat();
    assert_eq!(known, [round.clone(), round].concat());
}

#[tokio::test]
async fn a_slot_is_passed_on_and_those_who_left_are_passed_over() {
    let queue = FairQueue::new(1, QueueLimits::default());
    let first = queue.place(&claim(1, "a")).await.unwrap();
    let gone = queue.join(&claim(2, "b")).unwrap();
    let waits = queue.join(&claim(3, "c")).unwrap();
    drop(gone);
    drop(first);
    let second: Place = waits.await.unwrap();
    assert_eq!(queue.slots().free, 0);
    drop(second);
    assert_eq!(queue.slots().free, 1);
    // A slot that was given to somebody who then leaves is free again.
    let first = queue.place(&claim(1, "a")).await.unwrap();
    let leaves = queue.join(&claim(2, "b")).unwrap();
    drop(first);
    drop(leaves);
    assert_eq!(queue.slots().free, 1);
}

#[tokio::test]
async fn whoever_finds_no_room_is_told_to_try_again() {
    let queue = FairQueue::new(1, QueueLimits::default());
    let _first = queue.place(&claim(1, "a")).await.unwrap();
    let waiting: Vec<_> = (0..PER_NETWORK).map(|number| queue.join(&claim(1, &number.to_string()))).collect();
    let refused = queue.place(&claim(1, "one more")).await;
    assert!(matches!(refused, Err(Error::Refused(refusals)) if refusals[0].code == Code::TryAgain));
    assert_eq!(queue.slots().strangers.waiting.len(), waiting.len());
    drop(waiting);
    // Those who left take no room.
    let waits = queue.join(&claim(1, "one more"));
    assert_eq!(queue.slots().strangers.waiting.len(), 1);
    drop(waits);
}
