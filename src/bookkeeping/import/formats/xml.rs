//! Reads XML piece by piece (quick-xml), within limits.
//!
//! Names are without their namespace prefix. There are no entities but the five of XML and characters by number: a file that declares
//! others is refused, so that nothing outside of the file is ever read and nothing can grow. The depth, and the bytes between two
//! [marks](Xml::mark), are limited.

use std::io::{self, BufRead, Read};

use quick_xml::{
    Error, Reader,
    escape::resolve_predefined_entity,
    events::{BytesStart, Event as Raw},
};

use super::{charset::Charset, out::Stop};

/// The most elements within one another. A statement has about 15.
const DEEPEST: usize = 64;

/// The most bytes between two marks: of one transaction, or of all that is outside of transactions.
const LARGEST_PIECE: usize = 16 * 1024 * 1024;

/// A piece of XML.
#[derive(Debug)]
pub(super) enum Event {
    /// An element begins: the last of the path.
    Open(Vec<(String, String)>),
    /// Text directly in the last element of the path. The text of one element may come in several pieces.
    Text(String),
    /// The last element of the path ends. The next event takes it off.
    Close,
    /// The file ends.
    End,
}

/// An XML file.
pub(super) struct Xml<'a> {
    reader: Reader<Limited<Box<dyn BufRead + Send + 'a>>>,
    buffer: Vec<u8>,
    charset: Charset,
    /// The names of the open elements, such as `Document/BkToCstmrStmt/Stmt`.
    path: String,
    /// The lengths of the path before each open element.
    lengths: Vec<usize>,
    is_closing: bool,
}

impl<'a> Xml<'a> {
    pub(super) fn new(file: Box<dyn BufRead + Send + 'a>, charset: Charset) -> Self {
        let mut reader = Reader::from_reader(Limited { inner: file, left: LARGEST_PIECE, line: 1 });
        reader.config_mut().expand_empty_elements = true;
        Self { reader, buffer: Vec::new(), charset, path: String::new(), lengths: Vec::new(), is_closing: false }
    }

    /// The line that is read.
    pub(super) fn line(&self) -> u64 {
        self.reader.get_ref().line
    }

    /// The open elements, such as `Document/BkToCstmrStmt/Stmt`.
    pub(super) fn path(&self) -> &str {
        &self.path
    }

    /// Says that what was read so far is done with, for the limit of bytes.
    pub(super) fn mark(&mut self) {
        self.reader.get_mut().left = LARGEST_PIECE;
    }

    pub(super) fn next(&mut self) -> Result<Event, Stop> {
        if self.is_closing {
            self.is_closing = false;
            self.path.truncate(self.lengths.pop().unwrap_or_default());
        }
        loop {
            self.buffer.clear();
            let read = self.reader.read_event_into(&mut self.buffer);
            let line = self.reader.get_ref().line;
            let malformed = |message: &str| Stop::new(line, format!("The XML is malformed: {message}."));
            let event = read.map_err(|error| match error {
                Error::Io(error) => Stop::new(line, format!("The file cannot be read: {error}.")),
                error => malformed(&error.to_string()),
            })?;
            return match event {
                Raw::Start(element) => {
                    let attributes = attributes(&element, self.charset).map_err(malformed)?;
                    let name = self.charset.decode(element.local_name().into_inner()).into_owned();
                    self.open(&name)?;
                    Ok(Event::Open(attributes))
                }
                Raw::End(_) if self.lengths.is_empty() => Err(malformed("an element ends that has not begun")),
                Raw::End(_) => {
                    self.is_closing = true;
                    Ok(Event::Close)
                }
                Raw::Text(text) => Ok(Event::Text(self.charset.decode(&text).into_owned())),
                Raw::CData(text) => Ok(Event::Text(self.charset.decode(&text).into_owned())),
                Raw::GeneralRef(reference) => {
                    let name = self.charset.decode(&reference);
                    Ok(Event::Text(
                        resolve(&name).ok_or_else(|| malformed("it refers to an entity that XML does not have"))?,
                    ))
                }
                Raw::DocType(_) => {
                    Err(Stop::new(line, "The file has a document type (DOCTYPE), which statements do not have."))
                }
                Raw::Decl(declaration) => {
                    if let Some(Ok(encoding)) = declaration.encoding() {
                        self.charset.declare(&String::from_utf8_lossy(&encoding));
                    }
                    continue;
                }
                Raw::Eof if self.lengths.is_empty() => Ok(Event::End),
                Raw::Eof => Err(Stop::new(line, "The file ends in the middle: it is cut off.")),
                Raw::Comment(_) | Raw::PI(_) | Raw::Empty(_) => continue,
            };
        }
    }

