//! Parses the lines of a file of customers. Pure.

use crate::{
    bookkeeping::{
        customers::customer::NewCustomer,
        import::{
            fingerprint::digest,
            reader::{Column, Need, Record},
        },
    },
    text,
};

pub(super) const COLUMNS: [Column; 10] = [
    Column { name: "name", need: Need::Always },
    Column { name: "phone", need: Need::UnlessSaid },
    Column { name: "email", need: Need::Never },
    Column { name: "firmName", need: Need::Never },
    Column { name: "address", need: Need::Never },
    Column { name: "city", need: Need::Never },
    Column { name: "state", need: Need::Never },
    Column { name: "gstNumber", need: Need::Never },
    Column { name: "note", need: Need::Never },
    Column { name: "id", need: Need::Never },
];

/// Parses a record and computes the hash of its content. What it says is checked later, since a phone number is read by the region of
/// the book.
pub(super) fn read(record: &Record) -> (NewCustomer, [u8; 32]) {
    let text = |name| Some(record.text(name).to_owned()).filter(|text| !text.is_empty());
    let line = NewCustomer {
        id: None,
        name: record.text("name").to_owned(),
        phone: text("phone"),
        email: text("email"),
        firm_name: text("firmName"),
        address: text("address"),
        city: text("city"),
        state: text("state"),
        gst_number: text("gstNumber"),
        note: text("note"),
    };
    let content = content(&line);
    (line, content)
}

/// The hash of a line's content, with texts in the form in which they are compared. Stored keys are made from it, so the fields and
/// their order must never change.
fn content(line: &NewCustomer) -> [u8; 32] {
    let NewCustomer { id: _, name, phone, email, firm_name, address, city, state, gst_number, note } = line;
    let others = [phone, email, firm_name, address, city, state, gst_number, note];
    let others = others.map(|text| text.as_deref().map(text::name_key).unwrap_or_default());
    let texts: Vec<_> = std::iter::once(text::name_key(name)).chain(others).collect();
    digest(&texts.iter().map(String::as_bytes).collect::<Vec<_>>())
}
