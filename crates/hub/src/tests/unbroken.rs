//! Random breaks: what a client has heard over all its connections is what an unbroken one of the same user has heard.

use std::collections::{BTreeMap, BTreeSet};

use mistatus_core::{
    hresult::HResult,
    message::{Command, Notice, Outcome, Request, RequestId, Seq, Signal, Update},
    presence::{Intent, Note},
    status::MiStatus::Busy,
};
use proptest::prelude::*;

use super::{
    properties::{Places, Step, WATCHER, apply, step},
    world::{Store, World, intent, name},
};
use crate::{Departure, HubConfig, StoreError, Visibility, Write};

#[derive(Clone, Debug)]
enum Act {
    /// Anybody else does something.
    Others(Step),
    /// The link breaks; so many of the last notices never arrived.
    Break(usize),
    /// The client tries again; the old connection may not have been missed yet.
    Return,
    /// The client wants something; the frame may be lost with the link.
    Ask { arrives: bool },
    /// The client says how far it got.
    Confirm,
    /// The user changes the contact list elsewhere.
    List { who: usize, add: bool },
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        8 => step().prop_map(Act::Others),
        3 => (0..6_usize).prop_map(Act::Break),
        5 => Just(Act::Return),
        3 => any::<bool>().prop_map(|arrives| Act::Ask { arrives }),
        1 => Just(Act::Confirm),
        2 => (0..3_usize, any::<bool>()).prop_map(|(who, add)| Act::List { who, add }),
    ]
}

const PEOPLE: [&str; 3] = ["alice@x", "bob@x", "carol@x"];
/// The steps call them nobody.
const USER: &str = "nobody@x";

/// A client that keeps trying, as far as it knows.
struct Breaking {
    connection: u64,
    /// Which connection's secret it was told last.
    knows_key_of: u64,
    is_up: bool,
    seen: u64,
    heard: Vec<Notice>,
    asked: BTreeMap<RequestId, Request>,
    outcomes: BTreeMap<RequestId, HResult>,
    /// Requests that a fresh start has left without an answer.
    given_up: BTreeSet<RequestId>,
    /// Where in the other's log this one starts.
    starts_at: usize,
}

impl Breaking {
    fn is_asking(&self, id: RequestId) -> bool {
        !self.outcomes.contains_key(&id) && !self.given_up.contains(&id)
    }

    /// Watches the same people as the unbroken one; from here on both hear the same.
    fn begin(
        &mut self,
        world: &mut World,
        unbroken: &mut Vec<Notice>,
    ) -> Result<(), TestCaseError> {
        let id = RequestId(10_000_000 + self.connection);
        let names = PEOPLE[..2].iter().copied().map(name).collect();
        world.request(self.connection, Request { id, command: Command::Watch { names } });
        self.take(world.heard(self.connection))?;
        self.heard.clear();
        unbroken.extend(world.heard(WATCHER).into_iter().filter_map(plain));
        self.starts_at = unbroken.len();
        Ok(())
    }

    fn take(&mut self, notices: impl IntoIterator<Item = Notice>) -> Result<(), TestCaseError> {
        for notice in notices {
            match &notice {
                Notice::SignedIn(welcome) => {
                    self.knows_key_of = self.connection;
                    if !welcome.resumed {
                        self.heard.clear();
                        let open: Vec<_> =
                            self.asked.keys().copied().filter(|id| self.is_asking(*id)).collect();
                        self.given_up.extend(open);
                    }
                    continue;
                }
                Notice::Snapshot(snapshot) => {
                    self.seen = snapshot.seq.0;
                    continue;
                }
                _ => {}
            }
            if let Some(Outcome { id, hr, .. }) = notice.outcome() {
                let before = self.outcomes.insert(*id, *hr);
                prop_assert!(before.is_none_or(|before| before == *hr), "two ends of {:?}", id);
            }
            if let Some(seq) = notice.seq().map(|seq| seq.0) {
                prop_assert_eq!(seq, self.seen + 1, "neither a gap nor a repetition");
                self.seen = seq;
            }
            self.heard.extend(plain(notice));
        }
        Ok(())
    }
}

/// What every client of a user is told alike, without its number.
fn plain(notice: Notice) -> Option<Notice> {
    let seq = Seq(0);
    match notice {
        Notice::Update(_, Update::Changes { changes }) => {
            Some(Notice::Update(seq, Update::Changes { changes }))
        }
        Notice::Update(_, Update::MyStatus { me }) => {
            Some(Notice::Update(seq, Update::MyStatus { me }))
        }
        Notice::Update(_, Update::ContactAdded { contact }) => {
            Some(Notice::Update(seq, Update::ContactAdded { contact }))
        }
        Notice::Update(_, Update::ContactRemoved { name }) => {
            Some(Notice::Update(seq, Update::ContactRemoved { name }))
        }
        Notice::Update(_, Update::ContactRequested { request }) => {
            Some(Notice::Update(seq, Update::ContactRequested { request }))
        }
        Notice::Update(_, Update::ContactRequestGone { name }) => {
            Some(Notice::Update(seq, Update::ContactRequestGone { name }))
        }
        Notice::Update(_, Update::Message { message, request }) => {
            Some(Notice::Update(seq, Update::Message { message, request }))
        }
        Notice::Update(_, Update::Delivered { to, up_to }) => {
            Some(Notice::Update(seq, Update::Delivered { to, up_to }))
        }
        Notice::Update(_, Update::Unread { unread }) => {
            Some(Notice::Update(seq, Update::Unread { unread }))
        }
        _ => None,
    }
}

/// A request that can be recognised among the writes.
fn marked(id: RequestId) -> Request {
    let note = Note::parse(&id.0.to_string()).expect("a short note");
    Request { id, command: Command::SetStatus { intent: Intent { note, ..intent(Busy) } } }
}

