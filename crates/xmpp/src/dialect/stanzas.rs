//! What the service and others say once stanzas flow.

use mistatus_core::{
    hresult::HResult,
    message::{Notice, Update},
    time::UnixMs,
};

use super::{
    Clock, XmppDialect,
    stream::{Awaited, Change, Start},
};
use crate::{
    archive, blocking, caps, carbons, displayed, errors,
    jid::{BareJid, Jid},
    mapping, ns, privacy_lists, stanza,
    xml::Element,
};

impl<C: Clock> XmppDialect<C> {
    pub(super) fn stanza(&mut self, element: &Element) {
        if stanza::is_stanza(element)
            && let Some(management) =
                self.stream.as_mut().and_then(|stream| stream.management.as_mut())
        {
            management.count_received();
        }
        match (element.name.as_str(), &*element.namespace) {
            ("presence", ns::CLIENT) => self.presence(element),
            ("iq", ns::CLIENT) => match element.attribute("type") {
                Some("result" | "error") => self.answer(element),
                Some("get" | "set") => self.question(element),
                _ => self.trouble("a request of the service has no kind"),
            },
            ("message", ns::CLIENT) => self.message(element),
            (_, ns::STREAM_MANAGEMENT) => self.managed(element),
            _ => self.trouble("the service said something that is no stanza"),
        }
    }

    fn presence(&mut self, presence: &Element) {
        let from = presence.attribute("from");
        let kind = presence.attribute("type");
        let Some(from) = from else {
            if kind == Some("error") {
                self.own_presence_refused(presence);
            }
            return;
        };
        let Some(from) = Jid::parse(from) else {
            return self.trouble("a presence comes from what is no address");
        };
        if self.is_own(&from) {
            return match kind {
                Some("error") => self.own_presence_refused(presence),
                _ => self.own_presence(&from, kind, presence),
            };
        }
        match kind {
            None | Some("unavailable" | "error") => self.presence_of(&from, kind, presence),
            Some("subscribe") => self.subscriber(from.bare, presence),
            // Taken back.
            Some("unsubscribe") => self.contact_request_gone(&from.bare),
            // Pushes of the list tell the rest, and only the service answers probes.
            _ => {}
        }
    }

    /// One's own presence comes back, or another connection of the user says something.
    fn own_presence(&mut self, from: &Jid, kind: Option<&str>, presence: &Element) {
        let now = self.clock.now();
        let Some(stream) = &mut self.stream else { return };
        let Some(resource) = from.resource.as_deref().filter(|_| *from != stream.jid) else {
            return;
        };
        match kind {
            None => {
                let seen = mapping::read(presence, now);
                let newer = self.own.newer(&seen);
                stream.others.put(resource, seen);
                if let Some((intent, chosen_at)) = newer {
                    self.change(Change { chosen_at: Some(chosen_at), ..Change::of(None, intent) });
                }
            }
            Some("unavailable") => stream.others.remove(resource),
            _ => {}
        }
        self.tell_me(false);
    }

    fn own_presence_refused(&mut self, presence: &Element) {
        if is_bounce(presence) {
            return;
        }
        let failure = (errors::of_stanza(presence), errors::text(presence));
        match self.stream.as_mut().and_then(|stream| stream.change.as_mut()) {
            Some(change) => change.failure = Some(failure),
            None => self
                .notice(Notice::Refused { hr: failure.0, message: failure.1.unwrap_or_default() }),
        }
    }

    /// Takes what somebody on the list says; what strangers say is not heard.
    fn presence_of(&mut self, from: &Jid, kind: Option<&str>, presence: &Element) {
        let now = self.clock.now();
        let Some(contact) =
            self.stream.as_mut().and_then(|stream| stream.contacts.get_mut(&from.bare))
        else {
            return;
        };
        if !contact.item.is_seen() {
            return;
        }
        let resource = from.resource.as_deref();
        match (kind, resource) {
            (None, resource) => {
                contact.heard(now);
                contact.is_returning = false;
                contact.resources.put(resource.unwrap_or_default(), mapping::read(presence, now));
            }
            (Some("unavailable"), Some(resource)) => {
                contact.heard(now);
                contact.resources.remove(resource);
            }
            (Some("unavailable"), None) => {
                contact.heard(now);
                contact.resources.clear();
            }
            _ if is_bounce(presence) => {}
            _ => {
                contact.heard(now);
                contact.resources.clear();
                contact.is_unreachable = true;
            }
        }
        // Services tell only those whose own presence they see.
        if kind.is_none() && !self.is_seen_by(&from.bare) {
            self.ask_name(&from.bare);
        }
        self.tell_person(&from.bare);
    }

