//! What the user says about a file. It outweighs what a look finds.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::super::profile::{BalanceKind, Columns, DateOrder, DecimalSign, Order, Profile, Sign, SkipRule};

/// What the user says about a file. All fields are optional; they are those of [`Profile`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct Hints {
    /// The encoding.
    pub encoding: Option<String>,
    /// The separator.
    pub separator: Option<char>,
    /// The quote.
    pub quote: Option<char>,
    /// Whether there is a header.
    pub header: Option<bool>,
    /// How many records are skipped at the beginning.
    pub skip_leading: Option<usize>,
    /// How many records are skipped at the end.
    pub skip_trailing: Option<usize>,
    /// Records that are skipped, besides those that the look finds.
    pub skip: Vec<SkipRule>,
    /// Whether records that are named as balances or totals are transactions.
    pub balances_are_transactions: Option<bool>,
    /// Whether a record without date and amounts is refused.
    pub no_continuation: Option<bool>,
    /// The columns. A column with an empty name means that the file has no such column.
    pub columns: Columns,
    /// The order of dates.
    pub dates: Option<DateOrder>,
    /// The decimal sign.
    pub decimal: Option<DecimalSign>,
    /// What the sign of an amount means.
    pub sign: Option<Sign>,
    /// What the sign of a credit means, in a column for credits.
    pub credit_sign: Option<Sign>,
    /// The texts of the flag column for money out.
    pub flag_out: Vec<String>,
    /// The texts of the flag column for money in.
    pub flag_in: Vec<String>,
    /// What the balance column says.
    pub balance: Option<BalanceKind>,
    /// The order of the transactions.
    pub order: Option<Order>,
    /// The currency of amounts that have none in the file.
    pub currency: Option<String>,
    /// The account that is read.
    pub account: Option<String>,
    /// The sheet of a workbook that is read.
    pub sheet: Option<String>,
    /// Whether they are those of a profile. What a column says that the profile does not name is settled then.
    #[serde(skip)]
    pub are_of_profile: bool,
}

impl Hints {
    /// Adds what the user says about one field, by its path, such as `sign` or `columns.bankId`.
    ///
    /// # Errors
    /// A sentence for people, when there is no such field or it cannot have this value.
    pub fn say(&mut self, path: &str, value: &str) -> Result<(), String> {
        let text = Value::String(value.to_owned());
        let read = serde_json::from_str(value).ok().filter(|read: &Value| !read.is_string());
        let mut wrong = String::new();
        for value in [Some(text.clone()), read, Some(Value::Array(vec![text]))].into_iter().flatten() {
            let mut all = serde_json::to_value(&*self).map_err(|error| error.to_string())?;
            let place = path
                .split('.')
                .try_fold(&mut all, |within, name| Some(within.as_object_mut()?.entry(name).or_insert(Value::Null)));
            *place.ok_or_else(|| format!("There is no field {path}."))? = value;
            match serde_json::from_value(all) {
                Ok(said) => {
                    *self = Self { are_of_profile: self.are_of_profile, ..said };
                    return Ok(());
                }
                Err(error) if wrong.is_empty() => wrong = error.to_string(),
                Err(_) => {}
            }
        }
        Err(wrong)
    }

    /// Everything that a profile says, as hints. With them, a look finds only what the profile leaves open.
    #[must_use]
    pub fn of(profile: &Profile) -> Self {
        let Profile { rows, columns, .. } = profile.clone();
        Self {
            encoding: Some(profile.encoding.clone()),
            separator: Some(profile.separator),
            quote: profile.quote,
            header: Some(rows.header),
            skip_leading: Some(rows.skip_leading),
            skip_trailing: Some(rows.skip_trailing),
            skip: rows.skip,
            balances_are_transactions: rows.balances_are_transactions,
            no_continuation: Some(rows.no_continuation),
            columns,
            dates: profile.dates,
            decimal: profile.decimal,
            sign: profile.sign,
            credit_sign: profile.credit_sign,
            flag_out: profile.flag_out.clone(),
            flag_in: profile.flag_in.clone(),
            balance: profile.balance,
            order: profile.order,
            currency: profile.currency.clone(),
            account: profile.account.clone(),
            sheet: profile.sheet.clone(),
            are_of_profile: true,
        }
    }
}
