//! Runs an import batch by batch: as a dry run, in one transaction, or in one transaction per batch.

use std::{
    collections::HashMap,
    io::{self, Read, Seek},
};

use sea_orm::DbErr;
use tokio::sync::Mutex;

use super::{
    batch::{Batches, Candidate, Former},
    line_kind::{Access, Checked, LineKind, Scope},
    options::{FileOptions, Format, Mode},
    reader::{Column, Reader},
    report::{Line, Report, Status, Summary},
};
use crate::{
    activity::{self, ActivityEvent},
    app::App,
    bookkeeping::{
        book,
        journal::{self, Idempotency},
    },
    entity::journal_entry,
    error::{Code, Detail, Refusal, Result},
    id::{Id, kind},
    viewer::Viewer,
};

/// The most lines that are written in one transaction. Others wait for so long.
const MOST_LINES_TOGETHER: u64 = 5_000;

/// The decision about a candidate, before or after it is written.
#[derive(Clone)]
enum Verdict<G> {
    Refused(Vec<Refusal>),
    Duplicate(Option<Id<kind::Document>>, Option<String>),
    /// The data, and a note for the report.
    Good(G, Option<String>),
}

impl<G> Verdict<G> {
    /// The lines of the report for a candidate.
    fn lines<L>(
        self,
        candidate: &Candidate<L>,
        good: impl Fn(G) -> (Status, Option<Id<kind::Document>>),
    ) -> impl Iterator<Item = Line> {
        let (status, id, note, refusals) = match self {
            Self::Refused(refusals) => (Status::Refused, None, None, refusals),
            Self::Duplicate(id, note) => (Status::Duplicate, id, note, Vec::new()),
            Self::Good(of_good, note) => {
                let (status, id) = good(of_good);
                (status, id, note, Vec::new())
            }
        };
        candidate.lines.iter().map(move |line| Line::new(*line, status, id, note.clone(), refusals.clone()))
    }
}

/// Runs the import of one file.
pub(super) async fn run<S: LineKind>(
    app: &App,
    viewer: &Viewer,
    mut file: impl Read + Seek + Send,
    options: &FileOptions,
    format: &Format,
    more: &S::Options,
    report: Report<'_>,
) -> Result<Summary> {
    if let Some(most) = options.most_lines {
        refuse_longer(&mut file, format, S::COLUMNS, most)?;
    }
    let _turn = app.db.long_write(viewer.book).await?;
    let act = ActivityEvent::by(viewer, S::ACTION);
    if options.dry_run {
        let summary = look::<S>(app, viewer, &mut file, format, more, report).await?;
        activity::record_alone(app, act.changed(&Summary::default(), &summary)).await?;
        return Ok(summary);
    }
    if options.mode == Mode::GoodLines {
        let summary = write_batches::<S>(app, viewer, &mut file, format, more, report).await?;
        if summary == Summary::default() {
            activity::record_alone(app, act.changed(&Summary::default(), &summary)).await?;
        }
        return Ok(summary);
    }
    let mut refusals = Vec::new();
    let mut only_refused = |lines: &[Line]| {
        let refused: Vec<_> = lines.iter().filter(|line| line.status == Status::Refused).cloned().collect();
        if !refused.is_empty() {
            refusals.extend(refused.iter().flat_map(Line::refusals).map(|refusal| refusal.code));
            refusals.dedup();
            report(&refused);
        }
    };
    let looked = look::<S>(app, viewer, &mut file, format, more, &mut only_refused).await?;
    if looked.refused > 0 {
        activity::record_alone(app, act.refused(refusals)).await?;
        return Ok(Summary { refused: looked.refused, ..Summary::default() });
    }
    let summary = if looked.lines() > MOST_LINES_TOGETHER {
        file.rewind().map_err(|error| cannot_rewind(&error))?;
        write_batches::<S>(app, viewer, &mut file, format, more, report).await?
    } else {
        write_together::<S>(app, viewer, file, format, more, report).await?
    };
    if summary.refused > 0 && summary.added == 0 {
        activity::record_alone(app, act.refused([Code::Conflict])).await?;
    }
    Ok(summary)
}

