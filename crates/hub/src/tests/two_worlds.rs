//! Invisible never leaks (design §5, rule 2): the same script is played in two worlds.
//!
//! In one a user becomes invisible and does all kinds of things; in the other the same user signs out at that moment
//! and does nothing. Whatever any other user is told must be the same in both, byte by byte and at the same time, also
//! when the user is there again, and however names are spelled. What others wrote and an invisible user has read is
//! confirmed by the other one at the return. Four things legitimately differ, and are kept out of the script:
//!
//! - With several devices a sign-out is one event for each, and being invisible is one for all.
//! - What an invisible user permitted or took back shows with the user, in one step with the return. Who was not
//!   there cannot have done that, and does it a moment after the return: the same in the end, in one step more. Such
//!   runs are compared by what is known after the return instead of by the notices of that very moment.
//! - Whoever asks somebody to be allowed to see them, or writes to them, shows them by that, and wants to.
//! - What is written to somebody goes nowhere where they have not permitted it, and waits else. Runs in which an
//!   invisible user changes that are compared until the return.

use std::collections::BTreeMap;

use mistatus_core::{
    chat::{ChatMessage, MessageId, MessageText},
    claim::{ClaimId, ClaimKey, ClaimSource, ServiceName},
    idle::{IdleAfter, IdleChoice},
    limits::DEPARTURE_DAMPING,
    message::{Command, Notice, Request, RequestId, Seq, Signal, Update},
    presence::{Intent, Note, Source},
    signin_name::SigninName,
    status::MiStatus::{self, *},
    time::{Span, UnixMs},
};
use mistatus_testkit::frames::{frame, frames};
use proptest::prelude::*;

use super::world::{Store, World, arrival, intent, name, person};
use crate::{
    Amount, Arrival, Departure, DirectoryCommand, HubConfig, NewClaim, ServiceCommand, Visibility,
};

/// Something that happens in both worlds.
#[derive(Clone, Debug)]
enum Step {
    Set(usize, usize),
    Idle(usize, bool),
    ChooseIdle(usize, usize),
    Watch(usize, Whom),
    Unwatch(usize, Whom),
    Add(usize, Whom),
    Remove(usize, Whom),
    Write {
        place: usize,
        to: Whom,
        length: usize,
    },
    Fetch(usize, Whom),
    Confirm(usize, Whom),
    Resync(usize),
    Break(usize),
    Resume(usize),
    Reload(usize),
    Claim(usize, Claimed),
    /// The company puts somebody into these shared groups.
    Regroup(usize, usize),
    Pass(u64),
    Hang,
    Recover(bool),
}

/// One of the people, and how the name is spelled.
#[derive(Clone, Copy, Debug)]
struct Whom {
    who: usize,
    spelling: usize,
}

/// What a service says about somebody.
#[derive(Clone, Debug)]
enum Claimed {
    Put { id: usize, source: usize, status: usize, begins_in: u64, lasts: u64 },
    Removed(usize),
}

/// Something that only the invisible user does.
#[derive(Clone, Debug)]
enum Secret {
    Note(usize, bool),
    Query,
    Idle(bool),
    ChooseIdle(usize),
    Add(usize),
    Remove(usize),
    Watch(usize),
    Confirm(usize),
    MarkRead(usize),
    Break,
    Resume,
    Connect { renamed: bool, idle: bool },
    Signout,
}

#[derive(Clone, Debug)]
enum Act {
    Open(Step),
    Hidden(Secret),
    /// The server is killed and started again, and everybody else comes back at once.
    Restart,
}

/// How the user is before and after.
#[derive(Clone, Debug)]
struct Face {
    status: usize,
    note: Option<usize>,
    idle: bool,
}

const HIDDEN: &str = "Hidden@x";
const PEOPLE: [&str; 4] = ["Alice@x", "bob@x", "Carol@x", HIDDEN];
/// The shared groups that one of the people may be in.
const GROUPS: [&str; 4] = ["", "A", "B", "AB"];
const CHOICES: [MiStatus; 4] = [Online, Busy, Away, DoNotDisturb];
const CLAIMED: [MiStatus; 4] = [InAMeeting, OnThePhone, OutOfOffice, Online];
/// Alice, Bob and Carol; Alice twice.
const PLACES: [&str; 4] = ["alice@x", "bob@x", "carol@X", "ALICE@x"];
/// Few enough that scripts get there.
const UNDELIVERED_TO_ONE: Amount = Amount { count: 2, bytes: 120 };
const UNDELIVERED: Amount = Amount { count: 2, bytes: 160 };

