//! A random day of several people on bad networks, with browsers, machines and a server as they are.

use mistatus_core::{
    claim::{ClaimId, ClaimKey, ClaimSource, ServiceName},
    idle::{IdleAfter, IdleChoice},
    presence::{Intent, Note, Source},
    status::MiStatus,
    time::Span,
};
use mistatus_hub::{HubConfig, NewClaim, ServiceCommand, Visibility};

use crate::{random::Random, tally::Tally, world::World};

const PEOPLE: [&str; 4] =
    ["ann@example.org", "Bob@example.org", "cem@example.org", "dora@example.org"];
const NOBODY: &str = "nobody@example.org";
const STATUSES: [MiStatus; 5] =
    [MiStatus::Online, MiStatus::Invisible, MiStatus::Busy, MiStatus::BeRightBack, MiStatus::Away];

/// How many acts lie between two times of quiet.
const ACTS: u32 = 80;

/// A world and what people do in it.
pub struct Day {
    world: World,
    random: Random,
    pages: Vec<usize>,
    /// What the company does where it says who exists: also a sequence of its own.
    company: Option<Random>,
    choices: u64,
}

impl Day {
    /// Begins the day of a seed: ann has a browser with three tabs and a page elsewhere, Bob two pages, cem a
    /// browser with two tabs, dora a page.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        let visibility =
            if seed.is_multiple_of(2) { Visibility::Contacts } else { Visibility::Everyone };
        let mut world = World::new(seed, HubConfig { visibility, ..HubConfig::default() });
        world.set_scarce_tokens(true);
        let company = seed.is_multiple_of(4).then(|| Random::new(seed.rotate_left(32)));
        if company.is_some() {
            world.use_directory(&PEOPLE);
        }
        let ann = world.open_browser(PEOPLE[0]);
        let cem = world.open_browser(PEOPLE[2]);
        let mut pages = vec![ann, world.open_tab(ann), world.open_tab(ann), cem];
        pages.push(world.open_tab(cem));
        for user in [PEOPLE[0], PEOPLE[1], PEOPLE[1], PEOPLE[3]] {
            pages.push(world.open_page(user));
        }
        for page in &pages {
            world.signin(*page);
        }
        // A sequence of its own, so that a change inside the world does not change what people do.
        Self { world, random: Random::new(!seed), pages, company, choices: 0 }
    }

    /// Lets things happen until there were so many steps, and compares everybody with the model at each quiet.
    ///
    /// # Panics
    /// Something was not true. The message has the seed and what was wrong.
    pub fn run(&mut self, steps: u64) -> Tally {
        while self.world.tally().steps < steps {
            self.round();
        }
        self.world.tally()
    }

    /// Lets people do some things, lets everything come to rest, and compares.
    fn round(&mut self) {
        for _ in 0..ACTS {
            self.world.count_step();
            self.act();
            let pause = self.pause();
            self.world.pass(pause);
        }
        self.world.quiet();
        self.world.assert_agreement();
        for page in self.pages.clone() {
            if self.world.is_open(page) && self.random.below(2) == 0 {
                self.world.signin(page);
            }
        }
    }

    fn act(&mut self) {
        if let Some(random) = &mut self.company
            && random.below(12) == 0
        {
            let who = *random.pick(&PEOPLE);
            let groups: [&[&str]; 4] = [&[], &["Sales"], &["Berlin"], &["Sales", "Berlin"]];
            let groups = *random.pick(&groups);
            self.world.regroup(who, groups);
        }
        let Self { world, random, pages, .. } = self;
        let page = *random.pick(pages);
        let whom = *random.pick(&[PEOPLE[0], PEOPLE[1], PEOPLE[2], PEOPLE[3], NOBODY]);
        match random.below(43) {
            0..=5 => {
                let intent = self.intent();
                self.world.choose(page, intent);
            }
            6..=9 => world.add_contact(page, whom),
            10 => world.remove_contact(page, whom),
            11..=13 => world.toggle_watch(page, whom),
            14 => world.query(page),
            15..=16 => world.cut(page),
            17 => world.half_open(page),
            18 => {
                use crate::Weather::{Fair, Refusing, Silent};
                let weather = *random.pick(&[Fair, Fair, Refusing, Silent]);
                world.set_weather(page, weather);
            }
            19..=20 => {
                let idle = random.below(2) == 0;
                world.set_idle(page, idle);
            }
            21..=22 => world.reload(page),
            23 => world.signout(page),
            24..=26 => world.signin(page),
            27..=28 => {
                let politely = random.below(2) == 0;
                world.close_tab(page, politely);
            }
            29..=31 => world.reopen_tab(page),
            32 => {
                let visible = random.below(2) == 0;
                world.set_visible(page, visible);
            }
            33 => {
                let told = random.below(2) == 0;
                world.freeze(page, told);
            }
            34 => world.thaw(page),
            35 => {
                let span = Span::from_millis(random.below(120_000));
                world.sleep(page, span);
            }
            36 => world.toggle_network(page),
            37 => match random.below(4) {
                0 => world.restart_hub(),
                1 => world.shut_down_hub(),
                _ => {}
            },
            38 => match random.below(4) {
                0 => {
                    let forward = random.below(2) == 0;
                    let by = Span::from_millis(random.below(7_200_000));
                    world.jump_clock(forward, by);
                }
                1 => {
                    let fails = random.below(3) == 0;
                    world.set_store_fails(fails);
                }
                2 => {
                    let locked_out = random.below(8) == 0;
                    world.set_locked_out(locked_out);
                }
                _ => {}
            },
            39 => {
                let choice = self.idle_choice();
                self.world.choose_idle(page, choice);
            }
            40..=42 => {
                let command = self.claim();
                self.world.serve(whom, command);
            }
            _ => {}
        }
    }

    fn idle_choice(&mut self) -> IdleChoice {
        let seconds = *self.random.pick(&[60, 3_600]);
        let after = IdleAfter::new(Span::from_secs(seconds)).ok();
        IdleChoice {
            transmit: self.random.below(3) != 0,
            after: after.filter(|_| self.random.below(2) == 0),
        }
    }

    fn claim(&mut self) -> ServiceCommand {
        let random = &mut self.random;
        let service = *random.pick(&["calendar", "telephone"]);
        let key = ClaimKey {
            service: ServiceName::parse(service).expect("a valid name"),
            id: ClaimId::parse("the-one").expect("a valid name"),
        };
        if random.below(4) == 0 {
            return ServiceCommand::RemoveClaim { key };
        }
        let now = self.world.wall();
        let from = now + Span::from_millis(random.below(60_000));
        let claim = NewClaim {
            source: *random.pick(&ClaimSource::ALL),
            status: *random.pick(&[MiStatus::InAMeeting, MiStatus::OnThePhone, MiStatus::Online]),
            note: Note::parse(service).unwrap_or_default().filter(|_| random.below(2) == 0),
            from: (random.below(3) == 0).then_some(from),
            until: from + Span::from_millis(1 + random.below(120_000)),
        };
        ServiceCommand::PutClaim { key, claim }
    }

    fn intent(&mut self) -> Intent {
        let random = &mut self.random;
        self.choices += 1;
        // Another note for each, so that one that is carried out twice is found.
        let note = Note::parse(&format!("#{}", self.choices)).unwrap_or_default();
        let end = Span::from_millis(random.below(90_000));
        let until = (random.below(4) == 0).then(|| self.world.wall() + end);
        Intent { note, until, ..Intent::chosen(*random.pick(&STATUSES), Source::User) }
    }

    /// Mostly the next act follows at once, while texts of the last are still on their way.
    fn pause(&mut self) -> Span {
        let random = &mut self.random;
        Span::from_millis(match random.below(10) {
            0..=4 => random.below(50),
            5..=7 => random.below(2_000),
            8 => random.below(12_000),
            _ => random.below(70_000),
        })
    }
}