/// Records in the activity log what this transaction writes.
async fn record<S: LineKind>(Scope { app, viewer, tx, .. }: Scope<'_>, lines: &[&[Line]]) -> Result<()> {
    let mut summary = Summary::default();
    for lines in lines {
        summary.count(lines);
    }
    ActivityEvent::by(viewer, S::ACTION).changed(&Summary::default(), &summary).record(tx, &app.clock).await
}

/// Reports what an import would do with each line, without writing.
async fn look<S: LineKind>(
    app: &App,
    viewer: &Viewer,
    file: impl Read + Send,
    format: &Format,
    more: &S::Options,
    report: Report<'_>,
) -> Result<Summary> {
    let mut batches = Batches::open::<S>(file, format)?;
    let snapshot = app.db.snapshot().await?;
    let scope = Scope { app, viewer, tx: &snapshot, access: Access::Look };
    let mut sort = S::open(scope, more).await?;
    let mut summary = Summary::default();
    loop {
        let batch = batches.next::<S>();
        if batch.is_empty() {
            return Ok(summary);
        }
        let mut lines = Vec::new();
        for (candidate, verdict) in batch.iter().zip(judge(&mut sort, scope, &batch).await?) {
            lines.extend(verdict.lines(candidate, |_| (Status::Good, None)));
        }
        summary.count(&lines);
        report(&lines);
    }
}

/// Whether a line would take more from a wallet than there is in it.
pub(super) async fn overdraws<S: LineKind>(
    app: &App,
    viewer: &Viewer,
    file: impl Read + Send,
    format: &Format,
    more: &S::Options,
) -> Result<bool> {
    let mut overdraws = false;
    let mut report = |lines: &[Line]| {
        overdraws |= lines.iter().flat_map(Line::refusals).any(|refusal| refusal.code == Code::InsufficientFunds);
    };
    look::<S>(app, viewer, file, format, more, &mut report).await?;
    Ok(overdraws)
}

/// Writes the good lines of each batch in a transaction of its own, which is also one event in the activity log.
async fn write_batches<S: LineKind>(
    app: &App,
    viewer: &Viewer,
    file: impl Read + Send,
    format: &Format,
    more: &S::Options,
    report: Report<'_>,
) -> Result<Summary> {
    let mut batches = Batches::open::<S>(file, format)?;
    let mut summary = Summary::default();
    let mut pace = app.db.pace();
    loop {
        let batch = &batches.next::<S>();
        if batch.is_empty() {
            return Ok(summary);
        }
        let lines = app.db.write(|tx| async move {
            book::lock(&tx, viewer).await?;
            let scope = Scope { app, viewer, tx: &tx, access: Access::Write };
            let mut sort = S::open(scope, more).await?;
            let lines = write(&mut sort, scope, batch).await?;
            record::<S>(scope, &[&lines]).await?;
            Ok(lines)
        });
        let lines = lines.await?;
        summary.count(&lines);
        report(&lines);
        pace.keep().await;
    }
}

/// Writes the whole file in one transaction, or nothing.
async fn write_together<S: LineKind>(
    app: &App,
    viewer: &Viewer,
    file: impl Read + Seek + Send,
    format: &Format,
    more: &S::Options,
    report: Report<'_>,
) -> Result<Summary> {
    let file = &Mutex::new(file);
    let refused = &Mutex::new(Vec::new());
    let written = app.db.write(|tx| async move {
        let mut file = file.lock().await;
        file.rewind().map_err(|error| cannot_rewind(&error))?;
        let mut batches = Batches::open::<S>(&mut *file, format)?;
        book::lock(&tx, viewer).await?;
        let scope = Scope { app, viewer, tx: &tx, access: Access::Write };
        let mut sort = S::open(scope, more).await?;
        let mut written = Vec::new();
        loop {
            let batch = batches.next::<S>();
            if batch.is_empty() {
                record::<S>(scope, &written.iter().map(Vec::as_slice).collect::<Vec<_>>()).await?;
                return Ok(written);
            }
            let mut lines = write(&mut sort, scope, &batch).await?;
            if lines.iter().any(|line| line.status == Status::Refused) {
                // Another request changed the book after the first pass.
                lines.retain(|line| line.status == Status::Refused);
                *refused.lock().await = lines;
                return Err(Refusal::new(Code::Conflict, "csv", "The book was changed during the import.").into());
            }
            written.push(lines);
        }
    });
    let (written, mut summary) = (written.await, Summary::default());
    let refused = refused.lock().await;
    let lines = match written {
        Ok(lines) => lines,
        Err(_) if !refused.is_empty() => vec![refused.clone()],
        Err(error) => return Err(error),
    };
    for lines in lines {
        summary.count(&lines);
        report(&lines);
    }
    Ok(summary)
}

