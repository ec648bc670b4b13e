//! From a fresh link to stanzas: features, proof, resumption or binding, stream management.

use crate::map::{Map, Set};
use mistatus_core::{
    hresult::HResult,
    limits::{HEARTBEAT_DEFAULT, RESUME_WINDOW},
    message::{Greeting, Notice, Resume, Token, Welcome},
    time::UnixMs,
    unread::UnreadMessages,
};

use super::{Clock, Credentials, Features, Groups, Identity, Own, Stage, Stream, XmppDialect};
use crate::{
    errors, framing,
    history::History,
    jid::{BareJid, Jid},
    limits::TAKE_OVER_PATIENCE,
    ns,
    sasl::{self, Mechanism},
    stanza,
    stream_management::{self, StreamManagement},
    xml::Element,
};

/// A domain that never exists (RFC 2606 §2).
const NOWHERE: &str = "invalid";

impl<C: Clock> XmppDialect<C> {
    pub(super) fn begin(&mut self, greeting: Greeting) {
        let now = self.clock.now();
        self.set_idle(greeting.idle_for, now);
        self.resumes = greeting.resume.as_ref().is_some_and(|resume| self.can_resume(resume));
        let user = greeting.signin_name.as_ref().and_then(BareJid::of_user);
        let jid = match (self.options.credentials, &self.options.domain, user) {
            (Credentials::Anonymous, Some(domain), _) => BareJid::parse(domain),
            (Credentials::Anonymous, None, _) => None,
            (_, _, user) => user,
        };
        let Some(jid) = jid else {
            let message = "XMPP needs the sign-in name (user@domain), or, for visitors, the domain";
            // Sessions look for notices only after a text has come, and every service answers this: by an error.
            self.transmit.push_back(framing::open(NOWHERE).to_string());
            self.stage = Stage::Closed;
            self.notice(Notice::Bye {
                hr: HResult::E_INVALIDARG,
                retry_after: None,
                message: Some(message.to_owned()),
            });
            return;
        };
        if self.account.as_ref().is_some_and(|account| account.jid != jid) {
            // Nothing of the user before is this one's.
            self.stream = None;
            self.returning = Set::new();
            self.roster = None;
            self.nicks = Map::new();
            self.strongest = None;
            self.own = Own { idle_since: self.own.idle_since, ..Own::new(None, now) };
            self.groups = Groups::default();
            self.history = History::default();
            self.last_archived = None;
            self.unread = UnreadMessages::default();
            self.displayed = Map::new();
            self.tried = Set::new();
        }
        let name = self.account.take().and_then(|before| before.name.filter(|_| before.jid == jid));
        let wanted_name = greeting.friendly_name;
        self.begin_left(&jid);
        self.account = Some(Identity { jid, secret: greeting.token, wanted_name, name });
        self.open_stream(false);
    }

    fn can_resume(&self, resume: &Resume) -> bool {
        self.stream.as_ref().is_some_and(|stream| {
            let id = stream.management.as_ref().and_then(StreamManagement::id);
            id == Some(resume.token.reveal()) && self.unheard.completes(resume.seen, stream.seq)
        })
    }

    fn domain(&self) -> String {
        let of_account = || self.account.as_ref().map(|account| account.jid.domain().to_owned());
        self.options.domain.clone().or_else(of_account).unwrap_or_default()
    }

    fn open_stream(&mut self, authenticated: bool) {
        self.say(&framing::open(&self.domain()));
        self.stage = Stage::Opening { authenticated };
    }

    pub(super) fn opened(&mut self, from: Option<&str>, version: Option<&str>) {
        let Stage::Opening { authenticated } = self.stage else {
            return self.unexpected("the service opened the stream twice");
        };
        let domain = BareJid::parse(&self.domain());
        if from.is_some_and(|from| BareJid::parse(from) != domain) {
            let message = "the service says to be another one than the one asked for";
            return self.fail(HResult::MSGR_E_INVALID_SERVER_NAME, Some(message.to_owned()));
        }
        // RFC 6120 §4.7.5: no version is 0.9, from before features.
        if !version.is_some_and(|version| version.starts_with("1.")) {
            let message = "the service does not speak version 1.0 of XMPP";
            return self.fail(HResult::MSGR_E_SERVER_VERSION, Some(message.to_owned()));
        }
        self.stage = Stage::Offered { authenticated };
    }

    pub(super) fn offered(&mut self, features: &Element) {
        match self.stage {
            Stage::Offered { authenticated: false } => self.prove(features),
            Stage::Offered { authenticated: true } => {
                let has = |name, namespace| features.first(name, namespace).is_some();
                if !has("bind", ns::BIND) {
                    return self.unexpected("the service offers no resource to bind");
                }
                let features = Features {
                    stream_management: has("sm", ns::STREAM_MANAGEMENT),
                    roster_versions: has("ver", ns::ROSTER_VERSIONS),
                    client_state: has("csi", ns::CLIENT_STATE),
                };
                self.resume_or_bind(features);
            }
            _ => self.unexpected("the service offers features at the wrong moment"),
        }
    }

