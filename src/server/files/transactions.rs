//! `GET /transactions.csv`: income and expenses, the oldest first, so that an import puts money into a wallet before spending
//! it. A split transaction has one row for each of its lines, all with the same id. The column `transfer` has the id of the other
//! half of a transfer; it is empty for income and expenses.

use std::collections::HashMap;

use super::{
    parameters::Parameters,
    table::{PORTION, Rows, Source, Table},
};
use crate::{
    bookkeeping::{
        book,
        customers::customer_list::OrderDirection,
        spending::{
            category::{self, CategoryRef},
            transaction::{
                self,
                list::{self, Key, TransactionFilter, TransactionFilterInput, TransactionOrder, TransactionOrderField},
            },
        },
    },
    entity::category::CategoryKind,
    error::{Refusals, Result},
    id::{Id, kind},
    money::Decimal,
    page::Page,
    text,
};

const ORDER: TransactionOrder = TransactionOrder { field: TransactionOrderField::Date, direction: OrderDirection::Asc };

/// The filter, and how far the export has got.
#[derive(Debug)]
pub(in crate::server) struct Transactions {
    filter: TransactionFilter,
    categories: HashMap<Id<kind::Category>, String>,
    after: Option<Key>,
}

impl Table for Transactions {
    /// The filter, with the same meaning as in the field `transactions`; `category` is the name of one.
    const PARAMETERS: &'static [&'static str] = &["from", "to", "currency", "category", "walletId"];
    const COLUMNS: &'static [&'static str] =
        &["id", "date", "kind", "amount", "currency", "category", "description", "note", "wallet", "transfer"];

    async fn open(
        Source { viewer, snapshot, .. }: Source<'_>,
        _: Option<&str>,
        mut parameters: Parameters,
    ) -> Result<Self> {
        let mut refusals = Refusals::default();
        let filter = TransactionFilterInput {
            from: parameters.date("from", &mut refusals),
            to: parameters.date("to", &mut refusals),
            currency: parameters.word("currency", "a code such as USD", &mut refusals),
            category: parameters.text("category").map(CategoryRef::Name),
            wallet_id: parameters.text("walletId").map(Into::into),
            ..TransactionFilterInput::default()
        };
        refusals.none()?;
        let of_book = book::find(snapshot, viewer).await?.currency;
        let filter = filter.check(snapshot, viewer, of_book).await?;
        let categories = category::all(snapshot, viewer).await?;
        let categories = categories.into_iter().map(|category| (category.id, category.name)).collect();
        Ok(Self { filter, categories, after: None })
    }

    fn name(&self) -> String {
        "transactions".to_owned()
    }

    async fn write(&mut self, Source { viewer, snapshot, .. }: Source<'_>, rows: &mut Rows) -> Result<bool> {
        let page = Page { limit: PORTION, from_end: false, after: self.after.take(), before: None };
        let page = list::page(snapshot, viewer, &self.filter, ORDER, &page).await?;
        let lines = transaction::lines(snapshot, page.rows.iter().map(|transaction| transaction.id)).await?;
        for transaction in &page.rows {
            let (id, date) = (transaction.id.to_string(), transaction.date.to_string());
            let kind = if transaction.kind == CategoryKind::Income { "INCOME" } else { "EXPENSE" };
            let description = text::to_field(transaction.description.as_deref().unwrap_or_default());
            let wallet = transaction.wallet_id.map(|wallet| wallet.to_string()).unwrap_or_default();
            let transfer = transaction.counterpart_id.map(|other| other.to_string()).unwrap_or_default();
            for line in lines.get(&transaction.id).into_iter().flatten() {
                let amount = Decimal::from_minor(line.amount, transaction.currency).to_string();
                let category = self.categories.get(&line.category_id).map(|name| text::to_field(name));
                let category = category.unwrap_or_default();
                let note = text::to_field(line.note.as_deref().unwrap_or_default());
                let currency = transaction.currency.code();
                rows.write([&id, &date, kind, &amount, currency, &category, &description, &note, &wallet, &transfer])?;
            }
        }
        // The sort key is the date, since the order is by date.
        self.after = page.rows.last().map(|last| (last.date.into(), last.position));
        Ok(page.has_next)
    }
}
