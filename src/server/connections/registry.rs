//! Which connections are open, and which of them is closed when there is no place for another one.
//!
//! Nobody can keep others out by opening many connections: the place is taken from whoever holds most and does least.

use std::{
    cmp::Reverse,
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use super::watch::{ConnectionWatch, Worth};

/// How many connections may be open.
#[derive(Clone, Copy, Debug)]
pub(super) struct Places {
    pub(super) in_all: usize,
    pub(super) per_network: usize,
}

/// The open connections.
#[derive(Debug)]
pub(super) struct Registry {
    places: Places,
    open: Mutex<Open>,
}

#[derive(Debug, Default)]
struct Open {
    latest: u64,
    connections: HashMap<u64, Connection>,
    per_network: HashMap<IpAddr, usize>,
}

#[derive(Debug)]
struct Connection {
    /// `None` for a trusted proxy, which many clients share.
    network: Option<IpAddr>,
    watch: Arc<ConnectionWatch>,
}

/// The place of an open connection. Dropping it makes the place free.
#[derive(Debug)]
pub(super) struct Place {
    registry: Arc<Registry>,
    id: u64,
}

impl Registry {
    pub(super) fn new(places: Places) -> Arc<Self> {
        Arc::new(Self { places, open: Mutex::default() })
    }

    /// Finds a place for a connection, if need be by closing another one. `None` when all of them are at work.
    pub(super) fn admit(self: &Arc<Self>, network: Option<IpAddr>, watch: Arc<ConnectionWatch>) -> Option<Place> {
        let mut open = self.lock();
        let of_network = network.and_then(|network| open.per_network.get(&network)).copied().unwrap_or_default();
        if of_network >= self.places.per_network {
            open.close_one(|connection| connection.network == network)?;
        } else if open.connections.len() >= self.places.in_all {
            open.close_one(|_| true)?;
        }
        open.latest += 1;
        let id = open.latest;
        open.connections.insert(id, Connection { network, watch });
        if let Some(network) = network {
            *open.per_network.entry(network).or_default() += 1;
        }
        Some(Place { registry: self.clone(), id })
    }

    fn lock(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Open {
    /// Closes the connection that is worth least; of equal ones, one of the network that has most; of these, the one that has been
    /// idle for longest. It looks at all connections, which happens only when a limit is reached.
    fn close_one(&mut self, may_be: impl Fn(&Connection) -> bool) -> Option<()> {
        let candidates =
            self.connections.iter().filter(|(_, connection)| may_be(connection)).map(|(id, connection)| {
                let of_network = connection.network.and_then(|network| self.per_network.get(&network)).copied();
                (connection.watch.worth(), Reverse(of_network), connection.watch.idle_since(), *id)
            });
        let (_, _, _, id) = candidates.filter(|(worth, ..)| *worth < Worth::AtWork).min()?;
        self.remove(id)?.watch.close.notify_one();
        Some(())
    }

    fn remove(&mut self, id: u64) -> Option<Connection> {
        let connection = self.connections.remove(&id)?;
        if let Some(network) = connection.network
            && let Some(count) = self.per_network.get_mut(&network)
        {
            *count -= 1;
            if *count == 0 {
                self.per_network.remove(&network);
            }
        }
        Some(connection)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.registry.lock().remove(self.id);
    }
}

#[cfg(test)]
mod tests {
    use std::{net::IpAddr, sync::Arc, time::Duration};

    use super::{ConnectionWatch, Place, Places, Registry};
    use crate::server::connections::watch::Patience;

    fn registry(in_all: usize, per_network: usize) -> Arc<Registry> {
        Registry::new(Places { in_all, per_network })
    }

    fn open(registry: &Arc<Registry>, network: u8) -> (Arc<ConnectionWatch>, Option<Place>) {
        let day = Duration::from_hours(24);
        let watch = ConnectionWatch::new(Patience { head: day, idle: day });
        watch.note_read_once();
        let place = registry.admit(Some(IpAddr::from([192, 0, 2, network])), watch.clone());
        (watch, place)
    }

    fn is_open(registry: &Registry, (watch, _): &(Arc<ConnectionWatch>, Option<Place>)) -> bool {
        registry.lock().connections.values().any(|connection| Arc::ptr_eq(&connection.watch, watch))
    }

    #[test]
    fn a_network_with_all_its_connections_gets_another_one_in_place_of_its_oldest() {
        let registry = registry(10, 2);
        let of_another = open(&registry, 1);
        let (first, second, third) = (open(&registry, 2), open(&registry, 2), open(&registry, 2));
        assert!(!is_open(&registry, &first));
        assert!([&of_another, &second, &third].into_iter().all(|connection| is_open(&registry, connection)));
    }

    #[test]
    fn when_all_places_are_taken_the_network_with_most_connections_loses_one() {
        let registry = registry(4, 4);
        let alone = open(&registry, 1);
        let (first, second, third) = (open(&registry, 2), open(&registry, 2), open(&registry, 2));
        let last = open(&registry, 3);
        assert!(!is_open(&registry, &first));
        assert!([&alone, &second, &third, &last].into_iter().all(|connection| is_open(&registry, connection)));
    }

    #[test]
    fn who_is_logged_in_loses_a_connection_last_and_who_is_at_work_never() {
        let registry = registry(3, 3);
        let logged_in = open(&registry, 1);
        logged_in.0.note_login();
        let at_work = open(&registry, 2);
        let work = at_work.0.work();
        let waiting = open(&registry, 3);
        let next = open(&registry, 1);
        assert!(!is_open(&registry, &waiting));
        let working = next.0.work();
        let another = open(&registry, 4);
        assert!(!is_open(&registry, &logged_in));
        assert!([&at_work, &next, &another].into_iter().all(|connection| is_open(&registry, connection)));
        drop((work, working));
    }

    #[test]
    fn a_body_that_does_not_arrive_is_no_work_and_what_is_not_read_yet_may_be() {
        let registry = registry(2, 2);
        let slow = open(&registry, 1);
        let _held = (slow.0.work(), slow.0.wait());
        let new = ConnectionWatch::new(Patience { head: Duration::from_hours(24), idle: Duration::from_hours(24) });
        let new = (new.clone(), registry.admit(None, new));
        let another = open(&registry, 2);
        assert!(!is_open(&registry, &slow));
        assert!(is_open(&registry, &new) && is_open(&registry, &another));
        open(&registry, 3);
        assert!(is_open(&registry, &new) && !is_open(&registry, &another));
    }

    #[test]
    fn who_has_just_connected_keeps_the_place_while_others_hold_more() {
        let registry = registry(3, 3);
        let idle = [open(&registry, 1), open(&registry, 1)];
        for (watch, _) in &idle {
            watch.note_login();
        }
        let new = ConnectionWatch::new(Patience { head: Duration::from_hours(24), idle: Duration::from_hours(24) });
        let new = (new.clone(), registry.admit(Some(IpAddr::from([192, 0, 2, 2])), new));
        let another = open(&registry, 3);
        assert!(!is_open(&registry, &idle[0]));
        assert!([&idle[1], &new, &another].into_iter().all(|connection| is_open(&registry, connection)));
    }

    #[test]
    fn where_all_are_at_work_another_one_is_refused() {
        let registry = registry(1, 1);
        let only = open(&registry, 1);
        let work = only.0.work();
        assert!(open(&registry, 2).1.is_none());
        drop(work);
        assert!(open(&registry, 2).1.is_some());
        drop(only);
        assert_eq!(registry.lock().connections.len(), 0);
        assert!(registry.lock().per_network.is_empty());
    }
}
