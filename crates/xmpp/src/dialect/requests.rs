//! What the session asks for.

use mistatus_core::{
    hresult::HResult,
    limits::CONTACTS_MAX,
    message::{Command, Notice, Outcome, Request, RequestId, Signal, Snapshot, Update},
    signin_name::SigninName,
};

use super::{
    Clock, Stage, XmppDialect,
    stream::{Awaited, Change, Start},
};
use crate::{
    choice, displayed, framing,
    jid::BareJid,
    nick, roster, stanza,
    stream_management::{self, StreamManagement},
    xml::Element,
};

impl<C: Clock> XmppDialect<C> {
    pub(super) fn request(&mut self, Request { id, command }: Request) {
        // Said again after a resumption: it is on its way, was sent again with the stream, or turned out to be done.
        let is_new = self.stream.as_mut().is_some_and(|stream| stream.begin(id));
        if !is_new {
            return;
        }
        match command {
            Command::SetStatus { intent } => self.change(Change::of(Some(id), intent)),
            Command::QueryStatus => {
                self.tell_me(true);
                self.outcome(id, HResult::S_OK, None);
            }
            Command::Watch { names } => self.watch(id, names),
            Command::AddContact { name } => self.add_contact(id, &name),
            Command::RemoveContact { name } => self.remove_contact(id, &name),
            Command::AnswerContactRequest { name, accept } => {
                self.answer_subscriber(id, &name, accept);
            }
            Command::SetBlocked { name, blocked } => self.set_blocked(id, &name, blocked),
            Command::CreateGroup { name } => self.create_group(id, name),
            Command::RenameGroup { group, name } => self.rename_group(id, group, name),
            Command::RemoveGroup { group } => self.remove_group(id, group),
            Command::SetGroupMember { group, name, member } => {
                self.set_group_member(id, group, &name, member);
            }
            Command::SendMessage { to, text } => self.send_message(id, &to, &text),
            Command::FetchMessages { with, before } => self.fetch_messages(id, &with, before),
            Command::DismissClaim { .. } | Command::IgnoreClaims { .. } => {
                let message = "XMPP has no claims".to_owned();
                self.outcome(id, HResult::E_NOTIMPL, Some(message));
            }
            Command::FindPeople { .. } => {
                let message = "over XMPP no directory is searched".to_owned();
                self.outcome(id, HResult::E_NOTIMPL, Some(message));
            }
            Command::SetIdle { .. } => {
                let message = "over XMPP the page alone says when its user is idle".to_owned();
                self.outcome(id, HResult::E_NOTIMPL, Some(message));
            }
            // A stream lasts, whatever becomes of the token; the next one is asked for a fresh token anyway.
            Command::RenewToken { .. } => self.outcome(id, HResult::S_FALSE, None),
        }
    }

    pub(super) fn signal(&mut self, signal: Signal) {
        match signal {
            Signal::ReportIdle { idle_for } => {
                self.set_idle(idle_for, self.clock.now());
                self.refresh_idle();
            }
            Signal::Unwatch { names } => {
                if let Some(stream) = &mut self.stream {
                    for name in names {
                        stream.contacts.watched.remove(&name);
                    }
                }
            }
            Signal::ConfirmMessages { from, up_to } => self.confirm_messages(&from, up_to),
            Signal::MarkRead { from, up_to } => self.mark_read(&from, up_to),
            Signal::Resync => self.snapshot(),
            Signal::Ping { .. } => self.heartbeat(),
            Signal::Pong { .. } => {}
            Signal::Signout => self.sign_out(),
        }
    }

    pub(super) fn outcome(&mut self, id: RequestId, hr: HResult, message: Option<String>) {
        let Some(stream) = &mut self.stream else { return };
        stream.finish(id);
        self.update(Update::Outcome(Outcome { id, hr, message }));
    }

    fn watch(&mut self, id: RequestId, names: Vec<SigninName>) {
        let Some(stream) = &mut self.stream else { return };
        let changes: Vec<_> = names
            .into_iter()
            .map(|name| {
                stream.contacts.watched.insert(name.clone());
                stream.contacts.tell_by_name(name)
            })
            .collect();
        if !changes.is_empty() {
            self.update(Update::Changes { changes });
        }
        self.outcome(id, HResult::S_OK, None);
    }

    fn add_contact(&mut self, request: RequestId, name: &SigninName) {
        let Some(stream) = &mut self.stream else { return };
        let Some(jid) = BareJid::of_user(name) else {
            let message = "addresses of XMPP look like user@domain".to_owned();
            return self.outcome(request, HResult::E_INVALIDARG, Some(message));
        };
        let known = stream.contacts.get(&jid).map(|contact| &contact.item);
        let refusal = if jid == stream.jid.bare {
            Some(HResult::E_FAIL)
        } else if known.is_some_and(|item| item.is_seen() || item.is_asked) {
            Some(HResult::MSGR_E_ALREADY_IN_LIST)
        } else if known.is_none() && stream.contacts.items().count() >= CONTACTS_MAX {
            Some(HResult::MSGR_E_LIST_FULL)
        } else {
            None
        };
        if let Some(hr) = refusal {
            return self.outcome(request, hr, None);
        }
        let known = known.cloned();
        stream.put_on(&jid);
        let id = stream.wait(Awaited::Added { request, jid: jid.clone() });
        self.send(&roster::add(&id, &jid, known.as_ref()));
    }