/// Writes the good lines of a batch.
async fn write<S: LineKind>(sort: &mut S, scope: Scope<'_>, batch: &[Candidate<S::Line>]) -> Result<Vec<Line>> {
    let (mut verdicts, mut wanted) = (Vec::with_capacity(batch.len()), Vec::new());
    for verdict in judge(sort, scope, batch).await? {
        verdicts.push(match verdict {
            Verdict::Refused(refusals) => Verdict::Refused(refusals),
            Verdict::Duplicate(id, note) => Verdict::Duplicate(id, note),
            Verdict::Good(good, note) => {
                wanted.push(good);
                Verdict::Good((), note)
            }
        });
    }
    let mut written = if wanted.is_empty() { Vec::new() } else { sort.write(scope, wanted).await? }.into_iter();
    let mut lines = Vec::with_capacity(batch.len());
    for (candidate, verdict) in batch.iter().zip(verdicts) {
        let verdict = match verdict {
            Verdict::Good((), note) => match written.next() {
                Some(Ok(id)) => Verdict::Good(id, note),
                Some(Err(refusal)) => Verdict::Refused(vec![refusal]),
                None => return Err(DbErr::Custom("a line has no result".to_owned()).into()),
            },
            Verdict::Refused(refusals) => Verdict::Refused(refusals),
            Verdict::Duplicate(id, note) => Verdict::Duplicate(id, note),
        };
        lines.extend(verdict.lines(candidate, |id| (Status::Added, Some(id))));
    }
    Ok(lines)
}

/// Decides about the candidates of a batch. Candidates that were imported before are not checked again: they were valid
/// when they were written, and need not be valid now.
async fn judge<S: LineKind>(
    sort: &mut S,
    scope: Scope<'_>,
    batch: &[Candidate<S::Line>],
) -> Result<Vec<Verdict<(S::Draft, Idempotency)>>> {
    let readable = || batch.iter().filter_map(|candidate| Some((candidate, candidate.read.as_ref().ok()?)));
    let mut keys = Vec::with_capacity(2 * batch.len());
    for (candidate, (_, idempotency)) in readable() {
        keys.push(idempotency.key.as_str());
        keys.extend(candidate.former.as_ref().map(|former| former.key.as_str()));
    }
    let known = journal::find_keys(scope.tx, scope.viewer.book, keys).await?;
    let known: HashMap<_, _> =
        known.iter().filter_map(|entry| Some((entry.idempotency_key.as_deref()?, entry))).collect();
    let ids: Vec<_> = readable().map(|(candidate, _)| candidate.id.as_str()).filter(|id| !id.is_empty()).collect();
    let own = if ids.is_empty() { HashMap::new() } else { S::own(scope, &ids).await? };
    let former = former(sort, scope, batch, &known).await?;
    let is_new = |candidate: &Candidate<S::Line>, idempotency: &Idempotency| {
        !known.contains_key(idempotency.key.as_str())
            && !own.contains_key(&candidate.id)
            && !candidate.former.as_ref().is_some_and(|before| former.contains_key(&before.key))
    };
    let new: Vec<_> = readable()
        .filter(|(candidate, (_, idempotency))| is_new(candidate, idempotency))
        .map(|(_, (line, _))| line)
        .collect();
    sort.prepare(scope, &new).await?;
    let mut verdicts = Vec::with_capacity(batch.len());
    for candidate in batch {
        verdicts.push(match &candidate.read {
            Err(refusals) => Verdict::Refused(refusals.clone()),
            Ok((line, idempotency)) => match (own.get(&candidate.id), known.get(idempotency.key.as_str())) {
                (Some(own), _) => {
                    let note = own.is_deleted.then(|| "The document was deleted later.".to_owned());
                    Verdict::Duplicate(Some(own.id), note)
                }
                (None, Some(entry)) => {
                    Verdict::Duplicate(entry.document_id, candidate.other_values(entry, idempotency))
                }
                (None, None)
                    if let Some((id, entry)) = candidate.former.as_ref().and_then(|it| former.get(&it.key)) =>
                {
                    Verdict::Duplicate(Some(*id), candidate.other_values(entry, idempotency))
                }
                (None, None) => match sort.check(line) {
                    Ok(Checked { wanted, note }) => Verdict::Good((wanted, idempotency.clone()), note),
                    Err(refusals) => Verdict::Refused(refusals.into_vec()),
                },
            },
        });
    }
    Ok(verdicts)
}

