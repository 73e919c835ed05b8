//! The command line: global flags here, and one file for each command.

mod backup;
mod clock;
mod database;
pub mod demo;
mod deployment;
mod keys;
mod keys_in_use;
mod ledger;
mod migrate;
pub mod openapi;
mod policy;
mod serve;
mod settings;
pub mod token;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

use crate::settings::Sources;

#[derive(Parser)]
#[command(
    name = "xiaoqu",
    version,
    about = "Supervision of property management in residential complexes (住宅小区物业监管)"
)]
pub struct Cli {
    #[command(flatten)]
    pub flags: SettingFlags,
    #[command(subcommand)]
    pub command: Command,
}

/// Flags that override the settings file and the environment.
#[derive(Args)]
pub struct SettingFlags {
    /// Settings file [default: ./xiaoqu.toml if it exists]
    #[arg(long, global = true, env = "XIAOQU_CONFIG", value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Set one setting. Repeat for more; `xiaoqu settings` lists them
    #[arg(long = "set", global = true, value_name = "KEY=VALUE", value_parser = key_and_value)]
    pub set: Vec<(String, String)>,
    /// Address and port of the service
    #[arg(long, global = true, value_name = "ADDRESS")]
    pub listen: Option<String>,
    /// The database: `sqlite:FILE` or `postgres://…`
    #[arg(long, global = true, value_name = "URL")]
    pub database_url: Option<String>,
}

#[derive(Subcommand)]
pub enum Command {
    /// Serve the API
    Serve,
    /// Serve invented data with a movable clock and a token for every role
    Demo(demo::DemoArgs),
    /// Migrate the database to this version
    Migrate {
        /// CSV with more divisions: code,level,name_zh,parent_code
        #[arg(long, value_name = "FILE")]
        divisions: Option<PathBuf>,
    },
    /// Print the OpenAPI document
    Openapi {
        /// Write the document to this file
        #[arg(long, value_name = "FILE", conflicts_with = "check")]
        write: Option<PathBuf>,
        /// Fail if this file differs from the document
        #[arg(long, value_name = "FILE")]
        check: Option<PathBuf>,
    },
    /// Access tokens of the service's own issuer
    Token {
        #[command(subcommand)]
        command: TokenCommand,
    },
    /// Manage the keyring: the keys for signing and encryption
    Keys {
        #[command(subcommand)]
        command: keys::KeysCommand,
    },
    /// Copy the database to a new folder, while the service runs
    #[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
    Backup {
        /// Folder to create
        #[arg(long, value_name = "FOLDER", required = true)]
        to: Option<PathBuf>,
        /// Folder of pg_dump, if not on PATH
        #[arg(long, value_name = "FOLDER")]
        pg_bin: Option<PathBuf>,
        #[command(subcommand)]
        command: Option<BackupCommand>,
    },
    /// Show the clock for background jobs, and confirm it after a jump
    Clock {
        #[command(subcommand)]
        command: clock::ClockCommand,
    },
    /// Show the time zone and public URL that the database belongs to, and accept a change
    Deployment {
        #[command(subcommand)]
        command: deployment::DeploymentCommand,
    },
    /// The ledger: export, check, prove, replay
    Ledger {
        #[command(subcommand)]
        command: ledger::LedgerCommand,
    },
    /// Check policy documents
    Policy {
        #[command(subcommand)]
        command: PolicyCommand,
    },
    /// Explain every setting, with its default and its current value
    Settings,
}

#[derive(Subcommand)]
pub enum TokenCommand {
    /// Sign a token for an office, a company, a committee or a resident
    Issue(crate::token_issuing::TokenArgs),
}

#[derive(Subcommand)]
pub enum BackupCommand {
    /// Verify that a backup is unchanged and can be restored
    Verify {
        folder: PathBuf,
        /// Digest that was printed when the backup was made, kept elsewhere
        #[arg(long, value_name = "SHA256")]
        digest: Option<String>,
        /// Empty PostgreSQL database to restore into. The restored rows are counted
        #[arg(long, value_name = "URL")]
        restore_into: Option<String>,
        /// Folder of pg_restore, if not on PATH
        #[arg(long, value_name = "FOLDER")]
        pg_bin: Option<PathBuf>,
    },
}

#[derive(Subcommand)]
pub enum PolicyCommand {
    /// Check a policy document, and list all errors
    Check {
        /// JSON document
        file: PathBuf,
    },
}

fn key_and_value(text: &str) -> Result<(String, String), &'static str> {
    let (key, value) = text.split_once('=').ok_or("expected KEY=VALUE")?;
    Ok((key.trim().to_owned(), value.to_owned()))
}

impl SettingFlags {
    /// All sources of settings for this process.
    pub fn sources(&self) -> Sources {
        let set = self.set.iter().map(|(key, value)| ("--set".to_owned(), key.clone(), value.clone()));
        let own = [("listen", &self.listen), ("database_url", &self.database_url)];
        let own = own.into_iter().filter_map(|(key, value)| {
            let flag = format!("--{}", key.replace('_', "-"));
            value.as_ref().map(|value| (flag, key.to_owned(), value.clone()))
        });
        Sources {
            config: self.config.clone(),
            variables: std::env::vars_os().collect(),
            flags: set.chain(own).collect(),
        }
    }
}

/// `println!` panics if the reader closes the pipe (`xiaoqu settings | head`). That is not an error.
fn quiet_end(info: &std::panic::PanicHookInfo) {
    let said = info.payload().downcast_ref::<String>().map_or("a panic", String::as_str);
    if said.starts_with("failed printing to stdout") {
        std::process::exit(0);
    }
    eprintln!("xiaoqu: {said} ({})", info.location().map(ToString::to_string).unwrap_or_default());
}

/// Runs the command given on the command line.
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    if !matches!(cli.command, Command::Openapi { .. }) {
        // Databases, exports and keyrings may be read by their owner only.
        rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o077));
    }
    if !matches!(cli.command, Command::Serve) {
        std::panic::set_hook(Box::new(quiet_end));
    }
    let result = match cli.command {
        Command::Serve => serve::run(&cli.flags),
        Command::Demo(args) => demo::run(&cli.flags, &args),
        Command::Migrate { divisions } => migrate::run(&cli.flags, divisions.as_deref()),
        Command::Openapi { write, check } => openapi::run(write.as_deref(), check.as_deref()),
        Command::Token { command: TokenCommand::Issue(args) } => token::run(&cli.flags, &args),
        Command::Keys { command } => keys::run(&cli.flags, &command),
        Command::Backup { command: Some(BackupCommand::Verify { folder, digest, restore_into, pg_bin }), .. } => {
            backup::verify(&folder, pg_bin, restore_into.as_deref(), digest.as_deref())
        }
        Command::Backup { to, pg_bin, command: None } => backup::run(&cli.flags, &to.unwrap_or_default(), pg_bin),
        Command::Clock { command } => clock::run(&cli.flags, &command),
        Command::Deployment { command } => deployment::run(&cli.flags, &command),
        Command::Ledger { command } => ledger::run(&cli.flags, &command),
        Command::Policy { command: PolicyCommand::Check { file } } => policy::check(&file),
        Command::Settings => settings::run(&cli.flags),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xiaoqu: {error:#}");
            ExitCode::FAILURE
        }
    }
}
