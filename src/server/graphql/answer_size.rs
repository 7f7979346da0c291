//! A library extension that stops the execution when the answer grows too large. It also leaves out the library's own checks of
//! the document, since the document was made by [`super::operation`].

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use async_graphql::{
    CacheControl, ServerError, ServerResult, ValidationResult, Value,
    extensions::{Extension, ExtensionContext, ExtensionFactory, NextResolve, NextValidation, ResolveInfo},
};

/// The size of one answer, counted while it is built. It is added to the request's data before, and queried after the library
/// returns the response.
pub(super) struct AnswerSize {
    most: usize,
    size: AtomicUsize,
}

impl AnswerSize {
    /// An answer of at most this many bytes.
    pub(super) fn at_most(most: usize) -> Arc<Self> {
        Arc::new(Self { most, size: AtomicUsize::new(0) })
    }

    /// Adds to the size. Returns whether it is still small enough.
    fn add(&self, more: usize) -> bool {
        self.size.fetch_add(more, Ordering::Relaxed).saturating_add(more) <= self.most
    }

    /// Whether the execution was stopped because the answer grew too large.
    pub(super) fn is_too_large(&self) -> bool {
        self.size.load(Ordering::Relaxed) > self.most
    }
}

/// The extension that counts.
pub(super) struct CountAnswers;

impl ExtensionFactory for CountAnswers {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Self)
    }
}

#[async_trait::async_trait]
impl Extension for CountAnswers {
    /// Adds the field to the size of the answer. When that is too much, all fields fail at once, so that the execution ends.
    async fn resolve(
        &self,
        ctx: &ExtensionContext<'_>,
        info: ResolveInfo<'_>,
        next: NextResolve<'_>,
    ) -> ServerResult<Option<Value>> {
        let key = info.alias.unwrap_or(info.name).len();
        let value = next.run(ctx, info).await?;
        let more = value.as_ref().map_or(0, |value| size(key, value));
        match ctx.data_opt::<Arc<AnswerSize>>() {
            Some(answer) if !answer.add(more) => Err(ServerError::new("the answer is too large", None)),
            _ => Ok(value),
        }
    }

    async fn validation(
        &self,
        _: &ExtensionContext<'_>,
        _: NextValidation<'_>,
    ) -> Result<ValidationResult, Vec<ServerError>> {
        Ok(ValidationResult { cache_control: CacheControl::default(), complexity: 0, depth: 0 })
    }
}

/// The size of a field in the answer, in bytes. The fields of objects are not included, since each is counted by itself. However
/// short a field is written, the program needs some memory for it.
fn size(key: usize, value: &Value) -> usize {
    const LEAST: usize = 32;
    let within = match value {
        Value::List(items) => items.iter().map(|item| own_size(item) + 1).sum(),
        value => own_size(value),
    };
    LEAST.max(key + within + 4)
}

fn own_size(value: &Value) -> usize {
    match value {
        Value::String(text) => text.len() + 2,
        Value::Enum(name) => name.len() + 2,
        Value::Number(_) => 8,
        Value::Binary(bytes) => bytes.len(),
        Value::Null | Value::Boolean(_) => 4,
        Value::List(_) | Value::Object(_) => 2,
    }
}
