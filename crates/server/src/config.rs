//! Settings: flag before environment before file before default. Checks them; acts on none.

use std::{
    ffi::OsString,
    fmt,
    net::{SocketAddr, ToSocketAddrs},
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::{Parser, ValueEnum};
use mistatus_hub::{HubConfig, Visibility};
use serde::Deserialize;

use crate::{
    auth::{Auth, Verifier},
    origin::Origin,
};

/// Is everything that the server needs to know, checked.
#[derive(Debug)]
pub struct Config {
    /// Where to listen.
    pub listen: SocketAddr,
    /// Where the database lives.
    pub data: PathBuf,
    /// Pages of these origins may connect beside the server's own.
    pub allowed_origins: Vec<String>,
    /// Whether the demo page, its people and its crowd are there.
    pub demo: bool,
    /// How the registry behaves.
    pub hub: HubConfig,
    /// How many notices may wait for one connection.
    pub outbox_max: usize,
    /// How long a connection may take until it has signed in.
    pub signin_timeout: std::time::Duration,
    pub(crate) auth: Auth,
    pub(crate) origins: Vec<Origin>,
}

/// Tells what is wrong with the settings.
#[derive(Debug)]
pub enum ConfigError {
    /// The command line, or a request for help.
    Arguments(clap::Error),
    /// Anything else, in words.
    Setting(String),
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum AuthMode {
    /// Whoever connects is who they say they are; on this machine only.
    Open,
    /// Who somebody is says a signed token.
    Jwt,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum VisibilityMode {
    /// Everybody may see everybody.
    Everyone,
    /// People who added each other may see each other.
    Contacts,
}

/// The embedded engine of mistatus: presence over WebSocket, and the widget's files.
#[derive(Parser, Debug)]
#[command(
    name = "mistatus-server",
    version,
    after_help = "The log goes to stderr; MISTATUS_LOG sets its level, as in MISTATUS_LOG=debug."
)]
struct Flags {
    /// Reads settings from a TOML file; its keys are the names of these flags.
    #[arg(long, env = "MISTATUS_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    /// Where to listen; port 0 picks a free one [default: 127.0.0.1:8787].
    #[arg(long, env = "MISTATUS_LISTEN", value_name = "HOST:PORT")]
    listen: Option<String>,
    /// Directory of the database; made where it is missing [default: mistatus-data].
    #[arg(long, env = "MISTATUS_DATA", value_name = "DIR")]
    data: Option<PathBuf>,
    /// How people prove who they are [default: jwt with a key, else open].
    #[arg(long, env = "MISTATUS_AUTH")]
    auth: Option<AuthMode>,
    /// HS256 secret, or public key in PEM: Ed25519, EC P-256 or RSA.
    #[arg(long, env = "MISTATUS_JWT_KEY", value_name = "FILE")]
    jwt_key: Option<PathBuf>,
    /// What the tokens' `aud` must name.
    #[arg(long, env = "MISTATUS_JWT_AUDIENCE", value_name = "AUDIENCE")]
    jwt_audience: Option<String>,
    /// A page of this origin may connect; repeatable.
    #[arg(long, env = "MISTATUS_ALLOWED_ORIGIN", value_name = "URL", value_delimiter = ',')]
    allowed_origin: Vec<String>,
    /// Who may see whose presence [default: everyone with open, contacts with jwt].
    #[arg(long, env = "MISTATUS_VISIBILITY")]
    visibility: Option<VisibilityMode>,
    /// Serves the demo page with people who come and go by themselves; implies --auth open.
    #[arg(long, env = "MISTATUS_DEMO", num_args = 0..=1, default_missing_value = "true",
          value_name = "BOOL", require_equals = true,
          value_parser = clap::builder::BoolishValueParser::new())]
    demo: Option<bool>,
}

#[derive(Deserialize, Default, Debug)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct ConfigFile {
    listen: Option<String>,
    data: Option<PathBuf>,
    auth: Option<AuthMode>,
    jwt_key: Option<PathBuf>,
    jwt_audience: Option<String>,
    #[serde(default)]
    allowed_origin: Vec<String>,
    visibility: Option<VisibilityMode>,
    demo: Option<bool>,
}

