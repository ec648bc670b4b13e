//! The keys by which tokens are checked, whichever source they come from. Decides nothing by what a token claims.

mod files;

use std::{fmt, sync::Arc};

use jsonwebtoken::{Algorithm, DecodingKey, DecodingKeyKind, Header, Validation, decode};
use mistatus_core::message::Token;
use serde::de::DeserializeOwned;

pub(crate) use self::files::{KeyFile, KeyFiles};
use crate::auth::AuthError;

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
}

impl Keys {
    /// Reads all files again.
    ///
    /// # Errors
    /// The files and what is wrong with them; of these the last good keys stay.
    pub(crate) fn reload(&self) -> Result<(), String> {
        self.files.read_again()
    }

    /// Checks a token's signature and what `validation` asks for, and returns its claims.
    pub(crate) fn verify<T: DeserializeOwned>(
        &self,
        token: &Token,
        validation: &Validation,
    ) -> Result<T, AuthError> {
        let header = jsonwebtoken::decode_header(token.reveal())
            .map_err(|error| AuthError::of(error.kind()))?;
        verify_by(&self.files.current(), token, &header, validation)
    }
}

/// Tries each key that may have signed the token. A token's header chooses among keys, never how a key is used.
fn verify_by<T: DeserializeOwned>(
    keys: &[TrustedKey],
    token: &Token,
    header: &Header,
    validation: &Validation,
) -> Result<T, AuthError> {
    let mut validation = validation.clone();
    validation.algorithms = vec![header.alg];
    let mut refusal = AuthError::Algorithm;
    for key in keys.iter().filter(|key| key.algorithm == header.alg) {
        if !key.is_meant_by(header) {
            continue;
        }
        match decode(token.reveal(), &key.key, &validation) {
            Ok(decoded) => return Ok(decoded.claims),
            Err(error) => match AuthError::of(error.kind()) {
                AuthError::Signature => refusal = AuthError::Signature,
                other => return Err(other),
            },
        }
    }
    Err(refusal)
}

impl TrustedKey {
    /// Whether the token names this key, or one of the two has no name.
    fn is_meant_by(&self, header: &Header) -> bool {
        match (&self.id, &header.kid) {
            (Some(id), Some(named)) => id == named,
            _ => true,
        }
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
