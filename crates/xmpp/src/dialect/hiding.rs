//! One's own presence: what is said, changed, kept back from others, and followed.

use mistatus_core::{
    hresult::HResult,
    message::{Notice, Update},
    presence::Intent,
    status::MiStatus,
    time::{Span, UnixMs},
};

use super::{
    Clock, XmppDialect,
    stream::{Awaited, Change, Start},
};
use crate::{
    caps, choice, errors,
    jid::BareJid,
    limits::PROBES_AT_ONCE,
    mapping, ns,
    privacy_lists::{self, HIDE, SPEAK},
    stanza,
    xml::Element,
};

/// How many round trips the first presences of others are given before the snapshot. One is enough where the service
/// has them at hand; the second is for those that ask around inside.
const SETTLING_ROUNDS: u8 = 2;

const NO_LISTS: &str = "this service cannot hide anybody: it has no privacy lists";

impl<C: Clock> XmppDialect<C> {
    /// Takes what is kept at the account, before anything is said: whoever is invisible must not show themselves first.
    pub(super) fn choice_told(&mut self, answer: &Element) {
        let now = self.clock.now();
        let is_kept = answer.attribute("type") == Some("result");
        if let Some(stream) = &mut self.stream {
            stream.abilities.private_storage = is_kept;
        }
        let kept = choice::answered(answer).map(|presence| mapping::read(presence, now));
        if let Some(newer) = kept.as_ref().and_then(|seen| self.own.newer(seen)) {
            self.own.adopt(newer);
        } else if kept.and_then(|seen| seen.chosen_at) < Some(self.own.chosen_at) {
            // Chosen while the service could not be told.
            self.keep_choice();
        }
        if self.own.intent.until.is_some_and(|until| until <= now) {
            self.own.choose(Intent::ended(), now);
            self.keep_choice();
        }
        self.asked();
    }

    /// Keeps what the user chose at the account.
    fn keep_choice(&mut self) {
        let Some(stream) = &mut self.stream else { return };
        if let Some(shown) = self.own.kept().filter(|_| stream.abilities.private_storage) {
            let id = stream.wait(Awaited::Nothing);
            self.send(&choice::set(&id, &shown));
        }
    }

    /// Says the first presence, or keeps it back.
    pub(super) fn announce(&mut self) {
        let Some(stream) = &mut self.stream else { return };
        if !self.own.is_hidden() {
            if stream.hiding.is_available {
                // Services tell of others at the first presence, which another page has said.
                let own = stream.jid.bare.clone();
                self.probe(&[own]);
                self.probe_everybody(false);
            }
            self.send_presence();
            self.settle();
        } else if stream.hiding.is_possible {
            let id = stream.wait(Awaited::HideDefined);
            self.define_hiding(&id);
        } else {
            self.stay_silent(HResult::E_NOTIMPL, NO_LISTS);
        }
    }

    /// Makes the list that hides the user; it must go on denying whom the user has blocked.
    pub(super) fn define_hiding(&mut self, id: &str) {
        let Some(stream) = &self.stream else { return };
        let list = privacy_lists::define(id, None, stream.contacts.blocked());
        self.send(&list);
    }

    /// Nothing is said of oneself; what others say must be asked for.
    fn stay_silent(&mut self, hr: HResult, message: &str) {
        self.notice(Notice::Refused { hr, message: message.to_owned() });
        self.probe_everybody(false);
        self.catch_up();
        self.settle();
    }

    /// Asks for everybody's presence. Where those are many, the snapshot does not wait for the last of them.
    fn probe_everybody(&mut self, hides: bool) {
        let Some(stream) = &mut self.stream else { return };
        stream.unprobed = stream.contacts.seen();
        if stream.unprobed.len() > PROBES_AT_ONCE {
            stream.contacts.doubt_all();
            if hides {
                // Whatever else is chosen meanwhile waits.
                stream.change = Some(Change::of(None, self.own.intent.clone()));
                self.settle();
            }
        }
        self.probe_next(hides);
    }

    fn probe_next(&mut self, hides: bool) {
        let Some(stream) = &mut self.stream else { return };
        let at = stream.unprobed.len().saturating_sub(PROBES_AT_ONCE);
        let next = stream.unprobed.split_off(at);
        self.probe(&next);
        self.ping(Awaited::Probed { hides });
    }

    /// The service has taken questions. A ping that is refused has passed all the same.
    pub(super) fn probed(&mut self, hides: bool) {
        let (now, patience) = (self.clock.now(), self.options.patience);
        let Some(stream) = &mut self.stream else { return };
        if !stream.unprobed.is_empty() {
            return self.probe_next(hides);
        }
        stream.contacts.all_asked(patience, now);
        if hides {
            self.hide_now();
        }
    }

