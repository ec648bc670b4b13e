//! Random conversations: what clients have pieced together is what the registry holds.

use std::collections::BTreeMap;

use mistatus_core::{
    chat::{ContactRequest, MessageId, MessageText},
    group::{Group, GroupId, GroupName},
    message::{Change, Command, Notice, Request, Signal, Update},
    signin_name::SigninName,
    status::MiStatus::*,
    time::Span,
    unread::Unread,
};
use proptest::prelude::*;

use super::world::{Store, World, arrival, intent, name};
use crate::{Departure, StoreError, Visibility};

#[derive(Clone, Debug)]
pub(super) enum Step {
    Connect(u64),
    Disconnect(u64, bool),
    Set(u64, usize),
    Until(u64, u64),
    Idle(u64, bool),
    Watch(u64, usize),
    Unwatch(u64, usize),
    Add(u64, usize),
    Remove(u64, usize),
    Answer(u64, usize, bool),
    Block(u64, usize, bool),
    Group(u64, usize),
    Member(u64, u32, usize, bool),
    EndGroup(u64, u32),
    Write(u64, usize),
    Confirm(u64, usize),
    /// Up to a message that is not the last one.
    Read(u64, usize, u64),
    Pass(u64),
    Store(u8),
}

const PEOPLE: [&str; 4] = ["alice@x", "bob@x", "carol@x", "nobody@x"];
const CHOICES: [mistatus_core::status::MiStatus; 4] = [Online, Busy, Invisible, Away];

impl Step {
    /// Puts the current connection where the place stands.
    fn at(&self, places: &Places) -> Self {
        let now = |place: u64| places.0[place as usize];
        match *self {
            Self::Connect(c) => Self::Connect(now(c)),
            Self::Disconnect(c, out) => Self::Disconnect(now(c), out),
            Self::Set(c, choice) => Self::Set(now(c), choice),
            Self::Until(c, ms) => Self::Until(now(c), ms),
            Self::Idle(c, idle) => Self::Idle(now(c), idle),
            Self::Watch(c, who) => Self::Watch(now(c), who),
            Self::Unwatch(c, who) => Self::Unwatch(now(c), who),
            Self::Add(c, who) => Self::Add(now(c), who),
            Self::Remove(c, who) => Self::Remove(now(c), who),
            Self::Answer(c, who, accept) => Self::Answer(now(c), who, accept),
            Self::Block(c, who, blocked) => Self::Block(now(c), who, blocked),
            Self::Group(c, called) => Self::Group(now(c), called),
            Self::Member(c, group, who, is) => Self::Member(now(c), group, who, is),
            Self::EndGroup(c, group) => Self::EndGroup(now(c), group),
            Self::Write(c, who) => Self::Write(now(c), who),
            Self::Confirm(c, who) => Self::Confirm(now(c), who),
            Self::Read(c, who, behind) => Self::Read(now(c), who, behind),
            Self::Pass(ms) => Self::Pass(ms),
            Self::Store(which) => Self::Store(which),
        }
    }
}

