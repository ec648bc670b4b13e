//! The key by which tokens are checked: what kind a file is of, and which algorithm belongs to it. Checks no token.
//!
//! A public key taken for a secret would let everybody sign who has it. So whatever is known as a key of some kind is
//! never a secret, and what is neither known nor plainly a secret has to be declared as one.

mod der;
pub(crate) mod signing;
#[cfg(test)]
mod tests;

use clap::ValueEnum;
use jsonwebtoken::{Algorithm, DecodingKey};
use serde::Deserialize;

use self::der::{BIT_STRING, INTEGER, OBJECT_IDENTIFIER, SEQUENCE};
use crate::limits::{RSA_BITS_MAX, RSA_BITS_MIN, SECRET_BYTES_MIN};

/// An algorithm that tokens can be signed by here.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum, Deserialize)]
pub(crate) enum JwtAlgorithm {
    /// A secret that server and back end share.
    #[value(name = "HS256")]
    #[serde(rename = "HS256")]
    Hs256,
    /// An Ed25519 key.
    #[value(name = "EdDSA")]
    #[serde(rename = "EdDSA")]
    EdDsa,
    /// An EC key on the curve P-256.
    #[value(name = "ES256")]
    #[serde(rename = "ES256")]
    Es256,
    /// An EC key on the curve P-384.
    #[value(name = "ES384")]
    #[serde(rename = "ES384")]
    Es384,
    /// An RSA key.
    #[value(name = "RS256")]
    #[serde(rename = "RS256")]
    Rs256,
}

/// A key and the one algorithm that belongs to it.
type Key = (JwtAlgorithm, DecodingKey);

impl JwtAlgorithm {
    pub(crate) const fn algorithm(self) -> Algorithm {
        match self {
            Self::Hs256 => Algorithm::HS256,
            Self::EdDsa => Algorithm::EdDSA,
            Self::Es256 => Algorithm::ES256,
            Self::Es384 => Algorithm::ES384,
            Self::Rs256 => Algorithm::RS256,
        }
    }
}

/// Reads a key file's content. What is in the file decides the algorithm, never a token's header; `declared` is what
/// the operator says that it is.
///
/// # Errors
/// The kind of file that it is instead, and what is allowed.
pub(crate) fn read(bytes: &[u8], declared: Option<JwtAlgorithm>) -> Result<Key, String> {
    let bytes = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes);
    if bytes.trim_ascii().is_empty() {
        return Err(format!("the key file is empty; {ALLOWED}"));
    }
    let (found, key) = match text(bytes) {
        Some(text) => match known_text(text)? {
            Some(key) => key,
            None => text_secret(text, declared)?,
        },
        None => binary_secret(bytes, declared)?,
    };
    as_declared(found, key, declared)
}

/// Refuses a key that is not for what the operator says.
fn as_declared<K>(
    found: JwtAlgorithm,
    key: K,
    declared: Option<JwtAlgorithm>,
) -> Result<(JwtAlgorithm, K), String> {
    match declared {
        Some(declared) if declared != found => Err(format!(
            "this is a key for {:?}, and --jwt-algorithm says {:?}",
            found.algorithm(),
            declared.algorithm()
        )),
        _ => Ok((found, key)),
    }
}

/// Returns the content as text without white space around it; `None` for bytes that are none.
fn text(bytes: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(bytes).ok()?.trim();
    (!text.contains(|c: char| c.is_control() && !c.is_ascii_whitespace())).then_some(text)
}

/// Recognises what is known in text; `None` for what is not.
fn known_text(text: &str) -> Result<Option<Key>, String> {
    if text.contains(PEM_BEGIN) {
        return public_key(text).map(Some);
    }
    match kind(text, Depth::Encoded) {
        Some(kind) => Err(refusal(kind)),
        None => Ok(None),
    }
}

/// How deep a text is looked into.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Depth {
    /// As it is, and what it is base64 or hexadecimal of.
    Encoded,
    /// As it is; a key in DER is found in base64 or hexadecimal, too.
    Plain,
}

