//! A dialect on a real socket, driven until something has happened.

use std::{
    collections::BTreeMap,
    io::ErrorKind,
    net::TcpStream,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use mistatus_core::{
    chat::{ChatMessage, MessageText},
    dialect::Dialect,
    hresult::HResult,
    message::{
        Change, ClientMessage, Command, Greeting, Notice, Outcome, Request, RequestId, Resume, Seq,
        Signal, Snapshot, Token, Update, Welcome,
    },
    presence::Presence,
    signin_name::SigninName,
    status::MiStatus,
    time::{Span, UnixMs},
};
use mistatus_xmpp::{Clock, XmppDialect, XmppOptions};
use tungstenite::{Message, Utf8Bytes, WebSocket, client::IntoClientRequest, http::HeaderValue};

use crate::{documented::ORIGIN, server::Server};

/// How long a server may be silent while something is waited for; a failure otherwise, never a verdict about speed.
const PATIENCE: Duration = Duration::from_secs(20);

/// How long one of two clients is listened to at a time.
const TURN: Duration = Duration::from_millis(20);

#[derive(Debug)]
pub(crate) struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> UnixMs {
        now()
    }
}

pub(crate) fn now() -> UnixMs {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970");
    UnixMs::from_millis(u64::try_from(since.as_millis()).expect("a few more years"))
}

pub(crate) fn options() -> XmppOptions {
    // Another seed for each: two clients with one resource would throw each other out.
    let mut seed = [0; 32];
    let source = std::fs::File::open("/dev/urandom");
    source
        .and_then(|mut file| std::io::Read::read_exact(&mut file, &mut seed))
        .expect("random bytes");
    // Nobody calls here when the time is over.
    XmppOptions { patience: Span::from_millis(0), ..XmppOptions::new(seed) }
}

pub(crate) struct Client {
    name: String,
    secret: String,
    /// What the page wants the user to be called, from the next greeting on.
    pub(crate) called: Option<String>,
    dialect: XmppDialect<SystemClock>,
    socket: WebSocket<TcpStream>,
    pub(crate) notices: Vec<Notice>,
    people: BTreeMap<SigninName, Vec<Presence>>,
    last_request: u64,
    /// How many confirmations the server still owes on this link (XEP-0198).
    confirmations_due: usize,
    me: Option<MiStatus>,
}

impl Client {
    pub(crate) fn sign_in(server: &Server, name: &str) -> Self {
        Self::try_sign_in(server, name, &format!("secret-{name}"), options()).expect("signs in")
    }

    pub(crate) fn try_sign_in(
        server: &Server,
        name: &str,
        secret: &str,
        options: XmppOptions,
    ) -> Result<Self, HResult> {
        Self::try_sign_in_as(server, &format!("{name}@localhost"), secret, options)
    }

    pub(crate) fn try_sign_in_as(
        server: &Server,
        name: &str,
        secret: &str,
        options: XmppOptions,
    ) -> Result<Self, HResult> {
        Self::try_sign_in_by(server, name, secret, XmppDialect::new(options, SystemClock))
    }

    /// Signs in as the next page of a tab, with what the one before has left.
    pub(crate) fn go_on(server: &Server, name: &str, left: &str) -> Self {
        let mut dialect = XmppDialect::new(options(), SystemClock);
        dialect.take_over(Some(left));
        let (name, secret) = (format!("{name}@localhost"), format!("secret-{name}"));
        Self::try_sign_in_by(server, &name, &secret, dialect).expect("signs in")
    }

    fn try_sign_in_by(
        server: &Server,
        name: &str,
        secret: &str,
        dialect: XmppDialect<SystemClock>,
    ) -> Result<Self, HResult> {
        let mut client = Self {
            name: name.to_owned(),
            secret: secret.to_owned(),
            called: None,
            dialect,
            socket: connect(server),
            notices: Vec::new(),
            people: BTreeMap::new(),
            last_request: 0,
            confirmations_due: 0,
            me: None,
        };
        client.greet(None);
        client.until("a snapshot or a goodbye", |client| {
            client.bye().is_some() || client.me.is_some()
        });
        client.bye().map_or(Ok(client), Err)
    }

    /// Signs in with a name that is no address; returns what the server says to that.
    pub(crate) fn sign_in_as_nobody(server: &Server) -> String {
        let mut dialect = XmppDialect::new(options(), SystemClock);
        dialect.open(Greeting {
            token: None,
            signin_name: None,
            friendly_name: None,
            idle_for: None,
            resume: None,
        });
        let mut socket = connect(server);
        while let Some(text) = dialect.poll_transmit() {
            socket.send(Message::text(text)).expect("the link holds");
        }
        let answer = socket.read().expect("the server answers");
        answer.into_text().expect("by a text").to_string()
    }

