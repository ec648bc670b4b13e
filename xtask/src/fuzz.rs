//! `cargo xtask fuzz`: coverage-guided fuzzing by libFuzzer, on stable Rust.
//!
//! Installs nothing by itself: needs a C++ compiler for libFuzzer, and says so.

use std::fs;

use anyhow::{Context, Result, bail};

use crate::run::{cargo, command, exists, root, run, say, target};

/// All that meets a stranger: those of the test kit, of the server and of the XMPP client.
const TARGETS: [&str; 8] = [
    "server_frame",
    "client_frame",
    "session",
    "hub",
    "connection",
    "token",
    "operator_file",
    "host_meta",
];

/// For how long each is fuzzed by `--all`, in seconds: the time in which little new is found any more.
const ALL_SECONDS: u32 = 600;

/// What `-Zsanitizer` would say, in words of stable Rust: count the edges, and show what is compared.
const FLAGS: &str = "-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares";

/// Fuzzes every target for ten minutes.
pub(crate) fn run_all() -> Result<()> {
    fuzz(ALL_SECONDS, None)
}

/// Fuzzes the named target, or each of them, for so many seconds; what is new goes into the corpus.
pub(crate) fn run_for(seconds: &str, wanted: Option<&str>) -> Result<()> {
    fuzz(seconds.parse().context("--seconds needs a whole number")?, wanted)
}

fn fuzz(seconds: u32, wanted: Option<&str>) -> Result<()> {
    if let Some(unknown) = wanted.filter(|name| !TARGETS.contains(name)) {
        bail!("there is no target `{unknown}`; there are {}", TARGETS.join(", "));
    }
    if !exists("c++") {
        bail!("libFuzzer needs a C++ compiler: install g++ or clang from your system's packages");
    }
    // A target of its own, so that the flags do not reach build scripts.
    let host = host()?;
    say("building the fuzz targets");
    run(cargo()
        .args(["build", "--release", "--quiet", "--manifest-path=fuzz/Cargo.toml"])
        .args(["--target", &host])
        .env("CARGO_TARGET_DIR", target().join("fuzz"))
        .env("RUSTFLAGS", FLAGS))?;
    for name in TARGETS.into_iter().filter(|name| wanted.is_none_or(|wanted| wanted == *name)) {
        let seeds = root().join("fuzz/corpus").join(name);
        let found = target().join("fuzz/corpus").join(name);
        fs::create_dir_all(&found).context("no place for what is found")?;
        say(&format!("fuzzing {name} for {seconds} s"));
        let program = target().join("fuzz").join(&host).join("release").join(name);
        run(command(program)
            .arg(format!("-max_total_time={seconds}"))
            .args(["-max_len=4096", "-print_final_stats=1"])
            .arg(format!("-artifact_prefix={}/crash-", found.display()))
            .args([&found, &seeds]))?;
    }
    Ok(())
}

/// Returns for which machine the compiler is.
pub(crate) fn host() -> Result<String> {
    let output = command("rustc").arg("-vV").output().context("rustc cannot be started")?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let host = text.lines().find_map(|line| line.strip_prefix("host: "));
    Ok(host.context("rustc does not say for which host it is")?.to_owned())
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, fs};

    use super::*;

    fn names(folder: &str) -> BTreeSet<String> {
        let entries = fs::read_dir(root().join(folder)).unwrap();
        let name =
            |path: std::path::PathBuf| path.file_stem().unwrap().to_str().unwrap().to_owned();
        entries.map(|entry| name(entry.unwrap().path())).collect()
    }

    #[test]
    fn every_target_is_run_and_has_a_corpus() {
        let targets: BTreeSet<_> = TARGETS.iter().map(|name| (*name).to_owned()).collect();
        assert_eq!(names("fuzz/src/bin"), targets);
        assert_eq!(names("fuzz/corpus"), targets);
    }
}
