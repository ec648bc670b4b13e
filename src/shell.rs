//! The only impure part: turns what happens in the browser into inputs of the core session,
//! and the session's outputs into calls.
//!
//! Nothing here decides anything about presence. The session is borrowed only inside `Inner::drive`;
//! host JavaScript is called only by `outbound`, in a task of its own, when nothing is borrowed.

mod activity;
mod clock;
mod drafts;
mod early;
mod environment;
mod idle;
mod input;
mod link;
mod notation;
mod outbound;
mod peers;
mod platform;
mod tabs;
mod watched;
mod wire;
#[cfg(feature = "xmpp")]
pub mod xmpp;

use std::{
    cell::{Cell, RefCell},
    future::Future,
    pin::Pin,
    rc::{Rc, Weak},
    sync::Arc,
};

use gloo_events::EventListener;
use gloo_timers::callback::Timeout;
use js_sys::Promise;
use leptos::prelude::{ArcRwSignal, WithUntracked};
use mistatus_core::{
    claim::ClaimKey,
    hresult::HResult,
    idle::IdleChoice,
    message::{Command, RequestId, Token},
    presence::Intent,
    search::{FoundPerson, SearchText},
    session::{Event, Output, Session, SessionOptions, TokenFailure},
    signin_name::{SigninName, SigninNameError},
    status::MiStatus,
    time::{Span, Tick, UnixMs},
};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::{JsFuture, spawn_local};

pub use early::EarlyConnection;
pub use watched::Watched;
pub use wire::Transport;

use crate::model::{ContactView, Model, MyView, SigninState};
use activity::Activity;
use clock::Clock;
use drafts::Kept;
use environment::Detector;
use input::Input;
use link::{Link, OnEvent};
use outbound::Outbound;
use tabs::Tabs;
use wire::Wire;

/// The session of a connection in the browser.
pub type BrowserSession = Session<Wire>;

/// The result of asking the page for a token.
type Found = Result<Option<Token>, TokenFailure>;

/// A function that returns a token: called at every sign-in, and again when the server wants a fresh one.
///
/// `Ok(None)` means that the page has none to give.
pub type TokenSource =
    Arc<dyn Fn() -> Pin<Box<dyn Future<Output = Result<Option<String>, String>>>> + Send + Sync>;

/// The settings of a connection: where and as whom to connect.
#[derive(Clone, Default)]
pub struct ConnectOptions {
    /// Address of the event stream, `ws://` or `wss://`. Empty with XMPP: looked up at the domain (XEP-0156).
    pub server: String,
    /// What is spoken there.
    pub transport: Transport,
    /// Where tokens come from; `None` for servers without authentication.
    pub token: Option<TokenSource>,
    /// Who the user is, for servers that take the client's word.
    pub signin_name: Option<SigninName>,
    /// How the user wants to be shown.
    pub friendly_name: Option<String>,
    /// When to count as idle without input, unless the user chose otherwise; `None` never tells.
    pub idle_after: Option<Span>,
    /// Whether a first sign-in that fails is tried again.
    pub keep_trying: bool,
    /// With which tabs of the browser profile to share one connection.
    pub share: Share,
    /// What the page began of the first connection before this code was there.
    pub early: Option<EarlyConnection>,
}

/// The rule for which tabs share one connection to a server. Only tabs of the same origin can.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub enum Share {
    /// Those of the same user: by the subject of a token that is a JWT, by the sign-in name where there is no token.
    /// Where neither tells, nothing is shared.
    #[default]
    ByUser,
    /// Those that say the same text. It must name the user: who shares a connection is one person to the server.
    As(String),
    /// None.
    Never,
}

/// The reason why something that the page asked for failed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Failure {
    /// Why, as a code.
    pub hr: HResult,
    /// Why, for developers.
    pub message: Option<String>,
}

impl From<HResult> for Failure {
    fn from(hr: HResult) -> Self {
        Self { hr, message: None }
    }
}

/// A callback that receives, once, the result of something that was asked for.
pub type Then = Box<dyn FnOnce(Result<(), Failure>)>;

/// A callback that receives, once, whom a search of the directory has found.
pub type ThenFound = Box<dyn FnOnce(Result<Vec<FoundPerson>, Failure>)>;