    fn greet(&mut self, resume: Option<Resume>) {
        self.dialect.open(Greeting {
            token: Some(Token::new(self.secret.clone())),
            signin_name: Some(SigninName::parse(&self.name).expect("a valid name")),
            friendly_name: self.called.clone(),
            idle_for: None,
            resume,
        });
        self.flush();
    }

    /// The link breaks without a word. What the server says shortly before is lost.
    ///
    /// Waits until the server has nothing more to say: ejabberd stands still for 15 s where a link is cut while it
    /// says something, and refuses to resume a stream that stands still for so long. Whoever could still have it say
    /// something must have caught up.
    pub(crate) fn cut(&mut self) {
        self.transmit("<r xmlns='urn:xmpp:sm:3'/>".to_owned()).expect("the link holds");
        while self.confirmations_due > 0 {
            self.hear().expect("the server confirms what it has");
        }
        self.socket.get_ref().shutdown(std::net::Shutdown::Both).expect("was open");
    }

    /// Returns the full address of this connection.
    pub(crate) fn address(&self) -> String {
        let left = self.dialect.left().expect("a stream");
        left.lines().next().expect("an address").to_owned()
    }

    /// The page goes; returns what it leaves to the next one.
    pub(crate) fn leave(mut self) -> String {
        self.cut();
        self.dialect.left().expect("a stream")
    }

    pub(crate) fn reconnect(&mut self, server: &Server) {
        let token = self.welcome().resume.clone().expect("a stream that can be resumed");
        let seen = Seq(self.numbers().last().copied().unwrap_or_default());
        let welcomes = self.welcomes();
        self.connect_again(server);
        self.greet(Some(Resume { token, seen }));
        self.until("a welcome", |client| client.welcomes() > welcomes);
    }

    fn connect_again(&mut self, server: &Server) {
        self.socket = connect(server);
        self.confirmations_due = 0;
    }

    /// Waits until the link breaks.
    pub(crate) fn until_lost(&mut self) {
        while self.step().is_ok() {}
    }

    /// Signs in over another link as after a loss that cannot be resumed.
    pub(crate) fn begin_anew(&mut self, server: &Server) {
        let welcomes = self.welcomes();
        self.connect_again(server);
        self.greet(None);
        self.until("a snapshot", |client| {
            let last = |is_it: fn(&Notice) -> bool| client.notices.iter().rposition(is_it);
            client.welcomes() > welcomes
                && last(|notice| matches!(notice, Notice::Snapshot(_)))
                    > last(|notice| matches!(notice, Notice::SignedIn(_)))
        });
    }

    pub(crate) fn sign_out(mut self) {
        self.say(Signal::Signout);
        self.until("a goodbye", |client| client.bye().is_some());
        assert_eq!(self.bye(), Some(HResult::S_OK));
    }

    pub(crate) fn say(&mut self, message: impl Into<ClientMessage>) {
        self.dialect.send(message.into());
        self.flush();
    }

    /// Says what another program would; for streams that nobody wants to resume.
    pub(crate) fn say_foreign(&mut self, text: &str) {
        self.socket.send(Message::text(text.to_owned())).expect("the link holds");
    }

    /// Asks what another program would; returns the answer to the request with that id.
    pub(crate) fn ask_foreign(&mut self, text: &str, id: &str) -> String {
        self.say_foreign(text);
        loop {
            let answer = self.hear().expect("the server answers");
            if let Some(answer) = answer.filter(|answer| answer.contains(id)) {
                return answer.to_string();
            }
        }
    }

    /// Says something, and the link breaks before anything of it is sent.
    pub(crate) fn say_and_lose(&mut self, message: impl Into<ClientMessage>) {
        self.dialect.send(message.into());
        while self.dialect.poll_transmit().is_some() {}
        self.cut();
    }

    /// Writes to somebody; the outcome has been waited for.
    pub(crate) fn write(&mut self, server: &Server, to: &str, text: &str) -> HResult {
        let to = server.name_of(to);
        let text = MessageText::parse(text).expect("a valid text");
        self.ask(Command::SendMessage { to: to.clone(), text: text.clone() })
    }

