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
    setup, slim,
};

/// Says how much care goes into a build.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Profile {
    /// Quick to build, large.
    Dev,
    /// What is shipped.
    Release,
}

/// Is one build of the widget.
struct Variant {
    /// What the WebAssembly is called where it is shipped.
    module: &'static str,
    features: &'static str,
    /// Where below npm/generated its glue lies.
    folder: &'static str,
}

const VARIANTS: [Variant; 2] = [
    Variant { module: "mistatus_bg.wasm", features: "", folder: "wasm" },
    Variant { module: "mistatus-xmpp_bg.wasm", features: "xmpp", folder: "wasm-xmpp" },
];

impl Variant {
    /// Returns where cargo builds it: each has a folder of its own, or one would be linked anew after the other.
    fn target(&self) -> PathBuf {
        match self.features {
            "" => target(),
            features => target().join(format!("widget-{features}")),
        }
    }

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
    let out = &variant.glue();
    let cargo_profile = match profile {
        Profile::Dev => "dev",
        Profile::Release => "wasm",
    };
    say(&format!("building {} (cargo profile {cargo_profile})", variant.module));
    let mut build = cargo();
    build
        .args(["build", "--locked", "--package=mistatus", "--lib"])
        .args(["--target=wasm32-unknown-unknown", &format!("--profile={cargo_profile}")])
        .arg(format!("--features={}", variant.features));
    build.env("CARGO_TARGET_DIR", variant.target());
    if profile == Profile::Release {
        build.env("CARGO_ENCODED_RUSTFLAGS", short_paths().join("\u{1f}"));
    }
    run(&mut build)?;
    let folder = match profile {
        Profile::Dev => "debug",
        Profile::Release => "wasm",
    };
    let wasm = variant.target().join("wasm32-unknown-unknown").join(folder).join("mistatus.wasm");
    let mut inputs = Inputs::new()?;
    inputs.add(&wasm)?;
    inputs.add_text(cargo_profile);
    let stamp = out.with_extension("stamp");
    unless_made(&stamp, inputs, &[variant.glue()], || bind(profile, &wasm, out))
}

/// Makes the glue of a WebAssembly, and both small for a release.
fn bind(profile: Profile, wasm: &Path, out: &Path) -> Result<()> {
    fresh_dir(out)?;
    let arguments: [OsString; 8] = [
        "wasm-bindgen".into(),
        "--target=web".into(),
        "--no-typescript".into(),
        "--remove-producers-section".into(),
        // The address of the .wasm stands in www/js/wasm.js and nowhere else: bundlers follow every copy.
        "--omit-default-module-path".into(),
        "--out-dir".into(),
        out.into(),
        wasm.into(),
    ];
    wasm_bindgen_cli::wasm_bindgen::run_cli_with_args(arguments)?;
    if profile == Profile::Release {
        let module = out.join("mistatus_bg.wasm");
        slim::shrink(&module, &out.join("mistatus.js"))?;
        run(npm_bin("wasm-opt")
            .args(["-Oz", "--enable-bulk-memory", "--enable-nontrapping-float-to-int"])
            .args(["--enable-sign-ext", "--enable-mutable-globals", "--enable-reference-types"])
            .args(["--enable-multivalue", "--strip-debug", "--strip-producers", "-o"])
            .args([&module, &module]))?;
    }
    Ok(())
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
    let sources = ["index.html", "npm/bundle.mjs", "npm/package.json", "npm/src", "www"];
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