pub(super) fn step() -> impl Strategy<Value = Step> {
    let client = 0..PLACES as u64;
    prop_oneof![
        3 => client.clone().prop_map(Step::Connect),
        2 => (client.clone(), any::<bool>()).prop_map(|(c, out)| Step::Disconnect(c, out)),
        4 => (client.clone(), 0..4_usize).prop_map(|(c, s)| Step::Set(c, s)),
        1 => (client.clone(), 1..20_000_u64).prop_map(|(c, ms)| Step::Until(c, ms)),
        2 => (client.clone(), any::<bool>()).prop_map(|(c, idle)| Step::Idle(c, idle)),
        3 => (client.clone(), 0..4_usize).prop_map(|(c, n)| Step::Watch(c, n)),
        1 => (client.clone(), 0..4_usize).prop_map(|(c, n)| Step::Unwatch(c, n)),
        3 => (client.clone(), 0..4_usize).prop_map(|(c, n)| Step::Add(c, n)),
        2 => (client.clone(), 0..4_usize).prop_map(|(c, n)| Step::Remove(c, n)),
        2 => (client.clone(), 0..4_usize, any::<bool>()).prop_map(|(c, n, is)| Step::Answer(c, n, is)),
        2 => (client.clone(), 0..4_usize, any::<bool>()).prop_map(|(c, n, is)| Step::Block(c, n, is)),
        1 => (client.clone(), 0..3_usize).prop_map(|(c, n)| Step::Group(c, n)),
        2 => (client.clone(), 1..4_u32, 0..4_usize, any::<bool>())
            .prop_map(|(c, g, n, is)| Step::Member(c, g, n, is)),
        1 => (client.clone(), 1..4_u32).prop_map(|(c, g)| Step::EndGroup(c, g)),
        2 => (client.clone(), 0..4_usize).prop_map(|(c, n)| Step::Write(c, n)),
        1 => (client.clone(), 0..4_usize).prop_map(|(c, n)| Step::Confirm(c, n)),
        1 => (client, 0..4_usize, 0..3_u64).prop_map(|(c, n, b)| Step::Read(c, n, b)),
        3 => (1..15_000_u64).prop_map(Step::Pass),
        1 => (0..3_u8).prop_map(Step::Store),
    ]
}

/// Which connection each place has now: a number is never used again.
pub(super) struct Places(pub(super) [u64; PLACES]);

pub(super) const PLACES: usize = 6;
pub(super) const WATCHER: u64 = 1_000_000;

pub(super) fn apply(world: &mut World, places: &mut Places, step: &Step) {
    let id = world.id();
    match step.at(places) {
        Step::Connect(client) => {
            world.disconnect(client, Departure::Lost);
            let place = client as usize % PLACES;
            places.0[place] += PLACES as u64;
            world.hub.connect(
                crate::ConnectionId(places.0[place]),
                arrival(PEOPLE[place % 3]),
                world.now(),
                world.wall(),
            );
        }
        Step::Disconnect(client, true) => world.request(client, Signal::Signout),
        Step::Disconnect(client, false) => world.disconnect(client, Departure::Lost),
        Step::Set(client, choice) => {
            world.request(
                client,
                Request { id, command: Command::SetStatus { intent: intent(CHOICES[choice]) } },
            );
        }
        Step::Until(client, ms) => {
            let mut intent = intent(Busy);
            intent.until = Some(world.wall() + Span::from_millis(ms));
            world.request(client, Request { id, command: Command::SetStatus { intent } });
        }
        Step::Idle(client, idle) => {
            let idle_for = idle.then_some(Span::ZERO);
            world.request(client, Signal::ReportIdle { idle_for });
        }
        Step::Watch(client, who) => {
            world.request(
                client,
                Request { id, command: Command::Watch { names: vec![name(PEOPLE[who])] } },
            );
        }
        Step::Unwatch(client, who) => {
            world.request(client, Signal::Unwatch { names: vec![name(PEOPLE[who])] });
        }
        Step::Add(client, who) => {
            world.request(
                client,
                Request { id, command: Command::AddContact { name: name(PEOPLE[who]) } },
            );
        }
        Step::Remove(client, who) => {
            world.request(
                client,
                Request { id, command: Command::RemoveContact { name: name(PEOPLE[who]) } },
            );
        }
        Step::Answer(client, who, accept) => {
            let name = name(PEOPLE[who]);
            world.request(
                client,
                Request { id, command: Command::AnswerContactRequest { name, accept } },
            );
        }
        Step::Block(client, who, blocked) => {
            world.request(
                client,
                Request { id, command: Command::SetBlocked { name: name(PEOPLE[who]), blocked } },
            );
        }
        Step::Group(client, called) => {
            let name = GroupName::parse(&called.to_string()).expect("a name");
            world.request(client, Request { id, command: Command::CreateGroup { name } });
        }
        Step::Member(client, group, who, member) => {
            let (group, name) = (GroupId(group), name(PEOPLE[who]));
            world.request(
                client,
                Request { id, command: Command::SetGroupMember { group, name, member } },
            );
        }
        Step::EndGroup(client, group) => {
            world.request(
                client,
                Request { id, command: Command::RemoveGroup { group: GroupId(group) } },
            );
        }
        Step::Write(client, who) => {
            let text = MessageText::parse("hello").expect("a text");
            world.request(
                client,
                Request { id, command: Command::SendMessage { to: name(PEOPLE[who]), text } },
            );
        }
        Step::Confirm(client, who) => {
            let (from, up_to) = (name(PEOPLE[who]), MessageId(u64::MAX));
            world.request(client, Signal::ConfirmMessages { from, up_to });
        }
        Step::Read(client, who, behind) => {
            let last = world.memory.messages().last;
            let (from, up_to) = (name(PEOPLE[who]), MessageId(last.saturating_sub(behind)));
            world.request(client, Signal::MarkRead { from, up_to });
        }
        Step::Pass(ms) => world.pass(Span::from_millis(ms)),
        Step::Store(0) => world.store = Store::Hangs,
        Step::Store(which) => {
            world.store = if which == 1 { Store::Works } else { Store::Fails };
            world.release(if which == 1 { Ok(()) } else { Err(StoreError) });
        }
    }
    // What the connection above left in the queue is drained by any input.
    world.pass(Span::ZERO);
    world.request(u64::MAX, Signal::Ping { seen: None });
}

