//! Settings: flag before environment before file before default. Checks them; acts on none.

mod tokens;

use std::{
    ffi::OsString,
    fmt,
    net::{SocketAddr, ToSocketAddrs},
    ops::RangeInclusive,
    path::{Path, PathBuf},
    process::ExitCode,
    time::Duration,
};

use clap::{Parser, ValueEnum};
use mistatus_core::{
    limits::{HEARTBEAT_MAX, HEARTBEAT_MIN},
    time::Span,
};
use mistatus_hub::{HubConfig, Visibility};
use serde::Deserialize;

use self::tokens::OneOrMany;
pub(crate) use self::tokens::TokenSettings;
use crate::{
    addresses::Network,
    auth::Auth,
    key::JwtAlgorithm,
    keys::JwksTimes,
    limits::{self, DAMPING_MAX, DAMPING_MIN},
    logging::{self, LogFormat},
    origin::Origin,
    rate::Rate,
    revoked::RevokedFile,
    stream::StreamLimits,
    webhooks::{WebhookTimes, WebhooksFile},
};

/// All settings of the server, validated.
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
    /// Whether pictures show how people are to everybody who asks.
    pub pictures: bool,
    /// Whether the page of invitations is there.
    pub invites: bool,
    /// Whether the company says who exists.
    pub directory: bool,
    /// How the registry behaves.
    pub hub: HubConfig,
    /// How much one connection may send, wait and hold.
    pub stream: StreamLimits,
    /// How long delivered messages are kept.
    pub keep_messages: Duration,
    /// What all connections of one user may send together.
    pub user_rate: Rate,
    /// What may be asked with one service key.
    pub api_rate: Rate,
    /// How often streams of events say that they live.
    pub api_comment_every: Duration,
    /// How long a connection may last that is no stream.
    pub connection_max: Duration,
    /// How many connections may come from one address.
    pub connections_per_address: usize,
    /// How many connections from one address may be there that have not signed in.
    pub strangers_per_address: usize,
    /// How many of these may be there in all.
    pub strangers_max: usize,
    /// How long the head of a request may take, and a connection wait for the next request.
    pub request_timeout: Duration,
    /// How often the list of revoked credentials is looked at.
    pub revoked_check: Duration,
    /// How often the service keys are looked at.
    pub service_keys_check: Duration,
    /// How often the files of keys are looked at.
    pub keys_check: Duration,
    /// When the keys of `--jwks` are fetched again.
    pub jwks_times: JwksTimes,
    /// When webhooks do what.
    pub webhook_times: WebhookTimes,
    pub(crate) auth: Auth,
    pub(crate) origins: Vec<Origin>,
    pub(crate) proxies: Vec<Network>,
    pub(crate) metrics_from: Vec<Network>,
    pub(crate) metrics_listen: Option<SocketAddr>,
    pub(crate) revoked: Option<RevokedFile>,
    pub(crate) webhooks: Option<WebhooksFile>,
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

#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum InvisibleMode {
    /// Whoever wants to.
    Allowed,
    /// Nobody; whoever did before is seen with their next sign-in.
    Forbidden,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum PicturesMode {
    /// Whoever can reach the server, blocked people among them.
    Everyone,
    /// Every picture is that of an unknown status.
    Nobody,
}

