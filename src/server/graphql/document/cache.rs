//! Keeps documents that were parsed and validated.

use std::sync::{Arc, Mutex, PoisonError};

use lru::LruCache;

use super::valid::Document;

/// The documents that were used last, by their text. Only valid ones are kept, and their total size is limited.
pub(super) struct Cache {
    documents: Mutex<Kept>,
    most: usize,
}

struct Kept {
    by_text: LruCache<Arc<str>, Arc<Document>>,
    size: usize,
}

/// The memory that a document needs for each byte of its text, and for each document, as measured on large and small documents.
const PER_BYTE: usize = 40;
const PER_DOCUMENT: usize = 2048;

fn size(text: &str) -> usize {
    text.len().saturating_mul(PER_BYTE).saturating_add(PER_DOCUMENT)
}

impl Cache {
    pub(super) fn new(most: usize) -> Self {
        Self { documents: Mutex::new(Kept { by_text: LruCache::unbounded(), size: 0 }), most }
    }

    pub(super) fn get(&self, text: &str) -> Option<Arc<Document>> {
        self.lock().by_text.get(text).cloned()
    }

    pub(super) fn keep(&self, text: &str, document: Arc<Document>) {
        let mut kept = self.lock();
        if kept.by_text.put(text.into(), document).is_none() {
            kept.size += size(text);
        }
        while kept.size > self.most
            && let Some((text, _)) = kept.by_text.pop_lru()
        {
            kept.size -= size(&text);
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Kept> {
        self.documents.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::{super::Documents, Cache, size};
    use crate::{app::DocumentLimits, server::graphql::types::Types};

    #[test]
    fn what_was_not_used_for_longest_makes_room() {
        let documents = Documents::new(Types::new("type Query { a: Int }").into(), DocumentLimits::default());
        let document = documents.read("{ a }").unwrap();
        let cache = Cache::new(2 * size("{ a }"));
        for text in ["{ a }", "{a  }", "{ a }"] {
            cache.keep(text, document.clone());
        }
        assert!(cache.get("{ a }").is_some_and(|kept| Arc::ptr_eq(&kept, &document)));
        cache.keep("{  a}", document);
        assert!(cache.get("{a  }").is_none());
        assert!(cache.get("{ a }").is_some() && cache.get("{  a}").is_some());
        assert_eq!(cache.lock().size, 2 * size("{ a }"));
    }
}
