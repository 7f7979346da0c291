//! The parameters in the URL of a download or an upload.

use std::{collections::HashMap, str::FromStr};

use url::form_urlencoded;

use crate::{
    calendar::date::Date,
    error::{Code, Refusal, Refusals},
};

/// The most characters of a name that is repeated in an error message.
const SHOWN: usize = 50;

/// The parameters of a request. An empty one counts as absent.
#[derive(Debug)]
pub(in crate::server) struct Parameters(HashMap<String, String>);

impl Parameters {
    /// Reads the query string of the URL of a download. `names` are the parameters that the path has.
    ///
    /// # Errors
    /// `INVALID` for another parameter, and for one that is given twice.
    pub(super) fn read(query: Option<&str>, names: &[&str]) -> Result<Self, Refusal> {
        Self::read_of("download", query, names)
    }

    /// Reads the query string of a URL. A name that ends in a dot stands for all that begin with it.
    ///
    /// # Errors
    /// As for [`Parameters::read`].
    pub(super) fn read_of(path: &str, query: Option<&str>, names: &[&str]) -> Result<Self, Refusal> {
        let mut values = HashMap::new();
        for (name, value) in form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
            let is = |known: &&str| match known.strip_suffix('.') {
                Some(_) => name.len() > known.len() && name.starts_with(known),
                None => name == *known,
            };
            if !names.iter().any(is) {
                let known = names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
                let unknown: String = name.chars().take(SHOWN).collect();
                let message = format!("There is no parameter `{unknown}`. This {path} takes: {known}.");
                return Err(Refusal::new(Code::Invalid, "", message));
            }
            if values.contains_key(&*name) {
                return Err(Refusal::new(Code::Invalid, &*name, format!("`{name}` is given more than once.")));
            }
            values.insert(name.into_owned(), value.into_owned());
        }
        Ok(Self(values))
    }

    /// The text of a parameter.
    pub(super) fn text(&mut self, name: &str) -> Option<String> {
        self.0.remove(name).filter(|text| !text.is_empty())
    }

    /// The parameters whose names begin with `prefix`, without it, by name. Empty ones too.
    pub(super) fn under(&mut self, prefix: &str) -> Vec<(String, String)> {
        let taken = self.0.extract_if(|name, _| name.starts_with(prefix));
        let mut taken: Vec<_> =
            taken.map(|(name, value)| (name.strip_prefix(prefix).unwrap_or_default().to_owned(), value)).collect();
        taken.sort();
        taken
    }

    /// Parses a parameter that is a date.
    pub(super) fn date(&mut self, name: &str, refusals: &mut Refusals) -> Option<Date> {
        let text = self.text(name)?;
        let message = format!("`{name}` must be a date, as in 2026-11-20.");
        refusals.check(Date::parse_text(&text).ok_or_else(|| Refusal::new(Code::Invalid, name, message)))
    }

    /// Parses a parameter that takes one of a few values. `what` describes them in the error message.
    pub(super) fn word<T: FromStr>(&mut self, name: &str, what: &str, refusals: &mut Refusals) -> Option<T> {
        let invalid = |_| Refusal::new(Code::Invalid, name, format!("`{name}` must be {what}."));
        refusals.check(self.text(name)?.parse().map_err(invalid))
    }
}

#[cfg(test)]
mod tests {
    use super::Parameters;

    #[test]
    fn a_parameter_that_cannot_be_read_is_named_in_plain_words() {
        let refused = |query| Parameters::read(Some(query), &["from", "customerId"]).unwrap_err().message;
        let takes = "This download takes: `from`, `customerId`.";
        assert_eq!(refused("from=2026-11-01&customer=x"), format!("There is no parameter `customer`. {takes}"));
        assert_eq!(refused("&=&"), format!("There is no parameter ``. {takes}"));
        assert_eq!(refused("from=&from=2026-11-01"), "`from` is given more than once.");
        assert!(refused(&"é".repeat(1000)).len() < 200);
    }

    #[test]
    fn parameters_are_decoded_and_empty_ones_are_absent() {
        for query in [None, Some(""), Some("&"), Some("from"), Some("from=")] {
            assert_eq!(Parameters::read(query, &["from"]).unwrap().text("from"), None, "{query:?}");
        }
        let mut parameters = Parameters::read(Some("category=Caf%C3%A9+%26+bar"), &["category"]).unwrap();
        assert_eq!(parameters.text("category").as_deref(), Some("Café & bar"));
        assert_eq!(parameters.text("other"), None);
    }

    #[test]
    fn a_name_that_ends_in_a_dot_stands_for_all_that_begin_with_it() {
        let names = ["bank", "say."];
        let mut parameters = Parameters::read_of("upload", Some("say.sign=X&bank=true&say.dates="), &names).unwrap();
        let expected = [("dates", ""), ("sign", "X")].map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(parameters.under("say."), expected);
        assert_eq!(parameters.text("bank").as_deref(), Some("true"));
        let refused = Parameters::read_of("upload", Some("say.=x"), &names).unwrap_err().message;
        assert_eq!(refused, "There is no parameter `say.`. This upload takes: `bank`, `say.`.");
    }
}