/// The embedded engine of mistatus: presence over WebSocket, and the widget's files.
#[derive(Parser, Debug)]
#[command(
    name = "mistatus-server",
    version,
    after_help = "The log goes to stderr; MISTATUS_LOG sets its level, as in MISTATUS_LOG=debug, --log-format how it is written."
)]
pub(crate) struct Flags {
    /// Reads settings from a TOML file; its keys are the names of these flags.
    #[arg(long, env = "MISTATUS_CONFIG", value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Where to listen; port 0 picks a free one [default: 127.0.0.1:8787].
    #[arg(long, env = "MISTATUS_LISTEN", value_name = "HOST:PORT")]
    listen: Option<String>,
    /// Directory of the database; made where it is missing [default: mistatus-data].
    #[arg(long, env = "MISTATUS_DATA", value_name = "DIR")]
    data: Option<PathBuf>,
    /// How people prove who they are [default: jwt with a key, else open].
    #[arg(long, env = "MISTATUS_AUTH")]
    auth: Option<AuthMode>,
    /// Public key in PEM - Ed25519, EC P-256 or P-384, or RSA of 2048 to 4096 bits - or HS256 secret: a line of at least 32 bytes.
    /// Read again when it changes; repeatable.
    #[arg(long, env = "MISTATUS_JWT_KEY", value_name = "FILE", value_delimiter = ',')]
    jwt_key: Vec<PathBuf>,
    /// The keys of an identity provider (JWKS): an address by https:, or a file.
    /// Fetched every hour, and for a key that is unknown.
    #[arg(long, env = "MISTATUS_JWKS", value_name = "URL|FILE")]
    jwks: Option<String>,
    /// What each key of --jwt-key is for; needed for a secret that is not one line of text [default: what the file holds].
    #[arg(long, env = "MISTATUS_JWT_ALGORITHM")]
    jwt_algorithm: Option<JwtAlgorithm>,
    /// What the tokens' `aud` must name.
    #[arg(long, env = "MISTATUS_JWT_AUDIENCE", value_name = "AUDIENCE")]
    jwt_audience: Option<String>,
    /// What the tokens' `iss` must be.
    #[arg(long, env = "MISTATUS_JWT_ISSUER", value_name = "ISSUER")]
    jwt_issuer: Option<String>,
    /// The claim that is the sign-in name, as in `email` or `preferred_username` [default: sub].
    #[arg(long, env = "MISTATUS_JWT_NAME_CLAIM", value_name = "CLAIM")]
    jwt_name_claim: Option<String>,
    /// The claim that is shown to others as the name [default: name].
    #[arg(long, env = "MISTATUS_JWT_FRIENDLY_NAME_CLAIM", value_name = "CLAIM")]
    jwt_friendly_name_claim: Option<String>,
    /// How many seconds tokens hold after their end, for clocks that differ: 0 to 120 [default: 0].
    #[arg(long, env = "MISTATUS_JWT_LEEWAY", value_name = "SECONDS")]
    jwt_leeway: Option<u64>,
    /// A page of this origin may connect; repeatable.
    #[arg(long, env = "MISTATUS_ALLOWED_ORIGIN", value_name = "ORIGIN", value_delimiter = ',')]
    allowed_origin: Vec<String>,
    /// Tokens that hold no longer: lines `sub NAME`, `sub NAME before INSTANT` or `jti ID`, comments with #.
    /// Read again when it changes.
    #[arg(long, env = "MISTATUS_REVOKED", value_name = "FILE")]
    revoked: Option<PathBuf>,
    /// Most connections of one user [default: 64].
    #[arg(long, env = "MISTATUS_CONNECTIONS_PER_USER", value_name = "COUNT")]
    connections_per_user: Option<usize>,
    /// Most connections from one address, or one IPv6 /64; this machine's own do not count [default: 1000].
    #[arg(long, env = "MISTATUS_CONNECTIONS_PER_ADDRESS", value_name = "COUNT")]
    connections_per_address: Option<usize>,
    /// A proxy, or a network of them, whose X-Forwarded-For says where connections come from; repeatable.
    #[arg(long, env = "MISTATUS_TRUSTED_PROXY", value_name = "ADDR[/BITS]", value_delimiter = ',')]
    trusted_proxy: Vec<String>,
    /// Who may read /metrics beside this machine itself, where that has an address of its own; repeatable.
    #[arg(long, env = "MISTATUS_METRICS_FROM", value_name = "ADDR[/BITS]", value_delimiter = ',')]
    metrics_from: Vec<String>,
    /// Where /metrics is, and nowhere else; this machine may read it there [default: on the address of --listen].
    #[arg(long, env = "MISTATUS_METRICS_LISTEN", value_name = "HOST:PORT")]
    metrics_listen: Option<String>,
    /// Who may see whose presence [default: everyone with open, contacts with jwt].
    #[arg(long, env = "MISTATUS_VISIBILITY")]
    visibility: Option<VisibilityMode>,
    /// Whether people may appear offline while they are there [default: allowed].
    #[arg(long, env = "MISTATUS_INVISIBLE")]
    invisible: Option<InvisibleMode>,
    /// Who may see people's status as pictures, /status/NAME.svg, without signing in
    /// [default: everyone with --auth open and --visibility everyone, else nobody].
    #[arg(long, env = "MISTATUS_PICTURES")]
    pictures: Option<PicturesMode>,
    /// Serves the demo page with people who come and go by themselves; implies --auth open.
    #[arg(long, env = "MISTATUS_DEMO", num_args = 0..=1, default_missing_value = "true",
          value_name = "BOOL", require_equals = true,
          value_parser = clap::builder::BoolishValueParser::new())]
    demo: Option<bool>,
    /// Serves the page that links of `mistatus-server invite` open; goes with --auth jwt and a --jwt-key.
    #[arg(long, env = "MISTATUS_INVITES", num_args = 0..=1, default_missing_value = "true",
          value_name = "BOOL", require_equals = true,
          value_parser = clap::builder::BoolishValueParser::new())]
    invites: Option<bool>,
    /// Lets those alone sign in who are in the directory, as `mistatus-server people import` or a back end filled it.
    #[arg(long, env = "MISTATUS_DIRECTORY", num_args = 0..=1, default_missing_value = "true",
          value_name = "BOOL", require_equals = true,
          value_parser = clap::builder::BoolishValueParser::new())]
    directory: Option<bool>,
    /// After so many seconds of silence a client is asked for a sign of life: 5 to 55 [default: 25].
    #[arg(long, env = "MISTATUS_HEARTBEAT", value_name = "SECONDS")]
    heartbeat: Option<u64>,
    /// How many seconds a user whose last connection broke stays for others: 1 to 60 [default: 8].
    #[arg(long, env = "MISTATUS_DAMPING", value_name = "SECONDS")]
    damping: Option<u64>,
    /// How many days messages are kept once they are delivered: 1 to 3650 [default: 30].
    #[arg(long, env = "MISTATUS_KEEP_MESSAGES", value_name = "DAYS")]
    keep_messages: Option<u64>,
    /// How the log is written: lines for people, or a JSON object a line [default: text].
    #[arg(long, env = "MISTATUS_LOG_FORMAT")]
    log_format: Option<LogFormat>,
    /// Back ends that are sent changes of presence, in TOML: tables `webhook` with name, url, secret and perhaps names.
    /// Read again when it changes.
    #[arg(long, env = "MISTATUS_WEBHOOKS", value_name = "FILE")]
    webhooks: Option<PathBuf>,
}

