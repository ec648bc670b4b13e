//! XMPP services for the demo and the tests: Prosody, ejabberd, or two ejabberd nodes as one, on loopback, with their
//! data in a folder that goes with them.
//!
//! Configurations are in tests/engines/. Whoever starts one by `cargo xtask engine` reads where it listens, and closes
//! the input to end it.

use std::{
    fs,
    io::{self, BufRead, Read, Write},
    net::{TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};

use crate::{
    run::{command, fresh_dir, root, target},
    setup::{EJABBERDCTL, PROSODY},
};

/// Longest that a service may take to listen, on a machine that has other things to do.
const START_MAX: Duration = Duration::from_secs(120);

/// What the nodes of a cluster trust each other by; they listen on loopback only.
const COOKIE: &str = "mistatus";

/// A script that runs a program, again for each line of its input, and ends it when its input ends, however the other
/// end was closed; leaves nothing behind.
const KEEPER: &str = r#"folder=$1; shift
run() {
  "$@" </dev/null &
  echo $! >"$folder/pid.new" && mv "$folder/pid.new" "$folder/pid"
}
run "$@"
while read -r _; do
  kill -9 $!; wait $!
  run "$@"
done
kill -9 $!
rm -rf "$folder""#;

/// A running service. Dropping it kills it and removes its data.
pub(crate) struct Engine {
    folder: PathBuf,
    pub(crate) nodes: Vec<Node>,
    /// Finds the nodes of a cluster for each other; and its port.
    mapper: Option<(Process, u16)>,
    kind: Kind,
}

/// A process of a service.
pub(crate) struct Node {
    process: Process,
    port: u16,
    path: &'static str,
}

/// A process that ends with this program.
struct Process {
    keeper: Child,
    folder: PathBuf,
    id: u32,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Prosody,
    Ejabberd,
}

impl Engine {
    /// Starts `prosody`, `ejabberd` or `ejabberd-cluster`.
    pub(crate) fn start(name: &str) -> Result<Self> {
        let folder = target().join(format!("engines/{name}-{}", std::process::id()));
        fresh_dir(&folder)?;
        let kind = if name == "prosody" { Kind::Prosody } else { Kind::Ejabberd };
        let mut engine = Self { folder, nodes: Vec::new(), mapper: None, kind };
        match name {
            "prosody" => engine.prosody()?,
            "ejabberd" => engine.ejabberd(None)?,
            "ejabberd-cluster" => engine.cluster()?,
            _ => {
                bail!("there is no engine `{name}`; there are prosody, ejabberd, ejabberd-cluster")
            }
        }
        Ok(engine)
    }

    /// Makes an account of `localhost`.
    pub(crate) fn register(&self, user: &str, password: &str) -> Result<()> {
        // Prosody's files have other characters in another form.
        if !user.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()) {
            bail!("users are small letters and digits here; `{user}` is not");
        }
        if self.kind == Kind::Prosody {
            let accounts = self.folder.join("localhost/accounts");
            fs::create_dir_all(&accounts)?;
            let text = format!("return {{ password = {password:?} }};\n");
            return fs::write(accounts.join(format!("{user}.dat")), text).context("an account");
        }
        let body = format!(r#"{{"user":{user:?},"host":"localhost","password":{password:?}}}"#);
        let begun = Instant::now();
        // A node listens before all of it is there.
        loop {
            let answer = post(self.nodes[0].port, "/api/register", &body)?;
            if answer.starts_with("HTTP/1.1 200") {
                return Ok(());
            }
            if begun.elapsed() > START_MAX {
                bail!("ejabberd does not register {user}: {answer}");
            }
            thread::sleep(Duration::from_millis(100));
        }
    }

    fn prosody(&mut self) -> Result<()> {
        let port = free_port()?;
        let config = self.configure("prosody.cfg.lua", &self.folder, port)?;
        let mut prosody = command(PROSODY);
        prosody.arg("--config").arg(config).arg("-F");
        let folder = self.folder.clone();
        self.node(&prosody, &folder, port, "/xmpp-websocket")
    }

    fn ejabberd(&mut self, name: Option<&str>) -> Result<()> {
        let port = free_port()?;
        let folder = self.folder.join(name.unwrap_or("ejabberd"));
        fs::create_dir_all(folder.join("log"))?;
        let config = self.configure("ejabberd.yml", &folder, port)?;
        let mut erlang = self.erlang();
        erlang
            .env("HOME", &folder)
            .env("EJABBERD_CONFIG_PATH", config)
            .env("EJABBERD_LOG_PATH", folder.join("log/ejabberd.log"))
            // Nobody waits for another by spinning: tests keep the processors busy enough.
            .args(["+sbwt", "none", "+sbwtdcpu", "none", "+sbwtdio", "none"])
            .args(["-mnesia", "dir"])
            .arg(format!("{:?}", folder.join("db")));
        if let Some(name) = name {
            erlang.args(["-name", &format!("{name}@127.0.0.1")]);
        }
        erlang.args(["-s", "ejabberd"]);
        self.node(&erlang, &folder, port, "/ws")
    }

    fn cluster(&mut self) -> Result<()> {
        let port = free_port()?;
        let mut mapper = command("epmd");
        mapper.args(["-address", "127.0.0.1", "-port", &port.to_string()]);
        let folder = self.folder.join("mapper");
        fs::create_dir_all(&folder)?;
        self.mapper = Some((Process::start(&mapper, &folder)?, port));
        self.ejabberd(Some("one"))?;
        self.ejabberd(Some("two"))?;
        let said = self.join()?;
        if said != "ok" {
            bail!("two nodes of ejabberd do not become one service: {said}");
        }
        // It begins anew for that.
        for node in &self.nodes {
            node.wait()?;
        }
        Ok(())
    }

    /// Asks the second node to join the first; returns what it says to that, `ok` where it has.
    fn join(&self) -> Result<String> {
        let path = root().join("tests/engines/join.erl");
        let call =
            fs::read_to_string(&path).with_context(|| format!("{} is missing", path.display()))?;
        let mut join = self.erlang();
        join.env("HOME", &self.folder).args([
            "-name",
            "joiner@127.0.0.1",
            "-hidden",
            "-eval",
            &call,
        ]);
        let join = join.stderr(Stdio::null()).output().context("erl")?;
        Ok(String::from_utf8_lossy(&join.stdout).into_owned())
    }

    /// Erlang's own program instead of ejabberd's control script, which wants a user and folders of its own.
    fn erlang(&self) -> Command {
        let mut erlang = command("erl");
        erlang.env("ERL_LIBS", libraries()).arg("-noinput");
        if let Some((_, port)) = self.mapper {
            erlang
                .env("ERL_EPMD_ADDRESS", "127.0.0.1")
                .env("ERL_EPMD_PORT", port.to_string())
                .args(["-setcookie", COOKIE, "-start_epmd", "false"])
                .args(["-kernel", "inet_dist_use_interface", "{127,0,0,1}"]);
        }
        erlang
    }

    fn configure(&self, name: &str, folder: &Path, port: u16) -> Result<PathBuf> {
        let template = root().join("tests/engines").join(name);
        let template = fs::read_to_string(&template)
            .with_context(|| format!("{} is missing", template.display()))?;
        let text = template
            .replace("{folder}", &folder.to_string_lossy())
            .replace("{port}", &port.to_string());
        let path = folder.join(name);
        fs::write(&path, text)?;
        Ok(path)
    }

    fn node(
        &mut self,
        program: &Command,
        folder: &Path,
        port: u16,
        path: &'static str,
    ) -> Result<()> {
        let node = Node { process: Process::start(program, folder)?, port, path };
        node.wait()?;
        self.nodes.push(node);
        Ok(())
    }
}

impl Node {
    /// Waits until it listens: services do not say so. What it said lies in the folder.
    fn wait(&self) -> Result<()> {
        let begun = Instant::now();
        while TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            if !self.process.lives() || begun.elapsed() > START_MAX {
                let said = self.process.folder.join("said");
                let said = fs::read_to_string(said).unwrap_or_default();
                bail!("a service does not listen: {said}");
            }
            thread::sleep(Duration::from_millis(50));
        }
        Ok(())
    }

    /// Starts it again, where it was and with what it kept; kills it before that where it still runs.
    fn restart(&mut self) -> Result<()> {
        self.process.restart()?;
        self.wait()
    }

    /// Returns where its WebSocket is.
    pub(crate) fn url(&self) -> String {
        format!("ws://127.0.0.1:{}{}", self.port, self.path)
    }
}

