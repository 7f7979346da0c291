//! Ids: opaque, globally unique and readable. An id is a type prefix and a UUID v7 in base 32, in the
//! [TypeID](https://github.com/jetify-com/typeid/tree/main/spec) form: `wallet_01h455vb4pex5vsknk084sn02q`.
//!
//! The kind is also part of the Rust type, so that the compiler rejects the id of an account where the id of a wallet is
//! expected. The database stores only the UUID.

use std::{fmt, str::FromStr};

use sea_orm::{
    ActiveValue, ColIdx, DbErr, IntoActiveValue, QueryResult, TryFromU64, TryGetError, TryGetable, Value,
    sea_query::{ArrayType, ColumnType, Nullable, ValueType, ValueTypeErr},
};
use type_safe_id::{DynamicType, StaticType, TypeSafeId};
use uuid::{Uuid, Variant};

use crate::nouns::nouns;

/// The id of an object of kind `K`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Id<K>(TypeSafeId<K>);

/// Declares a type for each kind of id.
macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident $prefix:literal { $($ignored:tt)* })*) => {
        /// The kinds of objects that have an id.
        pub mod kind {
            use type_safe_id::StaticType;
            $(
                $(#[$doc])*
                #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
                pub struct $kind;

                impl StaticType for $kind {
                    const TYPE: &'static str = $prefix;
                }
            )*
        }
    };
}

nouns!(kinds);

impl<K: StaticType> Id<K> {
    /// A new id. It sorts after all ids generated earlier in this process.
    #[must_use]
    pub fn generate() -> Self {
        Self::from_uuid(Uuid::now_v7())
    }

    /// The id that has this UUID.
    #[must_use]
    pub fn from_uuid(uuid: Uuid) -> Self {
        Self(TypeSafeId::from_uuid(uuid))
    }

    /// The UUID of this id.
    #[must_use]
    pub fn uuid(self) -> Uuid {
        self.0.uuid()
    }

    /// Whether the UUID is one of version 7, as RFC 9562 defines it. All ids that the server makes are.
    #[must_use]
    pub fn is_v7(self) -> bool {
        let uuid = self.uuid();
        uuid.get_version_num() == 7 && uuid.get_variant() == Variant::RFC4122
    }

    /// The id of another kind with the same UUID, for objects that share it, such as an account and its holder.
    #[must_use]
    pub fn cast<L: StaticType>(self) -> Id<L> {
        Id::from_uuid(self.uuid())
    }
}

impl<K: StaticType> fmt::Display for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<K: StaticType> fmt::Debug for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<K: StaticType> std::hash::Hash for Id<K> {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.0.uuid().hash(state);
    }
}

impl<K: StaticType> FromStr for Id<K> {
    type Err = type_safe_id::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

// The implementations below are what `DeriveValueType` generates. It does not support types with parameters.

impl<K: StaticType> From<Id<K>> for Value {
    fn from(id: Id<K>) -> Self {
        id.uuid().into()
    }
}

impl<K: StaticType> TryGetable for Id<K> {
    fn try_get_by<I: ColIdx>(row: &QueryResult, index: I) -> Result<Self, TryGetError> {
        Uuid::try_get_by(row, index).map(Self::from_uuid)
    }
}

impl<K: StaticType> ValueType for Id<K> {
    fn try_from(value: Value) -> Result<Self, ValueTypeErr> {
        <Uuid as ValueType>::try_from(value).map(Self::from_uuid)
    }

    fn type_name() -> String {
        format!("Id<{}>", K::TYPE)
    }

    fn array_type() -> ArrayType {
        Uuid::array_type()
    }

    fn column_type() -> ColumnType {
        Uuid::column_type()
    }
}

impl<K: StaticType> Nullable for Id<K> {
    fn null() -> Value {
        Uuid::null()
    }
}

impl<K: StaticType> IntoActiveValue<Self> for Id<K> {
    fn into_active_value(self) -> ActiveValue<Self> {
        ActiveValue::Set(self)
    }
}

impl<K> TryFromU64 for Id<K> {
    fn try_from_u64(_: u64) -> Result<Self, DbErr> {
        Err(DbErr::ConvertFromU64("an id is not a number"))
    }
}

/// Whether a text has the form of an id of any kind.
#[must_use]
pub fn is_id(text: &str) -> bool {
    text.parse::<TypeSafeId<DynamicType>>().is_ok_and(|id| !id.type_prefix().is_empty())
}

#[cfg(test)]
mod tests {
    use super::{Id, is_id, kind};

    #[test]
    fn an_id_reads_as_the_typeid_specification_says() {
        // https://github.com/jetify-com/typeid/blob/main/spec/valid.yml
        let uuid = "01890a5d-ac96-774b-bcce-b302099a8057".parse().unwrap();
        let id = Id::<kind::Wallet>::from_uuid(uuid);
        assert_eq!(id.to_string(), "wallet_01h455vb4pex5vsknk084sn02q");
        assert_eq!("wallet_01h455vb4pex5vsknk084sn02q".parse::<Id<kind::Wallet>>().unwrap(), id);
    }

    #[test]
    fn the_id_of_another_kind_does_not_parse() {
        for text in ["user_01h455vb4pex5vsknk084sn02q", "01h455vb4pex5vsknk084sn02q", "wallet_", "", "wallet_é"] {
            assert!(text.parse::<Id<kind::Wallet>>().is_err(), "{text}");
        }
    }

    #[test]
    fn only_a_uuid_of_version_7_is_one() {
        for (uuid, is_v7) in [
            ("01890a5d-ac96-774b-bcce-b302099a8057", true),
            ("00000000-0000-7000-8000-000000000000", true),
            ("ffffffff-ffff-7fff-bfff-ffffffffffff", true),
            ("01890a5d-ac96-474b-bcce-b302099a8057", false),
            ("01890a5d-ac96-774b-3cce-b302099a8057", false),
            ("01890a5d-ac96-774b-ccce-b302099a8057", false),
            ("00000000-0000-0000-0000-000000000000", false),
            ("ffffffff-ffff-ffff-ffff-ffffffffffff", false),
        ] {
            assert_eq!(Id::<kind::Wallet>::from_uuid(uuid.parse().unwrap()).is_v7(), is_v7, "{uuid}");
        }
    }

    #[test]
    fn the_id_of_any_kind_is_one() {
        for text in ["wallet_01h455vb4pex5vsknk084sn02q", "wallet_transaction_01h455vb4pex5vsknk084sn02q"] {
            assert!(is_id(text), "{text}");
        }
        for text in ["01h455vb4pex5vsknk084sn02q", "wallet", "wallet_", "", "correct horse battery"] {
            assert!(!is_id(text), "{text}");
        }
    }
}
