//! The site of the documentation: built by Node from docs/ into dist/docs, and shown beside a server with demo people.

use std::{
    fs,
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Child, Stdio},
    sync::{Arc, OnceLock},
};

use anyhow::{Context, Result, bail};
use rouille::{Request, Response, Server};

use crate::{
    dist::built_server,
    run::{command, dist, run, say, target},
    setup::{self, Need},
};

/// Builds the site, and with `--serve` shows it until it is interrupted.
pub(crate) fn run_with(options: &[&str]) -> Result<()> {
    match options {
        [] => build(None),
        ["--server", address] => build(Some(address)),
        ["--serve"] => serve(),
        _ => bail!("docs takes nothing, --serve, or --server and an address by http: or https:"),
    }
}

/// Builds the site into dist/docs; its examples connect to the server at the address, if there is one.
pub(crate) fn build(server: Option<&str>) -> Result<()> {
    setup::see_to(&[Need::Npm])?;
    say("building the site of the documentation into dist/docs");
    let mut node = command("node");
    node.arg("site/build.mjs").arg(dist().join("docs"));
    if let Some(server) = server {
        node.args(["--server", server]);
    }
    run(&mut node)
}

fn serve() -> Result<()> {
    build(None)?;
    let program = built_server()?;
    // The server must know the site's origin, and the site the server's address: the second is asked for later.
    let stream = Arc::new(OnceLock::new());
    let known = Arc::clone(&stream);
    let answer = move |request: &Request| answer(request, known.get().map_or("", String::as_str));
    let site = Server::new("127.0.0.1:0", answer).map_err(|error| anyhow::anyhow!("{error}"))?;
    let origin = format!("http://{}", site.server_addr());
    let (_server, address) = start(&program, &origin)?;
    stream.get_or_init(|| address.replacen("http", "ws", 1) + "/stream");
    say("open the address below in a browser, end it with Ctrl+C");
    println!("{origin}/");
    site.run();
    Ok(())
}

/// Starts the server with demo people, and returns it with its address. It ends with this program by the same Ctrl+C.
fn start(program: &Path, origin: &str) -> Result<(Child, String)> {
    let mut server = command(program)
        .args(["--demo", "--listen", "127.0.0.1:0", "--allowed-origin", origin, "--data"])
        .arg(target().join("docs-demo"))
        .stdout(Stdio::piped())
        .spawn()
        .context("the server cannot be started")?;
    let output = server.stdout.take().context("the server's output is not piped")?;
    let mut lines = BufReader::new(output).lines();
    while let Some(line) = lines.next().transpose()? {
        if let Some(address) = line.strip_prefix("listening on ") {
            let address = address.trim().to_owned();
            // Whatever it says later is read, so that it is never held up.
            std::thread::spawn(move || lines.for_each(drop));
            return Ok((server, address));
        }
    }
    bail!("the server ended before it listened")
}

fn answer(request: &Request, stream: &str) -> Response {
    let response = match request.url().as_str() {
        "/server.json" => Response::from_data(
            "application/json",
            format!(r#"{{"script":"widget/mistatus.js","stream":"{stream}"}}"#),
        ),
        url if url.starts_with("/widget/") => rouille::match_assets(request, &dist()),
        "/" => match fs::File::open(dist().join("docs/index.html")) {
            Ok(page) => Response::from_file("text/html; charset=utf-8", page),
            Err(_) => Response::empty_404(),
        },
        _ => rouille::match_assets(request, &dist().join("docs")),
    };
    let policy = format!(
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self'; \
         connect-src 'self' {stream}; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; \
         trusted-types 'none'"
    );
    response.with_no_cache().with_additional_header("Content-Security-Policy", policy)
}
