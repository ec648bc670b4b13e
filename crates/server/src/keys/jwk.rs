//! Sets of keys in JSON (JWKS, RFC 7517): which of their keys tokens can be checked by here. Fetches nothing.
//!
//! Whoever can read the set can sign with a symmetric key of it, so that none is ever taken, whatever it says it is for.

#[cfg(test)]
mod tests;

use jsonwebtoken::{DecodingKey, crypto};
use serde_json::Value;

use super::TrustedKey;
use crate::{
    key::{self, JwtAlgorithm},
    limits::JWKS_KEYS_MAX,
};

/// The keys of a set.
#[derive(Debug)]
pub(super) struct KeySet {
    pub(super) keys: Vec<TrustedKey>,
    /// Which others there are, and why they are left out.
    pub(super) left_out: Vec<String>,
}

/// Tells why a key of a set is not taken.
enum LeftOut {
    /// It is for something else, as sets have them.
    NotForSignatures,
    Refused(String),
}

impl KeySet {
    /// Reads a set. Keys of kinds that are not used here are left out, for sets serve others, too.
    ///
    /// # Errors
    /// What it is instead, or why there is no key in it that can be used.
    pub(super) fn read(bytes: &[u8]) -> Result<Self, String> {
        let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
        let json: Value = serde_json::from_slice(bytes)
            .map_err(|_| format!("this is no JSON; {EXPECTED}, as in {EXAMPLE}"))?;
        let Some(Value::Array(keys)) = json.get("keys") else {
            let found = match json {
                _ if json.get("kty").is_some() => "a single key",
                _ if json.get("jwks_uri").is_some() => {
                    "what an OpenID provider says of itself; its `jwks_uri` names the set"
                }
                _ => "other JSON",
            };
            return Err(format!("this is {found}; {EXPECTED}, as in {EXAMPLE}"));
        };
        if keys.len() > JWKS_KEYS_MAX {
            return Err(format!(
                "the set has {} keys; at most {JWKS_KEYS_MAX} are allowed",
                keys.len()
            ));
        }
        let mut set = Self { keys: Vec::new(), left_out: Vec::new() };
        for (place, jwk) in (1..).zip(keys) {
            match read_key(jwk) {
                Ok(key) => set.keys.push(key),
                Err(LeftOut::NotForSignatures) => {}
                Err(LeftOut::Refused(why)) => set.left_out.push(format!("key {place} is {why}")),
            }
        }
        if set.keys.is_empty() {
            let why = match set.left_out.as_slice() {
                [] => "it has none for signatures".to_owned(),
                reasons => reasons.join("; "),
            };
            return Err(format!(
                "the set has no key that tokens can be checked by: {why}; {ALLOWED}"
            ));
        }
        Ok(set)
    }
}

fn read_key(jwk: &Value) -> Result<TrustedKey, LeftOut> {
    let kind = member(jwk, "kty").ok_or_else(|| refused("no key: its `kty` is missing"))?;
    if kind == "oct" {
        return Err(refused("symmetric (`oct`): whoever can read the set could sign with it"));
    }
    if PRIVATE.iter().any(|name| jwk.get(name).is_some()) {
        return Err(refused("a private key, which is nobody's but the signer's"));
    }
    if !is_for_signatures(jwk) {
        return Err(LeftOut::NotForSignatures);
    }
    let (algorithm, key) = match kind {
        "RSA" => (JwtAlgorithm::Rs256, rsa(jwk)?),
        "EC" => ec(jwk)?,
        "OKP" => (JwtAlgorithm::EdDsa, ed25519(jwk)?),
        _ => return Err(refused("of an unknown kind (`kty`)")),
    };
    let id = match jwk.get("kid") {
        None | Some(Value::Null) => None,
        Some(Value::String(id)) => Some(id.clone()),
        Some(_) => return Err(refused("without a name: its `kid` is no text")),
    };
    let algorithm = algorithm.algorithm();
    match jwk.get("alg") {
        None | Some(Value::Null) => {}
        // RFC 9864 §2.2: the same by its full name.
        Some(Value::String(narrow)) if kind == "OKP" && narrow == "Ed25519" => {}
        Some(narrow) if *narrow == format!("{algorithm:?}") => {}
        Some(_) => {
            return Err(refused(&format!("for another algorithm (`alg`) than {algorithm:?}")));
        }
    }
    // A point that is on no curve would refuse each token as if the token were wrong.
    if crypto::verify("", b"", &key, algorithm).is_err() {
        return Err(refused("damaged"));
    }
    Ok(TrustedKey { id, algorithm, key })
}

