//! To be blocked looks like a departure: the same script is played in two worlds.
//!
//! In one a user blocks somebody and goes on doing all kinds of things; in the other the same user signs out at that
//! moment and does nothing. Whatever the one who is blocked is told must be the same in both, byte by byte and at the
//! same time, also when the user ends the block in the one world and comes back in the other, and however names are
//! spelled. What was written before and is read behind the block is confirmed by the other one at the return.
//!
//! What was written meanwhile legitimately differs afterwards: it went nowhere, or it has waited. Such runs are compared
//! until the return, and in the others nothing more is written after it.

use mistatus_core::{
    chat::{MessageId, MessageText},
    limits::DEPARTURE_DAMPING,
    message::{Command, Request, RequestId, Signal},
    presence::{Intent, Note},
    signin_name::SigninName,
    status::MiStatus::{self, *},
    time::Span,
};
use mistatus_testkit::frames::frames;
use proptest::prelude::*;

use super::{
    two_worlds::{RETURN, confirm_each},
    world::{World, arrival, intent, name},
};
use crate::{Amount, Arrival, Departure, HubConfig, Visibility};

/// Something that the one who is blocked does, in both worlds.
#[derive(Clone, Debug)]
enum Step {
    Watch(usize),
    Unwatch(usize),
    Add(usize),
    Remove(usize),
    Write {
        spelling: usize,
        length: usize,
    },
    Read(usize),
    /// Somebody else writes to the user.
    OtherWrites,
    Set(usize),
    Resync,
    Break,
    Resume,
    Reload,
    /// The company puts the user, or the viewer, into a shared group, or takes them out.
    Regroup(usize, bool),
    Pass(u64),
    Restart,
}

/// Something that only the one who blocks does.
#[derive(Clone, Debug)]
enum Secret {
    Set(usize, usize),
    Idle(bool),
    BlockOther(bool),
    AddOther(bool),
    Group,
    Confirm,
    Connect { renamed: bool },
    Break,
    Signout,
}

const SUBJECT: &str = "Alice@x";
const VIEWER: &str = "Bob@x";
const OTHER: &str = "carol@x";
const CHOICES: [MiStatus; 4] = [Online, Busy, Away, Invisible];
const SUBJECT_FROM: u64 = 1_000_000;
const OTHER_FROM: u64 = 3_000_000;
/// Few enough that scripts get there.
const UNDELIVERED_TO_ONE: Amount = Amount { count: 3, bytes: 150 };
const UNDELIVERED: Amount = Amount { count: 5, bytes: 300 };

fn step() -> impl Strategy<Value = Step> {
    let spelling = || 0..3_usize;
    prop_oneof![
        2 => spelling().prop_map(Step::Watch),
        1 => spelling().prop_map(Step::Unwatch),
        2 => spelling().prop_map(Step::Add),
        1 => spelling().prop_map(Step::Remove),
        4 => (spelling(), 1..50_usize)
            .prop_map(|(spelling, length)| Step::Write { spelling, length }),
        1 => spelling().prop_map(Step::Read),
        1 => Just(Step::OtherWrites),
        1 => (0..4_usize).prop_map(Step::Set),
        2 => Just(Step::Resync),
        1 => Just(Step::Break),
        2 => Just(Step::Resume),
        1 => Just(Step::Reload),
        2 => (0..2_usize, any::<bool>()).prop_map(|(who, member)| Step::Regroup(who, member)),
        3 => (1..15_000_u64).prop_map(Step::Pass),
        1 => Just(Step::Restart),
    ]
}

fn secret() -> impl Strategy<Value = Secret> {
    prop_oneof![
        4 => (0..4_usize, 0..3_usize).prop_map(|(choice, note)| Secret::Set(choice, note)),
        2 => any::<bool>().prop_map(Secret::Idle),
        1 => any::<bool>().prop_map(Secret::BlockOther),
        1 => any::<bool>().prop_map(Secret::AddOther),
        1 => Just(Secret::Group),
        2 => Just(Secret::Confirm),
        2 => any::<bool>().prop_map(|renamed| Secret::Connect { renamed }),
        1 => Just(Secret::Break),
        1 => Just(Secret::Signout),
    ]
}

