//! A library extension that stops the execution when the answer grows too large, and lets others run meanwhile. It also leaves out
//! the library's own checks of the document, since the document was made by [`super::operation`].
//!
//! The library resolves all fields of a list at once, and what it holds for a field while it is resolved is larger than what is
//! left of it in the answer. So a field counts from the moment at which it begins.

use std::{
    future::poll_fn,
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    task::Poll,
    time::{Duration, Instant},
};

use async_graphql::{
    CacheControl, ServerError, ServerResult, ValidationResult, Value,
    extensions::{Extension, ExtensionContext, ExtensionFactory, NextResolve, NextValidation, ResolveInfo},
};

/// How many bytes a field counts at least. The library needs about 1,200 bytes for each field that is being resolved.
const LEAST: usize = 256;
/// For how long a request is executed without letting others run. Fields that are in memory never wait, so without this a request
/// for many of them would keep a thread for itself, and not even its own time limit could stop it.
const SLICE: Duration = Duration::from_millis(5);

/// The size of one answer, counted while it is built. It is added to the request's data before, and queried after the library
/// returns the response.
pub(super) struct AnswerSize {
    most: usize,
    size: AtomicUsize,
    began: Instant,
    /// When the current slice ends, in microseconds after the beginning.
    slice_ends: AtomicU64,
}

impl AnswerSize {
    /// An answer of at most this many bytes.
    pub(super) fn at_most(most: usize) -> Arc<Self> {
        Arc::new(Self { most, size: AtomicUsize::new(0), began: Instant::now(), slice_ends: AtomicU64::new(0) })
    }

    /// Runs the execution of the request in slices of time.
    pub(super) async fn in_slices<T>(&self, execution: impl Future<Output = T>) -> T {
        let mut execution = pin!(execution);
        poll_fn(|cx| {
            self.slice_ends.store(self.now().saturating_add(micros(SLICE)), Ordering::Relaxed);
            execution.as_mut().poll(cx)
        })
        .await
    }

    /// Waits for the next slice when the current one is over.
    async fn pause(&self) {
        poll_fn(|cx| {
            if self.now() < self.slice_ends.load(Ordering::Relaxed) {
                return Poll::Ready(());
            }
            cx.waker().wake_by_ref();
            Poll::Pending
        })
        .await;
    }

    fn now(&self) -> u64 {
        micros(self.began.elapsed())
    }

    /// Adds to the size. Returns whether it is still small enough.
    fn add(&self, more: usize) -> bool {
        self.size.fetch_add(more, Ordering::Relaxed).saturating_add(more) <= self.most
    }

    /// The maximum size.
    pub(super) fn most(&self) -> usize {
        self.most
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
        let Some(answer) = ctx.data_opt::<Arc<AnswerSize>>() else { return next.run(ctx, info).await };
        let too_large = || Err(ServerError::new("the answer is too large", None));
        let key = info.alias.unwrap_or(info.name).len();
        if !answer.add(LEAST) {
            return too_large();
        }
        answer.pause().await;
        let value = next.run(ctx, info).await?;
        let size = value.as_ref().map_or(0, |value| size(key, value));
        if answer.add(size.saturating_sub(LEAST)) { Ok(value) } else { too_large() }
    }

    async fn validation(
        &self,
        _: &ExtensionContext<'_>,
        _: NextValidation<'_>,
    ) -> Result<ValidationResult, Vec<ServerError>> {
        Ok(ValidationResult { cache_control: CacheControl::default(), complexity: 0, depth: 0 })
    }
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}

/// The size of a field in the answer, in bytes. The fields of objects are not included, since each is counted by itself.
fn size(key: usize, value: &Value) -> usize {
    let within = match value {
        Value::List(items) => items.iter().map(|item| own_size(item) + 1).sum(),
        value => own_size(value),
    };
    key + within + 4
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

#[cfg(test)]
mod tests {
    use std::{
        sync::{
            Arc,
            atomic::{AtomicBool, Ordering},
        },
        time::{Duration, Instant},
    };

    use super::AnswerSize;

    #[tokio::test(flavor = "current_thread")]
    async fn others_run_while_a_request_is_executed_that_never_waits() {
        let (size, has_run) = (AnswerSize::at_most(0), Arc::new(AtomicBool::new(false)));
        let other = has_run.clone();
        tokio::spawn(async move { other.store(true, Ordering::SeqCst) });
        let began = Instant::now();
        let fields = async {
            while !has_run.load(Ordering::SeqCst) && began.elapsed() < Duration::from_mins(1) {
                size.pause().await;
            }
        };
        size.in_slices(fields).await;
        assert!(has_run.load(Ordering::SeqCst));
    }
}
