//! SCRAM (RFC 5802, RFC 7677) without channel binding, which browsers do not offer.

use core::fmt;

use base64::{Engine, engine::general_purpose::STANDARD};
use hmac::{Hmac, Mac};
use sha1::Sha1;
use sha2::{Digest, Sha256};

use crate::limits::{SCRAM_ROUNDS_MAX, SCRAM_ROUNDS_MIN};

/// The hash function of an exchange.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Hash {
    /// SCRAM-SHA-1.
    Sha1,
    /// SCRAM-SHA-256.
    Sha256,
}

/// The reason why an exchange failed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum ScramError {
    /// A message that is none of this mechanism.
    Malformed,
    /// A message that nobody asked for.
    Unasked,
    /// An answer to somebody else's nonce.
    Nonce,
    /// The service asks for fewer or more rounds than are computed.
    Rounds {
        /// How many it asks for.
        rounds: u32,
    },
    /// An extension that must be understood.
    Extension,
    /// The service does not know the password: it may be somebody else.
    Signature,
    /// The service says no.
    Refused,
}

/// The state of one SCRAM exchange.
pub struct Scram {
    hash: Hash,
    password: Box<str>,
    state: State,
}

enum State {
    Begun { nonce: Box<str>, first_bare: Box<str> },
    Answered { signature: Vec<u8> },
    Proved,
}

/// Header that says: no channel binding, no other identity (RFC 5802 §7).
const HEADER: &str = "n,,";

impl Scram {
    /// Begins: returns the exchange and what to say first. The nonce is printable ASCII without comma, and used once.
    pub(super) fn begin(hash: Hash, user: &str, password: &str, nonce: &str) -> (Self, String) {
        let user = user.replace('=', "=3D").replace(',', "=2C");
        let first_bare = format!("n={user},r={nonce}");
        let first = format!("{HEADER}{first_bare}");
        let state = State::Begun { nonce: nonce.into(), first_bare: first_bare.into() };
        (Self { hash, password: password.into(), state }, first)
    }

    /// Answers the challenge.
    pub(super) fn challenge(&mut self, challenge: &str) -> Result<String, ScramError> {
        let (nonce, first_bare) = match &self.state {
            State::Begun { nonce, first_bare } => (nonce, first_bare),
            // RFC 5802 §5: the proof may come as one more challenge, which is answered by nothing.
            State::Answered { .. } => return self.success(challenge).map(|()| String::new()),
            State::Proved => return Err(ScramError::Unasked),
        };
        let mut fields = challenge.split(',');
        let first = fields.next().unwrap_or_default();
        if first.starts_with("m=") {
            return Err(ScramError::Extension);
        }
        let both = first.strip_prefix("r=").ok_or(ScramError::Malformed)?;
        if both.strip_prefix(&**nonce).is_none_or(str::is_empty) {
            return Err(ScramError::Nonce);
        }
        let salt = fields.next().and_then(|field| field.strip_prefix("s="));
        let salt = STANDARD
            .decode(salt.ok_or(ScramError::Malformed)?)
            .map_err(|_| ScramError::Malformed)?;
        let rounds = fields.next().and_then(|field| field.strip_prefix("i="));
        let rounds: u32 = rounds
            .and_then(|rounds| rounds.parse().ok())
            .filter(|_| !salt.is_empty())
            .ok_or(ScramError::Malformed)?;
        if !(SCRAM_ROUNDS_MIN..=SCRAM_ROUNDS_MAX).contains(&rounds) {
            return Err(ScramError::Rounds { rounds });
        }
        let final_bare = format!("c={},r={both}", STANDARD.encode(HEADER));
        let message = format!("{first_bare},{challenge},{final_bare}");
        let (proof, signature) = match self.hash {
            Hash::Sha1 => prove_sha1(&self.password, &salt, rounds, message.as_bytes()),
            Hash::Sha256 => prove_sha256(&self.password, &salt, rounds, message.as_bytes()),
        };
        self.state = State::Answered { signature };
        Ok(format!("{final_bare},p={}", STANDARD.encode(proof)))
    }

    /// Takes the service's proof; an empty one where it came as a challenge already.
    pub(super) fn success(&mut self, message: &str) -> Result<(), ScramError> {
        let signature = match &self.state {
            State::Begun { .. } => return Err(ScramError::Unasked),
            State::Proved if message.is_empty() => return Ok(()),
            State::Proved => return Err(ScramError::Unasked),
            State::Answered { signature } => signature,
        };
        let field = message.split(',').next().unwrap_or_default();
        if field.starts_with("e=") {
            return Err(ScramError::Refused);
        }
        let theirs = field.strip_prefix("v=").ok_or(ScramError::Signature)?;
        let theirs = STANDARD.decode(theirs).map_err(|_| ScramError::Malformed)?;
        if theirs != *signature {
            return Err(ScramError::Signature);
        }
        self.state = State::Proved;
        Ok(())
    }
}

