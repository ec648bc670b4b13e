//! The settings of tokens: their keys, and what they must claim. Checks no token.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use mistatus_core::time::Span;
use serde::Deserialize;

use super::{ConfigError, ConfigFile, Flags, either, fail, seconds};
use crate::{
    auth::{TokenRules, Verifier},
    key::JwtAlgorithm,
    keys::{KeyFile, KeyFileKind, KeyFiles, Keys, RemoteKeys, SetUrl},
    limits::TOKEN_LEEWAY_MAX,
    revoked::CurrentlyRevoked,
};

/// What flags, environment and file say of tokens.
#[derive(PartialEq, Eq, Default, Debug)]
pub(crate) struct TokenSettings {
    pub(crate) keys: Vec<PathBuf>,
    pub(crate) jwks: Option<String>,
    pub(crate) algorithm: Option<JwtAlgorithm>,
    pub(crate) audience: Option<String>,
    pub(crate) issuer: Option<String>,
    pub(crate) name_claim: Option<String>,
    pub(crate) friendly_name_claim: Option<String>,
    pub(crate) leeway: Option<u64>,
}

/// A file's path, or a list of them.
#[derive(Clone, Deserialize, Debug)]
#[serde(untagged, expecting = "a path, or a list of paths, was expected")]
pub(super) enum OneOrMany {
    One(PathBuf),
    Many(Vec<PathBuf>),
}

impl TokenSettings {
    pub(super) fn of(flags: &Flags, file: &ConfigFile) -> Self {
        let text =
            |flag: &Option<String>, file: &Option<String>| flag.as_ref().or(file.as_ref()).cloned();
        Self {
            keys: either(flags.jwt_key.clone(), file.jwt_key.clone().into()),
            jwks: text(&flags.jwks, &file.jwks),
            algorithm: flags.jwt_algorithm.or(file.jwt_algorithm),
            audience: text(&flags.jwt_audience, &file.jwt_audience),
            issuer: text(&flags.jwt_issuer, &file.jwt_issuer),
            name_claim: text(&flags.jwt_name_claim, &file.jwt_name_claim),
            friendly_name_claim: text(
                &flags.jwt_friendly_name_claim,
                &file.jwt_friendly_name_claim,
            ),
            leeway: flags.jwt_leeway.or(file.jwt_leeway),
        }
    }

    /// Returns the claim that is the sign-in name.
    pub(crate) fn name_claim(&self) -> &str {
        self.name_claim.as_deref().unwrap_or("sub")
    }

    /// Returns the claim that is shown to others as the name.
    pub(crate) fn friendly_name_claim(&self) -> &str {
        self.friendly_name_claim.as_deref().unwrap_or("name")
    }

    /// Returns where the set of keys is, if it is a file.
    pub(crate) fn jwks_file(&self) -> Option<&Path> {
        self.jwks.as_deref().filter(|jwks| SetUrl::parse(jwks).is_none()).map(Path::new)
    }

    pub(super) fn have_keys(&self) -> bool {
        !self.keys.is_empty() || self.jwks.is_some()
    }

    /// Reads the keys, and puts together what checks tokens.
    pub(super) fn verifier(
        self,
        revoked: Option<CurrentlyRevoked>,
    ) -> Result<Verifier, ConfigError> {
        if !self.have_keys() {
            return fail(
                "--auth jwt needs --jwt-key FILE, an HS256 secret or a public key in PEM, or --jwks URL|FILE, the keys \
                 of an identity provider",
            );
        }
        let rules = self.rules()?;
        let kind = KeyFileKind::Key(self.algorithm);
        let mut files: Vec<_> = self.keys.into_iter().map(|path| KeyFile { path, kind }).collect();
        let mut remote = None;
        if let Some(jwks) = self.jwks {
            if rules.audience.is_none() {
                tracing::warn!(
                    "--jwks without --jwt-audience: tokens that the provider issued for other applications sign in \
                     here, too"
                );
            }
            match SetUrl::parse(&jwks) {
                Some(url) => remote = Some(RemoteKeys::new(url.map_err(ConfigError::Setting)?)),
                None => files.push(KeyFile { path: jwks.into(), kind: KeyFileKind::Set }),
            }
        }
        let files = KeyFiles::open(files).map_err(ConfigError::Setting)?;
        let keys = Keys { files: Arc::new(files), remote: remote.map(Arc::new) };
        Ok(Verifier::new(keys, rules, revoked))
    }

    fn rules(&self) -> Result<TokenRules, ConfigError> {
        for (flag, text) in [
            ("jwt-audience", &self.audience),
            ("jwt-issuer", &self.issuer),
            ("jwt-name-claim", &self.name_claim),
            ("jwt-friendly-name-claim", &self.friendly_name_claim),
        ] {
            if text.as_ref().is_some_and(|text| text.trim().is_empty()) {
                return fail(&format!("--{flag} is empty; leave it out, or say what tokens have"));
            }
        }
        Ok(TokenRules {
            audience: self.audience.clone(),
            issuer: self.issuer.clone(),
            name_claim: self.name_claim().to_owned(),
            friendly_name_claim: self.friendly_name_claim().to_owned(),
            leeway: seconds("jwt-leeway", self.leeway, Span::ZERO, Span::ZERO..=TOKEN_LEEWAY_MAX)?,
        })
    }
}

impl Default for OneOrMany {
    fn default() -> Self {
        Self::Many(Vec::new())
    }
}

impl From<OneOrMany> for Vec<PathBuf> {
    fn from(paths: OneOrMany) -> Self {
        match paths {
            OneOrMany::One(path) => vec![path],
            OneOrMany::Many(paths) => paths,
        }
    }
}
