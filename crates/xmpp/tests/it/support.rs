//! A client without a link, and a service that answers as the script of a test says.

use std::{cell::Cell, rc::Rc};

use mistatus_core::{
    dialect::Dialect,
    hresult::HResult,
    message::{
        ClientMessage, Command, Greeting, Notice, Outcome, Request, RequestId, Resume, Seq,
        Snapshot, Token, Update, Welcome,
    },
    presence::{Intent, Source},
    signin_name::SigninName,
    status::MiStatus,
    time::{Span, UnixMs},
};
use mistatus_xmpp::{
    Clock, XmppDialect, XmppOptions,
    xml::{self, Element},
};

pub(crate) const NOON: UnixMs = UnixMs::from_millis(1_795_262_400_000);

/// A clock that stands still until a test moves it.
#[derive(Clone, Debug)]
pub(crate) struct FakeClock(Rc<Cell<UnixMs>>);

impl FakeClock {
    pub(crate) fn at_noon() -> Self {
        Self(Rc::new(Cell::new(NOON)))
    }
}

impl Clock for FakeClock {
    fn now(&self) -> UnixMs {
        self.0.get()
    }
}

pub(crate) struct Client {
    pub(crate) dialect: XmppDialect<FakeClock>,
    pub(crate) clock: FakeClock,
    pub(crate) notices: Vec<Notice>,
    pub(crate) errors: Vec<String>,
    /// What the session says again when the stream goes on.
    pub(crate) repeats: Option<Request>,
}

impl Client {
    pub(crate) fn new(options: XmppOptions) -> Self {
        let clock = FakeClock::at_noon();
        let dialect = XmppDialect::new(options, clock.clone());
        Self { dialect, clock, notices: Vec::new(), errors: Vec::new(), repeats: None }
    }

    pub(crate) fn open(&mut self, greeting: Greeting) -> Vec<Element> {
        self.dialect.open(greeting);
        self.drain()
    }

    pub(crate) fn request(&mut self, message: impl Into<ClientMessage>) -> Vec<Element> {
        self.dialect.send(message.into());
        self.drain()
    }

    pub(crate) fn receive(&mut self, text: &str) -> Vec<Element> {
        self.dialect.receive(text);
        self.drain()
    }

    pub(crate) fn pass(&mut self, span: Span) {
        self.clock.0.set(self.clock.now() + span);
    }

    /// Lets it do what is due by itself.
    pub(crate) fn wait(&mut self) -> Vec<Element> {
        self.dialect.handle_timeout();
        self.drain()
    }

    pub(crate) fn drain(&mut self) -> Vec<Element> {
        while let Some(notice) = self.dialect.poll_notice() {
            match notice {
                Ok(notice) => self.notices.push(notice),
                Err(error) => self.errors.push(error.message),
            }
        }
        core::iter::from_fn(|| self.dialect.poll_transmit())
            .map(|text| xml::read(&text).expect("what is sent is one element"))
            .collect()
    }

    pub(crate) fn take_notices(&mut self) -> Vec<Notice> {
        core::mem::take(&mut self.notices)
    }

    pub(crate) fn bye(&self) -> Option<HResult> {
        self.notices.iter().find_map(|notice| match notice {
            Notice::Bye { hr, .. } => Some(*hr),
            _ => None,
        })
    }

    pub(crate) fn welcome(&self) -> &Welcome {
        let welcome = self.notices.iter().rev().find_map(|notice| match notice {
            Notice::SignedIn(welcome) => Some(welcome),
            _ => None,
        });
        welcome.expect("signed in")
    }

    pub(crate) fn snapshot(&self) -> &Snapshot {
        let snapshot = self.notices.iter().rev().find_map(|notice| match notice {
            Notice::Snapshot(snapshot) => Some(snapshot),
            _ => None,
        });
        snapshot.expect("a snapshot was given")
    }

    /// Returns what was told of people by changes, in order.
    pub(crate) fn changes(&self) -> Vec<(String, MiStatus)> {
        self.notices
            .iter()
            .filter_map(|notice| match notice {
                Notice::Update(_, Update::Changes { changes }) => Some(changes),
                _ => None,
            })
            .flatten()
            .map(|change| (change.name.as_str().to_owned(), change.presence.status))
            .collect()
    }

    pub(crate) fn outcomes(&self) -> Vec<(u64, HResult)> {
        self.notices
            .iter()
            .filter_map(|notice| match notice {
                Notice::Update(_, Update::Outcome(Outcome { id, hr, .. })) => Some((id.0, *hr)),
                _ => None,
            })
            .collect()
    }

