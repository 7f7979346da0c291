//! Executes the operation of a request with the GraphQL library.

use std::sync::Arc;

use async_graphql::{Request, Response as Executed, parser::types::ExecutableDocument};

use super::{
    answer_size::AnswerSize,
    document::Reads,
    operation::{Answer, Needs, Plan, executable, needs},
    refused::Refused,
};
use crate::{
    app::App,
    changes::Change,
    client::Client,
    error::Error,
    graphql::{ApiError, EventSchema, Reader, Schema, with_change, with_viewer},
    viewer::Viewer,
};

/// Executes a plan.
///
/// # Errors
/// When there is no connection to read over, or the answer grows too large.
pub(super) async fn execute(
    app: App,
    schema: Schema,
    mut plan: Plan,
    viewer: Option<Viewer>,
    client: Client,
) -> Result<Answer, Refused> {
    let needs = needs(&plan);
    let document = executable(&mut plan);
    let executed = if let Some(viewer) = viewer {
        of_viewer((&app, &schema), (needs, &plan.reads), document, viewer, client).await?
    } else {
        let app = App { db: app.db.for_stranger(client.network()), ..app };
        let size = AnswerSize::at_most(app.limits.execution.answer);
        let request = request(document, &size, client).data(app);
        let executed = size.in_slices(schema.execute(request)).await;
        within(&size, executed)?
    };
    Ok(Answer::of(plan, executed))
}

/// Executes the plan of a subscription for a change.
///
/// # Errors
/// As for [`execute`].
pub(super) async fn execute_event(
    app: App,
    schema: EventSchema,
    mut plan: Plan,
    (viewer, client): (Viewer, Client),
    change: Change,
) -> Result<Answer, Refused> {
    let document = executable(&mut plan);
    let (size, reader) = (AnswerSize::at_most(app.limits.execution.answer), Reader::snapshot(&app));
    let request = with_change(request(document, &size, client), change);
    let (request, batches) = with_viewer(request, reader.clone(), viewer);
    let executed = size.in_slices(batches.run(schema.execute(request))).await;
    if reader.is_missing() {
        return Err(Refused::from(ApiError::from(Error::busy())));
    }
    Ok(Answer::of(plan, within(&size, executed)?))
}

fn request(document: ExecutableDocument, size: &Arc<AnswerSize>, client: Client) -> Request {
    let mut request = Request::new("").data(size.clone()).data(client);
    request.set_parsed_query(document);
    request
}

/// Executes an operation of a user. A query that seems to need one statement has no snapshot at first.
async fn of_viewer(
    (app, schema): (&App, &Schema),
    (needs, reads): (Needs, &Reads),
    document: ExecutableDocument,
    viewer: Viewer,
    client: Client,
) -> Result<Executed, Refused> {
    let once = async |reader: Reader, document| {
        let size = AnswerSize::at_most(app.limits.execution.answer);
        let (request, batches) = with_viewer(request(document, &size, client.clone()), reader.clone(), viewer);
        let executed = size.in_slices(batches.run(schema.execute(request))).await;
        if reader.is_missing() {
            return Err(Refused::from(ApiError::from(Error::busy())));
        }
        if let Some(statements) = reader.statements() {
            reads.note(statements);
        }
        Ok((size, executed))
    };
    if needs == Needs::Snapshot && reads.expects_one() {
        let reader = Reader::one_statement(app);
        let (size, executed) = once(reader.clone(), document.clone()).await?;
        if !reader.is_too_little() {
            return within(&size, executed);
        }
    }
    let reader = match needs {
        Needs::Nothing | Needs::Snapshot => Reader::snapshot(app),
        Needs::Current | Needs::Batch => Reader::now(app),
    };
    let (size, executed) = once(reader, document).await?;
    within(&size, executed)
}

/// What was executed, unless it grew too large.
fn within(size: &AnswerSize, executed: Executed) -> Result<Executed, Refused> {
    if size.is_too_large() { Err(too_large(size.most())) } else { Ok(executed) }
}

/// Refuses an answer that grew too large.
fn too_large(most: usize) -> Refused {
    let message = format!(
        "The answer would be larger than {most} bytes. Ask for fewer fields or smaller pages. What a mutation has done \
         remains done."
    );
    Refused::too_complex("answerBytes", most, most.saturating_add(1), message)
}