/// What command line, environment and file say; not checked yet.
#[derive(Debug)]
pub struct Settings {
    flags: Flags,
    file: ConfigFile,
}

#[derive(Deserialize, Default, Debug)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct ConfigFile {
    listen: Option<String>,
    data: Option<PathBuf>,
    auth: Option<AuthMode>,
    #[serde(default)]
    jwt_key: OneOrMany,
    jwks: Option<String>,
    jwt_algorithm: Option<JwtAlgorithm>,
    jwt_audience: Option<String>,
    jwt_issuer: Option<String>,
    jwt_name_claim: Option<String>,
    jwt_friendly_name_claim: Option<String>,
    jwt_leeway: Option<u64>,
    #[serde(default)]
    allowed_origin: Vec<String>,
    revoked: Option<PathBuf>,
    connections_per_user: Option<usize>,
    connections_per_address: Option<usize>,
    #[serde(default)]
    trusted_proxy: Vec<String>,
    #[serde(default)]
    metrics_from: Vec<String>,
    metrics_listen: Option<String>,
    visibility: Option<VisibilityMode>,
    invisible: Option<InvisibleMode>,
    pictures: Option<PicturesMode>,
    demo: Option<bool>,
    invites: Option<bool>,
    directory: Option<bool>,
    heartbeat: Option<u64>,
    damping: Option<u64>,
    keep_messages: Option<u64>,
    log_format: Option<LogFormat>,
    webhooks: Option<PathBuf>,
}

impl Settings {
    pub(crate) fn read(flags: Flags) -> Result<Self, ConfigError> {
        let file = flags.file()?;
        Ok(Self { flags, file })
    }

    /// Returns how the log is to be written: known before anything is logged.
    #[must_use]
    pub fn log_format(&self) -> LogFormat {
        self.flags.log_format.or(self.file.log_format).unwrap_or_default()
    }

