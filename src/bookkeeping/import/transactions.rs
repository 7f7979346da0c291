//! Imports lines as transactions: checks them against the book and writes them.
//!
//! The category decides whether a line is income or an expense, and the sign whether it is a refund, as in the statement of a
//! bank: what is below zero is money that went out. So above zero, a line in a category of expenses is a refund, and below
//! zero, one in a category of income is income given back. When a line names no category, the sign decides which default
//! category it is in; what a new category is for, [`CategoryKinds`] finds out from the whole file.
//!
//! A line that says that it is an expense is one whatever its sign, since files with kinds are written with and without
//! signs. Only in an export of Daybook, whose ids tell it apart, such a line is a refund when it is below zero.

use std::{collections::HashMap, mem, sync::Arc};

use async_graphql::ID;
use chrono::{DateTime, Utc};

use super::{
    category_kinds::CategoryKinds,
    fingerprint::Content,
    line_kind::{Access, Checked, LineKind, Own, Scope, Standing},
    options::{Format, TransactionImport},
    reader::{Column, Record},
    transaction_line::{self, COLUMNS, LinePart, TransactionLine, id_of},
    value::quoted,
};
use crate::{
    bookkeeping::{
        book, document,
        journal::{self, Idempotency, Refused},
        new_id::NewId,
        spending::{
            category::{self, CategoryRef},
            category_reference,
            transaction::{
                self,
                draft::{Part, TransactionDraft},
                input::{MOST_LINES, refuse_other_currency},
                write::{self, Item},
            },
        },
        wallets::wallet::{self, Wallet},
    },
    changes::{self, Thing},
    entity::{
        account::AccountStatus,
        activity::Action,
        category::{CategoryKind, Model as Category},
        change::{ChangeKind, Noun},
        import::ImportKind,
        journal_entry::Failure,
    },
    error::{Code, Detail, Refusal, Refusals, Result},
    id::{Id, kind},
    money::{Currency, Money},
    viewer::Viewer,
};

/// The options of an import, with what was found out from the whole file.
#[derive(Debug)]
pub(super) struct TransactionOptions {
    pub(super) options: TransactionImport,
    /// Only when categories may be created.
    pub(super) kinds: Option<Arc<CategoryKinds>>,
}

/// The state of the book against which lines are checked.
#[derive(Debug)]
pub(super) struct Transactions {
    viewer: Viewer,
    now: DateTime<Utc>,
    /// By name, in the form in which names are compared.
    categories: HashMap<String, Category>,
    /// The categories to insert before the next lines are written.
    to_make: Vec<Category>,
    /// What the categories of the file are for, when those that do not exist are to be created.
    may_make: Option<Arc<CategoryKinds>>,
    /// With the balances that they will have after the lines checked so far.
    wallets: HashMap<Id<kind::Wallet>, Wallet>,
    of_book: Currency,
    default_currency: Option<Currency>,
    default_wallet: Option<Id<kind::Wallet>>,
    income: Option<String>,
    expense: Option<String>,
}

impl LineKind for Transactions {
    const NOUN: &'static str = "transaction";
    const KIND: ImportKind = ImportKind::Transactions;
    const ACTION: Action = Action::ImportTransactions;
    const COLUMNS: &'static [Column] = &COLUMNS;
    const MOST_TOGETHER: usize = MOST_LINES + 1;
    type Options = TransactionOptions;
    type Line = TransactionLine;
    type Draft = TransactionDraft;

    fn read(format: &Format, records: &[Record]) -> Result<(TransactionLine, Content), Refusals> {
        transaction_line::read(format, records)
    }

    async fn open(
        Scope { app, viewer, tx, access, .. }: Scope<'_>,
        TransactionOptions { options, kinds }: &TransactionOptions,
    ) -> Result<Self> {
        let categories = match access {
            Access::Look => category::all(tx, viewer).await?,
            Access::Write => category::lock_all(tx, viewer).await?,
        };
        let wallets = wallet::list(tx, viewer).await?;
        let mut refusals = Refusals::default();
        let mut default = |wanted: &Option<CategoryRef>, kind, path| {
            refusals.check(default_category(&categories, wanted.as_ref(), kind, path)).flatten()
        };
        let income = default(&options.income_category, CategoryKind::Income, "incomeCategory");
        let expense = default(&options.expense_category, CategoryKind::Expense, "expenseCategory");
        let default_wallet = refusals.check(default_wallet(&wallets, options.default_wallet_id.as_ref())).flatten();
        refusals.none()?;
        Ok(Self {
            viewer: *viewer,
            now: app.clock.now(),
            categories: categories.into_iter().map(|category| (category.name_key.clone(), category)).collect(),
            to_make: Vec::new(),
            may_make: kinds.clone(),
            wallets: wallets.into_iter().map(|wallet| (wallet.wallet.id, wallet)).collect(),
            of_book: book::find(tx, viewer).await?.currency,
            default_currency: options.file.default_currency,
            default_wallet,
            income,
            expense,
        })
    }

