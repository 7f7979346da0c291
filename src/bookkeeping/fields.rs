//! The fields of each noun that the activity log records when they change, by their API names and with their values as
//! text.
//!
//! Lists only fields that can change, or that are lost when the object is deleted. Leaves out internal columns (keys
//! for comparing, texts for searching) and computed values (versions, sums).

use chrono::{DateTime, SecondsFormat, Utc};
use sea_orm::ActiveEnum;

use super::{transaction_input::Part, wallet::Wallet};
use crate::{
    activity::{Field, Fields, field},
    entity::{book, budget, category, customer, invoice, ledger_entry, receipt, transaction, wallet},
    money::Decimal,
    month::YearMonth,
};

/// A time in the format of the scalar `DateTime`.
fn moment(time: Option<DateTime<Utc>>) -> Option<String> {
    time.map(|time| time.to_rfc3339_opts(SecondsFormat::Micros, true))
}

impl Fields for book::Model {
    fn fields(&self) -> Vec<Field> {
        vec![
            field("name", Some(&self.name)),
            field("invoiceNumberPattern", Some(&self.invoice_number_pattern)),
            field("receiptNumberPattern", Some(&self.receipt_number_pattern)),
            field("timeZone", Some(self.time_zone)),
            field("shopName", self.shop_name.as_ref()),
            field("proprietorName", self.proprietor_name.as_ref()),
            field("gstNumber", self.gst_number.as_ref()),
            field("phone", self.phone.as_ref()),
            field("address", self.address.as_ref()),
            field("city", self.city.as_ref()),
            field("state", self.state.as_ref()),
        ]
    }
}

impl Fields for wallet::Model {
    fn fields(&self) -> Vec<Field> {
        vec![field("name", Some(&self.name)), field("isDefault", Some(self.is_default))]
    }
}

impl Fields for Wallet {
    fn fields(&self) -> Vec<Field> {
        let mut fields = self.wallet.fields();
        fields.push(field("status", Some(self.account.status.to_value())));
        fields
    }
}

impl Fields for customer::Model {
    fn fields(&self) -> Vec<Field> {
        vec![
            field("name", Some(&self.name)),
            field("phone", self.phone.as_ref()),
            field("email", self.email.as_ref()),
            field("firmName", self.firm_name.as_ref()),
            field("address", self.address.as_ref()),
            field("city", self.city.as_ref()),
            field("state", self.state.as_ref()),
            field("gstNumber", self.gst_number.as_ref()),
            field("note", self.note.as_ref()),
            field("archivedAt", moment(self.archived_at)),
        ]
    }
}

impl Fields for ledger_entry::Model {
    fn fields(&self) -> Vec<Field> {
        vec![
            field("type", Some(self.kind.to_value())),
            field("amount", Some(Decimal::from_minor(self.amount, self.currency))),
            field("currency", Some(self.currency)),
            field("date", Some(self.date)),
            field("note", self.note.as_ref()),
            field("deletedAt", moment(self.deleted_at)),
        ]
    }
}

impl Fields for invoice::Model {
    fn fields(&self) -> Vec<Field> {
        vec![field("voidedAt", moment(self.voided_at)), field("voidReason", self.void_reason.as_ref())]
    }
}

impl Fields for receipt::Model {
    fn fields(&self) -> Vec<Field> {
        vec![field("voidedAt", moment(self.voided_at)), field("voidReason", self.void_reason.as_ref())]
    }
}

impl Fields for category::Model {
    fn fields(&self) -> Vec<Field> {
        vec![
            field("name", Some(&self.name)),
            field("kind", Some(self.kind.to_value())),
            field("archivedAt", moment(self.archived_at)),
        ]
    }
}

impl Fields for budget::Model {
    fn fields(&self) -> Vec<Field> {
        vec![
            field("category", Some(self.category_id)),
            field("limit", Some(Decimal::from_minor(self.amount, self.currency))),
            field("currency", Some(self.currency)),
            field("month", self.month.map(YearMonth::of)),
            field("rollover", Some(self.rollover.to_value())),
            field("rolloverFrom", Some(YearMonth::of(self.since))),
            field("description", self.description.as_ref()),
        ]
    }
}

/// A transaction together with its lines.
impl Fields for (&transaction::Model, &[Part]) {
    fn fields(&self) -> Vec<Field> {
        let (transaction, parts) = self;
        let amount = |minor: i64| Some(Decimal::from_minor(minor, transaction.currency));
        let mut fields = vec![
            field("kind", Some(transaction.kind.to_value())),
            field("amount", amount(transaction.amount)),
            field("currency", Some(transaction.currency)),
            field("date", Some(transaction.date)),
            field("description", transaction.description.as_ref()),
            field("wallet", transaction.wallet_id),
            field("deletedAt", moment(transaction.deleted_at)),
        ];
        for (number, part) in parts.iter().enumerate() {
            fields.push(field(format!("lines.{number}.note"), part.note.as_ref()));
            if let [whole] = parts {
                fields.push(field("category", Some(whole.category_id)));
                continue;
            }
            fields.push(field(format!("lines.{number}.category"), Some(part.category_id)));
            fields.push(field(format!("lines.{number}.amount"), amount(part.amount)));
        }
        fields
    }
}
