//! The secrets that sign access tokens. They are given as a setting or, with SQLite only, created once and stored in a file
//! beside the database.

use std::{
    collections::HashSet,
    fs::{self, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
};

use base64::{Engine, prelude::BASE64_STANDARD};

use super::{BadSetting, Config};
use crate::credentials::Secret;

/// The minimum length of a secret in bytes: the output size of SHA-256 (RFC 7518 section 3.2).
const SHORTEST: usize = 32;
/// The maximum length of the id of a secret, in bytes.
const LONGEST_ID: usize = 32;

impl Config {
    /// The secrets from the settings. `None` means that they are stored beside the database.
    ///
    /// # Errors
    /// When a secret is too short, or when none is given and the database is not SQLite.
    pub fn given_secrets(&self) -> Result<Option<Vec<Secret>>, BadSetting> {
        match &self.jwt_secret {
            Some(text) => parse(text).map(Some).map_err(bad),
            None if self.database.is_sqlite() => Ok(None),
            None => Err(bad("nothing".to_owned())),
        }
    }

    /// The secrets stored beside the database. Creates one if the file does not exist. The database must exist already.
    ///
    /// # Errors
    /// When the file cannot be read or written, or does not hold a usable secret.
    pub fn kept_secrets(&self) -> Result<Vec<Secret>, BadSetting> {
        let Some(database) = self.database.file() else { return Err(bad("nothing".to_owned())) };
        let path = beside(database);
        let text = find_or_make(&path).map_err(|error| bad(format!("nothing, and {}: {error}", path.display())))?;
        parse(&text).map_err(|holds| bad(format!("nothing, and {} holds {holds}", path.display())))
    }
}

/// Parses one secret, or several with ids. The error describes what the text holds without revealing any of it.
fn parse(text: &str) -> Result<Vec<Secret>, String> {
    let text = text.trim();
    // A single secret may contain any character, also a comma. Only an id in front of a part marks a list of secrets.
    if !text.split(',').any(|part| named(part).is_some()) {
        return long_enough(text.into()).map(|secret| vec![secret]);
    }
    let mut ids = HashSet::new();
    let secret = |(position, part): (usize, &str)| {
        let wrong = |what: &str| format!("several secrets, of which number {} {what}", position + 1);
        let secret = named(part).ok_or_else(|| wrong("has no id"))?;
        if !ids.insert(secret.id.clone()) {
            return Err(wrong("has the same id as another"));
        }
        long_enough(secret).map_err(|holds| wrong(&format!("has {holds}")))
    };
    text.split(',').enumerate().map(secret).collect()
}

/// Parses a secret with its id: `ID:SECRET`.
fn named(part: &str) -> Option<Secret> {
    let (id, secret) = part.trim().split_once(':')?;
    let is_id = (1..=LONGEST_ID).contains(&id.len())
        && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte));
    is_id.then(|| Secret { id: Some(id.to_owned()), ..secret.into() })
}

fn long_enough(secret: Secret) -> Result<Secret, String> {
    let bytes = secret.bytes.len();
    if bytes < SHORTEST { Err(format!("{bytes} bytes")) } else { Ok(secret) }
}

fn bad(holds: String) -> BadSetting {
    let example = "such as `openssl rand -base64 48` prints";
    BadSetting {
        variable: "DAYBOOK_JWT_SECRET",
        flag: "--jwt-secret",
        holds,
        should_hold: format!(
            "a random secret of {SHORTEST} bytes or more, {example}, or several with ids: 2027:SECRET,2026:SECRET"
        ),
    }
}

fn beside(database: &Path) -> PathBuf {
    let mut name = database.file_name().unwrap_or_default().to_owned();
    name.push(".jwt-secret");
    database.with_file_name(name)
}

fn find_or_make(path: &Path) -> io::Result<String> {
    match fs::read_to_string(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => make(path),
        read => read,
    }
}

/// Creates a secret file. The secret is first written to a temporary file and then linked to its name, so that neither a crash
/// nor another server that starts at the same moment can leave half a secret. If two servers do this at once, both use the
/// first file.
fn make(path: &Path) -> io::Result<String> {
    let mut random = [0; 48];
    getrandom::fill(&mut random)?;
    let unfinished = path.with_extension(format!("jwt-secret.{}", std::process::id()));
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&unfinished)?;
    file.write_all(BASE64_STANDARD.encode(random).as_bytes())?;
    file.sync_all()?;
    let linked = fs::hard_link(&unfinished, path);
    fs::remove_file(&unfinished)?;
    match linked {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        _ => fs::read_to_string(path),
    }
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn several_secrets_have_ids_of_their_own() {
        let (one, other) = ("1".repeat(32), "2".repeat(40));
        let ids =
            |text: &str| parse(text).map(|secrets| secrets.into_iter().map(|secret| secret.id).collect::<Vec<_>>());
        assert_eq!(ids(&one).unwrap(), [None]);
        assert_eq!(
            ids(&format!(" new:{one},old:{other}\n")).unwrap(),
            [Some("new".to_owned()), Some("old".to_owned())]
        );
        assert_eq!(ids(&format!("new:{one}")).unwrap(), [Some("new".to_owned())]);
        assert_eq!(ids("a passphrase: with signs, and longer than others").unwrap(), [None]);
        for (text, holds) in [
            ("short".to_owned(), "5 bytes"),
            (format!("{one},old:{other}"), "several secrets, of which number 1 has no id"),
            (format!("a:{one},b:short"), "several secrets, of which number 2 has 5 bytes"),
            (format!("a:{one},a:{other}"), "several secrets, of which number 2 has the same id as another"),
            (format!("a:{one},"), "several secrets, of which number 2 has no id"),
            (format!("a:{one},b c:{other}"), "several secrets, of which number 2 has no id"),
        ] {
            assert_eq!(ids(&text).unwrap_err(), holds);
        }
    }
}