    async fn standing(Scope { viewer, tx, .. }: Scope<'_>, made: Vec<Id<kind::Document>>) -> Result<Vec<Standing>> {
        let found = transaction::find_many(tx, viewer, made.iter().map(|id| id.cast())).await?;
        Ok(found.into_iter().map(Standing::from).collect())
    }

    async fn own(Scope { viewer, tx, .. }: Scope<'_>, ids: &[&str]) -> Result<HashMap<String, Own>> {
        let ids: HashMap<Id<kind::Transaction>, &str> = ids.iter().filter_map(|id| Some((id_of(id)?, *id))).collect();
        if ids.is_empty() {
            return Ok(HashMap::new());
        }
        let found = transaction::find_many(tx, viewer, ids.keys().copied()).await?;
        let own = |found: &crate::entity::transaction::Model| {
            let own = Own { id: found.id.cast(), is_deleted: found.deleted_at.is_some() };
            Some(((*ids.get(&found.id)?).to_owned(), own))
        };
        Ok(found.iter().filter_map(own).collect())
    }

    async fn stand(
        &self,
        Scope { viewer, tx, .. }: Scope<'_>,
        asked: &[(&TransactionLine, Id<kind::Document>)],
    ) -> Result<Vec<bool>> {
        let found = transaction::find_many(tx, viewer, asked.iter().map(|(_, id)| id.cast())).await?;
        let wallets: HashMap<Id<kind::Transaction>, _> =
            found.iter().map(|found| (found.id, found.wallet_id)).collect();
        let is_there = |(line, id): &(&TransactionLine, Id<kind::Document>)| {
            let wallet = self.wallet_of(line).ok().flatten().map(|wallet| wallet.wallet.id);
            wallets.get(&id.cast()) == Some(&wallet)
        };
        Ok(asked.iter().map(is_there).collect())
    }

    async fn prepare(&mut self, _: Scope<'_>, _: &[&TransactionLine]) -> Result<()> {
        Ok(())
    }

    fn check(&mut self, line: &TransactionLine) -> Result<Checked<TransactionDraft>, Refusals> {
        let mut refusals = Refusals::default();
        let wallet = refusals.check(self.wallet_of(line)).flatten();
        let own_currency = wallet.filter(|_| line.wallet.is_some()).map(|wallet| wallet.wallet.currency);
        let currency = line.currency.or(own_currency).or(self.default_currency);
        let currency = currency.or(wallet.map(|wallet| wallet.wallet.currency)).unwrap_or(self.of_book);
        let is_same = refuse_other_currency(wallet, currency);
        refusals.check(is_same.map_err(|refusal| Refusal { path: "currency".to_owned(), ..refusal }));
        let (mut kinds, mut parts, mut made, mut refunds) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let amounts: Vec<_> = line.parts.iter().map(|part| amount(part, currency)).collect();
        let moved = amounts.iter().flatten().copied().fold(0, i64::saturating_add);
        for (part, amount) in line.parts.iter().zip(amounts) {
            let category = refusals.check(self.category_of(line, part, &mut made));
            let amount = refusals.check(amount);
            if let (Some((category_id, name, kind)), Some(amount)) = (category, amount) {
                let amount = if is_by_its_kind(line, kind, moved) { amount } else { -amount };
                if amount < 0 {
                    refunds.push(name);
                }
                kinds.push(kind);
                parts.push(Part { category_id, amount, note: part.note.clone() });
            }
        }
        if kinds.iter().any(|kind| Some(kind) != kinds.first()) {
            let message = "All categories of a transaction must be of the same kind.";
            refusals.push(Refusal::new(Code::Invalid, "category", message));
        }
        let sum = parts.iter().map(|part| part.amount).fold(0, i64::saturating_add);
        if sum == 0 && !parts.is_empty() && refusals.is_empty() {
            let message = "The lines of a transaction must not add up to zero.";
            refusals.push(Refusal::new(Code::Invalid, "amount", message));
        }
        let amount = refusals.check(document::within_signed_limit(sum, currency, "amount"));
        let (Some(kind), Some(amount), true) = (kinds.first().copied(), amount, refusals.is_empty()) else {
            return Err(refusals);
        };
        // What the wallet pays; below zero what it receives.
        let paid = if kind == CategoryKind::Expense { amount } else { -amount };
        refusals.check(wallet.map_or(Ok(()), |wallet| refuse_overdrawing(wallet, paid)));
        if !refusals.is_empty() {
            return Err(refusals);
        }
        let wallet = wallet.cloned();
        if let Some(Wallet { account, .. }) = wallet.as_ref().and_then(|wallet| self.wallets.get_mut(&wallet.wallet.id))
        {
            let side = if paid > 0 { &mut account.debits } else { &mut account.credits };
            *side = side.saturating_add(paid.saturating_abs());
        }
        let note = note(&made, kind, refunds);
        self.to_make.extend(made.iter().cloned());
        self.categories.extend(made.into_iter().map(|category| (category.name_key.clone(), category)));
        let (date, description) = (line.date, line.description.clone());
        let wanted = TransactionDraft { kind, amount, currency, date, description, wallet, lines: parts };
        Ok(Checked { wanted, note })
    }

