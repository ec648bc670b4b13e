//! The dialect: negotiation, then requests of the session to stanzas and stanzas to notices.
//!
//! A service knows neither numbers nor intents: this side numbers its notices, keeps what the user chose, merges
//! connections and tells the session what changed. Tabs must not share a stream: each has a resource of its own,
//! and follows the others.

mod draw;
mod negotiation;
mod options;
mod own;
mod contacts;
mod progress;
mod names;
mod requests;
mod roster_pushes;
mod stanzas;
mod stream;
mod unheard;
mod hiding;
mod leaving;
mod missing;
mod reading;
mod subscribers;
mod blocks;
mod groups;
mod grouping;
mod chats;
mod fetching;

use crate::map::{Map, Set};
use std::collections::VecDeque;

use mistatus_core::{
    dialect::{Dialect, DialectError},
    hresult::HResult,
    message::{ClientMessage, Greeting, Notice, RequestId, Token, Update},
    time::{Span, UnixMs},
    unread::UnreadMessages,
};

pub use options::{Approval, Clock, Credentials, XmppOptions};

use crate::{
    SUBPROTOCOL, framing,
    framing::Frame,
    history::History,
    jid::{BareJid, Jid},
    roster::Item,
    sasl::{Exchange, Mechanism},
    stanza,
    xml::Element,
};
use draw::Draws;
use groups::Groups;
use leaving::Left;
use own::Own;
use stream::{Awaited, Start, Stream};
use unheard::Unheard;

/// The XMPP dialect of a session.
#[derive(Debug)]
pub struct XmppDialect<C> {
    options: XmppOptions,
    clock: C,
    draws: Draws,
    transmit: VecDeque<String>,
    notices: VecDeque<Result<Notice, DialectError>>,
    /// What the session was not told over the link before.
    unheard: Unheard,
    stage: Stage,
    account: Option<Identity>,
    /// Strongest mechanism that ever succeeded: a service that suddenly offers only weaker ones is not believed.
    strongest: Option<Mechanism>,
    /// The stream, from the binding of a resource on; kept over a lost link.
    stream: Option<Stream>,
    /// What another dialect has left for this one to go on with.
    left: Option<Left>,
    /// Who was there when the last stream was lost: a service that was lost itself says of them that they are not,
    /// until they are back.
    returning: Set<BareJid>,
    /// Whether the stream may be resumed over the link that is being negotiated.
    resumes: bool,
    /// The list as of the last version, for services that send only what is new.
    roster: Option<(String, Map<BareJid, Item>)>,
    own: Own,
    /// Kept over streams: services tell names some time after presences, if at all.
    nicks: Map<BareJid, String>,
    /// Kept over streams, so that a group has the same number on the next one.
    groups: Groups,
    /// Kept over streams, so that a message has the same number on the next one.
    history: History,
    /// What the archive calls the last message that came; kept over streams, so that it is known what one of them missed.
    last_archived: Option<String>,
    /// What came on this page and was not read on it: over this protocol nothing of it is kept.
    unread: UnreadMessages,
    /// Up to where the user has read on other clients, by what the archive calls that.
    displayed: Map<BareJid, String>,
    /// Messages that were sent and have no outcome: over another stream they may be there already.
    tried: Set<RequestId>,
    /// What ids of messages begin with: the same on every stream, for a message that is sent again is the same one.
    message_prefix: String,
    is_page_visible: bool,
}

#[derive(Debug)]
enum Stage {
    /// No link, or one that is given up.
    Closed,
    /// Waits for `<open/>`; `authenticated` says of which of the two streams.
    Opening { authenticated: bool },
    /// Waits for the features.
    Offered { authenticated: bool },
    /// Waits for the next step of the proof.
    Authenticating { mechanism: Mechanism, exchange: Exchange },
    /// Waits for the verdict about a resumption; the features hold for what follows a refusal.
    Resuming {
        features: Features,
        /// Until when somebody waits for it.
        until: Option<UnixMs>,
    },
    /// Waits for a resource.
    Binding { id: String, features: Features },
    /// Waits for stream management.
    Enabling,
    /// Stanzas flow.
    Flowing,
    /// Waits for the service's `<close/>`.
    Closing,
}

/// The stream features that a service offers after authentication.
#[derive(Clone, Copy, Debug)]
struct Features {
    stream_management: bool,
    roster_versions: bool,
    client_state: bool,
}

#[derive(Debug)]
struct Identity {
    /// Who; without a local part for a visitor.
    jid: BareJid,
    secret: Option<Token>,
    /// What the page wants the user to be called.
    wanted_name: Option<String>,
    /// What the user is called, as far as that is known.
    name: Option<String>,
}

impl<C: Clock> XmppDialect<C> {
    /// Makes a dialect without a link.
    pub fn new(options: XmppOptions, clock: C) -> Self {
        let mut draws = Draws::new(options.seed);
        Self {
            message_prefix: draws.draw(),
            draws,
            own: Own::new(options.chosen.clone(), clock.now()),
            options,
            clock,
            transmit: VecDeque::new(),
            notices: VecDeque::new(),
            unheard: Unheard::default(),
            stage: Stage::Closed,
            account: None,
            strongest: None,
            stream: None,
            left: None,
            returning: Set::new(),
            resumes: false,
            roster: None,
            nicks: Map::new(),
            groups: Groups::default(),
            history: History::default(),
            last_archived: None,
            unread: UnreadMessages::default(),
            displayed: Map::new(),
            tried: Set::new(),
            is_page_visible: true,
        }
    }

    /// Says an element that is not counted.
    fn say(&mut self, element: &Element) {
        self.transmit.push_back(element.to_string());
    }

