//! People who ask to see the user's presence (RFC 6121 §3.1).

use mistatus_core::{
    chat::ContactRequest,
    hresult::HResult,
    message::{RequestId, Update},
    signin_name::SigninName,
};

use super::{
    Approval, Clock, XmppDialect,
    stream::{Awaited, Start},
};
use crate::{
    jid::BareJid, limits::SUBSCRIBERS_MAX, map::Map, messages, nick, stanza, xml::Element,
};

impl<C: Clock> XmppDialect<C> {
    /// Somebody wants to see the user's presence. Services say so again at each sign-in until there is an answer.
    pub(super) fn subscriber(&mut self, jid: BareJid, presence: &Element) {
        let now = self.clock.now();
        let may_see = self.may_see(&jid);
        let Some(stream) = &mut self.stream else { return };
        if stream.contacts.is_blocked(&jid) {
            return;
        }
        // An answer at once would tell that somebody is there.
        let hides = stream.hiding.is_active || self.own.is_hidden();
        if may_see && !hides {
            return self.send(&stanza::presence_to("subscribed", &jid));
        }
        let Some(from) = jid.signin_name() else { return };
        if stream.subscribers.len() >= SUBSCRIBERS_MAX || stream.subscribers.contains_key(&jid) {
            return;
        }
        let at = messages::delay(presence, &stream.jid.bare, now).unwrap_or(now);
        let friendly_name = nick::claimed(presence, from.as_str());
        let request = ContactRequest { from, friendly_name, at };
        stream.subscribers.insert(jid, request.clone());
        if stream.start == Start::Done {
            self.update(Update::ContactRequested { request });
        }
    }

    /// Whether somebody is let see the user without the user's being asked.
    fn may_see(&self, jid: &BareJid) -> bool {
        let contacts = self.stream.iter().map(|stream| &stream.contacts);
        let is_listed = || contacts.clone().any(|contacts| contacts.is_listed(jid));
        self.is_seen_by(jid)
            || match self.options.approval {
                Approval::Nobody => false,
                Approval::Listed => is_listed(),
                Approval::Everybody => true,
            }
    }

    /// Lets those see the user who have waited only because the user was hidden.
    pub(super) fn approve_waiting(&mut self) {
        let Some(stream) = self.stream.as_ref().filter(|stream| !stream.hiding.is_active) else {
            return;
        };
        if self.own.is_hidden() {
            return;
        }
        let waiting = stream.subscribers.iter().map(|(jid, _)| jid);
        let waiting: Vec<_> = waiting.filter(|jid| self.may_see(jid)).cloned().collect();
        for jid in waiting {
            self.send(&stanza::presence_to("subscribed", &jid));
            self.contact_request_gone(&jid);
        }
    }

    /// Returns who waits, the longest waiting first.
    pub(super) fn contact_requests(&self) -> Vec<ContactRequest> {
        let waiting = self.stream.iter().flat_map(|stream| stream.subscribers.iter());
        let requests = waiting.map(|(_, request)| request.clone()).enumerate();
        let ordered: Map<_, _> =
            requests.map(|(at, request)| ((request.at, at), request)).collect();
        ordered.into_iter().map(|(_, request)| request).collect()
    }

    /// Somebody waits no longer, if they did.
    pub(super) fn contact_request_gone(&mut self, jid: &BareJid) {
        let Some(stream) = &mut self.stream else { return };
        let waited = stream.subscribers.remove(jid).is_some();
        let Some(name) = jid.signin_name().filter(|_| waited && stream.start == Start::Done) else {
            return;
        };
        self.update(Update::ContactRequestGone { name });
    }

    pub(super) fn answer_subscriber(
        &mut self,
        request: RequestId,
        name: &SigninName,
        accept: bool,
    ) {
        let Some(stream) = &mut self.stream else { return };
        let waiting = |jid: &BareJid| stream.subscribers.contains_key(jid);
        let Some(jid) = BareJid::of_user(name).filter(waiting) else {
            return self.outcome(request, HResult::MSGR_E_USER_NOT_FOUND, None);
        };
        if accept {
            // The list says when they see the user: services drop answers without a word.
            let before = stream.accepting.insert(jid.clone(), request);
            self.say_to("subscribed", &jid);
            if let Some(before) = before {
                self.outcome(before, HResult::S_FALSE, None);
            }
            return;
        }
        self.say_to("unsubscribed", &jid);
        self.contact_request_gone(&jid);
        self.ping(Awaited::Answered { request });
    }

    /// Somebody sees the user, as the list says: whoever has let them may know.
    pub(super) fn accepted(&mut self, jid: &BareJid) {
        self.contact_request_gone(jid);
        let request = self.stream.as_mut().and_then(|stream| stream.accepting.remove(jid));
        if let Some(request) = request {
            self.outcome(request, HResult::S_OK, None);
        }
    }
}
