//! The keys by which tokens are checked, whichever source they come from. Decides nothing by what a token claims.

mod fetch;
mod files;
mod jwk;
mod remote;

use std::{fmt, sync::Arc};

use jsonwebtoken::{
    Algorithm, DecodingKey, DecodingKeyKind, Header, Validation, decode, decode_header,
};
use mistatus_core::message::Token;
use serde::de::DeserializeOwned;
use serde_json::Value;

pub use self::remote::JwksTimes;
pub(crate) use self::{
    fetch::SetUrl,
    files::{KeyFile, KeyFileKind, KeyFiles},
    remote::RemoteKeys,
};
use crate::{auth::AuthError, key};

/// A key, the one algorithm that belongs to it, and the name by which tokens call it.
#[derive(Clone)]
pub(crate) struct TrustedKey {
    /// What a token's `kid` says; `None` for keys that have no name.
    pub(crate) id: Option<String>,
    pub(crate) algorithm: Algorithm,
    pub(crate) key: DecodingKey,
}

/// All keys.
#[derive(Debug)]
pub(crate) struct Keys {
    pub(crate) files: Arc<KeyFiles>,
    pub(crate) remote: Option<Arc<RemoteKeys>>,
}

/// All keys as they are at one moment.
struct CurrentKeys {
    files: Arc<[TrustedKey]>,
    /// `None` while the set has not been fetched, and where there is none.
    remote: Option<Arc<[TrustedKey]>>,
}

/// Reads a set of keys and forgets it; for fuzzing.
pub(crate) fn is_set(bytes: &[u8]) -> bool {
    jwk::KeySet::read(bytes).is_ok()
}

impl Keys {
    /// Reads all files again, and has the set of keys fetched again.
    ///
    /// # Errors
    /// The files and what is wrong with them; of these the last good keys stay.
    pub(crate) fn reload(&self) -> Result<(), String> {
        if let Some(remote) = &self.remote {
            remote.reload();
        }
        self.files.read_again()
    }

    /// Checks a token's signature and what `validation` asks for, and returns its claims. Where no key fits, one may be
    /// new: the token waits until the set of keys has been fetched.
    pub(crate) async fn verify<T: DeserializeOwned>(
        &self,
        token: &Token,
        validation: &Validation,
    ) -> Result<T, AuthError> {
        let header = header_of(token)?;
        let mut validation = validation.clone();
        validation.algorithms = vec![header.alg];
        let keys = self.current();
        let result = keys.verify(token, &header, &validation);
        let is_about_keys = result.as_ref().is_err_and(AuthError::is_about_keys);
        let Some(remote) = self.remote.as_ref().filter(|_| is_about_keys) else { return result };
        // No set can have the key, or this one has it already.
        if header.alg == Algorithm::HS256 || keys.have_that_of(&header) {
            return result;
        }
        let (keys, result) = if remote.fetched_again().await {
            let keys = self.current();
            let result = keys.verify(token, &header, &validation);
            (keys, result)
        } else {
            (keys, result)
        };
        match result {
            Err(error) if error.is_about_keys() && keys.remote.is_none() => Err(AuthError::NoKeys),
            result => result,
        }
    }

    fn current(&self) -> CurrentKeys {
        CurrentKeys {
            files: self.files.current(),
            remote: self.remote.as_ref().and_then(|remote| remote.current()),
        }
    }
}

impl CurrentKeys {
    fn all(&self) -> impl Iterator<Item = &TrustedKey> {
        self.files.iter().chain(self.remote.iter().flat_map(|keys| keys.iter()))
    }

    /// Tries each key that may have signed the token. Its header chooses among keys, never how a key is used.
    fn verify<T: DeserializeOwned>(
        &self,
        token: &Token,
        header: &Header,
        validation: &Validation,
    ) -> Result<T, AuthError> {
        let mut refusal = AuthError::Algorithm;
        for key in self.all().filter(|key| key.may_have_signed(header)) {
            match decode(token.reveal(), &key.key, validation) {
                Ok(decoded) => return Ok(decoded.claims),
                Err(error) => match AuthError::of(error.kind()) {
                    AuthError::Signature => refusal = AuthError::Signature,
                    other => return Err(other),
                },
            }
        }
        let have_names = self.all().any(|key| key.id.is_some());
        if have_names && header.kid.is_some() && !self.have_that_of(header) {
            refusal = AuthError::UnknownKey;
        }
        Err(refusal)
    }

    /// Whether there is a key with the name that the token calls its own by.
    fn have_that_of(&self, header: &Header) -> bool {
        header.kid.is_some() && self.all().any(|key| key.id == header.kid)
    }
}

/// Reads a token's header.
fn header_of(token: &Token) -> Result<Header, AuthError> {
    let header = decode_header(token.reveal()).map_err(|error| match unknown_algorithm(token) {
        true => AuthError::Algorithm,
        false => AuthError::of(error.kind()),
    })?;
    // RFC 7515 §4.1.11: whoever does not know an extension that is critical refuses the token.
    if header.crit.is_some() { Err(AuthError::Critical) } else { Ok(header) }
}

/// Whether a token is of an algorithm that no key here has, so that its header cannot be read.
fn unknown_algorithm(token: &Token) -> bool {
    let header = token.reveal().split('.').next().and_then(|part| key::base64(part.as_bytes()));
    let header = header.and_then(|bytes| serde_json::from_slice::<Value>(&bytes).ok());
    let algorithm = header.as_ref().and_then(|header| header.get("alg")?.as_str());
    algorithm.is_some_and(|algorithm| algorithm.parse::<Algorithm>().is_err())
}

impl TrustedKey {
    /// Whether the token is of the key's algorithm and names it, or one of the two has no name.
    fn may_have_signed(&self, header: &Header) -> bool {
        let is_named = match (&self.id, &header.kid) {
            (Some(id), Some(named)) => id == named,
            _ => true,
        };
        is_named && self.algorithm == header.alg
    }
}

impl PartialEq for TrustedKey {
    fn eq(&self, other: &Self) -> bool {
        use DecodingKeyKind::{RsaModulusExponent, SecretOrDer};
        let same_key = match (self.key.kind(), other.key.kind()) {
            (SecretOrDer(one), SecretOrDer(other)) => one == other,
            (
                RsaModulusExponent { n, e },
                RsaModulusExponent { n: other_modulus, e: other_exponent },
            ) => n == other_modulus && e == other_exponent,
            _ => false,
        };
        same_key && self.id == other.id && self.algorithm == other.algorithm
    }
}

// Keys may be secrets.
impl fmt::Debug for TrustedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TrustedKey({:?})", self.algorithm)
    }
}
