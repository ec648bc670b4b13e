//! The widget: Rust to WebAssembly, glue, size, bundles.

use std::{
    env,
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};

use crate::{
    compress,
    fingerprint::{Inputs, unless_made},
    run::{cargo, command, copy, dist, fresh_dir, npm_bin, root, run, say, target},
    setup, slim, split,
};

/// The build profile: quick to build, or small.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Profile {
    /// Quick to build, large.
    Dev,
    /// What is shipped.
    Release,
}

impl Profile {
    /// Returns what cargo calls it.
    const fn cargo(self) -> &'static str {
        match self {
            Self::Dev => "dev",
            Self::Release => "wasm",
        }
    }
}

/// A build of the widget.
struct Variant {
    /// What the WebAssembly is called where it is shipped.
    module: &'static str,
    /// What that of contact list and conversations is called there.
    panels: &'static str,
    features: &'static str,
    /// Where below npm/generated its glue lies.
    folder: &'static str,
}

/// How the glue is made. Its types are there for the step `javascript`.
const GLUE: [&str; 3] = [
    "--remove-producers-section",
    // The address of the .wasm stands in www/js/loading/wasm.js and nowhere else: bundlers follow every copy.
    "--omit-default-module-path",
    // The second file finds what it shares by the linker's names.
    "--keep-lld-exports",
];

const VARIANTS: [Variant; 2] = [
    Variant {
        module: "mistatus_bg.wasm",
        panels: "mistatus_panels.wasm",
        features: "",
        folder: "wasm",
    },
    Variant {
        module: "mistatus-xmpp_bg.wasm",
        panels: "mistatus-xmpp_panels.wasm",
        features: "xmpp",
        folder: "wasm-xmpp",
    },
];

/// What the WebAssembly is made of; not of the server, whose changes need not build it anew.
const WEBASSEMBLY_SOURCES: [&str; 9] = [
    "Cargo.lock",
    "Cargo.toml",
    "crates/core",
    "crates/json",
    "crates/widget",
    "crates/xmpp",
    "languages",
    "src",
    "vendor",
];

impl Variant {
    fn glue(&self) -> PathBuf {
        root().join("npm/generated").join(self.folder)
    }
}

/// Builds everything that a page loads into dist/widget, and the npm modules into npm/dist.
pub(crate) fn build(profile: Profile) -> Result<()> {
    setup::for_build()?;
    for variant in VARIANTS {
        webassembly(profile, &variant)?;
    }
    scripts(profile)
}

fn webassembly(profile: Profile, variant: &Variant) -> Result<()> {
    let mut inputs = Inputs::new()?;
    for source in WEBASSEMBLY_SOURCES {
        inputs.add(&root().join(source))?;
    }
    inputs.add_text(&compiler()?);
    inputs.add_text(profile.cargo());
    inputs.add_text(&GLUE.join(" "));
    let stamp = variant.glue().with_extension("stamp");
    // Asking cargo would link each variant anew, since the other's result lies where its own belongs.
    unless_made(&stamp, inputs, &[variant.glue()], || compile(profile, variant))
}

fn compile(profile: Profile, variant: &Variant) -> Result<()> {
    let out = &variant.glue();
    say(&format!("building {} (cargo profile {})", variant.module, profile.cargo()));
    let mut build = cargo();
    build
        .args(["rustc", "--locked", "--package=mistatus-widget", "--lib"])
        .args(["--target=wasm32-unknown-unknown", &format!("--profile={}", profile.cargo())])
        .arg(format!("--features={}", variant.features))
        .args(["--", split::LINKER_FLAG]);
    if profile == Profile::Release {
        build.env("CARGO_ENCODED_RUSTFLAGS", short_paths().join("\u{1f}"));
    }
    run(&mut build)?;
    let folder = match profile {
        Profile::Dev => "debug",
        Profile::Release => "wasm",
    };
    let wasm = target().join("wasm32-unknown-unknown").join(folder).join("mistatus_widget.wasm");
    let halves = split::split(&wasm, &target().join("wasm-split").join(variant.folder))?;
    fresh_dir(out)?;
    bindgen(&halves.main, out, "mistatus", &GLUE)?;
    let module = out.join("mistatus_bg.wasm");
    let panels = split::put_beside(&halves, out)?;
    if profile == Profile::Release {
        slim::shrink(&module, &out.join("mistatus.js"))?;
        slim::shrink_panels(&panels)?;
        optimize(&module)?;
        optimize(&panels)?;
    }
    split::check(&module, &panels)
}

