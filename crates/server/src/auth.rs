//! Who somebody is: by a signed token, or by their own word where nobody else can connect.

use std::fmt;

use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, errors::ErrorKind};
use mistatus_core::{
    message::{Greeting, Token},
    signin_name::SigninName,
    time::UnixMs,
};
use serde::Deserialize;

use crate::{
    clock,
    limits::TOKEN_CLOCK_SKEW,
    revoked::{Credential, CurrentlyRevoked},
};

/// Decides who somebody is.
#[derive(Debug)]
pub(crate) enum Auth {
    /// Who they say they are. Loopback only.
    Open,
    /// Who their token says they are.
    Jwt(Box<Verifier>),
}

/// A user whose identity has been verified.
#[derive(Debug)]
pub(crate) struct Identity {
    pub(crate) name: SigninName,
    /// By what it may be revoked; `None` where there is no token.
    pub(crate) credential: Option<Credential>,
    pub(crate) friendly_name: Option<String>,
    /// Until when the credentials hold; `None` is for ever.
    pub(crate) expires: Option<UnixMs>,
}

/// Checks tokens against one key and the one algorithm that belongs to it.
pub(crate) struct Verifier {
    key: DecodingKey,
    validation: Validation,
    revoked: Option<CurrentlyRevoked>,
}

/// Tells a developer why credentials were not accepted. Never tells whether a user exists.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum AuthError {
    NoName,
    NoToken,
    Malformed,
    Algorithm,
    Signature,
    Expired,
    NotYet,
    Audience,
    Claim(&'static str),
    Subject,
    Revoked,
}

#[derive(Deserialize)]
struct Claims {
    sub: String,
    exp: f64,
    #[serde(default)]
    nbf: Option<f64>,
    #[serde(default)]
    iat: Option<f64>,
    #[serde(default)]
    jti: Option<String>,
    #[serde(default)]
    name: Option<String>,
}

impl Auth {
    pub(crate) fn is_open(&self) -> bool {
        matches!(self, Self::Open)
    }

    /// Decides who greets.
    pub(crate) fn identify(&self, greeting: &Greeting) -> Result<Identity, AuthError> {
        match self {
            Self::Open => Ok(Identity {
                name: greeting.signin_name.clone().ok_or(AuthError::NoName)?,
                credential: None,
                friendly_name: greeting.friendly_name.clone(),
                expires: None,
            }),
            Self::Jwt(verifier) => {
                verifier.verify(greeting.token.as_ref().ok_or(AuthError::NoToken)?)
            }
        }
    }

    /// Checks a fresh token of somebody who is signed in; `None` where there is nothing to check.
    pub(crate) fn renew(
        &self,
        name: &SigninName,
        token: &Token,
    ) -> Result<Option<Identity>, AuthError> {
        match self {
            Self::Open => Ok(None),
            Self::Jwt(verifier) => {
                let identity = verifier.verify(token)?;
                if identity.name == *name { Ok(Some(identity)) } else { Err(AuthError::Subject) }
            }
        }
    }

    /// Returns what has been revoked, to be followed.
    pub(crate) fn revoked(&self) -> Option<CurrentlyRevoked> {
        match self {
            Self::Open => None,
            Self::Jwt(verifier) => verifier.revoked.clone(),
        }
    }
}

impl Verifier {
    /// Takes a key file's content. What is in the file decides the algorithm, never a token's header.
    pub(crate) fn new(
        key: &[u8],
        audience: Option<String>,
        revoked: Option<CurrentlyRevoked>,
    ) -> Result<Self, String> {
        let (algorithm, key) = read_key(key)?;
        let mut validation = Validation::new(algorithm);
        validation.leeway = 0;
        validation.set_required_spec_claims(&["exp", "sub"]);
        match audience {
            Some(audience) => {
                validation.set_required_spec_claims(&["exp", "sub", "aud"]);
                validation.set_audience(&[audience]);
            }
            None => validation.validate_aud = false,
        }
        Ok(Self { key, validation, revoked })
    }

