//! Finds the column of the user's own accounts.

use super::{
    super::{super::profile::notation::cell, content::Content, vocabulary::Role},
    Picker,
};

/// Words of columns with the accounts of others.
const OTHERS: &str = "counterparty|counter|payee|payer|beneficiary|recipient|receiver|sender|remitter|destination|dest|to|partner|other\
    |debtor|creditor|opposing|contra|corresponding|beneficiaire|beneficiario|tiers|contrepartie|contraparte|controparte|destino\
    |destinatario|ordenante|ordinante|odbiorcy|nadawcy|kontrahenta|odbiorca|nadawca|получателя|отправителя|контрагента|плательщика\
    |tegenpartij|tegenrekening|gegenkonto|empfanger|empfangers|zahlungsbeteiligter|zahlungsbeteiligten|mottagare|saaja|maksaja|alici\
    |gonderen|المستفيد|المرسل|gavejo|moketojo|protiuctu|protistrany\
    |zahlungspflichtiger|zahlungsempfanger|contrapartida|beneficiar|ellenoldali|karsi|المقابل";

impl Picker<'_> {
    pub(super) fn pick_account(&self) -> Option<usize> {
        let words = |at: usize| self.names.get(at).map(|name| cell::folded(name)).unwrap_or_default();
        let is_own = |at: &usize| {
            self.has_role(*at, Role::Other).is_none()
                && !words(*at).split(' ').any(|word| OTHERS.split('|').any(|other| other == word))
        };
        let is_full = |content: &Content| content.filled > 0 && content.filled == content.records;
        let named = self.by_role(Role::Account, is_full).into_iter().find(is_own);
        // An IBAN is that of the other party where the file names one, or where nearly each line has another one.
        let has_payee = (0..self.contents.len()).any(|at| self.has_role(at, Role::Payee).is_some());
        let is_repeated = |content: &Content| is_full(content) && content.different.len() * 2 <= content.records + 1;
        let is_iban = |at: &usize| !has_payee && words(*at) == "iban" && is_repeated(self.content(*at));
        named.or_else(|| self.free().find(is_iban))
    }
}
