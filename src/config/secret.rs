//! The secret that access tokens are signed with: given, or with SQLite made once and kept beside the database.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
};

use base64::{Engine, prelude::BASE64_STANDARD};

use super::{BadSetting, Config};

/// The fewest bytes that make a secret: as many as SHA-256 gives (RFC 7518 section 3.2).
const SHORTEST: usize = 32;

impl Config {
    /// The secret that is given. None means that it is kept beside the database.
    ///
    /// # Errors
    /// When it is too short, or missing where there is no file to keep it beside.
    pub fn given_secret(&self) -> Result<Option<Vec<u8>>, BadSetting> {
        match &self.jwt_secret {
            Some(secret) if secret.len() < SHORTEST => Err(bad(format!("{} bytes", secret.len()))),
            Some(secret) => Ok(Some(secret.clone().into_bytes())),
            None if self.database.is_sqlite() => Ok(None),
            None => Err(bad("nothing".to_owned())),
        }
    }

    /// The secret that is kept beside the database, which exists. Makes one if there is none.
    ///
    /// # Errors
    /// When its file cannot be read or written, or holds too little.
    pub fn kept_secret(&self) -> Result<Vec<u8>, BadSetting> {
        let Some(database) = self.database.file() else { return Err(bad("nothing".to_owned())) };
        let path = beside(database);
        let secret = find_or_make(&path).map_err(|error| bad(format!("nothing, and {}: {error}", path.display())))?;
        match secret.len() {
            SHORTEST.. => Ok(secret),
            bytes => Err(bad(format!("nothing, and {} has {bytes} bytes", path.display()))),
        }
    }
}

fn bad(holds: String) -> BadSetting {
    BadSetting {
        variable: "DAYBOOK_JWT_SECRET",
        flag: "--jwt-secret",
        holds,
        should_hold: format!("a random secret of {SHORTEST} bytes or more, such as `openssl rand -base64 48` prints"),
    }
}

fn beside(database: &Path) -> PathBuf {
    let mut name = database.file_name().unwrap_or_default().to_owned();
    name.push(".jwt-secret");
    database.with_file_name(name)
}

fn find_or_make(path: &Path) -> io::Result<Vec<u8>> {
    match fs::read(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => make(path),
        read => read,
    }
}

/// Makes a secret. It is written whole under another name first, so that neither a crash nor another server that starts at
/// the same moment can leave half of one; whoever is first wins.
fn make(path: &Path) -> io::Result<Vec<u8>> {
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
        _ => fs::read(path),
    }
}