fn step() -> impl Strategy<Value = Step> {
    let place = || 0..PLACES.len();
    let person = || prop_oneof![1 => 0..PEOPLE.len(), 2 => Just(3_usize)];
    let whom = || (person(), 0..3_usize).prop_map(|(who, spelling)| Whom { who, spelling });
    prop_oneof![
        2 => (place(), 0..4_usize).prop_map(|(place, choice)| Step::Set(place, choice)),
        1 => (place(), any::<bool>()).prop_map(|(place, idle)| Step::Idle(place, idle)),
        1 => (place(), 0..3_usize).prop_map(|(place, choice)| Step::ChooseIdle(place, choice)),
        3 => (place(), whom()).prop_map(|(place, whom)| Step::Watch(place, whom)),
        1 => (place(), whom()).prop_map(|(place, whom)| Step::Unwatch(place, whom)),
        3 => (place(), whom()).prop_map(|(place, whom)| Step::Add(place, whom)),
        2 => (place(), whom()).prop_map(|(place, whom)| Step::Remove(place, whom)),
        8 => (place(), whom(), 1..50_usize)
            .prop_map(|(place, to, length)| Step::Write { place, to, length }),
        1 => (place(), whom()).prop_map(|(place, whom)| Step::Fetch(place, whom)),
        1 => (place(), whom()).prop_map(|(place, whom)| Step::Confirm(place, whom)),
        2 => place().prop_map(Step::Resync),
        1 => place().prop_map(Step::Break),
        2 => place().prop_map(Step::Resume),
        1 => place().prop_map(Step::Reload),
        3 => (person(), claimed()).prop_map(|(who, claimed)| Step::Claim(who, claimed)),
        2 => (0..PEOPLE.len(), 0..GROUPS.len()).prop_map(|(who, groups)| Step::Regroup(who, groups)),
        3 => (1..15_000_u64).prop_map(Step::Pass),
        1 => Just(Step::Hang),
        2 => any::<bool>().prop_map(Step::Recover),
    ]
}

fn claimed() -> impl Strategy<Value = Claimed> {
    let put = (0..2_usize, 0..5_usize, 0..CLAIMED.len(), 0..20_000_u64, 1..20_000_u64);
    prop_oneof![
        3 => put.prop_map(|(id, source, status, begins_in, lasts)| {
            Claimed::Put { id, source, status, begins_in, lasts }
        }),
        1 => (0..2_usize).prop_map(Claimed::Removed),
    ]
}

fn secret() -> impl Strategy<Value = Secret> {
    prop_oneof![
        2 => (0..9_usize, any::<bool>()).prop_map(|(note, api)| Secret::Note(note, api)),
        1 => Just(Secret::Query),
        2 => any::<bool>().prop_map(Secret::Idle),
        2 => (0..3_usize).prop_map(Secret::ChooseIdle),
        3 => (0..3_usize).prop_map(Secret::Add),
        3 => (0..3_usize).prop_map(Secret::Remove),
        1 => (0..3_usize).prop_map(Secret::Watch),
        3 => (0..3_usize).prop_map(Secret::Confirm),
        1 => (0..3_usize).prop_map(Secret::MarkRead),
        2 => Just(Secret::Break),
        2 => Just(Secret::Resume),
        3 => (any::<bool>(), any::<bool>())
            .prop_map(|(renamed, idle)| Secret::Connect { renamed, idle }),
        1 => Just(Secret::Signout),
    ]
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let act = prop_oneof![
        10 => step().prop_map(Act::Open),
        10 => secret().prop_map(Act::Hidden),
        1 => Just(Act::Restart),
    ];
    prop::collection::vec(act, 0..40)
}

fn face() -> impl Strategy<Value = Face> {
    (0..4_usize, prop::option::of(0..9_usize), any::<bool>())
        .prop_map(|(status, note, idle)| Face { status, note, idle })
}

fn note(number: usize) -> Option<Note> {
    Note::parse(&format!("note {number}")).expect("a short note")
}

fn idle_choice(number: usize) -> Command {
    let after = IdleAfter::new(Span::from_secs(60)).ok();
    let choice = [
        IdleChoice::NONE,
        IdleChoice { transmit: false, after: None },
        IdleChoice { transmit: true, after },
    ][number];
    Command::SetIdle { choice }
}

