//! What an object is, from the id that the API uses and back.

use type_safe_id::{DynamicType, StaticType, TypeSafeId};
use uuid::Uuid;

use crate::{
    entity::change::Noun,
    id::{Id, kind},
};

/// The kind of id of each noun.
macro_rules! ids {
    ($($noun:ident => $kind:ident,)*) => {
        impl Noun {
            /// What the object with this id is, and its UUID. `None` for objects without changes, such as sessions.
            #[must_use]
            pub fn of_id(id: &str) -> Option<(Self, Uuid)> {
                let id: TypeSafeId<DynamicType> = id.parse().ok()?;
                let noun = match id.type_prefix() {
                    $(<kind::$kind as StaticType>::TYPE => Self::$noun,)*
                    _ => return None,
                };
                Some((noun, id.uuid()))
            }

            /// The id of the object with this UUID, in the form that the API uses.
            #[must_use]
            pub fn id(self, uuid: Uuid) -> String {
                match self {
                    $(Self::$noun => Id::<kind::$kind>::from_uuid(uuid).to_string(),)*
                }
            }
        }
    };
}

ids! {
    Book => Book,
    Wallet => Wallet,
    Entry => Entry,
    Customer => Customer,
    LedgerEntry => LedgerEntry,
    Invoice => Invoice,
    Receipt => Receipt,
    CreditNote => CreditNote,
    DebitNote => DebitNote,
    Category => Category,
    Transaction => Transaction,
    Budget => Budget,
    User => User,
    Import => Import,
    ImportProfile => ImportProfile,
}

#[cfg(test)]
mod tests {
    use sea_orm::Iterable;
    use uuid::Uuid;

    use super::Noun;
    use crate::nouns::nouns;

    /// Lists the nouns, each with its object in the schema if it has one.
    macro_rules! list {
        ($(
            $(#[$doc:meta])* $kind:ident $prefix:literal {
                $(node $($object:ident)::+;)?
                $(query $($query:ident)::+;)*
                $(mutation $($mutation:ident)::+;)*
            }
        )*) => {
            const NOUNS: &[(&str, &str)] = &[$(($prefix, concat!($(stringify!($($object)::+))?)),)*];
        };
    }

    nouns!(list);

    #[test]
    fn every_object_with_an_id_has_changes_but_for_sessions_and_activities() {
        let with_objects = NOUNS.iter().filter(|(_, object)| !object.is_empty()).map(|(prefix, _)| *prefix);
        let without =
            with_objects.filter(|prefix| Noun::of_id(&format!("{prefix}_01h455vb4pex5vsknk084sn02q")).is_none());
        assert_eq!(without.collect::<Vec<_>>(), ["session", "activity"]);
    }

    #[test]
    fn the_id_of_an_object_tells_what_it_is() {
        let uuid = Uuid::now_v7();
        for noun in Noun::iter() {
            assert_eq!(Noun::of_id(&noun.id(uuid)), Some((noun, uuid)));
        }
        for id in ["session_01h455vb4pex5vsknk084sn02q", "wallet", ""] {
            assert_eq!(Noun::of_id(id), None, "{id}");
        }
    }
}