#[derive(Clone, Debug)]
struct Script {
    contacts_only: bool,
    /// Whether the user and the viewer are in a shared group, where the company says who exists.
    directory: Option<[bool; 2]>,
    /// Whether the one who blocks has the other on the list, and the other way round.
    lists: [bool; 2],
    before: Vec<Step>,
    /// Whether the one who is blocked writes meanwhile.
    writes: bool,
    face: (usize, usize, bool),
    during: Vec<Result<Step, Secret>>,
    after: Vec<Step>,
}

fn script() -> impl Strategy<Value = Script> {
    let steps = || prop::collection::vec(step(), 0..8);
    let during = prop_oneof![step().prop_map(Ok), secret().prop_map(Err)];
    let face = (0..4_usize, 0..3_usize, any::<bool>());
    (
        (any::<bool>(), prop::option::of(any::<[bool; 2]>())),
        any::<[bool; 2]>(),
        any::<bool>(),
        steps(),
        face,
        prop::collection::vec(during, 0..30),
        steps(),
    )
        .prop_map(
            |((contacts_only, directory), lists, writes, before, face, during, after)| Script {
                contacts_only,
                directory,
                lists,
                writes,
                before,
                face,
                during,
                after,
            },
        )
}

fn chosen(choice: usize, note: usize) -> Intent {
    let note = Note::parse(&"x".repeat(note)).expect("a short note");
    Intent { note, ..intent(CHOICES[choice]) }
}

fn subject(spelling: usize) -> SigninName {
    name(&[SUBJECT.to_owned(), SUBJECT.to_uppercase(), SUBJECT.to_lowercase()][spelling])
}

fn write(to: SigninName, length: usize) -> Command {
    let text = MessageText::parse(&"x".repeat(length)).expect("a short text");
    Command::SendMessage { to, text }
}

struct Stage {
    world: World,
    viewer: u64,
    subject: u64,
    other: u64,
    /// How often the other one may still write.
    other_writes: usize,
    renamed: Option<String>,
}

impl Stage {
    fn new(script: &Script) -> Self {
        let contacts = [Visibility::Everyone, Visibility::Contacts];
        let mut world = World::with(HubConfig {
            visibility: contacts[usize::from(script.contacts_only)],
            undelivered_to_one_max: UNDELIVERED_TO_ONE,
            undelivered_max: UNDELIVERED,
            ..HubConfig::default()
        });
        if let Some([subject, viewer]) = script.directory {
            let group = |member| if member { "A" } else { "" };
            world.list(&[(SUBJECT, group(subject)), (VIEWER, group(viewer)), (OTHER, "")]);
        }
        let list = |lists: bool, who: &'static str| if lists { vec![who] } else { vec![] };
        world.restore(SUBJECT, Intent::AUTOMATIC, &list(script.lists[0], VIEWER));
        world.restore(VIEWER, Intent::AUTOMATIC, &list(script.lists[1], SUBJECT));
        world.restore(OTHER, Intent::AUTOMATIC, &[]);
        // Longer ago than anybody remembers.
        world.pass(DEPARTURE_DAMPING);
        let mut stage = Self {
            world,
            viewer: 100,
            subject: SUBJECT_FROM,
            other: OTHER_FROM,
            other_writes: UNDELIVERED_TO_ONE.count,
            renamed: None,
        };
        stage.come();
        stage.world.connect(OTHER_FROM, OTHER);
        stage
    }

    fn come(&mut self) {
        let arrival = self.world.resumable(self.viewer, VIEWER);
        let told = self.world.connect_as(self.viewer, arrival);
        self.world.put_back(self.viewer, told);
    }

