//! `mistatus-server token`: signs tokens for trying things, and says why the server refuses one.

use std::{
    convert::Infallible,
    fs,
    io::{self, Read},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use clap::Args;
use jsonwebtoken::{Header, dangerous::insecure_decode, encode};
use mistatus_core::{limits::FRAME_FROM_CLIENT_MAX, message::Token, signin_name::SigninName};
use serde_json::{Value, json};

use super::say;
use crate::{
    Config,
    auth::Auth,
    clock,
    config::{Flags, TokenSettings},
    key::signing,
    keys::RemoteKeys,
    limits::{TOKEN_ID_BYTES, TRIAL_TOKEN_MAX},
    names,
};

/// Which token to sign or to check.
#[derive(Args, Debug)]
pub struct TokenTask {
    /// Signs a token for whom: the sign-in name. `--jwt-key` names the private key, or the HS256 secret.
    #[arg(long, required_unless_present = "verify", conflicts_with = "verify",
          value_parser = names::parse)]
    sub: Option<SigninName>,
    /// How long the token is to hold, as in 90s, 10m or 7days.
    #[arg(long = "for", value_name = "DURATION", default_value = "10m", conflicts_with = "verify",
          value_parser = duration)]
    duration: Duration,
    /// What the person is called.
    #[arg(long, value_name = "FRIENDLY", conflicts_with = "verify")]
    name: Option<String>,
    /// Whom the token is for [default: the audience of --jwt-audience].
    #[arg(long, conflicts_with = "verify")]
    audience: Option<String>,
    /// Says whether a server with these settings takes a token, and why not; `-` reads it from stdin, where no
    /// history of a shell keeps it [default: -].
    #[arg(long, value_name = "TOKEN", num_args = 0..=1, default_missing_value = "-",
          value_parser = token)]
    verify: Option<Token>,
    #[command(flatten, next_help_heading = "The server's settings")]
    flags: Flags,
}

impl TokenTask {
    pub(super) fn run(self) -> Result<(), String> {
        match (self.verify, self.sub) {
            (Some(given), _) => verify(self.flags, given),
            (None, Some(sub)) => {
                let settings = self.flags.token_settings().map_err(|error| error.to_string())?;
                let audience = self.audience.or_else(|| settings.audience.clone());
                let person = Person { name: sub, friendly_name: self.name, audience };
                say(io::stdout(), &person.sign(self.duration, &settings)?.text);
                Ok(())
            }
            (None, None) => Err("--sub NAME or --verify is missing".to_owned()),
        }
    }
}

/// Whose token it is, and for whom.
pub(super) struct Person {
    pub(super) name: SigninName,
    pub(super) friendly_name: Option<String>,
    pub(super) audience: Option<String>,
}

/// A token that was signed here. Prints nowhere but on stdout.
pub(super) struct SignedToken {
    pub(super) text: String,
    /// By this it can be revoked (`jti`).
    pub(super) id: String,
}

impl Person {
    /// Signs a token as a server with these settings asks for, by the one key that they name.
    pub(super) fn sign(
        self,
        duration: Duration,
        settings: &TokenSettings,
    ) -> Result<SignedToken, String> {
        let mut id = [0; TOKEN_ID_BYTES];
        getrandom::fill(&mut id).map_err(|error| error.to_string())?;
        let id = URL_SAFE_NO_PAD.encode(id);
        let text = sign(&self.claims(duration, &id, settings), settings)?;
        Ok(SignedToken { text, id })
    }

    /// Returns claims as a server with these settings asks for.
    fn claims(self, duration: Duration, id: &str, settings: &TokenSettings) -> Value {
        let now = clock::wall().as_millis() / 1_000;
        let mut claims = json!({
            "iat": now,
            "exp": now + duration.as_secs(),
            "jti": id,
        });
        for (claim, text) in [
            (settings.friendly_name_claim(), self.friendly_name),
            ("aud", self.audience),
            ("iss", settings.issuer.clone()),
            (settings.name_claim(), Some(self.name.to_string())),
        ] {
            if let Some(text) = text {
                claims[claim] = text.into();
            }
        }
        claims
    }
}

