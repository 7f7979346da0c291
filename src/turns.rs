//! [`Turns`]: takes turns on something that only a few can use at once, so that nobody can use up all of it.
//!
//! There are some places in all, and each key (a user, an address) has a few of them at most. Once half of the places are taken, a
//! key gets no second one, so that a few keys cannot take all of them. Who finds no place waits. A place that becomes free goes to
//! the key that is in line for longest, and within a key to whoever came first. So a key with a thousand waiting requests delays
//! the only request of another key by one turn.
//!
//! Must not know what the keys are or what is done during a turn.

use std::{
    collections::{HashMap, VecDeque},
    fmt,
    hash::Hash,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::oneshot;

/// How many may use something at once.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Places {
    /// In all.
    pub(crate) in_all: usize,
    /// With the same key.
    pub(crate) per_key: usize,
    /// How many with the same key may wait.
    pub(crate) waiting_per_key: usize,
}

/// Too many wait already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TooManyWait;

/// What turns are taken by: users or addresses.
pub(crate) trait Key: Clone + Eq + Hash {}

impl<K: Clone + Eq + Hash> Key for K {}

/// Places that are given out in turns. Clones share them.
pub(crate) struct Turns<K: Key>(Arc<Shared<K>>);

impl<K: Key> Clone for Turns<K> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

struct Shared<K: Key> {
    places: Places,
    state: Mutex<State<K>>,
}

struct State<K: Key> {
    taken: usize,
    keys: HashMap<K, OfKey<K>>,
    /// The keys that somebody waits with, each once. A key that was served goes to the end.
    line: VecDeque<K>,
}

struct OfKey<K: Key> {
    taken: usize,
    is_in_line: bool,
    waiting: VecDeque<oneshot::Sender<Turn<K>>>,
}

/// A place that somebody has. Dropping it gives the place to the next.
pub(crate) struct Turn<K: Key> {
    shared: Arc<Shared<K>>,
    key: K,
}

impl<K: Key> Turns<K> {
    pub(crate) fn new(places: Places) -> Self {
        let state = State { taken: 0, keys: HashMap::new(), line: VecDeque::new() };
        Self(Arc::new(Shared { places, state: Mutex::new(state) }))
    }

    /// Waits for a place. When the returned future is dropped, it no longer waits.
    ///
    /// # Errors
    /// [`TooManyWait`] at once, when too many wait with this key.
    pub(crate) async fn take(&self, key: K) -> Result<Turn<K>, TooManyWait> {
        let turn = {
            let mut state = self.0.lock();
            let of_key = state.keys.entry(key.clone()).or_insert_with(|| OfKey {
                taken: 0,
                is_in_line: false,
                waiting: VecDeque::new(),
            });
            of_key.waiting.retain(|waiting| !waiting.is_closed());
            if of_key.waiting.len() >= self.0.places.waiting_per_key {
                return Err(TooManyWait);
            }
            let (given, turn) = oneshot::channel();
            of_key.waiting.push_back(given);
            if !std::mem::replace(&mut of_key.is_in_line, true) {
                state.line.push_back(key);
            }
            turn
        };
        self.0.give();
        // The sender is dropped only with all of the places.
        turn.await.map_err(|_| TooManyWait)
    }
}

impl<K: Key> Shared<K> {
    fn lock(&self) -> MutexGuard<'_, State<K>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives the free places to those who wait.
    fn give(self: &Arc<Self>) {
        loop {
            let Some((waiting, key)) = self.lock().next(&self.places) else { return };
            // If nobody waits there any more, the place comes back and is free again.
            drop(waiting.send(Turn { shared: self.clone(), key }));
        }
    }
}

impl<K: Key> State<K> {
    /// Takes a place for the next in turn.
    fn next(&mut self, places: &Places) -> Option<(oneshot::Sender<Turn<K>>, K)> {
        let mut at = 0;
        while self.taken < places.in_all && at < self.line.len() {
            let (Some(key), is_scarce) = (self.line.get(at), self.taken >= places.in_all.div_ceil(2)) else { break };
            let Some(of_key) = self.keys.get_mut(key) else { break };
            let most = if is_scarce { places.per_key.min(1) } else { places.per_key };
            if of_key.taken >= most {
                at += 1;
                continue;
            }
            let key = self.line.remove(at)?;
            // Those who went away take no place.
            let waiting = std::iter::from_fn(|| of_key.waiting.pop_front()).find(|waiting| !waiting.is_closed());
            of_key.is_in_line = !of_key.waiting.is_empty();
            if of_key.is_in_line {
                self.line.push_back(key.clone());
            }
            if let Some(waiting) = waiting {
                of_key.taken += 1;
                self.taken += 1;
                return Some((waiting, key));
            }
            if of_key.taken == 0 && !of_key.is_in_line {
                self.keys.remove(&key);
            }
        }
        None
    }
}

