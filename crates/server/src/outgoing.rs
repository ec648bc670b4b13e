//! Addresses that this server asks by itself, and how it asks. Knows nothing of what is asked there.

use std::{fmt, net::IpAddr, sync::Arc};

use rustls::crypto::ring;
use ureq::{
    Agent,
    config::ConfigBuilder,
    http::{Uri, uri::Scheme},
    tls::{Certificate, RootCerts, TlsConfig, TlsProvider},
    typestate::AgentScope,
};

/// An address by `https:`, or by `http:` on this machine.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Address {
    uri: Uri,
    is_loopback: bool,
}

/// Tells what is wrong with an address. Does not repeat it: it may hold a password.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum BadAddress {
    NoAddress,
    NoHost,
    /// A user name or a password.
    Credentials,
    /// By `http:`, and another machine.
    ClearText,
    OtherScheme,
}

impl BadAddress {
    /// Returns what to tell whoever wrote the address, as in "it names no host"; `in_clear_text` says what could happen on
    /// the way by `http:`.
    pub(crate) const fn words(self, in_clear_text: &'static str) -> &'static str {
        match self {
            Self::NoAddress => "is no address",
            Self::NoHost => "names no host",
            Self::Credentials => "holds a user name or a password",
            Self::ClearText => in_clear_text,
            Self::OtherScheme => "is an address of another kind",
        }
    }
}

impl Address {
    pub(crate) fn parse(text: &str) -> Result<Self, BadAddress> {
        let uri: Uri = text.parse().map_err(|_| BadAddress::NoAddress)?;
        let host = uri.host().filter(|host| !host.is_empty()).ok_or(BadAddress::NoHost)?;
        // Addresses stand in logs.
        if uri.authority().is_some_and(|authority| authority.as_str().contains('@')) {
            return Err(BadAddress::Credentials);
        }
        let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
        let is_loopback = host.eq_ignore_ascii_case("localhost")
            || address.is_ok_and(|address| address.is_loopback());
        match uri.scheme() {
            Some(scheme) if *scheme == Scheme::HTTPS => {}
            Some(scheme) if *scheme == Scheme::HTTP && is_loopback => {}
            Some(scheme) if *scheme == Scheme::HTTP => return Err(BadAddress::ClearText),
            _ => return Err(BadAddress::OtherScheme),
        }
        Ok(Self { uri, is_loopback })
    }

    pub(crate) const fn uri(&self) -> &Uri {
        &self.uri
    }

    /// Returns host and port: what of an address is never a secret.
    pub(crate) fn host(&self) -> &str {
        self.uri.authority().map_or("", |authority| authority.as_str())
    }

    pub(crate) const fn is_loopback(&self) -> bool {
        self.is_loopback
    }

    /// Begins the settings of a client for this address, which trusts this machine's root certificates as they are now
    /// and goes where the operator says, not where an answer sends it.
    ///
    /// # Errors
    /// This machine trusts nobody.
    pub(crate) fn client(&self) -> Result<ConfigBuilder<AgentScope>, String> {
        let is_encrypted = self.uri.scheme() == Some(&Scheme::HTTPS);
        let config = Agent::config_builder()
            .https_only(is_encrypted)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .http_status_as_error(false)
            .user_agent(concat!("mistatus-server/", env!("CARGO_PKG_VERSION")));
        Ok(if is_encrypted { config.tls_config(tls()?) } else { config })
    }
}

fn tls() -> Result<TlsConfig, String> {
    let found = rustls_native_certs::load_native_certs();
    if found.certs.is_empty() {
        return Err(
            "this machine has no root certificates (package ca-certificates, or SSL_CERT_FILE)"
                .to_owned(),
        );
    }
    let roots = found.certs.iter().map(|root| Certificate::from_der(root).to_owned());
    Ok(TlsConfig::builder()
        .provider(TlsProvider::Rustls)
        .root_certs(RootCerts::from(roots))
        .unversioned_rustls_crypto_provider(Arc::new(ring::default_provider()))
        .build())
}

// Without the query, which may hold what is nobody's business.
impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = self.uri.scheme_str().unwrap_or_default();
        write!(f, "{scheme}://{}{}", self.host(), self.uri.path())
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Address({})", self.host())
    }
}
