//! What is done around the execution of a request: it is noted that it started, since a request that was refused before has
//! no data, and the data is put into the form that the specification asks for.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use async_graphql::{
    Response,
    extensions::{Extension, ExtensionContext, ExtensionFactory, NextExecute},
    parser::types::{ExecutableDocument, OperationType},
};

use super::{nulls::put_nulls, order::order, parameters::pick};

/// One execution. Put into the request's data, and asked when the response is there.
pub(super) struct Execution {
    document: ExecutableDocument,
    operation_name: Option<String>,
    started: AtomicBool,
}

impl Execution {
    pub(super) fn new(document: ExecutableDocument, operation_name: Option<String>) -> Arc<Self> {
        Arc::new(Self { document, operation_name, started: AtomicBool::new(false) })
    }

    /// Whether it has started.
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
    async fn execute(
        &self,
        ctx: &ExtensionContext<'_>,
        operation_name: Option<&str>,
        next: NextExecute<'_>,
    ) -> Response {
        let mut response = next.run(ctx, operation_name).await;
        let Some(execution) = ctx.data_opt::<Arc<Execution>>() else { return response };
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
