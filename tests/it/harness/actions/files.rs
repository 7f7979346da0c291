//! Files in and out: imports by the real program, and downloads.

use std::process::Child;

use axum::{
    body::Body,
    http::{Request, header},
};
use serde_json::{Value, json};

use crate::harness::{Answer, SECRET, TestApp, User, program};

/// What `daybook import` came to.
#[derive(Debug)]
pub struct Imported {
    pub code: Option<i32>,
    /// The lines of the report without its header, each as `line status id message`.
    pub lines: Vec<[String; 4]>,
    /// The last line on standard error.
    pub sum: String,
}

impl Imported {
    /// The numbers of lines and their statuses, as `2 ADDED, 3 REFUSED`.
    pub fn statuses(&self) -> String {
        let lines = self.lines.iter().map(|[line, status, ..]| format!("{line} {status}"));
        lines.collect::<Vec<_>>().join(", ")
    }

    /// How many lines have a status.
    pub fn count(&self, status: &str) -> usize {
        self.lines.iter().filter(|line| line[1] == status).count()
    }

    /// The same import as one that was given up before.
    fn after(mut self, earlier: &Self) -> Self {
        let added: Vec<_> = earlier.lines.iter().filter(|line| line[1] == "ADDED").map(|line| &line[0]).collect();
        for line in self.lines.iter_mut().filter(|line| added.contains(&&line[0])) {
            "ADDED".clone_into(&mut line[1]);
        }
        self
    }

    fn of(output: &std::process::Output) -> Self {
        let mut report = csv::Reader::from_reader(output.stdout.as_slice());
        let field = |row: &csv::StringRecord, at| row.get(at).unwrap().to_owned();
        let lines = report.records().map(|row| {
            let row = row.unwrap();
            [0, 1, 2, 3].map(|at| field(&row, at))
        });
        let error = String::from_utf8(output.stderr.clone()).unwrap();
        let sum = error.lines().last().unwrap_or_default().trim_start_matches("daybook: ").to_owned();
        Self { code: output.status.code(), lines: lines.collect(), sum }
    }
}

impl TestApp {
    /// Imports transactions for a user.
    pub fn import(&self, user: &str, file: impl AsRef<[u8]>, flags: &[&str]) -> Imported {
        self.import_of("transactions", user, file, flags)
    }

    /// Imports what the command is told to.
    pub fn import_of(&self, sort: &str, user: &str, file: impl AsRef<[u8]>, flags: &[&str]) -> Imported {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("file.csv");
        std::fs::write(&path, file).unwrap();
        let child = self.start_import(sort, user, path.to_str().unwrap(), flags);
        Imported::of(&child.wait_with_output().unwrap())
    }

    /// Starts an import of a file.
    pub fn start_import(&self, sort: &str, user: &str, path: &str, flags: &[&str]) -> Child {
        let mut command = program();
        command.args(["import", sort, path, "--user", user, "--database-url", &self.url, "--jwt-secret", SECRET]);
        command.args(["--pool-max", "3"]).args(flags);
        command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped()).spawn().unwrap()
    }

    /// Undoes an import by the program: its exit code, and the last line on standard error.
    pub fn undo(&self, user: &str, import: &str) -> (Option<i32>, String) {
        let mut command = program();
        command.args(["import", "--undo", import, "--user", user, "--database-url", &self.url, "--jwt-secret", SECRET]);
        let output = command.args(["--pool-max", "3"]).output().unwrap();
        let done = Imported::of(&output);
        (done.code, done.sum)
    }

    /// Imports one file several times at the same moment. An import that the database is too busy for is started again, as its
    /// message says; what it added before counts as added by it.
    pub fn import_at_once(&self, times: usize, user: &str, file: &str, flags: &[&str]) -> Vec<Imported> {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("file.csv");
        std::fs::write(&path, file).unwrap();
        let started: Vec<_> =
            (0..times).map(|_| self.start_import("transactions", user, path.to_str().unwrap(), flags)).collect();
        let finish = |child: Child| {
            let mut done = Imported::of(&child.wait_with_output().unwrap());
            while done.code == Some(1) && done.sum.ends_with("try again.") {
                let child = self.start_import("transactions", user, path.to_str().unwrap(), flags);
                done = Imported::of(&child.wait_with_output().unwrap()).after(&done);
            }
            done
        };
        started.into_iter().map(finish).collect()
    }
}

/// A file of so many lines, each with its number.
pub fn file_of(lines: usize, line: impl Fn(usize) -> String) -> String {
    let lines: Vec<_> = (0..lines).map(line).collect();
    format!("date,amount,category,description\n{}\n", lines.join("\n"))
}

impl User {
    /// Downloads a file.
    pub async fn download(&self, uri: &str) -> Answer {
        let mut request = Request::get(uri);
        if let Some(token) = &self.client.token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        self.client.send(request.body(Body::empty()).unwrap()).await
    }
}

/// All transactions of a user in words, the oldest first: all that another book could have too.
pub async fn transactions(user: &User) -> Vec<String> {
    let query = "query($after: String) { transactions(first: 100, after: $after, orderBy: { direction: ASC }) {
        nodes { kind amount { amount currency } date description wallet { name }
            lines { category { name } amount { amount } note } }
        pageInfo { hasNextPage endCursor } } }";
    let (mut all, mut after) = (Vec::new(), Value::Null);
    loop {
        let page = user.gql(query, json!({ "after": after })).await["transactions"].take();
        all.extend(page["nodes"].as_array().unwrap().iter().map(in_words));
        if page["pageInfo"]["hasNextPage"] == false {
            return all;
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
}

fn in_words(transaction: &Value) -> String {
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let line = |line: &Value| {
        format!("{} {} {}", text(&line["category"]["name"]), text(&line["amount"]["amount"]), text(&line["note"]))
    };
    let lines: Vec<_> = transaction["lines"].as_array().unwrap().iter().map(line).collect();
    let amount = &transaction["amount"];
    format!(
        "{} {} {} {} {} {} [{}]",
        text(&transaction["date"]),
        text(&transaction["kind"]),
        text(&amount["amount"]),
        text(&amount["currency"]),
        text(&transaction["description"]),
        text(&transaction["wallet"]["name"]),
        lines.join("; ")
    )
}