    fn play(&mut self, step: &Step, id: RequestId) {
        let (world, viewer) = (&mut self.world, self.viewer);
        match *step {
            Step::Watch(spelling) => {
                let names = vec![subject(spelling)];
                world.request(viewer, Request { id, command: Command::Watch { names } });
            }
            Step::Unwatch(spelling) => {
                world.request(viewer, Signal::Unwatch { names: vec![subject(spelling)] });
            }
            Step::Add(spelling) => {
                let name = subject(spelling);
                world.request(viewer, Request { id, command: Command::AddContact { name } });
            }
            Step::Remove(spelling) => {
                let name = subject(spelling);
                world.request(viewer, Request { id, command: Command::RemoveContact { name } });
            }
            Step::Write { spelling, length } => {
                world.request(viewer, Request { id, command: write(subject(spelling), length) });
            }
            Step::Read(spelling) => {
                let command = Command::FetchMessages { with: subject(spelling), before: None };
                world.request(viewer, Request { id, command });
            }
            Step::OtherWrites if self.other_writes == 0 => {}
            Step::OtherWrites => {
                self.other_writes -= 1;
                world.request(self.other, Request { id, command: write(subject(0), 1) });
            }
            Step::Set(choice) => {
                world.request(
                    viewer,
                    Request { id, command: Command::SetStatus { intent: chosen(choice, 0) } },
                );
            }
            Step::Resync => world.request(viewer, Signal::Resync),
            Step::Break => world.disconnect(viewer, Departure::Lost),
            Step::Resume => {
                let seen = world.seq(viewer);
                self.viewer += 1;
                let told = world.resume(self.viewer, VIEWER, viewer, seen);
                world.put_back(self.viewer, told);
            }
            Step::Reload => {
                world.disconnect(viewer, Departure::Lost);
                self.viewer += 1;
                self.come();
            }
            Step::Regroup(who, member) if world.hub.has_directory() => {
                world.list(&[([SUBJECT, VIEWER][who], if member { "A" } else { "" })]);
            }
            Step::Regroup(..) => {}
            Step::Pass(ms) => world.pass(Span::from_millis(ms)),
            Step::Restart => {
                world.restart();
                self.viewer += 1;
                self.other += 1;
                world.connect(self.other, OTHER);
                self.come();
            }
        }
    }

    fn play_hidden(&mut self, secret: &Secret, id: RequestId) {
        let (world, subject) = (&mut self.world, self.subject);
        match *secret {
            Secret::Set(choice, note) => {
                world.request(
                    subject,
                    Request { id, command: Command::SetStatus { intent: chosen(choice, note) } },
                );
            }
            Secret::Idle(idle) => {
                let idle_for = idle.then_some(Span::ZERO);
                world.request(subject, Signal::ReportIdle { idle_for });
            }
            Secret::BlockOther(blocked) => {
                world.request(
                    subject,
                    Request { id, command: Command::SetBlocked { name: name(OTHER), blocked } },
                );
            }
            Secret::AddOther(true) => {
                world.request(
                    subject,
                    Request { id, command: Command::AddContact { name: name(OTHER) } },
                );
            }
            Secret::AddOther(false) => {
                world.request(
                    subject,
                    Request { id, command: Command::RemoveContact { name: name(OTHER) } },
                );
            }
            Secret::Group => {
                let name = mistatus_core::group::GroupName::parse("Team").expect("a name");
                world.request(subject, Request { id, command: Command::CreateGroup { name } });
            }
            Secret::Confirm => {
                for from in [VIEWER, OTHER] {
                    let (from, up_to) = (name(from), MessageId(u64::MAX));
                    world.request(subject, Signal::ConfirmMessages { from, up_to });
                }
            }
            Secret::Connect { renamed } => {
                self.subject += 1;
                let friendly_name = renamed.then(|| format!("name {}", id.0));
                self.renamed = friendly_name.clone().or(self.renamed.take());
                let arrival = Arrival { friendly_name, ..world.resumable(self.subject, SUBJECT) };
                world.connect_as(self.subject, arrival);
            }
            Secret::Break => world.disconnect(subject, Departure::Lost),
            Secret::Signout => world.request(subject, Signal::Signout),
        }
    }