impl Config {
    /// Reads command line, environment and file.
    ///
    /// # Errors
    /// Something is unknown, missing or does not go together; the text says what and what is allowed.
    pub fn from_args<I, T>(args: I) -> Result<Self, ConfigError>
    where
        I: IntoIterator<Item = T>,
        T: Into<OsString> + Clone,
    {
        let flags = Flags::try_parse_from(args).map_err(ConfigError::Arguments)?;
        let file = match &flags.config {
            Some(path) => read_file(path)?,
            None => ConfigFile::default(),
        };
        Self::check(flags, file)
    }

    fn check(flags: Flags, file: ConfigFile) -> Result<Self, ConfigError> {
        let demo = flags.demo.or(file.demo).unwrap_or(false);
        let jwt_key = flags.jwt_key.or(file.jwt_key);
        let jwt_audience = flags.jwt_audience.or(file.jwt_audience);
        let mode = match flags.auth.or(file.auth) {
            Some(AuthMode::Jwt) if demo => {
                return fail("the demo's people have no tokens: --demo goes with --auth open only");
            }
            Some(mode) => mode,
            None if demo || jwt_key.is_none() => AuthMode::Open,
            None => AuthMode::Jwt,
        };
        let listen = address(flags.listen.or(file.listen).as_deref().unwrap_or(LISTEN_DEFAULT))?;
        let auth = match (mode, jwt_key) {
            (AuthMode::Open, None) if jwt_audience.is_none() => Auth::Open,
            (AuthMode::Open, _) => {
                return fail("--jwt-key and --jwt-audience go with --auth jwt only");
            }
            (AuthMode::Jwt, None) => {
                return fail(
                    "--auth jwt needs --jwt-key FILE: an HS256 secret or a public key in PEM",
                );
            }
            (AuthMode::Jwt, Some(path)) => {
                let key = std::fs::read(&path)
                    .map_err(|error| setting(format!("cannot read {}: {error}", path.display())))?;
                let verifier = Verifier::new(&key, jwt_audience)
                    .map_err(|error| setting(format!("{}: {error}", path.display())))?;
                Auth::Jwt(Box::new(verifier))
            }
        };
        if mode == AuthMode::Open && !listen.ip().is_loopback() {
            return fail(&format!(
                "--auth open lets anybody be anybody, so it listens on this machine only \
                 (127.0.0.1, [::1] or localhost), not on {}; \
                 for other addresses use --auth jwt with --jwt-key FILE",
                listen.ip()
            ));
        }
        let visibility = match flags.visibility.or(file.visibility) {
            Some(VisibilityMode::Everyone) => Visibility::Everyone,
            Some(VisibilityMode::Contacts) => Visibility::Contacts,
            None if mode == AuthMode::Open => Visibility::Everyone,
            None => Visibility::Contacts,
        };
        let allowed_origins = if flags.allowed_origin.is_empty() {
            file.allowed_origin
        } else {
            flags.allowed_origin
        };
        let origins = allowed_origins
            .iter()
            .map(|text| Origin::parse(text).map_err(ConfigError::Setting))
            .collect::<Result<_, _>>()?;
        Ok(Self {
            listen,
            data: flags.data.or(file.data).unwrap_or_else(|| DATA_DEFAULT.into()),
            allowed_origins,
            demo,
            hub: HubConfig { visibility, ..HubConfig::default() },
            outbox_max: crate::limits::OUTBOX_MAX,
            signin_timeout: crate::limits::SIGNIN_TIMEOUT,
            auth,
            origins,
        })
    }
}

fn read_file(path: &Path) -> Result<ConfigFile, ConfigError> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| setting(format!("cannot read {}: {error}", path.display())))?;
    toml::from_str(&text).map_err(|error| setting(format!("{}: {error}", path.display())))
}

