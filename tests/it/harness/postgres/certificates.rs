//! Certificates of a test's own, by `openssl`.

use std::{fs, process::Command};

use tempfile::TempDir;

const CONFIG: &str =
    "[req]\ndistinguished_name=dn\nx509_extensions=ca\n[dn]\n[ca]\nbasicConstraints=critical,CA:TRUE\n";

/// Somebody who signs certificates.
pub struct Authority {
    dir: TempDir,
}

impl Authority {
    pub fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("config"), CONFIG).unwrap();
        let authority = Self { dir };
        // Each has a name of its own, so that a certificate tells who has signed it.
        let name = authority.path().replace('/', "-");
        authority.openssl(&format!("req -x509 -days 2 -subj /CN={name} -keyout ca.key -out ca.crt"), true);
        authority
    }

    /// The path of its own certificate, which clients trust.
    pub fn path(&self) -> String {
        self.path_of("ca.crt")
    }

    /// The paths of a certificate and its key, for a person, or for a host of that name.
    pub fn certify(&self, name: &str) -> [String; 2] {
        let extensions = format!("basicConstraints=CA:FALSE\nsubjectAltName=DNS:{name}\n");
        fs::write(self.dir.path().join("extensions"), extensions).unwrap();
        self.openssl(&format!("req -new -subj /CN={name} -keyout {name}.key -out {name}.csr"), true);
        let sign = "x509 -req -days 2 -CA ca.crt -CAkey ca.key -CAcreateserial -extfile extensions";
        self.openssl(&format!("{sign} -in {name}.csr -out {name}.crt"), false);
        [self.path_of(&format!("{name}.crt")), self.path_of(&format!("{name}.key"))]
    }

    fn path_of(&self, name: &str) -> String {
        self.dir.path().join(name).display().to_string()
    }

    fn openssl(&self, arguments: &str, makes_key: bool) {
        let key = "-config config -nodes -newkey ec -pkeyopt ec_paramgen_curve:prime256v1";
        let arguments = arguments.split(' ').chain(key.split(' ').filter(|_| makes_key));
        let done = Command::new("openssl").args(arguments).current_dir(self.dir.path()).output().unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    }
}