    async fn write(
        &mut self,
        Scope { app, viewer, tx, recording, .. }: Scope<'_>,
        wanted: Vec<(TransactionDraft, Idempotency)>,
    ) -> Result<Vec<Result<Id<kind::Document>, Refusal>>> {
        let categories = mem::take(&mut self.to_make);
        let of = |noun, id| Thing { noun, id, customer: None };
        let mut added: Vec<_> = categories.iter().map(|made| of(Noun::Category, made.id.uuid())).collect();
        category::insert(tx, categories).await?;
        let item = |(wanted, key)| Item { id: NewId::generate(), wanted, idempotency: Some(key) };
        let items: Vec<_> = wanted.into_iter().map(item).collect();
        let mut drafts = write::drafts(tx, app, viewer, &items).await?;
        for draft in &mut drafts {
            // Do not record a refused line as a failed entry: that entry would hold the line's idempotency key for
            // ever, and the line could not be imported later, when the wallet holds the money.
            draft.attempt = None;
        }
        let (mut results, mut written) = (Vec::with_capacity(items.len()), Vec::with_capacity(items.len()));
        for (item, posted) in items.into_iter().zip(journal::post(tx, &app.clock, &drafts).await?) {
            results.push(match posted {
                Err(refused) => Err(of_wallet(refused, item.wanted.wallet.as_ref())),
                Ok(posted) if posted.replayed => Ok(document::of(&posted.entry)?),
                Ok(posted) => {
                    let id = item.id.id.cast();
                    written.push((item, posted));
                    Ok(id)
                }
            });
        }
        added.extend(written.iter().map(|(item, _)| of(Noun::Transaction, item.id.id.uuid())));
        changes::write_all(tx, viewer.book, (ChangeKind::Created, self.now), added).await?;
        write::insert(tx, viewer, Some(recording.id), written).await?;
        Ok(results)
    }
}

impl Transactions {
    fn wallet_of(&self, line: &TransactionLine) -> Result<Option<&Wallet>, Refusal> {
        let id = match &line.wallet {
            Some(id) => id.parse().ok(),
            None if self.default_wallet.is_none() => return Ok(None),
            None => self.default_wallet,
        };
        let missing = || Refusal::new(Code::NotFound, "wallet", "You have no such wallet.");
        id.and_then(|id| self.wallets.get(&id)).ok_or_else(missing).map(Some)
    }

    /// The category of a part of a transaction: its id, name and kind. Adds a category that is to be created to `made`.
    fn category_of(
        &self,
        line: &TransactionLine,
        part: &LinePart,
        made: &mut Vec<Category>,
    ) -> Result<(Id<kind::Category>, String, CategoryKind), Refusal> {
        let is_below = part.amount.is_below_zero();
        let by_line = line.kind.unwrap_or(if is_below { CategoryKind::Expense } else { CategoryKind::Income });
        let key = if part.category.is_empty() {
            let default = if by_line == CategoryKind::Income { &self.income } else { &self.expense };
            default.clone().ok_or_else(|| {
                let message =
                    format!("The line names no category, and there is no default category for {}.", word(by_line));
                Refusal::new(Code::Required, "category", message)
            })?
        } else {
            category_reference::key(&part.category)
        };
        let is_there = self.categories.contains_key(&key) || made.iter().any(|category| category.name_key == key);
        if let Some(kinds) = self.may_make.as_ref().filter(|_| !is_there) {
            let count = self.categories.len() + made.len();
            let kind = line.kind.or(kinds.of_category(&key)).unwrap_or(by_line);
            let new = category::another(&self.viewer, count, &part.category, kind, self.now);
            made.push(new.map_err(|refusal| Refusal { path: "category".to_owned(), ..refusal })?);
        }
        let mut known = self.categories.get(&key).into_iter().chain(made.iter());
        let category = known.find(|category| category.name_key == key).ok_or_else(|| {
            let message = format!("There is no category {}.", quoted(&part.category));
            Refusal::new(Code::NotFound, "category", message)
        })?;
        category::refuse_archived(category, "category")?;
        let of_kind = format!("The category {} is for {}", category.name, word(category.kind));
        if line.kind.is_some_and(|kind| kind != category.kind) {
            let message = format!("{of_kind}, but the line is of the other kind.");
            return Err(Refusal::new(Code::Invalid, "kind", message));
        }
        Ok((category.id, category.name.clone(), category.kind))
    }
}

