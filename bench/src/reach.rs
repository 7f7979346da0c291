//! What is to be reached: ratios of figures of the same run.

use super::{customers::DOCUMENTS, measure::live::BESIDE, results::Results};

/// A figure, what it is, and what it should be.
pub(crate) struct Reach {
    pub(crate) what: &'static str,
    pub(crate) found: f64,
    pub(crate) wanted: f64,
    /// Whether it should be at most as much, not at least.
    pub(crate) at_most: bool,
}

impl Reach {
    pub(crate) fn is_reached(&self) -> bool {
        if self.at_most { self.found <= self.wanted } else { self.found >= self.wanted }
    }
}

/// The clients for which pgbench is measured.
pub(crate) const PGBENCH: [(&str, usize); 3] = [
    ("pgbench, statements, 8 clients", 8),
    ("pgbench, statements, 16 clients", 16),
    ("pgbench, statements, 64 clients", 64),
];

/// What is measured of an earlier program.
pub(crate) const EARLIER: &str = "transfers, 64 clients, earlier program";

/// The same of this program, on a database like that of the earlier one: with nothing else in it.
pub(crate) const BESIDE_EARLIER: &str = "transfers, 64 clients, beside the earlier program";

const TRANSFERS: &str = "transfers, 64 clients";
const HOT: &str = "transfers to one wallet, 64 clients";

/// All that were measured.
pub(crate) fn all(results: &Results, rows: &[u32]) -> Vec<Reach> {
    let mut all = Vec::new();
    let mut least = |what, found: Option<f64>, wanted| {
        all.extend(found.map(|found| Reach { what, found, wanted, at_most: false }));
    };
    let statements = results.best(PGBENCH.map(|(name, _)| name)).unwrap_or_default();
    let (small, large) = (rows.first().copied().unwrap_or_default(), rows.last().copied().unwrap_or_default());
    let page = |rows: u32| format!("history page of {rows} rows, 64 clients");
    least("transfers against pgbench's statements", results.ratio(TRANSFERS, statements), 2.5);
    least("the same with 256 clients", results.ratio("transfers, 256 clients", statements), 2.5);
    least(
        "transfers to one wallet against pgbench's to one account",
        results.ratio(HOT, "pgbench, one account, 64 clients"),
        6.0,
    );
    least("transfers against one stored function", results.ratio(TRANSFERS, "pgbench, function, 16 clients"), 1.2);
    least("transfers against rusqlite with one commit each", results.ratio(TRANSFERS, "rusqlite"), 1.6);
    least(
        "transfers against one transaction per request",
        results.ratio(TRANSFERS, "transfers, 64 clients, plain"),
        4.0,
    );
    least("transfers against the earlier program", results.ratio(BESIDE_EARLIER, EARLIER), 0.95);
    least("transfers beside subscribers that wait against none", results.ratio(BESIDE, TRANSFERS), 0.95);
    least(
        "{ __typename } against a wrong token",
        results.ratio("{ __typename }, 64 clients", "{ __typename } with a wrong token, 64 clients"),
        0.9,
    );
    least(
        "history pages of the largest wallet against pgbench's statements",
        results.ratio(&page(large), statements),
        1.5,
    );
    let mut most = |what, found: Option<f64>, wanted| {
        all.extend(found.map(|found| Reach { what, found, wanted, at_most: true }));
    };
    let alone = results.ratio("transfers, 1 client, plain", "transfers, 1 client");
    most("one client alone: latency against one transaction per request", alone, 1.3);
    for (what, name) in [
        ("history page: time for the most rows against the fewest", "history page of # rows, 64 clients"),
        ("customer summary: time for the most rows against the fewest", "summary of # entries, 64 clients"),
        ("monthly report: time for the most rows against the fewest", "report of # rows, 64 clients"),
    ] {
        let of = |rows: u32| name.replace('#', &rows.to_string());
        most(what, results.ratio(&of(small), &of(large)).filter(|_| small < large), 1.3);
    }
    for (what, name) in [
        ("invoice: time with the most documents of its customer against the fewest", "invoice"),
        ("receipt: the same", "receipt"),
        ("allocation: the same", "allocation"),
        ("first page of a statement: the same", "first page of the statement"),
    ] {
        let [few, many] = DOCUMENTS.map(|number| format!("{name} of a customer with {number} documents, 1 client"));
        most(what, results.ratio(&few, &many), 1.3);
    }
    let tail = results.row(TRANSFERS).map(|row| row.median.quantile(0.99) / row.median.quantile(0.5));
    most("p99 of a transfer against its p50", tail, 4.0);
    all
}
