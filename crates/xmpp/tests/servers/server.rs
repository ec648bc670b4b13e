//! Starts a server once for all tests of this binary; it ends with it.

use std::{
    fs,
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::OnceLock,
    thread,
    time::{Duration, Instant},
};

use mistatus_core::signin_name::SigninName;

const PACKAGES: &str = "apt-get install --no-install-recommends prosody prosody-modules lua5.4-event lua5.4-unbound ejabberd erlang-p1-oauth2";

pub(crate) struct Server {
    pub(crate) port: u16,
    path: &'static str,
    kind: Kind,
    folder: PathBuf,
    // Its input ends with this process, and the server with its input.
    _shell: Child,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Prosody,
    Ejabberd,
}

impl Server {
    pub(crate) fn prosody() -> &'static Self {
        static SERVER: OnceLock<Server> = OnceLock::new();
        SERVER.get_or_init(|| {
            Self::start(
                Kind::Prosody,
                "/usr/bin/prosody",
                "/xmpp-websocket",
                "prosody.cfg.lua",
                PROSODY,
                |config, _| format!("exec prosody --config {config} -F"),
            )
        })
    }

    pub(crate) fn ejabberd() -> &'static Self {
        static SERVER: OnceLock<Server> = OnceLock::new();
        SERVER.get_or_init(|| {
            Self::start(
                Kind::Ejabberd,
                "/usr/bin/erl",
                "/ws",
                "ejabberd.yml",
                EJABBERD,
                |config, folder| ejabberd(config, folder, ""),
            )
        })
    }

    fn start(
        kind: Kind,
        program: &str,
        path: &'static str,
        config: &str,
        template: &str,
        command: impl Fn(&str, &str) -> String,
    ) -> Self {
        assert!(Path::new(program).exists(), "{program} is missing: {PACKAGES}");
        let port = free_port();
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"))
            .join(format!("xmpp-{}-{port}", std::process::id()));
        for part in ["db", "log", "localhost/accounts"] {
            fs::create_dir_all(folder.join(part)).expect("a folder can be made");
        }
        let here = folder.to_str().expect("a plain path");
        let config = folder.join(config);
        fs::write(folder.join("key.jwk"), JWK).expect("a file can be written");
        let template = template
            .replace("anon.localhost]", "anon.localhost, jwt.localhost]")
            .replace("host_config:\n", &format!("host_config:\n{JWT_HOST}"));
        let text = template.replace("{folder}", here).replace("{port}", &port.to_string());
        fs::write(&config, text).expect("a file can be written");
        let command = command(config.to_str().expect("a plain path"), here);
        let log = fs::File::create(folder.join("log/console")).expect("a file can be written");
        let shell = shell(
            // Whatever it leaves behind when it crashes goes with the folder.
            &format!("cd {here}; {command}"),
            &format!("rm -rf {here}"),
            log.try_clone().expect("a handle").into(),
            log.into(),
        );
        let server = Self { port, path, kind, folder, _shell: shell };
        server.wait();
        server
    }

    /// Waits until it answers; servers do not say when they listen.
    fn wait(&self) {
        let begun = Instant::now();
        while TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            let log = || fs::read_to_string(self.folder.join("log/console")).unwrap_or_default();
            assert!(
                begun.elapsed() < Duration::from_secs(60),
                "the server does not listen: {}",
                log()
            );
            thread::sleep(Duration::from_millis(50));
        }
    }

    pub(crate) fn url(&self) -> String {
        format!("ws://127.0.0.1:{}{}", self.port, self.path)
    }

    pub(crate) fn name_of(&self, user: &str) -> SigninName {
        SigninName::parse(&format!("{user}@localhost")).expect("a valid name")
    }

    /// Whether it tells whoever was asked that the other has thought better of it (RFC 6121 §3.3.3); ejabberd 23.01
    /// does not before the next sign-in.
    pub(crate) fn tells_withdrawals(&self) -> bool {
        self.kind == Kind::Prosody
    }

    /// Makes a user whose password is `secret-` and the name.
    pub(crate) fn register(&self, user: &str) {
        if self.kind == Kind::Prosody {
            let account = self.folder.join(format!("localhost/accounts/{user}.dat"));
            let text = format!("return {{ password = \"secret-{user}\" }};\n");
            return fs::write(account, text).expect("a file can be written");
        }
        let body = format!(r#"{{"user":"{user}","host":"localhost","password":"secret-{user}"}}"#);
        let answer = self.http("POST /api/register", &body);
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    }

    /// Returns the text of a document.
    pub(crate) fn document(&self, path: &str) -> String {
        let answer = self.http(&format!("GET {path}"), "");
        let (_, body) = answer.split_once("\r\n\r\n").expect("an answer has a body");
        body.to_owned()
    }

    fn http(&self, request: &str, body: &str) -> String {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).expect("the server listens");
        write!(
            stream,
            "{request} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        )
        .expect("the server takes a request");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("the server answers");
        answer
    }
}