    /// Believes the service that people have not come back, once they have had the time to.
    fn settle_people(&mut self) {
        let now = self.clock.now();
        let Some(stream) = self.stream.as_mut().filter(|stream| stream.start == Start::Done) else {
            return;
        };
        for jid in stream.contacts.settle(now) {
            self.tell_person(&jid);
        }
    }

    pub(super) fn tell_person(&mut self, jid: &BareJid) {
        let Some(stream) = &mut self.stream else { return };
        if stream.start != Start::Done {
            return;
        }
        if let Some(change) = stream.contacts.tell_change(jid) {
            self.update(Update::Changes { changes: vec![change] });
        }
    }

    /// Takes an answer; one that nobody waits for, or that comes from elsewhere, is not heard.
    fn answer(&mut self, answer: &Element) {
        if self.name_answered(answer) {
            return;
        }
        let Some(stream) = &mut self.stream else { return };
        // What the page before has asked is answered, too.
        let id = answer.attribute("id").filter(|id| stream.waiting.contains_key(*id));
        let Some(id) = id else { return };
        if !stream.is_trusted(answer.attribute("from")) {
            return self.trouble("an answer of the service comes from somebody else");
        }
        let Some(about) = stream.waiting.remove(id) else { return };
        match about {
            Awaited::Roster => self.roster_told(answer),
            Awaited::OwnName => self.own_name_told(answer),
            Awaited::Choice => self.choice_told(answer),
            Awaited::Features => {
                let query = answer.first("query", ns::DISCO_INFO);
                stream.hiding.is_possible = query.is_some_and(privacy_lists::is_offered);
                self.take_abilities(query);
            }
            Awaited::AccountFeatures => {
                let query = answer.first("query", ns::DISCO_INFO);
                stream.abilities.archive = query.is_some_and(archive::is_offered);
                self.asked();
            }
            Awaited::Blocklist => self.blocklist_told(answer),
            Awaited::Blocked { request, jid, blocked } => {
                self.blocking_answered(request, jid, blocked, answer);
            }
            Awaited::Answered { request } => self.outcome(request, HResult::S_OK, None),
            Awaited::Regrouped { request, item } => self.regrouped(request, item, answer),
            Awaited::Sent { request } => self.message_sent(request),
            Awaited::Fetched => self.page_ended(answer),
            Awaited::Displayed => self.read_elsewhere(displayed::answered(answer)),
            Awaited::Missed => self.missed_ended(answer),
            Awaited::Settled => self.settled(),
            Awaited::Changed => self.change_done(),
            Awaited::Probed { hides } => self.probed(hides),
            Awaited::HideDefined | Awaited::HideActivated | Awaited::HideLifted => {
                self.hiding_answered(&about, answer);
            }
            Awaited::Added { request, jid } => self.added(request, &jid, answer),
            Awaited::Removed { request, jid } => self.removed(request, &jid, answer),
            Awaited::Gone { request, jid } => self.gone(request, jid),
            Awaited::Kept { request, jid } => self.kept(request, jid, answer),
            Awaited::Pinged => self.notice(Notice::Pong),
            Awaited::NameOf(_) | Awaited::Nothing => {}
        }
    }

    /// Notes what has been answered; goes on once everything is.
    pub(super) fn asked(&mut self) {
        let Some(stream) = &mut self.stream else { return };
        if let Start::Asking { open } = &mut stream.start {
            *open = open.saturating_sub(1);
            if *open == 0 {
                self.announce();
            }
        }
    }

