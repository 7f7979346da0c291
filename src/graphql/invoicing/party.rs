//! The buyer and the seller that an invoice, receipt or note names: the object and its loader.

use std::{collections::HashMap, sync::Arc};

use async_graphql::{Object, dataloader::Loader};
use uuid::Uuid;

use crate::{bookkeeping::invoicing::party, entity, error::Error, graphql::RequestLoader};

#[derive(Clone)]
pub(in crate::graphql) struct DocumentParty(entity::party::Model);

/// The buyer or the seller of an invoice, receipt or note, as the document names them. These details are taken from the customer and
/// the book when the document is created, and never change, whatever the customer and the book are changed to. `eraseCustomer` erases
/// only the phone number, since an invoice must keep the rest.
#[Object]
impl DocumentParty {
    /// The name of the customer, or of the shop's proprietor. Null when the book had no `proprietorName`.
    async fn name(&self) -> Option<&str> {
        self.0.name.as_deref()
    }

    /// The firm that the customer buys for, or the name of the shop. Null when there was none.
    async fn firm_name(&self) -> Option<&str> {
        self.0.firm_name.as_deref()
    }

    /// The street address. Null when there was none.
    async fn address(&self) -> Option<&str> {
        self.0.address.as_deref()
    }

    /// The city of the address. Null when there was none.
    async fn city(&self) -> Option<&str> {
        self.0.city.as_deref()
    }

    /// The state of the address. Null when there was none.
    async fn state(&self) -> Option<&str> {
        self.0.state.as_deref()
    }

    /// The registration number for goods and services tax (GST). Null when there was none.
    async fn gst_number(&self) -> Option<&str> {
        self.0.gst_number.as_deref()
    }

    /// The phone number: in E.164 format (`+967711234567`) if its country is known, otherwise only its digits. Null when
    /// there was none, and for the buyer after `eraseCustomer`.
    async fn phone(&self) -> Option<&str> {
        party::phone(&self.0)
    }
}

/// The loader key for a party of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::graphql) struct PartyKey(pub(super) Uuid);

/// Loads parties of documents of the viewer's book.
impl Loader<PartyKey> for RequestLoader {
    type Value = DocumentParty;
    type Error = Arc<Error>;

    async fn load(&self, keys: &[PartyKey]) -> Result<HashMap<PartyKey, DocumentParty>, Arc<Error>> {
        let parties = party::find_many(self.reader.conn(), &self.viewer, keys.iter().map(|key| key.0)).await?;
        Ok(parties.into_iter().map(|party| (PartyKey(party.id), DocumentParty(party))).collect())
    }
}
