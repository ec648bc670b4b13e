//! `cargo xtask bench`: measures pages beside others of their kind (docs/BENCHMARKS.md). No part of the tests, since no
//! verdict depends on it.

use anyhow::{Result, bail};

use crate::{
    dist,
    run::{command, root, run},
    setup::{self, Need},
};

/// One comparison.
struct Bench {
    name: &'static str,
    script: &'static str,
    /// Whether what it compares with has packages of its own, beside the script.
    has_packages: bool,
}

const BENCHES: [Bench; 2] = [
    Bench { name: "list", script: "tests/bench/list.js", has_packages: false },
    Bench { name: "page", script: "tests/bench/page/run.js", has_packages: true },
];

/// Runs the named comparison with what its script takes, or the first one.
pub(crate) fn run_named(arguments: &[&str]) -> Result<()> {
    let (name, options) = match arguments {
        [] => (BENCHES[0].name, &[][..]),
        [name, options @ ..] => (*name, options),
    };
    let Some(Bench { script, has_packages, .. }) = BENCHES.iter().find(|bench| bench.name == name)
    else {
        let names = BENCHES.map(|bench| bench.name).join(", ");
        bail!("there is no benchmark `{name}`; there are {names}");
    };
    setup::see_to(&[Need::WasmTarget, Need::Npm, Need::Browser])?;
    let script = root().join(script);
    if let Some(folder) = script.parent().filter(|_| *has_packages) {
        setup::npm_packages_in(folder)?;
    }
    dist::build()?;
    run(command("node").arg(&script).args(options))
}