    /// Uses what the service can do.
    fn take_abilities(&mut self, query: Option<&Element>) {
        let Some(stream) = &mut self.stream else { return };
        let copies = query.is_some_and(carbons::is_offered).then(|| stream.wait(Awaited::Nothing));
        stream.abilities.blocking = query.is_some_and(blocking::is_offered);
        let blocks = stream.abilities.blocking.then(|| stream.wait(Awaited::Blocklist));
        if let Some(id) = copies {
            self.send(&carbons::enable(&id));
        }
        match blocks {
            Some(id) => self.send(&blocking::get(&id)),
            None => self.asked(),
        }
    }

    fn settled(&mut self) {
        let Some(stream) = &mut self.stream else { return };
        match &mut stream.start {
            Start::Settling { rounds } if *rounds > 1 => {
                *rounds -= 1;
                self.ping(Awaited::Settled);
            }
            Start::Settling { .. } => {
                stream.start = Start::Waiting { until: self.clock.now() + self.options.patience };
                self.end_waiting();
            }
            _ => {}
        }
    }

    /// Gives the snapshot once everybody has said how they are, or has had the time to.
    fn end_waiting(&mut self) {
        let now = self.clock.now();
        let Some(stream) = &mut self.stream else { return };
        let is_over = match stream.start {
            Start::Waiting { until } => until <= now || !stream.contacts.is_anybody_silent(),
            _ => false,
        };
        if is_over {
            stream.start = Start::Done;
            self.snapshot();
            self.tell_early_messages();
            self.change_next();
            self.refresh_idle();
            self.publish_name();
            self.ask_again();
        }
    }

    /// Does what is due by itself.
    pub(super) fn do_due(&mut self) {
        self.end_waiting();
        self.keep_end();
        self.settle_people();
    }

    /// Returns when the next thing is due by itself.
    pub(super) fn due_at(&self) -> Option<UnixMs> {
        let stream = self.stream.as_ref()?;
        match stream.start {
            Start::Waiting { until } => Some(until),
            Start::Done => {
                // What is being changed ends what is over.
                let end = self.own.intent.until.filter(|_| stream.change.is_none());
                end.into_iter().chain(stream.contacts.settles_at()).min()
            }
            _ => None,
        }
    }

    /// Answers a request. While the user hides, others are told what services say in place of a client that is not there.
    fn question(&mut self, question: &Element) {
        let Some(stream) = &self.stream else { return };
        let is_trusted = stream.is_trusted(question.attribute("from"));
        let hides = !is_trusted && (self.own.is_hidden() || stream.hiding.is_active);
        let is_get = question.attribute("type") == Some("get");
        let child = question.elements().next().filter(|_| !hides);
        let answer = match child.map(|child| (child.name.as_str(), &*child.namespace)) {
            Some(("query", ns::ROSTER)) if is_trusted && !is_get => {
                self.roster_pushed(question);
                stanza::result_of(question, None)
            }
            Some(("block" | "unblock", ns::BLOCKING)) if is_trusted && !is_get => {
                self.block_pushed(question);
                stanza::result_of(question, None)
            }
            // The list of lists has changed: ours is made anew whenever it is needed (XEP-0016 §2.6).
            Some(("query", ns::PRIVACY)) if is_trusted && !is_get => {
                stanza::result_of(question, None)
            }
            Some(("ping", ns::PING)) if is_get => stanza::result_of(question, None),
            Some(("query", ns::DISCO_INFO)) if is_get => {
                let query = question.first("query", ns::DISCO_INFO);
                let node = query.and_then(|query| query.attribute("node"));
                stanza::result_of(question, Some(caps::description(node)))
            }
            _ => stanza::error_of(question, "cancel", "service-unavailable"),
        };
        self.send(&answer);
    }

    pub(super) fn finish(
        &mut self,
        request: mistatus_core::message::RequestId,
        answer: &Element,
    ) -> bool {
        let is_error = answer.attribute("type") == Some("error");
        if is_error {
            self.outcome(request, errors::of_stanza(answer), errors::text(answer));
        } else {
            self.outcome(request, HResult::S_OK, None);
        }
        !is_error
    }
}

/// Whether an error says only that a presence came too late for a connection that has just gone: some services send
/// such a presence back, also to the user's other connections.
fn is_bounce(presence: &Element) -> bool {
    let error = presence.first("error", ns::CLIENT);
    error
        .is_some_and(|error| errors::condition(error, ns::STANZA_ERRORS) == "recipient-unavailable")
}
