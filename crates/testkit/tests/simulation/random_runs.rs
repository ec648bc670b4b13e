//! Random days of several people on bad networks. At every step nothing false may be told; after quiet all agree.
//!
//! `cargo xtask simulate` runs the same for longer.

use mistatus_testkit::{Day, Tally};

/// How many runs, and how many steps each: some tenths of a second a run without optimization.
const SEEDS: u64 = 20;
const STEPS: u64 = 6_000;

#[test]
fn after_quiet_everybody_sees_what_is_true() {
    let tallies: Vec<_> = (1..=SEEDS).map(|seed| Day::new(seed).run(STEPS)).collect();
    let sum = |of: fn(&Tally) -> u64| tallies.iter().map(of).sum::<u64>();
    // Of a run in which nothing was difficult nothing can be learned.
    for often in [
        sum(|tally| tally.breaks),
        sum(|tally| tally.half_open),
        sum(|tally| tally.kills),
        sum(|tally| tally.shutdowns),
        sum(|tally| tally.resumed),
        sum(|tally| tally.taken_over),
        sum(|tally| tally.repeated),
        sum(|tally| tally.leads),
        sum(|tally| tally.stolen),
        sum(|tally| tally.sleeps),
        sum(|tally| tally.freezes),
        sum(|tally| tally.clock_jumps),
        sum(|tally| tally.regroupings),
        sum(|tally| tally.refused_tokens),
        sum(|tally| tally.renewed_tokens),
        sum(|tally| tally.agreements),
    ] {
        assert!(often >= 20, "{tallies:?}");
    }
}

/// Seeds that once failed, with the steps after which they did, and what went wrong.
///
/// Later ones are in `cargo xtask test simulate`, which is optimized. In order: values that had been forgotten while a link was doubted were not told anew when it was resumed; a tab that
/// had slept took the lead and showed what had been; a snapshot that another tab had asked for troubled one that was
/// signing out; a tab that had been robbed of the lead in its sleep told the others what its own connection had said.
const ONCE_FAILED: [(u64, u64); 4] = [(3, 3_000), (2, 4_500), (1, 24_000), (43, 65_000)];

#[test]
fn what_once_went_wrong_does_not_again() {
    for (seed, steps) in ONCE_FAILED {
        Day::new(seed).run(steps);
    }
}