    /// Waits until so many messages were told on any connection; returns who wrote what.
    pub(crate) fn until_messages(&mut self, count: usize) -> Vec<(String, String)> {
        self.until(&format!("{count} messages"), |client| client.messages().len() >= count);
        let messages = self.messages().into_iter();
        messages
            .map(|message| (message.from.to_string(), message.text.as_str().to_owned()))
            .collect()
    }

    /// Returns the messages that were told, apart from pages.
    pub(crate) fn messages(&self) -> Vec<&ChatMessage> {
        let messages = self.notices.iter().filter_map(|notice| match notice {
            Notice::Update(_, Update::Message { message, .. }) => Some(message),
            _ => None,
        });
        messages.collect()
    }

    /// Waits until everything that the server had for this client before has arrived.
    pub(crate) fn catch_up(&mut self) {
        let pongs =
            |client: &Self| client.notices.iter().filter(|notice| **notice == Notice::Pong).count();
        let before = pongs(self);
        self.say(Signal::Ping { seen: None });
        self.until("a heartbeat", |client| pongs(client) > before);
    }

    pub(crate) fn snapshot(&self) -> &Snapshot {
        let snapshot = self.notices.iter().rev().find_map(|notice| match notice {
            Notice::Snapshot(snapshot) => Some(snapshot),
            _ => None,
        });
        snapshot.expect("a snapshot")
    }

    /// Asks, and waits for the outcome.
    pub(crate) fn ask(&mut self, command: Command) -> HResult {
        self.last_request += 1;
        let id = RequestId(self.last_request);
        self.say(Request { id, command });
        self.until("an outcome", |client| client.outcome(id).is_some());
        self.outcome(id).expect("waited for")
    }

    pub(crate) fn until(&mut self, what: &str, mut is_there: impl FnMut(&Self) -> bool) {
        while !is_there(self) {
            if let Err(error) = self.step() {
                panic!("{}: {error} before {what}; told: {:?}", self.name, self.notices);
            }
        }
    }

    /// Takes what comes next.
    fn step(&mut self) -> Result<(), tungstenite::Error> {
        if let Some(text) = self.hear()? {
            self.dialect.receive(&text);
            self.flush();
        }
        Ok(())
    }

    /// Reads what comes next; `None` for a frame without text.
    fn hear(&mut self) -> Result<Option<Utf8Bytes>, tungstenite::Error> {
        let Message::Text(text) = self.socket.read()? else { return Ok(None) };
        if text.starts_with("<a ") {
            self.confirmations_due = self.confirmations_due.saturating_sub(1);
        }
        Ok(Some(text))
    }

    fn transmit(&mut self, text: String) -> Result<(), tungstenite::Error> {
        if text.starts_with("<r ") {
            self.confirmations_due += 1;
        }
        self.socket.send(Message::text(text))
    }

    fn set_patience(&self, patience: Duration) {
        self.socket.get_ref().set_read_timeout(Some(patience)).expect("a timeout can be set");
    }

    /// Waits until somebody is shown with that status, now or already.
    pub(crate) fn until_seen(
        &mut self,
        server: &Server,
        other: &str,
        status: MiStatus,
    ) -> Presence {
        let name = server.name_of(other);
        let last = |client: &Self| client.people.get(&name).and_then(|told| told.last()).cloned();
        self.until(&format!("{other} as {status}"), |client| {
            last(client).is_some_and(|presence| presence.status == status)
        });
        last(self).expect("waited for")
    }

    /// Waits until somebody is called so, now or already.
    pub(crate) fn until_called(&mut self, server: &Server, other: &str, called: &str) {
        let name = server.name_of(other);
        let is_it = |change: &Change| {
            change.name == name && change.friendly_name.as_deref() == Some(called)
        };
        self.until(&format!("{other} called {called}"), |client| {
            client.notices.iter().any(|notice| match notice {
                Notice::Update(_, Update::Changes { changes }) => changes.iter().any(is_it),
                Notice::Update(_, Update::ContactAdded { contact }) => is_it(contact),
                Notice::Snapshot(snapshot) => snapshot.contacts.iter().any(is_it),
                _ => false,
            })
        });
    }

    pub(crate) fn told_of(&self, server: &Server, other: &str) -> Vec<MiStatus> {
        let told = self.people.get(&server.name_of(other)).map(Vec::as_slice).unwrap_or_default();
        told.iter().map(|presence| presence.status).collect()
    }

    pub(crate) fn contacts(&self) -> Vec<&str> {
        self.snapshot().contacts.iter().map(|contact| contact.name.as_str()).collect()
    }