impl Face {
    fn intent(&self) -> Intent {
        Intent { note: self.note.and_then(note), ..intent(CHOICES[self.status]) }
    }

    fn idle_for(&self) -> Option<Span> {
        self.idle.then_some(Span::from_secs(300))
    }
}

impl Whom {
    fn name(self) -> SigninName {
        let given = PEOPLE[self.who];
        name(&[given.to_owned(), given.to_uppercase(), given.to_lowercase()][self.spelling])
    }
}

impl Claimed {
    fn command(&self, now: UnixMs) -> ServiceCommand {
        let (Self::Put { id, .. } | Self::Removed(id)) = self;
        let key = ClaimKey {
            service: ServiceName::parse("calendar").expect("a valid name"),
            id: ClaimId::parse(&format!("claim-{id}")).expect("a valid name"),
        };
        match *self {
            Self::Removed(_) => ServiceCommand::RemoveClaim { key },
            Self::Put { source, status, begins_in, lasts, .. } => {
                let from = now + Span::from_millis(begins_in);
                let claim = NewClaim {
                    source: ClaimSource::ALL[source],
                    status: CLAIMED[status],
                    note: note(source),
                    from: (begins_in > 5_000).then_some(from),
                    until: from + Span::from_millis(lasts),
                };
                ServiceCommand::PutClaim { key, claim }
            }
        }
    }
}

/// One of the two worlds, and who sits where in it.
struct Stage {
    world: World,
    /// Which connection each of the others has now.
    connections: [u64; PLACES.len()],
    /// The last one of the hidden user.
    hidden: u64,
    renamed: Option<String>,
}

/// Connections of the hidden user.
const HIDDEN_FROM: u64 = 1_000_000;
/// That of the return, in both worlds.
pub(super) const RETURN: u64 = 2_000_000;

impl Stage {
    fn new(visibility: Visibility) -> Self {
        Self {
            world: World::with(HubConfig {
                visibility,
                undelivered_to_one_max: UNDELIVERED_TO_ONE,
                undelivered_max: UNDELIVERED,
                ..HubConfig::default()
            }),
            connections: std::array::from_fn(|place| 100 * (place as u64 + 1)),
            hidden: HIDDEN_FROM,
            renamed: None,
        }
    }

    /// Lets the company say who exists, where it does.
    fn use_directory(&mut self, directory: Option<[usize; PEOPLE.len()]>) {
        let Some(groups) = directory else { return };
        let people = PEOPLE.iter().zip(groups);
        let people = people.map(|(who, groups)| person(who, GROUPS[groups])).collect();
        self.world.direct(DirectoryCommand::Replace { people });
    }

    fn open(&mut self) {
        for (place, who) in PLACES.iter().enumerate() {
            let arrival = self.world.resumable(self.connections[place], who);
            self.enter(self.connections[place], arrival);
        }
    }

    /// Connects and leaves what is told in the inbox.
    fn enter(&mut self, client: u64, arrival: Arrival) {
        let told = self.world.connect_as(client, arrival);
        self.world.put_back(client, told);
    }

