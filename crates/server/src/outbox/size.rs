//! How much memory a notice takes while it waits. Every kind is named, so that none is forgotten.

use mistatus_core::{
    chat::{ChatMessage, ContactRequest},
    group::Group,
    message::{Change, MyPresence, Notice},
    presence::Note,
    signin_name::SigninName,
};

use super::Outgoing;

/// Returns about how many bytes something takes.
pub(super) fn bytes(outgoing: &Outgoing) -> usize {
    size_of::<Outgoing>()
        + match outgoing {
            Outgoing::Notice(notice) => held(notice),
            Outgoing::Close(_) => 0,
        }
}

/// Returns how many bytes a notice holds beside itself.
fn held(notice: &Notice) -> usize {
    match notice {
        Notice::SignedIn(welcome) => {
            let resume = welcome.resume.as_ref().map_or(0, |token| token.reveal().len());
            name(&welcome.name) + welcome.friendly_name.len() + resume
        }
        Notice::Snapshot(snapshot) => {
            presence(&snapshot.me)
                + sum(&snapshot.contacts, change)
                + sum(&snapshot.watched, change)
                + sum(&snapshot.groups, group)
                + sum(&snapshot.blocked, listed)
                + sum(&snapshot.requests, request)
        }
        Notice::Changes { changes, .. } => sum(changes, change),
        Notice::MyStatus { me, .. } => presence(me),
        Notice::ContactAdded { contact, .. } => change(contact),
        Notice::ContactRequested { request: asked, .. } => request(asked),
        Notice::ContactRemoved { name: who, .. }
        | Notice::ContactRequestGone { name: who, .. }
        | Notice::Blocked { name: who, .. }
        | Notice::GroupMember { name: who, .. }
        | Notice::Delivered { to: who, .. } => name(who),
        Notice::GroupAdded { group: added, .. } => group(added),
        Notice::GroupRenamed { name, .. } => name.as_str().len(),
        Notice::Message { message: told, .. } => message(told),
        Notice::Messages { messages, .. } => sum(messages, message),
        Notice::Outcome { message, .. } | Notice::Bye { message, .. } => {
            message.as_ref().map_or(0, String::len)
        }
        Notice::Refused { message, .. } => message.len(),
        Notice::GroupRemoved { .. }
        | Notice::TokenExpiring { .. }
        | Notice::Ping
        | Notice::Pong => 0,
    }
}

fn sum<T>(all: &[T], bytes: impl Fn(&T) -> usize) -> usize {
    all.iter().map(bytes).sum()
}

/// Returns what the texts of a name take; most are their own folded form.
fn name(name: &SigninName) -> usize {
    let (given, folded) = (name.as_str(), name.folded());
    given.len() + if given == folded { 0 } else { folded.len() }
}

fn listed(who: &SigninName) -> usize {
    size_of::<SigninName>() + name(who)
}

fn change(change: &Change) -> usize {
    size_of::<Change>()
        + name(&change.name)
        + change.friendly_name.as_ref().map_or(0, String::len)
        + note(change.presence.note.as_ref())
}

fn presence(me: &MyPresence) -> usize {
    size_of::<MyPresence>() + note(me.intent.note.as_ref())
}

fn note(note: Option<&Note>) -> usize {
    note.map_or(0, |note| note.as_str().len())
}

fn group(group: &Group) -> usize {
    size_of::<Group>() + group.name.as_str().len() + sum(&group.members, listed)
}

fn request(request: &ContactRequest) -> usize {
    size_of::<ContactRequest>()
        + name(&request.from)
        + request.friendly_name.as_ref().map_or(0, String::len)
}

fn message(message: &ChatMessage) -> usize {
    size_of::<ChatMessage>() + name(&message.from) + name(&message.to) + message.text.as_str().len()
}
