//! [`Committed`]: tells which wallet operations the writer of this process has committed, in the order of its commits. Subscriptions
//! are to listen to it; today only tests do.
//!
//! Must not know who listens, and waits for nobody: a listener that is too slow is told how much it missed.

use std::sync::Arc;

use tokio::sync::broadcast;

use crate::id::{Id, kind};

/// How many commits a listener may be behind.
const KEPT: usize = 256;

/// Tells of commits. Clones tell the same listeners.
#[derive(Clone, Debug)]
pub struct Committed(broadcast::Sender<Arc<[Id<kind::Entry>]>>);

impl Default for Committed {
    fn default() -> Self {
        Self(broadcast::Sender::new(KEPT))
    }
}

impl Committed {
    /// Tells that these entries were written by one transaction, which is committed.
    pub(crate) fn tell(&self, entries: impl IntoIterator<Item = Id<kind::Entry>>) {
        if self.0.receiver_count() > 0 {
            // The listeners may have gone meanwhile.
            let _ = self.0.send(entries.into_iter().collect());
        }
    }

    /// Listens from now on.
    #[must_use]
    pub fn listen(&self) -> broadcast::Receiver<Arc<[Id<kind::Entry>]>> {
        self.0.subscribe()
    }
}
