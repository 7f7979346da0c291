//! Why a bank's file is refused as a whole.

use std::io;

use crate::error::{Code, Error, Refusal, Refusals};

/// Several refusals as one error. Those of fields of the profile are at `say`, where the user answers them.
pub(super) fn refused(refusals: Vec<Refusal>) -> Error {
    let mut all = Refusals::default();
    all.extend(refusals.into_iter().map(|refusal| match refusal.path.as_str() {
        "csv" => refusal,
        field => Refusal { path: format!("say.{field}"), ..refusal },
    }));
    all.into()
}

/// A file that cannot be written or read.
pub(super) fn broken(error: &io::Error) -> Refusal {
    Refusal::new(Code::TryAgain, "csv", format!("The file cannot be kept while it is imported: {error}."))
}
