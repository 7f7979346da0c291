//! A file that one task writes while another reads it. What is small stays in memory; the rest goes to a temporary file that has
//! no name, so it is gone when both ends are dropped, however the program ends.

use std::{
    io::{self, Read, Seek, SeekFrom, Write},
    sync::{Arc, Mutex, PoisonError},
};

use tempfile::SpooledTempFile;
use tokio::{sync::watch, task::spawn_blocking};

/// The size up to which a file stays in memory, in bytes.
const IN_MEMORY: usize = 256 * 1024;
/// The maximum size of a file, in bytes.
const LARGEST: u64 = 256 * 1024 * 1024;
/// How many bytes are read at once.
const CHUNK: u64 = 64 * 1024;

type File = Arc<Mutex<SpooledTempFile>>;

/// How much is written.
#[derive(Clone, Copy, Debug, Default)]
struct State {
    written: u64,
    is_whole: bool,
}

/// The end that writes. When it is dropped before [`Writer::finish`], the reader gets an error.
#[derive(Debug)]
pub(super) struct Writer {
    file: File,
    state: watch::Sender<State>,
}

/// The end that reads.
#[derive(Debug)]
pub(super) struct Reader {
    file: File,
    state: watch::Receiver<State>,
    position: u64,
}

/// An empty file.
pub(super) fn spool() -> (Writer, Reader) {
    let file = File::new(Mutex::new(SpooledTempFile::new(IN_MEMORY)));
    let (sender, receiver) = watch::channel(State::default());
    (Writer { file: file.clone(), state: sender }, Reader { file, state: receiver, position: 0 })
}

impl Writer {
    /// Appends bytes.
    ///
    /// # Errors
    /// When the disk is full, or the file becomes too large.
    pub(super) async fn write(&mut self, bytes: Vec<u8>) -> io::Result<()> {
        let written = self.state.borrow().written;
        let length = written.saturating_add(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
        if length > LARGEST {
            return Err(io::Error::other("the file is too large"));
        }
        with(&self.file, move |file| {
            file.seek(SeekFrom::Start(written))?;
            file.write_all(&bytes)
        })
        .await?;
        self.state.send_modify(|state| state.written = length);
        Ok(())
    }

    /// Whether nobody reads the file any longer.
    pub(super) fn is_abandoned(&self) -> bool {
        self.state.is_closed()
    }

    /// The file is whole.
    pub(super) fn finish(self) {
        self.state.send_modify(|state| state.is_whole = true);
    }
}

impl Reader {
    /// Waits for the next bytes and returns them. `None` at the end of the file.
    ///
    /// # Errors
    /// When the writer gave up.
    pub(super) async fn next(&mut self) -> io::Result<Option<Vec<u8>>> {
        let position = self.position;
        let is_news = |state: &State| state.written > position || state.is_whole;
        let state = self.state.wait_for(is_news).await.map(|state| *state);
        let written = state.map_err(|_| io::Error::other("the file was not written to its end"))?.written;
        if written == position {
            return Ok(None);
        }
        let chunk = with(&self.file, move |file| {
            file.seek(SeekFrom::Start(position))?;
            let mut chunk = Vec::new();
            file.take(CHUNK.min(written - position)).read_to_end(&mut chunk)?;
            Ok(chunk)
        })
        .await?;
        self.position += u64::try_from(chunk.len()).unwrap_or_default();
        Ok(Some(chunk))
    }
}

/// Works on the file on a thread where it may wait for the disk.
async fn with<T: Send + 'static>(
    file: &File,
    work: impl FnOnce(&mut SpooledTempFile) -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    let file = file.clone();
    let work = move || work(&mut file.lock().unwrap_or_else(PoisonError::into_inner));
    spawn_blocking(work).await.map_err(io::Error::other)?
}

#[cfg(test)]
mod tests {
    use super::{CHUNK, IN_MEMORY, LARGEST, spool};

    #[tokio::test]
    async fn what_is_written_is_read_in_order_and_to_its_end() {
        let (mut writer, mut reader) = spool();
        let portion = |number: u8| vec![number; IN_MEMORY / 3];
        let (mut read, mut expected) = (Vec::new(), Vec::new());
        for number in 0..10 {
            writer.write(portion(number)).await.unwrap();
            expected.extend(portion(number));
            let chunk = reader.next().await.unwrap().unwrap();
            assert!(chunk.len() as u64 <= CHUNK);
            read.extend(chunk);
        }
        writer.finish();
        while let Some(chunk) = reader.next().await.unwrap() {
            read.extend(chunk);
        }
        assert!(read == expected);
        assert!(reader.next().await.unwrap().is_none());
    }

    #[tokio::test]
    async fn a_file_that_was_not_written_to_its_end_is_never_taken_for_whole() {
        let (mut writer, mut reader) = spool();
        writer.write(vec![1; 10]).await.unwrap();
        drop(writer);
        assert_eq!(reader.next().await.unwrap().unwrap(), [1; 10]);
        assert!(reader.next().await.is_err());
    }

    #[tokio::test]
    async fn a_file_has_a_largest_size_and_its_writer_notices_when_nobody_reads() {
        let (mut writer, reader) = spool();
        writer.state.send_modify(|state| state.written = LARGEST);
        assert!(writer.write(vec![1]).await.is_err());
        assert!(!writer.is_abandoned());
        drop(reader);
        assert!(writer.is_abandoned());
    }
}
