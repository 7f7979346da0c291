//! Runs an import batch by batch: as a dry run, in one transaction, or in one transaction per batch.

use std::io::{self, Read, Seek};

use sea_orm::DbErr;
use tokio::sync::Mutex;

use super::{
    batch::{Batches, Candidate},
    judge::{Verdict, judge},
    line_kind::{Access, LineKind, Scope},
    options::{FileOptions, Format, Mode},
    reader::{Column, Reader},
    report::{Line, Report, Status, Summary},
    undo::record::Recording,
};
use crate::{
    activity::{self, ActivityEvent},
    app::App,
    bookkeeping::book,
    error::{Code, Detail, Refusal, Result},
    id::Id,
    text,
    viewer::Viewer,
};

/// The most lines that are written in one transaction. Others wait for so long.
const MOST_LINES_TOGETHER: u64 = 5_000;
/// The most characters of the name of a file.
const LONGEST_NAME: usize = 255;

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
    let recording = &recording::<S>(options, format)?;
    let _turn = app.db.long_write(viewer.book).await?;
    let act = ActivityEvent::by(viewer, S::ACTION);
    if options.dry_run {
        let summary = look::<S>(app, viewer, &mut file, format, (more, recording), report).await?;
        activity::record_alone(app, act.changed(&Summary::default(), &summary)).await?;
        return Ok(summary);
    }
    if options.mode == Mode::GoodLines {
        let summary = write_batches::<S>(app, viewer, &mut file, format, (more, recording), report).await?;
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
    let looked = look::<S>(app, viewer, &mut file, format, (more, recording), &mut only_refused).await?;
    if looked.refused > 0 {
        activity::record_alone(app, act.refused(refusals)).await?;
        return Ok(Summary { refused: looked.refused, ..Summary::default() });
    }
    let summary = if looked.lines() > MOST_LINES_TOGETHER {
        file.rewind().map_err(|error| cannot_rewind(&error))?;
        write_batches::<S>(app, viewer, &mut file, format, (more, recording), report).await?
    } else {
        write_together::<S>(app, viewer, file, format, (more, recording), report).await?
    };
    if summary.refused > 0 && summary.added == 0 {
        activity::record_alone(app, act.refused([Code::Conflict])).await?;
    }
    Ok(summary)
}

/// What the record of the import will say.
fn recording<S: LineKind>(options: &FileOptions, format: &Format) -> Result<Recording> {
    let file_name = options.file_name.as_deref().map(|name| text::line(name, LONGEST_NAME, "fileName")).transpose()?;
    let wallet_id = format.default_wallet.as_deref().and_then(|id| id.parse().ok());
    Ok(Recording { id: Id::generate(), kind: S::KIND, file_name, wallet_id })
}

/// Records in the activity log what this transaction writes.
async fn record<S: LineKind>(Scope { app, viewer, tx, recording, .. }: Scope<'_>, lines: &[&[Line]]) -> Result<()> {
    let mut summary = Summary::default();
    for lines in lines {
        summary.count(lines);
    }
    let mut act = ActivityEvent::by(viewer, S::ACTION).changed(&Summary::default(), &summary);
    if summary.added > 0 {
        act = act.on(recording.id);
    }
    act.record(tx, &app.clock).await
}

/// Reports what an import would do with each line, without writing.
async fn look<S: LineKind>(
    app: &App,
    viewer: &Viewer,
    file: impl Read + Send,
    format: &Format,
    (more, recording): (&S::Options, &Recording),
    report: Report<'_>,
) -> Result<Summary> {
    let mut batches = Batches::open::<S>(file, format)?;
    let snapshot = app.db.snapshot().await?;
    let scope = Scope { app, viewer, tx: &snapshot, access: Access::Look, recording };
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
    let recording = Recording { id: Id::generate(), kind: S::KIND, file_name: None, wallet_id: None };
    look::<S>(app, viewer, file, format, (more, &recording), &mut report).await?;
    Ok(overdraws)
}

/// Writes the good lines of each batch in a transaction of its own, which is also one event in the activity log.
async fn write_batches<S: LineKind>(
    app: &App,
    viewer: &Viewer,
    file: impl Read + Send,
    format: &Format,
    (more, recording): (&S::Options, &Recording),
    report: Report<'_>,
) -> Result<Summary> {
    let mut batches = Batches::open::<S>(file, format)?;
    let mut summary = Summary::default();
    let mut pace = app.db.pace();
    loop {
        let batch = &batches.next::<S>();
        if batch.is_empty() {
            return Ok(summary.of(recording.id));
        }
        let lines = app.db.write(|tx| async move {
            book::lock(&tx, viewer).await?;
            let scope = Scope { app, viewer, tx: &tx, access: Access::Write, recording };
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
    (more, recording): (&S::Options, &Recording),
    report: Report<'_>,
) -> Result<Summary> {
    let file = &Mutex::new(file);
    let refused = &Mutex::new(Vec::new());
    let written = app.db.write(|tx| async move {
        let mut file = file.lock().await;
        file.rewind().map_err(|error| cannot_rewind(&error))?;
        let mut batches = Batches::open::<S>(&mut *file, format)?;
        book::lock(&tx, viewer).await?;
        let scope = Scope { app, viewer, tx: &tx, access: Access::Write, recording };
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
    Ok(summary.of(recording.id))
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
    let (mut written, mut begun) = (Vec::new().into_iter(), None);
    if !wanted.is_empty() {
        begun = Some(scope.recording.begin(scope.tx, scope.viewer, scope.app.clock.now()).await?);
        written = sort.write(scope, wanted).await?.into_iter();
    }
    let mut lines = Vec::with_capacity(batch.len());
    let mut counts = (0, 0);
    for (candidate, verdict) in batch.iter().zip(verdicts) {
        let verdict = match verdict {
            Verdict::Good((), note) => match written.next() {
                Some(Ok(id)) => {
                    counts = (counts.0 + i64::try_from(candidate.lines.len()).unwrap_or(i64::MAX), counts.1 + 1);
                    Verdict::Good(id, note)
                }
                Some(Err(refusal)) => Verdict::Refused(vec![refusal]),
                None => return Err(DbErr::Custom("a line has no result".to_owned()).into()),
            },
            Verdict::Refused(refusals) => Verdict::Refused(refusals),
            Verdict::Duplicate(id, note) => Verdict::Duplicate(id, note),
        };
        lines.extend(verdict.lines(candidate, |id| (Status::Added, Some(id))));
    }
    if let Some(is_new) = begun {
        scope.recording.count(scope.tx, scope.viewer, (scope.app.clock.now(), is_new), counts).await?;
    }
    Ok(lines)
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
