//! Starts a server once for all tests of this binary; it ends with it. Configured as docs/XMPP.md says.

use std::{
    fs,
    io::{self, Read, Write},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::OnceLock,
    thread,
    time::{Duration, Instant},
};

use mistatus_core::signin_name::SigninName;
use socket2::{Domain, Socket, Type};

use crate::documented::{self, block, replace};

const PACKAGES: &str = "apt-get install --no-install-recommends prosody prosody-modules lua5.4-event lua5.4-unbound ejabberd erlang-p1-oauth2 nginx-light";

/// How long a server may take to start, on a machine that has other things to do.
const START_MAX: Duration = Duration::from_secs(60);

pub(crate) struct Server {
    pub(crate) port: u16,
    path: &'static str,
    kind: Kind,
    folder: PathBuf,
    /// Address of this machine that clients come from.
    pub(crate) from: Ipv4Addr,
    /// What clients say of where they come from (`X-Forwarded-For`), which nobody should believe.
    pub(crate) forged: Option<&'static str>,
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
                prosody_config,
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
                ejabberd_config,
                |config, folder| ejabberd(config, folder, ""),
            )
        })
    }

    /// Starts the documented proxy before it. Clients say that they come from that address of this machine.
    pub(crate) fn behind_proxy(&self, from: Ipv4Addr) -> Self {
        let (path, port) = (self.path, self.port);
        let configuration = |folder: &Path, own_port: u16| {
            let text: String = block("nginx")
                .lines()
                .filter(|line| !line.trim_start().starts_with("ssl_"))
                .flat_map(|line| [line, "\n"])
                .collect();
            let text = replace(&text, "listen 443 ssl;", &format!("listen 127.0.0.1:{own_port};"));
            let text = replace(&text, "location = /ws ", &format!("location = {path} "));
            let text = replace(&text, "127.0.0.1:5290", &format!("127.0.0.1:{port}"));
            let text = replace(&text, "Host example.com", "Host localhost");
            let folder = folder.display();
            format!(
                "daemon off; master_process off; pid {folder}/pid; error_log stderr; events {{}}\n\
                 http {{ access_log off; client_body_temp_path {folder}/db; \
                 proxy_temp_path {folder}/db; fastcgi_temp_path {folder}/db; uwsgi_temp_path {folder}/db; \
                 scgi_temp_path {folder}/db;\n{text} }}"
            )
        };
        let command = |config: &str, _: &str| format!("exec nginx -c {config}");
        let program = "/usr/sbin/nginx";
        let proxy = Self::start(self.kind, program, path, "nginx.conf", configuration, command);
        Self { from, ..proxy }
    }

    fn start(
        kind: Kind,
        program: &str,
        path: &'static str,
        config: &str,
        text: impl Fn(&Path, u16) -> String,
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
        fs::write(&config, text(&folder, port)).expect("a file can be written");
        let command = command(config.to_str().expect("a plain path"), here);
        let log = fs::File::create(folder.join("log/console")).expect("a file can be written");
        let shell = shell(
            // Whatever it leaves behind when it crashes goes with the folder.
            &format!("cd {here}; {command}"),
            &format!("rm -rf {here}"),
            log.try_clone().expect("a handle").into(),
            log.into(),
        );
        let from = Ipv4Addr::LOCALHOST;
        let server = Self { port, path, kind, folder, from, forged: None, _shell: shell };
        server.wait();
        server
    }

    /// Waits until it answers; servers do not say when they listen.
    fn wait(&self) {
        let begun = Instant::now();
        while TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            let log = || fs::read_to_string(self.folder.join("log/console")).unwrap_or_default();
            assert!(begun.elapsed() < START_MAX, "the server does not listen: {}", log());
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

    /// Whether it tells contacts of the clients of somebody invisible, and that they are there now.
    pub(crate) fn tells_of_the_invisible(&self) -> bool {
        self.kind == Kind::Ejabberd
    }

    /// Returns the host whose users have passwords that they prove (SCRAM): where tokens are taken, ejabberd wants to be
    /// told what the user says.
    pub(crate) fn host_of_proofs(&self) -> &'static str {
        match self.kind {
            Kind::Prosody => "localhost",
            Kind::Ejabberd => PROOFS,
        }
    }

    /// Makes a user whose password is `secret-` and the name.
    pub(crate) fn register(&self, user: &str) {
        self.register_at(user, "localhost");
    }

    pub(crate) fn register_at(&self, user: &str, host: &str) {
        if self.kind == Kind::Prosody {
            let account = self.folder.join(format!("{host}/accounts/{user}.dat"));
            let text = format!("return {{ password = \"secret-{user}\" }};\n");
            return fs::write(account, text).expect("a file can be written");
        }
        let account = format!(r#""user":"{user}","host":"{host}","password":"secret-{user}""#);
        self.command("register", &account);
    }

    /// Puts so many people on the list of somebody who has not signed in yet, who sees them.
    pub(crate) fn list_crowd(&self, user: &str, count: usize) {
        let names = (0..count).map(|index| format!("crowd{index}"));
        if self.kind == Kind::Ejabberd {
            for name in names {
                self.command(
                    "add_rosteritem",
                    &format!(
                        r#""localuser":"{user}","localhost":"localhost","user":"{name}","host":"localhost","nick":"{name}","group":"","subs":"to""#
                    ),
                );
            }
            return;
        }
        let folder = self.folder.join("localhost/roster");
        fs::create_dir_all(&folder).expect("a folder can be made");
        let entry = |jid: &str, subscription: &str| {
            format!(
                r#"["{jid}@localhost"] = {{ subscription = "{subscription}"; groups = {{}}; }};"#
            )
        };
        let list = |name: &str, entries: &str| {
            let text =
                format!("return {{ [false] = {{ version = 1; pending = {{}}; }}; {entries} }};\n");
            fs::write(folder.join(format!("{name}.dat")), text).expect("a file can be written");
        };
        let mut crowd = String::new();
        for name in names {
            self.register(&name);
            list(&name, &entry(user, "from"));
            crowd += &entry(&name, "to");
        }
        list(user, &crowd);
    }

    /// Has ejabberd carry out a command with these arguments, as `ejabberdctl` does.
    pub(crate) fn command(&self, command: &str, arguments: &str) {
        let begun = Instant::now();
        // It listens before all of it is there.
        loop {
            let answer = self.http(&format!("POST /api/{command}"), &format!("{{{arguments}}}"));
            let answer = answer.unwrap_or_default();
            if answer.starts_with("HTTP/1.1 200") {
                return;
            }
            let is_refused = ["400", "403", "409"]
                .iter()
                .any(|code| answer.starts_with(&format!("HTTP/1.1 {code}")));
            assert!(!is_refused && begun.elapsed() < START_MAX, "{answer}");
            thread::sleep(Duration::from_millis(50));
        }
    }

    /// Returns the text of a document, which every page may read.
    pub(crate) fn document(&self, path: &str) -> String {
        let answer = self.http(&format!("GET {path}"), "").expect("the server answers");
        let (head, body) = answer.split_once("\r\n\r\n").expect("an answer has a body");
        let allowed = head.to_lowercase().matches("access-control-allow-origin: *").count();
        assert_eq!(allowed, 1, "{head}");
        body.to_owned()
    }

    /// Returns what it says to a page of an origin that wants to connect.
    pub(crate) fn greets(&self, origin: &str) -> String {
        let mut stream = self.connect();
        write!(
            stream,
            "GET {} HTTP/1.1\r\nHost: localhost\r\nOrigin: {origin}\r\nUpgrade: websocket\r\n\
             Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: xmpp\r\n\r\n",
            self.path
        )
        .expect("the server takes a request");
        let mut status = [0; "HTTP/1.1 101".len()];
        stream.read_exact(&mut status).expect("the server answers");
        String::from_utf8_lossy(&status).into_owned()
    }

    /// Connects to it from the address that clients come from.
    pub(crate) fn connect(&self) -> TcpStream {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None).expect("a socket can be made");
        socket.bind(&SocketAddr::from((self.from, 0)).into()).expect("an address of this machine");
        let to = SocketAddr::from((Ipv4Addr::LOCALHOST, self.port));
        socket.connect(&to.into()).expect("the server listens");
        socket.into()
    }

    fn http(&self, request: &str, body: &str) -> io::Result<String> {
        let mut stream = self.connect();
        write!(
            stream,
            "{request} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        )?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    }
}

/// A host of ejabberd for the tests, whose users have passwords only.
const PROOFS: &str = "proofs.localhost";

/// Returns the configuration of Prosody: the document's, and what a test needs, which has neither certificates nor the
/// ports of a service.
fn prosody_config(folder: &Path, port: u16) -> String {
    let document = replace(block("lua"), "{ 5280 }", &format!("{{ {port} }}"));
    let document = replace(&document, "\"example.com\"", "\"localhost\"");
    let here = folder.display();
    let of_tests = format!(
        r#"run_as_root = true; data_path = "{here}"; pidfile = "{here}/prosody.pid"; certificates = "{here}"
log = {{ warn = "*console" }}; interfaces = {{ "127.0.0.1" }}; https_ports = {{}}
c2s_ports = {{}}; c2s_direct_tls_ports = {{}}; s2s_ports = {{}}; http_default_host = "localhost"
VirtualHost "anon.localhost"
  authentication = "anonymous"; modules_enabled = {{ "websocket" }}
"#
    );
    documented::prosody(folder, &document, &of_tests)
}

/// Returns the configuration of ejabberd, in the same way. Its users are made by the command of the document, over HTTP.
fn ejabberd_config(folder: &Path, port: u16) -> String {
    let here = folder.display();
    let (of_document, listen) = (block("yaml"), "listen:\n");
    let (_, listens) = of_document.split_once(listen).expect("it listens");
    let listens: String = listens
        .lines()
        .take_while(|line| line.starts_with(' '))
        .flat_map(|line| [line, "\n"])
        .collect();
    let listens = replace(&listens, "5290", &port.to_string());
    let handlers = "    request_handlers:\n";
    let listens = replace(&listens, handlers, &format!("{handlers}      /api: mod_http_api\n"));
    let of_tests = format!(
        "hosts: [localhost, anon.localhost, {PROOFS}]\nloglevel: warning\ncertfiles: []\nacme: {{auto: false}}\n\
         api_permissions:\n  tests: {{from: [mod_http_api], who: {{ip: 127.0.0.0/8}}, what: [register, add_rosteritem, srg_create, srg_user_add]}}\n\
         host_config:\n  anon.localhost: {{auth_method: [anonymous], anonymous_protocol: sasl_anon}}\n  {PROOFS}: {{auth_method: [mnesia]}}\n\
         {listen}{listens}"
    );
    documented::ejabberd(&of_tests, |text| {
        let text = replace(text, "/etc/ejabberd/key.jwk", &format!("{here}/key.jwk"));
        replace(&text, "wss://xmpp.example.com/ws", &format!("ws://127.0.0.1:{port}/ws"))
    })
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
                ejabberd_config,
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

/// The key as ejabberd reads it: base64url without padding.
const JWK: &str = r#"{"kty":"oct","k":"dGhlIGtleSBvZiB0aGUgYmFjayBlbmQgaXMgbG9uZyE"}"#;

/// The same key.
pub(crate) const JWT_KEY: &[u8] = b"the key of the back end is long!";
