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
use crate::{jid::BareJid, limits::SUBSCRIBERS_MAX, messages, stanza, xml::Element};

impl<C: Clock> XmppDialect<C> {
    /// Somebody wants to see the user's presence. Services say so again at each sign-in until there is an answer.
    pub(super) fn subscriber(&mut self, jid: BareJid, presence: &Element) {
        let now = self.clock.now();
        let approval = self.options.approval;
        let Some(stream) = &mut self.stream else { return };
        if stream.contacts.is_blocked(&jid) {
            return;
        }
        let sees = stream.contacts.get(&jid).is_some_and(|contact| contact.item.sees());
        let may_see = sees
            || match approval {
                Approval::Nobody => false,
                Approval::Listed => stream.contacts.is_listed(&jid),
                Approval::Everybody => true,
            };
        if may_see {
            return self.send(&stanza::presence_to("subscribed", &jid));
        }
        let Some(from) = jid.signin_name() else { return };
        if stream.subscribers.len() >= SUBSCRIBERS_MAX || stream.subscribers.contains_key(&jid) {
            return;
        }
        let at = messages::delay(presence, &stream.jid.bare, now).unwrap_or(now);
        stream.subscribers.insert(jid, at);
        if stream.start == Start::Done {
            let request = ContactRequest { from, friendly_name: None, at };
            self.update(Update::ContactRequested { request });
        }
    }

    /// Returns who waits, the longest waiting first.
    pub(super) fn contact_requests(&self) -> Vec<ContactRequest> {
        let waiting = self.stream.iter().flat_map(|stream| stream.subscribers.iter());
        let mut requests: Vec<_> = waiting
            .filter_map(|(jid, at)| {
                Some(ContactRequest { from: jid.signin_name()?, friendly_name: None, at: *at })
            })
            .collect();
        requests.sort_by_key(|request| request.at);
        requests
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
        let kind = if accept { "subscribed" } else { "unsubscribed" };
        self.send(&stanza::presence_to(kind, &jid));
        self.contact_request_gone(&jid);
        self.ping(Awaited::Answered { request });
    }
}
