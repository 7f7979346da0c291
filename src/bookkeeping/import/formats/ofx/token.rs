//! Splits OFX into tags and texts, whether it is SGML or XML.

use std::io::BufRead;

use super::super::{charset::Charset, out::Stop};

/// The most bytes of one text or tag. No element of a statement is near it.
const LONGEST: usize = 64 * 1024;

/// A piece of a file.
#[derive(Debug, PartialEq)]
pub(super) enum Token {
    /// `<NAME>` with the text after it, up to the next tag.
    Open(String, String),
    /// `</NAME>`.
    Close(String),
    /// The file ends. `true` when it does so within a tag, or within the text of an element.
    End(bool),
}

/// The tags and texts of a file.
pub(super) struct Tokens<'a> {
    file: Box<dyn BufRead + Send + 'a>,
    charset: Charset,
    /// The line in which the last token began.
    line: u64,
    /// The line that is read.
    reading: u64,
    /// The content of the tag that was read ahead.
    ahead: Option<Vec<u8>>,
    has_header: bool,
}

impl<'a> Tokens<'a> {
    pub(super) fn new(file: Box<dyn BufRead + Send + 'a>, charset: Charset) -> Self {
        Self { file, charset, line: 1, reading: 1, ahead: None, has_header: false }
    }

    /// The line in which the last token begins.
    pub(super) fn line(&self) -> u64 {
        self.line
    }

    pub(super) fn next(&mut self) -> Result<Token, Stop> {
        if !self.has_header {
            self.has_header = true;
            let (header, _) = self.text()?;
            self.header(&header);
        }
        loop {
            self.line = self.reading;
            let tag = match self.ahead.take() {
                Some(tag) => tag,
                None => match self.tag()? {
                    Some(tag) => tag,
                    None => return Ok(Token::End(false)),
                },
            };
            let tag = self.charset.decode(&tag).into_owned();
            let name = |text: &str| text.trim().trim_end_matches('/').trim().to_ascii_uppercase();
            if let Some(processing) = tag.strip_prefix('?') {
                self.header(processing.as_bytes());
                self.text()?;
            } else if tag.starts_with('!') {
                self.text()?;
            } else if let Some(closed) = tag.strip_prefix('/') {
                self.text()?;
                return Ok(Token::Close(name(closed)));
            } else {
                let (text, is_last) = self.text()?;
                let text = self.charset.decode(&text).into_owned();
                if is_last && !text.trim().is_empty() {
                    return Ok(Token::End(true));
                }
                let name = name(tag.split_ascii_whitespace().next().unwrap_or_default());
                return Ok(Token::Open(name, unescape(text.trim())));
            }
        }
    }

    /// Looks for the encoding in the header of version 1, `CHARSET:1252`, or in that of XML, `encoding="UTF-8"`.
    fn header(&mut self, header: &[u8]) {
        let header = String::from_utf8_lossy(header).to_ascii_uppercase();
        let value = |name: &str| {
            let (_, rest) = header.split_once(name)?;
            let value = rest.trim_start_matches(['"', '\'']).split(['"', '\'', '\r', '\n', ' ', '?']).next()?;
            Some(value.trim().to_owned()).filter(|value| !matches!(value.as_str(), "" | "NONE"))
        };
        if let Some(encoding) = value("CHARSET:").or_else(|| value("ENCODING=")) {
            self.charset.declare(&encoding);
        }
    }

    /// Reads text up to the next tag, or to the end of the file, which it then says. The text of CDATA belongs to it.
    fn text(&mut self) -> Result<(Vec<u8>, bool), Stop> {
        let mut text = Vec::new();
        loop {
            let has_tag = self.until(b'<', &mut text)?;
            if !has_tag {
                return Ok((text, true));
            }
            match self.peek()? {
                Some(b'!') => {
                    let tag = self.rest_of_tag()?;
                    if let Some(data) = tag.strip_prefix(b"![CDATA[") {
                        text.extend_from_slice(data.strip_suffix(b"]]").unwrap_or(data));
                    }
                }
                Some(byte) if byte.is_ascii_alphabetic() || matches!(byte, b'/' | b'?') => {
                    self.ahead = Some(self.rest_of_tag()?);
                    return Ok((text, false));
                }
                // A `<` that begins no tag.
                _ => text.push(b'<'),
            }
        }
    }

    /// The next tag, when there is no text to be read before it.
    fn tag(&mut self) -> Result<Option<Vec<u8>>, Stop> {
        self.text()?;
        Ok(self.ahead.take())
    }

