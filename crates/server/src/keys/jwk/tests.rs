//! Sets of keys as providers publish them, and as they should not be.

use jsonwebtoken::{Algorithm, EncodingKey, jwk::Jwk};
use serde_json::{Map, json};

use super::*;

fn file(name: &str) -> Vec<u8> {
    let keys = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/keys");
    std::fs::read(keys.join(name)).unwrap()
}

/// The public halves of the test keys, without anything that is optional.
fn plain(algorithm: Algorithm) -> Value {
    let private = match algorithm {
        Algorithm::RS256 => EncodingKey::from_rsa_pem(&file("rsa.pem")),
        Algorithm::ES256 => EncodingKey::from_ec_pem(&file("ec.pem")),
        Algorithm::ES384 => EncodingKey::from_ec_pem(&file("ec384.pem")),
        // RFC 8037 §A.2.
        _ => {
            let x = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
            return json!({"kty": "OKP", "crv": "Ed25519", "x": x});
        }
    };
    let jwk = Jwk::from_encoding_key(&private.unwrap(), algorithm).unwrap();
    let mut jwk = serde_json::to_value(jwk).unwrap();
    jwk.as_object_mut().unwrap().remove("alg");
    jwk
}

fn with(jwk: &Value, more: Value) -> Value {
    let mut all: Map<_, _> = jwk.as_object().unwrap().clone();
    all.extend(more.as_object().unwrap().clone());
    Value::Object(all)
}

fn read(keys: &[Value]) -> Result<KeySet, String> {
    KeySet::read(json!({ "keys": keys }).to_string().as_bytes())
}

#[track_caller]
fn refused(jwk: Value, word: &str) {
    let error = read(std::slice::from_ref(&jwk)).map(|_| ()).expect_err(word);
    assert!(error.contains(word), "{word:?} is missing in {error:?}");
    assert!(error.contains("allowed are"), "{error:?}");
    // Beside one that is good it is left out, and said to be.
    let set = read(&[plain(Algorithm::EdDSA), jwk]).unwrap();
    assert_eq!(set.keys.len(), 1);
    let [why] = set.left_out.as_slice() else { panic!("{:?}", set.left_out) };
    assert!(why.starts_with("key 2 is") && why.contains(word), "{why}");
}

const ALGORITHMS: [Algorithm; 4] =
    [Algorithm::RS256, Algorithm::ES256, Algorithm::ES384, Algorithm::EdDSA];

#[test]
fn a_key_is_of_the_algorithm_of_its_kind_whether_it_says_so_or_not() {
    for algorithm in ALGORITHMS {
        let jwk = plain(algorithm);
        let alg = format!("{algorithm:?}");
        for more in [
            json!({}),
            json!({"alg": alg, "use": "sig", "kid": "2026"}),
            json!({"alg": null, "use": null, "kid": "2026", "key_ops": ["verify"]}),
            json!({"kid": "2026", "x5c": ["MIIB"], "x5t": "abc", "unheard-of": {"of": 1}}),
        ] {
            let set = read(&[with(&jwk, more.clone())]).unwrap();
            assert_eq!(set.keys[0].algorithm, algorithm);
            assert_eq!(set.keys[0].id.as_deref(), more.get("kid").and_then(Value::as_str));
            assert!(set.left_out.is_empty());
        }
    }
    let by_its_full_name = with(&plain(Algorithm::EdDSA), json!({"alg": "Ed25519"}));
    assert_eq!(read(&[by_its_full_name]).unwrap().keys[0].algorithm, Algorithm::EdDSA);
}

#[test]
fn a_key_for_another_algorithm_or_use_is_left_out() {
    let rsa = plain(Algorithm::RS256);
    for alg in ["RS512", "PS256", "HS256", "none", ""] {
        refused(with(&rsa, json!({"alg": alg})), "another algorithm");
    }
    refused(with(&plain(Algorithm::ES256), json!({"alg": "ES384"})), "another algorithm");
    for more in [json!({"use": "enc"}), json!({"key_ops": ["wrapKey"]}), json!({"use": "other"})] {
        let for_something_else = with(&rsa, more);
        let set = read(&[for_something_else.clone(), plain(Algorithm::ES256)]).unwrap();
        assert_eq!((set.keys.len(), set.left_out.len()), (1, 0), "sets have such keys");
        assert!(
            read(&[for_something_else]).map(|_| ()).unwrap_err().contains("none for signatures")
        );
    }
}

