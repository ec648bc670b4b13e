//! Key files of every kind that people have: taken for what they are, or refused by name.

use std::{fs, path::Path};

use super::*;

fn file(name: &str) -> Vec<u8> {
    fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/keys").join(name)).unwrap()
}

fn to_base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let digits = |group: &[u8]| {
        let at = |place: usize| u32::from(group.get(place).copied().unwrap_or_default());
        let bits = at(0) << 16 | at(1) << 8 | at(2);
        let digit = move |place: usize| match place {
            place if place > group.len() => '=',
            place => DIGITS[(bits >> (18 - 6 * place)) as usize % 64].into(),
        };
        (0..4).map(digit).collect::<String>()
    };
    bytes.chunks(3).map(digits).collect()
}

/// Returns what a PEM text holds.
fn der_of(pem: &[u8]) -> Vec<u8> {
    let text = std::str::from_utf8(pem).unwrap();
    let body: String = text.lines().filter(|line| !line.starts_with('-')).collect();
    base64(body.as_bytes()).unwrap()
}

fn found(bytes: &[u8]) -> Result<JwtAlgorithm, String> {
    read(bytes, None).map(|(algorithm, _)| algorithm)
}

#[track_caller]
fn refused(bytes: &[u8], word: &str) {
    for declared in [None, Some(JwtAlgorithm::Hs256), Some(JwtAlgorithm::EdDsa)] {
        let error = read(bytes, declared).map(|(algorithm, _)| algorithm).expect_err(word);
        assert!(error.contains(word), "{word:?} is missing in {error:?}");
        assert!(error.contains("allowed") || error.contains("must") || error.contains("needs"));
    }
}

const PUBLIC: [(&str, JwtAlgorithm); 6] = [
    ("ed25519.pub.pem", JwtAlgorithm::EdDsa),
    ("ec.pub.pem", JwtAlgorithm::Es256),
    ("ec.compressed.pub.pem", JwtAlgorithm::Es256),
    ("ec384.pub.pem", JwtAlgorithm::Es384),
    ("rsa.pub.pem", JwtAlgorithm::Rs256),
    ("rsa.pkcs1.pub.pem", JwtAlgorithm::Rs256),
];

#[test]
fn a_public_key_is_taken_however_its_text_was_saved() {
    for (name, algorithm) in PUBLIC {
        let pem = String::from_utf8(file(name)).unwrap();
        for saved in [
            pem.clone(),
            pem.replace('\n', "\r\n"),
            format!("\u{feff}{}", pem.replace('\n', "\r\n")),
            format!("\n  {pem}\n\n"),
            format!("A key of ours\n{pem}"),
            format!("# PUBLIC KEY of the back end, RSA PUBLIC KEY or not\n{pem}"),
        ] {
            assert_eq!(found(saved.as_bytes()), Ok(algorithm), "{name}: {saved:?}");
            refused_as_secret(saved.as_bytes());
        }
    }
}

#[track_caller]
fn refused_as_secret(bytes: &[u8]) {
    let error = read(bytes, Some(JwtAlgorithm::Hs256)).map(|_| ()).unwrap_err();
    assert!(error.contains("--jwt-algorithm says HS256"), "{error}");
}

#[test]
fn a_public_key_in_other_clothes_is_never_a_secret() {
    for (name, _) in PUBLIC {
        let der = der_of(&file(name));
        refused(&der, "DER");
        let body: String = String::from_utf8(file(name))
            .unwrap()
            .lines()
            .filter(|l| !l.starts_with('-'))
            .collect();
        refused(body.as_bytes(), "without the lines of PEM");
        refused(
            body.replace('+', "-").replace('/', "_").trim_end_matches('=').as_bytes(),
            "without the lines of PEM",
        );
        let hexadecimal: String = der.iter().map(|byte| format!("{byte:02x}")).collect();
        refused(hexadecimal.as_bytes(), "hexadecimal");
        for line in [
            format!("v=DKIM1; k=rsa; p={body}"),
            format!("PUBLIC_KEY=\"{body}\""),
            format!("the key: {hexadecimal}."),
        ] {
            refused(line.as_bytes(), "without the lines of PEM");
        }
        let utf16 = |of: fn(u16) -> [u8; 2]| -> Vec<u8> {
            format!("\u{feff}{}", String::from_utf8(file(name)).unwrap())
                .encode_utf16()
                .flat_map(of)
                .collect()
        };
        refused(&utf16(u16::to_le_bytes), "UTF-16");
        refused(&utf16(u16::to_be_bytes), "UTF-16");
    }
}

#[test]
fn a_key_file_that_was_encoded_is_never_a_secret() {
    let mut files: Vec<Vec<u8>> = PUBLIC.iter().map(|(name, _)| file(name)).collect();
    files.extend([
        file("ed25519.ssh.pub"),
        file("certificate.pem"),
        br#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#.into(),
        br#"{"keys":[{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPc"}]}"#
            .into(),
        to_base64(&der_of(&file("ec.pub.pem"))).into(),
    ]);
    for bytes in files {
        let unwrapped = to_base64(&bytes);
        let lines: Vec<_> = unwrapped.as_bytes().chunks(76).map(String::from_utf8_lossy).collect();
        let wrapped = lines.join("\n");
        let hexadecimal: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        for text in [
            unwrapped.clone(),
            unwrapped.replace('+', "-").replace('/', "_").trim_end_matches('=').to_owned(),
            format!("\"{unwrapped}\""),
            format!("PUBLIC_KEY={unwrapped}"),
            wrapped.clone(),
            format!("\"{wrapped}\"\n"),
            hexadecimal,
        ] {
            refused(text.as_bytes(), "decode it");
        }
    }
}

