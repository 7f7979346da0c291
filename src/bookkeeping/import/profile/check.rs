//! Checks a profile, and stores it as JSON.

use encoding_rs::Encoding;

use super::model::{Profile, VERSION};
use crate::{
    error::{Code, Refusal},
    money::Currency,
};

/// The most bytes of a profile as JSON.
const LONGEST_JSON: usize = 16 * 1024;

/// The most rules, and columns of the description. All are compared with each record of a file.
const MOST_RULES: usize = 50;
const MOST_DESCRIPTIONS: usize = 20;
/// The most characters of the text of a rule or flag.
const LONGEST_TEXT: usize = 200;

impl Profile {
    /// The profile as JSON, to be stored.
    #[must_use]
    pub fn to_json(&self) -> String {
        // A profile has no maps and no floats, so it can always be written.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Reads a profile from JSON.
    ///
    /// # Errors
    /// `INVALID` at the empty path when the text is not a profile of [`VERSION`], or longer than 16 KiB.
    pub fn from_json(json: &str) -> Result<Self, Refusal> {
        let invalid = |message: String| Refusal::new(Code::Invalid, "", message);
        if json.len() > LONGEST_JSON {
            return Err(invalid(format!("A profile can have at most {LONGEST_JSON} bytes.")));
        }
        let profile: Self =
            serde_json::from_str(json).map_err(|error| invalid(format!("This is not an import profile: {error}.")))?;
        if profile.version == VERSION {
            Ok(profile)
        } else {
            Err(invalid(format!("The profile has version {}; this program reads version {VERSION}.", profile.version)))
        }
    }

    /// The profile, when nothing in it is wrong. Something may be missing.
    ///
    /// # Errors
    /// `INVALID` for fields that are wrong, as for [`Profile::check`].
    pub fn valid(self) -> Result<Self, Vec<Refusal>> {
        let mut wrong = self.check().err().unwrap_or_default();
        wrong.retain(|refusal| refusal.code == Code::Invalid);
        if wrong.is_empty() { Ok(self) } else { Err(wrong) }
    }

    /// Checks that a file can be read by this profile. Returns all that is missing or wrong; `path` is the path of the
    /// field in the profile.
    ///
    /// # Errors
    /// `REQUIRED` for fields that are missing, `INVALID` for fields that are wrong.
    pub fn check(&self) -> Result<(), Vec<Refusal>> {
        let mut refusals = Vec::new();
        let mut refuse = |code, path: &str, message: &str| refusals.push(Refusal::new(code, path, message));
        if Encoding::for_label(self.encoding.as_bytes()).is_none() {
            refuse(Code::Invalid, "encoding", "There is no such encoding. Give a name such as UTF-8 or windows-1252.");
        }
        let is_cut = |c: char| c.is_ascii() && !c.is_ascii_alphanumeric() && !"\n\r+-.".contains(c);
        if !is_cut(self.separator) {
            refuse(Code::Invalid, "separator", "The separator must be one ASCII character, such as `;` or a tab.");
        }
        if self.quote.is_some_and(|quote| !is_cut(quote) || quote == self.separator) {
            refuse(
                Code::Invalid,
                "quote",
                "The quote must be one ASCII character other than the separator, such as `\"`.",
            );
        }
        let columns = &self.columns;
        if columns.date.is_none() {
            refuse(Code::Required, "columns.date", "Which column has the date?");
        }
        let is_split = columns.debit.is_some() || columns.credit.is_some();
        if columns.amount.is_none() && !is_split {
            refuse(Code::Required, "columns.amount", "Which column has the amount?");
        }
        if columns.amount.is_some() && is_split {
            let message = "Give either the column of the amount, or the columns of debit and credit.";
            refuse(Code::Invalid, "columns.amount", message);
        }
        if columns.flag.is_some() && columns.amount.is_none() {
            refuse(Code::Invalid, "columns.flag", "A flag belongs to a column with the amount.");
        }
        if columns.amount.is_some() && columns.flag.is_none() && self.sign.is_none() {
            refuse(Code::Required, "sign", "Is an amount below zero money out, or is an amount above zero money out?");
        }
        if self.currency.as_ref().is_some_and(|code| code.parse::<Currency>().is_err()) {
            refuse(Code::Invalid, "currency", "This is not a currency code such as USD.");
        }
        self.check_sizes(&mut refuse);
        if refusals.is_empty() { Ok(()) } else { Err(refusals) }
    }

    /// Checks that reading a record takes little time.
    fn check_sizes(&self, refuse: &mut dyn FnMut(Code, &str, &str)) {
        let is_long = |text: &String| text.chars().count() > LONGEST_TEXT;
        if self.rows.skip.len() > MOST_RULES {
            refuse(Code::Invalid, "rows.skip", &format!("A profile can have at most {MOST_RULES} rules."));
        }
        if self.rows.skip.iter().any(|rule| is_long(&rule.text)) {
            let message = format!("The text of a rule can have at most {LONGEST_TEXT} characters.");
            refuse(Code::Invalid, "rows.skip", &message);
        }
        if self.columns.description.len() > MOST_DESCRIPTIONS {
            let message = format!("A description can be made of at most {MOST_DESCRIPTIONS} columns.");
            refuse(Code::Invalid, "columns.description", &message);
        }
        for (path, flags) in [("flagOut", &self.flag_out), ("flagIn", &self.flag_in)] {
            if flags.len() > MOST_RULES || flags.iter().any(is_long) {
                let message = format!("Give at most {MOST_RULES} flags of at most {LONGEST_TEXT} characters.");
                refuse(Code::Invalid, path, &message);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::model::{SkipRule, TextMatch},
        Profile,
    };

    const JSON: &str = r##"{"version":1,"encoding":"windows-1252","separator":";","quote":"\"","rows":{"header":true},"columns":{"date":"Buchungstag","amount":"#3"},"dates":"DAY_FIRST","sign":"NEGATIVE_OUT"}"##;

    #[test]
    fn a_profile_comes_back_as_it_was_stored() {
        let profile = Profile::from_json(JSON).unwrap();
        assert_eq!(profile.to_json(), JSON);
        assert_eq!(profile.check(), Ok(()));
    }

    #[test]
    fn a_profile_with_unknown_fields_or_of_another_version_is_refused() {
        for (from, to) in
            [("\"version\":1", "\"version\":2"), ("\"encoding\"", "\"shape\":1,\"encoding\""), ("header", "head")]
        {
            assert!(Profile::from_json(&JSON.replace(from, to)).is_err(), "{to}");
        }
    }

    #[test]
    fn a_profile_that_would_take_long_for_each_line_is_refused() {
        let mut profile = Profile::from_json(JSON).unwrap();
        let rule = |text: &str| SkipRule { column: None, text: text.to_owned(), is: TextMatch::Part };
        profile.rows.skip = vec![rule("a"); 50];
        assert_eq!(profile.check(), Ok(()));
        profile.rows.skip.push(rule(&"a".repeat(201)));
        let paths: Vec<_> = profile.check().unwrap_err().into_iter().map(|refusal| refusal.path).collect();
        assert_eq!(paths, ["rows.skip", "rows.skip"]);
        assert!(Profile::from_json(&format!("{JSON}{}", " ".repeat(16 * 1024))).is_err());
    }

    #[test]
    fn all_that_is_missing_is_told_at_once() {
        let mut profile = Profile::from_json(JSON).unwrap();
        profile.sign = None;
        profile.columns.date = None;
        profile.separator = '\u{E9}';
        profile.encoding = "klingon".to_owned();
        let paths: Vec<_> = profile.check().unwrap_err().into_iter().map(|refusal| refusal.path).collect();
        assert_eq!(paths, ["encoding", "separator", "columns.date", "sign"]);
    }
}
