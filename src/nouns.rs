//! The list of nouns: what has ids, and what the schema is made of. A new noun has one entry here, see CONTRIBUTING.md.
//!
//! The kinds of ids ([`crate::id::kind`]), the interface `Node` and the roots of the schema ([`crate::graphql`]) are generated
//! from it, so none of them can be forgotten.

/// Calls the macro `$generate` with all nouns. An entry consists of
///
/// - the documentation, the name and the prefix of the kind of its ids,
/// - `node`: its object in the schema, when `Query.node` finds it. There must be a loader for its ids, whose value is the object
///   or converts into it,
/// - `query` and `mutation`: the types in `graphql/` that hold its root fields.
macro_rules! nouns {
    ($generate:ident) => {
        $generate! {
            /// A person who logs in.
            User "user" {
                node identity::user::User;
                query identity::user::UserQuery;
                mutation identity::user::UserMutation;
            }
            /// One login on one device.
            Session "session" {
                node identity::session::Session;
                mutation identity::session::SessionMutation;
            }
            /// One set of accounts: a shop's or a household's.
            Book "book" {
                node book::Book;
                query book::BookQuery;
                query changes::list::ChangeQuery;
                mutation book::BookMutation;
            }
            /// A wallet.
            Wallet "wallet" {
                node wallets::wallet::Wallet;
                query wallets::wallet::WalletQuery;
                query wallets::payee::PayeeQuery;
                mutation wallets::wallet::WalletMutation;
            }
            /// An account of the journal.
            Account "account" {}
            /// A journal entry. Those that move wallet money are the transactions of wallets.
            Entry "wallet_transaction" {
                node wallets::transaction::WalletTransaction;
                query wallets::history::WalletHistoryQuery;
                mutation wallets::transaction::WalletTransactionMutation;
            }
            /// A customer who buys on credit.
            Customer "customer" {
                node customers::customer::Customer;
                query customers::customer_list::CustomerQuery;
                query customers::summary::CustomerSummaryQuery;
                query customers::statement::StatementQuery;
                mutation customers::customer_mutation::CustomerMutation;
            }
            /// An entry in the ledger of a customer.
            LedgerEntry "entry" {
                node customers::entry::Entry;
                query customers::entry::EntryQuery;
                mutation customers::entry_mutation::EntryMutation;
                mutation customers::allocation::AllocationMutation;
                mutation customers::adjustment::AdjustmentMutation;
            }
            /// An invoice.
            Invoice "invoice" {
                node invoicing::invoice::Invoice;
                query invoicing::invoice::InvoiceQuery;
                query invoicing::sales::SalesQuery;
                mutation invoicing::invoice_mutation::InvoiceMutation;
            }
            /// A receipt.
            Receipt "receipt" {
                node invoicing::receipt::Receipt;
                query invoicing::receipt::ReceiptQuery;
                mutation invoicing::receipt::ReceiptMutation;
            }
            /// A credit note, which lowers an invoice.
            CreditNote "credit_note" {
                node invoicing::note::CreditNote;
                query invoicing::note::NoteQuery;
                mutation invoicing::note::NoteMutation;
            }
            /// A debit note, which raises an invoice.
            DebitNote "debit_note" {
                node invoicing::note::DebitNote;
            }
            /// A category of income or spending.
            Category "category" {
                node spending::category::Category;
                query spending::category::CategoryQuery;
                mutation spending::category::CategoryMutation;
            }
            /// A transaction of income or spending.
            Transaction "transaction" {
                node spending::transaction::Transaction;
                query spending::transaction_list::TransactionQuery;
                query spending::transfer::TransferQuery;
                query spending::duplicate::DuplicateQuery;
                query spending::report::ReportQuery;
                mutation spending::transaction::TransactionMutation;
                mutation spending::transfer::TransferMutation;
                mutation spending::duplicate::DuplicateMutation;
                mutation import::ImportMutation;
            }
            /// An import of a file.
            Import "import" {
                node imports::Import;
                query imports::ImportQuery;
                mutation imports::UndoMutation;
                mutation import_customers::CustomerImportMutation;
            }
            /// A budget.
            Budget "budget" {
                node spending::budget::Budget;
                query spending::budget::BudgetQuery;
                mutation spending::budget::BudgetMutation;
            }
            /// What the files of a bank look like, under a name.
            ImportProfile "import_profile" {
                node import::profile::ImportProfile;
                query import::profile::ImportProfileQuery;
                query import::preview::ImportPreviewQuery;
                mutation import::profile::ImportProfileMutation;
            }
            /// A row of the activity log.
            Activity "activity" {
                node activity::event::Activity;
                query activity::list::ActivityQuery;
            }
            /// A credit note or a debit note.
            Note "note" {}
            /// Whatever a journal entry is posted for: a ledger entry or a transaction.
            Document "document" {}
            /// Whatever an account belongs to: a wallet, a book, a customer or a category.
            Holder "holder" {}
        }
    };
}

pub(crate) use nouns;
