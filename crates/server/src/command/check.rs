//! `mistatus-server check`: what is wrong with the settings of a server, and what is dangerous. Changes nothing.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use clap::Args;

use super::say;
use crate::{
    Config,
    auth::Auth,
    config::{Flags, TokenSettings},
    key::{self, JwtAlgorithm},
    keys::RemoteKeys,
    service_keys::KeysFile,
    store::{self, DatabaseCondition},
};

/// Which settings to check: the flags of the server.
#[derive(Args, Debug)]
pub struct CheckTask {
    #[command(flatten)]
    flags: Flags,
}

/// What was found.
#[derive(Default)]
struct Findings {
    /// The server would not start, or not do what it is for.
    wrong: Vec<String>,
    /// It would start, and somebody could do what they should not.
    dangerous: Vec<String>,
    /// What is as it should be, or cannot be told.
    remarks: Vec<String>,
}

impl CheckTask {
    pub(super) fn run(self) -> Result<(), String> {
        let findings = check(self.flags);
        for (kind, lines) in [
            ("wrong", &findings.wrong),
            ("dangerous", &findings.dangerous),
            ("note", &findings.remarks),
        ] {
            for line in lines {
                say(io::stdout(), &format!("{kind}: {line}"));
            }
        }
        match findings.wrong.len() {
            0 => Ok(()),
            1 => Err(DOES_NOT_WORK.to_owned()),
            more => Err(format!("{DOES_NOT_WORK}, for {more} reasons")),
        }
    }
}

fn check(flags: Flags) -> Findings {
    let mut findings = Findings::default();
    // What is wrong with the file of settings, the next line says.
    let tokens = flags.token_settings();
    let settings_file = flags.config.clone();
    let config = match Config::from_flags(flags) {
        Ok(config) => config,
        Err(error) => {
            findings.wrong.push(error.to_string());
            return findings;
        }
    };
    findings.remarks.push(config.who_sees_whom().to_owned());
    findings.look_at_directory(&config.data);
    findings.look_at_files(std::iter::once(KeysFile::of(&config.data).path()));
    findings.look_at_settings(&config);
    findings.look_at_metrics(&config);
    if let Some(file) = &config.webhooks {
        findings.look_at_webhooks(file.path());
    }
    if let Ok(tokens) = tokens {
        findings.look_at_tokens(&config, &tokens);
        findings.look_at_secrets(&tokens);
        let revoked = config.revoked.as_ref().map(|file| file.path().to_owned());
        let set = tokens.jwks_file().map(ToOwned::to_owned);
        findings
            .look_at_files(tokens.keys.into_iter().chain(set).chain(settings_file).chain(revoked));
    }
    findings
}

impl Findings {
    fn look_at_directory(&mut self, directory: &Path) {
        match store::look_at_directory(directory) {
            Ok(dangerous) => self.dangerous.extend(dangerous),
            Err(error) => self.wrong.push(error),
        }
        match store::look_at_database(directory) {
            Ok(DatabaseCondition::Sound) => {
                self.remarks.push("the database is sound".to_owned());
            }
            Ok(DatabaseCondition::Missing) => self.remarks.push(format!(
                "there is no database in {} yet; the server makes it",
                directory.display()
            )),
            Ok(DatabaseCondition::Open) => self.remarks.push(
                "the database was not looked at: a server has it open, or did not end properly and looks at its next \
                 start"
                    .to_owned(),
            ),
            Err(error) => self.wrong.push(error),
        }
        if let Err(error) = KeysFile::of(directory).open() {
            self.wrong.push(error);
        }
    }

    fn look_at_settings(&mut self, config: &Config) {
        if !config.listen.ip().is_loopback() {
            self.dangerous.push(format!(
                "--listen {} is reached from other machines, and the server speaks plain HTTP: let nobody but a proxy \
                 with TLS reach it",
                config.listen
            ));
        }
        for origin in &config.origins {
            if origin.is_opaque() {
                self.dangerous.push(
                    "--allowed-origin null lets every sandboxed frame and every file connect, of whichever site it is"
                        .to_owned(),
                );
            } else if origin.is_clear_text() {
                self.dangerous.push(
                    "--allowed-origin names a page without TLS (http:): whoever is on the way to it can speak as its \
                     users"
                        .to_owned(),
                );
            }
        }
        if config.proxies.iter().any(|network| network.holds_all()) {
            self.dangerous.push(
                "--trusted-proxy holds every address (/0): whoever connects may say where they come from; name the \
                 proxy itself"
                    .to_owned(),
            );
        }
    }

