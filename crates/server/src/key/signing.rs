//! Keys that sign tokens, for trying things: the server itself signs none. Checks no token.

use jsonwebtoken::EncodingKey;

use super::{
    BYTE_ORDER_MARK, EC, ED25519, INTEGER, JwtAlgorithm, P256, P384, PEM_BEGIN, RSA, base64,
    check_rsa_bits,
    der::{self, OBJECT_IDENTIFIER, SEQUENCE},
};

/// A key that signs, and the one algorithm that belongs to it.
type Key = (JwtAlgorithm, EncodingKey);

/// Reads a key file's content: a private key, or what the server takes for an HS256 secret.
///
/// # Errors
/// The kind of file that it is instead, and what is allowed.
pub(crate) fn read(bytes: &[u8], declared: Option<JwtAlgorithm>) -> Result<Key, String> {
    let bytes = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes);
    let text = std::str::from_utf8(bytes).unwrap_or_default();
    if !text.contains(PEM_BEGIN) {
        let (algorithm, secret) = super::read(bytes, declared)?;
        let secret = secret.try_get_hmac_secret().map_err(|_| refusal("no secret"))?;
        return Ok((algorithm, EncodingKey::from_secret(secret)));
    }
    let (found, key) = private_key(text)?;
    super::as_declared(found, key, declared)
}

/// Reads the private key of a PEM text (RFC 7468), which may stand beside other parts.
fn private_key(text: &str) -> Result<Key, String> {
    let parts = || text.split(PEM_BEGIN).skip(1).filter_map(|part| part.split_once("-----"));
    let Some((label, rest)) = parts().find(|(label, _)| label.ends_with("PRIVATE KEY")) else {
        return Err(match parts().next() {
            Some(("PUBLIC KEY" | "RSA PUBLIC KEY", _)) => {
                refusal("a public key, which checks tokens and signs none")
            }
            _ => refusal("a PEM text without a private key"),
        });
    };
    let damaged = || refusal("a damaged private key");
    let (body, _) = rest.split_once("-----END ").ok_or_else(damaged)?;
    match label {
        "ENCRYPTED PRIVATE KEY" => return Err(encrypted()),
        "RSA PRIVATE KEY" if body.contains("ENCRYPTED") => return Err(encrypted()),
        "PRIVATE KEY" | "RSA PRIVATE KEY" => {}
        "EC PRIVATE KEY" => {
            return Err(refusal(
                "an EC key in its older form (openssl pkcs8 -topk8 -nocrypt -in FILE writes the other)",
            ));
        }
        "OPENSSH PRIVATE KEY" => {
            return Err(refusal("a private key of SSH"));
        }
        _ => return Err(refusal("a private key of another kind")),
    }
    let digits: Vec<u8> = body.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    let bytes = base64(&digits).ok_or_else(damaged)?;
    let read = if label == "RSA PRIVATE KEY" { rsa(&bytes) } else { private_key_info(&bytes) };
    read.ok_or_else(damaged)?
}

/// Reads a PrivateKeyInfo (RFC 5958 §2); `None` for what is damaged.
fn private_key_info(bytes: &[u8]) -> Option<Result<Key, String>> {
    let parts = der::sequence(bytes)?;
    let [version, kind, key, ..] = parts[..] else { return None };
    if version.tag != INTEGER || kind.tag != SEQUENCE || key.tag != OCTET_STRING {
        return None;
    }
    let kind = der::all(kind.content)?;
    let oid = |place: usize| {
        let element = kind.get(place).filter(|element| element.tag == OBJECT_IDENTIFIER);
        element.map_or(&[][..], |element| element.content)
    };
    match (oid(0), oid(1)) {
        (ED25519, _) => Some(Ok((JwtAlgorithm::EdDsa, EncodingKey::from_ed_der(bytes)))),
        (EC, P256) => Some(Ok((JwtAlgorithm::Es256, EncodingKey::from_ec_der(bytes)))),
        (EC, P384) => Some(Ok((JwtAlgorithm::Es384, EncodingKey::from_ec_der(bytes)))),
        (EC, _) => Some(Err(refusal("an EC key on another curve than P-256 and P-384"))),
        (RSA, _) => rsa(key.content),
        _ => Some(Err(refusal("a private key of another kind"))),
    }
}