    fn play(&mut self, step: &Step, id: RequestId) {
        let connections = self.connections;
        let world = &mut self.world;
        match *step {
            Step::Set(place, choice) => {
                let intent = intent(CHOICES[choice]);
                world.request(
                    connections[place],
                    Request { id, command: Command::SetStatus { intent } },
                );
            }
            Step::Idle(place, idle) => {
                let idle_for = idle.then_some(Span::ZERO);
                world.request(connections[place], Signal::ReportIdle { idle_for });
            }
            Step::ChooseIdle(place, choice) => {
                let command = idle_choice(choice);
                world.request(connections[place], Request { id, command });
            }
            Step::Watch(place, whom) => {
                world.request(
                    connections[place],
                    Request { id, command: Command::Watch { names: vec![whom.name()] } },
                );
            }
            Step::Unwatch(place, whom) => {
                world.request(connections[place], Signal::Unwatch { names: vec![whom.name()] });
            }
            Step::Add(place, whom) => {
                world.request(
                    connections[place],
                    Request { id, command: Command::AddContact { name: whom.name() } },
                );
            }
            Step::Remove(place, whom) => {
                world.request(
                    connections[place],
                    Request { id, command: Command::RemoveContact { name: whom.name() } },
                );
            }
            Step::Write { place, to, length } => {
                let text = MessageText::parse(&"x".repeat(length)).expect("a short text");
                let command = Command::SendMessage { to: to.name(), text };
                world.request(connections[place], Request { id, command });
            }
            Step::Fetch(place, whom) => {
                let command = Command::FetchMessages { with: whom.name(), before: None };
                world.request(connections[place], Request { id, command });
            }
            Step::Confirm(place, whom) => {
                world.request(connections[place], confirmation(whom.name()));
            }
            Step::Resync(place) => world.request(connections[place], Signal::Resync),
            Step::Break(place) => world.disconnect(connections[place], Departure::Lost),
            Step::Resume(place) => {
                let (earlier, client) = (connections[place], connections[place] + 1);
                let seen = world.seq(earlier);
                self.connections[place] = client;
                let told = world.resume(client, PLACES[place], earlier, seen);
                world.put_back(client, told);
            }
            Step::Reload(place) => {
                world.disconnect(connections[place], Departure::Lost);
                self.connections[place] += 1;
                let arrival = world.resumable(self.connections[place], PLACES[place]);
                self.enter(self.connections[place], arrival);
            }
            // What waits for a store that fails is lost, and of whom it is about has more that waits than who is gone.
            Step::Claim(3, _) if world.store == Store::Hangs => {}
            Step::Claim(who, ref claimed) => {
                let command = claimed.command(world.wall());
                world.serve(PEOPLE[who], command);
            }
            // Without a directory nobody is in any.
            Step::Regroup(who, groups) if world.hub.has_directory() => {
                let person = person(PEOPLE[who], GROUPS[groups]);
                world.direct(DirectoryCommand::Put { person });
            }
            Step::Regroup(..) => {}
            Step::Pass(ms) => world.pass(Span::from_millis(ms)),
            Step::Hang => world.store = Store::Hangs,
            Step::Recover(works) => {
                world.store = Store::Works;
                world.release(if works { Ok(()) } else { Err(crate::StoreError) });
            }
        }
    }

    fn restart(&mut self) {
        self.world.restart();
        // A name that was given while invisible is not kept.
        self.renamed = None;
        for place in &mut self.connections {
            *place += 1;
        }
        self.open();
    }

    fn play_hidden(&mut self, secret: &Secret, id: RequestId) {
        let hidden = self.hidden;
        match *secret {
            Secret::Note(number, api) => {
                let source = if api { Source::Api } else { Source::User };
                let intent = Intent { note: note(number), ..Intent::chosen(Invisible, source) };
                self.world.request(hidden, Request { id, command: Command::SetStatus { intent } });
            }
            Secret::Query => {
                self.world.request(hidden, Request { id, command: Command::QueryStatus })
            }
            Secret::Idle(idle) => {
                let idle_for = idle.then_some(Span::ZERO);
                self.world.request(hidden, Signal::ReportIdle { idle_for });
            }
            Secret::ChooseIdle(choice) => {
                let command = idle_choice(choice);
                self.world.request(hidden, Request { id, command });
            }
            Secret::Add(who) if self.may_ask(who) => {}
            Secret::Add(who) => self.list(hidden, who, true, id),
            Secret::Remove(who) => self.list(hidden, who, false, id),
            Secret::Watch(who) => {
                self.world.request(
                    hidden,
                    Request { id, command: Command::Watch { names: vec![name(PEOPLE[who])] } },
                );
            }
            Secret::Confirm(who) => self.world.request(hidden, confirmation(name(PEOPLE[who]))),
            Secret::MarkRead(who) => {
                let (from, up_to) = (name(PEOPLE[who]), MessageId(u64::MAX));
                self.world.request(hidden, Signal::MarkRead { from, up_to });
            }
            Secret::Break => self.world.disconnect(hidden, Departure::Lost),
            Secret::Resume => {
                let seen = self.world.seq(hidden);
                self.hidden += 1;
                self.world.resume(self.hidden, HIDDEN, hidden, seen);
            }
            Secret::Connect { renamed, idle } => {
                self.hidden += 1;
                let friendly_name = renamed.then(|| format!("name {}", id.0));
                self.renamed = friendly_name.clone().or(self.renamed.take());
                let idle_for = idle.then_some(Span::ZERO);
                let arrival = self.world.resumable(self.hidden, HIDDEN);
                self.world.connect_as(self.hidden, Arrival { friendly_name, idle_for, ..arrival });
            }
            Secret::Signout => self.world.request(hidden, Signal::Signout),
        }
    }

