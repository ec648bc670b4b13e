//! Fetches a set of keys over HTTP, once. Keeps nothing, and trusts this machine's root certificates.

use std::{fmt, net::IpAddr, sync::Arc};

use rustls::crypto::ring;
use ureq::{
    Agent, Body, Error,
    http::{Response, Uri, uri::Scheme},
    tls::{Certificate, RootCerts, TlsConfig, TlsProvider},
};

use super::jwk::KeySet;
use crate::limits::{JWKS_BYTES_MAX, JWKS_TIMEOUT};

/// The address of a set: `https:`, or `http:` on this machine.
#[derive(Clone)]
pub(crate) struct SetUrl {
    uri: Uri,
    is_loopback: bool,
}

impl SetUrl {
    /// Reads an address; `None` for what is the name of a file.
    ///
    /// # Errors
    /// What is wrong with the address, and what is allowed.
    pub(crate) fn parse(text: &str) -> Option<Result<Self, String>> {
        text.contains("://").then(|| {
            Self::check(text).map_err(|what| {
                format!(
                    "--jwks {what}; allowed are a file, https://HOST/PATH, and http: for this machine itself \
                     (127.0.0.1, [::1] or localhost)"
                )
            })
        })
    }

    fn check(text: &str) -> Result<Self, &'static str> {
        let uri: Uri = text.parse().map_err(|_| "is no address")?;
        let host = uri.host().filter(|host| !host.is_empty()).ok_or("names no host")?;
        // Addresses stand in logs.
        if uri.authority().is_some_and(|authority| authority.as_str().contains('@')) {
            return Err("holds a password or a user, which is not sent");
        }
        let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
        let is_loopback = host.eq_ignore_ascii_case("localhost")
            || address.is_ok_and(|address| address.is_loopback());
        match uri.scheme() {
            Some(scheme) if *scheme == Scheme::HTTPS => {}
            Some(scheme) if *scheme == Scheme::HTTP && is_loopback => {}
            Some(scheme) if *scheme == Scheme::HTTP => {
                return Err(
                    "is an address by http:, where anybody on the way could give other keys",
                );
            }
            _ => return Err("is an address of another kind"),
        }
        Ok(Self { uri, is_loopback })
    }

    fn is_encrypted(&self) -> bool {
        self.uri.scheme() == Some(&Scheme::HTTPS)
    }

    /// Fetches the set. Blocks for up to [`JWKS_TIMEOUT`].
    ///
    /// # Errors
    /// The address, and what came instead.
    pub(super) fn fetch(&self) -> Result<KeySet, String> {
        self.answer()
            .and_then(|bytes| KeySet::read(&bytes))
            .map_err(|what| format!("{self}: {what}"))
    }

    fn answer(&self) -> Result<Vec<u8>, String> {
        let request = self.agent()?.get(&self.uri);
        let mut response =
            request.header("accept", ACCEPT).call().map_err(|error| words(&error))?;
        check_status(&response)?;
        let body = response.body_mut().with_config().limit(JWKS_BYTES_MAX);
        body.read_to_vec().map_err(|error| words(&error))
    }

    /// Makes a client for one request: certificates of this machine that have changed are read again by that.
    fn agent(&self) -> Result<Agent, String> {
        let config = Agent::config_builder()
            .timeout_global(Some(JWKS_TIMEOUT))
            .https_only(self.is_encrypted())
            // Where else the keys are says the operator, and nobody who answers.
            .max_redirects(0)
            .max_redirects_will_error(false)
            .http_status_as_error(false)
            .user_agent(concat!("mistatus-server/", env!("CARGO_PKG_VERSION")));
        let config = if self.is_loopback { config.proxy(None) } else { config };
        let config = if self.is_encrypted() { config.tls_config(tls()?) } else { config };
        Ok(config.build().into())
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

fn check_status(response: &Response<Body>) -> Result<(), String> {
    let status = response.status();
    if status.is_success() {
        Ok(())
    } else if status.is_redirection() {
        Err(format!(
            "the answer is {status}; --jwks must name the address that answers the set itself"
        ))
    } else {
        Err(format!("the answer is {status}"))
    }
}

fn words(error: &Error) -> String {
    match error {
        Error::BodyExceedsLimit(_) => format!("the set has more than {JWKS_BYTES_MAX} bytes"),
        Error::Timeout(_) => format!("there is no answer after {} seconds", JWKS_TIMEOUT.as_secs()),
        error => error.to_string(),
    }
}

// Without the query, which may hold what is nobody's business.
impl fmt::Display for SetUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = self.uri.scheme_str().unwrap_or_default();
        let authority = self.uri.authority().map_or("", |authority| authority.as_str());
        write!(f, "{scheme}://{authority}{}", self.uri.path())
    }
}

impl fmt::Debug for SetUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SetUrl({self})")
    }
}

const ACCEPT: &str = "application/jwk-set+json, application/json";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_those_that_nobody_on_the_way_can_answer_for() {
        for url in [
            "https://login.example.com/realms/x/protocol/openid-connect/certs",
            "https://login.example.com:8443/jwks?tenant=1",
            "http://127.0.0.1:9000/jwks",
            "http://[::1]:9000/jwks",
            "HTTP://LocalHost/jwks",
        ] {
            assert!(matches!(SetUrl::parse(url), Some(Ok(_))), "{url}");
        }
        for (url, word) in [
            ("http://login.example.com/jwks", "by http:"),
            ("http://127.0.0.1.example.com/jwks", "by http:"),
            ("http://localhost.example.com/jwks", "by http:"),
            ("http://10.0.0.1/jwks", "by http:"),
            ("ftp://login.example.com/jwks", "another kind"),
            ("file:///etc/mistatus/jwks.json", "no address"),
            ("https://user:password@login.example.com/jwks", "a password"),
            ("https://", "no address"),
            ("https:// login.example.com/", "no address"),
        ] {
            let error = SetUrl::parse(url).expect("it is no file").expect_err(url);
            assert!(error.contains(word) && error.contains("https://HOST/PATH"), "{url}: {error}");
            assert!(!error.contains("user:"), "{error}");
        }
        assert!(SetUrl::parse("/etc/mistatus/jwks.json").is_none());
    }

    #[test]
    fn what_is_logged_of_an_address_is_not_its_query() {
        let url = SetUrl::parse("https://login.example.com/jwks?key=secret").unwrap().unwrap();
        assert_eq!(url.to_string(), "https://login.example.com/jwks");
        assert!(!format!("{url:?}").contains("secret"));
    }
}
