//! Proof of identity (RFC 6120 §6): which mechanism, and its steps.

mod scram;

use base64::{Engine, engine::general_purpose::STANDARD};

pub use scram::{Hash, Scram, ScramError};

use crate::{limits::CHALLENGE_MAX, ns, xml::Element};

/// A mechanism that this client supports. The order is that of strength, weakest first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Mechanism {
    /// No proof: a visitor (RFC 4505).
    Anonymous,
    /// The password or token itself (RFC 4616).
    Plain,
    /// A token itself, as ejabberd takes those that it has issued.
    XOauth2,
    /// Proof without the password (RFC 5802).
    ScramSha1,
    /// Proof without the password (RFC 7677).
    ScramSha256,
}

impl Mechanism {
    /// Every mechanism, weakest first.
    pub const ALL: [Self; 5] =
        [Self::Anonymous, Self::Plain, Self::XOauth2, Self::ScramSha1, Self::ScramSha256];

    /// Returns the registered name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Anonymous => "ANONYMOUS",
            Self::Plain => "PLAIN",
            Self::XOauth2 => "X-OAUTH2",
            Self::ScramSha1 => "SCRAM-SHA-1",
            Self::ScramSha256 => "SCRAM-SHA-256",
        }
    }

    /// Whether whoever reads the connection, or poses as the service, learns the secret.
    #[must_use]
    pub const fn gives_secret_away(self) -> bool {
        matches!(self, Self::Plain | Self::XOauth2)
    }
}

/// Returns the mechanisms that both sides know, from the features of a stream.
#[must_use]
pub fn offered(features: &Element) -> Vec<Mechanism> {
    let names: Vec<String> = features
        .first("mechanisms", ns::SASL)
        .into_iter()
        .flat_map(Element::elements)
        .filter(|element| element.is("mechanism", ns::SASL))
        .map(|element| element.content().trim().to_owned())
        .collect();
    Mechanism::ALL
        .into_iter()
        .filter(|known| names.iter().any(|name| name == known.name()))
        .collect()
}

/// An exchange that has begun.
#[derive(Debug)]
pub enum Exchange {
    /// Everything was said; only the verdict is missing.
    Said,
    /// Several steps.
    Scram(Box<Scram>),
}

/// Begins by a mechanism: returns the exchange and its first element.
#[must_use]
pub fn begin(mechanism: Mechanism, user: &str, secret: &str, nonce: &str) -> (Exchange, Element) {
    let auth = Element::new("auth", ns::SASL).with("mechanism", mechanism.name());
    let hash = match mechanism {
        // RFC 6120 §6.4.2: no initial response at all.
        Mechanism::Anonymous => return (Exchange::Said, auth),
        Mechanism::Plain | Mechanism::XOauth2 => {
            let said = STANDARD.encode(format!("\0{user}\0{secret}"));
            return (Exchange::Said, auth.text(&said));
        }
        Mechanism::ScramSha1 => Hash::Sha1,
        Mechanism::ScramSha256 => Hash::Sha256,
    };
    let (scram, first) = Scram::begin(hash, user, secret, nonce);
    (Exchange::Scram(Box::new(scram)), auth.text(&STANDARD.encode(first)))
}

impl Exchange {
    /// Answers a challenge.
    ///
    /// # Errors
    /// The challenge is none, or not one of somebody who knows the password.
    pub fn challenge(&mut self, challenge: &Element) -> Result<Element, ScramError> {
        let Self::Scram(scram) = self else { return Err(ScramError::Unasked) };
        let answer = scram.challenge(&decode(challenge)?)?;
        Ok(Element::new("response", ns::SASL).text(&STANDARD.encode(answer)))
    }

    /// Checks a success: the service must have proved that it knows the password too, where the mechanism says so.
    ///
    /// # Errors
    /// It has not.
    pub fn success(&mut self, success: &Element) -> Result<(), ScramError> {
        match self {
            Self::Said => Ok(()),
            Self::Scram(scram) => scram.success(&decode(success)?),
        }
    }
}

fn decode(element: &Element) -> Result<String, ScramError> {
    let content = element.content();
    let content = content.trim();
    if content.len() > CHALLENGE_MAX {
        return Err(ScramError::Malformed);
    }
    // RFC 6120 §6.4.2: a lone equals sign stands for nothing.
    let bytes = if content == "=" {
        Vec::new()
    } else {
        STANDARD.decode(content).map_err(|_| ScramError::Malformed)?
    };
    String::from_utf8(bytes).map_err(|_| ScramError::Malformed)
}