    /// Whether somebody may be asked to be seen, now or when the store goes on.
    fn may_ask(&self, who: usize) -> bool {
        let hub = &self.world.hub;
        let waits =
            hub.config.visibility == Visibility::Contacts && self.world.store == Store::Hangs;
        waits || hub.has_to_ask(&name(HIDDEN), &name(PEOPLE[who]))
    }

    fn list(&mut self, client: u64, who: usize, add: bool, id: RequestId) {
        let name = name(PEOPLE[who]);
        self.world.request(
            client,
            match add {
                true => Request { id, command: Command::AddContact { name } },
                false => Request { id, command: Command::RemoveContact { name } },
            },
        );
    }

    /// Returns what all others were told since the last call.
    fn told(&mut self) -> Vec<Vec<String>> {
        self.connections.iter().map(|place| frames(&self.world.heard(*place))).collect()
    }

    /// Returns what a program of the company reads, and what it was told since the last call.
    fn read(&mut self) -> (String, String) {
        let views = PEOPLE.iter().map(|who| self.world.hub.common_view(&name(who))).collect();
        let printed = |changes| frame(&Notice::Update(Seq(0), Update::Changes { changes }));
        (printed(views), printed(core::mem::take(&mut self.world.reported)))
    }

    /// Returns what all others are told who ask for everything.
    fn known(&mut self) -> Vec<Vec<String>> {
        let connections = self.connections;
        let ask = |client: &u64| {
            self.world.heard(*client);
            self.world.request(*client, Signal::Resync);
            let told = self.world.heard(*client).into_iter().map(without_number);
            told.map(|notice| frame(&notice)).collect()
        };
        connections.iter().map(ask).collect()
    }
}

fn confirmation(from: SigninName) -> Signal {
    Signal::ConfirmMessages { from, up_to: MessageId(u64::MAX) }
}

/// Confirms what somebody who has come is told as clients do, message by message, up to the last one of each writer.
pub(super) fn confirm_each(
    world: &mut World,
    told: Vec<Notice>,
    last: &BTreeMap<SigninName, MessageId>,
) {
    for notice in told {
        let Notice::Update(_, Update::Message { message, .. }) = notice else { continue };
        let ChatMessage { from, id: up_to, .. } = message;
        if last.get(&from).is_some_and(|last| up_to <= *last) {
            world.request(RETURN, Signal::ConfirmMessages { from, up_to });
        }
    }
}

/// Numbers differ once one world has told something in one step more.
fn without_number(notice: Notice) -> Notice {
    match notice {
        Notice::Snapshot(mut snapshot) => {
            snapshot.seq = Seq(0);
            // Who was there the whole time may have permitted something before there was anything to ask.
            snapshot.requests.retain(|request| request.from != name(HIDDEN));
            Notice::Snapshot(snapshot)
        }
        Notice::Update(_, update) => Notice::Update(Seq(0), update),
        other => other,
    }
}

#[derive(Clone, Debug)]
struct Script {
    contacts_only: bool,
    /// The shared groups that each is in at first, where the company says who exists.
    directory: Option<[usize; PEOPLE.len()]>,
    /// Who has whom on the list at first: the hidden user those, and those the hidden user.
    lists: [bool; 3],
    listed_by: [bool; 3],
    /// Whether it all begins with a restart of the server, the user having been invisible before.
    from_restart: bool,
    before: Vec<Step>,
    face: Face,
    during: Vec<Act>,
    after: Vec<Step>,
    choices: Vec<Face>,
}

fn script() -> impl Strategy<Value = Script> {
    let groups = prop::array::uniform4(0..GROUPS.len());
    let lists = || any::<[bool; 3]>();
    let first = (any::<bool>(), prop::option::of(groups), lists(), lists(), any::<bool>());
    let steps = || prop::collection::vec(step(), 0..12);
    let rest = (steps(), face(), acts(), steps(), prop::collection::vec(face(), 0..4));
    (first, rest).prop_map(|(first, (before, face, during, after, choices))| {
        let (contacts_only, directory, lists, listed_by, from_restart) = first;
        Script {
            contacts_only,
            directory,
            lists,
            listed_by,
            from_restart,
            before,
            face,
            during,
            after,
            choices,
        }
    })
}

