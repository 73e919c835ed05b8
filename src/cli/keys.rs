//! `xiaoqu keys`: manages the keyring.

use std::fs::File;
use std::path::{Path, PathBuf};

use anyhow::Context;
use chrono::{Duration, Utc};
use clap::{Args, Subcommand};

use super::{SettingFlags, keys_in_use};
use crate::bootstrap;
use crate::keys::{self, Key, Keyring, Source, State, Use, Wrapping};
use crate::ledger;
use crate::settings::Settings;

#[derive(Subcommand)]
pub enum KeysCommand {
    /// Create a keyring with one new key for each use
    Init,
    /// Show the keys: id, use, state and dates, but no secrets
    List,
    /// Count the database rows encrypted with each data key and index key. A rotation is complete when all use the
    /// active keys
    Status,
    /// Add a new key that replaces the active one
    Rotate(RotateArgs),
    /// Remove an inactive key: a token key, to refuse its tokens at once; a data key or an index key, if nothing is
    /// encrypted with it any more
    Remove {
        /// Id of the key, from `keys list`
        id: String,
    },
    /// Encrypt the keyring with another wrapping key
    Rewrap {
        /// File with the new wrapping key
        #[arg(long, value_name = "FILE")]
        new_wrapping_key_file: PathBuf,
    },
    /// Remove lost data keys from the database. Data encrypted with them is given up
    GiveUp {
        /// Permanently delete personal data encrypted with the lost keys
        #[arg(long)]
        delete_personal_data: bool,
    },
    /// Print public keys, to verify what the service signed
    Public {
        /// `ledger`: verifier keys (C2SP) of checkpoints, one per line; `token`: a JWK Set
        #[arg(long = "use", value_name = "USE")]
        usage: Use,
    },
}

#[derive(Args)]
pub struct RotateArgs {
    #[command(flatten)]
    which: WhichKeys,
    /// Minutes until the new key becomes active. In this time, replicas learn it within seconds, and callers that cache
    /// the JWK Set within five minutes
    #[arg(long, value_name = "MINUTES", default_value_t = 10, value_parser = clap::value_parser!(i64).range(0..=43200))]
    activate_after: i64,
}

/// The keys to rotate. A group of their own, so that the error for a missing flag names both.
#[derive(Args)]
#[group(required = true, multiple = false)]
struct WhichKeys {
    /// Use of the new key
    #[arg(long = "use", value_name = "USE")]
    usage: Option<Use>,
    /// The data key and the index key. Once they are active, the running service re-encrypts all personal data with
    /// them
    #[arg(long)]
    personal_data: bool,
}

impl WhichKeys {
    fn uses(&self) -> Vec<Use> {
        match self.usage {
            Some(usage) => vec![usage],
            None => vec![Use::Data, Use::Index],
        }
    }
}

pub fn run(flags: &SettingFlags, command: &KeysCommand) -> anyhow::Result<()> {
    let settings = Settings::load(&flags.sources())?;
    let source = settings.keyring()?;
    match command {
        KeysCommand::Init => {
            let ring = Keyring::generate(Utc::now())?;
            keys::create(&source.file, &ring, &source.wrapping.key()?)?;
            print!("{}", page(&ring));
        }
        KeysCommand::List => print!("{}", page(&source.read()?)),
        KeysCommand::Rotate(args) => {
            let ring = change(&source, |all| rotate(all, args))?;
            print!("{}", page(&ring));
        }
        KeysCommand::Status => print!("{}", keys_in_use::status(&source.read()?, &settings)?),
        KeysCommand::Remove { id } => {
            let ring = change(&source, |all| remove(all, id, &settings))?;
            print!("{}", page(&ring));
        }
        KeysCommand::Rewrap { new_wrapping_key_file } => {
            let new = Wrapping::File(new_wrapping_key_file.clone()).key()?;
            let _held = hold(&source.file)?;
            keys::replace(&source.file, &source.read()?, &new)?;
            println!("{} is encrypted with wrapping key {}", source.file.display(), new.id());
        }
        KeysCommand::GiveUp { delete_personal_data } => {
            let lost = keys_in_use::give_up(&source.read()?, &settings, *delete_personal_data)?;
            for id in &lost {
                println!("{id} was removed from the database");
            }
            if lost.is_empty() {
                println!("no data key is lost: the keyring has every data key of the database; nothing was removed");
            }
        }
        KeysCommand::Public { usage } => print!("{}", public(&source.read()?, *usage, &settings)?),
    }
    Ok(())
}

