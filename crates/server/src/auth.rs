//! Who somebody is: by a signed token, or by their own word where nobody else can connect.

mod error;

use std::{fmt, sync::Arc};

use jsonwebtoken::Validation;
use mistatus_core::{
    message::{Greeting, Token},
    signin_name::SigninName,
    time::UnixMs,
};
use serde::Deserialize;
use serde_json::Value;

pub(crate) use self::error::AuthError;
use crate::{
    clock,
    keys::{KeyFiles, Keys},
    limits::{TOKEN_CLOCK_SKEW, TOKEN_LIFE_MAX},
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

/// Checks tokens: their signature, and what they claim.
pub(crate) struct Verifier {
    keys: Keys,
    validation: Validation,
    revoked: Option<CurrentlyRevoked>,
}

/// The claims as they come: of any type, so that each can be refused by its name.
#[derive(Deserialize)]
struct Claims {
    sub: Option<Value>,
    exp: Option<Value>,
    nbf: Option<Value>,
    iat: Option<Value>,
    jti: Option<Value>,
    name: Option<Value>,
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

    /// Reads the keys of the tokens again; `false` where there are none.
    ///
    /// # Errors
    /// The files and what is wrong with them; of these the last good keys stay.
    pub(crate) fn reload(&self) -> Result<bool, String> {
        match self {
            Self::Open => Ok(false),
            Self::Jwt(verifier) => verifier.keys.reload().map(|()| true),
        }
    }

    /// Returns the files of the keys, to be followed.
    pub(crate) fn key_files(&self) -> Option<Arc<KeyFiles>> {
        match self {
            Self::Open => None,
            Self::Jwt(verifier) => Some(verifier.keys.files.clone()),
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
    pub(crate) fn new(
        keys: Keys,
        audience: Option<String>,
        revoked: Option<CurrentlyRevoked>,
    ) -> Self {
        // Which algorithms belong to the keys is set for each token.
        let mut validation = Validation::default();
        validation.leeway = 0;
        // Those that are always required are looked for by name.
        validation.set_required_spec_claims::<&str>(&[]);
        match audience {
            Some(audience) => {
                validation.set_required_spec_claims(&["aud"]);
                validation.set_audience(&[audience]);
            }
            None => validation.validate_aud = false,
        }
        Self { keys, validation, revoked }
    }

    pub(crate) fn verify(&self, token: &Token) -> Result<Identity, AuthError> {
        let claims: Claims = self.keys.verify(token, &self.validation)?;
        let sub = text("sub", SIGNIN_NAME, claims.sub)?.ok_or(AuthError::Missing("sub"))?;
        let name = SigninName::parse(&sub).map_err(|_| AuthError::Claim("sub", SIGNIN_NAME))?;
        let expires = instant("exp", claims.exp)?.ok_or(AuthError::Missing("exp"))?;
        let starts = instant("nbf", claims.nbf)?;
        let issued_at = instant("iat", claims.iat)?;
        let id = text("jti", "a text", claims.jti)?;
        let friendly_name = text("name", "a text", claims.name)?;
        let now = clock::wall();
        if expires <= now {
            return Err(AuthError::Expired);
        }
        if starts.is_some_and(|start| start > now + clock::span(TOKEN_CLOCK_SKEW)) {
            return Err(AuthError::NotYet);
        }
        let credential = Credential { name: name.clone(), issued_at, id };
        if self.revoked.as_ref().is_some_and(|revoked| revoked.borrow().covers(&credential)) {
            return Err(AuthError::Revoked);
        }
        Ok(Identity { name, credential: Some(credential), friendly_name, expires: Some(expires) })
    }
}

fn text(
    name: &'static str,
    allowed: &'static str,
    claim: Option<Value>,
) -> Result<Option<String>, AuthError> {
    match claim {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(AuthError::Claim(name, allowed)),
    }
}

/// Reads seconds since 1970, which may have a fraction. Milliseconds would be a time that nobody lives to see.
fn instant(name: &'static str, claim: Option<Value>) -> Result<Option<UnixMs>, AuthError> {
    let Some(claim) = claim else { return Ok(None) };
    let seconds = claim.as_f64().filter(|seconds| *seconds >= 0.0);
    let seconds = seconds.ok_or(AuthError::Claim(name, "a number: seconds since 1970"))?;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the cast saturates"
    )]
    let instant = UnixMs::from_millis((seconds * 1000.0) as u64);
    if instant > clock::wall() + clock::span(TOKEN_LIFE_MAX) {
        return Err(AuthError::TooFar(name));
    }
    Ok(Some(instant))
}

const SIGNIN_NAME: &str = "a sign-in name: 1 to 129 UTF-16 units, no space first, no line breaks";

impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Verifier({:?})", self.keys)
    }
}
