//! `cargo xtask test`: every check, in the order in which it fails fastest.

use std::{
    env, fs,
    io::{self, IsTerminal},
    path::{Path, PathBuf},
    process::Command,
    time::Instant,
};

use anyhow::{Context, Result, bail};

use crate::{
    budgets, dist, docs, examples, musl,
    run::{cargo, command, npm_bin, root, run, say, target},
    setup::{self, CHROMEDRIVER, Need},
    simulate,
};

/// One check.
struct Step {
    name: &'static str,
    what: &'static str,
    needs: &'static [Need],
    run: Run,
}

/// How a check is started.
enum Run {
    /// As a whole.
    All(fn() -> Result<()>),
    /// With what its test runner takes to choose tests; with nothing all of them.
    Chosen(fn(&[&str]) -> Result<()>),
}

use Need::{
    Browser, Deployment, Engines, Firefox, IdentityProvider, Musl, Npm, PackagingTools, Python,
    WasmTarget,
};
use Run::{All, Chosen};

const fn step(name: &'static str, what: &'static str, needs: &'static [Need], run: Run) -> Step {
    Step { name, what, needs, run }
}

/// The steps that run with `--all` or by their names: they take minutes, and what they show is nearly what the others show.
const SLOW: [&str; 2] = ["slow-examples", "static"];

const STEPS: [Step; 20] = [
    step("fmt", "the source is formatted", &[], All(fmt)),
    step("clippy", "clippy is content with the native code", &[], All(clippy)),
    step("clippy-wasm", "clippy is content with the widget", &[WasmTarget], All(clippy_wasm)),
    step("doc", "the documentation builds without warnings", &[], All(doc)),
    // Before the native tests: the server's look at the files that it serves.
    step("build", "everything builds", &[WasmTarget, Npm], All(dist::build)),
    // After it: the glue's types come of the build.
    step(
        "javascript",
        "the JavaScript is formatted, linted and type-checked",
        &[Npm],
        All(javascript),
    ),
    step("budgets", "sizes are within budgets.toml", &[], All(budgets::check)),
    step("native", "native tests", &[], Chosen(native)),
    step("publish", "the crates can be published", &[], All(publish)),
    step("engines", "the XMPP dialect against Prosody and ejabberd", &[Engines], Chosen(engines)),
    step(
        "identity",
        "people of a real identity provider sign in",
        &[IdentityProvider],
        Chosen(identity),
    ),
    step(
        "deploy",
        "the samples of deploy/ work with real proxies",
        &[Npm, Browser, Deployment],
        Chosen(deploy),
    ),
    step("simulate", "random days end in agreement", &[], All(simulate::fixed_part)),
    step("browser", "component tests in Chromium", &[WasmTarget, Browser], Chosen(browser)),
    step(
        "e2e",
        "end to end in Chromium and Firefox against the real server",
        &[Npm, Browser, Firefox, Engines],
        Chosen(e2e),
    ),
    step(
        "docs",
        "the site of the documentation builds, and works in Chromium",
        &[Npm, Browser],
        Chosen(documentation),
    ),
    step(
        "examples",
        "the example applications build and work in Chromium",
        &[WasmTarget, Npm, Browser, Python],
        Chosen(examples),
    ),
    step("static", "the server starts where there is nothing else", &[Musl], All(musl::check)),
    step(
        "slow-examples",
        "the example applications with Next and Angular build and work in Chromium",
        &[Npm, Browser],
        Chosen(slow_examples),
    ),
    // Last, since the last lines of a run are to be those of a test runner.
    step(
        "packaging",
        "the packed package works where it is installed",
        &[Npm, PackagingTools, Browser],
        Chosen(packaging),
    ),
];

