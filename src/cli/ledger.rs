//! `xiaoqu ledger`: export, checkpoint, verification, replay and disclosure.

use std::fs::File;
use std::io::{BufReader, BufWriter};
use std::path::{Path, PathBuf};

use anyhow::Context;
use chrono::NaiveDate;
use clap::{Args, Subcommand};

use super::SettingFlags;
use crate::bootstrap;
use crate::db::Db;
use crate::ledger::checkpoint::Verifiers;
use crate::ledger::export::Exported;
use crate::ledger::model::{Consistency, LedgerEntry};
use crate::ledger::verify::{Finding, Kept, Report, verify, verify_consistency, verify_entry};
use crate::ledger::{disclose, export, head_checkpoint};
use crate::settings::Settings;
use crate::standing::replay::Replay;

#[derive(Subcommand)]
pub enum LedgerCommand {
    /// Write the sealed ledger to a file, while the service runs
    Export {
        /// File to write
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// Print the signed checkpoint of the current head, to be kept elsewhere
    Checkpoint,
    /// Verify an export offline, and name every entry that was changed, removed, moved or cut off
    Verify(VerifyArgs),
    /// Compute a company's standing from an export alone
    Replay {
        #[command(flatten)]
        verify: VerifyArgs,
        /// USCC of the company
        #[arg(long)]
        company: String,
        /// County of the standing (default: that of the company's registering office)
        #[arg(long)]
        county: Option<String>,
        /// Day of the standing
        #[arg(long, value_name = "YYYY-MM-DD")]
        as_of: NaiveDate,
    },
    /// Print the leaf of an entry and the salts of its digests, to prove a text to somebody who may see it
    Disclose {
        /// Number of the entry
        seq: i64,
    },
    /// Verify a response of /v1/ledger/entries/{seq} or /v1/ledger/consistency offline
    Proof {
        /// File with the response
        file: PathBuf,
        #[command(flatten)]
        keys: KeyArgs,
        /// The checkpoint that you kept: that of the entry's tree, or the earlier one followed by the later one
        #[arg(long, value_name = "FILE")]
        checkpoint: Vec<PathBuf>,
    },
}

#[derive(Args)]
pub struct KeyArgs {
    /// Public key of the ledger (NAME+ID+KEY, from `xiaoqu keys public --use ledger` or /v1/ledger/head). Repeat for
    /// each key that the ledger has had
    #[arg(long, required = true, value_name = "KEY")]
    pub key: Vec<String>,
}

#[derive(Args)]
pub struct VerifyArgs {
    /// File from `ledger export`
    pub file: PathBuf,
    #[command(flatten)]
    pub keys: KeyArgs,
    /// A checkpoint that was kept elsewhere. Repeat for more
    #[arg(long, value_name = "FILE")]
    pub checkpoint: Vec<PathBuf>,
}

pub fn run(flags: &SettingFlags, command: &LedgerCommand) -> anyhow::Result<()> {
    match command {
        LedgerCommand::Export { out } => {
            let db = open(flags)?;
            let file = File::create_new(out)
                .with_context(|| format!("cannot create {} (an export needs a new file)", out.display()))?;
            let written =
                export::write(&db, &mut BufWriter::new(&file)).and_then(|done| Ok((file.sync_all()?, done).1));
            let Exported { size, misfiled } = written.inspect_err(|_| drop(std::fs::remove_file(out)))?;
            println!("{}: {size} entries", out.display());
            for seq in &misfiled {
                println!("entry {seq}: the database files it under something else than what was sealed");
            }
            anyhow::ensure!(
                misfiled.is_empty(),
                "{} finding(s): lists and filters of the ledger are not to be believed",
                misfiled.len()
            );
            Ok(())
        }
        LedgerCommand::Checkpoint => {
            print!("{}", head_checkpoint(&open(flags)?)?);
            Ok(())
        }
        LedgerCommand::Disclose { seq } => {
            println!("{}", serde_json::to_string_pretty(&disclose(&open(flags)?, *seq)?)?);
            Ok(())
        }
        LedgerCommand::Verify(args) => {
            let report = check(args, |_, _| {})?;
            print_report(args, &report)
        }
        LedgerCommand::Replay { verify, company, county, as_of } => {
            let mut replay = Replay::default();
            let report = check(verify, |_, leaf| replay.take(leaf))?;
            anyhow::ensure!(report.is_sound(), "the export is not sound; see `xiaoqu ledger verify`");
            println!("{}", serde_json::to_string_pretty(&replay.standing(company, county.as_deref(), *as_of)?)?);
            Ok(())
        }
        LedgerCommand::Proof { file, keys, checkpoint } => proof(file, keys, checkpoint),
    }
}

fn open(flags: &SettingFlags) -> anyhow::Result<Db> {
    Db::open(&bootstrap::db_options(&Settings::load(&flags.sources())?)?)
}

fn verifiers(keys: &KeyArgs) -> anyhow::Result<Verifiers> {
    Verifiers::parse(keys.key.iter().map(String::as_str))
        .context("--key takes a line of `xiaoqu keys public --use ledger`")
}

fn text(path: &Path) -> anyhow::Result<String> {
    std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}

fn check(args: &VerifyArgs, each: impl FnMut(u64, &str)) -> anyhow::Result<Report> {
    let keys = verifiers(&args.keys)?;
    let file = File::open(&args.file).with_context(|| format!("cannot read {}", args.file.display()))?;
    let kept = args.checkpoint.iter().map(|path| Ok(Kept { name: path.display().to_string(), text: text(path)? }));
    let kept = kept.collect::<anyhow::Result<Vec<_>>>()?;
    Ok(verify(BufReader::new(file), &keys, &kept, each))
}

fn print_report(args: &VerifyArgs, report: &Report) -> anyhow::Result<()> {
    let name = args.file.display();
    for finding in &report.findings {
        println!("{finding}");
    }
    if let Some(Finding::Origin(ledger, key)) = report.findings.iter().find(|one| matches!(one, Finding::Origin(..))) {
        anyhow::bail!(
            "{name}: nothing was checked: it is the ledger {ledger}, and the key given is of {key}; take the line of \
             `xiaoqu keys public --use ledger` that begins with {ledger}+"
        );
    }
    anyhow::ensure!(
        report.is_sound(),
        "{name}: {} finding(s), named above: the export does not agree with what was signed",
        report.findings.len()
    );
    println!("{name}: {} entries of {}, as sealed", report.size, report.origin);
    if args.checkpoint.is_empty() {
        println!("(without --checkpoint nobody can tell whether later entries were cut off)");
    }
    Ok(())
}

fn proof(file: &Path, keys: &KeyArgs, checkpoints: &[PathBuf]) -> anyhow::Result<()> {
    let keys = verifiers(keys)?;
    let answer: serde_json::Value =
        serde_json::from_str(&text(file)?).with_context(|| format!("{} is not JSON", file.display()))?;
    let kept = checkpoints.iter().map(|path| text(path)).collect::<anyhow::Result<Vec<_>>>()?;
    let wrong = |why: String| anyhow::anyhow!("not proved: {why}");
    if answer.get("inclusion_proof").is_some() {
        let entry: LedgerEntry = serde_json::from_value(answer)?;
        let head = verify_entry(&entry, &keys, kept.first().map(String::as_str)).map_err(wrong)?;
        println!("proved: entry {} is one of the {} that {} signed", entry.seq, head.size, keys.origin);
        return Ok(());
    }
    let answer: Consistency = serde_json::from_value(answer).context("neither an entry nor a consistency proof")?;
    let [earlier, later] = kept.as_slice() else {
        anyhow::bail!("a consistency proof needs --checkpoint twice: the earlier and the later");
    };
    let (from, to) = verify_consistency(&answer, &keys, earlier, later).map_err(wrong)?;
    println!("proved: the {} entries hold the {} before them, unchanged", to.size, from.size);
    Ok(())
}