fn choose(stage: &mut Stage, client: u64, face: &Face, id: RequestId) {
    stage.world.request(client, Signal::ReportIdle { idle_for: face.idle_for() });
    stage
        .world
        .request(client, Request { id, command: Command::SetStatus { intent: face.intent() } });
}

fn compare(script: &Script) -> Result<(), TestCaseError> {
    let visibility = if script.contacts_only { Visibility::Contacts } else { Visibility::Everyone };
    let mut hiding = Stage::new(visibility);
    let mut absent = Stage::new(visibility);
    let names = |which: [bool; 3]| -> Vec<&str> {
        PEOPLE.iter().zip(which).filter(|(_, is)| *is).map(|(who, _)| *who).collect()
    };
    let mut last_id = 0;
    let mut next_id = || {
        last_id += 1;
        RequestId(last_id)
    };
    for (stage, intent) in [
        (&mut hiding, Intent { note: note(8), ..intent(Invisible) }),
        (&mut absent, script.face.intent()),
    ] {
        stage.use_directory(script.directory);
        let intent = if script.from_restart { intent } else { Intent::AUTOMATIC };
        stage.world.restore(HIDDEN, intent, &names(script.lists));
        for (who, lists) in PEOPLE.iter().zip(script.listed_by) {
            let list: &[&str] = if lists { &[HIDDEN] } else { &[] };
            stage.world.restore(who, Intent::AUTOMATIC, list);
        }
        if !script.from_restart {
            // Longer ago than anybody remembers.
            stage.world.pass(DEPARTURE_DAMPING);
        }
        stage.open();
    }
    if script.from_restart {
        let idle_for = script.face.idle_for();
        let arrival = hiding.world.resumable(HIDDEN_FROM, HIDDEN);
        hiding.world.connect_as(HIDDEN_FROM, Arrival { idle_for, ..arrival });
    } else {
        let (choice, moment) = (next_id(), next_id());
        let ids: Vec<_> = script.before.iter().map(|_| next_id()).collect();
        for stage in [&mut hiding, &mut absent] {
            stage.world.connect_as(HIDDEN_FROM, stage.world.resumable(HIDDEN_FROM, HIDDEN));
            choose(stage, HIDDEN_FROM, &script.face, choice);
            for (step, id) in script.before.iter().zip(&ids) {
                stage.play(step, *id);
            }
            stage.play(&Step::Recover(true), moment);
        }
        prop_assert_eq!(hiding.told(), absent.told(), "the worlds begin alike");
        let intent = Intent { note: note(7), ..intent(Invisible) };
        hiding
            .world
            .request(HIDDEN_FROM, Request { id: moment, command: Command::SetStatus { intent } });
        absent.world.request(HIDDEN_FROM, Signal::Signout);
    }
    prop_assert_eq!(hiding.told(), absent.told(), "to hide looks like to leave");
    prop_assert_eq!(hiding.read(), absent.read(), "to hide reads like to leave");
    for act in &script.during {
        let id = next_id();
        match act {
            Act::Open(step) => {
                hiding.play(step, id);
                absent.play(step, id);
            }
            Act::Restart => {
                hiding.restart();
                absent.restart();
            }
            Act::Hidden(secret) => {
                hiding.play_hidden(secret, id);
            }
        }
        prop_assert_eq!(hiding.told(), absent.told(), "{:?} was noticed", act);
        prop_assert_eq!(hiding.read(), absent.read(), "{:?} was read", act);
    }
    let quiet = next_id();
    for stage in [&mut hiding, &mut absent] {
        stage.play(&Step::Recover(true), quiet);
        stage.world.pass(DEPARTURE_DAMPING);
    }
    prop_assert_eq!(hiding.told(), absent.told(), "silence was noticed");
    prop_assert_eq!(hiding.read(), absent.read(), "silence was read");
    prop_assert_eq!(hiding.known(), absent.known(), "what can be asked for was noticed");

    // The return: by choice, or by coming back to what was chosen before.
    let friendly_name = hiding.renamed.take();
    let arrival = Arrival { idle_for: script.face.idle_for(), ..arrival(HIDDEN) };
    for client in HIDDEN_FROM..=hiding.hidden {
        hiding.world.request(client, Signal::Signout);
    }
    hiding.world.connect_as(RETURN, arrival.clone());
    // Who was not there cannot have chosen anything about idleness.
    hiding.world.request(RETURN, Request { id: next_id(), command: idle_choice(0) });
    hiding.world.pass(DEPARTURE_DAMPING);
    absent.world.pass(DEPARTURE_DAMPING);
    prop_assert_eq!(hiding.told(), absent.told(), "another device was noticed");
    let list_now = hiding.world.snapshot(RETURN).contacts;
    let lists_now = |who: &str| list_now.iter().any(|contact| contact.name == name(who));
    let listed: Vec<_> = (0..3)
        .map(|who| (who, lists_now(PEOPLE[who])))
        .filter(|(who, lists)| *lists != script.lists[*who])
        .collect();
    let hidden_alike =
        hiding.world.memory.messages().hidden == absent.world.memory.messages().hidden;
    let untold = &hiding.world.hub.accounts[&name(HIDDEN)].inbox.untold;
    let confirmed = untold.iter().map(|(from, taken)| (from.clone(), taken.up_to)).collect();
    let id = next_id();
    hiding.world.request(
        RETURN,
        Request { id, command: Command::SetStatus { intent: script.face.intent() } },
    );
    let told = absent.world.connect_as(RETURN, Arrival { friendly_name, ..arrival });
    confirm_each(&mut absent.world, told, &confirmed);
    if !hidden_alike {
        prop_assert!(script.contacts_only, "only permissions decide what goes nowhere");
        return Ok(());
    }
    let permits_as_before = !script.contacts_only || listed.is_empty();
    if permits_as_before {
        prop_assert_eq!(hiding.told(), absent.told(), "to show oneself looks like to come");
    } else {
        for (who, add) in listed {
            let id = next_id();
            absent.list(RETURN, who, add, id);
        }
        prop_assert_eq!(hiding.known(), absent.known());
    }
    for (at, step) in script.after.iter().enumerate() {
        let (id, other) = (next_id(), next_id());
        for stage in [&mut hiding, &mut absent] {
            stage.play(step, id);
            if let Some(face) = script.choices.get(at) {
                choose(stage, RETURN, face, other);
            }
        }
        if permits_as_before {
            prop_assert_eq!(hiding.told(), absent.told(), "something lingers");
        }
    }
    prop_assert_eq!(hiding.known(), absent.known());
    Ok(())
}

