//! The log: where it goes, and how much of it. Logs nothing by itself.

use std::{env, io, io::IsTerminal};

use tracing_subscriber::{EnvFilter, filter::LevelFilter};

use crate::ConfigError;

/// Starts the log on stderr, at the level that `MISTATUS_LOG` names; colours are for terminals.
///
/// # Errors
/// The variable names no level; the text says what and which there are.
pub fn start() -> Result<(), ConfigError> {
    let wanted = match env::var(VARIABLE) {
        Ok(wanted) => wanted,
        Err(env::VarError::NotPresent) => String::new(),
        Err(env::VarError::NotUnicode(_)) => {
            return Err(ConfigError::Setting(format!("{VARIABLE} is no text; {ALLOWED}")));
        }
    };
    let filter = filter(&wanted).map_err(ConfigError::Setting)?;
    let has_colours = io::stderr().is_terminal() && env::var_os("NO_COLOR").is_none();
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr)
        .with_ansi(has_colours)
        // They would be told on stderr again, which panics where it is a closed terminal or pipe.
        .log_internal_errors(false)
        .init();
    Ok(())
}

/// Reads a list of levels. What is none would be taken for the name of a part of the program, and silence the rest.
fn filter(wanted: &str) -> Result<EnvFilter, String> {
    let wanted = wanted.trim();
    if wanted.is_empty() {
        return Ok(EnvFilter::new(DEFAULT));
    }
    let wrong = |what: &str| {
        format!("{VARIABLE}: `{}` is no level of the log; {ALLOWED}", what.escape_debug())
    };
    for directive in wanted.split(',').map(str::trim) {
        let level = directive.rsplit('=').next().unwrap_or_default();
        if level.is_empty() || level.parse::<LevelFilter>().is_err() {
            return Err(wrong(directive));
        }
    }
    EnvFilter::try_new(wanted).map_err(|_| wrong(wanted))
}

const VARIABLE: &str = "MISTATUS_LOG";
const DEFAULT: &str = "info";
const ALLOWED: &str = "allowed are off, error, warn, info, debug and trace, and TARGET=LEVEL, separated by commas, \
                       as in info,mistatus_server=debug";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_and_targets_with_levels_are_taken() {
        for wanted in
            ["", " ", "info", "DEBUG", "off", "warn,mistatus_server=debug", "hyper=off, trace"]
        {
            assert!(filter(wanted).is_ok(), "{wanted}");
        }
    }

    #[test]
    fn what_is_no_level_is_named() {
        for (wanted, word) in [
            ("nonsense", "nonsense"),
            ("info,hyper=loud", "hyper=loud"),
            ("mistatus_server", "mistatus_server"),
            ("info,", "``"),
            ("info;debug", "info;debug"),
        ] {
            let error = filter(wanted).unwrap_err();
            assert!(error.contains(word) && error.contains("TARGET=LEVEL"), "{error}");
        }
    }
}
