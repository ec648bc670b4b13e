//! Who gives out tokens and checks them: names, an end, nothing else. Keeps no secret.

use mistatus_core::{
    signin_name::SigninName,
    time::{Span, UnixMs},
};

/// How long before its end a token is asked to be renewed.
const NOTICE: Span = Span::from_secs(60);

/// The credentials of a connection, as the server knows them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Credentials {
    pub(crate) end: UnixMs,
    /// Whether the client was asked for a fresh one.
    pub(crate) is_asked: bool,
}

impl Credentials {
    pub(crate) const fn until(end: UnixMs) -> Self {
        Self { end, is_asked: false }
    }

    /// Returns when to look at it again.
    pub(crate) fn due(&self) -> UnixMs {
        let end = self.end.as_millis();
        UnixMs::from_millis(if self.is_asked {
            end
        } else {
            end.saturating_sub(NOTICE.as_millis())
        })
    }
}

/// Makes a token for a user that holds until then.
pub(crate) fn token(name: &SigninName, end: UnixMs) -> String {
    format!("{}|{}", end.as_millis(), name.as_str())
}

/// Returns the end of a token that is for that user and has not ended.
pub(crate) fn check(token: &str, name: &SigninName, wall: UnixMs) -> Option<UnixMs> {
    let (end, of) = token.split_once('|')?;
    let end = UnixMs::from_millis(end.parse().ok()?);
    (SigninName::parse(of).ok().as_ref() == Some(name) && end > wall).then_some(end)
}