    /// Who reads the metrics learns, where few are there, who is invisible.
    fn look_at_metrics(&mut self, config: &Config) {
        if config.metrics_from.iter().any(|network| network.holds_all()) {
            self.dangerous.push(
                "--metrics-from holds every address (/0): a count of connections gives away who is invisible where few \
                 are there; name the machine that asks"
                    .to_owned(),
            );
        } else if config.metrics_listen.is_none()
            && !config.auth.is_open()
            && config.metrics_from.iter().any(|network| network.holds_loopback())
        {
            self.dangerous.push(
                "--metrics-from names this machine: a proxy on it that does not say for whom it asks lets everybody read \
                 how many are connected, which gives away who is invisible where few are there; use --metrics-listen"
                    .to_owned(),
            );
        }
    }

    fn look_at_tokens(&mut self, config: &Config, tokens: &TokenSettings) {
        match &config.auth {
            Auth::Open => self.dangerous.push(
                "--auth open takes everybody at their word: for trying things on this machine only, and never behind a \
                 proxy"
                    .to_owned(),
            ),
            Auth::Jwt(verifier) => {
                if config.invites && config.revoked.is_none() {
                    self.remarks.push(
                        "--invites without --revoked: an invitation that was sent to the wrong person holds until its \
                         end; with a file for --revoked it can be taken back"
                            .to_owned(),
                    );
                }
                if tokens.audience.is_none() {
                    let whose = match tokens.jwks {
                        Some(_) => "that the provider of --jwks issued for another application",
                        None => "that the same key signed for another purpose",
                    };
                    self.dangerous.push(format!(
                        "--jwt-audience is not set: a token {whose} signs its user in here, too"
                    ));
                }
                if let Some(claim) = &tokens.name_claim {
                    self.remarks.push(format!(
                        "--jwt-name-claim {claim}: whoever has that claim is that user, so that people must not be able \
                         to choose it for themselves"
                    ));
                }
                if let Some(remote) = verifier.remote_keys() {
                    self.look_at_remote_keys(remote);
                }
                if config.pictures {
                    self.dangerous.push(
                        "--pictures everyone shows how people are to whoever reaches the server, without signing in"
                            .to_owned(),
                    );
                }
            }
        }
    }

    fn look_at_remote_keys(&mut self, remote: &RemoteKeys) {
        match remote.fetch_once() {
            Ok(left_out) => {
                self.remarks.push("the keys of --jwks were fetched".to_owned());
                let not_used = |what| format!("of the keys of --jwks, {what}: it is not used");
                self.remarks.extend(left_out.into_iter().map(not_used));
            }
            Err(error) => self.wrong.push(format!(
                "the keys of --jwks cannot be fetched, and until they can, tokens that they sign are refused: {error}"
            )),
        }
    }

    fn look_at_secrets(&mut self, tokens: &TokenSettings) {
        for path in &tokens.keys {
            // A public key is for everybody to read.
            let is_secret = fs::read(path).is_ok_and(|bytes| {
                key::read(&bytes, tokens.algorithm)
                    .is_ok_and(|(algorithm, _)| algorithm == JwtAlgorithm::Hs256)
            });
            if is_secret && mode(path) & ALL_READ != 0 {
                self.dangerous.push(format!(
                    "{} is a secret that every account of this machine can read: whoever has it can be anybody \
                     (chmod o-r)",
                    path.display()
                ));
            }
        }
    }

    fn look_at_webhooks(&mut self, path: &Path) {
        if mode(path) & ALL_READ != 0 {
            self.dangerous.push(format!(
                "{} holds secrets that every account of this machine can read: whoever has one can send changes in this \
                 server's name (chmod o-r)",
                path.display()
            ));
        }
        if mode(path) & OTHERS_WRITE != 0 {
            self.dangerous.push(format!(
                "{} can be changed by other accounts than its owner's: it decides who is told how people are (chmod go-w)",
                path.display()
            ));
        }
    }

    fn look_at_files(&mut self, files: impl Iterator<Item = PathBuf>) {
        for path in files {
            if mode(&path) & OTHERS_WRITE != 0 {
                self.dangerous.push(format!(
                    "{} can be changed by other accounts than its owner's: these decide who gets in (chmod go-w)",
                    path.display()
                ));
            }
        }
    }
}

/// Returns who may do what with a file; nothing of a file that cannot be looked at.
#[cfg(unix)]
fn mode(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(path).map_or(0, |about| about.permissions().mode())
}

/// Elsewhere permissions are no such number.
#[cfg(not(unix))]
fn mode(_path: &Path) -> u32 {
    0
}

const DOES_NOT_WORK: &str = "a server with these settings does not start, or does not work";

const ALL_READ: u32 = 0o004;
const OTHERS_WRITE: u32 = 0o022;
