//! Groups records into candidates (the records of one transaction) and candidates into batches. Pure.

use std::io::Read;

use super::{
    fingerprint::{self, Content, Fingerprints},
    line_kind::{Known, LineKind},
    options::Format,
    reader::{BadRecord, Reader, Record},
};
use crate::{
    bookkeeping::journal::{self, Idempotency},
    error::{Code, Refusal, Refusals, Result},
    id::is_id,
};

/// The approximate number of records that are checked and written together. Each batch writes most pages of the indexes whose order is
/// not that of the file, so small ones write much more.
const BATCH: usize = 1000;

/// One object to be written: usually one record, or several records with the same id.
#[derive(Debug)]
pub(super) struct Candidate<L> {
    /// The line numbers at which its records begin.
    pub(super) lines: Vec<u64>,
    /// Its id in the file; empty when the file gives none.
    pub(super) id: String,
    /// The parsed line with its idempotency key, or what is wrong with it.
    pub(super) read: Result<(L, Idempotency), Vec<Refusal>>,
    /// How an earlier version knew it, where that was another way.
    pub(super) former: Option<Former>,
}

impl<L> Candidate<L> {
    /// A note when the candidate was imported before and said something else then.
    pub(super) fn other_values(&self, known: &Known, idempotency: &Idempotency) -> Option<String> {
        // Of a line whose customer was erased since, it is not known any more.
        let hash = known.request_hash.as_deref().filter(|hash| *hash != journal::NO_HASH)?;
        let former = self.former.as_ref().and_then(|former| former.hash.as_deref());
        let is_other = hash != idempotency.request_hash && former.is_none_or(|former| hash != former);
        let note = "This line was imported before with other values. The earlier import stays as it is.";
        is_other.then(|| note.to_owned())
    }
}

/// How an earlier version knew a line.
#[derive(Clone, Debug)]
pub(super) struct Former {
    /// The key that it gave to the line.
    pub(super) key: String,
    /// The hash of what the line says, as it computed it. `None` when it is computed as before.
    pub(super) hash: Option<Vec<u8>>,
    /// Whether a line with this key is another one when it says something else.
    pub(super) is_by_content: bool,
}

/// Splits a file into batches.
#[derive(Debug)]
pub(super) struct Batches<'a, R> {
    reader: Reader<R>,
    format: &'a Format,
    fingerprints: Fingerprints,
    ahead: Option<Result<Record, BadRecord>>,
    /// Whether the previous record could not be read.
    after_bad: bool,
}

impl<'a, R: Read> Batches<'a, R> {
    /// Opens the file and reads the header.
    ///
    /// # Errors
    /// As for [`Reader::open`].
    pub(super) fn open<S: LineKind>(file: R, format: &'a Format) -> Result<Self> {
        let mut reader = Reader::open(file, format.delimiter, S::COLUMNS, &format.names)?
            .of_bank(format.is_plain)
            .at_lines(format.lines.clone());
        if S::MOST_TOGETHER > 1 {
            reader = reader.with_own_ids();
        }
        let ahead = reader.next();
        Ok(Self { reader, format, fingerprints: Fingerprints::default(), ahead, after_bad: false })
    }

    /// The next batch; empty at the end of the file.
    pub(super) fn next<S: LineKind>(&mut self) -> Vec<Candidate<S::Line>> {
        let (mut batch, mut records) = (Vec::new(), 0);
        while records < BATCH {
            let Some(candidate) = self.candidate::<S>() else { break };
            records += candidate.lines.len();
            batch.push(candidate);
        }
        batch
    }

    fn candidate<S: LineKind>(&mut self) -> Option<Candidate<S::Line>> {
        let is_beside_bad = self.after_bad;
        self.after_bad = false;
        let first = match self.take()? {
            Ok(first) => first,
            Err(BadRecord { line, refusal }) => {
                self.after_bad = true;
                return Some(Candidate {
                    lines: vec![line],
                    id: String::new(),
                    read: Err(vec![refusal]),
                    former: None,
                });
            }
        };
        let id = first.text("id").to_owned();
        let mut records = vec![first];
        while records.len() < S::MOST_TOGETHER && !id.is_empty() {
            match &self.ahead {
                Some(Ok(next)) if next.text("id") == id => {}
                _ => break,
            }
            match self.take() {
                Some(Ok(next)) => records.push(next),
                _ => break,
            }
        }
        let lines: Vec<_> = records.iter().map(|record| record.line).collect();
        let is_beside_bad = is_beside_bad || matches!(self.ahead, Some(Err(_)));
        match self.read::<S>(&id, &records, is_beside_bad) {
            Ok((line, key, former)) => Some(Candidate { lines, id, read: Ok((line, key)), former }),
            Err(refusals) => Some(Candidate { lines, id, read: Err(refusals.into_vec()), former: None }),
        }
    }

