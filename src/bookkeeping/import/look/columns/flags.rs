//! Finds the column that says whether an amount is money out or in.

use super::{
    super::{super::profile::notation::flag, content::Content, vocabulary::Role},
    Picked, Picker,
};

impl Picker<'_> {
    /// The column whose texts are known to mean money out or in.
    pub(super) fn pick_flag(&self, amount: usize) -> Option<usize> {
        let is_full = |content: &Content| content.is_flag() && content.flags * 10 >= content.records * 9;
        let is_unsigned = self.content(amount).below_zero == 0;
        let named = self.by_role(Role::Flag, is_full).first().copied();
        let is_open = |at: usize| self.is_unnamed(at) || self.has_role(at, Role::Remark).is_some();
        let other =
            || self.free().find(|at| is_open(*at) && is_full(self.content(*at)) && !self.content(*at).is_currency());
        // Beside amounts without a sign, a column that says both counts whatever it is called, and with a third text.
        let telling = || self.free().find(|at| is_unsigned && self.may_be_flag(*at) && self.says_both(*at));
        named.or_else(other).or_else(telling)
    }

    /// Whether a few texts of a column mean money out and money in, and most lines have such a text.
    fn says_both(&self, at: usize) -> bool {
        let content = self.content(at);
        let says = |is_out: bool| content.different.iter().any(|text| flag::known(text) == Some(is_out));
        content.different.len() <= 4 && content.flags * 2 >= content.records && says(true) && says(false)
    }

    /// Whether the name of a column leaves it open what its texts mean.
    fn may_be_flag(&self, at: usize) -> bool {
        let is_any = |roles: &[Role]| roles.iter().any(|role| self.has_role(at, *role).is_some());
        self.is_unnamed(at) || is_any(&[Role::Flag, Role::Remark, Role::Description])
    }

    /// The columns that nothing explains and that have so few texts that these may mean money out and in.
    pub(in super::super) fn likely_flags(&self, picked: &Picked) -> Vec<usize> {
        let is_likely = |at: &usize| {
            let content = self.content(*at);
            let count = content.different.len();
            let is_repeated = count < content.records || self.has_role(*at, Role::Flag).is_some();
            let is_value = content.dates > 0 || content.money > 0 || content.is_currency();
            (2..=3).contains(&count)
                && content.filled == content.records
                && is_repeated
                && !is_value
                && content.length <= 24 * content.records
                && self.may_be_flag(*at)
                && picked.description != [*at]
        };
        self.free().filter(is_likely).collect()
    }
}