    fn told(&mut self) -> Vec<String> {
        frames(&self.world.heard(self.viewer))
    }

    fn choose(&mut self, client: u64, (choice, note, idle): (usize, usize, bool), id: RequestId) {
        let idle_for = idle.then_some(Span::from_secs(300));
        self.world.request(client, Signal::ReportIdle { idle_for });
        self.world.request(
            client,
            Request { id, command: Command::SetStatus { intent: chosen(choice, note) } },
        );
    }
}

fn compare(script: &Script) -> Result<(), TestCaseError> {
    let mut last_id = 0;
    let mut next_id = || {
        last_id += 1;
        RequestId(last_id)
    };
    let (mut blocking, mut absent) = (Stage::new(script), Stage::new(script));
    let first = next_id();
    for stage in [&mut blocking, &mut absent] {
        stage.world.connect_as(SUBJECT_FROM, stage.world.resumable(SUBJECT_FROM, SUBJECT));
        stage.choose(SUBJECT_FROM, script.face, first);
    }
    for step in &script.before {
        // Who blocks is there, and has been for longer than the server remembers anything else.
        if matches!(step, Step::Restart) {
            continue;
        }
        let id = next_id();
        blocking.play(step, id);
        absent.play(step, id);
    }
    prop_assert_eq!(blocking.told(), absent.told(), "the worlds begin alike");
    let (id, blocked) = (next_id(), true);
    let request = Request { id, command: Command::SetBlocked { name: name(VIEWER), blocked } };
    blocking.world.request(SUBJECT_FROM, request);
    absent.world.request(SUBJECT_FROM, Signal::Signout);
    prop_assert_eq!(blocking.told(), absent.told(), "to block looks like to leave");
    for act in &script.during {
        let id = next_id();
        match act {
            Ok(Step::Write { .. }) if !script.writes => {}
            Ok(step) => {
                blocking.play(step, id);
                absent.play(step, id);
            }
            Err(secret) => blocking.play_hidden(secret, id),
        }
        prop_assert_eq!(blocking.told(), absent.told(), "{:?} was noticed", act);
    }
    let id = next_id();
    for client in SUBJECT_FROM..=blocking.subject {
        blocking.world.request(client, Signal::Signout);
    }
    let friendly_name = blocking.renamed.take();
    let arrival = Arrival { friendly_name, ..arrival(SUBJECT) };
    blocking.world.connect_as(RETURN, arrival.clone());
    blocking.choose(RETURN, script.face, id);
    for stage in [&mut blocking, &mut absent] {
        stage.world.pass(DEPARTURE_DAMPING);
    }
    prop_assert_eq!(blocking.told(), absent.told(), "what was done behind the block was noticed");
    let untold = &blocking.world.hub.accounts[&name(SUBJECT)].inbox.untold;
    let confirmed = untold.iter().map(|(from, taken)| (from.clone(), taken.up_to)).collect();
    if blocking.world.memory.messages().hidden != absent.world.memory.messages().hidden {
        return Ok(());
    }
    let (id, blocked) = (next_id(), false);
    blocking.world.request(
        RETURN,
        Request { id, command: Command::SetBlocked { name: name(VIEWER), blocked } },
    );
    let idle_for = script.face.2.then_some(Span::from_secs(300));
    let told = absent.world.connect_as(RETURN, Arrival { idle_for, ..arrival });
    confirm_each(&mut absent.world, told, &confirmed);
    prop_assert_eq!(blocking.told(), absent.told(), "to end it looks like to come");
    for step in &script.after {
        if matches!(step, Step::Write { .. }) {
            continue;
        }
        let id = next_id();
        blocking.play(step, id);
        absent.play(step, id);
        prop_assert_eq!(blocking.told(), absent.told(), "something lingers: {:?}", step);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(384))]

    #[test]
    fn who_is_blocked_cannot_tell_it_from_a_departure(script in script()) {
        compare(&script)?;
    }
}
