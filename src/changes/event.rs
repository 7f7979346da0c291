//! The changes that an activity makes. Pure.

use crate::{
    entity::{
        activity::{self, Action, Outcome},
        change::{ChangeKind, Model, Noun},
    },
    id::{Id, kind},
};

/// The changes of the object that an activity is about: one or none, and for a document that of its entry too. A wallet operation has
/// none here, since the journal writes those of wallet transactions. `done` is what was done with the object, if the activity says
/// more than its action.
pub(crate) fn changes_of(
    row: &activity::Model,
    customer: Option<Id<kind::Customer>>,
    done: Option<ChangeKind>,
) -> Vec<Model> {
    let change = change_of(row, customer, done);
    let entry = change.as_ref().and_then(|document| {
        Some(Model { noun: Noun::LedgerEntry, kind: kind_of_entry(row.action)?, ..document.clone() })
    });
    change.into_iter().chain(entry).collect()
}

/// What happens with the entry of a document. It has the id of the document.
fn kind_of_entry(action: Action) -> Option<ChangeKind> {
    match action {
        Action::CreateInvoice | Action::CreateReceipt | Action::CreateCreditNote | Action::CreateDebitNote => {
            Some(ChangeKind::Created)
        }
        Action::VoidInvoice | Action::VoidReceipt | Action::VoidCreditNote | Action::VoidDebitNote => {
            Some(ChangeKind::Deleted)
        }
        _ => None,
    }
}

fn change_of(row: &activity::Model, customer: Option<Id<kind::Customer>>, done: Option<ChangeKind>) -> Option<Model> {
    let book_id = row.book_id.filter(|_| row.outcome == Outcome::Done)?;
    let kind = kind_of(row.action, done)?;
    // What is registered is a user, and what begins with it is a book.
    let (noun, thing_id) = match row.action {
        Action::Register => (Noun::Book, book_id.uuid()),
        _ => Noun::of_id(row.thing_id.as_deref()?)?,
    };
    let of_itself = matches!(noun, Noun::Wallet | Noun::Customer).then_some(thing_id);
    let of_id = customer.map(Id::uuid).or(of_itself);
    Some(Model { thing_id, book_id, noun, kind, of_id, also_of_id: None, created_at: row.created_at })
}

fn kind_of(action: Action, done: Option<ChangeKind>) -> Option<ChangeKind> {
    Some(match action {
        // They concern sessions and accounts of users, or change no object. What wallet operations and imports change is written
        // where they do so.
        Action::Login
        | Action::RefreshToken
        | Action::Logout
        | Action::RevokeSession
        | Action::ChangePassword
        | Action::DeleteAccount
        | Action::CancelAccountDeletion
        | Action::Deposit
        | Action::Withdraw
        | Action::Transfer
        | Action::ImportTransactions
        | Action::ImportEntries
        | Action::ImportCustomers
        | Action::DeclineTransfer
        | Action::DeclineDuplicate => return None,
        Action::DeleteEntry | Action::DeleteTransaction | Action::ConfirmDuplicate | Action::DeleteImportProfile => {
            ChangeKind::Deleted
        }
        Action::Register
        | Action::CreateWallet
        | Action::CreateCustomer
        | Action::AddEntry
        | Action::RefundCustomer
        | Action::WriteOff
        | Action::SetOpeningBalance
        | Action::CreateInvoice
        | Action::CreateReceipt
        | Action::CreateCreditNote
        | Action::CreateDebitNote
        | Action::CreateCategory
        | Action::AddTransaction
        | Action::SetBudget
        | Action::SaveImportProfile => done.unwrap_or(ChangeKind::Created),
        Action::UpdateProfile
        | Action::UpdateBook
        | Action::UpdateWallet
        | Action::FreezeWallet
        | Action::UnfreezeWallet
        | Action::CloseWallet
        | Action::UpdateCustomer
        | Action::DeleteCustomer
        | Action::RestoreCustomer
        | Action::EraseCustomer
        | Action::UpdateEntry
        | Action::Allocate
        | Action::Release
        | Action::VoidInvoice
        | Action::VoidReceipt
        | Action::VoidCreditNote
        | Action::VoidDebitNote
        | Action::UpdateCategory
        | Action::DeleteCategory
        | Action::RestoreCategory
        | Action::UpdateTransaction
        | Action::ConfirmTransfer
        | Action::UndoTransfer
        | Action::UndoImport
        | Action::DeleteBudget => done.unwrap_or(ChangeKind::Updated),
    })
}
