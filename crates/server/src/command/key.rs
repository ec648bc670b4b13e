//! `mistatus-server key`: the keys of back ends. What they are is in `service_keys`.

use std::io::{self, Write};

use clap::Subcommand;

use super::{Place, say};
use crate::service_keys::{KeyName, KeysFile, Scope};

/// What can be done with service keys.
#[derive(Subcommand, Debug)]
pub enum KeyTask {
    /// Makes a key and prints it: once, since the server keeps a hash only.
    Create(Create),
    /// Prints name, time of making and scopes of each key.
    List(List),
    /// Takes a key away for good; a running server refuses it within seconds.
    Revoke(Revoke),
}

/// Which key to make.
#[derive(clap::Args, Debug)]
pub struct Create {
    /// Which back end the key is for: 1 to 64 of A-Za-z0-9._-
    #[arg(long)]
    name: KeyName,
    /// What the back end may do; repeatable.
    #[arg(long, required = true, value_delimiter = ',')]
    scope: Vec<Scope>,
    #[command(flatten)]
    place: Place,
}

/// Whose keys to list.
#[derive(clap::Args, Debug)]
pub struct List {
    #[command(flatten)]
    place: Place,
}

/// Which key to revoke.
#[derive(clap::Args, Debug)]
pub struct Revoke {
    /// The name that the key was made with.
    name: KeyName,
    #[command(flatten)]
    place: Place,
}

impl KeyTask {
    pub(super) fn run(self) -> Result<(), String> {
        match self {
            Self::Create(Create { name, scope, place }) => {
                let file = KeysFile::of(&place.directory()?);
                let revoke = format!("mistatus-server key revoke {name}");
                let key = file.create(name, scope.into_iter().collect())?;
                let mut stdout = io::stdout();
                writeln!(stdout, "{key}").and_then(|()| stdout.flush()).map_err(|error| {
                    format!("the key was made and could not be printed ({error}): take it away again ({revoke})")
                })?;
                say(
                    io::stderr(),
                    "Keep it well: it is not shown again. A running server takes it within seconds.",
                );
            }
            Self::List(List { place }) => list(&KeysFile::of(&place.directory()?))?,
            Self::Revoke(Revoke { name, place }) => {
                KeysFile::of(&place.directory()?).revoke(&name)?;
                say(
                    io::stderr(),
                    &format!("{name} is revoked. A running server refuses it within seconds."),
                );
            }
        }
        Ok(())
    }
}

fn list(file: &KeysFile) -> Result<(), String> {
    let rows = file.list()?;
    if rows.is_empty() {
        say(io::stderr(), "There are no service keys; `mistatus-server key create` makes one.");
    }
    let width = rows.iter().map(|row| row.name.as_str().len()).max().unwrap_or_default();
    for row in rows {
        let scopes: Vec<_> = row.scopes.iter().map(|scope| scope.name()).collect();
        let (name, created, scopes) = (row.name.as_str(), row.created, scopes.join(" "));
        say(io::stdout(), &format!("{name:width$}  {created}  {scopes}"));
    }
    Ok(())
}