fn sign(claims: &Value, settings: &TokenSettings) -> Result<String, String> {
    let key = match settings.keys.as_slice() {
        [key] => key,
        [] => {
            return Err(
                "--jwt-key FILE is missing: the private key in PEM, or the HS256 secret".to_owned()
            );
        }
        _ => {
            return Err(
                "--jwt-key names several keys, and one key signs a token: name that one".to_owned()
            );
        }
    };
    let path = key.display();
    let bytes = fs::read(key).map_err(|error| format!("cannot read {path}: {error}"))?;
    let (algorithm, signing_key) =
        signing::read(&bytes, settings.algorithm).map_err(|error| format!("{path}: {error}"))?;
    let header = Header::new(algorithm.algorithm());
    encode(&header, claims, &signing_key).map_err(|error| format!("{path}: cannot sign: {error}"))
}

fn verify(flags: Flags, given: Token) -> Result<(), String> {
    let config = Config::from_flags(flags).map_err(|error| error.to_string())?;
    let Auth::Jwt(verifier) = config.auth else {
        return Err("a server with these settings takes people at their word and reads no token; \
                    --auth jwt with --jwt-key FILE or --jwks URL|FILE makes it ask for tokens"
            .to_owned());
    };
    let token = if given.reveal() == "-" { from_stdin()? } else { given };
    if let Some(Err(error)) = verifier.remote_keys().map(RemoteKeys::fetch_once) {
        say(io::stderr(), &format!("The keys of --jwks cannot be fetched: {error}."));
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
    let runtime = runtime.map_err(|error| format!("cannot start the runtime: {error}"))?;
    match runtime.block_on(verifier.verify(&token)) {
        Ok(identity) => {
            let until =
                identity.expires.map(|end| UNIX_EPOCH + Duration::from_millis(end.as_millis()));
            let until = until.unwrap_or(UNIX_EPOCH);
            let left = until.duration_since(SystemTime::now()).unwrap_or_default().as_secs();
            say(
                io::stdout(),
                &format!(
                    "The token is good: {} may sign in with it until {}, for another {}.",
                    identity.name,
                    humantime::format_rfc3339_seconds(until),
                    humantime::format_duration(Duration::from_secs(left)),
                ),
            );
            Ok(())
        }
        Err(error) => {
            say(io::stderr(), &what_it_says(&token));
            Err(format!("{error}; {}", error.remedy()))
        }
    }
}

/// Returns what stands in a token that nobody has to believe.
fn what_it_says(token: &Token) -> String {
    match insecure_decode::<Value>(token.reveal()) {
        Ok(content) => {
            let header = serde_json::to_string(&content.header).unwrap_or_default();
            let now = clock::wall().as_millis() / 1_000;
            format!("It says, whoever signed it: {header} {}; now it is {now}.", content.claims)
        }
        Err(_) => "It cannot be read: a token is three texts in base64 with dots between them, the first two of which are JSON."
            .to_owned(),
    }
}

fn from_stdin() -> Result<Token, String> {
    let mut text = String::new();
    let mut bounded = io::stdin().take(FRAME_FROM_CLIENT_MAX as u64);
    bounded.read_to_string(&mut text).map_err(|error| format!("cannot read stdin: {error}"))?;
    if bounded.limit() == 0 {
        return Err(format!(
            "stdin holds no token: one has less than {FRAME_FROM_CLIENT_MAX} bytes"
        ));
    }
    let text = text.trim();
    Ok(Token::new(text.strip_prefix("Bearer ").unwrap_or(text).trim().to_owned()))
}

fn token(text: &str) -> Result<Token, Infallible> {
    Ok(Token::new(text.to_owned()))
}

fn duration(text: &str) -> Result<Duration, String> {
    let allowed = || {
        format!(
            "allowed are 1s to {}, as in 90s, 10m, 8h or 7days",
            humantime::format_duration(TRIAL_TOKEN_MAX)
        )
    };
    let duration =
        humantime::parse_duration(text).map_err(|error| format!("{error}; {}", allowed()))?;
    if (Duration::from_secs(1)..=TRIAL_TOKEN_MAX).contains(&duration) {
        Ok(duration)
    } else {
        Err(allowed())
    }
}
