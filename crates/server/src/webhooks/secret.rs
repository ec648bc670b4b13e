//! The secret of a webhook, and what is signed by it (Standard Webhooks, "Signature scheme"). Prints nowhere.

use std::fmt;

use base64::{Engine, engine::general_purpose::STANDARD};
use hmac::{Hmac, Mac};
use sha2::Sha256;

use crate::limits::{WEBHOOK_SECRET_BYTES_MAX, WEBHOOK_SECRET_BYTES_MIN};

/// Bytes that the server and one back end know.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Secret(Vec<u8>);

impl Secret {
    /// Reads a secret as Standard Webhooks writes it.
    ///
    /// # Errors
    /// What is wrong with it, without repeating it.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let coded = text.strip_prefix(PREFIX).ok_or(format!("does not begin with {PREFIX}"))?;
        let bytes = STANDARD.decode(coded).map_err(|_| "is no base64 (RFC 4648 §4)")?;
        if !(WEBHOOK_SECRET_BYTES_MIN..=WEBHOOK_SECRET_BYTES_MAX).contains(&bytes.len()) {
            return Err(format!("has {} bytes", bytes.len()));
        }
        Ok(Self(bytes))
    }

    /// Signs a body for an attempt at so many seconds since 1970; returns the value of `webhook-signature`.
    pub(super) fn sign(&self, id: &str, seconds: u64, body: &str) -> String {
        // A key of HMAC may have any length (RFC 2104 §2).
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.0) else { return String::new() };
        mac.update(format!("{id}.{seconds}.{body}").as_bytes());
        format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

pub(super) const PREFIX: &str = "whsec_";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_that_of_the_specifications_example() {
        let secret = Secret::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let id = "msg_p5jXN8AQM9LWM0D4loKWxJek";
        let signature = secret.sign(id, 1_614_265_330, r#"{"test": 2432232314}"#);
        assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn a_secret_is_as_long_as_the_specification_allows_and_prints_nowhere() {
        let secret = |bytes: usize| format!("whsec_{}", STANDARD.encode(vec![7; bytes]));
        for bytes in [24, 32, 64] {
            let secret = Secret::parse(&secret(bytes)).unwrap();
            assert_eq!(format!("{secret:?}"), "Secret(…)");
        }
        for (text, word) in [
            (secret(23), "23 bytes"),
            (secret(65), "65 bytes"),
            ("whsec_".to_owned(), "0 bytes"),
            ("whsec_not base64".to_owned(), "no base64"),
            ("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".to_owned(), "whsec_"),
        ] {
            let error = Secret::parse(&text).unwrap_err();
            assert!(error.contains(word), "{text}: {error}");
        }
    }
}
