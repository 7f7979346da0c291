//! Whether a list has the rows that were deleted or archived.

use std::borrow::Cow;

use async_graphql::{InputType, InputValueError, InputValueResult, Value, registry::Registry};
use sea_orm::{ColumnTrait, sea_query::Expr};

/// A field of a filter: `false` for the rows that were not deleted or archived, `true` for those that were, null for both. Absent
/// means `false`, so null and absent are different things.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Removed(Option<bool>);

impl Default for Removed {
    fn default() -> Self {
        Self(Some(false))
    }
}

impl From<Option<bool>> for Removed {
    /// `None` stands for null.
    fn from(removed: Option<bool>) -> Self {
        Self(removed)
    }
}

impl Removed {
    /// The SQL condition, on the column with the time when a row was deleted or archived. `None` when it restricts nothing.
    pub(crate) fn condition(self, removed_at: impl ColumnTrait) -> Option<Expr> {
        self.0.map(|removed| if removed { removed_at.is_not_null() } else { removed_at.is_null() })
    }
}

/// A nullable `Boolean` in the schema.
impl InputType for Removed {
    type RawValueType = bool;

    fn type_name() -> Cow<'static, str> {
        Option::<bool>::type_name()
    }

    fn qualified_type_name() -> String {
        Option::<bool>::qualified_type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        Option::<bool>::create_type_info(registry)
    }

    fn parse(value: Option<Value>) -> InputValueResult<Self> {
        value.map_or_else(
            || Ok(Self::default()),
            |value| Option::parse(Some(value)).map(Self).map_err(InputValueError::propagate),
        )
    }

    fn to_value(&self) -> Value {
        self.0.to_value()
    }

    fn as_raw_value(&self) -> Option<&bool> {
        self.0.as_ref()
    }
}
