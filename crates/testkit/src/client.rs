//! One page of one user, and what must be true of everything that it is told.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use mistatus_core::{
    hresult::HResult,
    message::RequestId,
    session::{Event, Session, SessionOptions},
    signin_name::SigninName,
    status::MiStatus,
    time::Tick,
};
use mistatus_hub::ConnectionId;
use mistatus_json::{JsonDialect, Text};

use crate::{link::Weather, profile::Claim, queue::Happening};

/// A page and its connection.
pub(crate) struct Client {
    pub(crate) name: SigninName,
    /// Which browser profile it belongs to.
    pub(crate) profile: usize,
    /// Counts the pages that there were in this place: what was meant for an earlier one is not for this one.
    pub(crate) generation: u32,
    pub(crate) session: Session<JsonDialect<Text>>,
    pub(crate) weather: Weather,
    pub(crate) connection: Option<ConnectionId>,
    /// Whether the user wants to be signed in here, as far as the page was told.
    pub(crate) wanted: bool,
    /// Whether there is a page at all.
    pub(crate) is_open: bool,
    pub(crate) pause: Pause,
    pub(crate) is_hidden: bool,
    /// When the page could last be looked at again.
    pub(crate) back_at: Tick,
    pub(crate) idle: bool,
    pub(crate) watched: BTreeSet<SigninName>,
    pub(crate) events: VecDeque<Event>,
    /// What arrived while nothing could be heard.
    pub(crate) inbox: VecDeque<Happening>,
    pub(crate) claim: Claim,
    /// When the last that it is to hear of the lock arrives.
    pub(crate) heard_of_lock: Tick,
    /// Whether a sign-in waits to hear who leads.
    pub(crate) waits_for_lead: bool,
    /// The token that the page has, used before or not.
    pub(crate) token: Option<String>,
    /// Where the calendar stood when it was given.
    pub(crate) token_calendar: u64,
    /// Whether the token that was refused last would have held, had the calendar not been set forward meanwhile.
    pub(crate) outrun: bool,
    /// Requests without an outcome.
    pub(crate) open: BTreeSet<RequestId>,
    ended: BTreeSet<RequestId>,
    /// What the page was told last of people on the list.
    told: BTreeMap<SigninName, MiStatus>,
}

/// The way in which a page is paused, if it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Pause {
    None,
    /// The machine sleeps.
    Asleep,
    /// It stands still without having been told.
    Frozen,
    /// It was told to give everything up, and stands still.
    Suspended,
}

impl Client {
    pub(crate) fn new(name: SigninName, profile: usize, seed: u64) -> Self {
        Self {
            session: Self::session_of(&name, seed),
            name,
            profile,
            generation: 0,
            weather: Weather::Fair,
            connection: None,
            wanted: false,
            is_open: true,
            pause: Pause::None,
            is_hidden: false,
            back_at: Tick::default(),
            idle: false,
            watched: BTreeSet::new(),
            events: VecDeque::new(),
            inbox: VecDeque::new(),
            claim: Claim::None,
            heard_of_lock: Tick::default(),
            waits_for_lead: false,
            token: None,
            token_calendar: 0,
            outrun: false,
            open: BTreeSet::new(),
            ended: BTreeSet::new(),
            told: BTreeMap::new(),
        }
    }

    /// A reload: what the page knew is gone.
    pub(crate) fn forget(&mut self, seed: u64) {
        self.session = Self::session_of(&self.name, seed);
        self.generation += 1;
        self.connection = None;
        self.pause = Pause::None;
        self.inbox.clear();
        self.claim = Claim::None;
        self.waits_for_lead = false;
        self.token = None;
        self.outrun = false;
        self.open.clear();
        self.ended.clear();
        self.told.clear();
        self.events.clear();
    }

    /// Whether somebody may look at it at this moment.
    pub(crate) fn is_looked_at(&self) -> bool {
        self.is_open && self.pause == Pause::None && !self.is_hidden
    }

    fn session_of(name: &SigninName, seed: u64) -> Session<JsonDialect<Text>> {
        let options = SessionOptions {
            signin_name: Some(name.clone()),
            friendly_name: None,
            keep_trying: true,
            renewable_token: true,
            seed,
        };
        Session::new(options, JsonDialect::default())
    }

    /// Notes a request that the session has taken.
    pub(crate) fn asked(&mut self, id: Result<RequestId, HResult>) {
        if let Ok(id) = id {
            self.open.insert(id);
        }
    }

    /// Takes an event as the page does: what it is told of a person must be a chain, each link from the
    /// last known status to another; and every request must end once.
    pub(crate) fn hear(&mut self, event: Event) -> Result<(), String> {
        match &event {
            Event::ContactStatus { name, previous, current } => {
                if previous == current {
                    return Err(format!("a change from {previous:?} to itself was told"));
                }
                let last = self.told.insert(name.clone(), *current);
                if last.is_some_and(|last| last != *previous) {
                    return Err(format!("told {last:?}, then a change from {previous:?}"));
                }
            }
            Event::ContactAdded { hr, name } | Event::ContactRemoved { hr, name }
                if !hr.is_failure() =>
            {
                self.told.remove(name);
            }
            Event::Signout => {
                self.wanted = false;
                self.told.clear();
            }
            Event::Signin { hr, .. } if hr.is_failure() => {
                if !hr.is_retryable() {
                    self.wanted = false;
                }
                self.told.clear();
            }
            Event::Done { id, .. } => {
                self.open.remove(id);
                if !self.ended.insert(*id) {
                    return Err(format!("request {id:?} ended twice"));
                }
                if self.ended.len() > REMEMBERED {
                    self.ended.pop_first();
                }
            }
            Event::Trouble { hr: HResult::MSGR_E_UNEXPECTED, message } => {
                return Err(format!("the session is in trouble: {message}"));
            }
            _ => {}
        }
        self.events.push_back(event);
        if self.events.len() > REMEMBERED {
            self.events.pop_front();
        }
        Ok(())
    }
}

/// How many ended requests and events of a page are remembered; a run of millions must not need more and more memory.
const REMEMBERED: usize = 256;
