//! Decides about the lines of a batch: which were imported before, which cannot be written, and which are good.

use std::collections::{BTreeSet, HashMap};

use super::{
    batch::{Candidate, Former},
    fingerprint,
    line_kind::{Checked, Known, LineKind, Scope, Standing},
    report::{Line, Status},
    undo::record,
};
use crate::{
    bookkeeping::journal::Idempotency,
    error::{Refusal, Result},
    id::{Id, kind},
};

/// The decision about a candidate, before or after it is written.
#[derive(Clone)]
pub(super) enum Verdict<G> {
    Refused(Vec<Refusal>),
    Duplicate(Option<Id<kind::Document>>, Option<String>),
    /// The data, and a note for the report.
    Good(G, Option<String>),
}

impl<G> Verdict<G> {
    /// The lines of the report for a candidate.
    pub(super) fn lines<L>(
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

/// What is known of the keys of a batch.
struct Keys {
    /// The key of each candidate that could be read. That of a line that was undone is its next one.
    of_candidates: Vec<Option<Idempotency>>,
    known: HashMap<String, Known>,
}

/// Decides about the candidates of a batch. Candidates that were imported before are not checked again: they were valid
/// when they were written, and need not be valid now.
pub(super) async fn judge<S: LineKind>(
    sort: &mut S,
    scope: Scope<'_>,
    batch: &[Candidate<S::Line>],
) -> Result<Vec<Verdict<(S::Draft, Idempotency)>>> {
    let Keys { of_candidates, known } = look_up::<S>(scope, batch).await?;
    let readable = || {
        let with_keys = batch.iter().zip(&of_candidates);
        with_keys.filter_map(|(candidate, key)| Some((candidate, candidate.read.as_ref().ok()?, key.as_ref()?)))
    };
    let ids: Vec<_> = readable().map(|(candidate, ..)| candidate.id.as_str()).filter(|id| !id.is_empty()).collect();
    let own = if ids.is_empty() { HashMap::new() } else { S::own(scope, &ids).await? };
    let former = former(sort, scope, batch, &known).await?;
    let is_new = |candidate: &Candidate<S::Line>, idempotency: &Idempotency| {
        !known.contains_key(&idempotency.key)
            && !own.contains_key(&candidate.id)
            && !candidate.former.as_ref().is_some_and(|before| former.contains_key(&before.key))
    };
    let new: Vec<_> =
        readable().filter(|(candidate, _, key)| is_new(candidate, key)).map(|(_, (line, _), _)| line).collect();
    sort.prepare(scope, &new).await?;
    let mut verdicts = Vec::with_capacity(batch.len());
    for (candidate, key) in batch.iter().zip(&of_candidates) {
        verdicts.push(match (&candidate.read, key) {
            (Err(refusals), _) => Verdict::Refused(refusals.clone()),
            (Ok((line, read)), key) => {
                let idempotency = key.as_ref().unwrap_or(read);
                match (own.get(&candidate.id), known.get(&idempotency.key)) {
                    (Some(own), _) => {
                        let note = own.is_deleted.then(|| "The document was deleted later.".to_owned());
                        Verdict::Duplicate(Some(own.id), note)
                    }
                    (None, Some(known)) => Verdict::Duplicate(known.made, candidate.other_values(known, idempotency)),
                    (None, None)
                        if let Some((id, known)) = candidate.former.as_ref().and_then(|it| former.get(&it.key)) =>
                    {
                        Verdict::Duplicate(Some(*id), candidate.other_values(known, idempotency))
                    }
                    (None, None) => match sort.check(line) {
                        Ok(Checked { wanted, note }) => Verdict::Good((wanted, idempotency.clone()), note),
                        Err(refusals) => Verdict::Refused(refusals.into_vec()),
                    },
                }
            }
        });
    }
    Ok(verdicts)
}

/// Looks for the keys of a batch. A key whose import was undone counts no more: the next one of its line is looked for instead, until
/// one is found that is new or stands.
async fn look_up<S: LineKind>(scope: Scope<'_>, batch: &[Candidate<S::Line>]) -> Result<Keys> {
    let key = |candidate: &Candidate<S::Line>| candidate.read.as_ref().ok().map(|(_, key)| key.clone());
    let mut of_candidates: Vec<_> = batch.iter().map(key).collect();
    let former = batch.iter().filter_map(|candidate| Some(candidate.former.as_ref()?.key.clone()));
    let mut asked: Vec<_> = of_candidates.iter().flatten().map(|key| key.key.clone()).chain(former).collect();
    let mut known = HashMap::new();
    while !asked.is_empty() {
        let mut found = S::known(scope, &asked).await?;
        let standing = standing::<S>(scope, &found).await?;
        let undone = |known: &Known| known.made.filter(|made| standing.get(made).is_some_and(|made| made.is_undone));
        asked.clear();
        for key in of_candidates.iter_mut().flatten() {
            if let Some(made) = found.get(&key.key).and_then(undone) {
                *key = fingerprint::again(key, made.uuid());
                asked.push(key.key.clone());
            }
        }
        found.retain(|_, known| undone(known).is_none());
        for known in found.values_mut() {
            let same = known.made.and_then(|made| standing.get(&made)?.same_as);
            known.made = same.or(known.made);
        }
        known.extend(found);
    }
    Ok(Keys { of_candidates, known })
}

/// What became of something that a line made.
struct Became {
    /// Whether the import that made it was undone.
    is_undone: bool,
    /// What a user said is the same, and stands for it.
    same_as: Option<Id<kind::Document>>,
}

async fn standing<S: LineKind>(
    scope: Scope<'_>,
    found: &HashMap<String, Known>,
) -> Result<HashMap<Id<kind::Document>, Became>> {
    let made: Vec<_> = found.values().filter_map(|known| known.made).collect();
    if made.is_empty() {
        return Ok(HashMap::new());
    }
    let standing = S::standing(scope, made).await?;
    let gone = standing.iter().filter(|made| made.is_gone).filter_map(|made| made.import);
    let undone = record::undone(scope.tx, scope.viewer, gone.collect::<BTreeSet<_>>()).await?;
    let became = |Standing { id, import, is_gone, same_as }| {
        let is_undone = is_gone && import.is_some_and(|import| undone.contains(&import));
        (id, Became { is_undone, same_as })
    };
    Ok(standing.into_iter().map(became).collect())
}

/// The documents that stand for new lines, since an earlier version imported them, by the key that it gave to them.
async fn former<'a, S: LineKind>(
    sort: &S,
    scope: Scope<'_>,
    batch: &[Candidate<S::Line>],
    known: &'a HashMap<String, Known>,
) -> Result<HashMap<String, (Id<kind::Document>, &'a Known)>> {
    let (mut keys, mut asked) = (Vec::new(), Vec::new());
    for candidate in batch {
        let Ok((line, idempotency)) = &candidate.read else { continue };
        if known.contains_key(&idempotency.key) {
            continue;
        }
        let Some(Former { key, hash, is_by_content }) = &candidate.former else { continue };
        let Some(before) = known.get(key) else { continue };
        let says_the_same = before.request_hash.is_some() && before.request_hash == *hash;
        if let Some(document) = before.made.filter(|_| !is_by_content || says_the_same) {
            keys.push((key.clone(), before));
            asked.push((line, document));
        }
    }
    if asked.is_empty() {
        return Ok(HashMap::new());
    }
    let stand = sort.stand(scope, &asked).await?;
    let all = keys.into_iter().zip(&asked).zip(stand);
    let standing = all.filter(|(_, stands)| *stands);
    Ok(standing.map(|(((key, before), (_, document)), _)| (key, (*document, before))).collect())
}
