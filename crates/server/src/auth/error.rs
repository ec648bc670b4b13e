//! Why credentials were not accepted: for developers, for operators, and for clients that may try again. Decides nothing.

use std::{borrow::Cow, fmt};

use jsonwebtoken::errors::ErrorKind;

/// Tells a developer why credentials were not accepted. Never tells whether a user exists.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum AuthError {
    NoName,
    NoToken,
    Malformed,
    /// The token asks for an extension that it must not be taken without.
    Critical,
    Algorithm,
    Signature,
    /// The token names a key that is not among those of the server, or not yet.
    UnknownKey,
    /// There are no keys yet that the token could be checked by.
    NoKeys,
    Expired,
    NotYet,
    Audience,
    Issuer,
    Missing(Cow<'static, str>),
    /// A claim that is not what it has to be.
    Claim(Cow<'static, str>, &'static str),
    /// The claim that is to be the sign-in name, and is none.
    Name(Cow<'static, str>),
    /// An e-mail address that is to be the sign-in name, and perhaps somebody else's.
    Unverified,
    /// A claim that is a time many years ahead.
    TooFar(&'static str),
    Subject,
    Revoked,
}

impl AuthError {
    /// Names what the check of a token found.
    pub(crate) fn of(kind: &ErrorKind) -> Self {
        match kind {
            ErrorKind::InvalidAudience => Self::Audience,
            ErrorKind::InvalidIssuer => Self::Issuer,
            ErrorKind::InvalidSignature => Self::Signature,
            ErrorKind::InvalidAlgorithm | ErrorKind::InvalidAlgorithmName => Self::Algorithm,
            ErrorKind::MissingRequiredClaim(claim) => Self::Missing(claim.clone().into()),
            _ => Self::Malformed,
        }
    }

    /// Whether the same user's next token may be accepted without anything being done about it in the page: keys are
    /// changed here and at the back end one after the other, clocks differ, and a back end is mended.
    pub(crate) fn may_pass(&self) -> bool {
        match self {
            Self::Malformed
            | Self::Critical
            | Self::Algorithm
            | Self::Signature
            | Self::UnknownKey
            | Self::NoKeys
            | Self::Expired
            | Self::NotYet
            | Self::Audience
            | Self::Missing(_)
            | Self::Claim(..)
            | Self::TooFar(_) => true,
            // The name itself, or its absence; or somebody whom others speak for.
            Self::NoName
            | Self::NoToken
            | Self::Name(_)
            | Self::Unverified
            | Self::Issuer
            | Self::Subject
            | Self::Revoked => false,
        }
    }

    /// Whether another key could lead to something else.
    pub(crate) fn is_about_keys(&self) -> bool {
        matches!(self, Self::Algorithm | Self::Signature | Self::UnknownKey)
    }

    /// Returns what an operator can do about it.
    pub(crate) fn remedy(&self) -> &'static str {
        match self {
            Self::NoName => {
                "the page must name the user (data-signin-name); for tokens start the server with --auth jwt"
            }
            Self::NoToken | Self::Malformed => {
                "the page must get tokens of your back end (data-token-url); without tokens: --auth open"
            }
            Self::Algorithm | Self::Signature => {
                "--jwt-key or --jwks must name the key that belongs to the one the back end signs with; while keys change, \
                 name both"
            }
            Self::UnknownKey => {
                "--jwks must name the set that has the key; a new key is looked for once a minute"
            }
            Self::NoKeys => {
                "the set of keys that --jwks names must be within reach; what is wrong is in this log"
            }
            Self::Expired | Self::NotYet => {
                "compare the clocks of this machine and of the back end"
            }
            Self::Audience => {
                "--jwt-audience and the claim `aud` of the back end's tokens must be the same"
            }
            Self::Issuer => {
                "--jwt-issuer and the claim `iss` of the back end's tokens must be the same"
            }
            Self::Critical => "the back end must sign tokens without extensions (`crit`)",
            Self::Missing(_) | Self::Claim(..) | Self::Name(_) | Self::TooFar(_) => {
                "the back end must sign other claims, or a flag (--jwt-…) name others; see docs/EMBEDDING.md, Who \
                 somebody is"
            }
            Self::Unverified => {
                "who signs the tokens must verify e-mail addresses before they are sign-in names"
            }
            Self::Subject => "the page renewed the token of another user",
            Self::Revoked => "the file of --revoked lists the token or its user",
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
            Self::Critical => {
                f.write_str("the token asks for extensions that the server does not know (`crit`)")
            }
            Self::Algorithm => {
                f.write_str("the token's algorithm is not that of a key of the server")
            }
            Self::Signature => f.write_str("the token's signature fits no key of the server"),
            Self::UnknownKey => {
                f.write_str("the token names a key (`kid`) that the server does not know")
            }
            Self::NoKeys => f.write_str("the server has no keys yet to check the token by"),
            Self::Expired => f.write_str("the token has expired"),
            Self::NotYet => f.write_str("the token is not valid yet (`nbf`)"),
            Self::Audience => f.write_str("the token is for another audience (`aud`)"),
            Self::Issuer => f.write_str("the token is of another issuer (`iss`)"),
            Self::Missing(claim) => write!(f, "the token's `{claim}` is missing"),
            Self::Claim(claim, allowed) => write!(f, "the token's `{claim}` must be {allowed}"),
            Self::Name(claim) => write!(f, "the token's `{claim}` must be {SIGNIN_NAME}"),
            Self::Unverified => {
                f.write_str("the token's `email` has not been verified (`email_verified`)")
            }
            Self::TooFar(claim) => write!(
                f,
                "the token's `{claim}` is more than ten years ahead; it must be in seconds since 1970, not in \
                 milliseconds"
            ),
            Self::Subject => f.write_str("the token is for another user"),
            Self::Revoked => f.write_str("the token has been revoked"),
        }
    }
}

impl std::error::Error for AuthError {}

const SIGNIN_NAME: &str = "a sign-in name: 1 to 129 UTF-16 units, no space first, no line breaks";
