//! Pages of lists: the arguments `first`/`after` and `last`/`before` of Relay connections, checked.
//!
//! See <https://relay.dev/graphql/connections.htm>. `keyset` turns a [`Page`] into SQL.

use crate::{
    credentials::Cursors,
    error::{Code, Error, Refusal, Refusals},
};

/// The number of edges on a page when neither `first` nor `last` is given.
pub const DEFAULT: u16 = 20;
/// The maximum number of edges on a page.
pub const MOST: u16 = 100;

/// The arguments of a connection field, not checked yet.
#[derive(Clone, Debug, Default)]
pub struct PageArgs {
    /// The number of edges from the start of the list.
    pub first: Option<i32>,
    /// Only edges after this cursor.
    pub after: Option<String>,
    /// The number of edges from the end of the list.
    pub last: Option<i32>,
    /// Only edges before this cursor.
    pub before: Option<String>,
}

/// The requested page, checked. `K` is the sort key that cursors carry.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Page<K> {
    /// The maximum number of rows.
    pub limit: u64,
    /// Whether the page is taken from the end of the list rather than from its start.
    pub from_end: bool,
    /// Only rows after this key.
    pub after: Option<K>,
    /// Only rows before this key.
    pub before: Option<K>,
}

/// The rows of a page.
#[derive(Clone, Debug)]
pub struct Paged<T> {
    /// The rows, in the order of the list.
    pub rows: Vec<T>,
    /// Whether the list has rows before these.
    pub has_previous: bool,
    /// Whether the list has rows after these.
    pub has_next: bool,
}

impl PageArgs {
    /// Checks the arguments. `key` parses the sort key from the text of a cursor.
    ///
    /// # Errors
    /// `INVALID` for each argument that cannot be used.
    pub fn check<K>(self, cursors: &Cursors<'_>, key: impl Fn(&str) -> Option<K>) -> Result<Page<K>, Error> {
        let mut refusals = Refusals::default();
        if self.first.is_some() && self.last.is_some() {
            refusals.push(Refusal::new(Code::Invalid, "last", "Give `first` or `last`, not both."));
        }
        let (path, size) = if self.last.is_some() { ("last", self.last) } else { ("first", self.first) };
        let limit = match size {
            None => Some(DEFAULT),
            Some(size) => u16::try_from(size).ok().filter(|size| *size <= MOST),
        };
        if limit.is_none() {
            refusals.push(Refusal::new(Code::Invalid, path, format!("`{path}` must be from 0 to {MOST}.")));
        }
        let mut cursor = |cursor: Option<String>, path: &str| {
            let cursor = cursor?;
            let key = cursors.open(&cursor).and_then(|text| key(&text));
            if key.is_none() {
                refusals.push(Refusal::new(Code::Invalid, path, format!("`{path}` is not a cursor of this list.")));
            }
            key
        };
        let (after, before) = (cursor(self.after, "after"), cursor(self.before, "before"));
        refusals.none()?;
        Ok(Page { limit: limit.unwrap_or(DEFAULT).into(), from_end: self.last.is_some(), after, before })
    }
}

impl<T> Paged<T> {
    /// Converts the rows.
    #[must_use]
    pub fn map<U>(self, convert: impl FnMut(T) -> U) -> Paged<U> {
        let Self { rows, has_previous, has_next } = self;
        Paged { rows: rows.into_iter().map(convert).collect(), has_previous, has_next }
    }
}

impl<K> Page<K> {
    /// The number of rows to query: one more than the page holds, to detect whether more rows follow.
    #[must_use]
    pub fn ask(&self) -> u64 {
        self.limit + 1
    }

    /// Makes a page of the rows found by a query for [`Page::ask`] rows. `rows` must be in the order of the list.
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

#[cfg(test)]
mod tests {
    use super::PageArgs;
    use crate::credentials::{Secret, TokenKeys};

    const SECRETS: [&str; 2] = ["a secret of thirty-two bytes or so", "another secret of as many bytes"];

    /// Keys whose first secret is this one, and which know the others.
    fn keys(first: usize) -> TokenKeys {
        TokenKeys::new([SECRETS[first], SECRETS[1 - first]].map(Secret::from))
    }

    fn seal(first: usize, list: &str, key: &str) -> String {
        keys(first).cursors(list.to_owned()).seal(key).unwrap()
    }

    fn check(first: Option<i32>, last: Option<i32>, after: Option<&str>) -> Result<super::Page<i64>, String> {
        let args = PageArgs { first, last, after: after.map(str::to_owned), before: None };
        args.check(&keys(0).cursors("mine".to_owned()), |text| text.parse().ok()).map_err(|error| format!("{error:?}"))
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
    fn a_cursor_comes_back_as_the_key_that_it_carries_while_secrets_are_replaced() {
        for first in [0, 1] {
            let cursor = seal(first, "mine", "42");
            assert_eq!(cursor, seal(first, "mine", "42"));
            assert_eq!(check(None, None, Some(&cursor)).unwrap().after, Some(42));
            assert!(!cursor.contains("42") && !cursor.contains("NDI"), "{cursor}");
        }
        let of_another_server = TokenKeys::new([Secret::from("a secret that nobody else has, ever")]);
        for cursor in [
            String::new(),
            "42".to_owned(),
            "😀".to_owned(),
            "NDI".to_owned(),
            seal(0, "mine", "x"),
            seal(0, "somebody else's", "42"),
            of_another_server.cursors("mine".to_owned()).seal("42").unwrap(),
        ] {
            assert!(check(None, None, Some(&cursor)).is_err(), "{cursor}");
        }
        assert!(TokenKeys::new([]).cursors("mine".to_owned()).seal("42").is_err());
    }

    #[test]
    fn a_cursor_does_not_tell_how_long_a_name_is() {
        assert_eq!(seal(0, "mine", "").len(), seal(0, "mine", "Abdulrahman al-Sultan").len());
        let name = "\u{ff}".repeat(100);
        let cursor = seal(0, "mine", &name);
        assert_eq!(keys(0).cursors("mine".to_owned()).open(&cursor), Some(name));
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