#[test]
fn a_key_that_others_could_sign_with_is_refused_whatever_it_says() {
    for more in [json!({}), json!({"alg": "HS256"}), json!({"alg": "RS256"}), json!({"use": "enc"})]
    {
        let secret = "dGhpcnR5LXR3byByYW5kb20gYnl0ZXMgaW4gYmFzZTY0IQ";
        refused(with(&json!({"kty": "oct", "k": secret}), more), "symmetric");
    }
    for algorithm in ALGORITHMS {
        refused(with(&plain(algorithm), json!({"d": "AAAA"})), "private key");
    }
}

#[test]
fn keys_of_other_kinds_and_damaged_ones_are_refused_by_name() {
    let [rsa, ec, ec384, ed] = ALGORITHMS.map(plain);
    for (jwk, word) in [
        (json!({"kty": "OKP", "crv": "Ed448", "x": "AAAA"}), "Ed25519"),
        (json!({"kty": "OKP", "crv": "X25519", "x": "AAAA"}), "Ed25519"),
        (with(&ec, json!({"crv": "P-521"})), "P-384"),
        (with(&ec, json!({"crv": "secp256k1"})), "P-384"),
        (with(&ec, json!({"crv": "P-384"})), "48 bytes"),
        (with(&ec384, json!({"crv": "P-256"})), "32 bytes"),
        (with(&ec, json!({"y": ec["x"]})), "damaged"),
        (with(&ec, json!({"y": null})), "damaged"),
        (with(&ed, json!({"x": "AAAA"})), "damaged"),
        (with(&ed, json!({"x": "not base64!"})), "damaged"),
        (with(&rsa, json!({"n": "AQAB"})), "17 bits"),
        (with(&rsa, json!({"n": ""})), "0 bits"),
        (with(&rsa, json!({"n": "A".repeat(100_000)})), "0 bits"),
        (with(&rsa, json!({"n": "_".repeat(100_000)})), "600000 bits"),
        (with(&rsa, json!({"n": 7})), "damaged"),
        (with(&rsa, json!({"e": "AQ"})), "exponent"),
        (with(&rsa, json!({"e": "Ag"})), "exponent"),
        (with(&rsa, json!({"e": ""})), "exponent"),
        (with(&rsa, json!({"e": "A".repeat(9)})), "exponent"),
        (with(&rsa, json!({"e": "_".repeat(11)})), "exponent"),
        (with(&rsa, json!({"kid": 7})), "`kid`"),
        (json!({"kty": "AKP", "alg": "ML-DSA-44", "pub": "AAAA"}), "unknown kind"),
        (json!({"n": "AQAB"}), "`kty` is missing"),
        (json!("key"), "`kty` is missing"),
        (json!(null), "`kty` is missing"),
    ] {
        refused(jwk, word);
    }
    let with_zeros = format!("AAAA{}", rsa["e"].as_str().unwrap());
    assert!(read(&[with(&rsa, json!({"e": with_zeros}))]).is_ok());
}

#[test]
fn what_is_no_set_is_refused_by_what_it_is() {
    for (text, word) in [
        ("", "no JSON"),
        ("<!doctype html>", "no JSON"),
        ("-----BEGIN PUBLIC KEY-----", "no JSON"),
        ("[]", "other JSON"),
        ("{}", "other JSON"),
        (r#"{"keys": {}}"#, "other JSON"),
        (r#"{"issuer": "https://login.example.com", "jwks_uri": "https://…"}"#, "`jwks_uri` names"),
        (r#"{"kty": "OKP", "crv": "Ed25519", "x": "…"}"#, "a single key"),
        (r#"{"keys": []}"#, "none for signatures"),
    ] {
        let error = KeySet::read(text.as_bytes()).map(|_| ()).unwrap_err();
        assert!(error.contains(word), "{text}: {error}");
    }
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    assert!(KeySet::read(deep.as_bytes()).is_err());
    let many = vec![plain(Algorithm::EdDSA); JWKS_KEYS_MAX + 1];
    assert!(read(&many).map(|_| ()).unwrap_err().contains("at most 64"));
    assert_eq!(read(&many[1..]).unwrap().keys.len(), JWKS_KEYS_MAX);
}

#[test]
fn a_set_may_begin_with_a_byte_order_mark() {
    let set = format!("\u{feff}{}", json!({"keys": [plain(Algorithm::ES256)]}));
    assert!(KeySet::read(set.as_bytes()).is_ok());
}