    /// Checks them.
    ///
    /// # Errors
    /// As of [`Config::from_args`].
    pub fn check(self) -> Result<Config, ConfigError> {
        Config::check(self.flags, self.file)
    }
}

impl Flags {
    /// Reads the file of settings, which says nothing where none is named.
    fn file(&self) -> Result<ConfigFile, ConfigError> {
        self.config.as_deref().map_or_else(|| Ok(ConfigFile::default()), read_file)
    }

    /// Returns what the settings say of tokens; the rest is not looked at.
    pub(crate) fn token_settings(&self) -> Result<TokenSettings, ConfigError> {
        Ok(TokenSettings::of(self, &self.file()?))
    }
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
        Self::from_flags(Flags::try_parse_from(args).map_err(ConfigError::Arguments)?)
    }

    pub(crate) fn from_flags(flags: Flags) -> Result<Self, ConfigError> {
        Settings::read(flags)?.check()
    }

    /// Says which visibility holds and what it means, for whoever starts the server.
    #[must_use]
    pub fn who_sees_whom(&self) -> &'static str {
        match self.hub.visibility {
            Visibility::Everyone => {
                "--visibility everyone: everybody who signs in sees how everybody is"
            }
            Visibility::Contacts => {
                "--visibility contacts: people see each other once one has asked and the other has accepted, \
                 and are unknown to each other until then; where all may see all, say --visibility everyone"
            }
        }
    }

    fn check(flags: Flags, file: ConfigFile) -> Result<Self, ConfigError> {
        let demo = flags.demo.or(file.demo).unwrap_or(false);
        let tokens = TokenSettings::of(&flags, &file);
        let mode = match flags.auth.or(file.auth) {
            Some(AuthMode::Jwt) if demo => {
                return fail("the demo's people have no tokens: --demo goes with --auth open only");
            }
            Some(mode) => mode,
            None if demo || !tokens.have_keys() => AuthMode::Open,
            None => AuthMode::Jwt,
        };
        let listen = address(flags.listen.or(file.listen).as_deref().unwrap_or(LISTEN_DEFAULT))?;
        let metrics_listen = flags.metrics_listen.or(file.metrics_listen);
        let metrics_listen = metrics_listen.as_deref().map(address).transpose()?;
        if metrics_listen.is_some_and(|metrics| metrics == listen && metrics.port() != 0) {
            return fail(
                "--metrics-listen must be another address than --listen, which everybody reaches",
            );
        }
        let revoked = flags.revoked.or(file.revoked);
        let (revoked, currently_revoked) = match revoked {
            Some(_) if mode == AuthMode::Open => {
                return fail("--revoked is about tokens and goes with --auth jwt only");
            }
            Some(path) => {
                let (file, current) = RevokedFile::open(path).map_err(ConfigError::Setting)?;
                (Some(file), Some(current))
            }
            None => (None, None),
        };
        let invites = flags.invites.or(file.invites).unwrap_or(false);
        if invites && mode == AuthMode::Open {
            return fail(
                "--invites is about tokens and goes with --auth jwt only: with --auth open the link would prove nothing",
            );
        }
        if invites && tokens.keys.is_empty() {
            return fail(
                "--invites needs --jwt-key FILE, the key that invitations are signed with; only the provider signs by \
                 those of --jwks",
            );
        }
        let directory = flags.directory.or(file.directory).unwrap_or(false);
        if directory && demo {
            return fail("the demo's people are in no directory: --demo goes without --directory");
        }
        let auth = match mode {
            AuthMode::Open if tokens == TokenSettings::default() => Auth::Open,
            AuthMode::Open => {
                return fail(
                    "--jwks, --jwt-key and what else begins with --jwt go with --auth jwt only",
                );
            }
            AuthMode::Jwt => Auth::Jwt(Box::new(tokens.verifier(currently_revoked)?)),
        };
        if mode == AuthMode::Open && !listen.ip().is_loopback() {
            return fail(&format!(
                "--auth open lets anybody be anybody, so it listens on this machine only \
                 (127.0.0.1, [::1] or localhost), not on {}; \
                 for other addresses use --auth jwt with --jwt-key FILE or --jwks URL|FILE",
                listen.ip()
            ));
        }
        let visibility = match flags.visibility.or(file.visibility) {
            Some(VisibilityMode::Everyone) => Visibility::Everyone,
            Some(VisibilityMode::Contacts) => Visibility::Contacts,
            None if mode == AuthMode::Open => Visibility::Everyone,
            None => Visibility::Contacts,
        };
        let is_public = visibility == Visibility::Everyone;
        let pictures = match flags.pictures.or(file.pictures) {
            Some(PicturesMode::Everyone) if !is_public => {
                return fail(
                    "--pictures everyone shows everybody to everybody: it goes with \
                     --visibility everyone only",
                );
            }
            Some(mode) => mode == PicturesMode::Everyone,
            None => is_public && mode == AuthMode::Open,
        };
        let may_hide = flags.invisible.or(file.invisible) != Some(InvisibleMode::Forbidden);
        let hub = HubConfig { visibility, may_hide, ..HubConfig::default() };
        let heartbeat = seconds(
            "heartbeat",
            flags.heartbeat.or(file.heartbeat),
            hub.heartbeat,
            HEARTBEAT_MIN..=HEARTBEAT_MAX,
        )?;
        let damping = seconds(
            "damping",
            flags.damping.or(file.damping),
            hub.damping,
            DAMPING_MIN..=DAMPING_MAX,
        )?;
        let keep_messages =
            flags.keep_messages.or(file.keep_messages).unwrap_or(limits::KEEP_MESSAGES_DAYS);
        if !(1..=limits::KEEP_MESSAGES_DAYS_MAX).contains(&keep_messages) {
            return fail(&format!(
                "--keep-messages is {keep_messages}; it must be 1 to {} days",
                limits::KEEP_MESSAGES_DAYS_MAX
            ));
        }
        let allowed_origins = either(flags.allowed_origin, file.allowed_origin);
        let webhooks = flags.webhooks.or(file.webhooks).map(WebhooksFile::open).transpose();
        let webhooks = webhooks.map_err(|error| setting(format!("--webhooks {error}")))?;
        let networks = |texts: Vec<String>| {
            let networks = texts.iter().map(|text| Network::parse(text));
            networks.collect::<Result<Vec<_>, _>>().map_err(ConfigError::Setting)
        };
        let proxies = networks(either(flags.trusted_proxy, file.trusted_proxy))?;
        let metrics_from = networks(either(flags.metrics_from, file.metrics_from))?;
        let count = |name: &str, set: Option<usize>, default: usize| match set {
            Some(0) => Err(setting(format!("--{name} must be at least 1"))),
            set => Ok(set.unwrap_or(default)),
        };
        let clients_max = count(
            "connections-per-user",
            flags.connections_per_user.or(file.connections_per_user),
            hub.clients_max,
        )?;
        let connections_per_address = count(
            "connections-per-address",
            flags.connections_per_address.or(file.connections_per_address),
            limits::CONNECTIONS_PER_ADDRESS,
        )?;
        let origins = allowed_origins
            .iter()
            .map(|text| Origin::parse(text).map_err(ConfigError::Setting))
            .collect::<Result<Vec<_>, _>>()?;
        if origins.iter().any(Origin::is_opaque) {
            tracing::warn!(
                "--allowed-origin null lets every sandboxed frame and every file connect, of whichever site it is"
            );
        }
        Ok(Self {
            listen,
            data: flags.data.or(file.data).unwrap_or_else(|| DATA_DEFAULT.into()),
            allowed_origins,
            demo,
            pictures,
            invites,
            directory,
            hub: HubConfig { heartbeat, damping, clients_max, ..hub },
            stream: StreamLimits::default(),
            keep_messages: Duration::from_secs(keep_messages * 86_400),
            user_rate: limits::USER_RATE,
            api_rate: limits::API_RATE,
            api_comment_every: limits::API_COMMENT_EVERY,
            connection_max: limits::PLAIN_CONNECTION_MAX,
            connections_per_address,
            strangers_per_address: (connections_per_address / limits::STRANGERS_PER_ADDRESS_PART)
                .max(limits::STRANGERS_PER_ADDRESS_MIN),
            strangers_max: limits::STRANGERS_MAX,
            request_timeout: limits::REQUEST_TIMEOUT,
            revoked_check: limits::REVOKED_CHECK,
            service_keys_check: limits::SERVICE_KEYS_CHECK,
            keys_check: limits::KEYS_CHECK,
            jwks_times: JwksTimes::default(),
            webhook_times: WebhookTimes::default(),
            auth,
            origins,
            proxies,
            metrics_from,
            metrics_listen,
            revoked,
            webhooks,
        })
    }
}

