//! The demo: builds everything and starts the server with demo people, or an XMPP service and the page's files.
//! Opens no browser.

use std::{fs, process::Command};

use anyhow::{Result, bail};
use rouille::{Request, Response, Server};

use crate::{
    dist,
    engine::Engine,
    run::{self, command, say, target},
    setup, widget,
};

/// Who may sign in at an XMPP service of the demo; each has a node, if there are several.
const PEOPLE: [&str; 2] = ["alice", "bob"];

/// Runs until it is interrupted.
pub(crate) fn run(options: &[String]) -> Result<()> {
    if let Some(("--engine", rest)) =
        options.split_first().map(|(first, rest)| (first.as_str(), rest))
    {
        let [name] = rest else { bail!("--engine takes ejabberd or prosody, and nothing else") };
        return on_engine(name);
    }
    dist::build()?;
    let mut server = command(dist::built_server()?);
    server.arg("--demo");
    let has = |name: &str| options.iter().any(|option| option.starts_with(name));
    if !has("--data") {
        server.arg("--data").arg(target().join("demo"));
    }
    if !has("--listen") {
        server.args(["--listen", "127.0.0.1:0"]);
    }
    say("starting the demo; open the address below in a browser, end it with Ctrl+C");
    become_one(server.args(options))
}

/// Puts the server in the place of this program, so that whatever ends this one ends the server, politely.
#[cfg(unix)]
fn become_one(server: &mut Command) -> Result<()> {
    use std::os::unix::process::CommandExt;
    Err(server.exec().into())
}

#[cfg(not(unix))]
fn become_one(server: &mut Command) -> Result<()> {
    run::run(server)
}

/// Shows the page on an XMPP service: on two nodes of ejabberd, so that what one person sees of the other has crossed
/// from node to node, or on Prosody.
fn on_engine(name: &str) -> Result<()> {
    let service = match name {
        "ejabberd" => "ejabberd-cluster",
        "prosody" => "prosody",
        other => bail!("there is no engine `{other}`; there are ejabberd and prosody"),
    };
    setup::engines()?;
    widget::build(widget::Profile::Release)?;
    say(&format!("starting {service}"));
    let engine = Engine::start(service)?;
    for user in PEOPLE {
        engine.register(user, &password(user))?;
    }
    let people = people(&engine);
    let answer = move |request: &Request| answer(request, &people);
    let server = Server::new("127.0.0.1:0", answer).map_err(|error| anyhow::anyhow!("{error}"))?;
    for node in &engine.nodes {
        say(&format!("{name} listens on {}", node.url()));
    }
    say("open the address below in a browser, end it with Ctrl+C");
    println!("http://{}/", server.server_addr());
    server.run();
    Ok(())
}

/// Only of this machine's demo, whose data goes with it.
fn password(user: &str) -> String {
    format!("secret-{user}")
}

/// Returns what the page reads to know who is where.
fn people(engine: &Engine) -> String {
    let people = PEOPLE.iter().zip(engine.nodes.iter().cycle()).map(|(user, node)| {
        format!(
            r#"{{"name":"{user}@localhost","server":"{}","tokenUrl":"token/{user}"}}"#,
            node.url()
        )
    });
    let people = people.collect::<Vec<_>>().join(",");
    format!(r#"{{"transport":"xmpp","credentials":"password","people":[{people}]}}"#)
}

fn answer(request: &Request, people: &str) -> Response {
    let path = request.url();
    let path = path.trim_start_matches('/');
    let response = if let Some(user) = path.strip_prefix("token/") {
        match PEOPLE.contains(&user) {
            true => Response::text(password(user)).with_no_cache(),
            false => Response::empty_404(),
        }
    } else if path == "people.json" {
        Response::from_data("application/json", people)
    } else if path.is_empty() {
        let page = fs::read_to_string(run::dist().join("widget/index.html")).unwrap_or_default();
        Response::html(page.replacen("<html ", "<html data-people=\"people.json\" ", 1))
    } else {
        rouille::match_assets(request, &run::dist().join("widget"))
    };
    let policy = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self'; \
                  connect-src 'self' ws://127.0.0.1:*; base-uri 'none'; form-action 'none'";
    response.with_additional_header("Content-Security-Policy", policy)
}