/// Reads an RSAPrivateKey (RFC 8017 §A.1.2); `None` for what is damaged.
fn rsa(bytes: &[u8]) -> Option<Result<Key, String>> {
    let parts = der::sequence(bytes)?;
    let modulus = parts.get(1).filter(|modulus| modulus.tag == INTEGER)?;
    let modulus = match modulus.content {
        [0, digits @ ..] | digits => digits,
    };
    modulus.first()?;
    let fits = check_rsa_bits(modulus);
    Some(fits.map(|()| (JwtAlgorithm::Rs256, EncodingKey::from_rsa_der(bytes))))
}

fn encrypted() -> String {
    refusal("an encrypted private key (openssl pkey -in FILE decrypts it)")
}

fn refusal(kind: &str) -> String {
    format!("this is {kind}; {ALLOWED}")
}

const ALLOWED: &str = "tokens are signed with the private key in PEM that belongs to the server's public one - Ed25519, \
                       EC P-256 or P-384, or RSA, as PKCS #8 - or with the server's HS256 secret";

const OCTET_STRING: u8 = 0x04;

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use super::*;

    fn file(name: &str) -> Vec<u8> {
        fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/keys").join(name)).unwrap()
    }

    fn found(bytes: &[u8]) -> Result<JwtAlgorithm, String> {
        read(bytes, None).map(|(algorithm, _)| algorithm)
    }

    #[test]
    fn each_kind_of_key_that_the_server_checks_by_signs() {
        for (name, algorithm) in [
            ("ed25519.pem", JwtAlgorithm::EdDsa),
            ("ec.pem", JwtAlgorithm::Es256),
            ("ec384.pem", JwtAlgorithm::Es384),
            ("rsa.pem", JwtAlgorithm::Rs256),
        ] {
            let pem = file(name);
            assert_eq!(found(&pem), Ok(algorithm), "{name}");
            let windows = String::from_utf8(pem.clone()).unwrap().replace('\n', "\r\n");
            assert_eq!(found(format!("\u{feff}{windows}").as_bytes()), Ok(algorithm), "{name}");
            assert!(read(&pem, Some(JwtAlgorithm::Hs256)).unwrap_err().contains("--jwt-algorithm"));
        }
        assert_eq!(found(&[b'x'; 32]), Ok(JwtAlgorithm::Hs256));
    }

    #[test]
    fn what_signs_nothing_is_named() {
        let private =
            |label: &str| format!("-----BEGIN {label}-----\nAAAA\n-----END {label}-----\n");
        for (bytes, word) in [
            (file("ed25519.pub.pem"), "public key"),
            (file("certificate.pem"), "without a private key"),
            (private("ENCRYPTED PRIVATE KEY").into(), "encrypted"),
            (private("EC PRIVATE KEY").into(), "pkcs8"),
            (private("OPENSSH PRIVATE KEY").into(), "SSH"),
            (private("PRIVATE KEY").into(), "damaged"),
            (private("RSA PRIVATE KEY").into(), "damaged"),
            (b"-----BEGIN PRIVATE KEY-----".into(), "damaged"),
            (b"too short".into(), "32"),
            (b"{\"kty\": \"OKP\"}".into(), "JWK"),
        ] {
            let error = found(&bytes).expect_err(word);
            assert!(error.contains(word), "{word:?} is missing in {error:?}");
        }
    }

    #[test]
    fn damaged_private_keys_are_no_reason_to_panic() {
        for name in ["ed25519.pem", "ec.pem", "ec384.pem", "rsa.pem"] {
            let text = String::from_utf8(file(name)).unwrap();
            let body: Vec<_> = text.lines().filter(|line| !line.starts_with('-')).collect();
            let bytes = base64(body.concat().as_bytes()).unwrap();
            for end in 0..bytes.len() {
                assert!(private_key_info(&bytes[..end]).is_none(), "{name}, {end} bytes");
            }
        }
    }
}
