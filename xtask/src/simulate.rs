//! `cargo xtask simulate`: random days in virtual time, for as long as one likes; the test command runs a fixed part.

use anyhow::Result;

use crate::run::{cargo, run};

/// Runs the simulation with the options that it is given: `--seed S --seeds K --steps N`.
pub(crate) fn run_with(options: &[&str]) -> Result<()> {
    run(cargo()
        .args(["run", "--locked", "--release", "--quiet"])
        .args(["--package=mistatus-testkit", "--bin=simulate", "--"])
        .args(options))
}

/// Runs the part that belongs to every test run: what once failed late in a run, and seeds of its own, so that those of
/// the native tests are not repeated.
pub(crate) fn fixed_part() -> Result<()> {
    // A watch that a dead link had swallowed was not told again when the connection was resumed.
    run_with(&["--seed", "11", "--steps", "115000"])?;
    run_with(&["--seed", "1001", "--seeds", "20", "--steps", "40000"])
}
