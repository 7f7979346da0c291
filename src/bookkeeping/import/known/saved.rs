//! Import profiles that a book keeps under names: saving, finding and deleting them.

use async_graphql::{ID, InputObject};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter,
    QueryOrder, QuerySelect, sea_query::LockType,
};

use super::super::profile::Profile;
use crate::{
    activity::{ActivityEvent, AuditFields, Field, field},
    app::App,
    bookkeeping::book,
    db::Transaction,
    entity::{
        activity::Action,
        import_profile::{Column, Entity, Model},
    },
    error::{Code, Detail, Refusal, Refusals, Result},
    id::{Id, kind},
    text,
    viewer::Viewer,
};

/// The longest name, in characters.
const LONGEST_NAME: usize = 60;

/// The longest profile, in bytes.
const LONGEST_PROFILE: usize = 16 * 1024;

/// The most profiles that a book may have, since their list is not paginated.
const MOST_PROFILES: u64 = 100;

/// The import profile to save. It replaces the one that has this name.
#[derive(Clone, Debug, InputObject)]
#[graphql(name = "SaveImportProfileInput")]
pub struct ProfileSetting {
    /// The name of the profile, such as that of the bank: 1 to 60 characters. It is unique in the book, ignoring case; accents
    /// count.
    pub name: String,
    /// The profile as JSON, such as `previewImport` returns in `profile`, perhaps changed by hand. At most 16 KiB.
    pub profile: String,
}

/// The profiles of the viewer's book, by name.
///
/// # Errors
/// When the database fails.
pub async fn list(conn: &impl ConnectionTrait, viewer: &Viewer) -> Result<Vec<Model>> {
    let own = Entity::find().filter(Column::BookId.eq(viewer.book));
    Ok(own.order_by_asc(Column::NameKey).all(conn).await?)
}

/// The profiles of the viewer's book with these ids; ids of other books are ignored.
///
/// # Errors
/// When the database fails.
pub async fn find_many(
    conn: &impl ConnectionTrait,
    viewer: &Viewer,
    ids: impl IntoIterator<Item = Id<kind::ImportProfile>>,
) -> Result<Vec<Model>> {
    Ok(Entity::find().filter(Column::BookId.eq(viewer.book)).filter(Column::Id.is_in(ids)).all(conn).await?)
}

/// The profile of the viewer's book with this name.
///
/// # Errors
/// `NOT_FOUND` at `path` when the book has none, `INVALID` when it is one that this version of the program cannot read.
pub(super) async fn named(
    conn: &impl ConnectionTrait,
    viewer: &Viewer,
    name: &str,
    path: &'static str,
) -> Result<Profile> {
    let missing = || Refusal::new(Code::NotFound, path, "You have no import profile with this name.");
    let key = text::line(name, LONGEST_NAME, path).map(|name| text::name_key(&name)).map_err(|_| missing())?;
    let found = with_key(viewer, key).one(conn).await?.ok_or_else(missing)?;
    Ok(Profile::from_json(&found.profile).map_err(|refusal| Refusal { path: path.to_owned(), ..refusal })?)
}