    /// Sends a stanza.
    fn send(&mut self, element: &Element) {
        let text = element.to_string();
        let management = self.stream.as_mut().and_then(|stream| stream.management.as_mut());
        let asks = management.is_some_and(|management| management.keep(text.clone()));
        self.transmit.push_back(text);
        if asks {
            self.say(&crate::stream_management::ask());
        }
    }

    /// Makes the service say something: a session looks for notices only after a text has come.
    fn provoke(&mut self) {
        if self.stream.as_ref().is_some_and(|stream| stream.management.is_some()) {
            self.say(&crate::stream_management::ask());
        } else {
            self.ping(Awaited::Nothing);
        }
    }

    fn notice(&mut self, notice: Notice) {
        self.notices.push_back(Ok(notice));
    }

    /// Tells of a change, by the next number.
    fn update(&mut self, update: Update) {
        let Some(stream) = &mut self.stream else { return };
        let seq = stream.next_seq();
        self.notice(Notice::Update(seq, update));
    }

    fn trouble(&mut self, message: &str) {
        self.notices.push_back(Err(DialectError { message: message.to_owned() }));
    }

    /// Gives the link up; the stream with it, unless it broke for a reason that leaves it as it was.
    fn fail(&mut self, hr: HResult, message: Option<String>) {
        self.lose_stream();
        self.transmit.push_back(framing::close().to_string());
        self.stage = Stage::Closed;
        self.notice(Notice::Bye { hr, retry_after: None, message });
    }

    /// Lets a stream go that is not coming back.
    fn lose_stream(&mut self) {
        let Some(stream) = self.stream.take() else { return };
        if matches!(self.stage, Stage::Closing) {
            // Whoever comes back later finds things as they are then.
            self.returning = Set::new();
        } else if stream.start == Start::Done {
            // One that was not begun for long knows less than the one before.
            self.returning = stream.contacts.there();
        }
    }

    fn unexpected(&mut self, message: &str) {
        self.fail(HResult::MSGR_E_UNEXPECTED, Some(message.to_owned()));
    }

    fn is_flowing(&self) -> bool {
        matches!(self.stage, Stage::Flowing)
    }

    fn is_own(&self, jid: &Jid) -> bool {
        self.stream.as_ref().is_some_and(|stream| stream.jid.bare == jid.bare)
    }
}

impl<C: Clock> Dialect for XmppDialect<C> {
    fn subprotocol(&self) -> &'static str {
        SUBPROTOCOL
    }

    fn open(&mut self, greeting: Greeting) {
        self.transmit.clear();
        self.unheard = Unheard::of(core::mem::take(&mut self.notices));
        self.begin(greeting);
    }

    fn attach(&mut self) {
        self.transmit.clear();
        self.notices.clear();
        self.stage = Stage::Closed;
        self.trouble("an XMPP stream cannot be shared between tabs: switch sharing off");
    }

    fn send(&mut self, message: ClientMessage) {
        if !self.is_flowing() {
            return;
        }
        match message {
            ClientMessage::Request(request) => self.request(request),
            ClientMessage::Signal(signal) => self.signal(signal),
        }
        if !self.notices.is_empty() && self.is_flowing() {
            self.provoke();
        }
    }

    fn receive(&mut self, text: &str) {
        if matches!(self.stage, Stage::Closed) {
            return;
        }
        match framing::read(text) {
            Ok(frame) => self.take(frame),
            // RFC 6120 §4.9.3.13: nothing after it can be trusted, the counters least of all.
            Err(error) => self.unexpected(&error.to_string()),
        }
        if self.is_flowing() {
            self.do_due();
        }
    }

    fn poll_timeout(&self) -> Option<Span> {
        let due = match self.stage {
            Stage::Flowing => self.due_at(),
            Stage::Resuming { until, .. } => until,
            _ => None,
        }?;
        Some(due.since(self.clock.now()))
    }

    fn handle_timeout(&mut self) {
        match self.stage {
            Stage::Flowing => self.do_due(),
            Stage::Resuming { until: Some(until), .. } if until <= self.clock.now() => {
                self.fail(HResult::MSGR_E_DISCONNECTED, None);
            }
            _ => {}
        }
    }

    fn leave(&mut self) {
        self.leave_link();
    }

    fn handle_visibility(&mut self, visible: bool) {
        if self.is_page_visible != visible {
            self.is_page_visible = visible;
            if self.is_flowing() && self.stream.as_ref().is_some_and(|stream| stream.client_state) {
                self.say(&stanza::client_state(visible));
            }
        }
    }

    fn poll_transmit(&mut self) -> Option<String> {
        self.transmit.pop_front()
    }

    fn poll_notice(&mut self) -> Option<Result<Notice, DialectError>> {
        self.notices.pop_front()
    }
}

impl<C: Clock> XmppDialect<C> {
    fn take(&mut self, frame: Frame) {
        match frame {
            Frame::Open { from, version } => self.opened(from.as_deref(), version.as_deref()),
            Frame::Close => self.closed(),
            Frame::Features(features) => self.offered(&features),
            Frame::Error(error) => {
                self.fail(crate::errors::of_stream(&error), crate::errors::text(&error));
            }
            Frame::Element(element) if self.is_flowing() => self.stanza(&element),
            Frame::Element(element) => self.negotiated(&element),
        }
    }

    fn closed(&mut self) {
        let hr = match self.stage {
            Stage::Closing => HResult::S_OK,
            _ => HResult::MSGR_E_DISCONNECTED,
        };
        self.fail(hr, None);
    }
}
