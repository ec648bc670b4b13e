//! What tokens must claim, and how their claims are read. Checks no signature.

use std::borrow::Cow;

use jsonwebtoken::Validation;
use mistatus_core::time::{Span, UnixMs};
use serde_json::{Map, Value};

use super::AuthError;
use crate::{clock, limits::TOKEN_LIFE_MAX};

/// What the operator asks of tokens beside a signature.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct TokenRules {
    pub(crate) audience: Option<String>,
    pub(crate) issuer: Option<String>,
    /// The claim that is the sign-in name.
    pub(crate) name_claim: String,
    pub(crate) friendly_name_claim: String,
    /// How long after its end a token still holds.
    pub(crate) leeway: Span,
}

/// The claims as they come: of any type, so that each can be refused by its name.
pub(super) struct Claims(pub(super) Map<String, Value>);

impl TokenRules {
    /// Returns what is checked with the signature. Which algorithms belong to the keys is set for each token.
    pub(super) fn validation(&self) -> Validation {
        let mut validation = Validation::default();
        // Times are looked at here, so that each can be refused by its name.
        validation.validate_exp = false;
        validation.validate_aud = self.audience.is_some();
        let mut required = Vec::new();
        if let Some(audience) = &self.audience {
            required.push("aud");
            validation.set_audience(&[audience]);
        }
        if let Some(issuer) = &self.issuer {
            required.push("iss");
            validation.set_issuer(&[issuer]);
        }
        validation.set_required_spec_claims(&required);
        validation
    }
}

impl Claims {
    /// Returns a claim that is a text; `None` where there is none.
    pub(super) fn text(&self, name: &str) -> Result<Option<&str>, AuthError> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(AuthError::Claim(Cow::Owned(name.to_owned()), "a text")),
        }
    }

    /// Returns seconds since 1970, which may have a fraction. Milliseconds would be a time that nobody lives to see.
    pub(super) fn instant(&self, name: &'static str) -> Result<Option<UnixMs>, AuthError> {
        let claim = match self.0.get(name) {
            None | Some(Value::Null) => return Ok(None),
            Some(claim) => claim,
        };
        let seconds = claim.as_f64().filter(|seconds| *seconds >= 0.0);
        let seconds =
            seconds.ok_or(AuthError::Claim(name.into(), "a number: seconds since 1970"))?;
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

    /// Whether the provider says that nobody has shown to own the e-mail address. Some say so by a text.
    pub(super) fn is_email_unverified(&self) -> bool {
        match self.0.get("email_verified") {
            Some(Value::Bool(verified)) => !verified,
            Some(Value::String(text)) => text == "false",
            _ => false,
        }
    }
}
