//! Keeps documents that were parsed and validated, by their hash.
//!
//! It is also the store of persisted queries: a client that sends only a hash gets the document that was sent before, by anybody,
//! as long as it is kept.

use std::sync::{Arc, Mutex, PoisonError};

use lru::LruCache;

use super::valid::Document;
use crate::documents::DocumentHash;

/// The documents that were used last. Only valid ones are kept, and their total size is limited.
pub(super) struct Cache {
    documents: Mutex<Kept>,
    most: usize,
}

struct Kept {
    by_hash: LruCache<DocumentHash, Arc<Document>>,
    size: usize,
}

impl Cache {
    pub(super) fn new(most: usize) -> Self {
        Self { documents: Mutex::new(Kept { by_hash: LruCache::unbounded(), size: 0 }), most }
    }

    pub(super) fn get(&self, hash: DocumentHash) -> Option<Arc<Document>> {
        self.lock().by_hash.get(&hash).cloned()
    }

    pub(super) fn keep(&self, hash: DocumentHash, document: Arc<Document>) {
        let mut kept = self.lock();
        let size = document.size;
        if kept.by_hash.put(hash, document).is_none() {
            kept.size += size;
        }
        while kept.size > self.most
            && let Some((_, document)) = kept.by_hash.pop_lru()
        {
            kept.size -= document.size;
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Kept> {
        self.documents.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::{super::Documents, Cache};
    use crate::{app::DocumentLimits, documents::DocumentHash, server::graphql::types::Types};

    #[test]
    fn what_was_not_used_for_longest_makes_room() {
        let documents = Documents::new(Types::new("type Query { a: Int }").into(), DocumentLimits::default());
        let document = documents.read("{ a }", true).unwrap();
        let cache = Cache::new(2 * document.size);
        let get = |text| cache.get(DocumentHash::of(text));
        let keep = |text| cache.keep(DocumentHash::of(text), document.clone());
        for text in ["{ a }", "{a  }", "{ a }"] {
            keep(text);
        }
        assert!(get("{ a }").is_some_and(|kept| Arc::ptr_eq(&kept, &document)));
        keep("{  a}");
        assert!(get("{a  }").is_none());
        assert!(get("{ a }").is_some() && get("{  a}").is_some());
        assert_eq!(cache.lock().size, 2 * document.size);
    }
}
