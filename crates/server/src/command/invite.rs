//! `mistatus-server invite`: signs a link that signs a person in at a page of the server. The page is in `invite`.

use std::{
    io,
    time::{Duration, SystemTime},
};

use clap::Args;
use mistatus_core::signin_name::SigninName;

use super::{say, token::Person};
use crate::{config::Flags, limits::INVITATION_DAYS_MAX, names, outgoing::Address};

/// Whom to invite, and to where.
#[derive(Args, Debug)]
pub struct InviteTask {
    /// Where people reach the server: the address before `/invite`, as the proxy before it gives it.
    #[arg(long, value_parser = ServerUrl::parse)]
    url: ServerUrl,
    /// Whom to invite: the sign-in name. `--jwt-key` names the private key, or the HS256 secret.
    #[arg(long, value_parser = names::parse)]
    sub: SigninName,
    /// What the person is called.
    #[arg(long, value_name = "FRIENDLY")]
    name: Option<String>,
    /// How long the invitation is to hold, as in 8h, 7d or 31days.
    #[arg(long = "for", value_name = "DURATION", default_value = "7d", value_parser = duration)]
    duration: Duration,
    #[command(flatten, next_help_heading = "The server's settings")]
    flags: Flags,
}

impl InviteTask {
    pub(super) fn run(self) -> Result<(), String> {
        let settings = self.flags.token_settings().map_err(|error| error.to_string())?;
        let audience = settings.audience.clone();
        let until = SystemTime::now() + self.duration;
        let person = Person { name: self.sub.clone(), friendly_name: self.name, audience };
        let token = person.sign(self.duration, &settings)?;
        // Browsers send what stands behind `#` to nobody: it is in no log of a proxy and in no `Referer`.
        say(io::stdout(), &format!("{}/invite#{}", self.url.0, token.text));
        say(
            io::stderr(),
            &format!(
                "Whoever has this link is {} until {}. The server must run with --invites; the line `jti {}` in its \
                 file of --revoked takes the invitation back.",
                self.sub,
                humantime::format_rfc3339_seconds(until),
                token.id,
            ),
        );
        Ok(())
    }
}

/// The address of a server, without `/` at its end.
#[derive(Clone, Debug)]
struct ServerUrl(String);

impl ServerUrl {
    fn parse(text: &str) -> Result<Self, String> {
        Self::check(text).map_err(|what| {
            format!(
                "it {what}; allowed are https://HOST or https://HOST/PATH, and http: for this machine itself \
                 (127.0.0.1, [::1] or localhost)"
            )
        })
    }

    fn check(text: &str) -> Result<Self, &'static str> {
        if text.contains(['?', '#']) {
            return Err("has a query or a fragment, where the invitation itself is to stand");
        }
        Address::parse(text).map_err(|bad| {
            bad.words("is by http:, where anybody on the way could take the invitation")
        })?;
        let text = text.trim_end_matches('/');
        Ok(Self(text.strip_suffix("/invite").unwrap_or(text).to_owned()))
    }
}

fn duration(text: &str) -> Result<Duration, String> {
    let allowed = format!("allowed are 1s to {INVITATION_DAYS_MAX}days, as in 8h, 7d or 2weeks");
    let duration =
        humantime::parse_duration(text).map_err(|error| format!("{error}; {allowed}"))?;
    let longest = Duration::from_secs(INVITATION_DAYS_MAX * 86_400);
    if (Duration::from_secs(1)..=longest).contains(&duration) { Ok(duration) } else { Err(allowed) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_servers_are_taken_with_and_without_a_path() {
        for (given, taken) in [
            ("https://presence.example.com", "https://presence.example.com"),
            ("https://presence.example.com/", "https://presence.example.com"),
            ("https://example.com:8443/presence/", "https://example.com:8443/presence"),
            ("https://example.com/presence/invite", "https://example.com/presence"),
            ("http://127.0.0.1:8787", "http://127.0.0.1:8787"),
            ("http://[::1]:8787/", "http://[::1]:8787"),
            ("http://localhost", "http://localhost"),
        ] {
            assert_eq!(ServerUrl::parse(given).unwrap().0, taken, "{given}");
        }
    }

    #[test]
    fn other_addresses_are_refused_with_those_that_are_allowed() {
        for (given, word) in [
            ("http://presence.example.com", "by http:"),
            ("presence.example.com", "another kind"),
            ("/presence", "names no host"),
            ("wss://presence.example.com", "another kind"),
            ("https://user:secret@example.com", "password"),
            ("https://example.com/?a", "query"),
            ("https://example.com/#a", "fragment"),
            ("https:// example.com", "no address"),
            ("", "no address"),
        ] {
            let error = ServerUrl::parse(given).unwrap_err();
            assert!(error.contains(word) && error.contains("https://HOST"), "{given}: {error}");
        }
    }
}
