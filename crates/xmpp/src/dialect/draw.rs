//! Nonces, resources and ids from one seed: HMAC-SHA-256 over a counter, so that none tells another.

use core::fmt;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, Mac};
use sha2::Sha256;

pub(super) struct Draws {
    seed: [u8; 32],
    count: u64,
}

impl Draws {
    pub(super) const fn new(seed: [u8; 32]) -> Self {
        Self { seed, count: 0 }
    }

    /// Draws 24 characters of 144 bits, letters, digits, `-` and `_`.
    pub(super) fn draw(&mut self) -> String {
        self.count += 1;
        // A key of any length is allowed (RFC 2104 §3).
        let mut mac =
            <Hmac<Sha256> as Mac>::new_from_slice(&self.seed).unwrap_or_else(|_| unreachable!());
        mac.update(&self.count.to_be_bytes());
        URL_SAFE_NO_PAD.encode(&mac.finalize().into_bytes()[..18])
    }
}

impl fmt::Debug for Draws {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Draws").field("count", &self.count).finish_non_exhaustive()
    }
}