/// Recognises what is no secret and no PEM either.
fn kind(text: &str, depth: Depth) -> Option<&'static str> {
    let starts =
        |beginnings: &[&str]| beginnings.iter().any(|beginning| text.starts_with(beginning));
    let kind = if text.starts_with(['{', '[']) {
        json_kind(text)
    } else if starts(&["---- BEGIN SSH2"]) || text.split_whitespace().any(is_ssh_word) {
        "a key of SSH (for Ed25519 and RSA: ssh-keygen -e -m PKCS8 -f FILE writes PEM)"
    } else if starts(&["PuTTY-User-Key-File"]) {
        "a private key of PuTTY"
    } else if starts(&["untrusted comment:"]) {
        "a key of minisign or signify"
    } else if starts(&["age1", "AGE-SECRET-KEY-"]) {
        "a key of age"
    } else if starts(&["http://", "https://", "file:"]) && !text.contains(char::is_whitespace) {
        "an address; the key itself must be in the file"
    } else if text.starts_with('<') {
        "XML or HTML"
    } else if is_token(text) {
        "a token, signed with the key"
    } else if decoded(text).any(|bytes| is_key(&bytes)) {
        "a key in base64 or hexadecimal without the lines of PEM around it (-----BEGIN PUBLIC KEY-----)"
    } else if depth == Depth::Encoded && decoded(text).any(|bytes| is_known(&bytes)) {
        "a key file, or other text that is no secret, in base64 or hexadecimal; decode it (base64 -d)"
    } else {
        return None;
    };
    Some(kind)
}

fn json_kind(text: &str) -> &'static str {
    match serde_json::from_str::<serde_json::Value>(text) {
        Ok(json) if json.get("keys").is_some() => {
            "a set of keys in JSON (JWKS), which --jwks takes"
        }
        Ok(json) if json.get("kty").is_some() => "a key in JSON (JWK)",
        _ => "JSON, or something like it",
    }
}

fn is_ssh_word(word: &str) -> bool {
    const KINDS: [&str; 4] = ["ssh-", "ecdsa-sha2-", "sk-ssh-", "sk-ecdsa-sha2-"];
    // As base64 the length of such a name, and its beginning.
    const BLOBS: [&str; 4] = ["AAAAB3NzaC1", "AAAAC3NzaC1", "AAAAE2VjZHNh", "AAAAG"];
    KINDS.iter().any(|kind| word.starts_with(kind))
        || BLOBS.iter().any(|blob| word.starts_with(blob))
}

fn is_token(text: &str) -> bool {
    text.starts_with("eyJ") && text.split('.').count() == 3
}

/// Decodes what is written in base64 or hexadecimal: the whole text, or a word of it, as in a setting; over lines, too.
fn decoded(text: &str) -> impl Iterator<Item = Vec<u8>> {
    fn words(text: &str) -> impl Iterator<Item = &str> {
        text.split(|c: char| !c.is_ascii_alphanumeric() && !"+/-_".contains(c))
    }
    let unwrapped: String = text.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    let bytes = |digits: &str| [hexadecimal(digits.as_bytes()), base64(digits.as_bytes())];
    let found: Vec<_> = words(&unwrapped).chain(words(text)).flat_map(bytes).flatten().collect();
    found.into_iter()
}

/// Whether decoded bytes are text that is known. Short ones may look like anything.
fn is_known(bytes: &[u8]) -> bool {
    let begins = bytes.windows(PEM_BEGIN.len()).any(|window| window == PEM_BEGIN.as_bytes());
    let bytes = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes);
    begins
        || (bytes.len() >= SECRET_BYTES_MIN
            && text(bytes).is_some_and(|text| kind(text, Depth::Plain).is_some()))
}

fn hexadecimal(digits: &[u8]) -> Option<Vec<u8>> {
    let digits = digits.iter().map(|digit| char::from(*digit).to_digit(16));
    let digits = digits.collect::<Option<Vec<_>>>()?;
    let bytes = digits.chunks(2).map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | digit));
    bytes.map(|byte| u8::try_from(byte).ok()).collect()
}

/// Decodes base64 in either alphabet (RFC 4648 §4 and §5).
pub(crate) fn base64(digits: &[u8]) -> Option<Vec<u8>> {
    let end = digits.iter().rposition(|digit| *digit != b'=').map_or(0, |last| last + 1);
    let (mut bytes, mut gathered, mut bits) = (Vec::new(), 0_u32, 0);
    for digit in &digits[..end] {
        let value = match digit {
            b'A'..=b'Z' => digit - b'A',
            b'a'..=b'z' => digit - b'a' + 26,
            b'0'..=b'9' => digit - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => return None,
        };
        gathered = (gathered << 6 | u32::from(value)) & 0xFFFF;
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push((gathered >> bits & 0xFF) as u8);
        }
    }
    Some(bytes)
}

/// Whether bytes are a key or a certificate in DER: a SEQUENCE that begins with a number or another SEQUENCE.
fn is_key(bytes: &[u8]) -> bool {
    der::sequence(bytes)
        .is_some_and(|elements| elements.len() > 1 && matches!(elements[0].tag, INTEGER | SEQUENCE))
}

