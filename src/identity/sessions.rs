//! [`Sessions`]: finds out whether the sessions of requests last, and records when and from where they are used. The sessions of
//! all requests that wait are looked up by one statement; their use is recorded in the background, that of many in one transaction,
//! so that no request waits for it.

use std::{
    collections::{HashMap, HashSet},
    num::NonZeroUsize,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use chrono::{DateTime, TimeDelta, Utc};
use lru::LruCache;
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, sea_query::Expr};

use crate::{
    client::Client,
    db::{Db, Transaction},
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

/// For how long a session that was looked up is not looked up again in the background.
const FRESH: Duration = Duration::from_secs(1);
/// How precisely the last use of a session is recorded. Within this time, repeated use causes no write.
const PRECISION: TimeDelta = TimeDelta::minutes(1);
/// How many uses are recorded in one transaction.
const MOST_USES: usize = 64;

/// Finds out whether sessions last. Clones share their state.
#[derive(Clone, Debug)]
pub struct Sessions {
    lookups: Together<Id<kind::Session>, Option<session::Model>>,
    /// Sessions that have ended. They never last again, so nobody needs to ask for them again.
    ended: Arc<Mutex<LruCache<Id<kind::Session>, ()>>>,
    /// When sessions were looked up last.
    found: Arc<Mutex<LruCache<Id<kind::Session>, Instant>>>,
    uses: Together<Use, ()>,
    /// The sessions whose last use is being recorded. Parallel requests of a session cause only one write.
    noted: Arc<Mutex<HashSet<Id<kind::Session>>>>,
}

/// The use of a session.
struct Use {
    session: Id<kind::Session>,
    client: Client,
    at: DateTime<Utc>,
}

/// Sessions whose last use is being recorded, until this is dropped.
struct Noted {
    noted: Arc<Mutex<HashSet<Id<kind::Session>>>>,
    sessions: Vec<Id<kind::Session>>,
}

impl Drop for Noted {
    fn drop(&mut self) {
        let mut noted = lock(&self.noted);
        for session in &self.sessions {
            noted.remove(session);
        }
    }
}

impl Sessions {
    /// Must be called within a runtime.
    #[must_use]
    pub fn new(db: &Db) -> Self {
        let noted = Arc::<Mutex<HashSet<_>>>::default();
        let record = {
            let (db, noted) = (db.clone(), noted.clone());
            move |mut uses: Vec<Use>| {
                // In the same order everywhere, so that two servers do not wait for each other.
                uses.sort_by_key(|used| used.session);
                let (db, noted) = (db.clone(), noted.clone());
                async move {
                    let _noted = Noted { noted, sessions: uses.iter().map(|used| used.session).collect() };
                    if let Err(error) = record(&db, &uses).await {
                        tracing::warn!(?error, "cannot record the use of sessions");
                    }
                    Ok(vec![(); uses.len()])
                }
            }
        };
        let db = db.for_lookups();
        let look_up = move |ids| {
            let db = db.clone();
            async move { look_up(&db, ids).await }
        };
        Self {
            lookups: Together::new(MOST_AT_ONCE, look_up),
            ended: Arc::new(Mutex::new(LruCache::new(MOST_ENDED))),
            found: Arc::new(Mutex::new(LruCache::new(MOST_ENDED))),
            uses: Together::new(MOST_USES, record),
            noted,
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

    /// Looks the viewer's session up in the background, unless that was done a moment ago.
    pub(super) fn find_later(&self, viewer: &Viewer) {
        let Some(id) = viewer.session else { return };
        let is_fresh = |last: Instant| last.elapsed() < FRESH;
        // A request that comes meanwhile need not do it again.
        if lock(&self.found).put(id, Instant::now()).is_some_and(is_fresh) {
            return;
        }
        let (sessions, viewer) = (self.clone(), *viewer);
        tokio::spawn(async move {
            if let Err(error) = sessions.find(&viewer).await {
                tracing::warn!(?error, "cannot look up a session");
            }
        });
    }

    /// Whether the viewer's session is known to have ended. If not, it may have ended all the same.
    pub(super) fn has_ended(&self, viewer: &Viewer) -> bool {
        viewer.session.is_some_and(|id| lock(&self.ended).contains(&id))
    }

    /// Records the use of a session later, unless one was recorded a short time ago. When too many are waiting to be recorded, the
    /// next use will do.
    pub(super) fn note_use(&self, session: &session::Model, client: &Client, now: DateTime<Utc>) {
        let is_known = session.last_used_at.is_some_and(|last| now < last + PRECISION);
        if is_known || !lock(&self.noted).insert(session.id) {
            return;
        }
        if !self.uses.tell(Use { session: session.id, client: client.clone(), at: now }) {
            lock(&self.noted).remove(&session.id);
        }
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

async fn record(db: &Db, uses: &[Use]) -> Result<()> {
    db.write(|tx| async move {
        for used in uses {
            touch(&tx, used.session, &used.client, used.at).await?;
        }
        Ok(())
    })
    .await
}

/// Records when and from where a session is used, unless a use was recorded less than [`PRECISION`] ago.
pub(super) async fn touch(tx: &Transaction, id: Id<kind::Session>, client: &Client, now: DateTime<Utc>) -> Result<()> {
    let before = Condition::any()
        .add(session::Column::LastUsedAt.is_null())
        .add(session::Column::LastUsedAt.lte(now - PRECISION));
    session::Entity::update_many()
        .col_expr(session::Column::LastUsedAt, Expr::value(now))
        .col_expr(session::Column::Address, Expr::value(client.address.map(|address| address.to_string())))
        .col_expr(session::Column::UserAgent, Expr::value(client.user_agent.clone()))
        .filter(session::Column::Id.eq(id))
        .filter(before)
        .exec(tx)
        .await?;
    Ok(())
}
