//! The secret of a service key, and the hash that is kept of it. Keeps neither.

use std::fmt;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::limits::SERVICE_KEY_BYTES;

/// The SHA-256 hash of a key. A key is 256 random bits and cannot be guessed, so that a slow hash would only cost the
/// server (docs/decisions/0019-service-keys.md).
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Hash([u8; 32]);

/// Makes a fresh key.
///
/// # Errors
/// The operating system has no randomness.
pub(super) fn generate() -> Result<String, getrandom::Error> {
    let mut bytes = [0; SERVICE_KEY_BYTES];
    getrandom::fill(&mut bytes)?;
    Ok(format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(bytes)))
}

impl Hash {
    pub(super) fn of(key: &str) -> Self {
        Self(Sha256::digest(key.as_bytes()).into())
    }

    /// Reads 64 hexadecimal digits.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let digits = text.chars().map(|digit| digit.to_digit(16)).collect::<Option<Vec<_>>>()?;
        let bytes =
            digits.chunks(2).map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | digit));
        let bytes = bytes.map(u8::try_from).collect::<Result<Vec<_>, _>>().ok()?;
        if digits.len() == 64 { bytes.try_into().ok().map(Self) } else { None }
    }

    /// Compares in a time that does not tell where two differ.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// By this a key is known as one, by people and by programs that look for secrets in the wrong places.
const PREFIX: &str = "msk_";
