//! [`Together`]: what many callers ask at once is answered together, by one statement.
//!
//! Questions that arrive while others are being answered queue up, and are answered together afterwards. So nobody waits for
//! others to come, and the more callers there are, the less each of them costs. A question whose caller has gone before it is
//! taken from the queue is not answered at all.
//!
//! Must not know what is asked.

use std::{fmt, io, panic::AssertUnwindSafe, thread};

use futures_util::FutureExt;
use sea_orm::DbErr;
use tokio::sync::{mpsc, oneshot};

use crate::error::{Error, Result};

/// A queue of questions, and a task in the background that answers them. Clones share both.
pub(crate) struct Together<Q, A>(mpsc::Sender<Asked<Q, A>>);

/// A question, and where the answer goes. `None`: nobody waits for it.
type Asked<Q, A> = (Q, Option<oneshot::Sender<Result<A>>>);

impl<Q: Send + 'static, A: Send + 'static> Together<Q, A> {
    /// Answers at most `most` questions at once, with one answer for each, in the same order. Ends when its last clone is dropped.
    pub(crate) fn new<F>(most: usize, answer: impl Fn(Vec<Q>) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<Vec<A>>> + Send + 'static,
    {
        let (sender, asked) = mpsc::channel(most);
        tokio::spawn(answer_all(asked, most, answer));
        Self(sender)
    }

    /// Like [`Together::new`], on a thread and in a runtime of its own, so that it does not wait for what others do.
    ///
    /// # Errors
    /// When the thread or the runtime cannot be started.
    pub(crate) fn on_thread<F>(
        name: &str,
        most: usize,
        most_waiting: usize,
        answer: impl Fn(Vec<Q>) -> F + Send + Sync + 'static,
    ) -> io::Result<Self>
    where
        F: Future<Output = Result<Vec<A>>> + Send + 'static,
    {
        let (sender, asked) = mpsc::channel(most_waiting);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let run = move || runtime.block_on(answer_all(asked, most, answer));
        thread::Builder::new().name(name.to_owned()).spawn(run)?;
        Ok(Self(sender))
    }

    /// Asks a question. Waits when the queue is full.
    ///
    /// # Errors
    /// Those of the answer, or a fault when there is none.
    pub(crate) async fn ask(&self, question: Q) -> Result<A> {
        let (asker, answer) = oneshot::channel();
        self.0.send((question, Some(asker))).await.map_err(|_| unanswered())?;
        answer.await.map_err(|_| unanswered())?
    }

    /// Asks a question, if the queue is not full.
    ///
    /// # Errors
    /// Those of the answer, or a fault when there is none; `TRY_AGAIN` when the queue is full.
    pub(crate) fn ask_at_once(&self, question: Q) -> impl Future<Output = Result<A>> + use<Q, A> {
        let (asker, answer) = oneshot::channel();
        let sent = self.0.try_send((question, Some(asker))).map_err(|_| Error::busy());
        async {
            sent?;
            answer.await.map_err(|_| unanswered())?
        }
    }

    /// Puts a question whose answer nobody waits for, if the queue is not full. Returns whether it was not.
    pub(crate) fn tell(&self, question: Q) -> bool {
        self.0.try_send((question, None)).is_ok()
    }
}

fn unanswered() -> Error {
    DbErr::Custom("a question was not answered".to_owned()).into()
}

/// Answers questions until nobody can ask any more.
async fn answer_all<Q, A, F>(
    mut asked: mpsc::Receiver<Asked<Q, A>>,
    most: usize,
    answer: impl Fn(Vec<Q>) -> F + Send + Sync,
) where
    F: Future<Output = Result<Vec<A>>> + Send,
{
    let mut batch = Vec::new();
    while asked.recv_many(&mut batch, most).await > 0 {
        let wanted = batch.drain(..).filter(|(_, asker): &Asked<Q, A>| asker.as_ref().is_none_or(|it| !it.is_closed()));
        let (questions, askers): (Vec<_>, Vec<_>) = wanted.unzip();
        if questions.is_empty() {
            continue;
        }
        // A panic concerns those who asked, who are told that there is no answer, and nobody after them.
        let answered = AssertUnwindSafe(async { answer(questions).await }).catch_unwind().await;
        match answered {
            Ok(Ok(answers)) => tell(askers.into_iter().zip(answers.into_iter().map(Ok))),
            Ok(Err(error)) => tell(askers.into_iter().map(|asker| (asker, Err(error.clone())))),
            Err(_) => {}
        }
    }
}

fn tell<A>(answers: impl Iterator<Item = (Option<oneshot::Sender<A>>, A)>) {
    for (asker, answer) in answers {
        if let Some(asker) = asker {
            // The client may have gone meanwhile.
            let _ = asker.send(answer);
        }
    }
}

impl<Q, A> Clone for Together<Q, A> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<Q, A> fmt::Debug for Together<Q, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Together").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use futures_util::future::join_all;
    use tokio::sync::Semaphore;

    use super::Together;
    use crate::error::Error;

    #[tokio::test]
    async fn what_is_asked_while_others_are_answered_is_answered_together() {
        let (begin, batches) = (Arc::new(Semaphore::new(0)), Arc::new(Mutex::new(Vec::new())));
        let together = Together::new(3, {
            let (begin, batches) = (begin.clone(), batches.clone());
            move |questions: Vec<u32>| {
                batches.lock().unwrap().push(questions.clone());
                let begin = begin.clone();
                async move {
                    begin.acquire().await.unwrap().forget();
                    if questions.contains(&4) {
                        return Err(Error::TimedOut);
                    }
                    assert!(!questions.contains(&7));
                    Ok(questions.into_iter().map(|question| question * 10).collect())
                }
            }
        });
        let first = tokio::spawn({
            let together = together.clone();
            async move { together.ask(0).await }
        });
        while batches.lock().unwrap().is_empty() {
            tokio::task::yield_now().await;
        }
        begin.add_permits(5);
        // Somebody who goes away before the question is taken. It keeps its place among those that are taken together.
        drop(together.ask_at_once(99));
        let answers = join_all((1..=9).map(|question| together.ask(question))).await;
        assert_eq!(first.await.unwrap().ok(), Some(0));
        let answers: Vec<_> = answers.into_iter().map(Result::ok).collect();
        // An error or a panic concerns those that were asked together with the question, and nobody after them.
        assert_eq!(answers, [Some(10), Some(20), None, None, None, None, None, None, Some(90)]);
        assert_eq!(*batches.lock().unwrap(), [vec![0], vec![1, 2], vec![3, 4, 5], vec![6, 7, 8], vec![9]]);
    }
}
