//! `mistatus-server people`: the directory from a file, and into one. Asks the running server, or changes the database of
//! one that does not run.

use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

use clap::{Args, Subcommand};
use mistatus_hub::Person;

use super::{Place, say};
use crate::{
    limits::{PEOPLE_FILE_BYTES_MAX, PEOPLE_SHOWN_MAX},
    people::{PersonText, PlanText, file},
    store::{self, people},
};

/// What can be done with the directory.
#[derive(Subcommand, Debug)]
pub enum PeopleTask {
    /// Lets those in a file exist and nobody else. Shows what that would change; does it with --yes.
    Import(Import),
    /// Prints everybody in the directory, as a file that can be imported.
    Export(Export),
}

/// Whom to let exist.
#[derive(Args, Debug)]
pub struct Import {
    /// CSV in UTF-8 with a first line that names its columns: name, and perhaps friendlyName, title and groups, which are
    /// divided by semicolons.
    file: PathBuf,
    /// Does it: whoever is not in the file is signed out, and nothing is left of them.
    #[arg(long)]
    yes: bool,
    #[command(flatten)]
    place: Place,
}

/// Whose directory to print.
#[derive(Args, Debug)]
pub struct Export {
    #[command(flatten)]
    place: Place,
}

impl PeopleTask {
    pub(super) fn run(self) -> Result<(), String> {
        match self {
            Self::Import(task) => task.run(),
            Self::Export(Export { place }) => {
                let people = list(&place.directory()?)?;
                let bytes = file::write(&people)?;
                io::stdout().write_all(&bytes).map_err(|error| error.to_string())
            }
        }
    }
}

impl Import {
    fn run(self) -> Result<(), String> {
        let named = |error: String| format!("{}: {error}", self.file.display());
        let people = read(&self.file).map_err(named)?;
        let directory = self.place.directory()?;
        let plan = take(&directory, &people, false)?;
        show(&plan);
        if !self.yes {
            if plan.removes_everybody && !plan.removed.is_empty() {
                return Err(
                    "this would remove everybody; nothing was changed: look at the file, or say \
                            --yes if that is what you want"
                        .to_owned(),
                );
            }
            say(io::stdout(), "Nothing was changed; --yes does it.");
            return Ok(());
        }
        take(&directory, &people, true)?;
        say(io::stdout(), "Done.");
        Ok(())
    }
}

fn read(path: &Path) -> Result<Vec<Person>, String> {
    let bytes = fs::metadata(path).map_err(|error| error.to_string())?.len();
    if bytes > PEOPLE_FILE_BYTES_MAX {
        return Err(format!("it has {bytes} bytes; at most {PEOPLE_FILE_BYTES_MAX} are allowed"));
    }
    file::read(&fs::read(path).map_err(|error| error.to_string())?)
}

/// Prints what a directory would change.
fn show(plan: &PlanText) {
    let PlanText { added, changed, removed, unchanged, .. } = plan;
    for (verb, names) in [("add", added), ("change", changed), ("remove", removed)] {
        for name in names.iter().take(PEOPLE_SHOWN_MAX) {
            say(io::stdout(), &format!("{verb} {name}"));
        }
        if let Some(more @ 1..) = names.len().checked_sub(PEOPLE_SHOWN_MAX) {
            say(io::stdout(), &format!("{verb} {more} more"));
        }
    }
    let [added, changed, removed] = [added, changed, removed].map(Vec::len);
    let counts = format!(
        "{added} to add, {changed} to change, {removed} to remove, {unchanged} as they are"
    );
    say(io::stdout(), &counts);
}

/// Returns what these people would change, and does it where that is wanted.
fn take(directory: &Path, people: &[Person], replaces: bool) -> Result<PlanText, String> {
    let texts: Vec<_> = people.iter().map(PersonText::from).collect();
    let body = serde_json::to_vec(&texts).map_err(|error| error.to_string())?;
    let command = if replaces { "replace" } else { "plan" };
    match server::ask(directory, &format!("{command} {}", body.len()), &body)? {
        Some(answer) => serde_json::from_slice(&answer).map_err(|error| error.to_string()),
        None => take_unused(directory, people, replaces),
    }
}

/// The same on the database of a server that does not run.
fn take_unused(directory: &Path, people: &[Person], replaces: bool) -> Result<PlanText, String> {
    let mut database = store::open(directory).map_err(|error| error.to_string())?;
    let failed = |error: rusqlite::Error| error.to_string();
    let transaction = database.transaction().map_err(failed)?;
    let plan = people::plan(&transaction, people).map_err(failed)?;
    if replaces {
        people::change(&transaction, people, &plan.removed).map_err(failed)?;
        transaction.commit().map_err(failed)?;
    }
    Ok(PlanText::from(&plan))
}

fn list(directory: &Path) -> Result<Vec<PersonText>, String> {
    if let Some(answer) = server::ask(directory, "list", &[])? {
        return serde_json::from_slice(&answer).map_err(|error| error.to_string());
    }
    let database = store::open(directory).map_err(|error| error.to_string())?;
    let people = people::load_people(&database).map_err(|error| error.to_string())?;
    Ok(people.iter().map(PersonText::from).collect())
}

/// The running server, over its socket.
#[cfg(unix)]
mod server {
    use std::{
        io::{BufRead, BufReader, Read, Write},
        path::Path,
    };

    use crate::{command::backup, control};

    /// Asks; `None` where no server runs.
    pub(super) fn ask(
        directory: &Path,
        what: &str,
        body: &[u8],
    ) -> Result<Option<Vec<u8>>, String> {
        const CUT: &str = "the server ended the connection before it had answered";
        let cut = |error: std::io::Error| format!("{CUT}: {error}");
        let Some(mut stream) = backup::connect(directory)? else { return Ok(None) };
        writeln!(stream, "{} {what}", control::PEOPLE).map_err(cut)?;
        // A server that refuses by the line need not take the rest.
        let sent = stream.write_all(body);
        let mut stream = BufReader::new(stream);
        let mut line = String::new();
        stream.read_line(&mut line).map_err(cut)?;
        let bytes = match line.trim().split_once(' ') {
            Some(("ok", bytes)) => bytes.parse::<usize>().map_err(|_| CUT.to_owned())?,
            Some(("error", error)) => return Err(format!("the server says: {error}")),
            _ => return Err(sent.map_or_else(cut, |()| CUT.to_owned())),
        };
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).map_err(cut)?;
        if answer.len() == bytes { Ok(Some(answer)) } else { Err(CUT.to_owned()) }
    }
}

#[cfg(not(unix))]
mod server {
    use std::path::Path;

    /// Elsewhere no server listens for commands: its database says that it runs.
    pub(super) fn ask(_: &Path, _: &str, _: &[u8]) -> Result<Option<Vec<u8>>, String> {
        Ok(None)
    }
}
