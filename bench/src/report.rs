//! The results as text: tables in Markdown, and a chart as SVG.

use std::fmt::Write as _;

use super::{
    reach::{self, Reach},
    results::Results,
};

/// The tables of one database.
pub(crate) fn tables(results: &Results, rows: &[u32]) -> String {
    let mut text = format!("## {}\n\n", results.database);
    text += "| | a second | from, to | p50 ms | p99 ms | p99.9 ms | processor s per 100,000 |\n|---|--:|--:|--:|--:|--:|--:|\n";
    for row in results.rows() {
        let [p50, p99, p999] = [0.5, 0.99, 0.999].map(|part| row.median.quantile(part));
        let rest = if row.median.times.is_empty() {
            "| | | |".to_owned()
        } else {
            let cpu = Some(row.median.cpu / 10.0).filter(|cpu| *cpu > 0.0);
            let cpu = cpu.map(|seconds| format!("{seconds:.1}")).unwrap_or_default();
            format!("{p50:.2} | {p99:.2} | {p999:.2} | {cpu} |")
        };
        let _ = writeln!(text, "| {} | {:.0} | {:.0}, {:.0} | {rest}", row.name, row.median.rate, row.least, row.most);
    }
    text += "\n| ratio, the median of the rounds | found | wanted |\n|---|--:|--:|\n";
    for reach in reach::all(results, rows) {
        let Reach { what, found, wanted, at_most } = &reach;
        let bound = if *at_most { "at most" } else { "at least" };
        let missed = if reach.is_reached() { "" } else { ", not reached" };
        let _ = writeln!(text, "| {what} | {found:.2} | {bound} {wanted}{missed} |");
    }
    text += "\n| | |\n|---|--:|\n";
    for (what, figure) in &results.facts {
        let _ = writeln!(text, "| {what} | {figure} |");
    }
    text + "\n"
}

/// The height of a bar with its label, and the place for labels, in pixels.
const BAR: usize = 22;
const LABELS: usize = 330;
const WIDTH: usize = 860;

/// The rates as bars, those of each database against its highest.
pub(crate) fn chart(all: &[Results]) -> String {
    let mut bars = String::new();
    let mut y = 10;
    for results in all {
        let rows: Vec<_> = results.rows().filter(|row| !row.name.contains("__typename")).collect();
        let highest = rows.iter().map(|row| row.median.rate).fold(1.0, f64::max);
        let _ = writeln!(
            bars,
            "<text class=\"b\" x=\"10\" y=\"{}\">{}, requests a second</text>",
            y + 14,
            results.database
        );
        y += BAR;
        for row in rows {
            #[expect(clippy::cast_precision_loss, reason = "a width in pixels")]
            let width = row.median.rate / highest * (WIDTH - LABELS - 70) as f64;
            let color = if row.name.contains("pgbench") || row.name.contains("rusqlite") || row.name.contains("plain") {
                "#9aa5b1"
            } else {
                "#2463a8"
            };
            let _ = writeln!(
                bars,
                "<text x=\"{}\" y=\"{}\" text-anchor=\"end\">{}</text>\
                 <rect x=\"{LABELS}\" y=\"{}\" width=\"{width:.0}\" height=\"14\" fill=\"{color}\"/>\
                 <text x=\"{:.0}\" y=\"{}\">{:.0}</text>",
                LABELS - 8,
                y + 12,
                row.name,
                y + 1,
                f64::from(u32::try_from(LABELS).unwrap_or_default()) + width + 6.0,
                y + 12,
                row.median.rate,
            );
            y += BAR;
        }
        y += BAR;
    }
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {y}\" width=\"{WIDTH}\" height=\"{y}\" role=\"img\">\n\
         <title>Requests a second: Daybook over HTTP and hand-written SQL, in one run</title>\n\
         <style>text {{ font: 12px sans-serif; fill: #1f2933 }} .b {{ font-weight: bold }}</style>\n\
         <rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n{bars}</svg>\n"
    )
}
