//! Whom the user has blocked: told at the start, changed here, changed by other clients.

use mistatus_core::{
    hresult::HResult,
    limits::CONTACTS_MAX,
    message::{RequestId, Update},
    signin_name::SigninName,
};

use super::{
    Clock, XmppDialect,
    stream::{Awaited, Start},
};
use crate::{
    blocking::{self, Push},
    caps, errors,
    jid::BareJid,
    mapping, ns,
    roster::Item,
    stanza,
    xml::Element,
};

const NO_BLOCKING: &str =
    "this service cannot block anybody: it has no blocking command (XEP-0191)";

impl<C: Clock> XmppDialect<C> {
    pub(super) fn blocklist_told(&mut self, answer: &Element) {
        let Some(stream) = &mut self.stream else { return };
        match answer.first("blocklist", ns::BLOCKING) {
            Some(list) => {
                for jid in blocking::read(list) {
                    stream.contacts.set_blocked(&jid, true);
                }
            }
            // Said to be there and is not.
            None => stream.abilities.blocking = false,
        }
        self.asked();
    }

    pub(super) fn set_blocked(&mut self, request: RequestId, name: &SigninName, blocked: bool) {
        let Some(stream) = &mut self.stream else { return };
        let jid = BareJid::of_user(name).filter(|jid| *jid != stream.jid.bare);
        let refusal = match &jid {
            _ if !stream.abilities.blocking => Some((HResult::E_NOTIMPL, Some(NO_BLOCKING))),
            None => Some((HResult::E_INVALIDARG, None)),
            Some(jid) if stream.contacts.is_blocked(jid) == blocked => {
                Some((HResult::S_FALSE, None))
            }
            Some(_) if blocked && stream.contacts.blocked().count() >= CONTACTS_MAX => {
                Some((HResult::MSGR_E_LIST_FULL, None))
            }
            Some(_) => None,
        };
        if let Some((hr, message)) = refusal {
            return self.outcome(request, hr, message.map(str::to_owned));
        }
        let Some(jid) = jid else { return };
        let id = stream.wait(Awaited::Blocked { request, jid: jid.clone(), blocked });
        let is_known = stream.contacts.get(&jid).is_some();
        if blocked && is_known && stream.hiding.is_available && !stream.hiding.is_active {
            // Some services would let them see what they saw last for ever (XEP-0191 §3.3).
            self.send(&stanza::presence_to("unavailable", &jid));
        }
        self.send(&blocking::set(&id, &jid, blocked));
    }

    pub(super) fn blocking_answered(
        &mut self,
        request: RequestId,
        jid: BareJid,
        blocked: bool,
        answer: &Element,
    ) {
        // What is not there any more is gone, as was asked for.
        let is_gone = !blocked && errors::of_stanza(answer) == HResult::MSGR_E_USER_NOT_FOUND;
        if answer.attribute("type") != Some("error") || is_gone {
            self.take_blocked(vec![jid], blocked, Some(request));
        } else {
            self.finish(request, answer);
        }
    }

    /// Takes a push; [`Self::question`] has checked from whom.
    pub(super) fn block_pushed(&mut self, push: &Element) {
        match push.elements().next().and_then(blocking::push) {
            Some(Push::Blocked(people)) => self.take_blocked(people, true, None),
            Some(Push::Unblocked(people)) => self.take_blocked(people, false, None),
            Some(Push::AllUnblocked) => {
                let all =
                    self.stream.as_ref().map(|stream| stream.contacts.blocked().cloned().collect());
                self.take_blocked(all.unwrap_or_default(), false, None);
            }
            None => {}
        }
    }

    fn take_blocked(&mut self, people: Vec<BareJid>, blocked: bool, request: Option<RequestId>) {
        for jid in people {
            let Some(stream) = &mut self.stream else { return };
            if !stream.contacts.set_blocked(&jid, blocked) {
                continue;
            }
            if stream.start == Start::Done
                && let Some(name) = jid.signin_name()
            {
                self.update(Update::Blocked { name, blocked });
            }
            self.tell_person(&jid);
            if blocked {
                self.contact_request_gone(&jid);
            } else {
                self.show_again(&jid);
            }
        }
        let is_hidden = self.stream.as_ref().is_some_and(|stream| stream.hiding.is_active);
        match (request, &mut self.stream) {
            (request, Some(stream)) if is_hidden => {
                let about =
                    request.map_or(Awaited::Nothing, |request| Awaited::Answered { request });
                let id = stream.wait(about);
                self.define_hiding(&id);
            }
            (Some(request), _) => self.outcome(request, HResult::S_OK, None),
            (None, _) => {}
        }
    }

    /// Somebody is blocked no longer: each is shown to the other.
    fn show_again(&mut self, jid: &BareJid) {
        let Some(stream) = &self.stream else { return };
        let item = stream.contacts.get(jid).map(|contact| &contact.item);
        let sees = item.is_some_and(Item::sees);
        if item.is_some_and(Item::is_seen) {
            self.probe(core::slice::from_ref(jid));
        }
        let Some(stream) = &self.stream else { return };
        if sees
            && !stream.hiding.is_active
            && let Some(shown) = &stream.sent
        {
            let text = (self.options.status_text)(shown.status);
            let presence = mapping::write(shown, text).child(caps::mark());
            self.send(&presence.with("to", &jid.to_string()));
        }
    }
}