// One function a hash: generic code over digests needs a page of bounds, and saves no byte.
macro_rules! prove {
    ($name:ident, $hash:ty, $length:literal) => {
        /// Returns the proof and what the service must prove in turn (RFC 5802 §3).
        fn $name(password: &str, salt: &[u8], rounds: u32, message: &[u8]) -> (Vec<u8>, Vec<u8>) {
            let salted: [u8; $length] =
                pbkdf2::pbkdf2_hmac_array::<$hash, $length>(password.as_bytes(), salt, rounds);
            let hmac = |key: &[u8], text: &[u8]| {
                // A key of any length is allowed (RFC 2104 §3).
                let mut mac =
                    <Hmac<$hash> as Mac>::new_from_slice(key).unwrap_or_else(|_| unreachable!());
                mac.update(text);
                mac.finalize().into_bytes()
            };
            let key = hmac(&salted, b"Client Key");
            let signature = hmac(&<$hash>::digest(key), message);
            let proof = key.iter().zip(signature).map(|(key, signature)| key ^ signature).collect();
            (proof, hmac(&hmac(&salted, b"Server Key"), message).to_vec())
        }
    };
}

prove!(prove_sha1, Sha1, 20);
prove!(prove_sha256, Sha256, 32);

impl fmt::Debug for Scram {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scram").field("hash", &self.hash).finish_non_exhaustive()
    }
}

impl fmt::Display for ScramError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed => write!(f, "the service's step of the sign-in is malformed"),
            Self::Unasked => {
                write!(f, "the service takes a step of the sign-in that nobody asked for")
            }
            Self::Nonce => write!(f, "the service answers another sign-in than this one"),
            Self::Rounds { rounds } => write!(
                f,
                "the service asks for {rounds} rounds of hashing; {SCRAM_ROUNDS_MIN} to {SCRAM_ROUNDS_MAX} are allowed"
            ),
            Self::Extension => {
                write!(f, "the service wants an extension of the sign-in that is not known")
            }
            Self::Signature => write!(f, "the service did not prove that it knows the password"),
            Self::Refused => write!(f, "the service refused the sign-in"),
        }
    }
}

impl core::error::Error for ScramError {}

#[cfg(test)]
mod tests {
    use super::*;

    /// The examples of RFC 5802 §5 and RFC 7677 §3.
    const SHA_1: [&str; 4] = [
        "fyko+d2lbbFgONRv9qkxdawL",
        "r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096",
        "c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=",
        "v=rmF9pqV8S7suAoZWja4dJRkFsKQ=",
    ];
    const SHA_256: [&str; 4] = [
        "rOprNGfwEbeRWgbNEkqO",
        "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
        "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
        "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=",
    ];

    fn begun() -> Scram {
        Scram::begin(Hash::Sha1, "user", "pencil", SHA_1[0]).0
    }

    #[test]
    fn the_examples_of_the_standards_come_out() {
        for (hash, [nonce, challenge, answer, success]) in
            [(Hash::Sha1, SHA_1), (Hash::Sha256, SHA_256)]
        {
            let (mut scram, first) = Scram::begin(hash, "user", "pencil", nonce);
            assert_eq!(first, format!("n,,n=user,r={nonce}"));
            assert_eq!(scram.challenge(challenge).as_deref(), Ok(answer));
            assert_eq!(scram.success(success), Ok(()));
        }
    }

    #[test]
    fn the_proof_may_come_as_a_challenge() {
        let mut scram = begun();
        scram.challenge(SHA_1[1]).unwrap();
        assert_eq!(scram.challenge(SHA_1[3]).as_deref(), Ok(""));
        assert_eq!(scram.success(""), Ok(()));
        assert_eq!(scram.challenge(SHA_1[1]), Err(ScramError::Unasked));
    }

    #[test]
    fn a_service_that_does_not_know_the_password_is_found_out() {
        let mut scram = begun();
        assert_eq!(scram.success(SHA_1[3]), Err(ScramError::Unasked));
        scram.challenge(SHA_1[1]).unwrap();
        assert_eq!(scram.success(""), Err(ScramError::Signature));
        assert_eq!(scram.success(SHA_256[3]), Err(ScramError::Signature));
        assert_eq!(scram.success("v=!"), Err(ScramError::Malformed));
        assert_eq!(scram.success("e=other-error"), Err(ScramError::Refused));
    }

    #[test]
    fn bad_challenges_are_refused() {
        let with = |from, to| SHA_1[1].replace(from, to);
        for (challenge, expect) in [
            (with("3rfcNHYJY1ZVvWVs7j", ""), ScramError::Nonce),
            (with("r=f", "r=g"), ScramError::Nonce),
            (with("4096", "4095"), ScramError::Rounds { rounds: 4_095 }),
            (with("4096", "4000000000"), ScramError::Rounds { rounds: 4_000_000_000 }),
            (with("4096", "-1"), ScramError::Malformed),
            (with("4096", "9999999999"), ScramError::Malformed),
            (with("QSXCR+Q6sek8bf92", "!"), ScramError::Malformed),
            (with("QSXCR+Q6sek8bf92", ""), ScramError::Malformed),
            (format!("m=x,{}", SHA_1[1]), ScramError::Extension),
            (String::new(), ScramError::Malformed),
        ] {
            assert_eq!(begun().challenge(&challenge), Err(expect), "{challenge}");
        }
    }

    #[test]
    fn names_are_escaped() {
        assert_eq!(Scram::begin(Hash::Sha1, "a=,b", "", "n").1, "n,,n=a=3D=2Cb,r=n");
    }
}
