//! How much memory a message takes while it waits for a peer. Every kind is named, so that none is forgotten.
//!
//! About as much: what allocators add, and capacity beyond the length, is left out.

use crate::{
    chat::{ChatMessage, ContactRequest},
    claim::{ClaimKey, KnownClaim},
    group::Group,
    message::{Change, MyPresence, Notice, Outcome, Snapshot, Update, Welcome},
    presence::Note,
    search::FoundPerson,
    signin_name::SigninName,
    unread::Unread,
};

/// A value that knows how many bytes of memory it takes.
pub trait Footprint: Sized {
    /// Returns how many bytes it holds outside itself: texts and lists.
    fn held(&self) -> usize;

    /// Returns how many bytes it takes in all.
    fn footprint(&self) -> usize {
        size_of::<Self>() + self.held()
    }
}

impl Footprint for Notice {
    fn held(&self) -> usize {
        match self {
            Notice::SignedIn(welcome) => welcome.held(),
            Notice::Snapshot(snapshot) => snapshot.held(),
            Notice::Update(_, update) => update.held(),
            Notice::Messages { messages, .. } => all(messages),
            Notice::People { people, .. } => all(people),
            Notice::Outcome(outcome) => outcome.held(),
            Notice::Refused { message, .. } => message.len(),
            Notice::Bye { message, .. } => text(message.as_ref()),
            Notice::TokenExpiring { .. } | Notice::Ping | Notice::Pong => 0,
        }
    }
}

impl Footprint for Update {
    fn held(&self) -> usize {
        match self {
            Update::Changes { changes } => all(changes),
            Update::MyStatus { me } => me.held(),
            Update::ContactAdded { contact } => contact.held(),
            Update::ContactRequested { request } => request.held(),
            Update::ContactRemoved { name }
            | Update::ContactRequestGone { name }
            | Update::Blocked { name, .. }
            | Update::GroupMember { name, .. }
            | Update::Delivered { to: name, .. } => name.held(),
            Update::GroupAdded { group, .. } => group.held(),
            Update::GroupRenamed { name, .. } => name.as_str().len(),
            Update::GroupRemoved { .. } => 0,
            Update::Message { message, .. } => message.held(),
            Update::Unread { unread } => unread.held(),
            Update::Outcome(outcome) => outcome.held(),
        }
    }
}

impl Footprint for FoundPerson {
    fn held(&self) -> usize {
        self.name.held() + text(self.friendly_name.as_ref()) + text(self.title.as_ref())
    }
}

impl Footprint for Welcome {
    fn held(&self) -> usize {
        let resume = self.resume.as_ref().map_or(0, |token| token.reveal().len());
        self.name.held() + self.friendly_name.len() + resume
    }
}

impl Footprint for Snapshot {
    fn held(&self) -> usize {
        self.me.held()
            + all(&self.contacts)
            + all(&self.watched)
            + all(&self.groups)
            + all(&self.blocked)
            + all(&self.requests)
            + all(&self.unread)
    }
}

impl Footprint for Outcome {
    fn held(&self) -> usize {
        text(self.message.as_ref())
    }
}

impl Footprint for Change {
    fn held(&self) -> usize {
        self.name.held() + text(self.friendly_name.as_ref()) + note(self.presence.note.as_ref())
    }
}

impl Footprint for MyPresence {
    fn held(&self) -> usize {
        note(self.intent.note.as_ref()) + all(&self.claims)
    }
}

impl Footprint for KnownClaim {
    fn held(&self) -> usize {
        let Self { key: ClaimKey { service, id }, claim, .. } = self;
        service.as_str().len() + id.as_str().len() + note(claim.note.as_ref())
    }
}

impl Footprint for Group {
    fn held(&self) -> usize {
        self.name.as_str().len() + all(&self.members)
    }
}

impl Footprint for ContactRequest {
    fn held(&self) -> usize {
        self.from.held() + text(self.friendly_name.as_ref())
    }
}

impl Footprint for ChatMessage {
    fn held(&self) -> usize {
        self.from.held() + self.to.held() + self.text.as_str().len()
    }
}

impl Footprint for Unread {
    fn held(&self) -> usize {
        self.from.held()
    }
}

impl Footprint for SigninName {
    fn held(&self) -> usize {
        // Most names are their own folded form.
        let (given, folded) = (self.as_str(), self.folded());
        given.len() + if given == folded { 0 } else { folded.len() }
    }
}

fn all<T: Footprint>(list: &[T]) -> usize {
    list.iter().map(Footprint::footprint).sum()
}

fn text(text: Option<&String>) -> usize {
    text.map_or(0, String::len)
}

fn note(note: Option<&Note>) -> usize {
    note.map_or(0, |note| note.as_str().len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{hresult::HResult, message::RequestId};

    #[test]
    fn texts_and_lists_count() {
        let name = |text: &str| SigninName::parse(text).expect("a valid name");
        let outcome = |message: Option<&str>| {
            let message = message.map(str::to_owned);
            Update::Outcome(Outcome { id: RequestId(1), hr: HResult::S_OK, message })
        };
        assert_eq!(outcome(None).held(), 0);
        assert_eq!(outcome(Some("a reason")).footprint(), size_of::<Update>() + 8);
        assert_eq!(Update::ContactRemoved { name: name("bob@x") }.held(), 5);
        assert_eq!(Update::ContactRemoved { name: name("Bob@X") }.held(), 10);
        let members = vec![name("bob@x"), name("carol@x")];
        assert_eq!(all(&members), 2 * size_of::<SigninName>() + 12);
    }
}