    fn read<S: LineKind>(
        &mut self,
        id: &str,
        records: &[Record],
        is_beside_bad: bool,
    ) -> Result<(S::Line, Idempotency, Option<Former>), Refusals> {
        let first = records.first();
        let begins = first.map(|record| record.line).unwrap_or_default();
        if !id.is_empty() {
            self.fingerprints.enter(id, begins).map_err(|before| {
                let together =
                    if S::MOST_TOGETHER > 1 { " The lines of one transaction must follow one another." } else { "" };
                let message = format!("Line {before} already has this id.{together}");
                Refusal::new(Code::Taken, "id", message)
            })?;
            if is_beside_bad && S::MOST_TOGETHER > 1 {
                // Half a split must not be written: the rest could not be added to it later.
                let message = "The line before or after it cannot be read and may belong to the same transaction.";
                return Err(Refusal::new(Code::Invalid, "id", message).into());
            }
        }
        let (line, Content { now, former }) = S::read(self.format, records)?;
        let hash = former.map(|content| content.to_vec());
        if !id.is_empty() && !self.format.is_plain {
            // An id of ours is the same everywhere; that of a bank only in its own wallet.
            let wallet = first.map(|record| self.format.wallet_of(record.text("wallet"))).filter(|_| !is_id(id));
            let key = fingerprint::of_id(S::NOUN, id, wallet.unwrap_or_default(), now);
            let former = Former { key: fingerprint::of_id(S::NOUN, id, "", now).key, hash, is_by_content: false };
            return Ok((line, key, Some(former)));
        }
        let unused_id = first.map(|record| record.unused_id.as_str()).unwrap_or_default();
        let former = if unused_id.is_empty() {
            let key = former.map(|content| self.fingerprints.of_content(S::NOUN, content).key);
            key.map(|key| Former { key, hash, is_by_content: true })
        } else {
            Some(Former { key: fingerprint::of_id(S::NOUN, unused_id, "", now).key, hash, is_by_content: true })
        };
        Ok((line, self.fingerprints.of_content(S::NOUN, now), former))
    }

    fn take(&mut self) -> Option<Result<Record, BadRecord>> {
        let taken = self.ahead.take();
        if taken.is_some() {
            self.ahead = self.reader.next();
        }
        taken
    }
}

#[cfg(test)]
mod tests {
    use super::{super::transactions::Transactions, Batches, Format};

    /// What an earlier version stored when it imported these lines: keys, and the beginnings of the hashes of what they say.
    /// Stored keys never change, so these must not either.
    const STORED: [(&str, &str); 6] = [
        ("import:38c1c0fb57549c9fa78dd08042525af090ea4d1f18aa6a514407e5503c1ddde0", "64196c3d"),
        ("import:25724f6a33f03bc2093fab13dceee0b19d5b1cca0d5b4c8e22627cdf0e08a8df", "64196c3d"),
        ("import:0355dc4107ad1b43c6f81f89f5f1b84242774b8fc075bf5d4accac69246567bf", "222a7e35"),
        ("import:3a6746d78bc77e64af83d9fd5ff6b3019b92a152f4d8089228275b82c4550816", "01147adc"),
        ("import:3a8c38a1f35ebdfea606d3319835004f247840250316ae4b830ad2b24f0eacab", "4925f4db"),
        ("import:be4f57d0c9295b18a0f22b85f4f1957d9c587c58e4eeb301b1bc4596d61dcd51", "0f6b15e8"),
    ];

    #[test]
    fn lines_are_known_as_an_earlier_version_knew_them() {
        let file = "id,date,amount,category,description,currency,note\n\
                    ,2026-11-01,-1.50,Food,tea,,\n\
                    ,2026-11-01,-1.50,Food,tea,,\n\
                    ,2026-11-02,-20.00,Transport,Café “Zum Löwen” & Söhne,,with a note\n\
                    ,2026-11-03,2500,Salary,Pay for ÁRPÁD İstanbul,,\n\
                    a1,2026-11-04,-12.00,Food,Market,,vegetables\n\
                    a1,2026-11-04,-8.00,Transport,Market,,way home\n\
                    b2,2026-11-05,-3.00,Food,Bread,,\n";
        let format = Format { is_plain: false, default_wallet: Some("wallet".to_owned()), ..Format::plain() };
        let batch = Batches::open::<Transactions>(file.as_bytes(), &format).unwrap().next::<Transactions>();
        let known: Vec<_> = batch.iter().map(|candidate| candidate.former.clone().unwrap()).collect();
        assert_eq!(known.len(), STORED.len());
        for (known, (key, hash)) in known.iter().zip(STORED) {
            let found = hex::encode(&known.hash.as_ref().unwrap()[..4]);
            assert_eq!((known.key.as_str(), found.as_str()), (key, hash));
        }
    }
}