fn optimize(module: &Path) -> Result<()> {
    run(npm_bin("wasm-opt")
        .args(["-Oz", "--enable-bulk-memory", "--enable-nontrapping-float-to-int"])
        .args(["--enable-sign-ext", "--enable-mutable-globals", "--enable-reference-types"])
        .args(["--enable-multivalue", "--strip-debug", "--strip-producers", "-o"])
        .args([module, module]))
}

/// Returns which compiler there is, and which flags it is given from outside.
fn compiler() -> Result<String> {
    let version = command("rustc").arg("-vV").output().context("there is no rustc")?;
    let flags = ["RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS"].map(env::var_os);
    Ok(format!("{} {flags:?}", String::from_utf8_lossy(&version.stdout)))
}

/// Generates the glue of a module that a debug build left, under the given name.
pub(crate) fn bind(wasm: &str, out: &Path, name: &str) -> Result<()> {
    let wasm = target().join("wasm32-unknown-unknown/debug").join(wasm);
    bindgen(&wasm, out, name, &["--no-typescript"])
}

fn bindgen(wasm: &Path, out: &Path, name: &str, options: &[&str]) -> Result<()> {
    let mut arguments: Vec<OsString> =
        ["wasm-bindgen", "--target=web"].map(OsString::from).to_vec();
    arguments.extend(options.iter().map(OsString::from));
    arguments.push(format!("--out-name={name}").into());
    arguments.extend(["--out-dir".into(), out.into(), wasm.into()]);
    wasm_bindgen_cli::wasm_bindgen::run_cli_with_args(arguments)
}

/// Returns flags that shorten the paths of panics: bytes for every page, and other ones on every machine.
fn short_paths() -> Vec<String> {
    let home = env::var_os("CARGO_HOME")
        .map(PathBuf::from)
        .or_else(|| env::home_dir().map(|home| home.join(".cargo")));
    let registries = home.and_then(|home| fs::read_dir(home.join("registry/src")).ok());
    registries
        .into_iter()
        .flatten()
        .flatten()
        .map(|registry| format!("--remap-path-prefix={}/=", registry.path().display()))
        .collect()
}

fn scripts(profile: Profile) -> Result<()> {
    say("bundling the script tag into dist/widget and the npm package into npm/dist");
    let (widget, npm) = (dist().join("widget"), root().join("npm/dist"));
    let mut inputs = Inputs::new()?;
    // In src/ui lie the styles, which scripts bring along, too.
    let sources = [
        "index.html",
        "languages",
        "npm/bundle.mjs",
        "npm/package.json",
        "npm/src",
        "src/ui",
        "www",
    ];
    let sources = sources.into_iter().map(|source| root().join(source));
    for source in sources.chain(VARIANTS.iter().map(Variant::glue)) {
        inputs.add(&source)?;
    }
    inputs.add_text(if profile == Profile::Dev { "dev" } else { "release" });
    let outputs = [widget.clone(), npm.clone(), names()];
    unless_made(&dist().join("widget.stamp"), inputs, &outputs, || bundle(profile, &widget, &npm))
}

/// Makes both folders anew: nothing of an earlier build is served.
fn bundle(profile: Profile, widget: &Path, npm: &Path) -> Result<()> {
    fresh_dir(widget)?;
    fresh_dir(npm)?;
    for variant in &VARIANTS {
        copy(&variant.glue().join("mistatus_bg.wasm"), &npm.join(variant.module))?;
        copy(&variant.glue().join("mistatus_panels.wasm"), &npm.join(variant.panels))?;
    }
    let mut node = command("node");
    node.args(["npm/bundle.mjs", version()]).args([widget, npm, &names()]);
    if profile == Profile::Dev {
        node.arg("--dev");
    }
    run(&mut node)?;
    copy(&root().join("index.html"), &widget.join("index.html"))?;
    for entry in fs::read_dir(root().join("www/demo")).context("www/demo is missing")? {
        let entry = entry?;
        copy(&entry.path(), &widget.join(entry.file_name()))?;
    }
    if profile == Profile::Release {
        compress::files(widget)?;
    }
    Ok(())
}

/// Returns the file that says what the files in dist/widget are called: most names have a hash of the content.
pub(crate) fn names() -> PathBuf {
    dist().join("widget-names.toml")
}

/// Returns the version of everything: that of the workspace.
pub(crate) fn version() -> &'static str {
    env!("CARGO_PKG_VERSION")
}
