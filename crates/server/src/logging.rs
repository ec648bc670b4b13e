//! The log: where it goes, how much of it, and in which format. Logs nothing by itself.

use std::{
    env,
    io::{self, IsTerminal, Write},
    panic,
    time::SystemTime,
};

use clap::ValueEnum;
use serde::Deserialize;
use serde_json::json;
use tracing_subscriber::{EnvFilter, filter::LevelFilter};

use crate::ConfigError;

/// How the log is written (docs/decisions/0025-log-format.md).
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug, ValueEnum, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LogFormat {
    /// Lines for people, with colours on a terminal.
    #[default]
    Text,
    /// A JSON object on each line, for programs that collect logs.
    Json,
}

/// Starts the log on stderr, at the level that `MISTATUS_LOG` names; colours are for terminals.
///
/// # Errors
/// The variable names no level; the text says what and which there are.
pub fn start(format: LogFormat) -> Result<(), ConfigError> {
    let wanted = match env::var(VARIABLE) {
        Ok(wanted) => wanted,
        Err(env::VarError::NotPresent) => String::new(),
        Err(env::VarError::NotUnicode(_)) => {
            return Err(ConfigError::Setting(format!("{VARIABLE} is no text; {ALLOWED}")));
        }
    };
    let filter = filter(&wanted).map_err(ConfigError::Setting)?;
    let has_colours = io::stderr().is_terminal() && env::var_os("NO_COLOR").is_none();
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr)
        .with_ansi(has_colours && format == LogFormat::Text)
        // They would be told on stderr again, which panics where it is a closed terminal or pipe.
        .log_internal_errors(false);
    match format {
        LogFormat::Text => log.init(),
        LogFormat::Json => {
            log.json().flatten_event(true).with_current_span(false).with_span_list(false).init();
            // Else it would be several lines that are no JSON.
            panic::set_hook(Box::new(|panic| last_words(LogFormat::Json, &panic.to_string())));
        }
    }
    Ok(())
}

/// Says on stderr why the program ends, whatever the level of the log. That nobody reads it is no reason to fail.
pub fn last_words(format: LogFormat, message: &str) {
    let line = match format {
        LogFormat::Text => format!("mistatus-server: {message}"),
        LogFormat::Json => json_line(SystemTime::now(), message),
    };
    let _ = writeln!(io::stderr(), "{line}");
}

/// Returns a line as the subscriber writes it.
fn json_line(now: SystemTime, message: &str) -> String {
    let timestamp = humantime::format_rfc3339_micros(now).to_string();
    let target = env!("CARGO_CRATE_NAME");
    json!({ "timestamp": timestamp, "level": "ERROR", "message": message, "target": target })
        .to_string()
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
    fn last_words_are_one_line_with_the_fields_of_the_others() {
        let line = json_line(SystemTime::UNIX_EPOCH, "two\nlines and \"quotes\"");
        assert!(!line.contains('\n'), "{line}");
        let said: serde_json::Value = serde_json::from_str(&line).unwrap();
        assert_eq!(
            said,
            json!({
                "timestamp": "1970-01-01T00:00:00.000000Z",
                "level": "ERROR",
                "message": "two\nlines and \"quotes\"",
                "target": "mistatus_server",
            })
        );
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
