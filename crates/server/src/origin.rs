//! Which pages may open a stream (RFC 6454). Knows nothing of people.

use axum::http::{HeaderMap, header};

/// The origin of a page.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Origin {
    /// Of the web: scheme and authority in lower case and without the scheme's own port.
    Web { scheme: String, authority: String },
    /// Of an application's own scheme, as `tauri://localhost`, or `null`: the text as the browser sends it.
    Exact(String),
}

impl Origin {
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let wrong = || {
            format!(
                "`{}` is not an origin; it must be like https://intranet.example.com, http://localhost:5173, \
                 an application's own like capacitor://localhost or chrome-extension://ID, or null",
                text.escape_debug()
            )
        };
        if text == OPAQUE {
            return Ok(Self::Exact(OPAQUE.to_owned()));
        }
        let (scheme, authority) = text.split_once("://").ok_or_else(wrong)?;
        let authority = authority.strip_suffix('/').unwrap_or(authority);
        let is_host = !authority.is_empty()
            && authority.chars().all(|c| c.is_ascii_graphic() && !"/@*?#\\,".contains(c));
        if !is_scheme(scheme) || !is_host {
            return Err(wrong());
        }
        match scheme.to_ascii_lowercase().as_str() {
            scheme @ ("http" | "https") => {
                let authority = authority.to_ascii_lowercase();
                let authority = without_default_port(scheme, &authority).to_owned();
                Ok(Self::Web { scheme: scheme.to_owned(), authority })
            }
            // Pages have no such origin: of files it is `null`, of WebSockets that of the page.
            "ws" | "wss" | "ftp" | "file" => Err(wrong()),
            _ => Ok(Self::Exact(format!("{scheme}://{authority}"))),
        }
    }

    /// Whether pages that have nothing to do with each other share this origin.
    pub(crate) fn is_opaque(&self) -> bool {
        matches!(self, Self::Exact(text) if text == OPAQUE)
    }

    /// Whether its pages come over the network in clear text, where anybody on the way can change them.
    pub(crate) fn is_clear_text(&self) -> bool {
        matches!(self, Self::Web { scheme, authority } if scheme == "http" && !is_loopback(authority))
    }

    /// Whether a page of this origin came from the host that the request went to.
    fn is_of(&self, host: &str) -> bool {
        match self {
            Self::Web { scheme, authority } => {
                without_default_port(scheme, &host.to_ascii_lowercase()) == authority
            }
            Self::Exact(_) => false,
        }
    }

    /// Whether its pages come from a host of this name, whatever the port.
    fn is_of_name(&self, host: &str) -> bool {
        match self {
            Self::Web { authority, .. } => {
                without_port(authority).eq_ignore_ascii_case(without_port(host))
            }
            Self::Exact(_) => false,
        }
    }
}

/// The origin of sandboxed frames, of files and of what was redirected (HTML §7.1.1).
const OPAQUE: &str = "null";

/// RFC 3986 §3.1.
fn is_scheme(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
}

/// Tells whether a request comes from a page that may connect.
///
/// Requests without `Origin` come from no page and are let through: they carry no visitor's identity.
/// `loopback_only` is for servers without authentication: there a foreign name that resolves to this machine
/// (DNS rebinding) must not pass as the server's own host.
pub(crate) fn is_allowed(headers: &HeaderMap, allowed: &[Origin], loopback_only: bool) -> bool {
    let Some(origin) = headers.get(header::ORIGIN) else { return true };
    let Some(origin) = origin.to_str().ok().and_then(|text| Origin::parse(text).ok()) else {
        return false;
    };
    if allowed.contains(&origin) {
        return true;
    }
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    origin.is_of(host) && (!loopback_only || is_loopback(host))
}

/// Tells whether a request went to a name of this machine, or to that of the host of a page that may connect.
///
/// For servers without authentication: a page of a foreign name that resolves to this machine (DNS rebinding) sends no
/// `Origin` where it only reads. Requests without `Host` come from no page.
pub(crate) fn is_for_this_machine(headers: &HeaderMap, allowed: &[Origin]) -> bool {
    headers.get_all(header::HOST).iter().all(|host| {
        host.to_str().is_ok_and(|host| {
            is_loopback(host) || allowed.iter().any(|origin| origin.is_of_name(host))
        })
    })
}

