//! Who somebody is: by a signed token, or by their own word where nobody else can connect.

mod claims;
mod error;

use std::fmt;

use jsonwebtoken::Validation;
use mistatus_core::{
    message::{Greeting, Token},
    signin_name::SigninName,
    time::UnixMs,
};

use self::claims::Claims;
pub(crate) use self::{claims::TokenRules, error::AuthError};
use crate::{
    clock,
    keys::{Keys, RemoteKeys},
    limits::TOKEN_CLOCK_SKEW,
    names,
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
    rules: TokenRules,
    validation: Validation,
    revoked: Option<CurrentlyRevoked>,
}

impl Auth {
    pub(crate) fn is_open(&self) -> bool {
        matches!(self, Self::Open)
    }

    /// Decides who greets. May wait some seconds for keys.
    pub(crate) async fn identify(&self, greeting: &Greeting) -> Result<Identity, AuthError> {
        match self {
            Self::Open => Ok(Identity {
                name: greeting.signin_name.clone().ok_or(AuthError::NoName)?,
                credential: None,
                friendly_name: greeting.friendly_name.clone(),
                expires: None,
            }),
            Self::Jwt(verifier) => {
                verifier.verify(greeting.token.as_ref().ok_or(AuthError::NoToken)?).await
            }
        }
    }

    /// Checks a fresh token of somebody who is signed in; `None` where there is nothing to check.
    pub(crate) async fn renew(
        &self,
        name: &SigninName,
        token: &Token,
    ) -> Result<Option<Identity>, AuthError> {
        match self {
            Self::Open => Ok(None),
            Self::Jwt(verifier) => {
                let identity = verifier.verify(token).await?;
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

    /// Returns where the keys are, to be followed.
    pub(crate) fn keys(&self) -> Option<&Keys> {
        match self {
            Self::Open => None,
            Self::Jwt(verifier) => Some(&verifier.keys),
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
    pub(crate) fn new(keys: Keys, rules: TokenRules, revoked: Option<CurrentlyRevoked>) -> Self {
        Self { keys, validation: rules.validation(), rules, revoked }
    }

    /// Returns the keys that are fetched from an address, where there is one.
    pub(crate) fn remote_keys(&self) -> Option<&RemoteKeys> {
        self.keys.remote.as_deref()
    }

    pub(crate) async fn verify(&self, token: &Token) -> Result<Identity, AuthError> {
        let claims = Claims(self.keys.verify(token, &self.validation).await?);
        let name = self.name(&claims)?;
        let ends = claims.instant("exp")?.ok_or(AuthError::Missing("exp".into()))?;
        let starts = claims.instant("nbf")?;
        let issued_at = claims.instant("iat")?;
        let id = claims.text("jti")?.map(ToOwned::to_owned);
        let friendly_name = claims.text(&self.rules.friendly_name_claim)?.map(ToOwned::to_owned);
        let now = clock::wall();
        let expires = ends + self.rules.leeway;
        if expires <= now {
            return Err(AuthError::Expired);
        }
        let skew = self.rules.leeway.max(clock::span(TOKEN_CLOCK_SKEW));
        if starts.is_some_and(|start| start > now + skew) {
            return Err(AuthError::NotYet);
        }
        let credential = Credential { name: name.clone(), issued_at, id };
        if self.revoked.as_ref().is_some_and(|revoked| revoked.borrow().covers(&credential)) {
            return Err(AuthError::Revoked);
        }
        Ok(Identity { name, credential: Some(credential), friendly_name, expires: Some(expires) })
    }

    fn name(&self, claims: &Claims) -> Result<SigninName, AuthError> {
        let claim = || self.rules.name_claim.clone().into();
        let found = claims.text(&self.rules.name_claim).map_err(|_| AuthError::Name(claim()))?;
        let text = found.ok_or_else(|| AuthError::Missing(claim()))?;
        // Whoever may write any address into their own account must not become its owner by that.
        if self.rules.name_claim == "email" && claims.is_email_unverified() {
            return Err(AuthError::Unverified);
        }
        names::parse(text.trim()).map_err(|_| AuthError::Name(claim()))
    }
}

impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Verifier({:?})", self.keys)
    }
}