/// Runs the named steps, or all of them but for the slow ones, which come in with `--all`; the first failure ends the run.
/// Behind `--` stands which tests of a step to run, in the words of its test runner.
pub(crate) fn all_or(arguments: &[&str]) -> Result<()> {
    let (options, chosen) = match arguments.iter().position(|argument| *argument == "--") {
        Some(at) => (&arguments[..at], &arguments[at + 1..]),
        None => (arguments, &[][..]),
    };
    let wanted: Vec<&str> = options.iter().copied().filter(|option| *option != "--all").collect();
    let is_all = wanted.len() < options.len();
    let is_wanted = |name: &str| match SLOW.contains(&name) {
        true => is_all || wanted.contains(&name),
        false => wanted.is_empty() || wanted.contains(&name),
    };
    if let Some(unknown) = wanted.iter().find(|name| STEPS.iter().all(|step| step.name != **name)) {
        let names: Vec<_> = STEPS.iter().map(|step| step.name).collect();
        bail!("there is no step `{unknown}`; there are {}", names.join(", "));
    }
    let steps = STEPS.iter().filter(|step| is_wanted(step.name));
    if !chosen.is_empty() && !steps.clone().all(|step| matches!(step.run, Chosen(_))) {
        let takers = STEPS.iter().filter(|step| matches!(step.run, Chosen(_)));
        let takers: Vec<_> = takers.map(|step| step.name).collect();
        bail!("tests can be chosen of these steps only: {}", takers.join(", "));
    }
    setup::see_to(steps.clone().flat_map(|step| step.needs))?;
    let start = Instant::now();
    for Step { name, what, run, .. } in steps {
        say(&format!("[{:>4} s] {name}: {what}", start.elapsed().as_secs()));
        let ended = match run {
            All(run) => run(),
            Chosen(run) => run(chosen),
        };
        ended.with_context(|| {
            format!("step `{name}` failed; again with `cargo xtask test {name}`")
        })?;
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

fn javascript() -> Result<()> {
    for generator in ["npm/generate.mjs", "npm/frameworks.mjs", "site/reference.mjs"] {
        run(command("node").args([generator, "--check"]))?;
    }
    // It colours what it says also where nobody sees colours.
    let colors = if io::stdout().is_terminal() { "force" } else { "off" };
    run(npm_bin("biome").args(["ci", "--error-on-warnings", &format!("--colors={colors}")]))?;
    for project in ["tsconfig.json", "tsconfig.node.json"] {
        run(npm_bin("tsc").args(["--project", project]))?;
    }
    Ok(())
}

fn native(chosen: &[&str]) -> Result<()> {
    run(cargo()
        .args(["test", "--locked", "--workspace", "--features=mistatus-widget/xmpp", "--"])
        .args(chosen))?;
    // Leptos is another one where it draws on a server.
    run(cargo()
        .args(["test", "--locked", "--package=mistatus", "--test=ssr"])
        .args(["--no-default-features", "--features=ssr", "--"])
        .args(chosen))
}

fn publish() -> Result<()> {
    forget_packages()?;
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

/// Removes what cargo keeps of our packages from an earlier trial. It takes packages of a registry for unchangeable, also
/// those of the temporary registry of a trial, whose version stays the same while their content changes.
fn forget_packages() -> Result<()> {
    let home = match env::var_os("CARGO_HOME") {
        Some(home) => PathBuf::from(home),
        None => env::home_dir().context("there is no home directory")?.join(".cargo"),
    };
    let is_ours = |path: &Path| {
        path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("mistatus"))
    };
    // Registries that are folders have no name, only a number.
    let is_folder =
        |path: &Path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('-'));
    let mut kept = Vec::new();
    for registry in entries(&home.join("registry/src"))?.iter().filter(|path| is_folder(path)) {
        kept.extend(entries(registry)?.into_iter().filter(|path| is_ours(path)));
    }
    // What was built of them is known by their versions, too.
    if !kept.is_empty() {
        let built = entries(&target().join("debug/.fingerprint"))?;
        kept.extend(built.into_iter().filter(|path| is_ours(path)));
    }
    for path in kept {
        fs::remove_dir_all(&path).with_context(|| path.display().to_string())?;
    }
    Ok(())
}

/// Returns what is in a folder; nothing where there is none.
fn entries(folder: &Path) -> Result<Vec<PathBuf>> {
    if !folder.exists() {
        return Ok(Vec::new());
    }
    fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect()
}

fn engines(chosen: &[&str]) -> Result<()> {
    run(cargo()
        .args(["test", "--locked", "--package=mistatus-xmpp", "--features=servers"])
        .args(["--test=servers", "--"])
        .args(chosen))
}

fn identity(chosen: &[&str]) -> Result<()> {
    with_server("tests/identity/identity.test.js", chosen)
}

fn deploy(chosen: &[&str]) -> Result<()> {
    with_server("tests/deploy/deploy.test.js", chosen)
}

/// Runs a file of Node's tests with the server that is shipped.
fn with_server(tests: &str, chosen: &[&str]) -> Result<()> {
    run(command("node")
        .args(["--test", "--test-reporter=spec"])
        .args(chosen.iter().map(|name| format!("--test-name-pattern={name}")))
        .arg(tests)
        .env("MISTATUS_SERVER", dist::built_server()?))
}

fn browser(chosen: &[&str]) -> Result<()> {
    let runner = env::current_exe().context("where this program lies")?;
    // As a list, so that a folder with a space in its name stays one word.
    let command = format!("{:?}", [runner.to_string_lossy().as_ref(), "test-runner"]);
    run(cargo()
        .args(["test", "--locked", "--package=mistatus", "--test=browser"])
        .arg("--target=wasm32-unknown-unknown")
        .arg(format!("--config=target.wasm32-unknown-unknown.runner={command}"))
        .arg("--")
        .args(chosen)
        .env("CHROMEDRIVER", CHROMEDRIVER)
        // In seconds; twenty for everything and five for the driver unless something else is said.
        .env("WASM_BINDGEN_TEST_TIMEOUT", "180")
        .env("WASM_BINDGEN_TEST_DRIVER_TIMEOUT", "60")
        .env("WASM_BINDGEN_TEST_WEBDRIVER_JSON", root().join("tests/browser/webdriver.json")))
}

fn e2e(chosen: &[&str]) -> Result<()> {
    let xtask = env::current_exe().context("where this program lies")?;
    run(npm_bin("playwright")
        .args(["test", "--config=tests/e2e/playwright.config.js"])
        .args(chosen)
        .env("MISTATUS_XTASK", xtask))
}

fn documentation(chosen: &[&str]) -> Result<()> {
    docs::build(None)?;
    run(npm_bin("playwright")
        .args(["test", "--config=tests/docs/playwright.config.js"])
        .args(chosen))
}

fn examples(chosen: &[&str]) -> Result<()> {
    examples::build()?;
    run(npm_bin("playwright")
        .args(["test", "--config=tests/examples/playwright.config.js"])
        .args(chosen))
}

fn slow_examples(chosen: &[&str]) -> Result<()> {
    examples::build_slow()?;
    run(npm_bin("playwright").args(["test", "--config=tests/examples/slow.config.js"]).args(chosen))
}

/// In the order in which they fail fastest.
const PACKAGING: [&str; 7] =
    ["documents", "lint", "package", "runners", "frameworks", "vite", "bundlers"];

fn packaging(chosen: &[&str]) -> Result<()> {
    let mut node: Command = command("node");
    run(node
        .args(["--test", "--test-concurrency=1", "--test-reporter=spec"])
        .args(chosen.iter().map(|name| format!("--test-name-pattern={name}")))
        .args(PACKAGING.map(|name| format!("tests/packaging/{name}.test.js"))))
}
