//! Random days of several people on bad networks. At every step nothing false may be told; after quiet all agree.

use mistatus_core::{
    presence::{Intent, Note, Source},
    status::MiStatus,
    time::{Span, UnixMs},
};
use mistatus_hub::{HubConfig, Visibility};
use mistatus_testkit::{Random, Weather, World};

/// How many runs; each takes some hundredths of a second.
const RUNS: u64 = 60;

/// How many steps between two times of quiet.
const STEPS: u32 = 60;

/// How many times of quiet in a run.
const ROUNDS: u32 = 3;

/// Seeds that once failed, kept for good: 91 has input between a greeting and its snapshot.
const ONCE_FAILED: [u64; 1] = [91];

const PEOPLE: [&str; 4] =
    ["ann@example.org", "Bob@example.org", "cem@example.org", "dora@example.org"];
const NOBODY: &str = "nobody@example.org";
const STATUSES: [MiStatus; 5] =
    [MiStatus::Online, MiStatus::Invisible, MiStatus::Busy, MiStatus::BeRightBack, MiStatus::Away];

#[test]
fn after_quiet_everybody_sees_what_is_true() {
    for seed in ONCE_FAILED.into_iter().chain(1..=RUNS) {
        run(seed);
    }
}

fn run(seed: u64) {
    let visibility =
        if seed.is_multiple_of(2) { Visibility::Contacts } else { Visibility::Everyone };
    let mut world = World::new(seed, HubConfig { visibility, ..HubConfig::default() });
    // A sequence of its own, so that a change inside the world does not change what people do.
    let mut random = Random::new(!seed);
    let mut pages = Vec::new();
    for user in [PEOPLE[0], PEOPLE[0], PEOPLE[1], PEOPLE[1], PEOPLE[2], PEOPLE[3]] {
        let page = world.open_page(user);
        world.signin(page);
        pages.push(page);
    }
    for _ in 0..ROUNDS {
        for _ in 0..STEPS {
            step(&mut world, &mut random, &pages);
            world.pass(pause(&mut random));
        }
        world.quiet();
        world.assert_agreement();
    }
}

fn step(world: &mut World, random: &mut Random, pages: &[usize]) {
    let page = *random.pick(pages);
    let whom = *random.pick(&[PEOPLE[0], PEOPLE[1], PEOPLE[2], PEOPLE[3], NOBODY]);
    match random.below(20) {
        0..=4 => {
            let intent = intent(random, world.wall());
            world.choose(page, intent);
        }
        5..=7 => world.add_contact(page, whom),
        8 => world.remove_contact(page, whom),
        9..=10 => world.toggle_watch(page, whom),
        11 => world.cut(page),
        12 => world.half_open(page),
        13 => {
            let weather = *random.pick(&[Weather::Fair, Weather::Refusing, Weather::Silent]);
            world.set_weather(page, weather);
        }
        14..=15 => {
            let idle = random.below(2) == 0;
            world.set_idle(page, idle);
        }
        16 => world.reload(page),
        17 => world.signout(page),
        18 => world.signin(page),
        _ => {
            if random.below(3) == 0 {
                world.restart_hub();
            }
        }
    }
}

fn intent(random: &mut Random, now: UnixMs) -> Intent {
    let note = match random.below(3) {
        0 => Note::parse(&format!("note {}", random.below(1_000))).expect("a short note"),
        _ => None,
    };
    let until = (random.below(4) == 0).then(|| now + Span::from_millis(random.below(90_000)));
    Intent { note, until, ..Intent::chosen(*random.pick(&STATUSES), Source::User) }
}

/// Mostly the next step follows at once, while texts of the last are still on their way.
fn pause(random: &mut Random) -> Span {
    match random.below(10) {
        0..=4 => Span::from_millis(random.below(50)),
        5..=7 => Span::from_millis(random.below(2_000)),
        8 => Span::from_millis(random.below(12_000)),
        _ => Span::from_millis(random.below(70_000)),
    }
}