/// Whom a search has found, until its end is told.
type FoundSoFar = Rc<RefCell<Vec<FoundPerson>>>;

/// One user's presence on this page: a session with its socket, its timer and its signals.
///
/// Cheap to clone; the connection lives until [`Presence::close`], or until the last clone is gone.
#[derive(Clone)]
pub struct Presence(Rc<Inner>);

struct Inner {
    options: ConnectOptions,
    session: RefCell<BrowserSession>,
    model: Model,
    link: RefCell<Option<Link>>,
    /// The address of the XMPP service that was found and led there, for the next link.
    #[cfg(feature = "xmpp")]
    address: Rc<RefCell<Option<String>>>,
    /// The page's one timer, and when it goes off.
    timer: RefCell<Option<(Tick, Timeout)>>,
    clock: Clock,
    tabs: Tabs,
    activity: RefCell<Activity>,
    detector: RefCell<Option<Detector>>,
    /// What the page says.
    idle_after: Cell<Option<Span>>,
    /// What the user chose, as far as that is known.
    idle_choice: Cell<IdleChoice>,
    listeners: RefCell<Vec<EventListener>>,
    hearing: RefCell<Option<Input>>,
    outbound: Outbound,
    waiting: RefCell<Callbacks>,
    /// What lets the user sign in, where the page said.
    on_signin_request: RefCell<Option<Rc<dyn Fn()>>>,
    kept: RefCell<Kept>,
    closed: Cell<bool>,
}

/// Who is to be told when something ends.
#[derive(Default)]
struct Callbacks {
    signins: Vec<Then>,
    requests: Vec<(RequestId, Then)>,
    /// Searches of the directory that have not ended.
    searches: Vec<(RequestId, FoundSoFar)>,
    signin_message: Option<String>,
}

impl Presence {
    /// Makes a presence that is signed out.
    #[must_use]
    pub fn new(options: ConnectOptions) -> Self {
        let session = Session::new(
            SessionOptions {
                signin_name: options.signin_name.clone(),
                friendly_name: options.friendly_name.clone(),
                keep_trying: options.keep_trying,
                renewable_token: options.token.is_some(),
                seed: js_sys::Math::random().to_bits(),
            },
            Wire::new(&options),
        );
        let inner = Rc::new(Inner {
            idle_after: Cell::new(options.idle_after),
            idle_choice: Cell::new(idle::remembered()),
            options,
            session: RefCell::new(session),
            model: Model::default(),
            link: RefCell::default(),
            #[cfg(feature = "xmpp")]
            address: Rc::default(),
            timer: RefCell::default(),
            clock: Clock::default(),
            tabs: Tabs::default(),
            activity: RefCell::new(Activity::new(environment::read_last_input(), clock::today())),
            detector: RefCell::default(),
            listeners: RefCell::default(),
            hearing: RefCell::default(),
            outbound: Outbound::default(),
            waiting: RefCell::default(),
            on_signin_request: RefCell::default(),
            kept: RefCell::default(),
            closed: Cell::new(false),
        });
        *inner.listeners.borrow_mut() = environment::listen(&Rc::downgrade(&inner));
        *inner.hearing.borrow_mut() = Input::listen(&Rc::downgrade(&inner));
        inner.look_around();
        Self(inner)
    }

    /// Makes a presence and starts signing in.
    #[must_use]
    pub fn connect(options: ConnectOptions) -> Self {
        let presence = Self::new(options);
        presence.signin(Box::new(drop));
        presence
    }

    /// Returns the signals that the page draws.
    #[must_use]
    pub fn model(&self) -> &Model {
        &self.0.model
    }

    /// Returns the signal of the user.
    #[must_use]
    pub fn me(&self) -> ArcRwSignal<MyView> {
        self.0.model.me()
    }

    /// Follows a person for as long as the result is held.
    ///
    /// # Errors
    /// The name is not a sign-in name.
    pub fn contact(&self, name: &str) -> Result<Watched, SigninNameError> {
        Ok(self.follow(SigninName::parse(name)?))
    }

