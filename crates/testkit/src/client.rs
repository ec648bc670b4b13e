//! One page of one user, and what must be true of everything that it is told.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use mistatus_core::{
    dialect::Dialect,
    hresult::HResult,
    message::{Notice, Seq},
    session::{Event, Session, SessionOptions},
    signin_name::SigninName,
    status::MiStatus,
};
use mistatus_hub::ClientId;
use mistatus_json::{JsonDialect, Text};

use crate::link::Weather;

/// Is a page and its connection.
pub(crate) struct Client {
    pub(crate) name: SigninName,
    pub(crate) session: Session<JsonDialect<Text>>,
    pub(crate) weather: Weather,
    pub(crate) connection: Option<ClientId>,
    /// Whether the user wants to be signed in here.
    pub(crate) wanted: bool,
    pub(crate) idle: bool,
    pub(crate) watched: BTreeSet<SigninName>,
    pub(crate) events: VecDeque<Event>,
    /// Last number that came over the connection.
    seq: Option<Seq>,
    /// What the page was told last of people on the list.
    told: BTreeMap<SigninName, MiStatus>,
}

impl Client {
    pub(crate) fn new(name: SigninName, seed: u64) -> Self {
        Self {
            session: Self::session_of(&name, seed),
            name,
            weather: Weather::Fair,
            connection: None,
            wanted: false,
            idle: false,
            watched: BTreeSet::new(),
            events: VecDeque::new(),
            seq: None,
            told: BTreeMap::new(),
        }
    }

    /// A reload: what the page knew is gone.
    pub(crate) fn forget(&mut self, seed: u64) {
        self.session = Self::session_of(&self.name, seed);
        self.connection = None;
        self.seq = None;
        self.told.clear();
    }

    fn session_of(name: &SigninName, seed: u64) -> Session<JsonDialect<Text>> {
        let options = SessionOptions {
            signin_name: Some(name.clone()),
            friendly_name: None,
            keep_trying: true,
            renewable_token: false,
            seed,
        };
        Session::new(options, JsonDialect::default())
    }

    pub(crate) fn opened(&mut self) {
        self.seq = None;
    }

    /// Looks at a text before the session does: the numbers must have no gap and no repetition.
    pub(crate) fn tap(&mut self, text: &str) -> Result<(), String> {
        let mut dialect = JsonDialect::<Text>::default();
        dialect.receive(text);
        let notice = match dialect.poll_notice() {
            Some(Ok(notice)) => notice,
            other => return Err(format!("the server sent a frame that is none: {other:?}")),
        };
        let seq = match &notice {
            Notice::Snapshot(snapshot) => {
                self.seq = Some(snapshot.seq);
                return Ok(());
            }
            Notice::Changes { seq, .. }
            | Notice::MyStatus { seq, .. }
            | Notice::ContactAdded { seq, .. }
            | Notice::ContactRemoved { seq, .. }
            | Notice::Outcome { seq: Some(seq), .. } => *seq,
            Notice::Refused { hr, message } => {
                return Err(format!("the server refused a frame of ours: {hr:?} {message}"));
            }
            _ => return Ok(()),
        };
        match self.seq {
            Some(last) if last.next() == seq => {
                self.seq = Some(seq);
                Ok(())
            }
            last => Err(format!("number {seq:?} after {last:?}")),
        }
    }

    /// Takes an event as the page does: what it is told of a person must be a chain, each link from the
    /// last known status to another.
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
            Event::Signout => self.told.clear(),
            Event::Signin { hr, .. } if hr.is_failure() => self.told.clear(),
            Event::Trouble { hr: HResult::MSGR_E_UNEXPECTED, message } => {
                return Err(format!("the session is in trouble: {message}"));
            }
            _ => {}
        }
        self.events.push_back(event);
        Ok(())
    }
}