    /// Returns the own statuses that were told, in order.
    pub(crate) fn own_statuses(&self) -> Vec<MiStatus> {
        self.notices
            .iter()
            .filter_map(|notice| match notice {
                Notice::Update(_, Update::MyStatus { me }) => Some(me.status),
                _ => None,
            })
            .collect()
    }

    /// Returns the number of every numbered notice.
    pub(crate) fn numbers(&self) -> Vec<u64> {
        self.notices.iter().filter_map(Notice::seq).map(|seq| seq.0).collect()
    }
}

/// A fake service that answers everything that a plain one answers.
pub(crate) struct Service {
    pub(crate) domain: String,
    /// Full address that is bound, whatever is asked for.
    pub(crate) bound: Option<String>,
    pub(crate) mechanisms: Vec<&'static str>,
    /// Entries of the list as XML.
    pub(crate) roster: String,
    pub(crate) hides: bool,
    /// Whom the user has blocked; `None` where the service cannot.
    pub(crate) blocked: Option<Vec<&'static str>>,
    pub(crate) archives: bool,
    /// What the user has published to be called.
    pub(crate) nick: Option<String>,
    /// What is kept at the account; `None` where the service keeps nothing.
    pub(crate) kept: Option<String>,
    pub(crate) manages: bool,
    pub(crate) client_state: bool,
    /// Whose presences arrive after the first own one.
    pub(crate) presences: Vec<String>,
    /// What came while there was no link.
    pub(crate) queued: Vec<String>,
    /// What is said when the client asks for presences.
    pub(crate) presences_probed: Vec<String>,
    /// Stanzas that the client sent since management began.
    pub(crate) handled: u32,
    pub(crate) counts: bool,
    pub(crate) jid: String,
    pub(crate) resumable: bool,
    pub(crate) authenticated: bool,
    /// Everything that the client said.
    pub(crate) heard: Vec<Element>,
    pub(crate) announced: bool,
}

impl Default for Service {
    fn default() -> Self {
        Self {
            domain: "example.com".to_owned(),
            bound: None,
            mechanisms: vec!["PLAIN"],
            roster: String::new(),
            hides: true,
            blocked: Some(Vec::new()),
            archives: false,
            nick: None,
            kept: Some("<query xmlns='jabber:iq:private'/>".to_owned()),
            manages: false,
            client_state: true,
            presences: Vec::new(),
            queued: Vec::new(),
            presences_probed: Vec::new(),
            handled: 0,
            counts: false,
            jid: String::new(),
            resumable: false,
            authenticated: false,
            heard: Vec::new(),
            announced: false,
        }
    }
}

impl Service {
    pub(crate) fn with_roster(items: &[(&str, &str)]) -> Self {
        let roster = items
            .iter()
            .map(|(name, subscription)| {
                format!("<item jid='{name}' subscription='{subscription}' name='{name}'/>")
            })
            .collect();
        Self { roster, ..Self::default() }
    }

    /// Lets client and service talk until both are silent.
    pub(crate) fn talk(&mut self, client: &mut Client, said: Vec<Element>) {
        let mut said = std::collections::VecDeque::from(said);
        while let Some(element) = said.pop_front() {
            for text in self.answer(&element) {
                let is_resumed = text.starts_with("<resumed");
                said.extend(client.receive(&text));
                if let Some(request) = client.repeats.clone().filter(|_| is_resumed) {
                    said.extend(client.request(request));
                }
            }
            self.heard.push(element);
        }
    }

    /// A new link: the next stream is not authenticated yet.
    pub(crate) fn relink(&mut self) {
        self.authenticated = false;
    }