/// Whether amounts of the line count as they are for a category of this kind. Otherwise they count with the opposite sign.
/// `moved` is the sum of all amounts of the line.
fn is_by_its_kind(line: &TransactionLine, kind: CategoryKind, moved: i64) -> bool {
    match (kind, line.kind) {
        (CategoryKind::Income, _) => true,
        (CategoryKind::Expense, None) => line.is_exported,
        (CategoryKind::Expense, Some(_)) => line.is_exported || moved > 0,
    }
}

/// The amount of a part in minor units, with its sign.
fn amount(part: &LinePart, currency: Currency) -> Result<i64, Refusal> {
    let invalid = |message: String| Refusal::new(Code::Invalid, "amount", message);
    let minor = part.amount.to_minor(currency).map_err(|inexact| invalid(inexact.to_string()))?;
    if minor == 0 {
        return Err(invalid("The amount must not be zero.".to_owned()));
    }
    document::within_signed_limit(minor, currency, "amount")
}

/// Refuses what the journal would refuse, so that a dry run reports it. `paid` is what the wallet pays.
fn refuse_overdrawing(wallet: &Wallet, paid: i64) -> Result<(), Refusal> {
    let left = journal::balance(&wallet.account).saturating_sub(paid);
    let failure = match () {
        () if wallet.account.status != AccountStatus::Active => Failure::DebitNotActive,
        () if paid > 0 && left < 0 => Failure::InsufficientFunds,
        () => return Ok(()),
    };
    Err(of_wallet(Refused::Failed(failure), Some(wallet)))
}

/// The refusal of a line by its wallet, with the wallet's balance when that is too low.
pub(super) fn of_wallet(refused: Refused, wallet: Option<&Wallet>) -> Refusal {
    let refusal = of_column(document::wallet_refusal(refused));
    match wallet {
        Some(Wallet { wallet, account }) if refusal.code == Code::InsufficientFunds => {
            let balance = Money::from_minor(journal::balance(account), wallet.currency);
            refusal.with(Detail::Balance { wallet_id: wallet.id, balance })
        }
        _ => refusal,
    }
}

/// Changes the path of a refusal from the name of the API field to the name of the column.
fn of_column(refusal: Refusal) -> Refusal {
    if refusal.path == "walletId" { Refusal { path: "wallet".to_owned(), ..refusal } } else { refusal }
}

/// Says which categories the line creates, and which it lowers the total of: a file without signs shows by it that they are
/// taken for refunds.
fn note(made: &[Category], kind: CategoryKind, mut refunds: Vec<String>) -> Option<String> {
    let names = made.iter().map(|category| format!("{} ({})", category.name, word(category.kind)));
    let names = names.collect::<Vec<_>>().join(", ");
    let new = (!made.is_empty()).then(|| format!("New category: {names}."));
    refunds.dedup();
    let what = if kind == CategoryKind::Income { "Income given back" } else { "A refund" };
    let lower = (!refunds.is_empty()).then(|| format!("{what}: {}.", refunds.join(", ")));
    let notes: Vec<_> = new.into_iter().chain(lower).collect();
    (!notes.is_empty()).then(|| notes.join(" "))
}

fn word(kind: CategoryKind) -> &'static str {
    if kind == CategoryKind::Income { "income" } else { "spending" }
}

fn default_wallet(wallets: &[Wallet], id: Option<&ID>) -> Result<Option<Id<kind::Wallet>>, Refusal> {
    let Some(id) = id else { return Ok(None) };
    let found = id.parse().ok().and_then(|id| wallets.iter().find(|wallet| wallet.wallet.id == id));
    let missing = || Refusal::new(Code::NotFound, "defaultWalletId", "You have no such wallet.");
    Ok(Some(found.ok_or_else(missing)?.wallet.id))
}

/// The name of a default category, in the form in which names are compared.
fn default_category(
    categories: &[Category],
    wanted: Option<&CategoryRef>,
    kind: CategoryKind,
    path: &str,
) -> Result<Option<String>, Refusal> {
    let Some(wanted) = wanted else { return Ok(None) };
    let category = wanted.among(categories.iter(), path)?;
    category::refuse_archived(category, path)?;
    if category.kind != kind {
        let message = format!("The category {} is not for {}.", category.name, word(kind));
        return Err(Refusal::new(Code::Invalid, path, message));
    }
    Ok(Some(category.name_key.clone()))
}