    fn remove_contact(&mut self, request: RequestId, name: &SigninName) {
        let now = self.clock.now();
        let Some(stream) = &mut self.stream else { return };
        let Some(jid) = BareJid::of_user(name).filter(|jid| stream.contacts.get(jid).is_some())
        else {
            return self.outcome(request, HResult::MSGR_E_USER_NOT_FOUND, None);
        };
        if stream.is_going(&jid) {
            return stream.come_too_late(request, jid);
        }
        let is_seen = stream.contacts.get(&jid).is_some_and(|contact| contact.item.is_seen());
        stream.take_off(jid.clone(), now);
        let id = stream.wait(Awaited::Removed { request, jid: jid.clone() });
        if !is_seen {
            // Some services would let a question stand that has no answer.
            self.say_to("unsubscribe", &jid);
        }
        self.groups.keep_those_of(name);
        self.send(&roster::remove(&id, &jid));
    }

    /// Gives everything that is known, without a number of its own.
    pub(super) fn snapshot(&mut self) {
        let me = self.me();
        let Some(stream) = &mut self.stream else { return };
        if stream.start != Start::Done {
            return;
        }
        stream.told = Some(me.clone());
        let contacts = stream.contacts.tell_all();
        let watched = stream.contacts.tell_watched();
        let blocked = stream.contacts.blocked().filter_map(BareJid::signin_name).collect();
        let seq = stream.seq;
        let requests = self.contact_requests();
        let groups = self.groups.tell_all();
        self.notice(Notice::Snapshot(Snapshot {
            seq,
            me,
            contacts,
            watched,
            groups,
            blocked,
            requests,
            unread: self.unread.iter().collect(),
        }));
    }

    /// Makes sure of the service, and of contacts whose node may have died without a word.
    fn heartbeat(&mut self) {
        let now = self.clock.now();
        let Some(stream) = &mut self.stream else { return };
        let is_managed = stream.management.is_some();
        if !stream.hiding.is_active && stream.start == Start::Done {
            for jid in stream.contacts.give_up_silent() {
                self.tell_person(&jid);
            }
            let Some(stream) = &mut self.stream else { return };
            let asked = stream.contacts.doubt_silent(now);
            self.probe(&asked);
        }
        if is_managed {
            self.say(&stream_management::ask());
        } else {
            self.ping(Awaited::Pinged);
        }
    }

    fn sign_out(&mut self) {
        // Whoever leaves before all is settled has said what they want to be called, too.
        self.publish_name();
        if self.stream.is_none() {
            return;
        }
        // Also of who hides, while the list still keeps it from others: at the end of a stream services tell them by
        // themselves.
        self.be_gone();
        self.say(&framing::close());
        self.stage = Stage::Closing;
    }

    /// Takes the service's confirmation, or its wish for one.
    pub(super) fn managed(&mut self, element: &Element) {
        let Some(management) = self.stream.as_mut().and_then(|stream| stream.management.as_mut())
        else {
            return self.unexpected("the service counts stanzas that nobody asked it to count");
        };
        match element.name.as_str() {
            "r" => {
                let confirmation = StreamManagement::confirmation(management);
                self.say(&confirmation);
            }
            "a" => match stream_management::handled(element)
                .map(|handled| management.confirm(handled))
            {
                Some(Ok(())) => {
                    self.messages_confirmed();
                    self.notice(Notice::Pong);
                }
                Some(Err(error)) => self.unexpected(&error.to_string()),
                None => self.unexpected("the service confirms without saying what"),
            },
            _ => self.trouble("the service says something about counting that is not known"),
        }
    }

    pub(super) fn synchronize(&mut self) {
        let version = self.roster.as_ref().map(|(version, _)| version.clone());
        let Some(stream) = &mut self.stream else { return };
        let domain = stream.jid.bare.domain().to_owned();
        let account = stream.jid.bare.to_string();
        let roster = stream.wait(Awaited::Roster);
        let features = stream.wait(Awaited::Features);
        let account_features = stream.wait(Awaited::AccountFeatures);
        let own_name = stream.wait(Awaited::OwnName);
        let choice = stream.wait(Awaited::Choice);
        let displayed = stream.wait(Awaited::Displayed);
        stream.start = Start::Asking { open: 5 };
        self.send(&choice::get(&choice));
        // Nothing waits for it.
        self.send(&displayed::get(&displayed));
        self.send(&nick::get(&own_name, None));
        self.send(&roster::get(&roster, version.as_deref()));
        self.send(&stanza::disco_info(&features, &domain));
        self.send(&stanza::disco_info(&account_features, &account));
    }
}
