//! Builds the applications of examples/: those in Rust as their own tools do, Trunk and cargo-leptos, which take minutes to
//! install, those with the npm package by their own commands.
//!
//! What they need beside their sources stands in their manifests; each is a workspace of its own.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};

use crate::{
    run::{cargo, command, copy, fresh_dir, root, run, say, target},
    widget,
};

const WASM: &str = "--target=wasm32-unknown-unknown";

pub(crate) const NAMES: [&str; 2] = ["leptos-csr", "leptos-axum"];

/// Those with the npm package and a framework.
const FRAMEWORKS: [&str; 4] = ["react", "vue", "svelte", "lit"];

/// Builds all of them; what is to be served lies below target/examples afterwards.
pub(crate) fn build() -> Result<()> {
    csr()?;
    axum()?;
    FRAMEWORKS.iter().try_for_each(|name| framework(name))
}

/// Builds those whose frameworks take minutes to install and to build.
pub(crate) fn build_slow() -> Result<()> {
    ["next", "angular"].iter().try_for_each(|name| with_package(name).map(drop))
}

/// Builds one with a framework for users and, since frameworks warn only there, for developers.
fn framework(name: &str) -> Result<()> {
    let site = with_package(name)?;
    run(command("npx")
        .current_dir(&site)
        .args(["vite", "build", "--outDir", "dist-dev", "--logLevel", "error"])
        .env("NODE_ENV", "development"))
}

fn csr() -> Result<()> {
    say("building examples/leptos-csr");
    compile("leptos-csr", &[WASM])?;
    let site = site("leptos-csr")?;
    widget::bind("leptos-csr.wasm", &site, "app")?;
    // What Trunk puts into the page.
    let page = fs::read_to_string(root().join("examples/leptos-csr/index.html"))
        .context("examples/leptos-csr/index.html is missing")?;
    let page = page.replace(
        "<link data-trunk rel=\"rust\">",
        "<script type=\"module\" src=\"start.js\"></script>",
    );
    fs::write(site.join("index.html"), page)?;
    fs::write(site.join("start.js"), "import start from \"./app.js\";\nstart();\n")?;
    Ok(())
}

fn axum() -> Result<()> {
    say("building examples/leptos-axum");
    compile("leptos-axum", &["--lib", "--features=hydrate", WASM])?;
    compile("leptos-axum", &["--bins", "--features=ssr"])?;
    let package = site("leptos-axum")?.join("pkg");
    fresh_dir(&package)?;
    widget::bind("leptos_axum_example.wasm", &package, "leptos_axum_example")?;
    // Beside the files, so that the tests find both.
    copy(
        &target().join("debug/leptos-axum-example"),
        &package.with_file_name("leptos-axum-example"),
    )
}

/// Installs one with the npm package in a copy, and builds it by its own command; returns where.
fn with_package(name: &str) -> Result<PathBuf> {
    say(&format!("building examples/{name}"));
    let site = target().join("examples").join(name);
    run(command("node").args(["examples/install.mjs", name]).arg(&site))?;
    run(command("npm").current_dir(&site).args(["run", "--silent", "build"]).env(
        // Nobody is told that tests are run.
        "NEXT_TELEMETRY_DISABLED",
        "1",
    ))?;
    Ok(site)
}

fn compile(example: &str, arguments: &[&str]) -> Result<()> {
    let manifest = Path::new("examples").join(example).join("Cargo.toml");
    run(cargo().args(["build", "--locked", "--manifest-path"]).arg(manifest).args(arguments).env(
        // One folder for all workspaces: what they share is compiled once.
        "CARGO_TARGET_DIR",
        target(),
    ))
}

fn site(example: &str) -> Result<PathBuf> {
    let site = root().join("target/examples").join(example);
    fresh_dir(&site)?;
    Ok(site)
}