/// What one client knows from its notices alone.
#[derive(Default)]
struct Known {
    people: BTreeMap<String, Change>,
    groups: Vec<Group>,
    blocked: Vec<SigninName>,
    requests: Vec<ContactRequest>,
    unread: BTreeMap<SigninName, Unread>,
    /// The last message of somebody else.
    read: u64,
    /// Whose client it is.
    name: Option<SigninName>,
}

fn by_writer(unread: impl IntoIterator<Item = Unread>) -> BTreeMap<SigninName, Unread> {
    let counted = unread.into_iter().filter(|unread| unread.count > 0);
    counted.map(|unread| (unread.from.clone(), unread)).collect()
}

impl Known {
    fn take(&mut self, notice: Notice) {
        match notice {
            Notice::SignedIn(welcome) => {
                *self = Self { name: Some(welcome.name), ..Self::default() };
            }
            Notice::Snapshot(snapshot) => {
                self.groups = snapshot.groups;
                self.blocked = snapshot.blocked;
                self.requests = snapshot.requests;
                self.unread = by_writer(snapshot.unread);
                for change in snapshot.contacts.into_iter().chain(snapshot.watched) {
                    self.people.insert(change.name.folded().to_owned(), change);
                }
            }
            Notice::Update(_, Update::Changes { changes }) => {
                for change in changes {
                    self.people.insert(change.name.folded().to_owned(), change);
                }
            }
            Notice::Update(_, Update::ContactAdded { contact }) => {
                self.people.insert(contact.name.folded().to_owned(), contact);
            }
            Notice::Update(_, Update::ContactRemoved { name }) => {
                for group in &mut self.groups {
                    group.members.retain(|member| *member != name);
                }
            }
            Notice::Update(_, Update::ContactRequested { request }) => self.requests.push(request),
            Notice::Update(_, Update::ContactRequestGone { name }) => {
                self.requests.retain(|request| request.from != name);
            }
            Notice::Update(_, Update::Blocked { name, blocked }) => {
                self.blocked.retain(|other| *other != name);
                self.blocked.extend(blocked.then_some(name));
            }
            Notice::Update(_, Update::GroupAdded { group, .. }) => self.groups.push(group),
            Notice::Update(_, Update::GroupRemoved { group }) => {
                self.groups.retain(|known| known.id != group)
            }
            Notice::Update(_, Update::GroupMember { group, name, member }) => {
                for known in self.groups.iter_mut().filter(|known| known.id == group) {
                    known.members.retain(|other| *other != name);
                    known.members.extend(member.then(|| name.clone()));
                }
            }
            Notice::Update(_, Update::Unread { unread }) => {
                self.unread.insert(unread.from.clone(), unread);
            }
            Notice::Update(_, Update::Message { message, .. })
                if Some(&message.from) != self.name.as_ref() =>
            {
                assert!(message.id.0 > self.read, "each once, and in order");
                self.read = message.id.0;
            }
            _ => {}
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn clients_know_what_a_fresh_snapshot_says(
        contacts_only in any::<bool>(),
        steps in prop::collection::vec(step(), 1..60),
    ) {
        let visibility =
            if contacts_only { Visibility::Contacts } else { Visibility::Everyone };
        let mut world = World::new(visibility);
        let mut places = Places(std::array::from_fn(|place| place as u64));
        let mut known: BTreeMap<u64, Known> = BTreeMap::new();
        for step in &steps {
            apply(&mut world, &mut places, step);
            for client in places.0 {
                for notice in world.heard(client) {
                    known.entry(client).or_default().take(notice);
                }
            }
        }
        world.store = Store::Works;
        world.release(Ok(()));
        for client in places.0 {
            for notice in world.heard(client) {
                known.entry(client).or_default().take(notice);
            }
        }
        for client in places.0 {
            world.request(client, Signal::Resync);
            let heard = world.heard(client);
            let Some(Notice::Snapshot(snapshot)) = heard.first() else { continue };
            let pieced = &known[&client];
            // How somebody who asks is called now, only a snapshot says.
            let bare = |requests: &[ContactRequest]| -> Vec<_> {
                requests.iter().map(|request| (request.from.clone(), request.at)).collect()
            };
            prop_assert_eq!(&pieced.groups, &snapshot.groups);
            prop_assert_eq!(&pieced.blocked, &snapshot.blocked);
            prop_assert_eq!(bare(&pieced.requests), bare(&snapshot.requests));
            prop_assert_eq!(
                by_writer(pieced.unread.values().cloned()),
                by_writer(snapshot.unread.clone())
            );
            for change in snapshot.contacts.iter().chain(&snapshot.watched) {
                let pieced = known[&client].people.get(change.name.folded());
                prop_assert_eq!(pieced, Some(change));
            }
        }
    }

    #[test]
    fn an_invisible_user_is_never_seen(
        contacts_only in any::<bool>(),
        listed in any::<bool>(),
        steps in prop::collection::vec(step(), 1..40),
    ) {
        let mut places = Places(std::array::from_fn(|place| place as u64));
        let visibility =
            if contacts_only { Visibility::Contacts } else { Visibility::Everyone };
        let mut world = World::new(visibility);
        let list: &[&str] = if listed { &["nobody@x"] } else { &[] };
        world.restore("alice@x", intent(Invisible), list);
        // Whom the steps call nobody is the one who watches.
        world.connect(WATCHER, "nobody@x");
        world.add(WATCHER, "alice@x");
        // A registry that has just started says nothing of people for a while.
        world.pass(mistatus_core::limits::DEPARTURE_DAMPING);
        world.heard(WATCHER);
        let seen = |world: &mut World| {
            let snapshot = world.snapshot(WATCHER);
            (snapshot.contacts, snapshot.watched)
        };
        let before = seen(&mut world);
        for step in &steps {
            // Everything but choosing another status.
            if !matches!(step, Step::Set(..) | Step::Until(..)) {
                apply(&mut world, &mut places, step);
            }
        }
        prop_assert_eq!(world.changes(WATCHER), vec![]);
        prop_assert_eq!(seen(&mut world), before);
    }
}