fn text_secret(text: &str, declared: Option<JwtAlgorithm>) -> Result<Key, String> {
    match declared {
        Some(JwtAlgorithm::Hs256) => {}
        Some(_) => return Err(refusal("no public key in PEM")),
        None if text.lines().count() > 1 => {
            return Err(refusal("text of several lines, of no kind that is known"));
        }
        None => {}
    }
    secret(text.as_bytes())
}

/// Takes bytes as they are: white space at their ends belongs to them.
fn binary_secret(bytes: &[u8], declared: Option<JwtAlgorithm>) -> Result<Key, String> {
    if is_key(bytes) {
        return Err(refusal(
            "a key or a certificate in DER (openssl pkey -pubin -inform DER -in FILE writes a public key as PEM)",
        ));
    }
    if is_utf16(bytes) {
        return Err(refusal("text in UTF-16; save it as UTF-8"));
    }
    match declared {
        Some(JwtAlgorithm::Hs256) => secret(bytes),
        Some(_) => Err(refusal("no public key in PEM")),
        None => Err(refusal("binary, of no kind that is known")),
    }
}

fn is_utf16(bytes: &[u8]) -> bool {
    let units = |of: fn([u8; 2]) -> u16| {
        bytes.chunks(2).all(|pair| {
            let unit = pair.try_into().map_or(0, of);
            unit == 0xFEFF || (unit < 0x80 && unit != 0)
        })
    };
    units(u16::from_le_bytes) || units(u16::from_be_bytes)
}

fn secret(bytes: &[u8]) -> Result<Key, String> {
    if bytes.len() < SECRET_BYTES_MIN {
        return Err(format!(
            "an HS256 secret of {} bytes is too short; it must have at least {SECRET_BYTES_MIN} (RFC 7518 §3.2), as \
             `openssl rand -hex 32` makes them",
            bytes.len()
        ));
    }
    Ok((JwtAlgorithm::Hs256, DecodingKey::from_secret(bytes)))
}

/// Reads the one public key of a PEM text (RFC 7468).
fn public_key(text: &str) -> Result<Key, String> {
    let labels: Vec<_> = text
        .split(PEM_BEGIN)
        .skip(1)
        .map(|rest| rest.split("-----").next().unwrap_or_default())
        .collect();
    if labels.iter().any(|label| label.contains("PRIVATE KEY")) {
        return Err("this is a private key; the server needs the public one only".to_owned());
    }
    let [label] = labels[..] else {
        return Err(refusal("a PEM text with several parts"));
    };
    let damaged = || refusal("a damaged PEM text");
    // The label alone may be in a comment before it.
    let (_, rest) = text.split_once(&format!("{PEM_BEGIN}{label}-----")).ok_or_else(damaged)?;
    let (body, _) = rest.split_once("-----END ").ok_or_else(damaged)?;
    let digits: Vec<u8> = body.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    match label {
        "PUBLIC KEY" => subject_public_key(&base64(&digits).ok_or_else(damaged)?),
        "RSA PUBLIC KEY" => rsa(&base64(&digits).ok_or_else(damaged)?),
        "CERTIFICATE" | "X509 CERTIFICATE" | "TRUSTED CERTIFICATE" => Err(refusal(
            "a certificate (openssl x509 -pubkey -noout -in FILE prints its public key)",
        )),
        "PGP PUBLIC KEY BLOCK" => Err(refusal("a key of OpenPGP")),
        _ => Err(refusal("a PEM text of another kind")),
    }
}

