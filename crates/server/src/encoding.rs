//! Which coding of a file a client wants (RFC 9110 §12.5.3). Knows nothing of files.

use axum::http::{HeaderMap, header};

/// A content coding in which the build leaves files beside themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Coding {
    Brotli,
    Gzip,
}

impl Coding {
    /// Returns its name in `content-encoding`.
    pub(crate) fn token(self) -> &'static str {
        match self {
            Self::Brotli => "br",
            Self::Gzip => "gzip",
        }
    }

    /// Returns what the names of such files end in.
    pub(crate) fn suffix(self) -> &'static str {
        match self {
            Self::Brotli => ".br",
            Self::Gzip => ".gz",
        }
    }

    fn is_named(self, name: &str) -> bool {
        // RFC 9110 §8.4.1.3.
        let is_old_gzip = self == Self::Gzip && name.eq_ignore_ascii_case("x-gzip");
        is_old_gzip || name.eq_ignore_ascii_case(self.token())
    }
}

/// The smaller files first.
pub(crate) const CODINGS: [Coding; 2] = [Coding::Brotli, Coding::Gzip];

/// Returns the codings that a client accepts and likes at least as much as none, the best first.
pub(crate) fn accepted(request: &HeaderMap) -> Vec<Coding> {
    let wishes: Vec<_> = request
        .get_all(header::ACCEPT_ENCODING)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(wish)
        .collect();
    let weight = |is_named: &dyn Fn(&str) -> bool| {
        wishes.iter().find(|(name, _)| is_named(name)).map(|(_, weight)| *weight)
    };
    let others = weight(&|name| name == "*").unwrap_or(0.0);
    // Always acceptable unless told, and never better than something smaller unless told.
    let identity = weight(&|name| name.eq_ignore_ascii_case("identity")).unwrap_or(0.0);
    let mut weighed: Vec<_> = CODINGS
        .into_iter()
        .map(|coding| (coding, weight(&|name| coding.is_named(name)).unwrap_or(others)))
        .filter(|(_, weight)| *weight > 0.0 && *weight >= identity)
        .collect();
    weighed.sort_by(|(_, one), (_, other)| other.total_cmp(one));
    weighed.into_iter().map(|(coding, _)| coding).collect()
}

/// Reads one member of the list; what is malformed wishes nothing.
fn wish(member: &str) -> Option<(&str, f32)> {
    let (name, parameter) = match member.split_once(';') {
        Some((name, parameter)) => (name, Some(parameter.trim())),
        None => (member, None),
    };
    let weight = match parameter {
        None => 1.0,
        Some(parameter) => {
            parameter.strip_prefix("q=").or(parameter.strip_prefix("Q="))?.parse().ok()?
        }
    };
    (0.0..=1.0).contains(&weight).then_some((name.trim(), weight))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::{
        Coding::{Brotli, Gzip},
        *,
    };

    fn check(values: &[&'static str], expect: &[Coding]) {
        let mut request = HeaderMap::new();
        for value in values {
            request.append(header::ACCEPT_ENCODING, HeaderValue::from_static(value));
        }
        assert_eq!(accepted(&request), expect, "{values:?}");
    }

    #[test]
    fn brotli_goes_before_gzip_where_the_client_has_no_preference() {
        check(&["gzip, deflate, br, zstd"], &[Brotli, Gzip]);
        check(&["gzip", "br"], &[Brotli, Gzip]);
        check(&["*"], &[Brotli, Gzip]);
    }

    #[test]
    fn weights_decide() {
        check(&["br;q=0.5, gzip"], &[Gzip, Brotli]);
        check(&["br;q=0, gzip"], &[Gzip]);
        check(&["br;q=0.000, *;q=0.1"], &[Gzip]);
        check(&["BR ; q=0.2,X-GZIP;Q=0.1"], &[Brotli, Gzip]);
        check(&["gzip;q=0.5, identity, br;q=0.9"], &[]);
    }

    #[test]
    fn who_does_not_ask_gets_files_as_they_are() {
        check(&[], &[]);
        check(&[""], &[]);
        check(&["identity"], &[]);
        check(&["deflate, zstd"], &[]);
        check(&["*;q=0"], &[]);
        check(&["br;q=high, gzip;q=2, br;level=3"], &[]);
    }
}