fn address(text: &str) -> Result<SocketAddr, ConfigError> {
    let found = text.to_socket_addrs().ok().and_then(|mut addresses| addresses.next());
    found.ok_or_else(|| {
        setting(format!("cannot listen on `{text}`: it must be HOST:PORT, as in 127.0.0.1:8787"))
    })
}

fn setting(message: String) -> ConfigError {
    ConfigError::Setting(message)
}

fn fail<T>(message: &str) -> Result<T, ConfigError> {
    Err(setting(message.to_owned()))
}

impl ConfigError {
    /// Tells the operator, and returns what the process should end with.
    #[must_use]
    pub fn report(&self) -> ExitCode {
        match self {
            Self::Arguments(error) => {
                let _ = error.print();
                if error.use_stderr() { ExitCode::from(2) } else { ExitCode::SUCCESS }
            }
            Self::Setting(_) => {
                let _ = std::io::Write::write_fmt(
                    &mut std::io::stderr(),
                    format_args!("mistatus-server: {self}\n"),
                );
                ExitCode::from(2)
            }
        }
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Arguments(error) => error.fmt(f),
            Self::Setting(message) => f.write_str(message),
        }
    }
}

impl std::error::Error for ConfigError {}

const LISTEN_DEFAULT: &str = "127.0.0.1:8787";
const DATA_DEFAULT: &str = "mistatus-data";

#[cfg(test)]
mod tests {
    use super::*;

    fn check(args: &[&str], file: &str) -> Result<Config, String> {
        let args = ["mistatus-server"].iter().chain(args);
        let flags = Flags::try_parse_from(args).map_err(|error| error.to_string())?;
        let file = toml::from_str(file).map_err(|error| error.to_string())?;
        Config::check(flags, file).map_err(|error| error.to_string())
    }

    fn refused(args: &[&str], file: &str, words: &[&str]) {
        let error = check(args, file).expect_err("the settings are wrong");
        for word in words {
            assert!(error.contains(word), "{word:?} is missing in {error:?}");
        }
    }

    #[test]
    fn defaults_are_open_and_loopback() {
        let config = check(&[], "").unwrap();
        assert_eq!(config.listen.to_string(), "127.0.0.1:8787");
        assert!(matches!(config.auth, Auth::Open));
        assert_eq!(config.hub.visibility, Visibility::Everyone);
    }

    #[test]
    fn a_flag_goes_before_the_file() {
        let file = "listen = '127.0.0.1:1'\nvisibility = 'contacts'";
        let config = check(&["--listen", "127.0.0.1:2"], file).unwrap();
        assert_eq!(config.listen.port(), 2);
        assert_eq!(config.hub.visibility, Visibility::Contacts);
    }

    #[test]
    fn open_auth_stays_on_this_machine() {
        refused(&["--listen", "0.0.0.0:0"], "", &["--auth open", "127.0.0.1", "--auth jwt"]);
        refused(&["--listen", "[::]:0", "--auth", "open"], "", &["--auth open"]);
        refused(&["--listen", "0.0.0.0:0", "--demo"], "", &["--auth open"]);
        assert!(check(&["--listen", "[::1]:0"], "").is_ok());
    }

    #[test]
    fn settings_that_do_not_go_together_are_named() {
        refused(&["--demo", "--auth", "jwt"], "", &["--demo", "open"]);
        refused(&["--auth", "jwt"], "", &["--jwt-key"]);
        refused(&["--jwt-audience", "a"], "", &["--auth jwt"]);
        refused(&["--auth", "jwt", "--jwt-key", "/nonexistent"], "", &["/nonexistent"]);
        refused(&["--listen", "nowhere"], "", &["nowhere", "HOST:PORT"]);
        refused(&["--allowed-origin", "example.com"], "", &["example.com", "https://"]);
    }

    #[test]
    fn unknown_keys_are_named_with_what_is_allowed() {
        refused(&[], "lisen = '127.0.0.1:1'", &["lisen", "listen", "allowed-origin", "demo"]);
        refused(&[], "auth = 'none'", &["none", "open", "jwt"]);
    }
}
