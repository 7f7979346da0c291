//! What is done around the execution of a request: it is noted that it started, since a request that was refused before has
//! no data, and the data is put into the form that the specification asks for.
//!
//! A document from which absent variables were removed is not what the client sent, and is not valid by itself. So a request
//! with such variables goes through the library twice: [`Execution::validation`] only validates the client's document, and
//! [`Execution::of_validated`] only executes the document that was made from it.

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

/// One execution. Put into the request's data, and asked when the response is there.
pub(super) struct Execution {
    document: ExecutableDocument,
    operation_name: Option<String>,
    steps: Steps,
    started: AtomicBool,
}

/// What the library is to do with a document.
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

    /// Validates a document and does not execute it.
    pub(super) fn validation(document: ExecutableDocument, operation_name: Option<String>) -> Arc<Self> {
        Self::with(document, operation_name, Steps::Validate)
    }

    /// Executes a document that was made from a valid one.
    pub(super) fn of_validated(document: ExecutableDocument, operation_name: Option<String>) -> Arc<Self> {
        Self::with(document, operation_name, Steps::Execute)
    }

    fn with(document: ExecutableDocument, operation_name: Option<String>, steps: Steps) -> Arc<Self> {
        Arc::new(Self { document, operation_name, steps, started: AtomicBool::new(false) })
    }

    /// Whether it has started, or would have if the document were not only validated.
    pub(super) fn has_started(&self) -> bool {
        self.started.load(Ordering::Relaxed)
    }
}

/// Looks after [`Execution`]s.
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