#[test]
fn other_kinds_of_keys_are_refused_by_name() {
    for (name, word) in [
        ("ec521.pub.pem", "P-521"),
        ("rsa1024.pub.pem", "1024 bits"),
        ("certificate.pem", "a certificate"),
        ("ed25519.ssh.pub", "SSH"),
        ("ed25519.pem", "private key"),
        ("rsa.pem", "private key"),
    ] {
        refused(&file(name), word);
        let text = String::from_utf8(file(name)).unwrap();
        refused(format!("\u{feff}{}", text.replace('\n', "\r\n")).as_bytes(), word);
    }
    refused(&der_of(&file("certificate.pem")), "DER");
    let twice = [file("ec.pub.pem"), file("ed25519.pub.pem")].concat();
    refused(&twice, "several parts");
    let pem = String::from_utf8(file("ec.pub.pem")).unwrap();
    refused(pem.replace("MFkw", "M*kw").as_bytes(), "damaged");
    refused(pem.replace("MFkw", "MFkx").as_bytes(), "damaged");
    refused(pem.split("-----END").next().unwrap().as_bytes(), "damaged");
    refused(pem.replace("PUBLIC KEY", "PGP PUBLIC KEY BLOCK").as_bytes(), "OpenPGP");
    refused(pem.replace("PUBLIC KEY", "PKCS7").as_bytes(), "another kind");
    for (text, word) in [
        (
            r#"{"keys":[{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}"#,
            "JWKS",
        ),
        (
            r#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#,
            "JWK",
        ),
        (r#"[{"kty":"OKP"}, and more that makes it long enough]"#, "JSON"),
        ("from=\"10.0.0.1\" ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABgQC7", "SSH"),
        ("ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTY=", "SSH"),
        ("AAAAC3NzaC1lZDI1NTE5AAAAIKiXvlHwLiGhm/cufx5WOSlBSwLOpT2AJwtgk9hh5pNl", "SSH"),
        ("---- BEGIN SSH2 PUBLIC KEY ----\nAAAA\n---- END SSH2 PUBLIC KEY ----", "SSH"),
        (
            "untrusted comment: minisign public key\nRWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3",
            "minisign",
        ),
        ("https://login.example.com/.well-known/jwks.json", "an address"),
        ("<!doctype html><title>Sign in, please, to go on</title>", "HTML"),
        ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbGljZUB4In0.c2lnbmF0dXJl", "a token"),
    ] {
        refused(text.as_bytes(), word);
    }
    for empty in ["", " \n", "\u{feff}\r\n"] {
        refused(empty.as_bytes(), "empty");
    }
}

#[test]
fn a_secret_is_what_is_plainly_one_or_declared() {
    let secret = |bytes: &[u8], declared| {
        read(bytes, declared).map(|(algorithm, key)| {
            assert_eq!(algorithm, JwtAlgorithm::Hs256);
            key.as_bytes().to_vec()
        })
    };
    let hs256 = Some(JwtAlgorithm::Hs256);
    let line = "a secret of at least thirty-two bytes";
    let encoded = "dGhpcnR5LXR3byByYW5kb20gYnl0ZXMgaW4gYmFzZTY0IQ==";
    for text in
        [line, encoded, &"0123456789abcdef".repeat(4), "päßwörter sind länger als man denkt"]
    {
        for saved in [text.to_owned(), format!("  {text}\r\n"), format!("\u{feff}{text}\n")] {
            assert_eq!(
                secret(saved.as_bytes(), None),
                Ok(text.into()),
                "text is trimmed, not decoded"
            );
        }
    }
    let mut binary: Vec<u8> = (0..32).map(|byte| (byte * 7) ^ 0x80).collect();
    binary.extend(b" \n");
    assert!(secret(&binary, None).unwrap_err().contains("--jwt-algorithm HS256"));
    assert_eq!(secret(&binary, hs256), Ok(binary.clone()), "bytes are not trimmed");
    let lines = format!("{line}\n{line}");
    assert!(secret(lines.as_bytes(), None).unwrap_err().contains("several lines"));
    assert_eq!(secret(lines.as_bytes(), hs256), Ok(lines.clone().into()));
    for short in [&b"a short one"[..], &binary[..31]] {
        assert!(secret(short, hs256).unwrap_err().contains("at least 32"));
    }
    assert!(
        secret(line.as_bytes(), Some(JwtAlgorithm::Es256)).unwrap_err().contains("no public key")
    );
    assert!(secret(&binary, Some(JwtAlgorithm::Es256)).unwrap_err().contains("no public key"));
}

#[test]
fn no_bytes_make_the_reader_panic() {
    for (name, _) in PUBLIC {
        let der = der_of(&file(name));
        for end in 0..der.len() {
            let _ = subject_public_key(&der[..end]);
            let _ = rsa(&der[..end]);
            for byte in [0, 1, 0x30, 0x80, 0x84, 0xFF] {
                let mut changed = der.clone();
                changed[end] = byte;
                let _ = (subject_public_key(&changed), rsa(&changed), is_key(&changed));
            }
        }
    }
}
