//! Runs random days for as long as one likes: `simulate [--seed S] [--seeds K] [--steps N]`.
//!
//! Prints what happened for each seed. The first violation ends the run, with the command that repeats it.

use std::{
    io::Write,
    panic::{AssertUnwindSafe, catch_unwind},
    process::ExitCode,
    time::Instant,
};

use mistatus_testkit::Day;

const USAGE: &str = "usage: simulate [--seed S] [--seeds K] [--steps N]";

struct Options {
    seed: u64,
    seeds: u64,
    steps: u64,
}

fn main() -> ExitCode {
    let Some(Options { seed, seeds, steps }) = options() else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    let mut out = std::io::stdout();
    for seed in seed..seed.saturating_add(seeds) {
        let start = Instant::now();
        let run = catch_unwind(AssertUnwindSafe(|| Day::new(seed).run(steps)));
        let took = start.elapsed().as_secs_f64();
        let Ok(tally) = run else {
            eprintln!("violated; again with: cargo xtask simulate --seed {seed} --steps {steps}");
            return ExitCode::FAILURE;
        };
        if writeln!(out, "seed {seed} agrees: {tally} ({took:.1} s)").is_err() {
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

fn options() -> Option<Options> {
    let mut options = Options { seed: 1, seeds: 1, steps: 100_000 };
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        let value = words.next()?.replace('_', "").parse().ok()?;
        match word.as_str() {
            "--seed" => options.seed = value,
            "--seeds" => options.seeds = value,
            "--steps" => options.steps = value,
            _ => return None,
        }
    }
    Some(options)
}