/// The documents that stand for new lines, since an earlier version imported them, by the key that it gave to them.
async fn former<'a, S: LineKind>(
    sort: &S,
    scope: Scope<'_>,
    batch: &[Candidate<S::Line>],
    known: &HashMap<&str, &'a journal_entry::Model>,
) -> Result<HashMap<String, (Id<kind::Document>, &'a journal_entry::Model)>> {
    let (mut keys, mut asked) = (Vec::new(), Vec::new());
    for candidate in batch {
        let Ok((line, idempotency)) = &candidate.read else { continue };
        if known.contains_key(idempotency.key.as_str()) {
            continue;
        }
        let Some(Former { key, hash, is_by_content }) = &candidate.former else { continue };
        let Some(entry) = known.get(key.as_str()) else { continue };
        let says_the_same = entry.request_hash.is_some() && entry.request_hash == *hash;
        if let Some(document) = entry.document_id.filter(|_| !is_by_content || says_the_same) {
            keys.push((key.clone(), *entry));
            asked.push((line, document));
        }
    }
    if asked.is_empty() {
        return Ok(HashMap::new());
    }
    let stand = sort.stand(scope, &asked).await?;
    let all = keys.into_iter().zip(&asked).zip(stand);
    let standing = all.filter(|(_, stands)| *stands);
    Ok(standing.map(|(((key, entry), (_, document)), _)| (key, (*document, entry))).collect())
}

/// Refuses a file with more than `most` lines.
fn refuse_longer(mut file: impl Read + Seek, format: &Format, columns: &'static [Column], most: u64) -> Result<()> {
    let mut reader = Reader::open(&mut file, format.delimiter, columns, &format.names)?.of_bank(format.is_plain);
    let mut count = 0;
    while reader.next().is_some() {
        count += 1;
        refuse_too_many(count, Some(most))?;
    }
    Ok(file.rewind().map_err(|error| cannot_rewind(&error))?)
}

/// Refuses more lines than a file may have.
///
/// # Errors
/// `LIMIT_REACHED` at `csv`.
pub(super) fn refuse_too_many(lines: u64, most: Option<u64>) -> Result<()> {
    match most {
        Some(most) if lines > most => {
            let message = format!(
                "The file has more than {most} lines. Import longer files with the command `daybook import`, or upload \
                 them to `/import/transactions`."
            );
            Err(Refusal::new(Code::LimitReached, "csv", message).with(Detail::MostItems(most)).into())
        }
        _ => Ok(()),
    }
}

pub(super) fn cannot_rewind(error: &io::Error) -> Refusal {
    let message = format!("The file must be read twice, but it cannot be read again: {error}.");
    Refusal::new(Code::Invalid, "csv", message)
}