/// Returns the name of a host, or its address without brackets.
fn without_port(host: &str) -> &str {
    match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    }
}

fn is_loopback(host: &str) -> bool {
    let name = without_port(host);
    name.eq_ignore_ascii_case("localhost")
        || name.to_ascii_lowercase().ends_with(".localhost")
        || name.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

fn without_default_port<'a>(scheme: &str, authority: &'a str) -> &'a str {
    let port = if scheme == "https" { ":443" } else { ":80" };
    authority.strip_suffix(port).unwrap_or(authority)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(origin: Option<&str>, host: &str, allowed: &[&str], loopback_only: bool) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, host.parse().unwrap());
        if let Some(origin) = origin {
            headers.insert(header::ORIGIN, origin.parse().unwrap());
        }
        let allowed: Vec<_> = allowed.iter().map(|text| Origin::parse(text).unwrap()).collect();
        is_allowed(&headers, &allowed, loopback_only)
    }

    #[test]
    fn own_pages_and_listed_ones_may_connect() {
        assert!(check(Some("http://127.0.0.1:8787"), "127.0.0.1:8787", &[], true));
        assert!(check(Some("https://Presence.example"), "presence.example:443", &[], false));
        assert!(check(Some("https://a.example"), "b.example", &["https://A.example/"], false));
        assert!(check(None, "b.example", &[], true), "no page");
    }

    #[test]
    fn other_pages_may_not() {
        assert!(!check(Some("https://evil.example"), "127.0.0.1:8787", &[], true));
        assert!(!check(Some("http://127.0.0.1:1"), "127.0.0.1:2", &[], true));
        assert!(!check(Some("null"), "127.0.0.1:2", &[], true));
        assert!(!check(Some("http://a.example"), "b", &["https://a.example"], false), "scheme");
    }

    #[test]
    fn origins_of_applications_are_taken_as_they_are_listed() {
        let listed = [
            "capacitor://localhost",
            "tauri://localhost",
            "chrome-extension://abcdefghijklmnopabcdefghijklmnop",
            "moz-extension://0b5ed9ea-7a5a-4a0c-8a75-2d7d0f5d3c1b",
            "app://bundle.one/",
            "null",
        ];
        for origin in listed {
            let sent = origin.trim_end_matches('/');
            for loopback_only in [false, true] {
                assert!(check(Some(sent), "127.0.0.1:2", &listed, loopback_only), "{origin}");
                assert!(!check(Some(sent), "127.0.0.1:2", &["https://a.example"], loopback_only));
            }
            // The host of an application's page is none of ours, whatever it is called.
            assert!(!check(Some(sent), "localhost", &[], false), "{origin}");
        }
        assert!(!check(Some("tauri://other"), "a", &listed, false));
        assert!(!check(Some("http://localhost"), "a", &["capacitor://localhost"], false));
        assert!(!check(Some("capacitor://localhost:80"), "a", &["capacitor://localhost"], false));
    }

    #[test]
    fn a_foreign_name_for_this_machine_is_not_its_own_host_without_authentication() {
        assert!(!check(Some("http://evil.example:1"), "evil.example:1", &[], true));
        assert!(check(Some("http://evil.example:1"), "evil.example:1", &[], false));
        assert!(check(Some("http://localhost:1"), "localhost:1", &[], true));
        assert!(check(Some("http://[::1]:1"), "[::1]:1", &[], true));
    }

    #[test]
    fn what_is_no_origin_is_refused_as_a_setting() {
        for text in [
            "example.com",
            "ftp://a",
            "https://",
            "https://a/b",
            "https://*",
            "*",
            "",
            "Null",
            "://a",
            "1a://b",
            "wss://a",
            "file:///",
            "tauri://",
            "tauri://a/b",
            "tauri://*",
            "tau ri://a",
            "chrome-extension:abc",
        ] {
            let error = Origin::parse(text).expect_err(text);
            assert!(error.contains("capacitor://localhost") && error.contains("null"), "{error}");
        }
    }
}
