//! Finds the currency of the amount, among those of several amounts.

use std::cmp::Reverse;

use super::{
    super::{
        super::profile::notation::{cell, currency_sign},
        content::Content,
        header,
        vocabulary::Role,
        wording,
    },
    Picked, Picker,
};

/// Roles of words that say nothing of which amount it is.
const PLAIN: [Role; 5] = [Role::Amount, Role::Gross, Role::Debit, Role::Credit, Role::Currency];

impl Picker<'_> {
    /// The column with the currency of the amount. A currency of another amount is none.
    pub(super) fn pick_currency(&self, picked: &Picked) -> Option<usize> {
        let chosen: Vec<_> = [picked.amount, picked.debit, picked.credit].into_iter().flatten().collect();
        let mut amounts = chosen.clone();
        amounts.extend((0..self.contents.len()).filter(|at| !chosen.contains(at) && self.is_other_amount(*at)));
        let named = self.by_role(Role::Currency, |content| content.is_currency() || content.is_empty());
        let unnamed = self.free().filter(|at| self.is_unnamed(*at) && self.content(*at).is_currency());
        let mut candidates = named.into_iter().chain(unnamed);
        if amounts.len() == chosen.len() {
            return candidates.next();
        }
        let code = chosen.iter().find_map(|at| wording::currency_of_name(self.names.get(*at)?));
        let says_code = |at: usize| {
            let mut texts = self.data.iter().map(|record| cell::bare(record.cell(at))).filter(|text| !text.is_empty());
            code.is_none() || texts.all(|text| currency_sign::find(text).flatten() == code)
        };
        let owner = |at: usize| amounts.iter().rev().copied().max_by_key(|amount| self.belonging(*amount, at));
        let is_own = |at: &usize| owner(*at).is_some_and(|owner| chosen.contains(&owner));
        let found = candidates.find(|at| says_code(*at) && is_own(at));
        // A currency with another name, such as that of the original amount, which the user has chosen.
        let is_of = |at: &usize| {
            let is_named_alike = chosen.iter().any(|amount| self.belonging(*amount, *at).0 > 0);
            self.content(*at).is_currency() && is_named_alike && says_code(*at) && is_own(at)
        };
        found.or_else(|| self.free().find(is_of))
    }

    /// Whether a column has another amount, such as the original one.
    fn is_other_amount(&self, at: usize) -> bool {
        let content: &Content = self.content(at);
        let is_else =
            [Role::Fee, Role::Balance, Role::BalanceBefore].iter().any(|role| self.has_role(at, *role).is_some());
        let name = self.names.get(at).map(|name| cell::folded(name)).unwrap_or_default();
        let is_amount = |word: &str| header::meanings(word).iter().any(|meaning| meaning.role == Role::Amount);
        content.is_number() && content.numbers > 0 && !is_else && name.split(' ').any(is_amount)
    }

    /// How well a currency belongs to an amount: by the words that their names share, by the fewest others, by the place.
    fn belonging(&self, amount: usize, currency: usize) -> (usize, Reverse<usize>, usize) {
        let [of_amount, of_currency] = [amount, currency].map(|at| self.telling_words(at));
        let common = of_currency.iter().filter(|word| of_amount.contains(word)).count();
        let others = of_amount.len() + of_currency.len() - 2 * common;
        let place = if amount + 1 == currency { 2 } else { usize::from(currency + 1 == amount) };
        (common, Reverse(others), place)
    }

    /// The words of a name that say which amount it is: `billed` of `Billed amount (EUR)`.
    fn telling_words(&self, at: usize) -> Vec<String> {
        let name = self.names.get(at).map(|name| cell::folded(name)).unwrap_or_default();
        let is_plain = |word: &str| {
            word.chars().count() < 3
                || currency_sign::code(word).is_some()
                || header::meanings(word).iter().any(|meaning| PLAIN.contains(&meaning.role))
        };
        let mut words: Vec<_> = name.split(' ').filter(|word| !is_plain(word)).map(str::to_owned).collect();
        words.sort();
        words.dedup();
        words
    }
}
