//! The lines of a note: the object and its loader.

use std::{collections::HashMap, sync::Arc};

use async_graphql::{Context, Object, dataloader::Loader};

use crate::{
    bookkeeping::invoicing::{note, totals::QUANTITY_DIGITS},
    entity::note_line,
    error::Error,
    graphql::{
        RequestLoader,
        error::{ApiError, ContextExt},
        invoicing::invoice_line::{InvoiceLine, LinesOf},
        nullability::SemanticNonNull,
    },
    id::{Id, kind},
    money::{Currency, Decimal, Money},
};

pub(in crate::graphql) struct NoteLine {
    pub(super) line: note_line::Model,
    pub(super) invoice_id: Id<kind::Invoice>,
    pub(super) currency: Currency,
}

impl NoteLine {
    fn money(&self, minor: i64) -> Money {
        Money::from_minor(minor, self.currency)
    }
}

/// What a note says of a line of its invoice.
#[Object]
impl NoteLine {
    /// The number of the line on the invoice, from 1.
    async fn line(&self) -> i32 {
        self.line.line
    }

    /// The line of the invoice, as it was billed.
    #[graphql(directive = SemanticNonNull::apply())]
    async fn invoice_line(&self, ctx: &Context<'_>) -> Result<Option<InvoiceLine>, ApiError> {
        let lines = ctx.loader()?.load_one(LinesOf(self.invoice_id)).await?.unwrap_or_default();
        let line = lines.into_iter().find(|line| line.line == self.line.line);
        Ok(line.map(|line| InvoiceLine { line, currency: self.currency }))
    }

    /// The quantity that came back, or that was billed in addition, with at most 4 decimals. Null when only the price changed.
    async fn quantity(&self) -> Option<Decimal> {
        self.line.quantity.map(|quantity| Decimal::from_scaled(quantity, QUANTITY_DIGITS))
    }

    /// The price of the goods before taxes, after all discounts of the invoice.
    async fn amount(&self) -> Money {
        self.money(self.line.amount)
    }

    /// The value that is taxed: `amount` with the share of this line in the other charges of the note.
    async fn taxable_amount(&self) -> Money {
        self.money(self.line.amount + self.line.charges)
    }

    /// The share of this line in the note's CGST. The shares of all lines add up to it.
    async fn cgst(&self) -> Money {
        self.money(self.line.cgst)
    }

    /// The share of this line in the note's SGST. It is always equal to `cgst`.
    async fn sgst(&self) -> Money {
        self.money(self.line.sgst)
    }

    /// The share of this line in the note's IGST. The shares of all lines add up to it.
    async fn igst(&self) -> Money {
        self.money(self.line.igst)
    }
}

/// The loader key for the lines of a note. Must only be used for notes that the viewer may see: the loader does not check it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::graphql) struct LinesOfNote(pub(super) Id<kind::Note>);

impl Loader<LinesOfNote> for RequestLoader {
    type Value = Vec<note_line::Model>;
    type Error = Arc<Error>;

    async fn load(&self, notes: &[LinesOfNote]) -> Result<HashMap<LinesOfNote, Vec<note_line::Model>>, Arc<Error>> {
        let mut loaded: HashMap<_, Vec<_>> = HashMap::new();
        for line in note::lines(self.reader.conn(), notes.iter().map(|note| note.0)).await? {
            loaded.entry(LinesOfNote(line.note_id)).or_default().push(line);
        }
        Ok(loaded)
    }
}
