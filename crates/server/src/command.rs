//! The command line: the server itself, or one of the tasks beside it. Runs no server.

mod backup;
mod check;
mod invite;
mod key;
mod people;
mod token;

use std::{ffi::OsString, io, path::PathBuf, process::ExitCode};

use clap::{Args, Parser, Subcommand};

use crate::{
    ConfigError, Settings,
    config::{self, Flags},
};

/// What the command line asks for.
#[derive(Debug)]
pub enum Command {
    /// Run the server.
    Serve(Box<Settings>),
    /// Do something beside it.
    Task(Task),
}

#[derive(Parser, Debug)]
#[command(name = "mistatus-server", args_conflicts_with_subcommands = true)]
struct CommandLine {
    #[command(flatten)]
    flags: Flags,
    #[command(subcommand)]
    task: Option<Task>,
}

/// A task of an operator beside the server.
#[derive(Subcommand, Debug)]
// What is said of these would be said of the whole program.
#[command(
    about = "The embedded engine of mistatus: presence over WebSocket, and the widget's files"
)]
pub enum Task {
    /// Makes, lists and revokes the keys of back ends.
    #[command(subcommand)]
    Key(key::KeyTask),
    /// Takes over whom the company says there is, for a server with --directory.
    #[command(subcommand)]
    People(people::PeopleTask),
    /// Says what is wrong with the settings of a server and what is dangerous about them; changes nothing.
    Check(Box<check::CheckTask>),
    /// Copies the database into a file, while the server runs or while it does not.
    Backup(backup::BackupTask),
    /// Puts a backup in the place of the database of a server that does not run.
    Restore(backup::RestoreTask),
    /// Signs a link that opens a page of the server where a person is signed in, for a trial without a back end.
    Invite(Box<invite::InviteTask>),
    /// Signs a token for trying things, or says why a server refuses one.
    Token(Box<token::TokenTask>),
}

/// Which data directory is meant; the same as the server's settings say.
#[derive(Args, Debug)]
struct Place {
    /// Reads the data directory from the server's TOML file.
    #[arg(long, env = "MISTATUS_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    /// Data directory of the server [default: mistatus-data].
    #[arg(long, env = "MISTATUS_DATA", value_name = "DIR")]
    data: Option<PathBuf>,
}

impl Command {
    /// Reads the command line and, for the server, environment and file; checks no setting.
    ///
    /// # Errors
    /// Something is unknown or missing, or the file cannot be read; the text says what and what is allowed.
    pub fn from_args<I, T>(args: I) -> Result<Self, ConfigError>
    where
        I: IntoIterator<Item = T>,
        T: Into<OsString> + Clone,
    {
        let line = CommandLine::try_parse_from(args).map_err(ConfigError::Arguments)?;
        match line.task {
            Some(task) => Ok(Self::Task(task)),
            None => Ok(Self::Serve(Box::new(Settings::read(line.flags)?))),
        }
    }
}

impl Task {
    /// Does it, says on stderr what went wrong, and returns what the process should end with.
    #[must_use]
    pub fn run(self) -> ExitCode {
        let done = match self {
            Self::Key(task) => task.run(),
            Self::People(task) => task.run(),
            Self::Backup(task) => task.run(),
            Self::Restore(task) => task.run(),
            Self::Check(task) => task.run(),
            Self::Invite(task) => task.run(),
            Self::Token(task) => task.run(),
        };
        match done {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                say(io::stderr(), &format!("mistatus-server: {error}"));
                ExitCode::FAILURE
            }
        }
    }
}

impl Place {
    fn directory(self) -> Result<PathBuf, String> {
        config::data_directory(self.config.as_deref(), self.data).map_err(|error| error.to_string())
    }
}

/// Prints a line. That nobody reads it is no reason to fail.
fn say(mut to: impl io::Write, line: &str) {
    let _ = writeln!(to, "{line}");
}