fn times_written(world: &World, id: RequestId) -> usize {
    let mark = id.0.to_string();
    let is_it = |write: &&Write| match write {
        Write::PutIntent { intent, .. } => {
            intent.note.as_ref().is_some_and(|note| note.as_str() == mark)
        }
        _ => false,
    };
    world.writes.iter().filter(is_it).count()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(384))]

    #[test]
    fn a_client_hears_over_its_connections_what_an_unbroken_one_hears(
        contacts_only in any::<bool>(),
        backlog_max in prop_oneof![Just(4_usize), Just(128)],
        acts in prop::collection::vec(act(), 1..80),
    ) {
        let visibility = if contacts_only { Visibility::Contacts } else { Visibility::Everyone };
        let mut world = World::with(HubConfig { visibility, backlog_max, ..HubConfig::default() });
        let mut places = Places(std::array::from_fn(|place| place as u64));
        let mut last_connection = WATCHER + 1;
        world.connect(WATCHER, USER);
        let mut client = Breaking {
            connection: last_connection,
            knows_key_of: last_connection,
            is_up: true,
            seen: 0,
            heard: Vec::new(),
            asked: BTreeMap::new(),
            outcomes: BTreeMap::new(),
            given_up: BTreeSet::new(),
            starts_at: 0,
        };
        let arrival = world.resumable(last_connection, USER);
        client.take(world.connect_as(last_connection, arrival))?;
        world.watch(WATCHER, &PEOPLE[..2]);
        let mut unbroken: Vec<Notice> = Vec::new();
        client.begin(&mut world, &mut unbroken)?;
        let mut resumed = 0;
        for (number, act) in acts.iter().enumerate() {
            let id = RequestId(1_000_000 + number as u64);
            match act {
                Act::Others(step) => apply(&mut world, &mut places, step),
                Act::Break(_) if !client.is_up => {}
                Act::Break(lost) => {
                    client.is_up = false;
                    let mut arrived = world.heard(client.connection);
                    arrived.truncate(arrived.len().saturating_sub(*lost));
                    client.take(arrived)?;
                    // Every other time the server notices only when the client is back.
                    if lost % 2 == 0 {
                        world.disconnect(client.connection, Departure::Lost);
                    }
                }
                Act::Return if client.is_up => {}
                Act::Return => {
                    last_connection += 1;
                    client.connection = last_connection;
                    client.is_up = true;
                    let (key, seen) = (client.knows_key_of, client.seen);
                    let told = world.resume(last_connection, USER, key, seen);
                    let Some(Notice::SignedIn(welcome)) = told.first() else {
                        return Err(TestCaseError::fail("not welcomed"));
                    };
                    let is_resumed = welcome.resumed;
                    if is_resumed {
                        resumed += 1;
                    } else {
                        let Some(Notice::Snapshot(snapshot)) = told.get(1) else {
                            return Err(TestCaseError::fail("no snapshot"));
                        };
                        unbroken.extend(world.heard(WATCHER).into_iter().filter_map(plain));
                        prop_assert_eq!(&snapshot.contacts, &world.snapshot(WATCHER).contacts);
                    }
                    // Before it has read on, as a client does.
                    let repeated: Vec<_> = client.asked.clone().into_iter().collect();
                    client.take(told)?;
                    if !is_resumed {
                        client.begin(&mut world, &mut unbroken)?;
                    }
                    for (id, request) in repeated {
                        if is_resumed && client.is_asking(id) {
                            world.request(client.connection, request);
                        }
                    }
                }
                Act::Ask { arrives } => {
                    client.asked.insert(id, marked(id));
                    if client.is_up && *arrives {
                        world.request(client.connection, marked(id));
                    }
                }
                Act::Confirm if client.is_up => {
                    let heard = world.heard(client.connection);
                    client.take(heard)?;
                    let seen = Some(Seq(client.seen));
                    world.request(client.connection, Signal::Ping { seen });
                }
                Act::Confirm => {}
                Act::List { who, add } => {
                    let name = name(PEOPLE[*who]);
                    world.request(WATCHER, match add {
                        true => Request { id, command: Command::AddContact { name } },
                        false => Request { id, command: Command::RemoveContact { name } },
                    });
                }
            }
            unbroken.extend(world.heard(WATCHER).into_iter().filter_map(plain));
        }
        // At last everything works.
        world.store = Store::Works;
        world.release(Err(StoreError));
        if !client.is_up {
            client.connection = last_connection + 1;
            let told = world.resume(client.connection, USER, client.knows_key_of, client.seen);
            let is_fresh =
                matches!(told.first(), Some(Notice::SignedIn(welcome)) if !welcome.resumed);
            client.take(told)?;
            if is_fresh {
                client.begin(&mut world, &mut unbroken)?;
            }
        }
        let heard = world.heard(client.connection);
        client.take(heard)?;
        for (id, request) in client.asked.clone() {
            if client.is_asking(id) {
                world.request(client.connection, request);
            }
        }
        let heard = world.heard(client.connection);
        client.take(heard)?;
        unbroken.extend(world.heard(WATCHER).into_iter().filter_map(plain));
        prop_assert_eq!(&client.heard[..], &unbroken[client.starts_at..], "{} resumes", resumed);
        for id in client.asked.keys() {
            let written = times_written(&world, *id);
            match client.outcomes.get(id) {
                Some(&HResult::S_OK) => prop_assert_eq!(written, 1),
                Some(_) => prop_assert_eq!(written, 0),
                None => prop_assert!(written <= 1 && client.given_up.contains(id)),
            }
        }
    }
}