    fn prove(&mut self, features: &Element) {
        let offered = sasl::offered(features);
        let mechanism = match self.choose(&offered) {
            Ok(mechanism) => mechanism,
            Err(message) => {
                return self.fail(HResult::MSGR_E_SERVER_VERSION, Some(message.to_owned()));
            }
        };
        let nonce = self.draws.draw();
        let Some(account) = &self.account else { return };
        let secret = account.secret.as_ref().map_or("", Token::reveal);
        let user = account.jid.local().unwrap_or_default();
        let (exchange, auth) = sasl::begin(mechanism, user, secret, &nonce);
        self.stage = Stage::Authenticating { mechanism, exchange };
        self.say(&auth);
    }

    /// Chooses the strongest mechanism; the error says why none may be used.
    fn choose(&self, offered: &[Mechanism]) -> Result<Mechanism, &'static str> {
        let usable: &[Mechanism] = match self.options.credentials {
            Credentials::Password => {
                &[Mechanism::ScramSha256, Mechanism::ScramSha1, Mechanism::Plain]
            }
            Credentials::Token => &[Mechanism::Plain, Mechanism::XOauth2],
            Credentials::Anonymous => &[Mechanism::Anonymous],
        };
        let known: Vec<_> =
            usable.iter().copied().filter(|known| offered.contains(known)).collect();
        let Some(strongest) = known.first().copied() else {
            return Err(
                "the service offers no way to sign in that this client and its credentials know",
            );
        };
        if strongest.gives_secret_away() && !self.options.is_secure {
            return Err(
                "the service wants the secret itself, which is said on secure connections only",
            );
        }
        if self.options.credentials == Credentials::Password {
            if strongest < self.options.weakest {
                return Err("the service offers only ways to sign in that are weaker than allowed");
            }
            if self.strongest.is_some_and(|before| strongest < before) {
                return Err("the service offers only ways to sign in that are weaker than before");
            }
        }
        Ok(strongest)
    }

    /// Takes an element of a negotiation.
    pub(super) fn negotiated(&mut self, element: &Element) {
        match (&mut self.stage, element.name.as_str(), &*element.namespace) {
            (Stage::Authenticating { exchange, .. }, "challenge", ns::SASL) => {
                match exchange.challenge(element) {
                    Ok(response) => self.say(&response),
                    Err(error) => self.distrust(&error.to_string()),
                }
            }
            (Stage::Authenticating { mechanism, exchange }, "success", ns::SASL) => {
                let mechanism = *mechanism;
                match exchange.success(element) {
                    Ok(()) => {
                        self.strongest = self.strongest.max(Some(mechanism));
                        self.open_stream(true);
                    }
                    Err(error) => self.distrust(&error.to_string()),
                }
            }
            (Stage::Authenticating { .. }, "failure", ns::SASL) => {
                self.fail(errors::of_sasl(element), errors::text(element));
            }
            (Stage::Resuming { .. }, "resumed", ns::STREAM_MANAGEMENT) => self.resumed(element),
            (Stage::Resuming { features, .. }, "failed", ns::STREAM_MANAGEMENT) => {
                let features = *features;
                self.lose_stream();
                self.bind(features);
            }
            (Stage::Binding { id, features }, "iq", ns::CLIENT)
                if element.attribute("id") == Some(id) =>
            {
                let features = *features;
                self.bound(element, features);
            }
            (Stage::Enabling, "enabled", ns::STREAM_MANAGEMENT) => {
                if let Some(stream) = &mut self.stream {
                    stream.management = Some(StreamManagement::begin(element));
                }
                self.signed_in();
            }
            (Stage::Enabling, "failed", ns::STREAM_MANAGEMENT) => self.signed_in(),
            // Stanzas may pass while the stream is being managed (XEP-0198 §3), nothing is known of them yet.
            (Stage::Enabling, ..) if stanza::is_stanza(element) => {}
            // What comes after one's own goodbye does not matter any more.
            (Stage::Closing, ..) => {}
            _ => self.unexpected("the service takes a step of the sign-in at the wrong moment"),
        }
    }

    /// The service cannot be the one that knows the password.
    fn distrust(&mut self, message: &str) {
        self.fail(HResult::MSGR_E_INVALID_PASSWORD, Some(message.to_owned()));
    }

    fn resume_or_bind(&mut self, features: Features) {
        let resume = core::mem::take(&mut self.resumes)
            .then(|| self.stream.as_ref()?.management.as_ref()?.resume())
            .flatten();
        match resume.filter(|_| features.stream_management) {
            Some(resume) => {
                self.say(&resume);
                let is_left = self.stream.as_ref().is_some_and(|stream| stream.is_taken_over);
                let until = is_left.then(|| self.clock.now() + TAKE_OVER_PATIENCE);
                self.stage = Stage::Resuming { features, until };
            }
            None => {
                self.lose_stream();
                self.bind(features);
            }
        }
    }

    fn resumed(&mut self, element: &Element) {
        let Stage::Resuming { features, .. } = self.stage else { return };
        let Some(Stream { management: Some(management), is_taken_over, client_state, .. }) =
            &mut self.stream
        else {
            return self.unexpected("the service resumed a stream that is not there");
        };
        if element.attribute("previd") != management.id() {
            return self.unexpected("the service resumed another stream");
        }
        let handled = stream_management::handled(element);
        let is_left = core::mem::take(is_taken_over);
        if let Some(handled) = handled.filter(|_| is_left) {
            *client_state = features.client_state;
            management.believe(handled);
        }
        let confirmed = handled.map(|handled| management.confirm(handled));
        match confirmed {
            Some(Ok(())) => {}
            Some(Err(error)) => return self.unexpected(&error.to_string()),
            None => return self.unexpected("the service resumed without saying what it has"),
        }
        if is_left {
            self.count_versions(features);
            return self.signed_in();
        }
        self.withdraw_messages();
        let management = self.stream.iter().filter_map(|stream| stream.management.as_ref());
        let again: Vec<_> =
            management.flat_map(StreamManagement::unacknowledged).map(str::to_owned).collect();
        self.transmit.extend(again);
        self.stage = Stage::Flowing;
        self.tell_client_state();
        self.welcome(true);
        self.messages_confirmed();
        self.ask_about_messages();
        self.refresh_idle();
    }

    fn bind(&mut self, features: Features) {
        let id = self.draws.draw();
        let resource = self.draws.draw();
        let resource = Element::new("resource", ns::BIND).text(&resource);
        self.say(&stanza::iq("set", &id, None, Element::new("bind", ns::BIND).child(resource)));
        self.stage = Stage::Binding { id, features };
    }

    fn bound(&mut self, element: &Element, features: Features) {
        if element.attribute("type") == Some("error") {
            let hr = errors::of_binding(element);
            return self.fail(hr, errors::text(element));
        }
        let jid = element
            .first("bind", ns::BIND)
            .and_then(|bind| bind.first("jid", ns::BIND))
            .and_then(|jid| Jid::parse(jid.content().trim()));
        let domain = self.domain();
        let is_ours = |jid: &Jid| {
            jid.resource.is_some()
                && jid.bare.signin_name().is_some()
                && BareJid::parse(&domain)
                    .is_some_and(|domain| domain.domain() == jid.bare.domain())
        };
        let Some(jid) = jid.filter(is_ours) else {
            return self.unexpected("the service bound no usable address");
        };
        let prefix = self.draws.draw();
        let is_enabling = features.stream_management;
        self.count_versions(features);
        let mut stream = Stream::new(jid, features.client_state, prefix);
        stream.contacts.expect(self.returning.clone(), self.clock.now());
        self.stream = Some(stream);
        if is_enabling {
            self.say(&stream_management::enable(RESUME_WINDOW.as_millis() / 1_000));
            self.stage = Stage::Enabling;
        } else {
            self.signed_in();
        }
    }

    fn count_versions(&mut self, features: Features) {
        if !features.roster_versions {
            self.roster = None;
        } else if self.roster.is_none() {
            self.roster = Some((String::new(), Map::new()));
        }
    }

    fn signed_in(&mut self) {
        self.stage = Stage::Flowing;
        self.tell_client_state();
        self.synchronize();
    }

    fn tell_client_state(&mut self) {
        // A new or resumed stream counts as active (XEP-0352 §5).
        if !self.is_page_visible && self.stream.as_ref().is_some_and(|stream| stream.client_state) {
            self.say(&stanza::client_state(false));
        }
    }

    pub(super) fn welcome(&mut self, resumed: bool) {
        let now: UnixMs = self.clock.now();
        let Some(stream) = &self.stream else { return };
        // `bound` has checked that the address is that of a user.
        let Some(name) = stream.jid.bare.signin_name() else { return };
        let id = stream.management.as_ref().and_then(StreamManagement::id);
        let called = self.account.as_ref().and_then(|account| account.name.clone());
        let welcome = Welcome {
            friendly_name: called.unwrap_or_else(|| name.as_str().to_owned()),
            name,
            heartbeat: HEARTBEAT_DEFAULT,
            server_time: now,
            resume: id.map(|id| Token::new(id.to_owned())),
            resumed,
        };
        self.notice(Notice::SignedIn(welcome));
        let unheard = self.unheard.take().filter(|_| resumed);
        self.notices.extend(unheard.map(Ok));
    }
}
