//! Pages of lists that grow: Relay's `first`/`after` and `last`/`before`, checked, and opaque cursors.
//!
//! See <https://relay.dev/graphql/connections.htm>.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};

use crate::error::{Code, Error, Refusal, Refusals};

/// How many edges a page has when nobody says.
const DEFAULT: u64 = 20;
/// The most edges that a page may have.
const MOST: u64 = 100;

/// The arguments of a connection field, as they came.
#[derive(Clone, Debug, Default)]
pub struct PageArgs {
    /// How many, from the start.
    pub first: Option<i32>,
    /// Only what comes after this cursor.
    pub after: Option<String>,
    /// How many, from the end.
    pub last: Option<i32>,
    /// Only what comes before this cursor.
    pub before: Option<String>,
}

/// Which page is wanted. `K` is the sort key that cursors carry.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Page<K> {
    /// At most so many.
    pub limit: u64,
    /// From the end of the list rather than from its start.
    pub from_end: bool,
    /// Only what comes after this.
    pub after: Option<K>,
    /// Only what comes before this.
    pub before: Option<K>,
}

/// What a page holds.
#[derive(Clone, Debug)]
pub struct Paged<T> {
    /// The rows, in the order of the list.
    pub rows: Vec<T>,
    /// Whether there is more before them.
    pub has_previous: bool,
    /// Whether there is more after them.
    pub has_next: bool,
}

impl PageArgs {
    /// Checks the arguments; `key` reads a sort key from the text that a cursor carries.
    ///
    /// # Errors
    /// `INVALID` for each argument that cannot be used.
    pub fn check<K>(self, key: impl Fn(&str) -> Option<K>) -> Result<Page<K>, Error> {
        let mut refusals = Refusals::default();
        if self.first.is_some() && self.last.is_some() {
            refusals.push(Refusal::new(Code::Invalid, "last", "Give `first` or `last`, not both."));
        }
        let (path, size) = if self.last.is_some() { ("last", self.last) } else { ("first", self.first) };
        let limit = match size {
            None => Some(DEFAULT),
            Some(size) => u64::try_from(size).ok().filter(|size| *size <= MOST),
        };
        if limit.is_none() {
            refusals.push(Refusal::new(Code::Invalid, path, format!("`{path}` must be from 0 to {MOST}.")));
        }
        let mut cursor = |cursor: Option<String>, path: &str| {
            let cursor = cursor?;
            let key = decode(&cursor).and_then(|text| key(&text));
            if key.is_none() {
                refusals.push(Refusal::new(Code::Invalid, path, format!("`{path}` is not a cursor of this list.")));
            }
            key
        };
        let (after, before) = (cursor(self.after, "after"), cursor(self.before, "before"));
        refusals.none()?;
        Ok(Page { limit: limit.unwrap_or(DEFAULT), from_end: self.last.is_some(), after, before })
    }
}

impl<K> Page<K> {
    /// How many rows to ask for: one more than wanted, to know whether there is more.
    #[must_use]
    pub fn ask(&self) -> u64 {
        self.limit + 1
    }

    /// Makes a page of the rows that were found, in the order of the list, when [`Page::ask`] of them were asked for.
    #[must_use]
    pub fn cut<T>(&self, mut rows: Vec<T>) -> Paged<T> {
        let limit = usize::try_from(self.limit).unwrap_or(usize::MAX);
        let more = rows.len() > limit;
        if self.from_end {
            rows.drain(..rows.len().saturating_sub(limit));
            return Paged { rows, has_previous: more, has_next: self.before.is_some() };
        }
        rows.truncate(limit);
        Paged { rows, has_previous: self.after.is_some(), has_next: more }
    }
}

/// The cursor that carries a sort key.
#[must_use]
pub fn encode(key: &str) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(key)
}

fn decode(cursor: &str) -> Option<String> {
    String::from_utf8(BASE64_URL_SAFE_NO_PAD.decode(cursor).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::{PageArgs, encode};

    fn check(first: Option<i32>, last: Option<i32>, after: Option<&str>) -> Result<super::Page<i64>, String> {
        let args = PageArgs { first, last, after: after.map(str::to_owned), before: None };
        args.check(|text| text.parse().ok()).map_err(|error| format!("{error:?}"))
    }

    #[test]
    fn a_page_has_twenty_rows_unless_said_and_never_more_than_a_hundred() {
        assert_eq!(check(None, None, None).unwrap().limit, 20);
        assert_eq!(check(Some(100), None, None).unwrap().limit, 100);
        assert_eq!(check(Some(0), None, None).unwrap().limit, 0);
        assert!(check(None, Some(7), None).unwrap().from_end);
        for (first, last) in [(Some(101), None), (Some(-1), None), (None, Some(101)), (Some(1), Some(1))] {
            assert!(check(first, last, None).is_err(), "{first:?} {last:?}");
        }
    }

    #[test]
    fn a_cursor_comes_back_as_the_key_that_it_carries() {
        assert_eq!(check(None, None, Some(&encode("42"))).unwrap().after, Some(42));
        for cursor in ["", "42", "😀", &encode("x")] {
            assert!(check(None, None, Some(cursor)).is_err(), "{cursor}");
        }
    }

    #[test]
    fn a_page_knows_whether_there_is_more() {
        let page = check(Some(2), None, None).unwrap();
        let paged = page.cut(vec![1, 2, 3]);
        assert_eq!((paged.rows, paged.has_previous, paged.has_next), (vec![1, 2], false, true));
        let page = check(None, Some(2), None).unwrap();
        let paged = page.cut(vec![1, 2, 3]);
        assert_eq!((paged.rows, paged.has_previous, paged.has_next), (vec![2, 3], true, false));
    }
}