    /// As [`Presence::contact`], with a name that is checked already.
    #[must_use]
    pub fn follow(&self, name: SigninName) -> Watched {
        Watched::new(self.clone(), name)
    }

    /// Starts signing in; `then` is told once signed in with the lists there, or of the failure.
    pub fn signin(&self, then: Then) {
        match self.0.drive(Session::signin) {
            Ok(()) => self.0.waiting.borrow_mut().signins.push(then),
            // Under way already: its outcome is what is asked for.
            Err(_) if !self.with_session(BrowserSession::is_signed_in) => {
                self.0.waiting.borrow_mut().signins.push(then);
            }
            Err(hr) => then(Err(hr.into())),
        }
    }

    /// Says what lets the user sign in, who asks for it where nobody is signed in: without it, signing in is tried with what
    /// the page gave.
    pub fn on_signin_request(&self, act: impl Fn() + 'static) {
        self.0.on_signin_request.replace(Some(Rc::new(act)));
    }

    /// Carries out that the user wants to be connected: tries at once to have a lost connection back, else lets them sign in.
    pub fn connect_now(&self) {
        if self.me().with_untracked(MyView::signin_state) == SigninState::Lost {
            self.0.drive(Session::wake);
            return;
        }
        let act = self.0.on_signin_request.borrow().clone();
        match act {
            Some(act) => act(),
            None => self.signin(Box::new(drop)),
        }
    }

    /// Signs out; the connection can be opened again by [`Presence::signin`]. What the user had begun to write is gone.
    ///
    /// # Errors
    /// `MSGR_E_NOT_LOGGED_ON` when signed out.
    pub fn signout(&self) -> Result<(), HResult> {
        self.0.drop_drafts(true);
        self.leave()
    }

    fn leave(&self) -> Result<(), HResult> {
        self.0.drop_early();
        self.0.drive(Session::signout)
    }

    /// Ends for good, without anybody's having to wait for it: closes the socket and stops listening. Signs out, unless
    /// other tabs share the connection: they go on with it.
    pub fn close(&self) {
        if self.0.tabs.is_joined() {
            self.0.drive(Session::suspend);
        }
        // The page ends it, not the user: what they had begun to write stays.
        self.0.closed.set(true);
        // Signed out already is what is wanted.
        let says_goodbye = self.leave().is_ok();
        if let Some(link) = self.0.link.take().filter(|_| says_goodbye) {
            link.linger();
        }
        self.0.tabs.leave();
        self.0.timer.take();
        self.0.detector.take();
        self.0.listeners.take();
        self.0.hearing.take();
    }

    /// Chooses status, note and end as one; the verdict arrives in the model. What is chosen on the way to the server is
    /// sent when that is reached.
    pub fn choose(&self, intent: Intent) {
        if let Err(hr) = self.0.drive(|session, now| session.choose(intent, now)) {
            self.0.model.failed(hr);
        }
    }

    /// Lets a claim count no longer; where that fails, the model says so.
    pub fn dismiss_claim(&self, key: ClaimKey) {
        self.ask(Command::DismissClaim { key });
    }

    fn ask(&self, command: Command) {
        let model = self.0.model.clone();
        let told = self.request(
            command,
            Box::new(move |outcome| {
                if let Err(failure) = outcome {
                    model.failed(failure.hr);
                }
            }),
        );
        if let Err(hr) = told {
            self.0.model.failed(hr);
        }
    }

    /// Sets status, note and end as one; `then` is told the server's verdict.
    ///
    /// # Errors
    /// As [`Session::request`]; `then` is not called.
    pub fn set_status(&self, intent: Intent, then: Then) -> Result<(), HResult> {
        self.request(Command::SetStatus { intent }, then).map(drop)
    }

    /// Starts to carry out a command; `then` is told the outcome.
    ///
    /// # Errors
    /// As [`Session::request`]; `then` is not called.
    pub fn request(&self, command: Command, then: Then) -> Result<RequestId, HResult> {
        let id = self.0.drive(|session, now| session.request(command, now))?;
        self.0.waiting.borrow_mut().requests.push((id, then));
        Ok(id)
    }

