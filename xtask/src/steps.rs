//! `cargo xtask test`: every check, in the order in which it fails fastest.

use std::{env, process::Command, time::Instant};

use anyhow::{Context, Result, bail};

use crate::{
    budgets, dist, examples,
    run::{cargo, command, npm_bin, root, run, say},
    setup::{self, CHROMEDRIVER},
    simulate,
};

type Step = (&'static str, &'static str, fn() -> Result<()>);

const STEPS: [Step; 14] = [
    ("fmt", "the source is formatted", fmt),
    ("clippy", "clippy is content with the native code", clippy),
    ("clippy-wasm", "clippy is content with the widget", clippy_wasm),
    ("doc", "the documentation builds without warnings", doc),
    // Before the native tests: the server's look at the files that it serves.
    ("build", "everything builds", dist::build),
    ("budgets", "sizes are within budgets.toml", budgets::check),
    ("native", "native tests", native),
    ("publish", "the crates can be published", publish),
    ("engines", "the XMPP dialect against Prosody and ejabberd", engines),
    ("simulate", "random days end in agreement", simulate::fixed_part),
    ("browser", "component tests in Chromium", browser),
    ("e2e", "end to end in Chromium against the real server", e2e),
    ("examples", "the example applications build and work in Chromium", examples),
    // Last, since the last lines of a run are to be those of a test runner.
    ("packaging", "the packed package works where it is installed", packaging),
];

/// Runs the named steps, or all of them; the first failure ends the run.
pub(crate) fn all_or(wanted: &[&str]) -> Result<()> {
    if let Some(unknown) = wanted.iter().find(|name| STEPS.iter().all(|(step, ..)| step != *name)) {
        let names: Vec<_> = STEPS.iter().map(|(name, ..)| *name).collect();
        bail!("there is no step `{unknown}`; there are {}", names.join(", "));
    }
    setup::for_tests()?;
    let start = Instant::now();
    for (name, what, step) in STEPS {
        if wanted.is_empty() || wanted.contains(&name) {
            say(&format!("[{:>4} s] {name}: {what}", start.elapsed().as_secs()));
            step().with_context(|| {
                format!("step `{name}` failed; again with `cargo xtask test {name}`")
            })?;
        }
    }
    Ok(())
}

fn fmt() -> Result<()> {
    run(cargo().args(["fmt", "--all", "--check"]))?;
    examples::NAMES.iter().try_for_each(|example| {
        let manifest = format!("examples/{example}/Cargo.toml");
        run(cargo().args(["fmt", "--check", "--manifest-path", &manifest]))
    })
}

fn clippy() -> Result<()> {
    run(cargo().args([
        "clippy",
        "--locked",
        "--workspace",
        "--all-targets",
        "--features=mistatus-widget/xmpp,mistatus-xmpp/servers",
        "--",
        "-D",
        "warnings",
    ]))
}

fn clippy_wasm() -> Result<()> {
    for features in ["--features=", "--features=mistatus-widget/xmpp"] {
        run(cargo()
            .args(["clippy", "--locked", "--package=mistatus", "--package=mistatus-widget"])
            .arg("--all-targets")
            .args(["--target=wasm32-unknown-unknown", features])
            .args(["--", "-D", "warnings"]))?;
    }
    Ok(())
}

fn doc() -> Result<()> {
    run(cargo()
        .args([
            "doc",
            "--locked",
            "--workspace",
            "--no-deps",
            "--quiet",
            "--features=mistatus-widget/xmpp",
        ])
        .env("RUSTDOCFLAGS", "-D warnings"))
}

fn native() -> Result<()> {
    run(cargo().args(["test", "--locked", "--workspace", "--features=mistatus-widget/xmpp"]))?;
    // Leptos is another one where it draws on a server.
    run(cargo()
        .args(["test", "--locked", "--package=mistatus", "--test=ssr"])
        .args(["--no-default-features", "--features=ssr"]))
}

fn publish() -> Result<()> {
    // Whoever tries it while changing something has not committed yet.
    run(cargo().args([
        "publish",
        "--workspace",
        "--dry-run",
        "--locked",
        "--allow-dirty",
        "--quiet",
    ]))
}

fn engines() -> Result<()> {
    run(cargo()
        .args(["test", "--locked", "--package=mistatus-xmpp", "--features=servers"])
        .args(["--test=servers"]))
}

fn browser() -> Result<()> {
    let runner = env::current_exe().context("where this program lies")?;
    // As a list, so that a folder with a space in its name stays one word.
    let command = format!("{:?}", [runner.to_string_lossy().as_ref(), "test-runner"]);
    run(cargo()
        .args(["test", "--locked", "--package=mistatus", "--test=browser"])
        .arg("--target=wasm32-unknown-unknown")
        .arg(format!("--config=target.wasm32-unknown-unknown.runner={command}"))
        .env("CHROMEDRIVER", CHROMEDRIVER)
        .env("WASM_BINDGEN_TEST_WEBDRIVER_JSON", root().join("tests/browser/webdriver.json")))
}

fn e2e() -> Result<()> {
    let xtask = env::current_exe().context("where this program lies")?;
    run(npm_bin("playwright")
        .args(["test", "--config=tests/e2e/playwright.config.js"])
        .env("MISTATUS_XTASK", xtask))
}

fn examples() -> Result<()> {
    examples::build()?;
    run(npm_bin("playwright").args(["test", "--config=tests/examples/playwright.config.js"]))
}

/// Measures; no part of the tests, since no verdict depends on it.
pub(crate) fn bench() -> Result<()> {
    setup::for_tests()?;
    dist::build()?;
    run(command("node").arg("tests/bench/list.js"))
}

fn packaging() -> Result<()> {
    let mut node: Command = command("node");
    run(node
        .args(["--test", "--test-concurrency=1", "--test-reporter=spec"])
        .args(["tests/packaging/package.test.js", "tests/packaging/vite.test.js"]))
}
