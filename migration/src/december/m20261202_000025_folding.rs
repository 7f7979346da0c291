//! Keys by which names are compared and texts are searched. They were the texts in lower case; now they are what the crate `folding`
//! makes of them. No SQL does that, so it is done here, some hundred rows at a time.
//!
//! Two categories of one book may get the same key, such as two that are called "Café", one with a letter for é and one with an
//! accent after the e. Both stay, and keep their names. One has the key of the name: one that is not archived rather than an
//! archived one, and of several the oldest. The others have a key that no name has: the key, a line break and a number. They are
//! found by their ids, and by the name once they are renamed.

use std::collections::{HashMap, HashSet};

use folding::{name_key, search_key, search_text};
use sea_orm_migration::{
    prelude::*,
    sea_orm::{ConnectionTrait, QueryResult, TryGetable},
};
use uuid::Uuid;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// The number of rows that are read and written together.
const BATCH: u64 = 500;

/// How keys are made.
#[derive(Clone, Copy)]
struct Keys {
    name: fn(&str) -> String,
    city: fn(&str) -> String,
    search: fn(&[String]) -> String,
}

const FOLDED: Keys =
    Keys { name: name_key, city: search_key, search: |texts| search_text(texts.iter().map(String::as_str)) };
const IN_LOWER_CASE: Keys =
    Keys { name: str::to_lowercase, city: str::to_lowercase, search: |texts| texts.join("\n").to_lowercase() };

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        make_keys(manager, FOLDED).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        make_keys(manager, IN_LOWER_CASE).await
    }
}

async fn make_keys(manager: &SchemaManager<'_>, keys: Keys) -> Result<(), DbErr> {
    categories(manager, keys).await?;
    customers(manager, keys).await?;
    ledger_entries(manager, keys).await?;
    transactions(manager, keys).await
}

async fn categories(manager: &SchemaManager<'_>, keys: Keys) -> Result<(), DbErr> {
    let mut after = None;
    loop {
        let rows = batch(manager, "book", &[], after).await?;
        let books = rows.iter().map(|row| get(row, "id")).collect::<Result<Vec<Uuid>, _>>()?;
        let changed = changed_names(manager, keys, &books).await?;
        // Keys that are made of ids are out of the way, since a new key may be what another category has until then.
        let out_of_the_way = changed.iter().map(|(id, _)| (*id, Some(format!("\n{id}")))).collect();
        set(manager, "category", "name_key", out_of_the_way).await?;
        set(manager, "category", "name_key", changed).await?;
        match books.last() {
            Some(last) => after = Some(*last),
            None => return Ok(()),
        }
    }
}

/// The keys of categories that get other ones.
async fn changed_names(
    manager: &SchemaManager<'_>,
    keys: Keys,
    books: &[Uuid],
) -> Result<Vec<(Uuid, Option<String>)>, DbErr> {
    let mut select = Query::select();
    select.columns(["id", "book_id", "name", "name_key"]).from("category");
    select.and_where(Expr::col("book_id").is_in(books.iter().copied()));
    select.order_by_expr(Expr::col("archived_at").is_not_null(), Order::Asc);
    select.order_by("created_at", Order::Asc).order_by("id", Order::Asc);
    let (mut taken, mut changed) = (HashSet::<(Uuid, String)>::new(), Vec::new());
    for row in manager.get_connection().query_all(&select).await? {
        let book = get(&row, "book_id")?;
        let name: String = get(&row, "name")?;
        let key = (keys.name)(&name);
        let mut candidates = std::iter::once(key.clone()).chain((2..).map(|number| format!("{key}\n{number}")));
        let free = candidates.find(|candidate| taken.insert((book, candidate.clone())));
        change(&mut changed, &row, "name_key", free)?;
    }
    Ok(changed)
}

async fn customers(manager: &SchemaManager<'_>, keys: Keys) -> Result<(), DbErr> {
    let columns = ["name", "firm_name", "phone", "city", "name_key", "city_key", "search_text"];
    let mut after = None;
    loop {
        let rows = batch(manager, "customer", &columns, after).await?;
        let (mut names, mut cities, mut texts) = (Vec::new(), Vec::new(), Vec::new());
        for row in &rows {
            let id: Uuid = get(row, "id")?;
            let name: String = get(row, "name")?;
            let city: Option<String> = get(row, "city")?;
            let searched = [Some(name.clone()), get(row, "firm_name")?, get(row, "phone")?];
            let searched: Vec<String> = searched.into_iter().flatten().collect();
            change(&mut names, row, "name_key", Some((keys.name)(&name)))?;
            change(&mut cities, row, "city_key", city.as_deref().map(keys.city))?;
            change(&mut texts, row, "search_text", Some((keys.search)(&searched)))?;
            after = Some(id);
        }
        for (column, changed) in [("name_key", names), ("city_key", cities), ("search_text", texts)] {
            set(manager, "customer", column, changed).await?;
        }
        if rows.is_empty() {
            return Ok(());
        }
    }
}