    pub(super) fn probe(&mut self, people: &[BareJid]) {
        for jid in people {
            self.send(&stanza::presence_to("probe", jid));
        }
    }

    /// Says to somebody who sees whom. Some services' lists keep that back as they keep presence back: so the one to whom
    /// it is said is let through, at a moment at which there is no presence to be told.
    pub(super) fn say_to(&mut self, kind: &str, jid: &BareJid) {
        let called = self.account.as_ref().and_then(|account| account.name.as_ref());
        let called = called.filter(|_| kind == "subscribe");
        let nick = called.map(|name| Element::new("nick", ns::NICK).text(name));
        let said = stanza::presence_to(kind, jid).child_some(nick);
        let hides = self.own.is_hidden();
        let Some(stream) = self.stream.as_mut().filter(|stream| hides && stream.hiding.is_active)
        else {
            return self.send(&said);
        };
        let mut ids = [(); 3].map(|()| stream.wait(Awaited::Nothing)).into_iter();
        let mut id = || ids.next().unwrap_or_default();
        let blocked = stream.contacts.blocked();
        for stanza in [
            privacy_lists::define(&id(), Some(jid), blocked),
            Element::new("presence", ns::CLIENT).with("type", "unavailable"),
            privacy_lists::activate(&id(), Some(SPEAK)),
            said,
            privacy_lists::activate(&id(), Some(HIDE)),
        ] {
            self.send(&stanza);
        }
        self.send_presence();
    }

    pub(super) fn ping(&mut self, about: Awaited) {
        let Some(stream) = &mut self.stream else { return };
        let domain = stream.jid.bare.domain().to_owned();
        let id = stream.wait(about);
        self.send(&stanza::ping(&id, &domain));
    }

    fn settle(&mut self) {
        if let Some(stream) = &mut self.stream {
            stream.start = Start::Settling { rounds: SETTLING_ROUNDS };
            self.ping(Awaited::Settled);
        }
    }

    /// Says what there is to say, unless others would see what they must not.
    pub(super) fn send_presence(&mut self) {
        let Some(stream) = &mut self.stream else { return };
        if self.own.is_hidden() != stream.hiding.is_active {
            return;
        }
        let shown = self.own.shown();
        let text = (self.options.status_text)(shown.status);
        let presence = mapping::write(&shown, text).child(caps::mark());
        stream.hiding.is_available = true;
        let is_first = stream.sent.replace(shown).is_none();
        self.send(&presence);
        if is_first {
            // Not before: some services keep back what has waited from whoever reads the archive.
            self.catch_up();
        }
    }

    pub(super) fn set_idle(&mut self, idle_for: Option<Span>, now: UnixMs) {
        let was_idle = self.own.idle_since.is_some();
        self.own.idle_since = idle_for
            .map(|span| UnixMs::from_millis(now.as_millis().saturating_sub(span.as_millis())));
        if was_idle && idle_for.is_none() {
            self.own.back_since = now;
        }
    }

    /// Says and tells what has changed by itself.
    pub(super) fn refresh_idle(&mut self) {
        let Some(stream) = &self.stream else { return };
        if stream.start != Start::Done || stream.change.is_some() {
            return;
        }
        if stream.sent.as_ref().is_some_and(|sent| *sent != self.own.shown()) {
            self.send_presence();
        }
        self.tell_me(false);
    }

    /// Tells the session of its own user; what it knows already only where it asked.
    pub(super) fn tell_me(&mut self, always: bool) {
        let me = self.me();
        let Some(stream) = &mut self.stream else { return };
        if stream.start == Start::Done && (always || stream.told.as_ref() != Some(&me)) {
            stream.told = Some(me.clone());
            self.update(Update::MyStatus { me });
        }
    }

    pub(super) fn me(&self) -> mistatus_core::message::MyPresence {
        let is_online = |status| matches!(status, MiStatus::Online | MiStatus::Custom);
        let elsewhere = self
            .stream
            .as_ref()
            .is_some_and(|stream| stream.others.iter().any(|seen| is_online(seen.status)));
        self.own.presence(elsewhere)
    }

    /// Ends what the user chose for a while only.
    pub(super) fn keep_end(&mut self) {
        let is_over = self.own.intent.until.is_some_and(|until| until <= self.clock.now());
        let is_quiet = self
            .stream
            .as_ref()
            .is_some_and(|stream| stream.start == Start::Done && stream.change.is_none());
        if is_over && is_quiet {
            self.change(Change::of(None, Intent::ended()));
        }
    }

    /// Changes one's own presence, after what is being changed already.
    pub(super) fn change(&mut self, change: Change) {
        let Some(stream) = &mut self.stream else { return };
        stream.changes_waiting.push_back(change);
        if stream.start == Start::Done && stream.change.is_none() {
            self.change_next();
        }
    }

