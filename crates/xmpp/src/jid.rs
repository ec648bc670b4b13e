//! Addresses (RFC 7622), as far as a client needs them: split, bounded, compared.
//!
//! Services prepare addresses by PRECIS before they send them; this only folds letter case, so that what a page
//! writes finds what a service says.

use core::fmt;

use mistatus_core::{fold::fold, signin_name::SigninName};

use crate::limits::JID_PART_MAX;

/// The address of a user or a service, without a resource.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct BareJid {
    local: Option<Box<str>>,
    domain: Box<str>,
}

/// An address with or without a resource.
#[derive(Clone, PartialEq, Eq)]
pub struct Jid {
    /// Of whom.
    pub bare: BareJid,
    /// Which of their connections; case counts.
    pub resource: Option<Box<str>>,
}

impl Jid {
    /// Reads an address; `None` for what is none.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (bare, resource) = match text.split_once('/') {
            Some((bare, resource)) => (bare, Some(resource)),
            None => (text, None),
        };
        if resource.is_some_and(|resource| !is_part(resource)) {
            return None;
        }
        Some(Self { bare: BareJid::parse(bare)?, resource: resource.map(Into::into) })
    }
}

impl BareJid {
    /// Reads an address without resource; `None` for what is none.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (local, domain) = match text.split_once('@') {
            Some((local, domain)) => (Some(local), domain),
            None => (None, text),
        };
        // A dot at the end is the root of the name system and means nothing (RFC 7622 §3.2).
        let domain = domain.strip_suffix('.').unwrap_or(domain);
        let is_forbidden = |character: char| {
            character.is_whitespace() || character.is_control() || "\"&'/:<>@".contains(character)
        };
        let is_local = |local: &str| is_part(local) && !local.contains(is_forbidden);
        let is_domain = is_part(domain)
            && !domain.contains(|character: char| {
                character.is_whitespace()
                    || character.is_control()
                    || "\"&'/<>@".contains(character)
            });
        if !is_domain || local.is_some_and(|local| !is_local(local)) {
            return None;
        }
        Some(Self { local: local.map(|local| fold(local).into()), domain: fold(domain).into() })
    }

    /// Returns the address of a user with that sign-in name; `None` for one that no user of XMPP has.
    #[must_use]
    pub fn of_user(name: &SigninName) -> Option<Self> {
        Self::parse(name.as_str()).filter(|jid| jid.local.is_some())
    }

    /// Returns the sign-in name of a user; `None` for services, and for names longer than the API allows.
    #[must_use]
    pub fn signin_name(&self) -> Option<SigninName> {
        self.local.as_ref()?;
        SigninName::parse(&self.to_string()).ok()
    }

    /// Returns the part before the `@`.
    #[must_use]
    pub fn local(&self) -> Option<&str> {
        self.local.as_deref()
    }

    /// Returns the part after the `@`, or all of it.
    #[must_use]
    pub fn domain(&self) -> &str {
        &self.domain
    }
}

fn is_part(text: &str) -> bool {
    !text.is_empty() && text.len() <= JID_PART_MAX
}

impl fmt::Display for BareJid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.local {
            Some(local) => write!(f, "{local}@{}", self.domain),
            None => f.write_str(&self.domain),
        }
    }
}

impl fmt::Display for Jid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.resource {
            Some(resource) => write!(f, "{}/{resource}", self.bare),
            None => write!(f, "{}", self.bare),
        }
    }
}

// Addresses are user data: debug output, which ends in logs, shows only the length.
impl fmt::Debug for BareJid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BareJid(<{} bytes>)", self.to_string().len())
    }
}

impl fmt::Debug for Jid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Jid(<{} bytes>)", self.to_string().len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_up_to_three_parts() {
        let jid = Jid::parse("Alice@Example.COM./Pc/1@x").unwrap();
        assert_eq!(jid.bare.to_string(), "alice@example.com");
        assert_eq!(jid.resource.as_deref(), Some("Pc/1@x"));
        assert_eq!(Jid::parse("example.com").unwrap().bare.local(), None);
        assert_eq!(Jid::parse("[::1]").unwrap().bare.domain(), "[::1]");
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for text in [
            "", "@", "a@", "@b", "a@b@c", "a@b/", "/r", "a b@c", "a@b c", "a&b@c", "a<@b",
            "a\u{0}@b", ".",
        ] {
            assert_eq!(Jid::parse(text), None, "{text}");
        }
        assert_eq!(Jid::parse(&"a".repeat(JID_PART_MAX + 1)), None);
        assert_eq!(Jid::parse(&format!("a@b/{}", "c".repeat(JID_PART_MAX + 1))), None);
    }

    #[test]
    fn sign_in_names_are_addresses_of_users() {
        let name = SigninName::parse("Alice@Example.com").unwrap();
        assert_eq!(BareJid::of_user(&name).unwrap().signin_name(), Some(name));
        assert_eq!(BareJid::of_user(&SigninName::parse("alice").unwrap()), None);
        assert_eq!(BareJid::parse("example.com").unwrap().signin_name(), None);
        assert_eq!(BareJid::parse(&format!("{}@b", "a".repeat(500))).unwrap().signin_name(), None);
    }
}
