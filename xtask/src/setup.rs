//! Installs what is missing: the wasm target, the npm packages, and, for tests, Chromium and Firefox.

use std::{fs, path::Path, process::Command};

use anyhow::{Context, Result, bail};

use crate::{
    musl,
    run::{command, exists, root, run, say},
};

pub(crate) const CHROMIUM: &str = "/usr/bin/chromium";
const FIREFOX: &str = "/usr/bin/firefox-esr";
pub(crate) const PROSODY: &str = "/usr/bin/prosody";
pub(crate) const EJABBERDCTL: &str = "/usr/sbin/ejabberdctl";
const NGINX: &str = "/usr/sbin/nginx";
const CADDY: &str = "/usr/bin/caddy";
const SYSTEMD_ANALYZE: &str = "/usr/bin/systemd-analyze";
pub(crate) const CHROMEDRIVER: &str = "/usr/bin/chromedriver";

/// What a machine may lack.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    WasmTarget,
    Npm,
    /// What the packed package is tried with: not among the tools of the root, which every build installs.
    PackagingTools,
    /// Who signs the tokens of tests.
    IdentityProvider,
    Browser,
    /// The second browser.
    Firefox,
    /// For the back end of an example.
    Python,
    Engines,
    /// What stands around the server where it runs.
    Deployment,
    /// What links the server with nothing of the system's.
    Musl,
}

/// Sees to what a build needs.
pub(crate) fn for_build() -> Result<()> {
    see_to(&[Need::WasmTarget, Need::Npm])
}

/// Sees to what all tests need.
pub(crate) fn for_tests() -> Result<()> {
    see_to(&[
        Need::WasmTarget,
        Need::Npm,
        Need::PackagingTools,
        Need::IdentityProvider,
        Need::Browser,
        Need::Firefox,
        Need::Python,
        Need::Engines,
        Need::Deployment,
    ])
}

/// Installs what is missing of these; looking whether it is takes no time.
pub(crate) fn see_to<'a>(needs: impl IntoIterator<Item = &'a Need>) -> Result<()> {
    for need in needs {
        match need {
            Need::WasmTarget => rust_target("wasm32-unknown-unknown")?,
            Need::Npm => npm_packages()?,
            Need::PackagingTools => npm_packages_in(&root().join("tests/packaging/tools"))?,
            Need::IdentityProvider => npm_packages_in(&root().join("tests/identity"))?,
            Need::Browser => browser()?,
            Need::Firefox => firefox()?,
            Need::Python => python()?,
            Need::Engines => engines()?,
            Need::Deployment => deployment()?,
            Need::Musl => musl()?,
        }
    }
    Ok(())
}

fn rust_target(target: &str) -> Result<()> {
    let library = command("rustc").args(["--print=target-libdir", "--target", target]).output();
    let library = library.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    if library.is_ok_and(|folder| !folder.is_empty() && Path::new(&folder).is_dir()) {
        return Ok(());
    }
    if !exists("rustup") {
        bail!(
            "the Rust target {target} is missing, and there is no rustup (https://rustup.rs) to add it with"
        );
    }
    say(&format!("installing the Rust target {target}"));
    run(command("rustup").args(["target", "add", target]))
}

/// Installs the libraries and the compiler for programs that need none of the system's libraries.
fn musl() -> Result<()> {
    rust_target(&musl::triple()?)?;
    if exists(musl::COMPILER) {
        return Ok(());
    }
    if !exists("apt-get") {
        bail!("{} is missing, and there is no apt-get to install it with", musl::COMPILER);
    }
    say("installing musl's compiler by apt-get");
    install(&["musl-tools"])
}

fn npm_packages() -> Result<()> {
    npm_packages_in(&root())
}

/// Installs the packages of a folder's package-lock.json beside it, where they are not.
pub(crate) fn npm_packages_in(folder: &Path) -> Result<()> {
    if !exists("node") || !exists("npm") {
        bail!("Node.js 20 or later with npm is missing; install it from your system's packages");
    }
    let lock = folder.join("package-lock.json");
    let lock = fs::read(&lock).with_context(|| format!("{} is missing", lock.display()))?;
    let modules = folder.join("node_modules");
    let installed = modules.join(".installed-lock.json");
    if fs::read(&installed).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    say(&format!("installing the npm packages of package-lock.json into {}", modules.display()));
    run(command("npm").current_dir(folder).args([
        "ci",
        "--prefer-offline",
        "--no-audit",
        "--no-fund",
        "--loglevel=error",
    ]))?;
    fs::write(installed, lock).context("node_modules is not writable")
}