/// Locks a keyring, so that it is changed by one command at a time.
fn hold(keyring: &Path) -> anyhow::Result<File> {
    let path = PathBuf::from(format!("{}.lock", keyring.display()));
    let file = File::create(&path).with_context(|| format!("cannot write {}", path.display()))?;
    file.try_lock()
        .map_err(|_| anyhow::anyhow!("another command is changing the keyring (lock {})", path.display()))?;
    Ok(file)
}

fn change(source: &Source, change: impl FnOnce(&Keyring) -> anyhow::Result<Vec<Key>>) -> anyhow::Result<Keyring> {
    let _held = hold(&source.file)?;
    let ring = Keyring::new(change(&source.read()?)?)?;
    keys::replace(&source.file, &ring, &source.wrapping.key()?)?;
    Ok(ring)
}

/// Adds a new key of each given use, and drops keys whose tokens have all expired.
fn rotate(ring: &Keyring, args: &RotateArgs) -> anyhow::Result<Vec<Key>> {
    let now = Utc::now();
    let mut all: Vec<Key> = ring.keys().filter(|key| ring.state(key, now) != State::Expired).cloned().collect();
    for usage in args.which.uses() {
        all.push(successor(ring, usage, args.activate_after, now)?);
    }
    Ok(all)
}

fn successor(ring: &Keyring, usage: Use, activate_after: i64, now: keys::Moment) -> anyhow::Result<Key> {
    let is_pending = |key: &&Key| key.usage == usage && ring.state(key, now) == State::Pending;
    if let Some(pending) = ring.keys().find(is_pending) {
        anyhow::bail!(
            "{} is already pending and becomes active at {}. `xiaoqu keys remove {0}` removes it",
            pending.id,
            pending.active_from
        );
    }
    let last = ring.keys().filter(|key| key.usage == usage).map(|key| key.active_from).max();
    // Dates are whole seconds. The new key must become active after all others, even after one created in this second.
    let after = last.map_or(now, |last| now.max(last + Duration::seconds(1)));
    Key::generate(usage, now, after.max(now + Duration::minutes(activate_after)))
}

fn remove(ring: &Keyring, id: &str, settings: &Settings) -> anyhow::Result<Vec<Key>> {
    let key = ring.keys().find(|key| key.id == id).with_context(|| format!("the keyring has no key {id}"))?;
    anyhow::ensure!(key.usage != Use::Ledger, "a ledger key cannot be removed: it is needed to verify what it signed");
    anyhow::ensure!(
        ring.state(key, Utc::now()) != State::Active,
        "{id} is active: activate another key first (keys rotate --use {} --activate-after 0)",
        key.usage.name()
    );
    match key.usage {
        Use::Data | Use::Index => keys_in_use::let_go(key, settings)?,
        Use::Token | Use::Ledger => {}
    }
    Ok(ring.keys().filter(|key| key.id != id).cloned().collect())
}

/// The state of a key in one word.
pub(super) fn word(state: State) -> &'static str {
    match state {
        State::Pending => "pending",
        State::Active => "active",
        State::Superseded => "superseded",
        State::Expired => "expired",
    }
}

fn page(ring: &Keyring) -> String {
    let now = Utc::now();
    ring.keys()
        .map(|key| {
            let state = word(ring.state(key, now));
            let at = |moment: keys::Moment| moment.to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
            format!("{:24} {:10} created {} active from {}\n", key.id, state, at(key.created_at), at(key.active_from))
        })
        .collect()
}

/// The name of the ledger, or the name that the settings would give a new one.
fn ledger_name(settings: &Settings) -> String {
    let name = settings.ledger_origin();
    match bootstrap::db_options(settings).and_then(|options| ledger::origin_of(&options)) {
        Ok(Some(origin)) => return origin,
        Ok(None) => eprintln!(
            "xiaoqu: the ledger is empty; with these settings its name will be {name} (public_url, ledger_origin)"
        ),
        Err(error) => {
            eprintln!("xiaoqu: {error:#}; the name of the ledger is {name}, unless it was created with other settings")
        }
    }
    name
}

fn public(ring: &Keyring, usage: Use, settings: &Settings) -> anyhow::Result<String> {
    match usage {
        Use::Ledger => {
            let name = ledger_name(settings);
            Ok(ring.ledger_keys().iter().map(|key| key.verifier_key(&name) + "\n").collect())
        }
        Use::Token => {
            let set: Vec<_> = ring.published(Utc::now()).map(|one| &one.jwk).collect();
            Ok(serde_json::to_string_pretty(&serde_json::json!({ "keys": set }))? + "\n")
        }
        Use::Data | Use::Index => anyhow::bail!("a {} key has no public key", usage.name()),
    }
}