async fn ledger_entries(manager: &SchemaManager<'_>, keys: Keys) -> Result<(), DbErr> {
    let mut after = None;
    loop {
        let rows = batch(manager, "ledger_entry", &["note", "search_text"], after).await?;
        let mut texts = Vec::new();
        for row in &rows {
            let note: Option<String> = get(row, "note")?;
            change(&mut texts, row, "search_text", searched(keys, &Vec::from_iter(note)))?;
            after = Some(get(row, "id")?);
        }
        set(manager, "ledger_entry", "search_text", texts).await?;
        if rows.is_empty() {
            return Ok(());
        }
    }
}

async fn transactions(manager: &SchemaManager<'_>, keys: Keys) -> Result<(), DbErr> {
    let mut after = None;
    loop {
        let rows = batch(manager, "transaction", &["description", "search_text"], after).await?;
        let ids = rows.iter().map(|row| get(row, "id")).collect::<Result<Vec<Uuid>, _>>()?;
        let mut notes = notes(manager, &ids).await?;
        let mut texts = Vec::new();
        for (row, id) in rows.iter().zip(&ids) {
            let description: Option<String> = get(row, "description")?;
            let parts: Vec<_> = description.into_iter().chain(notes.remove(id).unwrap_or_default()).collect();
            change(&mut texts, row, "search_text", searched(keys, &parts))?;
        }
        set(manager, "transaction", "search_text", texts).await?;
        match ids.last() {
            Some(last) => after = Some(*last),
            None => return Ok(()),
        }
    }
}

/// The notes of the lines of transactions, in the order of the lines.
async fn notes(manager: &SchemaManager<'_>, ids: &[Uuid]) -> Result<HashMap<Uuid, Vec<String>>, DbErr> {
    let mut select = Query::select();
    select.columns(["transaction_id", "note"]).from("transaction_line");
    select.and_where(Expr::col("transaction_id").is_in(ids.iter().copied()));
    select.and_where(Expr::col("note").is_not_null()).order_by("line", Order::Asc);
    let mut notes = HashMap::<_, Vec<_>>::new();
    for row in manager.get_connection().query_all(&select).await? {
        notes.entry(get(&row, "transaction_id")?).or_default().push(get(&row, "note")?);
    }
    Ok(notes)
}

/// The text that searches look in; `None` when there is none.
fn searched(keys: Keys, texts: &[String]) -> Option<String> {
    Some((keys.search)(texts)).filter(|text| !text.is_empty())
}

/// Rows of a table in the order of their ids, with these columns.
async fn batch(
    manager: &SchemaManager<'_>,
    table: &'static str,
    columns: &[&'static str],
    after: Option<Uuid>,
) -> Result<Vec<QueryResult>, DbErr> {
    let mut select = Query::select();
    select.column("id").columns(columns.iter().copied()).from(table).order_by("id", Order::Asc).limit(BATCH);
    if let Some(after) = after {
        select.and_where(Expr::col("id").gt(after));
    }
    manager.get_connection().query_all(&select).await
}

/// Notes the new value of a column, if it is another one.
fn change(
    changed: &mut Vec<(Uuid, Option<String>)>,
    row: &QueryResult,
    column: &str,
    value: Option<String>,
) -> Result<(), DbErr> {
    let before: Option<String> = get(row, column)?;
    if before != value {
        changed.push((get(row, "id")?, value));
    }
    Ok(())
}

/// Sets a column of several rows.
async fn set(
    manager: &SchemaManager<'_>,
    table: &'static str,
    column: &'static str,
    values: Vec<(Uuid, Option<String>)>,
) -> Result<(), DbErr> {
    // Each row is compared with each of the values.
    for values in values.chunks(100) {
        let ids = values.iter().map(|(id, _)| *id);
        let case = values.iter().fold(CaseStatement::new(), |case, (id, value)| {
            case.case(Expr::col("id").eq(*id), Expr::val(value.clone()))
        });
        let mut update = Query::update();
        update.table(table).value(column, case.finally(Expr::col(column))).and_where(Expr::col("id").is_in(ids));
        manager.get_connection().execute(&update).await?;
    }
    Ok(())
}

fn get<T: TryGetable>(row: &QueryResult, column: &str) -> Result<T, DbErr> {
    row.try_get("", column)
}
