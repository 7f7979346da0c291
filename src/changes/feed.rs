//! [`Feed`]: tells those who wait when their book has changes.
//!
//! Only one task of a server follows the changes of all books, and only while somebody waits; it tells those whose books have new
//! ones, who then read them for themselves, from where they are. So nothing is kept for anybody: whoever is slow reads later.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::{sync::watch, task::JoinHandle};

use super::{
    place::Place,
    read::{books, end},
};
use crate::{
    db::{Db, News},
    error::Result,
    id::{Id, kind},
};

/// How many changes are looked at by one statement.
const AT_ONCE: u64 = 1000;
/// How long commits gather before they are looked at together.
const GATHER: Duration = Duration::from_millis(10);
/// How often to look for changes that nobody tells of: those of other processes, and those that a transaction held up that was
/// still running.
const LOOK: Duration = Duration::from_millis(250);
/// The same where other servers tell of their commits.
const LOOK_WHEN_TOLD: Duration = Duration::from_secs(1);

/// The changes of all books, as they come. Clones share their state.
#[derive(Clone, Debug)]
pub struct Feed {
    db: Db,
    waiting: Arc<Mutex<Waiting>>,
}

/// Who waits.
#[derive(Debug, Default)]
struct Waiting {
    books: HashMap<Id<kind::Book>, watch::Sender<()>>,
    /// Follows the changes.
    follower: Option<JoinHandle<()>>,
}

/// Waits for the changes of one book.
#[derive(Debug)]
pub struct Waiter(watch::Receiver<()>);

impl Waiter {
    /// Waits until the book may have more changes than at the last call.
    pub async fn changed(&mut self) {
        if self.0.changed().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

impl Feed {
    /// Must be called within a runtime.
    #[must_use]
    pub fn new(db: &Db) -> Self {
        let db = db.for_lookups();
        let announcing = db.clone();
        tokio::spawn(async move { announcing.announce().await });
        Self { db, waiting: Arc::default() }
    }

    /// Waits for the changes of a book that can be read from now on.
    #[must_use]
    pub fn wait(&self, book: Id<kind::Book>) -> Waiter {
        let mut waiting = self.lock();
        let receiver = waiting.books.entry(book).or_default().subscribe();
        if waiting.follower.as_ref().is_none_or(JoinHandle::is_finished) {
            waiting.follower = Some(tokio::spawn(self.clone().follow()));
        }
        Waiter(receiver)
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Follows the changes until nobody waits any more.
    async fn follow(self) {
        let mut news = self.db.news().await;
        let mut last = None;
        while self.is_needed() {
            match self.look(last).await {
                Ok(now) => last = Some(now),
                Err(error) => tracing::warn!(?error, "cannot look for changes"),
            }
            news.listen_again().await;
            next(&mut news).await;
        }
    }

    /// Tells the books that have changes after a position. Returns the position of the latest change of all. Without a position,
    /// tells all books.
    async fn look(&self, last: Option<Place>) -> Result<Place> {
        let conn = self.db.read();
        let Some(mut last) = last else {
            let now = end(conn).await?;
            for book in self.lock().books.values() {
                book.send_replace(());
            }
            return Ok(now);
        };
        loop {
            let (books, now) = books(conn, last, AT_ONCE).await?;
            let Some(now) = now else { return Ok(last) };
            last = now;
            let waiting = self.lock();
            for book in books.iter().filter_map(|book| waiting.books.get(book)) {
                book.send_replace(());
            }
        }
    }

    /// Forgets the books for which nobody waits any more. Returns whether anybody waits for any.
    fn is_needed(&self) -> bool {
        let mut waiting = self.lock();
        waiting.books.retain(|_, book| book.receiver_count() > 0);
        let is_needed = !waiting.books.is_empty();
        if !is_needed {
            waiting.follower = None;
        }
        is_needed
    }
}

/// Waits until there may be changes.
async fn next(news: &mut News) {
    let look = if news.is_told_by_others() { LOOK_WHEN_TOLD } else { LOOK };
    if tokio::time::timeout(look, news.next()).await.is_ok() {
        tokio::time::sleep(GATHER).await;
    }
}