fn browser() -> Result<()> {
    if Path::new(CHROMIUM).exists() && Path::new(CHROMEDRIVER).exists() {
        return Ok(());
    }
    if !exists("apt-get") {
        bail!(
            "the tests need {CHROMIUM} and {CHROMEDRIVER}, and there is no apt-get to install them with"
        );
    }
    say("installing Chromium and its driver by apt-get");
    install(&["chromium", "chromium-driver", "fonts-dejavu-core"])
}

fn firefox() -> Result<()> {
    if Path::new(FIREFOX).exists() {
        return Ok(());
    }
    if !exists("apt-get") {
        bail!("the tests need {FIREFOX}, and there is no apt-get to install it with");
    }
    say("installing Firefox by apt-get");
    install(&["firefox-esr"])
}

fn python() -> Result<()> {
    if exists("python3") {
        return Ok(());
    }
    if !exists("apt-get") {
        bail!("python3 is missing, and there is no apt-get to install it with");
    }
    say("installing Python by apt-get");
    install(&["python3"])
}

/// Installs the XMPP services, and the proxy that stands before them. They are started by the tests and the demo, so the
/// system must not start them itself.
pub(crate) fn engines() -> Result<()> {
    let has_proxy = Path::new(NGINX).exists();
    let has_services = Path::new(PROSODY).exists() && Path::new(EJABBERDCTL).exists();
    if has_proxy && has_services && exists_erlang() {
        return Ok(());
    }
    if !exists("apt-get") {
        bail!(
            "Prosody, ejabberd or nginx is missing, and there is no apt-get to install them with"
        );
    }
    say("installing Prosody, ejabberd and nginx by apt-get, without starting them");
    install(&[
        "prosody",
        "prosody-modules",
        "lua5.4-event",
        "lua5.4-unbound",
        "ejabberd",
        "erlang-p1-oauth2",
        "nginx-light",
    ])?;
    let proxy = (!has_proxy).then_some("nginx");
    stop(["prosody", "ejabberd"].into_iter().chain(proxy));
    Ok(())
}

/// Installs the proxies of the samples in deploy/, and what judges its unit. The tests start the proxies themselves.
fn deployment() -> Result<()> {
    let missing: Vec<_> = [
        (NGINX, "nginx-light", Some("nginx")),
        (CADDY, "caddy", Some("caddy")),
        (SYSTEMD_ANALYZE, "systemd", None),
    ]
    .into_iter()
    .filter(|(program, ..)| !Path::new(program).exists())
    .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let packages: Vec<_> = missing.iter().map(|(_, package, _)| *package).collect();
    let names = packages.join(", ");
    if !exists("apt-get") {
        bail!("{names} must be installed, and there is no apt-get to do it with");
    }
    say(&format!("installing {names} by apt-get, without starting any of it"));
    install(&packages)?;
    stop(missing.iter().filter_map(|(.., service)| *service));
    Ok(())
}

/// Stops services: Debian starts what it installs where there is a service manager.
fn stop(services: impl Iterator<Item = &'static str>) {
    for service in services.filter(|_| exists("systemctl")) {
        let _ = root_command("systemctl").args(["disable", "--now", service]).status();
    }
}

fn exists_erlang() -> bool {
    ["/usr/bin/erl", "/usr/bin/epmd"].iter().all(|program| Path::new(program).exists())
}

/// Installs Debian packages, as its mirrors have them now.
fn install(packages: &[&str]) -> Result<()> {
    apt(&["update", "-qq"])?;
    apt(&[&["install", "-y", "-qq", "--no-install-recommends"][..], packages].concat())
}

fn apt(arguments: &[&str]) -> Result<()> {
    run(root_command("apt-get").args(arguments).env("DEBIAN_FRONTEND", "noninteractive"))
}

/// Returns a program that runs as root.
pub(crate) fn root_command(program: &str) -> Command {
    let is_root = command("id").arg("-u").output().is_ok_and(|id| id.stdout.starts_with(b"0"));
    if is_root {
        return command(program);
    }
    let mut sudo = command("sudo");
    sudo.arg(program);
    sudo
}