    /// Reads what is between `<` and `>`.
    fn rest_of_tag(&mut self) -> Result<Vec<u8>, Stop> {
        let mut tag = Vec::new();
        loop {
            if !self.until(b'>', &mut tag)? {
                return Err(Stop::new(self.reading, "The file ends in the middle of a tag: it is cut off."));
            }
            let is_open = (tag.starts_with(b"![CDATA[") && !tag.ends_with(b"]]"))
                || (tag.starts_with(b"!--") && !tag.ends_with(b"--"));
            if !is_open {
                return Ok(tag);
            }
            tag.push(b'>');
        }
    }

    /// Reads up to a byte, which is taken off. `false` at the end of the file.
    fn until(&mut self, end: u8, read: &mut Vec<u8>) -> Result<bool, Stop> {
        loop {
            let line = self.reading;
            let buffer =
                self.file.fill_buf().map_err(|error| Stop::new(line, format!("The file cannot be read: {error}.")))?;
            if buffer.is_empty() {
                return Ok(false);
            }
            let place = buffer.iter().position(|byte| *byte == end);
            let part = buffer.get(..place.unwrap_or(buffer.len())).unwrap_or_default();
            if read.len() + part.len() > LONGEST {
                return Err(Stop::new(line, format!("A text or a tag is longer than {} KiB.", LONGEST / 1024)));
            }
            read.extend_from_slice(part);
            self.reading += part.split(|byte| *byte == b'\n').skip(1).count() as u64;
            let taken = part.len() + usize::from(place.is_some());
            self.file.consume(taken);
            if place.is_some() {
                return Ok(true);
            }
        }
    }

    fn peek(&mut self) -> Result<Option<u8>, Stop> {
        let line = self.reading;
        let buffer =
            self.file.fill_buf().map_err(|error| Stop::new(line, format!("The file cannot be read: {error}.")))?;
        Ok(buffer.first().copied())
    }
}

/// Replaces `&amp;` and its kind. Banks also write a bare `&`, which stays.
fn unescape(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        plain.push_str(before);
        let end = after.get(..after.len().min(10)).unwrap_or(after).find(';');
        let decoded = end.and_then(|end| Some((entity(after.get(..end)?)?, after.get(end + 1..)?)));
        let (c, following) = decoded.unwrap_or(('&', after));
        plain.push(c);
        rest = following;
    }
    plain + rest
}

fn entity(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        "nbsp" => Some(' '),
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(number) => u32::from_str_radix(number, 16),
                None => number.parse(),
            };
            char::from_u32(code.ok()?)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Charset, Token, Tokens, unescape};

    fn read(file: &[u8]) -> String {
        let mut tokens = Tokens::new(Box::new(file), Charset::default());
        let mut read = Vec::new();
        loop {
            match tokens.next() {
                Ok(Token::Open(name, text)) => read.push(format!("{}:{name}={text}", tokens.line())),
                Ok(Token::Close(name)) => read.push(format!("/{name}")),
                Ok(Token::End(is_cut)) => {
                    read.extend(is_cut.then(|| "cut".to_owned()));
                    return read.join(" ");
                }
                Err(stop) => return stop.0.message,
            }
        }
    }

    #[test]
    fn sgml_and_xml_give_the_same_tokens() {
        let sgml =
            b"OFXHEADER:100\r\nCHARSET:1252\r\n\r\n<OFX>\r\n<name>Caf\xE9 &amp; AT&T < 5\r\n<MEMO>\r\n</OFX>\r\n";
        assert_eq!(read(sgml), "4:OFX= 5:NAME=Café & AT&T < 5 6:MEMO= /OFX");
        let xml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?><?OFX OFXHEADER=\"200\"?>\n<!-- > x --><OFX ><NAME>Café &#38; <![CDATA[<x>]]></NAME><MEMO/></OFX>";
        assert_eq!(read(xml.as_bytes()), "2:OFX= 2:NAME=Café & <x> /NAME 2:MEMO= /OFX");
    }

    #[test]
    fn a_file_that_ends_early_says_so() {
        assert_eq!(read(b"<OFX><TRNAMT>-12"), "1:OFX= cut");
        assert!(read(b"<OFX><TRNA").contains("middle of a tag"));
        assert!(read(&[b"<OFX><MEMO>".as_slice(), &vec![b'x'; 100_000]].concat()).contains("64 KiB"));
        assert_eq!(read(b""), "");
        assert_eq!(unescape("&#xE9;&unknown;&;é&ampé"), "é&unknown;&;é&ampé");
    }
}