/// In one world there is somebody whom nobody may see and who does all kinds of things; in the other there is not.
fn compare_with_nobody(script: &Script) -> Result<(), TestCaseError> {
    let mut refusing = Stage::new(Visibility::Contacts);
    let mut empty = Stage::new(Visibility::Contacts);
    let who_lists_whom = PEOPLE.iter().zip(script.listed_by);
    for stage in [&mut refusing, &mut empty] {
        for (who, lists) in who_lists_whom.clone() {
            let list: &[&str] = if lists { &[HIDDEN] } else { &[] };
            stage.world.restore(who, Intent::AUTOMATIC, list);
        }
    }
    if script.from_restart {
        refusing.world.restore(HIDDEN, script.face.intent(), &[]);
    }
    refusing.open();
    empty.open();
    let mut number = 0;
    for act in &script.during {
        number += 10;
        let id = RequestId(number);
        match act {
            Act::Open(step) => {
                refusing.play(step, id);
                empty.play(step, id);
            }
            // Whoever has people on the list lets them see something.
            Act::Hidden(Secret::Add(_)) => {
                choose(&mut refusing, HIDDEN_FROM, &script.face, RequestId(number + 1));
            }
            Act::Hidden(secret) => refusing.play_hidden(secret, id),
            Act::Restart => {
                refusing.restart();
                empty.restart();
            }
        }
        if let Some(face) = script.choices.get(number as usize / 10 % 5) {
            let client = refusing.hidden;
            choose(&mut refusing, client, face, RequestId(number + 2));
        }
        prop_assert_eq!(refusing.told(), empty.told(), "{:?} was noticed", act);
    }
    for stage in [&mut refusing, &mut empty] {
        stage.play(&Step::Recover(true), RequestId(number + 3));
        stage.world.pass(DEPARTURE_DAMPING);
    }
    prop_assert_eq!(refusing.told(), empty.told(), "silence was noticed");
    prop_assert_eq!(refusing.known(), empty.known());
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(384))]

    #[test]
    fn who_is_invisible_cannot_be_told_from_who_is_gone(script in script()) {
        compare(&script)?;
    }

    #[test]
    fn who_may_not_be_seen_cannot_be_told_from_nobody(script in script()) {
        compare_with_nobody(&script)?;
    }
}
