//! docs/OPERATING.md: what it tells people to type works as it stands there, and it tells of every command.

use std::{env, fs, path::Path, process::Command};

use crate::process::{command, output};

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/OPERATING.md");
const KEYS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/keys");

#[test]
fn every_command_is_documented() {
    let page = fs::read_to_string(PAGE).unwrap();
    let help = String::from_utf8(output(command().arg("--help")).stdout).unwrap();
    let commands = help.split("Commands:\n").nth(1).unwrap().split("\n\n").next().unwrap();
    let names: Vec<_> = commands
        .lines()
        .filter_map(|line| line.strip_prefix("  ")?.split(' ').next())
        .filter(|name| !matches!(*name, "" | "help"))
        .collect();
    assert!(names.len() > 4, "{commands}");
    for name in names {
        let heading = [format!("`mistatus-server {name}"), format!("`{name} ")];
        assert!(heading.iter().any(|text| page.contains(text)), "{name} is missing");
    }
}

/// Runs a line of the page in a folder of this test, and returns what it prints.
#[cfg(unix)]
fn typed(line: &str, directory: &Path) -> String {
    let binaries = Path::new(env!("CARGO_BIN_EXE_mistatus-server")).parent().unwrap();
    let path = format!("{}:{}", binaries.display(), env::var("PATH").unwrap_or_default());
    let place = directory.display().to_string();
    let line = ["/var/lib/", "/var/backups/", "/etc/mistatus/"]
        .into_iter()
        .fold(line.to_owned(), |line, folder| line.replace(folder, &format!("{place}/")));
    let mut shell = Command::new("sh");
    for (name, _) in env::vars().filter(|(name, _)| name.starts_with("MISTATUS_")) {
        shell.env_remove(name);
    }
    let run = shell.args(["-c", &line]).current_dir(directory).env("PATH", path);
    let output = output(run);
    assert!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[cfg(unix)]
#[test]
fn what_the_page_says_to_type_works() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("mistatus");
    let mut running = crate::process::spawn(&data);
    running.signal("TERM");
    assert!(running.child.wait().unwrap().success());
    fs::copy(format!("{KEYS}/ed25519.pem"), directory.path().join("private.pem")).unwrap();
    fs::write(directory.path().join("key"), crate::auth::SECRET).unwrap();
    let settings = format!("data = '{}'\njwt-key = '{KEYS}/ed25519.pub.pem'\n", data.display());
    fs::write(directory.path().join("server.toml"), settings).unwrap();
    let page = fs::read_to_string(PAGE).unwrap();
    let people = page.split("```csv\n").nth(1).and_then(|rest| rest.split("```").next());
    fs::write(directory.path().join("people.csv"), people.unwrap()).unwrap();
    let blocks = page.split("```sh\n").skip(1).filter_map(|rest| rest.split("```").next());
    let mut count = 0;
    for line in blocks.flat_map(str::lines) {
        let printed = typed(line, directory.path());
        if line.starts_with("mistatus-server token --jwt-key") {
            fs::write(directory.path().join("token.txt"), printed).unwrap();
        }
        count += 1;
    }
    assert!(count > 7, "only {count} lines are found");
}