/// Returns where the database of a server with these settings lives.
pub(crate) fn data_directory(
    config: Option<&Path>,
    data: Option<PathBuf>,
) -> Result<PathBuf, ConfigError> {
    let from_file = config.map(read_file).transpose()?.and_then(|file| file.data);
    Ok(data.or(from_file).unwrap_or_else(|| DATA_DEFAULT.into()))
}

/// Reads the text of a file of settings as far as no other file is needed for it; for fuzzing.
pub(crate) fn is_file(text: &str) -> bool {
    toml::from_str::<ConfigFile>(text).is_ok()
}

fn read_file(path: &Path) -> Result<ConfigFile, ConfigError> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| setting(format!("cannot read {}: {error}", path.display())))?;
    toml::from_str(&text).map_err(|error| setting(format!("{}: {error}", path.display())))
}

/// Lists are not joined: the flags' goes before the file's.
fn either<T>(flags: Vec<T>, file: Vec<T>) -> Vec<T> {
    if flags.is_empty() { file } else { flags }
}

fn address(text: &str) -> Result<SocketAddr, ConfigError> {
    let found = text.to_socket_addrs().ok().and_then(|mut addresses| addresses.next());
    found.ok_or_else(|| {
        setting(format!("cannot listen on `{text}`: it must be HOST:PORT, as in 127.0.0.1:8787"))
    })
}

