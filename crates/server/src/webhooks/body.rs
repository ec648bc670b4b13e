//! What a webhook is sent: the body that events have, and by what it is told from the one before.

use std::time::{Duration, UNIX_EPOCH};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use mistatus_core::{message::Change, signin_name::SigninName, time::UnixMs};
use serde::Serialize;

use crate::{
    api::PresenceView,
    limits::WEBHOOK_ID_BYTES,
    store::webhooks::{Announcement, IfUnknown},
    webhooks::Hook,
};

/// A body, as Standard Webhooks recommends it ("Payload structure").
#[derive(Serialize)]
struct Body<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    /// When the change was noticed (RFC 3339).
    timestamp: String,
    data: &'a PresenceView,
}

/// Writes how somebody is for a webhook that follows them; `None` for what cannot be written, which there is not.
pub(super) fn announcement(
    hook: &Hook,
    change: &Change,
    now: UnixMs,
    is_return: bool,
    if_unknown: IfUnknown,
) -> Option<Announcement> {
    let followed = hook.names.as_ref().and_then(|names| names.get(&change.name));
    let name: &SigninName = followed.unwrap_or(&change.name);
    let view = PresenceView::of(Change { name: name.clone(), ..change.clone() });
    let at = UNIX_EPOCH + Duration::from_millis(now.as_millis());
    let timestamp = humantime::format_rfc3339_millis(at).to_string();
    let body = Body { kind: "presence.changed", timestamp, data: &view };
    Some(Announcement {
        hook: hook.name.clone(),
        person: change.name.folded().to_owned(),
        state: state(&view)?,
        source: change.presence.source.map(|source| source.name().to_owned()),
        is_return,
        id: id()?,
        body: serde_json::to_string(&body).ok()?,
        if_unknown,
    })
}

/// Writes what of a body is how somebody is. Since when is not: after a restart the server does not know it, and it
/// does not change alone.
fn state(view: &PresenceView) -> Option<String> {
    let mut state = serde_json::to_value(view).ok()?;
    let fields = state.as_object_mut()?;
    fields.remove("name");
    fields.remove("since");
    fields.remove("source");
    Some(state.to_string())
}

/// Makes up the id of a body. By chance: a number would be given again after a backup was restored.
fn id() -> Option<String> {
    let mut bytes = [0; WEBHOOK_ID_BYTES];
    getrandom::fill(&mut bytes).ok()?;
    Some(format!("msg_{}", URL_SAFE_NO_PAD.encode(bytes)))
}
