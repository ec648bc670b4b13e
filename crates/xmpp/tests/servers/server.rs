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
            Self::start(Kind::Ejabberd, "/usr/bin/erl", "/ws", "ejabberd.yml", EJABBERD, |config, folder| {
                format!(
                    "export HOME={folder} EJABBERD_CONFIG_PATH={config} EJABBERD_LOG_PATH={folder}/log/e.log \
                     ERL_LIBS=/usr/lib/$(uname -m)-linux-gnu; exec erl +sbwt none +sbwtdcpu none +sbwtdio none -noinput \
                     -mnesia dir '\"{folder}/db\"' -s ejabberd"
                )
            })
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
        let script =
            format!("({command}) </dev/null & pid=$!; read -r _; kill -9 $pid; rm -rf {here}");
        let log = fs::File::create(folder.join("log/console")).expect("a file can be written");
        let shell = Command::new("sh")
            .args(["-c", &script])
            .stdin(Stdio::piped())
            .stdout(log.try_clone().expect("a handle"))
            .stderr(log)
            .spawn()
            .expect("there is a shell");
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