    pub(crate) fn answer(&mut self, element: &Element) -> Vec<String> {
        let is_stanza = ["iq", "presence", "message"].contains(&element.name.as_str());
        if is_stanza && self.counts {
            self.handled += 1;
        }
        let id = element.attribute("id").unwrap_or_default();
        let child = element.elements().next();
        let result = |payload: &str| {
            format!("<iq xmlns='jabber:client' type='result' id='{id}'>{payload}</iq>")
        };
        match (element.name.as_str(), child.map(|child| (child.name.as_str(), &*child.namespace))) {
            ("open", _) => vec![
                format!(
                    "<open xmlns='urn:ietf:params:xml:ns:xmpp-framing' version='1.0' from='{}'/>",
                    self.domain
                ),
                self.features(),
            ],
            ("auth", _) => {
                self.authenticated = true;
                vec!["<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>".to_owned()]
            }
            ("enable", _) => {
                self.counts = true;
                self.handled = 0;
                vec!["<enabled xmlns='urn:xmpp:sm:3' resume='true' id='stream-1'/>".to_owned()]
            }
            ("resume", _) if self.resumable => {
                let resumed = format!(
                    "<resumed xmlns='urn:xmpp:sm:3' previd='stream-1' h='{}'/>",
                    self.handled
                );
                core::iter::once(resumed).chain(core::mem::take(&mut self.queued)).collect()
            }
            ("resume", _) => {
                self.counts = false;
                vec!["<failed xmlns='urn:xmpp:sm:3'/>".to_owned()]
            }
            ("r", _) => vec![format!("<a xmlns='urn:xmpp:sm:3' h='{}'/>", self.handled)],
            ("close", _) => vec!["<close xmlns='urn:ietf:params:xml:ns:xmpp-framing'/>".to_owned()],
            ("iq", Some(("bind", _))) => {
                let resource =
                    child.and_then(|child| child.elements().next()).map(Element::content);
                let asked = format!("alice@example.com/{}", resource.unwrap_or_default());
                self.jid = self.bound.clone().unwrap_or(asked);
                vec![result(&format!(
                    "<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>{}</jid></bind>",
                    self.jid
                ))]
            }
            ("iq", Some(("query", "jabber:iq:roster")))
                if element.attribute("type") == Some("get") =>
            {
                vec![result(&format!("<query xmlns='jabber:iq:roster'>{}</query>", self.roster))]
            }
            ("iq", Some(("query", "jabber:iq:roster"))) => {
                let items = child.map(|child| child.to_string()).unwrap_or_default();
                vec![
                    format!("<iq xmlns='jabber:client' type='set' id='push'>{items}</iq>"),
                    result(""),
                ]
            }
            ("iq", Some(("query", "http://jabber.org/protocol/disco#info")))
                if element.attribute("type") == Some("get") =>
            {
                let features = [
                    ("jabber:iq:privacy", self.hides),
                    ("urn:xmpp:blocking", self.blocked.is_some()),
                    ("urn:xmpp:mam:2", self.archives),
                    ("urn:xmpp:carbons:2", true),
                ];
                let offered = features.iter().filter(|(_, is_offered)| *is_offered);
                let features: String =
                    offered.map(|(name, _)| format!("<feature var='{name}'/>")).collect();
                vec![result(&format!(
                    "<query xmlns='http://jabber.org/protocol/disco#info'>{features}</query>"
                ))]
            }
            ("iq", Some(("blocklist", _))) => {
                let items: String = self
                    .blocked
                    .iter()
                    .flatten()
                    .map(|jid| format!("<item jid='{jid}'/>"))
                    .collect();
                vec![result(&format!("<blocklist xmlns='urn:xmpp:blocking'>{items}</blocklist>"))]
            }
            ("iq", Some(("pubsub", _))) => {
                let inside = child.and_then(|child| child.elements().next());
                let item = |name: &String| {
                    format!(
                        "<item><nick xmlns='http://jabber.org/protocol/nick'>{name}</nick></item>"
                    )
                };
                if let Some(publish) = inside.filter(|inside| inside.name == "publish") {
                    let nick = publish.elements().next().and_then(|item| item.elements().next());
                    self.nick = nick.map(Element::content);
                    return vec![result("")];
                }
                let items = self.nick.as_ref().map(item).unwrap_or_default();
                vec![result(&format!(
                    "<pubsub xmlns='http://jabber.org/protocol/pubsub'><items>{items}</items></pubsub>"
                ))]
            }
            ("iq", Some(("query", "jabber:iq:private"))) => match &mut self.kept {
                Some(kept) if element.attribute("type") == Some("set") => {
                    *kept = child.map(|child| child.to_string()).unwrap_or_default();
                    vec![result("")]
                }
                Some(kept) => vec![result(kept)],
                None => vec![format!(
                    "<iq xmlns='jabber:client' type='error' id='{id}'><error type='cancel'>\
                     <service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>"
                )],
            },
            ("iq", _) if matches!(element.attribute("type"), Some("get" | "set")) => {
                vec![result("")]
            }
            ("presence", _) if element.attribute("type").is_none() => {
                let echo = element.clone().with("from", &self.jid).to_string();
                let mut texts = vec![echo];
                if !core::mem::replace(&mut self.announced, true) {
                    texts.extend(self.presences.clone());
                }
                texts
            }
            ("presence", _) if element.attribute("type") == Some("subscribed") => {
                let to = element.attribute("to").unwrap_or_default();
                vec![format!(
                    "<iq xmlns='jabber:client' type='set' id='push'><query xmlns='jabber:iq:roster'>\
                     <item jid='{to}' subscription='from'/></query></iq>"
                )]
            }
            ("presence", _) if element.attribute("type") == Some("probe") => {
                core::mem::take(&mut self.presences_probed)
            }
            _ => Vec::new(),
        }
    }