    /// Asks for older messages with somebody than are known; `then` is told the outcome.
    ///
    /// # Errors
    /// As [`Session::fetch_messages`]; `then` is not called.
    pub fn fetch_messages(&self, with: SigninName, then: Then) -> Result<RequestId, HResult> {
        let id = self.0.drive(|session, now| session.fetch_messages(with, now))?;
        self.0.waiting.borrow_mut().requests.push((id, then));
        Ok(id)
    }

    /// Searches the directory of people; `then` is told whom that has found. Searches end in the order in which they were
    /// begun.
    ///
    /// # Errors
    /// As [`Session::request`]; `then` is not called.
    pub fn find_people(&self, beginning: SearchText, then: ThenFound) -> Result<(), HResult> {
        let found = FoundSoFar::default();
        let told = Rc::clone(&found);
        let ended = move |result: Result<(), Failure>| then(result.map(|()| told.take()));
        let id = self.request(Command::FindPeople { beginning }, Box::new(ended))?;
        self.0.waiting.borrow_mut().searches.push((id, found));
        Ok(())
    }

    /// Takes a message that could not be sent away.
    pub fn discard_unsent(&self, with: &SigninName, request: RequestId) {
        self.0.drive(|session, _| session.discard_unsent(with, request));
    }

    /// Sends a message that could not be sent once more; the model tells what becomes of it.
    ///
    /// # Errors
    /// As [`Session::retry_unsent`].
    pub fn retry_unsent(&self, with: &SigninName, request: RequestId) -> Result<(), HResult> {
        self.0.drive(|session, now| session.retry_unsent(with, request, now))
    }

    /// Says that the user has what is known of the conversation with somebody before their eyes: it is read, on all of
    /// the user's devices.
    pub fn mark_read(&self, from: &SigninName) {
        self.0.drive(|session, _| session.mark_read(from));
    }

    /// Changes when the user counts as idle on this page; `None` never tells. What the user chose goes before it, but
    /// where nothing is told.
    pub fn set_idle(&self, after: Option<Span>) {
        self.0.idle_after.set(after);
        self.0.keep_idle_threshold();
        self.0.watch_device();
        self.0.check_idle();
    }

    /// Returns what the page says about when the user is idle; `None` where it tells nobody.
    #[must_use]
    pub fn idle_after(&self) -> Option<Span> {
        self.0.idle_after.get()
    }

    /// Returns after how long without input the user is idle unless they choose otherwise; `None` where they have nothing to
    /// choose: the page tells nobody, or the choice could not be kept for all devices, as over XMPP.
    #[must_use]
    pub fn offered_idle(&self) -> Option<Span> {
        self.idle_after().filter(|_| self.0.options.transport == Transport::Json)
    }

    /// Chooses for all of the user's devices when they are idle and whether that is told; where that fails, the model
    /// says so.
    pub fn choose_idle(&self, choice: IdleChoice) {
        self.ask(Command::SetIdle { choice });
    }

    /// Translates a moment of the page's clock into the calendar.
    #[must_use]
    pub fn instant(&self, at: Tick) -> UnixMs {
        let ago = self.0.clock.now().since(at).as_millis();
        UnixMs::from_millis(clock::today().as_millis().saturating_sub(ago))
    }

    /// Calls a function with every event, in order, each in a later task than its cause.
    pub fn on_event(&self, listener: impl Fn(&Event) + 'static) {
        self.0.outbound.set_listener(listener);
    }

    /// Reads the session; must not be called from inside itself.
    pub fn with_session<R>(&self, read: impl FnOnce(&BrowserSession) -> R) -> R {
        read(&self.0.session.borrow())
    }

    /// Returns what is known of somebody who is followed already, or on the list.
    #[must_use]
    pub fn known(&self, name: &SigninName) -> ArcRwSignal<ContactView> {
        let signal = self.0.model.contact(name);
        self.with_session(|session| {
            self.0.model.apply(&Event::Presence { name: name.clone() }, session);
        });
        signal
    }

    pub(crate) fn watch(&self, name: &SigninName) {
        self.0.drive(|session, now| session.watch(name, now));
    }

    pub(crate) fn unwatch(&self, name: &SigninName) {
        self.0.drive(|session, now| session.unwatch(name, now));
    }
}