impl Process {
    /// Starts a program; what it says goes into a file of the folder, which is removed at the end.
    fn start(program: &Command, folder: &Path) -> Result<Self> {
        let said = fs::File::create(folder.join("said"))?;
        let mut keeper = command("sh");
        keeper
            .args(["-c", KEEPER, "sh"])
            .arg(folder)
            .arg(program.get_program())
            .args(program.get_args());
        for (name, value) in program.get_envs() {
            keeper.env(name, value.unwrap_or_default());
        }
        // Whatever it leaves behind when it crashes goes with the folder.
        keeper.current_dir(folder);
        let keeper = keeper.stdin(Stdio::piped()).stdout(said.try_clone()?).stderr(said).spawn()?;
        let mut process = Self { keeper, folder: folder.to_path_buf(), id: 0 };
        process.take_id()?;
        Ok(process)
    }

    /// Starts the program again, with what it left in its folder.
    fn restart(&mut self) -> Result<()> {
        fs::remove_file(self.folder.join("pid")).context("a process id")?;
        let keeper = self.keeper.stdin.as_mut().context("a process that is kept")?;
        writeln!(keeper)?;
        self.take_id()
    }

    /// Waits until the program runs.
    fn take_id(&mut self) -> Result<()> {
        let begun = Instant::now();
        loop {
            if let Ok(id) = fs::read_to_string(self.folder.join("pid")) {
                self.id = id.trim().parse().context("a process id")?;
                return Ok(());
            }
            if begun.elapsed() > START_MAX {
                bail!("the program of {} does not start", self.folder.display());
            }
            thread::sleep(Duration::from_millis(5));
        }
    }

