//! A library extension around the execution of a request. It records whether the execution started, because a request that was
//! refused before has no `data`, it stops the execution when the answer grows too large, and it brings the data into the form that
//! the specification requires.
//!
//! A document from which absent variables were removed is not valid by itself. So a request with such variables goes through
//! the library twice: [`Execution::validation`] only validates the document that the client sent, and
//! [`Execution::of_validated`] only executes the changed document.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};

use async_graphql::{
    CacheControl, Response, ServerError, ServerResult, ValidationResult, Value,
    extensions::{
        Extension, ExtensionContext, ExtensionFactory, NextExecute, NextResolve, NextValidation, ResolveInfo,
    },
    parser::types::{ExecutableDocument, OperationType},
};

use super::{nulls::put_nulls, order::order, parameters::pick};

/// One execution. It is added to the request's data before, and queried after the library returns the response.
pub(super) struct Execution {
    document: ExecutableDocument,
    operation_name: Option<String>,
    steps: Steps,
    started: AtomicBool,
    too_large: AtomicBool,
}

/// Which steps the library must do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Steps {
    Both,
    Validate,
    Execute,
}

impl Execution {
    /// Validates a document and executes it.
    pub(super) fn new(document: ExecutableDocument, operation_name: Option<String>) -> Arc<Self> {
        Self::with(document, operation_name, Steps::Both)
    }

    /// Only validates a document.
    pub(super) fn validation(document: ExecutableDocument, operation_name: Option<String>) -> Arc<Self> {
        Self::with(document, operation_name, Steps::Validate)
    }

    /// Only executes a document. It must have been made from one that was validated.
    pub(super) fn of_validated(document: ExecutableDocument, operation_name: Option<String>) -> Arc<Self> {
        Self::with(document, operation_name, Steps::Execute)
    }

    fn with(document: ExecutableDocument, operation_name: Option<String>, steps: Steps) -> Arc<Self> {
        Arc::new(Self {
            document,
            operation_name,
            steps,
            started: AtomicBool::new(false),
            too_large: AtomicBool::new(false),
        })
    }

    /// Whether the execution started or, when the document is only validated, would have started.
    pub(super) fn has_started(&self) -> bool {
        self.started.load(Ordering::Relaxed)
    }

    /// Whether the execution was stopped because the answer grew too large.
    pub(super) fn is_too_large(&self) -> bool {
        self.too_large.load(Ordering::Relaxed)
    }
}

/// The extension that handles [`Execution`]s.
pub(super) struct Phase {
    /// The maximum size of an answer, in bytes.
    pub(super) largest_answer: usize,
}

/// [`Phase`] for one request.
struct OfRequest {
    largest_answer: usize,
    /// The size of the answer so far.
    size: AtomicUsize,
}

impl ExtensionFactory for Phase {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(OfRequest { largest_answer: self.largest_answer, size: AtomicUsize::new(0) })
    }
}

#[async_trait::async_trait]
impl Extension for OfRequest {
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
        if self.size.fetch_add(more, Ordering::Relaxed).saturating_add(more) > self.largest_answer {
            return Err(ServerError::new("the answer is too large", None));
        }
        Ok(value)
    }

    async fn validation(
        &self,
        ctx: &ExtensionContext<'_>,
        next: NextValidation<'_>,
    ) -> Result<ValidationResult, Vec<ServerError>> {
        match ctx.data_opt::<Arc<Execution>>() {
            Some(execution) if execution.steps == Steps::Execute => {
                Ok(ValidationResult { cache_control: CacheControl::default(), complexity: 0, depth: 0 })
            }
            _ => next.run(ctx).await,
        }
    }

    async fn execute(
        &self,
        ctx: &ExtensionContext<'_>,
        operation_name: Option<&str>,
        next: NextExecute<'_>,
    ) -> Response {
        let execution = ctx.data_opt::<Arc<Execution>>();
        if let Some(execution) = execution.filter(|execution| execution.steps == Steps::Validate) {
            execution.started.store(true, Ordering::Relaxed);
            return Response::default();
        }
        let mut response = next.run(ctx, operation_name).await;
        let Some(execution) = execution else { return response };
        execution.too_large.store(self.size.load(Ordering::Relaxed) > self.largest_answer, Ordering::Relaxed);
        execution.started.store(true, Ordering::Relaxed);
        let document = &execution.document;
        let Ok((_, operation)) = pick(document, execution.operation_name.as_deref()) else { return response };
        let registry = &ctx.schema_env.registry;
        let root = match operation.ty {
            OperationType::Mutation => registry.mutation_type.as_deref().unwrap_or_default(),
            _ => &registry.query_type,
        };
        let selected = &operation.selection_set.node;
        put_nulls(&mut response.data, &response.errors, document, (root, selected), registry);
        order(&mut response.data, document, selected);
        response
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
