//! Dumps and restores a PostgreSQL database with its own programs.

use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::Context;
use diesel::connection::SimpleConnection;
use diesel::prelude::*;

use super::Programs;
use super::content::{self, Content};
use crate::db::Conn;

/// Runs `pg_dump` in the same snapshot in which the rows are counted.
pub fn dump(url: &str, to: &Path, programs: &Programs) -> anyhow::Result<Content> {
    let mut conn = connect(url)?;
    conn.batch_execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")?;
    let snapshot = content::texts(&mut conn, "SELECT pg_export_snapshot() AS value")?;
    let snapshot = snapshot.first().context("PostgreSQL gave no snapshot")?;
    let content = content::of(&mut conn).context("cannot count the rows")?;
    let mut program = programs.command("pg_dump", url);
    program.args(["--format=custom", "--no-owner", "--no-privileges", "--lock-wait-timeout=10s"]);
    program.arg(format!("--snapshot={snapshot}")).arg("--file").arg(to);
    run(&mut program)?;
    conn.batch_execute("COMMIT")?;
    Ok(content)
}

/// A connection without a statement timeout.
fn connect(url: &str) -> anyhow::Result<Conn> {
    let mut conn = Conn::Postgres(PgConnection::establish(url).context("cannot connect to the database")?);
    conn.batch_execute("SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0")?;
    Ok(conn)
}

/// The tables with rows in an archive.
pub fn listed(archive: &Path, programs: &Programs) -> anyhow::Result<Vec<String>> {
    let mut program = programs.bare("pg_restore");
    let list = run(program.arg("--list").arg(archive))?;
    // 3456; 0 16385 TABLE DATA public companies xiaoqu
    let rows = list.lines().filter_map(|line| line.split_once(" TABLE DATA "));
    Ok(rows.filter_map(|(_, rest)| rest.split(' ').nth(1)).map(str::to_owned).collect())
}

/// Restores an archive into an empty database, and counts its content.
pub fn restore(archive: &Path, into: &str, programs: &Programs) -> anyhow::Result<Content> {
    let mut conn = connect(into)?;
    anyhow::ensure!(content::tables(&mut conn)?.is_empty(), "the database to restore into is not empty");
    let mut program = programs.command("pg_restore", into);
    run(program.args(["--exit-on-error", "--single-transaction", "--no-owner", "--no-privileges"]).arg(archive))?;
    content::of(&mut conn).context("cannot count the restored rows")
}

impl Programs {
    fn bare(&self, name: &str) -> Command {
        let mut command = Command::new(self.0.as_ref().map_or_else(|| name.into(), |folder| folder.join(name)));
        command.stdin(Stdio::null());
        command
    }

    /// A program that connects to a database. Every user of the machine can see a command line, so the password is
    /// passed in the environment.
    fn command(&self, name: &str, url: &str) -> Command {
        let mut command = self.bare(name);
        let (url, password) = without_password(url);
        if let Some(password) = password {
            command.env("PGPASSWORD", password);
        }
        command.arg("--dbname").arg(url);
        command
    }
}

fn run(command: &mut Command) -> anyhow::Result<String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command
        .output()
        .with_context(|| format!("cannot run {name}; it comes with PostgreSQL's client programs (--pg-bin FOLDER)"))?;
    let said = String::from_utf8_lossy(&output.stderr);
    anyhow::ensure!(output.status.success(), "{name} failed: {}", said.trim());
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Removes the password from a connection URL: from the part before the host, or from the options (as in libpq, the
/// last one applies).
fn without_password(url: &str) -> (String, Option<String>) {
    let (scheme, rest) = url.split_once("://").unwrap_or(("postgres", url));
    let (place, options) = rest.split_once('?').unwrap_or((rest, ""));
    let (mut place, mut password) = (place.to_owned(), None);
    if let Some((user, host)) = place.clone().split_once('@')
        && let Some((user, secret)) = user.split_once(':')
    {
        (place, password) = (format!("{user}@{host}"), Some(decoded(secret)));
    }
    let mut kept = Vec::new();
    for option in options.split('&').filter(|option| !option.is_empty()) {
        match option.strip_prefix("password=") {
            Some(secret) => password = Some(decoded(secret)),
            None => kept.push(option),
        }
    }
    let mark = if kept.is_empty() { "" } else { "?" };
    (format!("{scheme}://{place}{mark}{}", kept.join("&")), password)
}

/// Percent-decodes a text. Like libpq, it leaves `+` unchanged.
fn decoded(text: &str) -> String {
    let (mut bytes, mut rest) = (Vec::new(), text.as_bytes());
    while let Some((&byte, after)) = rest.split_first() {
        let digits = after.get(..2).filter(|_| byte == b'%');
        match digits.and_then(|digits| hex::decode(digits).ok()) {
            Some(decoded) => {
                bytes.extend(decoded);
                rest = &after[2..];
            }
            None => {
                bytes.push(byte);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_never_stays_in_the_url() {
        let cases = [
            ("postgres://u:p%40s@h:1/d", "postgres://u@h:1/d", Some("p@s")),
            ("postgres://u@h/d?password=a%2Fb+c&sslmode=require", "postgres://u@h/d?sslmode=require", Some("a/b+c")),
            ("postgres://u:first@h/d?password=second", "postgres://u@h/d", Some("second")),
            ("postgresql:///d?options=-c%20x", "postgresql:///d?options=-c%20x", None),
        ];
        for (url, without, password) in cases {
            assert_eq!(without_password(url), (without.to_owned(), password.map(str::to_owned)), "{url}");
        }
    }
}