    pub(super) fn change_next(&mut self) {
        let Some(stream) = &mut self.stream else { return };
        let Some(mut change) = stream.changes_waiting.pop_front() else { return };
        if change.chosen_at.is_some_and(|chosen_at| chosen_at <= self.own.chosen_at) {
            // Meanwhile something newer was chosen here.
            return self.change_next();
        }
        let hide = change.intent.status == MiStatus::Invisible;
        let (is_possible, is_active) = (stream.hiding.is_possible, stream.hiding.is_active);
        if hide && !is_possible {
            change.failure = Some((HResult::E_NOTIMPL, Some(NO_LISTS.to_owned())));
            stream.change = Some(change);
            return self.change_done();
        }
        change.before = Some((self.own.intent.clone(), self.own.chosen_at));
        match change.chosen_at {
            Some(chosen_at) => self.own.adopt((change.intent.clone(), chosen_at)),
            None => self.own.choose(change.intent.clone(), self.clock.now()),
        }
        let is_own = change.chosen_at.is_none();
        stream.change = Some(change);
        // Ahead of the question whose answer is the outcome: what was confirmed is kept.
        if is_own {
            self.keep_choice();
        }
        let Some(stream) = &mut self.stream else { return };
        if hide == is_active {
            self.send_presence();
            self.ping(Awaited::Changed);
        } else if hide {
            let id = stream.wait(Awaited::HideDefined);
            self.define_hiding(&id);
        } else {
            let id = stream.wait(Awaited::HideLifted);
            self.send(&privacy_lists::activate(&id, None));
        }
    }

    /// The service has handled the change, or it is known to fail.
    pub(super) fn change_done(&mut self) {
        let Some(change) = self.stream.as_mut().and_then(|stream| stream.change.take()) else {
            return;
        };
        if let (Some(_), Some(before)) = (&change.failure, change.before) {
            self.own.adopt(before);
            self.send_presence();
            self.keep_choice();
        }
        match (change.request, change.failure) {
            (Some(request), None) => {
                self.tell_me(true);
                self.outcome(request, HResult::S_OK, None);
            }
            (Some(request), Some((hr, message))) => self.outcome(request, hr, message),
            (None, None) => self.tell_me(false),
            (None, Some((hr, message))) => {
                self.notice(Notice::Refused { hr, message: message.unwrap_or_default() });
            }
        }
        self.change_next();
        self.refresh_idle();
        self.publish_name();
        self.approve_waiting();
    }

    /// Takes the service's answer to a step of hiding.
    pub(super) fn hiding_answered(&mut self, about: &Awaited, answer: &Element) {
        if answer.attribute("type") == Some("error") {
            return self.hiding_failed(answer);
        }
        let Some(stream) = &mut self.stream else { return };
        let is_start = stream.start != Start::Done;
        match about {
            Awaited::HideDefined if is_start => {
                // Some services' lists keep back the questions too, so they come first.
                self.probe_everybody(true);
            }
            Awaited::HideDefined => self.hide_now(),
            Awaited::HideActivated => {
                stream.hiding.is_active = true;
                let is_change = stream.change.is_some();
                self.send_presence();
                if is_change { self.ping(Awaited::Changed) } else { self.settle() }
            }
            _ => {
                stream.hiding.is_active = false;
                self.send_presence();
                self.ping(Awaited::Changed);
            }
        }
    }

    /// Says that the user is gone, where a presence has said that they are there.
    pub(super) fn be_gone(&mut self) {
        let Some(stream) = &mut self.stream else { return };
        if core::mem::take(&mut stream.hiding.is_available) {
            self.send(&Element::new("presence", ns::CLIENT).with("type", "unavailable"));
        }
    }

    /// Lets the list count, which is made.
    fn hide_now(&mut self) {
        // Without it contacts would keep what they saw last (XEP-0126 §3.5).
        self.be_gone();
        let Some(stream) = &mut self.stream else { return };
        let id = stream.wait(Awaited::HideActivated);
        self.send(&privacy_lists::activate(&id, Some(HIDE)));
    }

    fn hiding_failed(&mut self, answer: &Element) {
        let failure = (errors::of_stanza(answer), errors::text(answer));
        let Some(stream) = &mut self.stream else { return };
        if let Some(change) = &mut stream.change {
            change.failure = Some(failure);
            self.change_done();
        } else {
            self.stay_silent(failure.0, failure.1.as_deref().unwrap_or(NO_LISTS));
        }
    }
}

impl Change {
    pub(super) const fn of(
        request: Option<mistatus_core::message::RequestId>,
        intent: Intent,
    ) -> Self {
        Self { request, intent, chosen_at: None, before: None, failure: None }
    }
}