/// Reads a SubjectPublicKeyInfo (RFC 5280 §4.1).
fn subject_public_key(bytes: &[u8]) -> Result<Key, String> {
    let damaged = || refusal("a damaged public key");
    let parts = der::sequence(bytes).ok_or_else(damaged)?;
    let [kind, key] = parts[..] else { return Err(damaged()) };
    if kind.tag != SEQUENCE {
        return Err(damaged());
    }
    let kind = der::all(kind.content).ok_or_else(damaged)?;
    let oid = |place: usize| {
        let element = kind.get(place).filter(|element| element.tag == OBJECT_IDENTIFIER);
        element.map_or(&[][..], |element| element.content)
    };
    // A bit string begins with the number of bits that are left over.
    let key = match key.content.split_first() {
        Some((0, bits)) if key.tag == BIT_STRING => bits,
        _ => return Err(damaged()),
    };
    match (oid(0), oid(1)) {
        (ED25519, _) if key.len() == 32 => Ok((JwtAlgorithm::EdDsa, DecodingKey::from_ed_der(key))),
        (EC, P256) if matches!((key.first(), key.len()), (Some(4), 65) | (Some(2 | 3), 33)) => {
            Ok((JwtAlgorithm::Es256, DecodingKey::from_ec_der(key)))
        }
        (EC, P384) if matches!((key.first(), key.len()), (Some(4), 97) | (Some(2 | 3), 49)) => {
            Ok((JwtAlgorithm::Es384, DecodingKey::from_ec_der(key)))
        }
        (RSA, _) => rsa(key),
        (ED25519, _) | (EC, P256 | P384) => Err(damaged()),
        (EC, P521) => Err(refusal("an EC key on the curve P-521 (ES512)")),
        (EC, SECP256K1) => Err(refusal("an EC key on the curve secp256k1 (ES256K)")),
        (EC, _) => Err(refusal("an EC key on another curve than P-256 and P-384")),
        (ED448, _) => Err(refusal("an Ed448 key")),
        (X25519, _) => Err(refusal("an X25519 key, which signs nothing")),
        (RSA_PSS, _) => Err(refusal("an RSA-PSS key (PS256)")),
        (DSA, _) => Err(refusal("a DSA key")),
        _ => Err(refusal("a public key of another kind")),
    }
}

/// Reads an RSAPublicKey (RFC 8017 §A.1.1).
fn rsa(bytes: &[u8]) -> Result<Key, String> {
    let damaged = || refusal("a damaged RSA key");
    let parts = der::sequence(bytes).ok_or_else(damaged)?;
    let [modulus, exponent] = parts[..] else { return Err(damaged()) };
    if modulus.tag != INTEGER || exponent.tag != INTEGER {
        return Err(damaged());
    }
    let modulus = match modulus.content {
        [0, digits @ ..] | digits => digits,
    };
    check_rsa_bits(modulus)?;
    Ok((JwtAlgorithm::Rs256, DecodingKey::from_rsa_der(bytes)))
}

/// Checks how long an RSA key is by its modulus, which begins with no zero byte.
pub(crate) fn check_rsa_bits(modulus: &[u8]) -> Result<(), String> {
    let bits = 8 * modulus.len() - modulus.first().map_or(0, |byte| byte.leading_zeros() as usize);
    if (RSA_BITS_MIN..=RSA_BITS_MAX).contains(&bits) {
        return Ok(());
    }
    Err(format!(
        "this is an RSA key of {bits} bits; it must have {RSA_BITS_MIN} (RFC 7518 §3.3) to {RSA_BITS_MAX}"
    ))
}

fn refusal(kind: &str) -> String {
    format!("this is {kind}; {ALLOWED}")
}

const ALLOWED: &str = "allowed are a public key in PEM - Ed25519 (EdDSA), EC P-256 (ES256), EC P-384 (ES384) or RSA (RS256) - and an \
                       HS256 secret: one line of at least 32 bytes, or any bytes with --jwt-algorithm HS256";

/// The beginning of a PEM text's first line, before its label.
const PEM_BEGIN: &str = "-----BEGIN ";
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// 1.3.101.112 (RFC 8410 §3).
const ED25519: &[u8] = &[0x2B, 0x65, 0x70];
/// 1.3.101.113 (RFC 8410 §3).
const ED448: &[u8] = &[0x2B, 0x65, 0x71];
/// 1.3.101.110 (RFC 8410 §3).
const X25519: &[u8] = &[0x2B, 0x65, 0x6E];
/// 1.2.840.10045.2.1 (RFC 5480 §2.1.1).
const EC: &[u8] = &[0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01];
/// 1.2.840.10045.3.1.7 (RFC 5480 §2.1.1.1).
const P256: &[u8] = &[0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07];
/// 1.3.132.0.34 (RFC 5480 §2.1.1.1).
const P384: &[u8] = &[0x2B, 0x81, 0x04, 0x00, 0x22];
/// 1.3.132.0.35 (RFC 5480 §2.1.1.1).
const P521: &[u8] = &[0x2B, 0x81, 0x04, 0x00, 0x23];
/// 1.3.132.0.10 (SEC 2 §A.2).
const SECP256K1: &[u8] = &[0x2B, 0x81, 0x04, 0x00, 0x0A];
/// 1.2.840.113549.1.1.1 (RFC 8017 §C).
const RSA: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01];
/// 1.2.840.113549.1.1.10 (RFC 8017 §C).
const RSA_PSS: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x0A];
/// 1.2.840.10040.4.1 (RFC 3279 §2.3.2).
const DSA: &[u8] = &[0x2A, 0x86, 0x48, 0xCE, 0x38, 0x04, 0x01];
