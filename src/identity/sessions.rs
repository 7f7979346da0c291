//! [`Sessions`]: finds out whether the sessions of requests last. The sessions of all requests that wait are looked up by one
//! statement.

use std::{
    collections::{HashMap, HashSet},
    num::NonZeroUsize,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use lru::LruCache;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use crate::{
    db::Db,
    entity::session,
    error::Result,
    id::{Id, kind},
    list::any_of::any_of,
    together::Together,
    viewer::Viewer,
};

/// How many sessions are looked up by one statement.
const MOST_AT_ONCE: usize = 256;
/// How many sessions that have ended are remembered.
const MOST_ENDED: NonZeroUsize = NonZeroUsize::new(4096).unwrap();

/// Finds out whether sessions last. Clones share their state.
#[derive(Clone, Debug)]
pub struct Sessions {
    lookups: Together<Id<kind::Session>, Option<session::Model>>,
    /// Sessions that have ended. They never last again, so nobody needs to ask for them again.
    ended: Arc<Mutex<LruCache<Id<kind::Session>, ()>>>,
    /// The sessions whose last use is being written. Parallel requests of a session cause only one write.
    noted: Arc<Mutex<HashSet<Id<kind::Session>>>>,
}

impl Sessions {
    /// Must be called within a runtime.
    #[must_use]
    pub fn new(db: &Db) -> Self {
        let db = db.for_lookups();
        let look_up = move |ids| {
            let db = db.clone();
            async move { look_up(&db, ids).await }
        };
        Self {
            lookups: Together::new(MOST_AT_ONCE, look_up),
            ended: Arc::new(Mutex::new(LruCache::new(MOST_ENDED))),
            noted: Arc::default(),
        }
    }

    /// The viewer's session; `None` when it has ended.
    pub(super) async fn find(&self, viewer: &Viewer) -> Result<Option<session::Model>> {
        let Some(id) = viewer.session else { return Ok(None) };
        let found = self.lookups.ask(id).await?;
        if found.is_none() {
            lock(&self.ended).put(id, ());
        }
        Ok(found.filter(|session| (session.user_id, session.book_id) == (viewer.user, viewer.book)))
    }

    /// Whether the viewer's session is known to have ended. If not, it may have ended all the same.
    pub(super) fn has_ended(&self, viewer: &Viewer) -> bool {
        viewer.session.is_some_and(|id| lock(&self.ended).contains(&id))
    }

    /// The sessions whose last use is being written.
    pub(super) fn noted(&self) -> MutexGuard<'_, HashSet<Id<kind::Session>>> {
        lock(&self.noted)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn look_up(db: &Db, ids: Vec<Id<kind::Session>>) -> Result<Vec<Option<session::Model>>> {
    let conn = db.read();
    let asked: HashSet<_> = ids.iter().copied().collect();
    let found = session::Entity::find()
        .filter(any_of(conn.get_database_backend(), session::Column::Id, asked))
        .filter(session::Column::EndedAt.is_null())
        .all(conn)
        .await?;
    let found: HashMap<_, _> = found.into_iter().map(|session| (session.id, session)).collect();
    Ok(ids.iter().map(|id| found.get(id).cloned()).collect())
}