impl ConnectOptions {
    /// Options for a server, with everything else left as it is by default.
    #[must_use]
    pub fn new(server: impl Into<String>) -> Self {
        Self {
            server: server.into(),
            idle_after: Some(mistatus_core::limits::IDLE_AFTER_DEFAULT),
            keep_trying: true,
            ..Self::default()
        }
    }

    /// Says where tokens come from: asked at every sign-in, and again when the server wants a fresh one. `Ok(None)`
    /// means that there is none to give, an error is one that may pass.
    #[must_use]
    pub fn with_token<F>(mut self, source: impl Fn() -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<Option<String>, String>> + 'static,
    {
        self.token = Some(Arc::new(move || Box::pin(source())));
        self
    }

    /// Says who the user is, for servers that take the client's word (`--auth open`).
    #[must_use]
    pub fn with_signin_name(mut self, name: SigninName) -> Self {
        self.signin_name = Some(name);
        self
    }
}

impl Inner {
    /// Gives the session one input and carries out what it wants.
    fn drive<R>(self: &Rc<Self>, input: impl FnOnce(&mut BrowserSession, Tick) -> R) -> R {
        // One reading for all that one input leads to.
        let now = self.clock.now();
        let result = input(&mut self.session.borrow_mut(), now);
        self.carry_on(now);
        result
    }

    /// Apart from [`Inner::drive`], which is there once for every input.
    #[inline(never)]
    fn carry_on(self: &Rc<Self>, now: Tick) {
        while let Some(output) = { self.session.borrow_mut().poll_output() } {
            self.carry_out(output);
        }
        self.heed_idle_choice();
        self.arm_timer(now);
    }

    fn carry_out(self: &Rc<Self>, output: Output) {
        match output {
            Output::WantToken { .. } => self.find_token(),
            Output::OpenLink => self.open_link(),
            Output::CloseLink => drop(self.link.take()),
            Output::Transmit(text) => {
                if let Some(link) = &*self.link.borrow() {
                    link.send(text);
                }
            }
            Output::Post(message) => self.tabs.post(&message),
            Output::Lead(wish) => self.lead(wish),
            Output::Event(event) => {
                if matches!(event, Event::MyStatus { hr: HResult::S_OK, status: MiStatus::Offline })
                    && !self.closed.get()
                {
                    // The user has signed out, in whichever tab.
                    self.drop_drafts(false);
                    self.forget_idle_choice();
                }
                self.model.apply(&event, &self.session.borrow());
                #[cfg(feature = "xmpp")]
                self.keep_choice(&event);
                self.outbound.push(self, event);
            }
        }
    }

    fn find_token(self: &Rc<Self>) {
        let source = self.options.token.clone();
        let this = Rc::downgrade(self);
        run(Box::pin(async move {
            let token = match source {
                Some(source) => source().await,
                None => Ok(None),
            };
            let mut found = token
                .map(|token| token.map(Token::new))
                .map_err(|message| TokenFailure { message });
            with(&this, |inner| {
                // The token tells who the user is, and so with whom to share: nothing where nobody is logged in.
                let ConnectOptions { token, signin_name, .. } = &inner.options;
                let is_nobody =
                    token.is_some() && signin_name.is_none() && matches!(found, Ok(None));
                if is_nobody || !inner.join(&mut found) {
                    inner.give_token(found);
                }
            });
        }));
    }

    fn give_token(self: &Rc<Self>, found: Found) {
        self.drive(|session, now| session.handle_token(found, now));
    }

    fn open_link(self: &Rc<Self>) {
        // The old link goes first, so that the server sees one of us at a time.
        drop(self.link.take());
        let this = Rc::downgrade(self);
        let protocol = self.session.borrow().subprotocol();
        #[cfg(feature = "xmpp")]
        if self.is_xmpp() && (self.options.server.is_empty() || self.is_mixed()) {
            *self.link.borrow_mut() = Some(self.discover(protocol));
            return;
        }
        let on_event: OnEvent = Box::new(move |event| {
            with(&this, |inner| inner.drive(|session, now| session.handle_link(event, now)));
        });
        let url = &self.options.server;
        let early = self.options.early.as_ref().and_then(EarlyConnection::take);
        let link = match early {
            Some(early) => Link::take_over(early, url, protocol, on_event),
            None => Link::open(url, protocol, on_event),
        };
        *self.link.borrow_mut() = Some(link);
    }