    fn features(&self) -> String {
        let inner = if self.authenticated {
            let manages = if self.manages { "<sm xmlns='urn:xmpp:sm:3'/>" } else { "" };
            let client_state = if self.client_state { "<csi xmlns='urn:xmpp:csi:0'/>" } else { "" };
            format!("<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/>{manages}{client_state}")
        } else {
            let mechanisms: String = self
                .mechanisms
                .iter()
                .map(|name| format!("<mechanism>{name}</mechanism>"))
                .collect();
            format!(
                "<mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>{mechanisms}</mechanisms>"
            )
        };
        format!(
            "<stream:features xmlns:stream='http://etherx.jabber.org/streams'>{inner}</stream:features>"
        )
    }

    /// Returns the presences that were said to everybody: kind, or the code of the status.
    pub(crate) fn presences_heard(&self) -> Vec<String> {
        self.heard
            .iter()
            .filter(|element| element.name == "presence" && element.attribute("to").is_none())
            .map(|presence| {
                let ours = presence.first("s", "urn:mistatus:presence:1");
                let code = ours.and_then(|ours| ours.attribute("code"));
                presence.attribute("type").or(code).unwrap_or("plain").to_owned()
            })
            .collect()
    }

    /// Returns the messages that were sent: to whom, and the text.
    pub(crate) fn messages_heard(&self) -> Vec<(String, String)> {
        self.heard
            .iter()
            .filter(|element| element.name == "message")
            .filter_map(|message| {
                let body = message.first("body", "jabber:client")?.content();
                Some((message.attribute("to")?.to_owned(), body))
            })
            .collect()
    }

    pub(crate) fn count_heard(&self, name: &str, kind: &str) -> usize {
        let is_it =
            |element: &&Element| element.name == name && element.attribute("type") == Some(kind);
        self.heard.iter().filter(is_it).count()
    }
}

/// Whether the service hears nothing but a wish for a sign of life.
pub(crate) fn is_quiet(said: &[Element]) -> bool {
    let is_sign =
        |element: &Element| element.name == "r" || element.first("ping", "urn:xmpp:ping").is_some();
    said.iter().all(is_sign)
}

pub(crate) fn options() -> XmppOptions {
    // Most conversations here are with people of whom nothing is ever heard.
    XmppOptions { patience: Span::from_millis(0), ..XmppOptions::new([7; 32]) }
}

pub(crate) fn greeting() -> Greeting {
    Greeting {
        token: Some(Token::new("secret".to_owned())),
        signin_name: Some(name("alice@example.com")),
        friendly_name: None,
        idle_for: None,
        resume: None,
    }
}

pub(crate) fn name(text: &str) -> SigninName {
    SigninName::parse(text).expect("a valid name")
}

/// Signs alice in at a service.
pub(crate) fn signed_in(service: &mut Service) -> Client {
    signed_in_with(service, options())
}

pub(crate) fn signed_in_with(service: &mut Service, options: XmppOptions) -> Client {
    let mut client = Client::new(options);
    let said = client.open(greeting());
    service.talk(&mut client, said);
    client
}

/// The link is lost, and found again; the session saw everything.
pub(crate) fn reconnect(service: &mut Service, client: &mut Client, seen: u64) {
    let token = client.welcome().resume.clone().expect("a stream that can be resumed");
    service.relink();
    let said =
        client.open(Greeting { resume: Some(Resume { token, seen: Seq(seen) }), ..greeting() });
    service.talk(client, said);
}

pub(crate) fn choose(id: u64, status: MiStatus) -> Request {
    Request {
        id: RequestId(id),
        command: Command::SetStatus { intent: Intent::chosen(status, Source::User) },
    }
}

/// A presence of somebody.
pub(crate) fn presence(from: &str, children: &str) -> String {
    format!(
        "<presence xmlns='jabber:client' from='{from}' to='alice@example.com'>{children}</presence>"
    )
}

pub(crate) fn presence_kind(from: &str, kind: &str) -> String {
    format!("<presence xmlns='jabber:client' from='{from}' to='alice@example.com' type='{kind}'/>")
}
