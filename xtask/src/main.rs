//! The project's chores:
//! `cargo xtask demo | test | build | static | widget | docs | budgets | simulate | bench | fuzz | setup`.
//!
//! Installs what is missing and says so. Nobody depends on it, and it depends on nothing of ours.

mod bench;
mod budgets;
mod compress;
mod demo;
mod dist;
mod docs;
mod engine;
mod examples;
mod fingerprint;
mod fuzz;
mod musl;
mod run;
mod setup;
mod simulate;
mod slim;
mod split;
mod steps;
mod trunk;
mod widget;

use std::process::ExitCode;

use anyhow::{Result, bail};

const USAGE: &str = "\
usage: cargo xtask COMMAND

  demo [SERVER OPTIONS]   build everything, start the server with demo people, print the address
  demo --engine ejabberd|prosody
                          the same page on two nodes of ejabberd, or on Prosody
  test [--all] [STEP …] [-- FILTER …]
                          check everything, or only the named steps; of one step, only the tests that its
                          runner finds by the filter; --all takes in what takes minutes to build
  build                   leave server, widget and npm package in dist/
  static                  leave the server as a program that needs nothing of the system, in dist/
  widget [--dev]          leave only the widget in dist/widget; --dev is quicker and larger
  docs [--serve | --server ADDRESS]
                          build the site of the documentation into dist/docs; --serve shows it beside a server with
                          demo people, --server says which server its examples connect to
  budgets [--bless]       compare the widget's sizes with budgets.toml, or record them there
  simulate [--seed S] [--seeds K] [--steps N]
                          random days in virtual time; prints what happened, and how to repeat what went wrong
  bench [list]            measure the contact list with 10 and 10,000 people, beside one drawn by hand
  bench page [--rounds N] [--bless]
                          measure a page with one dot and with 1,000, beside React with Fluent UI and beside
                          one by hand; --bless writes the tables into docs/BENCHMARKS.md
  fuzz --seconds N [TARGET]
                          any bytes into all that meets a stranger, guided by coverage
  fuzz --all              the same for ten minutes each
  setup                   install what building and testing need";

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let command = arguments.next().unwrap_or_default();
    let rest: Vec<_> = arguments.collect();
    match dispatch(&command, &rest) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(command: &str, rest: &[String]) -> Result<()> {
    let flags: Vec<_> = rest.iter().map(String::as_str).collect();
    match (command, &flags[..]) {
        ("demo", _) => demo::run(rest),
        ("test", steps) => steps::all_or(steps),
        ("build", []) => dist::build(),
        ("static", []) => musl::build(),
        ("widget", []) => widget::build(widget::Profile::Release),
        ("widget", ["--dev"]) => widget::build(widget::Profile::Dev),
        ("docs", options) => docs::run_with(options),
        ("budgets", []) => budgets::check(),
        ("budgets", ["--bless"]) => budgets::bless(),
        ("bench", arguments) => bench::run_named(arguments),
        ("simulate", options) => simulate::run_with(options),
        ("fuzz", ["--all"]) => fuzz::run_all(),
        ("fuzz", ["--seconds", seconds]) => fuzz::run_for(seconds, None),
        ("fuzz", ["--seconds", seconds, target]) => fuzz::run_for(seconds, Some(target)),
        ("setup", []) => setup::for_tests(),
        // Trunk calls this; see Trunk.toml.
        ("trunk", []) => trunk::hook(),
        // End-to-end tests call this.
        ("engine", [name]) => engine::serve(name),
        // Cargo calls this with a test's WebAssembly; see `steps`.
        ("test-runner", _) => wasm_bindgen_cli::wasm_bindgen_test_runner::run_cli_with_args(
            std::iter::once("wasm-bindgen-test-runner").chain(flags),
        ),
        ("" | "help" | "--help" | "-h", _) => {
            println!("{USAGE}");
            Ok(())
        }
        (command, flags) => {
            bail!("there is no `{}`\n\n{USAGE}", [&[command], flags].concat().join(" "))
        }
    }
}