    /// Closes what the page began early, where it is of no use: another tab connects, or nobody does.
    fn drop_early(&self) {
        if let Some(early) = &self.options.early {
            early.end();
        }
    }

    /// Arms the page's one timer for whatever is due first.
    fn arm_timer(self: &Rc<Self>, now: Tick) {
        let session_due = self.session.borrow().poll_timeout().map(|(at, _)| at);
        let idle_due = self.idle_due(now);
        let Some(due) = session_due.into_iter().chain(idle_due).min() else {
            self.timer.take();
            return;
        };
        // Every frame puts the heartbeat off. A timer that goes off too early does nothing and is armed anew,
        // which is cheaper than two calls into the browser a frame.
        if self.timer.borrow().as_ref().is_some_and(|(armed, _)| *armed <= due) {
            return;
        }
        let this = Rc::downgrade(self);
        let ms = due.since(now).as_millis().try_into().unwrap_or(u32::MAX >> 1);
        let timer = Timeout::new(ms, move || {
            with(&this, |inner| {
                let _done = inner.timer.take();
                inner.check_idle();
                inner.drive(BrowserSession::handle_timeout);
            });
        });
        // A timer that is replaced is cancelled.
        drop(self.timer.replace(Some((due, timer))));
    }

    /// Called by [`outbound`] after listeners heard of an event: tells those who waited for it.
    fn settle(self: &Rc<Self>, event: &Event) {
        let ended = |hr: HResult, message: Option<String>| match hr.is_failure() {
            true => Err(Failure { hr, message }),
            false => Ok(()),
        };
        match event {
            Event::Signin { hr, message } if hr.is_failure() => {
                self.waiting.borrow_mut().signin_message.clone_from(message);
            }
            Event::MyStatus { hr, status } if hr.is_failure() || status.is_online() => {
                let message = self.waiting.borrow_mut().signin_message.take();
                self.settle_signins(&ended(*hr, message));
            }
            Event::Signout => self.settle_signins(&Err(HResult::MSGR_E_CANCEL.into())),
            Event::PeopleFound { id, people, .. } => {
                let waiting = self.waiting.borrow();
                if let Some((_, found)) = waiting.searches.iter().find(|(search, _)| search == id) {
                    found.replace(people.clone());
                }
            }
            Event::Done { id, hr, message } => {
                let mut waiting = self.waiting.borrow_mut();
                waiting.searches.retain(|(search, _)| search != id);
                let request = waiting.requests.iter().position(|(waiting, _)| waiting == id);
                let then = request.map(|at| waiting.requests.remove(at).1);
                drop(waiting);
                if let Some(then) = then {
                    then(ended(*hr, message.clone()));
                }
            }
            _ => {}
        }
    }

    fn settle_signins(&self, verdict: &Result<(), Failure>) {
        let signins = std::mem::take(&mut self.waiting.borrow_mut().signins);
        for then in signins {
            then(verdict.clone());
        }
    }
}

/// Runs something with the presence if it is still there and open.
fn with(this: &Weak<Inner>, run: impl FnOnce(&Rc<Inner>)) {
    if let Some(inner) = this.upgrade().filter(|inner| !inner.closed.get()) {
        run(&inner);
    }
}

/// Runs something with the presence, if it is still there and open, once a promise has ended.
fn after(
    promise: Promise,
    this: &Weak<Inner>,
    then: impl FnOnce(&Rc<Inner>, Result<JsValue, JsValue>) + 'static,
) {
    let this = this.clone();
    run_after(promise, Box::new(move |ended| with(&this, |inner| then(inner, ended))));
}

/// Apart from [`after`], so that the future's code is there once.
fn run_after(promise: Promise, then: Box<dyn FnOnce(Result<JsValue, JsValue>)>) {
    run(Box::pin(async move { then(JsFuture::from(promise).await) }));
}

/// Runs a future in tasks of its own. Boxed, so that the executor's code is there once.
fn run(future: Pin<Box<dyn Future<Output = ()>>>) {
    spawn_local(future);
}
