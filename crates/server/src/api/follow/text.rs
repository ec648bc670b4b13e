//! How events are written (HTML, "Server-sent events"), and by which ids a stream goes on. Knows no connections.

use axum::body::Bytes;
use mistatus_core::message::Change;
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::{
    api::presence::{ListView, PresenceView},
    events::{Followed, Position, Snapshot},
};

/// Writes how everybody is whom one follows.
pub(super) fn snapshot(snapshot: &Snapshot, id: &str) -> Option<Bytes> {
    let presence = snapshot.changes.iter().cloned().map(PresenceView::of).collect();
    event("snapshot", id, &ListView { presence })
}

/// Writes how somebody is now.
pub(super) fn presence(change: Change, id: &str) -> Option<Bytes> {
    event("presence", id, &PresenceView::of(change))
}

/// Writes where one is, and nothing else.
pub(super) fn comment(id: &str) -> Bytes {
    format!(":\nid: {id}\n\n").into()
}

/// Writes an event; JSON has no line breaks outside of texts, where they are escaped.
fn event(kind: &str, id: &str, data: &impl Serialize) -> Option<Bytes> {
    let mut text = format!("event: {kind}\nid: {id}\ndata: ").into_bytes();
    serde_json::to_writer(&mut text, data).ok()?;
    text.extend_from_slice(b"\n\n");
    Some(text.into())
}

/// Returns the id of an event, for those with that tag.
pub(super) fn id(run: u64, tag: &str, number: u64) -> String {
    format!("{run:x}-{tag}-{number}")
}

/// Returns a short text that is another for other names.
pub(super) fn tag(followed: &Followed) -> String {
    let Some(names) = &followed.0 else { return "all".to_owned() };
    let mut digest = Sha256::new();
    for name in names.iter() {
        digest.update(name.folded());
        // No name holds it.
        digest.update("\n");
    }
    digest.finalize().iter().take(TAG_BYTES).map(|byte| format!("{byte:02x}")).collect()
}

/// Reads an id; `None` for one of other names, or of nobody.
pub(super) fn position(id: &str, expected: &str) -> Option<Position> {
    let mut parts = id.split('-');
    let (run, tag, number) = (parts.next()?, parts.next()?, parts.next()?);
    if tag != expected || parts.next().is_some() {
        return None;
    }
    Some(Position { run: u64::from_str_radix(run, 16).ok()?, number: number.parse().ok()? })
}

/// Bytes of a digest that make a tag: no secret, and few sets of names in one program.
const TAG_BYTES: usize = 6;

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, sync::Arc};

    use mistatus_core::signin_name::SigninName;

    use super::*;

    #[test]
    fn ids_are_read_by_whom_they_are_for() {
        let followed = |names: &[&str]| {
            let names: BTreeSet<_> =
                names.iter().map(|name| SigninName::parse(name).unwrap()).collect();
            Followed(Some(Arc::new(names)))
        };
        let both = tag(&followed(&["a@x", "b@x"]));
        assert_eq!(both, tag(&followed(&["B@x", "a@x"])), "order and letter case do not matter");
        assert_ne!(both, tag(&followed(&["a@x"])));
        assert_ne!(both, tag(&Followed(None)));
        let expected = Position { run: 0x1a, number: 7 };
        assert_eq!(position(&id(0x1a, &both, 7), &both), Some(expected));
        for id in ["", "7", "1a-all-7", "1a--7", &format!("1a-{both}-7-8"), &format!("x-{both}-7")]
        {
            assert_eq!(position(id, &both), None, "{id:?}");
        }
    }
}
