//! Sizes of what a page loads, against budgets.toml (design §6).
//!
//! The file holds exact numbers: growth fails, and so does shrinking, so that what was won is written down.
//! Differences up to a hundredth pass, because every release of the compiler brings some.

use std::{collections::BTreeMap, fmt::Write as _, fs};

use anyhow::{Context, Result, bail};

use crate::{
    run::{dist, root},
    widget,
};

/// By their logical names, which stay when the content changes.
const FILES: [&str; 9] = [
    "mistatus.js",
    "mistatus-core.js",
    "mistatus_bg.wasm",
    "mistatus_panels.wasm",
    "mistatus-panels.js",
    "legacy.js",
    "mistatus-xmpp.js",
    "mistatus-xmpp_bg.wasm",
    "mistatus-xmpp_panels.wasm",
];

/// Most gzip bytes before the first dots show: the loader, with the styles in it.
const FIRST_DOTS_BAR: usize = 10_000;

/// Most gzip bytes that a page with dots and picker loads after the loader: script and first WebAssembly file, with the
/// whole automation API. The goal is 115,000; docs/decisions/0003-size.md says what is over and where it lies.
const CORE_BAR: usize = 170_000;

/// Most gzip bytes after the loader of a page with the contact list or a conversation, too. The goal is 155,000; their
/// views in markup cost 24,000 of what is over.
const PANELS_BAR: usize = 247_800;

/// The same two where XMPP is spoken, too.
const XMPP_BAR: usize = 264_000;
const XMPP_PANELS_BAR: usize = 341_000;

type Sizes = BTreeMap<String, BTreeMap<String, usize>>;

/// Compares dist/widget with budgets.toml and with the bars.
pub(crate) fn check() -> Result<()> {
    let measured = measure()?;
    let text =
        fs::read_to_string(root().join("budgets.toml")).context("budgets.toml is missing")?;
    let recorded: Sizes = toml::from_str(&text).context("budgets.toml is not as expected")?;
    let mut wrong = bars(&measured);
    for (file, sizes) in &measured {
        for (kind, size) in sizes {
            let budget =
                recorded.get(file).and_then(|sizes| sizes.get(kind)).copied().unwrap_or_default();
            println!("{file:25} {kind:7} {size:>8} of {budget:>8} bytes");
            if size * 100 > budget * 101 {
                wrong.push(format!("{file} has grown: {size} bytes {kind}, {budget} are recorded"));
            } else if size * 100 < budget * 99 {
                wrong
                    .push(format!("{file} has shrunk: {size} bytes {kind}, {budget} are recorded"));
            }
        }
    }
    if wrong.is_empty() {
        return Ok(());
    }
    bail!(
        "{}\nif that is meant, run `cargo xtask budgets --bless` and say why in the commit",
        wrong.join("\n")
    )
}

/// Records the sizes of dist/widget; the bars hold all the same.
pub(crate) fn bless() -> Result<()> {
    let measured = measure()?;
    let wrong = bars(&measured);
    if !wrong.is_empty() {
        bail!("{}", wrong.join("\n"));
    }
    let mut text = String::from(
        "# Bytes of what a page loads: as it is, by gzip -9, by brotli 11.\n\
         # Written by `cargo xtask budgets --bless`, checked by the tests. A change is a commit that says why.\n",
    );
    for (file, sizes) in &measured {
        write!(text, "\n[\"{file}\"]\n")?;
        for (kind, size) in sizes {
            writeln!(text, "{kind} = {size}")?;
        }
    }
    fs::write(root().join("budgets.toml"), text).context("budgets.toml is not writable")
}

fn bars(measured: &Sizes) -> Vec<String> {
    let gzip = |file: &str| measured[file]["gzip"];
    let core = gzip("mistatus-core.js") + gzip("mistatus_bg.wasm");
    let xmpp = gzip("mistatus-xmpp.js") + gzip("mistatus-xmpp_bg.wasm");
    let script = gzip("mistatus-panels.js");
    let panels = core + script + gzip("mistatus_panels.wasm");
    let xmpp_panels = xmpp + script + gzip("mistatus-xmpp_panels.wasm");
    let sums = [
        ("what loads before the first dots", gzip("mistatus.js"), FIRST_DOTS_BAR),
        ("dots and picker", core, CORE_BAR),
        ("with list and conversation", panels, PANELS_BAR),
        ("dots and picker with XMPP", xmpp, XMPP_BAR),
        ("list and conversation with XMPP", xmpp_panels, XMPP_PANELS_BAR),
    ];
    for (what, size, bar) in sums {
        println!("{what}: {size} of {bar} bytes gzip");
    }
    let over = sums.into_iter().filter(|(_, size, bar)| size > bar);
    over.map(|(what, size, bar)| format!("{what}: {size} bytes gzip, the bar is {bar}")).collect()
}

fn measure() -> Result<Sizes> {
    let names = fs::read_to_string(widget::names()).context(NOT_BUILT)?;
    let names: BTreeMap<String, String> =
        toml::from_str(&names).context("the names of the widget's files are not as expected")?;
    FILES
        .into_iter()
        .map(|file| {
            let name = names.get(file).map_or(file, String::as_str);
            let sizes = KINDS.into_iter().map(|(kind, suffix)| {
                let path = dist().join("widget").join(format!("{name}{suffix}"));
                let bytes = fs::metadata(&path)
                    .with_context(|| format!("{}: {NOT_BUILT}", path.display()))?
                    .len();
                Ok((kind.to_owned(), usize::try_from(bytes)?))
            });
            Ok((file.to_owned(), sizes.collect::<Result<_>>()?))
        })
        .collect()
}

/// How a file is served, and what the name of that form ends in.
const KINDS: [(&str, &str); 3] = [("raw", ""), ("gzip", ".gz"), ("brotli", ".br")];

const NOT_BUILT: &str = "what is shipped is not there; run `cargo xtask build`";