fn seconds(
    name: &str,
    wanted: Option<u64>,
    default: Span,
    allowed: RangeInclusive<Span>,
) -> Result<Span, ConfigError> {
    let Some(wanted) = wanted else { return Ok(default) };
    // More than any bound, and no more than a span holds.
    let span = Span::from_secs(wanted.min(86_400));
    if allowed.contains(&span) {
        return Ok(span);
    }
    let [least, most] = [allowed.start(), allowed.end()].map(|span| span.as_millis() / 1_000);
    fail(&format!("--{name} takes {least} to {most} seconds, not {wanted}"))
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
    pub fn report(&self, format: LogFormat) -> ExitCode {
        match self {
            Self::Arguments(error) => {
                let _ = error.print();
                if error.use_stderr() { ExitCode::from(2) } else { ExitCode::SUCCESS }
            }
            Self::Setting(message) => {
                logging::last_words(format, message);
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
    fn times_are_taken_within_their_bounds() {
        let config = check(&["--heartbeat", "5"], "heartbeat = 55\ndamping = 60").unwrap();
        assert_eq!(config.hub.heartbeat, Span::from_secs(5));
        assert_eq!(config.hub.damping, Span::from_secs(60));
        assert_eq!(check(&[], "").unwrap().hub, HubConfig::default());
        refused(&["--heartbeat", "4"], "", &["--heartbeat", "5 to 55", "4"]);
        refused(&["--heartbeat", "18446744073709551615"], "", &["5 to 55"]);
        refused(&[], "damping = 0", &["--damping", "1 to 60"]);
    }

    #[test]
    fn who_may_hide_and_who_sees_pictures_is_the_operators_affair() {
        assert!(check(&[], "").unwrap().hub.may_hide);
        assert!(!check(&["--invisible=forbidden"], "").unwrap().hub.may_hide);
        assert!(!check(&[], "invisible = 'forbidden'").unwrap().hub.may_hide);
        let pictures = |args: &[&str], file| check(args, file).unwrap().pictures;
        assert!(pictures(&[], ""));
        assert!(!pictures(&["--visibility=contacts"], ""));
        assert!(!pictures(&["--pictures=nobody"], "pictures = 'everyone'"));
        refused(&["--visibility=contacts", "--pictures=everyone"], "", &["--visibility everyone"]);
    }

    #[test]
    fn settings_that_do_not_go_together_are_named() {
        refused(&["--demo", "--auth", "jwt"], "", &["--demo", "open"]);
        refused(&["--auth", "jwt"], "", &["--jwt-key", "--jwks"]);
        refused(&["--auth=open", "--jwks=https://login.example.com/"], "", &["--auth jwt"]);
        refused(&["--demo", "--jwks=https://login.example.com/"], "", &["--auth jwt"]);
        refused(&[], "jwks = 'http://login.example.com/'", &["--jwks", "https://HOST/PATH"]);
        refused(&["--jwks=/nonexistent"], "", &["/nonexistent"]);
        refused(&["--jwt-audience", "a"], "", &["--auth jwt"]);
        refused(&[], "jwt-leeway = 9", &["--auth jwt"]);
        let key = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/keys/ed25519.pub.pem");
        refused(&["--jwt-key", key, "--jwt-leeway", "121"], "", &["--jwt-leeway", "0 to 120"]);
        refused(&["--jwt-key", key, "--jwt-name-claim="], "", &["--jwt-name-claim", "empty"]);
        refused(&["--auth", "jwt", "--jwt-key", "/nonexistent"], "", &["/nonexistent"]);
        refused(&["--listen", "nowhere"], "", &["nowhere", "HOST:PORT"]);
        refused(&["--allowed-origin", "example.com"], "", &["example.com", "https://"]);
        refused(&["--trusted-proxy", "proxy"], "", &["proxy", "10.0.0.0/8"]);
        refused(&[], "metrics-from = ['10.0.0.0/64']", &["10.0.0.0/64"]);
        refused(&["--metrics-listen=9100"], "", &["9100", "HOST:PORT"]);
        let both = ["--listen=127.0.0.1:1", "--metrics-listen=127.0.0.1:1"];
        refused(&both, "", &["--metrics-listen", "another address"]);
        refused(&["--connections-per-address", "0"], "", &["--connections-per-address", "1"]);
        refused(&["--connections-per-user", "0"], "", &["--connections-per-user", "1"]);
        refused(&["--revoked", "/nonexistent"], "", &["--revoked", "--auth jwt"]);
        refused(&["--invites"], "", &["--invites", "--auth jwt"]);
        refused(&["--demo", "--directory"], "", &["--demo", "--directory"]);
        refused(&["--demo"], "invites = true", &["--invites", "--auth jwt"]);
        refused(&["--invites", "--jwks=https://login.example.com/"], "", &["--jwt-key", "--jwks"]);
    }

    #[test]
    fn a_set_of_keys_alone_means_that_tokens_are_asked_for() {
        let config = check(&["--listen=0.0.0.0:0", "--jwks=https://login.example.com/"], "");
        assert!(matches!(config.unwrap().auth, Auth::Jwt(_)));
    }

    #[test]
    fn keys_are_one_or_several() {
        let keys = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/keys");
        let [one, two] = ["ed25519", "rsa"].map(|name| format!("{keys}/{name}.pub.pem"));
        let found = |args: &[&str], file: &str| match check(args, file)?.auth.keys() {
            Some(keys) => Ok(keys.files.current().len()),
            None => Err("no token is asked for".to_owned()),
        };
        assert_eq!(found(&["--jwt-key", &one], ""), Ok(1));
        assert_eq!(found(&["--jwt-key", &one, "--jwt-key", &two], ""), Ok(2));
        assert_eq!(found(&["--jwt-key", &format!("{one},{two}")], ""), Ok(2));
        assert_eq!(found(&[], &format!("jwt-key = '{one}'")), Ok(1));
        let both = format!("jwt-key = ['{one}', '{two}']");
        assert_eq!(found(&[], &both), Ok(2));
        assert_eq!(found(&["--jwt-key", &one], &both), Ok(1), "lists are not joined");
        refused(&[], "jwt-key = 7", &["a path, or a list of paths"]);
        let both = ["--jwt-key", &one, "--jwt-key", &two, "--jwt-algorithm", "EdDSA"];
        refused(&both, "", &["rsa.pub.pem", "RS256", "--jwt-algorithm"]);
    }

    #[test]
    fn unknown_keys_are_named_with_what_is_allowed() {
        refused(&[], "lisen = '127.0.0.1:1'", &["lisen", "listen", "allowed-origin", "demo"]);
        refused(&[], "auth = 'none'", &["none", "open", "jwt"]);
        refused(&[], "log-format = 'xml'", &["xml", "text", "json"]);
    }
}
