//! A library extension around the execution of a request. It records whether the execution started, because a request that was
//! refused before has no `data`, and it brings the data into the form that the specification requires.
//!
//! A document from which absent variables were removed is not valid by itself. So a request with such variables goes through
//! the library twice: [`Execution::validation`] only validates the document that the client sent, and
//! [`Execution::of_validated`] only executes the changed document.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use async_graphql::{
    CacheControl, Response, ServerError, ValidationResult,
    extensions::{Extension, ExtensionContext, ExtensionFactory, NextExecute, NextValidation},
    parser::types::{ExecutableDocument, OperationType},
};

use super::{nulls::put_nulls, order::order, parameters::pick};

/// One execution. It is added to the request's data before, and queried after the library returns the response.
pub(super) struct Execution {
    document: ExecutableDocument,
    operation_name: Option<String>,
    steps: Steps,
    started: AtomicBool,
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
        Arc::new(Self { document, operation_name, steps, started: AtomicBool::new(false) })
    }

    /// Whether the execution started or, when the document is only validated, would have started.
    pub(super) fn has_started(&self) -> bool {
        self.started.load(Ordering::Relaxed)
    }
}

/// The extension that handles [`Execution`]s.
pub(super) struct Phase;

impl ExtensionFactory for Phase {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Self)
    }
}

#[async_trait::async_trait]
impl Extension for Phase {
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