/// Saves a profile under a name. Replaces the one that has this name.
///
/// # Errors
/// `INVALID` for the name; `INVALID` and `REQUIRED` for the profile, at the path of its field; `LIMIT_REACHED` when the book has as
/// many as it may have.
pub async fn save(app: &App, viewer: &Viewer, setting: &ProfileSetting) -> Result<Model> {
    let mut refusals = Refusals::default();
    let name = refusals.check(text::line(&setting.name, LONGEST_NAME, "name"));
    let profile = checked(&setting.profile).map_err(|wrong| refusals.extend(wrong)).ok();
    let (Some(name), Some(profile)) = (name, profile) else { return Err(refusals.into()) };
    let (name, profile) = (&name, &profile);
    app.db
        .write(|tx| async move {
            book::lock(&tx, viewer).await?;
            let act = ActivityEvent::by(viewer, Action::SaveImportProfile);
            let (key, now) = (text::name_key(name), app.clock.now());
            let Some(before) = with_key(viewer, key.clone()).one(&tx).await? else {
                refuse_too_many(&tx, viewer).await?;
                let saved = Model {
                    id: Id::generate(),
                    book_id: viewer.book,
                    name: name.clone(),
                    name_key: key,
                    profile: profile.clone(),
                    created_at: now,
                    updated_at: now,
                };
                Entity::insert(saved.clone().into_active_model()).exec_without_returning(&tx).await?;
                act.on(saved.id).record(&tx, &app.clock).await?;
                return Ok(saved);
            };
            let after = Model { name: name.clone(), profile: profile.clone(), updated_at: now, ..before.clone() };
            let after = after.into_active_model().reset_all().update(&tx).await?;
            act.on(after.id).changed(&before, &after).record(&tx, &app.clock).await?;
            Ok(after)
        })
        .await
}

/// Deletes a profile. What was imported with it stays.
///
/// # Errors
/// `NOT_FOUND` when the book has no such profile.
pub async fn delete(app: &App, viewer: &Viewer, id: &ID) -> Result<Id<kind::ImportProfile>> {
    let missing = || Refusal::new(Code::NotFound, "id", "You have no such import profile.");
    let id: Id<kind::ImportProfile> = id.parse().map_err(|_| missing())?;
    app.db
        .write(|tx| async move {
            let own = Entity::find_by_id(id).filter(Column::BookId.eq(viewer.book));
            let before = own.lock(LockType::Update).one(&tx).await?.ok_or_else(missing)?;
            Entity::delete_by_id(id).exec(&tx).await?;
            let act = ActivityEvent::by(viewer, Action::DeleteImportProfile).on(id);
            act.removed(&before).record(&tx, &app.clock).await?;
            Ok(id)
        })
        .await
}

/// Deletes all profiles of the viewer's book, which is being closed: they may name accounts.
///
/// # Errors
/// When the database fails.
pub async fn delete_all(tx: &Transaction, viewer: &Viewer) -> Result<()> {
    Entity::delete_many().filter(Column::BookId.eq(viewer.book)).exec(tx).await?;
    Ok(())
}

fn with_key(viewer: &Viewer, key: String) -> sea_orm::Select<Entity> {
    Entity::find().filter(Column::BookId.eq(viewer.book)).filter(Column::NameKey.eq(key))
}

/// A profile in the form in which it is stored.
fn checked(json: &str) -> Result<String, Vec<Refusal>> {
    let within = |refusal: Refusal| {
        let path = if refusal.path.is_empty() { "profile".to_owned() } else { format!("profile.{}", refusal.path) };
        Refusal { path, ..refusal }
    };
    if json.len() > LONGEST_PROFILE {
        let message = format!("A profile can have at most {LONGEST_PROFILE} bytes.");
        return Err(vec![Refusal::new(Code::Invalid, "profile", message)]);
    }
    let profile = Profile::from_json(json).map_err(|refusal| vec![within(refusal)])?;
    profile.check().map_err(|refusals| refusals.into_iter().map(within).collect::<Vec<_>>())?;
    Ok(profile.to_json())
}

async fn refuse_too_many(tx: &Transaction, viewer: &Viewer) -> Result<()> {
    let own = Entity::find().filter(Column::BookId.eq(viewer.book));
    if own.count(tx).await? < MOST_PROFILES {
        return Ok(());
    }
    let message = format!("A book can have at most {MOST_PROFILES} import profiles.");
    Err(Refusal::new(Code::LimitReached, "", message).with(Detail::MostItems(MOST_PROFILES)).into())
}

/// What a profile says is not recorded: it may name an account, and the log outlives the profile.
impl AuditFields for Model {
    fn audit_fields(&self) -> Vec<Field> {
        vec![field("name", Some(&self.name))]
    }
}