    fn lives(&self) -> bool {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.id)).unwrap_or_default();
        stat.rsplit_once(") ").is_some_and(|(_, rest)| !rest.starts_with('Z'))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        // One that was killed already is what is wanted.
        let _ = self.keeper.wait();
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        self.nodes.clear();
        self.mapper = None;
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// Runs a service for another program: says `node PID URL` for each node and `ready`, takes `register USER PASSWORD`,
/// answered by `registered USER`, and `restart NODE`, the first of which is 0, answered by `restarted PID`. Ends with its
/// input.
pub(crate) fn serve(name: &str) -> Result<()> {
    let mut engine = Engine::start(name)?;
    let mut out = io::stdout().lock();
    for node in &engine.nodes {
        writeln!(out, "node {} {}", node.process.id, node.url())?;
    }
    writeln!(out, "ready")?;
    out.flush()?;
    for line in io::stdin().lock().lines() {
        let line = line?;
        let words: Vec<_> = line.split(' ').collect();
        match words[..] {
            ["register", user, password] => {
                engine.register(user, password)?;
                writeln!(out, "registered {user}")?;
            }
            ["restart", node] => {
                let nodes = engine.nodes.len();
                let node = node.parse().ok().and_then(|node: usize| engine.nodes.get_mut(node));
                let node =
                    node.with_context(|| format!("`{line}`: nodes are 0 to {}", nodes - 1))?;
                node.restart()?;
                writeln!(out, "restarted {}", node.process.id)?;
            }
            _ => {
                bail!("`{line}` is not understood; `register USER PASSWORD` and `restart NODE` are")
            }
        }
        out.flush()?;
    }
    Ok(())
}

/// Returns where Debian keeps ejabberd's modules.
fn libraries() -> PathBuf {
    let folders = fs::read_dir("/usr/lib").into_iter().flatten().flatten();
    let found = folders.map(|entry| entry.path()).find(|folder| {
        let entries = fs::read_dir(folder).into_iter().flatten().flatten();
        folder.to_string_lossy().ends_with("-linux-gnu")
            && entries
                .into_iter()
                .any(|entry| entry.file_name().to_string_lossy().starts_with("ejabberd-"))
    });
    // Where it is missing, starting says so; it was looked for before.
    found.unwrap_or_else(|| Path::new(EJABBERDCTL).to_path_buf())
}

fn post(port: u16, path: &str, body: &str) -> Result<String> {
    let mut stream = TcpStream::connect(("127.0.0.1", port))?;
    write!(
        stream,
        "POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}

fn free_port() -> Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}