    pub(crate) fn me(&self) -> MiStatus {
        self.me.expect("signed in")
    }

    pub(crate) fn outcome(&self, wanted: RequestId) -> Option<HResult> {
        self.notices.iter().find_map(|notice| match notice {
            Notice::Update(_, Update::Outcome(Outcome { id, hr, .. })) if *id == wanted => {
                Some(*hr)
            }
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

    pub(crate) fn check_numbers(&self) {
        let numbers = self.numbers();
        assert!(numbers.windows(2).all(|pair| pair[1] == pair[0] + 1), "{numbers:?}");
    }

    fn welcomes(&self) -> usize {
        self.notices.iter().filter(|notice| matches!(notice, Notice::SignedIn(_))).count()
    }

    fn bye(&self) -> Option<HResult> {
        self.notices.iter().find_map(|notice| match notice {
            Notice::Bye { hr, .. } => Some(*hr),
            _ => None,
        })
    }

    fn numbers(&self) -> Vec<u64> {
        self.notices.iter().filter_map(Notice::seq).map(|seq| seq.0).collect()
    }

    fn flush(&mut self) {
        while let Some(notice) = self.dialect.poll_notice() {
            let notice = notice.expect("servers make no mistakes");
            match &notice {
                Notice::Snapshot(snapshot) => {
                    self.me = Some(snapshot.me.status);
                    for change in &snapshot.contacts {
                        self.people
                            .entry(change.name.clone())
                            .or_default()
                            .push(change.presence.clone());
                    }
                }
                Notice::Update(_, Update::MyStatus { me }) => self.me = Some(me.status),
                Notice::Update(_, Update::Changes { changes }) => {
                    for change in changes {
                        self.people
                            .entry(change.name.clone())
                            .or_default()
                            .push(change.presence.clone());
                    }
                }
                // As a session does.
                Notice::Update(_, Update::Message { message, .. })
                    if message.from.as_str() != self.name =>
                {
                    let (from, up_to) = (message.from.clone(), message.id);
                    self.dialect.send(Signal::ConfirmMessages { from, up_to }.into());
                }
                _ => {}
            }
            self.notices.push(notice);
        }
        while let Some(text) = self.dialect.poll_transmit() {
            // A goodbye may find the link closed already.
            let sent = self.transmit(text);
            assert!(sent.is_ok() || self.bye().is_some(), "{sent:?}");
        }
    }
}

/// Returns the answer to what another program has asked by the second client, which the first one may have to give.
pub(crate) fn hear_foreign([first, second]: &mut [&mut Client; 2], id: &str) -> String {
    let begun = Instant::now();
    second.set_patience(TURN);
    loop {
        assert!(begun.elapsed() < PATIENCE, "no answer to {id}");
        first.catch_up();
        match second.hear() {
            Ok(Some(text)) if text.contains(id) => {
                second.set_patience(PATIENCE);
                return text.to_string();
            }
            Err(tungstenite::Error::Io(error))
                if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
            Err(error) => panic!("{}: {error}", second.name),
            Ok(_) => {}
        }
    }
}

/// Lets two clients listen in turn until something has happened.
pub(crate) fn until_both(clients: &mut [Client; 2], is_there: impl Fn(&[Client; 2]) -> bool) {
    let begun = Instant::now();
    for client in &*clients {
        client.set_patience(TURN);
    }
    while !is_there(clients) {
        for client in &mut *clients {
            match client.step() {
                Err(tungstenite::Error::Io(error))
                    if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
                Err(error) => panic!("{}: {error}", client.name),
                Ok(()) => {}
            }
        }
        let told = || clients.iter().map(|client| &client.notices).collect::<Vec<_>>();
        assert!(begun.elapsed() < PATIENCE, "nothing happened; told: {:?}", told());
    }
    for client in &*clients {
        client.set_patience(PATIENCE);
    }
}

fn connect(server: &Server) -> WebSocket<TcpStream> {
    let stream = server.connect();
    stream.set_read_timeout(Some(PATIENCE)).expect("a timeout can be set");
    let mut request = server.url().into_client_request().expect("a valid address");
    let headers = request.headers_mut();
    headers.insert("Sec-WebSocket-Protocol", HeaderValue::from_static("xmpp"));
    headers.insert("Origin", HeaderValue::from_static(ORIGIN));
    if let Some(forged) = server.forged {
        headers.insert("X-Forwarded-For", HeaderValue::from_static(forged));
    }
    tungstenite::client(request, stream).expect("the server speaks XMPP").0
}