/// Starts the server in Erlang's own program: the control script wants a user of its own.
fn ejabberd(config: &str, folder: &str, more: &str) -> String {
    format!(
        "export HOME={folder} EJABBERD_CONFIG_PATH={config} EJABBERD_LOG_PATH={folder}/log/e.log; {LIBRARIES}; \
         exec erl +sbwt none +sbwtdcpu none +sbwtdio none -noinput {more} -mnesia dir '\"{folder}/db\"' -s ejabberd"
    )
}

/// Two nodes of ejabberd that know of each other; each ends when it is dropped.
pub(crate) struct Cluster {
    pub(crate) one: Server,
    pub(crate) two: Server,
    pub(crate) mapper: Child,
}

impl Cluster {
    pub(crate) fn start() -> Self {
        let mapper_port = free_port();
        let mapper = shell(
            &format!("epmd -address 127.0.0.1 -port {mapper_port}"),
            ":",
            Stdio::null(),
            Stdio::null(),
        );
        let node = |name: &str| {
            format!(
                "-name {name}@127.0.0.1 -setcookie mistatus -start_epmd false \
                 -kernel inet_dist_use_interface '{{127,0,0,1}}'"
            )
        };
        let mapped =
            format!("export ERL_EPMD_ADDRESS=127.0.0.1 ERL_EPMD_PORT={mapper_port}; {LIBRARIES}");
        let start = |name| {
            Server::start(
                Kind::Ejabberd,
                "/usr/bin/epmd",
                "/ws",
                "ejabberd.yml",
                EJABBERD,
                |config, folder| format!("{mapped}; {}", ejabberd(config, folder, &node(name))),
            )
        };
        let (one, two) = (start("one"), start("two"));
        let join = format!(
            "{mapped}; export HOME={}; exec erl -noinput -hidden {} -eval \"$JOIN\"",
            two.folder.display(),
            node("joiner")
        );
        let joined = Command::new("sh").args(["-c", &join]).env("JOIN", JOIN).output();
        let joined = joined.expect("there is a shell");
        assert_eq!(joined.stdout, b"ok", "{joined:?}");
        // It begins anew for that.
        two.wait();
        Self { one, two, mapper }
    }
}

/// Runs something until the handle is dropped; its input ends with this process too.
fn shell(command: &str, after: &str, output: Stdio, errors: Stdio) -> Child {
    let script = format!("({command}) </dev/null & pid=$!; read -r _; kill -9 $pid; {after}");
    Command::new("sh")
        .args(["-c", &script])
        .stdin(Stdio::piped())
        .stdout(output)
        .stderr(errors)
        .spawn()
        .expect("there is a shell")
}

const JOIN: &str = include_str!("../../../../tests/engines/join.erl");

const LIBRARIES: &str = "export ERL_LIBS=/usr/lib/$(uname -m)-linux-gnu";

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("there is a free port");
    listener.local_addr().expect("it is bound").port()
}

const PROSODY: &str = include_str!("../../../../tests/engines/prosody.cfg.lua");

/// A host whose users sign in with tokens of a back end, by this key.
const JWT_HOST: &str = r#"  jwt.localhost: {auth_method: [jwt], jwt_key: "{folder}/key.jwk", jwt_jid_field: sub}
"#;

/// The key as ejabberd reads it: base64url without padding.
const JWK: &str = r#"{"kty":"oct","k":"dGhlIGtleSBvZiB0aGUgYmFjayBlbmQgaXMgbG9uZyE"}"#;

/// The same key.
pub(crate) const JWT_KEY: &[u8] = b"the key of the back end is long!";

const EJABBERD: &str = include_str!("../../../../tests/engines/ejabberd.yml");
