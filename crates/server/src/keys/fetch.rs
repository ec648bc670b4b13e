//! Fetches a set of keys over HTTP, once. Keeps nothing, and trusts this machine's root certificates.

use std::fmt;

use ureq::{Agent, Body, Error, http::Response};

use super::jwk::KeySet;
use crate::{
    limits::{JWKS_BYTES_MAX, JWKS_TIMEOUT},
    outgoing::Address,
};

/// The address of a set.
#[derive(Clone)]
pub(crate) struct SetUrl(Address);

impl SetUrl {
    /// Reads an address; `None` for what is the name of a file.
    ///
    /// # Errors
    /// What is wrong with the address, and what is allowed.
    pub(crate) fn parse(text: &str) -> Option<Result<Self, String>> {
        text.contains("://").then(|| {
            Address::parse(text).map(Self).map_err(|bad| {
                let what = bad
                    .words("is an address by http:, where anybody on the way could give other keys");
                format!(
                    "--jwks {what}; allowed are a file, https://HOST/PATH, and http: for this machine itself \
                     (127.0.0.1, [::1] or localhost)"
                )
            })
        })
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
        let request = self.agent()?.get(self.0.uri());
        let mut response =
            request.header("accept", ACCEPT).call().map_err(|error| words(&error))?;
        check_status(&response)?;
        let body = response.body_mut().with_config().limit(JWKS_BYTES_MAX);
        body.read_to_vec().map_err(|error| words(&error))
    }

    /// Makes a client for one request: certificates of this machine that have changed are read again by that.
    fn agent(&self) -> Result<Agent, String> {
        let config = self.0.client()?.timeout_global(Some(JWKS_TIMEOUT));
        let config = if self.0.is_loopback() { config.proxy(None) } else { config };
        Ok(config.build().into())
    }
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

impl fmt::Display for SetUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
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