/// Whether `use` and `key_ops` allow to verify (RFC 7517 §4.2 and §4.3).
fn is_for_signatures(jwk: &Value) -> bool {
    let by_use = jwk.get("use").is_none_or(|usage| usage.is_null() || usage == "sig");
    let by_operations = match jwk.get("key_ops") {
        Some(Value::Array(operations)) => operations.iter().any(|operation| operation == "verify"),
        _ => true,
    };
    by_use && by_operations
}

/// RFC 7518 §6.3.1.
fn rsa(jwk: &Value) -> Result<DecodingKey, LeftOut> {
    let [modulus, exponent] = ["n", "e"].map(|name| number(jwk, name));
    let (modulus, exponent) = (modulus?, exponent?);
    key::check_rsa_bits(&modulus)
        .map_err(|what| LeftOut::Refused(what.replacen("this is ", "", 1)))?;
    // What the crate `rsa` takes: odd, and of at most 33 bits.
    let value = exponent.iter().fold(0_u64, |value, byte| value << 8 | u64::from(*byte));
    let is_usable = exponent.len() <= 5 && value > 2 && value < 1 << 33 && value % 2 == 1;
    if !is_usable {
        return Err(refused("an RSA key with an exponent (`e`) that is out of range"));
    }
    Ok(DecodingKey::from_rsa_raw_components(&modulus, &exponent))
}

/// RFC 7518 §6.2.1.
fn ec(jwk: &Value) -> Result<(JwtAlgorithm, DecodingKey), LeftOut> {
    let (algorithm, bytes) = match member(jwk, "crv") {
        Some("P-256") => (JwtAlgorithm::Es256, 32),
        Some("P-384") => (JwtAlgorithm::Es384, 48),
        _ => return Err(refused("an EC key on another curve (`crv`) than P-256 and P-384")),
    };
    let mut point = vec![UNCOMPRESSED];
    for name in ["x", "y"] {
        point.extend(coordinate(jwk, name, bytes)?);
    }
    Ok((algorithm, DecodingKey::from_ec_der(&point)))
}

/// RFC 8037 §2.
fn ed25519(jwk: &Value) -> Result<DecodingKey, LeftOut> {
    match member(jwk, "crv") {
        Some("Ed25519") => Ok(DecodingKey::from_ed_der(&coordinate(jwk, "x", 32)?)),
        _ => Err(refused("an OKP key on another curve (`crv`) than Ed25519")),
    }
}

fn coordinate(jwk: &Value, name: &str, bytes: usize) -> Result<Vec<u8>, LeftOut> {
    decoded(jwk, name).filter(|decoded| decoded.len() == bytes).ok_or_else(|| {
        refused(&format!("damaged: its `{name}` must be {bytes} bytes in base64url"))
    })
}

/// Returns an unsigned number without the zeros that some put before it (RFC 7518 §2, Base64urlUInt).
fn number(jwk: &Value, name: &str) -> Result<Vec<u8>, LeftOut> {
    let bytes = decoded(jwk, name)
        .ok_or_else(|| refused(&format!("damaged: its `{name}` must be a number in base64url")))?;
    Ok(bytes.into_iter().skip_while(|byte| *byte == 0).collect())
}

fn decoded(jwk: &Value, name: &str) -> Option<Vec<u8>> {
    key::base64(member(jwk, name)?.as_bytes())
}

fn member<'j>(jwk: &'j Value, name: &str) -> Option<&'j str> {
    jwk.get(name)?.as_str()
}

fn refused(why: &str) -> LeftOut {
    LeftOut::Refused(why.to_owned())
}

/// Members that only private keys have (RFC 7518 §6.2.2, §6.3.2 and RFC 8037 §2).
const PRIVATE: [&str; 3] = ["d", "p", "q"];

/// How a point with both coordinates begins (SEC 1 §2.3.3).
const UNCOMPRESSED: u8 = 4;

const EXPECTED: &str = "a set of keys (JWKS, RFC 7517) is expected";
const EXAMPLE: &str = r#"{"keys": [{"kty": "OKP", "crv": "Ed25519", "x": "…"}]}"#;
const ALLOWED: &str = "allowed are public keys for signatures: RSA (RS256), EC P-256 (ES256), EC P-384 (ES384) and Ed25519 (EdDSA)";