    fn open(&mut self, name: &str) -> Result<(), Stop> {
        if self.lengths.len() == DEEPEST {
            return Err(Stop::new(
                self.line(),
                format!("The XML has more than {DEEPEST} elements within one another."),
            ));
        }
        self.lengths.push(self.path.len());
        if !self.path.is_empty() {
            self.path.push('/');
        }
        self.path.push_str(name);
        Ok(())
    }
}

/// The attributes by their local names.
fn attributes(element: &BytesStart<'_>, charset: Charset) -> Result<Vec<(String, String)>, &'static str> {
    let mut read = Vec::new();
    let mut attributes = element.attributes();
    // Looking for an attribute that comes twice takes time by the square of their number.
    attributes.with_checks(false);
    for attribute in attributes {
        let attribute = attribute.map_err(|_| "an attribute cannot be read")?;
        let name = charset.decode(attribute.key.local_name().into_inner()).into_owned();
        let value = charset.decode(&attribute.value);
        let value = quick_xml::escape::unescape(&value).map_err(|_| "an attribute refers to an unknown entity")?;
        read.push((name, value.into_owned()));
    }
    Ok(read)
}

/// The text of `&amp;`, `&#38;` or `&#x26;`.
fn resolve(name: &str) -> Option<String> {
    let Some(number) = name.strip_prefix('#') else { return resolve_predefined_entity(name).map(str::to_owned) };
    let code = match number.strip_prefix(['x', 'X']) {
        Some(number) => u32::from_str_radix(number, 16),
        None => number.parse(),
    };
    char::from_u32(code.ok()?).map(String::from)
}

/// A file of which only so many bytes may be read until the next mark, and which counts lines.
struct Limited<R> {
    inner: R,
    left: usize,
    line: u64,
}

impl<R: BufRead> BufRead for Limited<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.left == 0 {
            let most = LARGEST_PIECE / 1024 / 1024;
            return Err(io::Error::other(format!(
                "one transaction, or what is outside of them, is larger than {most} MiB"
            )));
        }
        self.inner.fill_buf()
    }

    fn consume(&mut self, count: usize) {
        if let Ok(buffer) = self.inner.fill_buf() {
            let lines = buffer.iter().take(count).filter(|byte| **byte == b'\n').count();
            self.line += lines as u64;
        }
        self.left = self.left.saturating_sub(count);
        self.inner.consume(count);
    }
}

impl<R: BufRead> Read for Limited<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let ready = self.fill_buf()?;
        let count = ready.len().min(buffer.len());
        for (to, from) in buffer.iter_mut().zip(ready) {
            *to = *from;
        }
        self.consume(count);
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::{Charset, Event, Xml};

    fn read(file: &[u8]) -> Result<Vec<String>, String> {
        let mut xml = Xml::new(Box::new(file), Charset::default());
        let mut read = Vec::new();
        loop {
            match xml.next().map_err(|stop| stop.0.to_string())? {
                Event::Open(attributes) => read.push(format!("{} {attributes:?}", xml.path())),
                Event::Text(text) => read.push(text),
                Event::Close => read.push(format!("/{} {}", xml.path(), xml.line())),
                Event::End => return Ok(read),
            }
        }
    }

    #[test]
    fn elements_are_known_by_their_path_without_prefixes() {
        let file = b"<?xml version='1.0' encoding='ISO-8859-1'?>\n<n:a><n:b n:C=\"&lt;1\">caf\xE9&amp;&#65;<![CDATA[<]]></n:b>\n<c/></n:a>";
        let read = read(file).unwrap().concat();
        assert_eq!(read, "\na []a/b [(\"C\", \"<1\")]café&A</a/b 2\na/c []/a/c 3/a 3");
    }

    #[test]
    fn what_could_grow_or_reach_outside_is_refused() {
        let entity = b"<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>";
        assert!(read(entity).unwrap_err().contains("DOCTYPE"));
        assert!(read(b"<a>&x;</a>").unwrap_err().contains("entity"));
        assert!(read("<a>".repeat(100_000).as_bytes()).unwrap_err().contains("within one another"));
        assert!(read(b"<a><b></b>").unwrap_err().contains("cut off"));
        assert!(read(b"<a></b>").unwrap_err().contains("malformed"));
        let long = [b"<a>".as_slice(), &vec![b'x'; 20 * 1024 * 1024]].concat();
        assert!(read(&long).unwrap_err().contains("16 MiB"));
    }
}