impl<K: Key> Drop for Turn<K> {
    fn drop(&mut self) {
        {
            let mut state = self.shared.lock();
            state.taken -= 1;
            let Some(of_key) = state.keys.get_mut(&self.key) else { return };
            of_key.taken -= 1;
            if of_key.taken == 0 && !of_key.is_in_line {
                state.keys.remove(&self.key);
            }
        }
        self.shared.give();
    }
}

impl<K: Key> fmt::Debug for Turns<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Turns").field(&self.0.places).finish()
    }
}

impl<K: Key + fmt::Debug> fmt::Debug for Turn<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Turn").field(&self.key).finish()
    }
}

#[cfg(test)]
mod tests {
    use std::{
        future::Future,
        pin::Pin,
        task::{Context, Poll, Waker},
    };

    use super::{Places, TooManyWait, Turn, Turns};

    type Waiting = Pin<Box<dyn Future<Output = Result<Turn<char>, TooManyWait>>>>;

    fn turns(in_all: usize, per_key: usize) -> Turns<char> {
        Turns::new(Places { in_all, per_key, waiting_per_key: 100 })
    }

    /// Asks for a turn. The future is polled once, so that it takes its place in the line.
    fn ask(turns: &Turns<char>, key: char) -> (Waiting, Option<Turn<char>>) {
        let turns = turns.clone();
        let mut waiting: Waiting = Box::pin(async move { turns.take(key).await });
        let turn = poll(&mut waiting);
        (waiting, turn)
    }

    fn poll(waiting: &mut Waiting) -> Option<Turn<char>> {
        match waiting.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(turn) => Some(turn.unwrap()),
            Poll::Pending => None,
        }
    }

    #[test]
    fn a_key_has_only_its_part_of_the_places() {
        let turns = turns(3, 2);
        let (_, first) = ask(&turns, 'a');
        let (_, second) = ask(&turns, 'a');
        assert!(first.is_some() && second.is_some());
        let (mut third, none) = ask(&turns, 'a');
        assert!(none.is_none());
        let (_, other) = ask(&turns, 'b');
        assert!(other.is_some());
        drop((first, other));
        assert!(poll(&mut third).is_some());
    }

    #[test]
    fn a_few_keys_cannot_take_all_places() {
        let turns = turns(6, 4);
        let taken: Vec<_> = "aaaabbbbcccc".chars().map(|key| ask(&turns, key)).collect();
        let having = |key: usize| taken.iter().skip(4 * key).take(4).filter(|(_, turn)| turn.is_some()).count();
        assert_eq!([having(0), having(1), having(2)], [3, 1, 1]);
        assert!(ask(&turns, 'd').1.is_some());
    }

    #[test]
    fn keys_are_served_in_turn_and_a_key_in_the_order_of_arrival() {
        let turns = turns(1, 1);
        let (_, mut turn) = ask(&turns, 'a');
        let mut line: Vec<_> = "aaabbc".chars().map(|key| ask(&turns, key).0).collect();
        let mut served = Vec::new();
        while turn.take().is_some() {
            for (at, waiting) in line.iter_mut().enumerate() {
                if !served.contains(&at)
                    && let Some(next) = poll(waiting)
                {
                    served.push(at);
                    turn = Some(next);
                    break;
                }
            }
        }
        assert_eq!(served, [0, 3, 5, 1, 4, 2]);
    }

    #[test]
    fn who_goes_away_takes_no_place() {
        let turns = turns(1, 1);
        let (_, turn) = ask(&turns, 'a');
        let (gone, _) = ask(&turns, 'b');
        let (given, _) = ask(&turns, 'c');
        let (mut last, _) = ask(&turns, 'd');
        drop(gone);
        drop(turn);
        // The place was given to `c`, which goes away before it takes it.
        drop(given);
        assert!(poll(&mut last).is_some());
        assert!(turns.0.lock().keys.is_empty());
    }

    #[test]
    fn only_so_many_wait() {
        let turns = Turns::new(Places { in_all: 1, per_key: 1, waiting_per_key: 2 });
        let (_, _turn) = ask(&turns, 'a');
        let (first, _) = ask(&turns, 'a');
        let (_second, _) = ask(&turns, 'a');
        let mut refused: Waiting = Box::pin({
            let turns = turns.clone();
            async move { turns.take('a').await }
        });
        let asked = refused.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        assert!(matches!(asked, Poll::Ready(Err(TooManyWait))));
        let (_other, _) = ask(&turns, 'b');
        drop(first);
        let (_third, _) = ask(&turns, 'a');
    }
}