    fn verify(&self, token: &Token) -> Result<Identity, AuthError> {
        let claims = decode::<Claims>(token.reveal(), &self.key, &self.validation)
            .map_err(|error| AuthError::of(error.kind()))?
            .claims;
        let now = clock::wall().as_millis();
        let skew = TOKEN_CLOCK_SKEW.as_secs_f64();
        #[expect(clippy::cast_precision_loss, reason = "seconds are compared, not milliseconds")]
        if claims.nbf.is_some_and(|nbf| nbf - skew > now as f64 / 1000.0) {
            return Err(AuthError::NotYet);
        }
        let name = SigninName::parse(&claims.sub).map_err(|_| AuthError::Claim("sub"))?;
        let issued_at = claims.iat.map(instant);
        let credential = Credential { name: name.clone(), issued_at, id: claims.jti };
        if self.revoked.as_ref().is_some_and(|revoked| revoked.borrow().covers(&credential)) {
            return Err(AuthError::Revoked);
        }
        Ok(Identity {
            name,
            credential: Some(credential),
            friendly_name: claims.name,
            expires: Some(instant(claims.exp)),
        })
    }
}

/// Reads a claim's seconds since 1970, which may have a fraction.
fn instant(seconds: f64) -> UnixMs {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the cast saturates"
    )]
    UnixMs::from_millis((seconds * 1000.0) as u64)
}

fn read_key(bytes: &[u8]) -> Result<(Algorithm, DecodingKey), String> {
    let text = bytes.trim_ascii();
    if text.is_empty() {
        return Err("the key file is empty".to_owned());
    }
    if !text.starts_with(b"-----BEGIN ") {
        if text.len() < 32 {
            tracing::warn!(
                bytes = text.len(),
                "the HS256 secret is short; RFC 7518 wants 32 bytes"
            );
        }
        return Ok((Algorithm::HS256, DecodingKey::from_secret(text)));
    }
    let private = b"PRIVATE KEY-----";
    if text.windows(private.len()).any(|window| window == private) {
        return Err("this is a private key; the server needs the public one only".to_owned());
    }
    DecodingKey::from_ed_pem(text)
        .map(|key| (Algorithm::EdDSA, key))
        .or_else(|_| DecodingKey::from_ec_pem(text).map(|key| (Algorithm::ES256, key)))
        .or_else(|_| DecodingKey::from_rsa_pem(text).map(|key| (Algorithm::RS256, key)))
        .map_err(|_| {
            "this PEM is no public key of a kind that is supported: Ed25519 (EdDSA), EC P-256 (ES256) or RSA (RS256)"
                .to_owned()
        })
}

impl AuthError {
    fn of(kind: &ErrorKind) -> Self {
        match kind {
            ErrorKind::ExpiredSignature => Self::Expired,
            ErrorKind::ImmatureSignature => Self::NotYet,
            ErrorKind::InvalidAudience => Self::Audience,
            ErrorKind::InvalidSignature => Self::Signature,
            ErrorKind::InvalidAlgorithm | ErrorKind::InvalidAlgorithmName => Self::Algorithm,
            ErrorKind::MissingRequiredClaim(claim) => Self::Claim(match claim.as_str() {
                "exp" => "exp",
                "aud" => "aud",
                _ => "sub",
            }),
            ErrorKind::Json(_) => Self::Claim("sub` or `exp"),
            _ => Self::Malformed,
        }
    }
}

impl fmt::Display for AuthError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoName => {
                f.write_str("`name` is missing: this server takes people at their word")
            }
            Self::NoToken => f.write_str("`token` is missing: this server wants a JSON Web Token"),
            Self::Malformed => f.write_str("the token is not a JSON Web Token"),
            Self::Algorithm => {
                f.write_str("the token's algorithm is not the one of the server's key")
            }
            Self::Signature => f.write_str("the token's signature does not fit the server's key"),
            Self::Expired => f.write_str("the token has expired"),
            Self::NotYet => f.write_str("the token is not valid yet (`nbf`)"),
            Self::Audience => f.write_str("the token is for another audience (`aud`)"),
            Self::Claim(claim) => write!(f, "the token's `{claim}` is missing or not allowed"),
            Self::Subject => f.write_str("the token is for another user (`sub`)"),
            Self::Revoked => f.write_str("the token has been revoked"),
        }
    }
}

impl std::error::Error for AuthError {}

// Keys are secrets.
impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Verifier({:?})", self.validation.algorithms)
    }
}
