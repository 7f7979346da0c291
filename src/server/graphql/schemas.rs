//! The schema as the library executes it, and the one for the events of subscriptions: with the answer counted while it is built, or without where the answer is small whatever
//! is found. The library calls an extension for each field, and looks its type up before.

use async_graphql::ValidationMode;

use super::{answer_size::CountAnswers, operation::Plan};
use crate::{
    app::App,
    bookkeeping::wallets::operation::Writer,
    graphql::{EventSchema, Schema, event_schema_builder, schema_builder},
};

/// The maximum nesting of selections that the library executes: more than any plan has, since `DocumentLimits` limits its depth.
const MOST_NESTING: usize = 1000;

/// How many bytes a field may have in an answer that is not counted: as many as the longest texts have in scripts with long
/// characters. With the usual limit on answers, these are so few fields that they are resolved within a slice of time.
const LARGEST_FIELD: u64 = 8192;

/// Two forms of one schema, and the schema of events.
#[derive(Clone)]
pub(super) struct Schemas {
    counted: Schema,
    uncounted: Schema,
    pub(super) events: EventSchema,
    /// How many fields may be resolved without being counted.
    most_uncounted: u64,
}

impl Schemas {
    pub(super) fn new(app: &App, writer: &Writer) -> Self {
        // The limits on documents are checked before.
        let builder = || {
            schema_builder()
                .validation_mode(ValidationMode::Fast)
                .limit_recursive_depth(MOST_NESTING)
                .data(app.clone())
                .data(writer.clone())
        };
        let most_uncounted = u64::try_from(app.limits.execution.answer).unwrap_or(u64::MAX) / LARGEST_FIELD;
        let events = event_schema_builder()
            .validation_mode(ValidationMode::Fast)
            .limit_recursive_depth(MOST_NESTING)
            .data(app.clone())
            .extension(CountAnswers)
            .finish();
        let (counted, uncounted) = (builder().extension(CountAnswers).finish(), builder().finish());
        Self { counted, uncounted, events, most_uncounted }
    }

    /// The form that executes a plan with this price. An object that is resolved is paid for, or is one of few in an object that
    /// is, except in introspection.
    pub(super) fn of(&self, plan: &Plan, price: u64) -> &Schema {
        let is_introspection = plan.root_fields().iter().any(|field| ["__schema", "__type"].contains(&field.name()));
        let most = plan.root.count().saturating_mul(price.saturating_add(1));
        if is_introspection || most > self.most_uncounted { &self.counted } else { &self.uncounted }
    }
}
