//! What is not the stream: health, metrics, files, and the door of the stream.

use std::{collections::HashMap, io, net::SocketAddr};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use tokio_tungstenite::{
    connect_async,
    tungstenite::{Error, http::HeaderValue},
};

use serde_json::json;

use crate::client::{TestServer, upgrade};

pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HashMap<String, String>,
    pub(crate) body: String,
}

pub(crate) async fn get(address: SocketAddr, path: &str, headers: &[(&str, &str)]) -> Answer {
    send(address, "GET", path, headers, "").await
}

/// Sends a request with a body, whose length is told where there is one.
pub(crate) async fn send(
    address: SocketAddr,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> Answer {
    try_send(address, method, path, headers, body).await.expect("the server answers")
}

/// The same with a server that may end meanwhile.
pub(crate) async fn try_send(
    address: SocketAddr,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> io::Result<Answer> {
    let mut socket = TcpStream::connect(address).await?;
    let mut request = format!("{method} {path} HTTP/1.1\r\nconnection: close\r\n");
    if !body.is_empty() {
        request.push_str(&format!("content-length: {}\r\n", body.len()));
    }
    if !headers.iter().any(|(name, _)| *name == "host") {
        request.push_str(&format!("host: {address}\r\n"));
    }
    for (name, value) in headers {
        request.push_str(&format!("{name}: {value}\r\n"));
    }
    request.push_str("\r\n");
    request.push_str(body);
    // A server that refuses a request by its head need not take the rest.
    let written = socket.write_all(request.as_bytes()).await;
    let mut bytes = Vec::new();
    socket.read_to_end(&mut bytes).await.or_else(|error| written.and(Err(error)))?;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let cut_off = || io::Error::from(io::ErrorKind::UnexpectedEof);
    let (head, body) = text.split_once("\r\n\r\n").ok_or_else(cut_off)?;
    let mut lines = head.lines();
    let status = lines.next().and_then(|line| line.split(' ').nth(1)?.parse().ok());
    Ok(Answer {
        status: status.ok_or_else(cut_off)?,
        headers: lines
            .filter_map(|line| line.split_once(": "))
            .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
            .collect(),
        body: body.to_owned(),
    })
}

/// Reads one number of `/metrics`.
pub(crate) async fn metric(address: SocketAddr, name: &str) -> u64 {
    let text = get(address, "/metrics", &[]).await.body;
    let row = text.lines().find_map(|line| line.strip_prefix(name)?.trim().parse().ok());
    row.expect("the metric is there")
}

async fn open_from(server: &TestServer, origin: &'static str) -> Result<(), (u16, String)> {
    let mut request = upgrade(server.address);
    request.headers_mut().insert("origin", HeaderValue::from_static(origin));
    match connect_async(request).await {
        Ok(_) => Ok(()),
        Err(Error::Http(response)) => {
            let body = response.body().clone().unwrap_or_default();
            Err((response.status().as_u16(), String::from_utf8_lossy(&body).into_owned()))
        }
        Err(error) => panic!("{error}"),
    }
}

#[tokio::test]
async fn unknown_origins_are_refused_with_the_remedy() {
    let server = TestServer::with(&["--allowed-origin=https://intranet.example"]).await;
    assert_eq!(open_from(&server, "https://intranet.example").await, Ok(()));
    for origin in ["https://evil.example", "http://intranet.example", "null", "http://127.0.0.1:1"]
    {
        let (status, body) = open_from(&server, origin).await.expect_err("refused");
        assert_eq!(status, 403);
        assert!(body.contains("--allowed-origin"), "{body}");
    }
}

#[tokio::test]
async fn pages_of_applications_are_allowed_by_their_own_origins() {
    let origins = ["capacitor://localhost", "tauri://localhost", "chrome-extension://abc", "null"];
    let server = TestServer::with(&[&format!("--allowed-origin={}", origins.join(","))]).await;
    for origin in origins {
        assert_eq!(open_from(&server, origin).await, Ok(()), "{origin}");
    }
    assert_eq!(open_from(&server, "tauri://other").await.unwrap_err().0, 403);
}

#[tokio::test]
async fn pages_of_the_server_itself_may_connect() {
    let server = TestServer::open().await;
    let mut request = upgrade(server.address);
    let origin = format!("http://{}", server.address);
    request.headers_mut().insert("origin", origin.parse().unwrap());
    connect_async(request).await.expect("the stream opens");
}

#[tokio::test]
async fn other_subprotocols_and_plain_requests_are_told_what_is_spoken() {
    let server = TestServer::open().await;
    let plain = get(server.address, "/stream", &[]).await;
    assert_eq!(plain.status, 426);
    assert!(plain.body.contains("mistatus.v1"), "{}", plain.body);
    let mut request = upgrade(server.address);
    let other = HeaderValue::from_static("xmpp");
    request.headers_mut().insert("sec-websocket-protocol", other);
    let Err(Error::Http(response)) = connect_async(request).await else { panic!("not refused") };
    assert_eq!(response.status().as_u16(), 400);
}

#[tokio::test]
async fn health_and_metrics_answer_without_names() {
    let server = TestServer::open().await;
    let _alice = server.signin("alice@example.com").await;
    let health = get(server.address, "/healthz", &[]).await;
    assert_eq!((health.status, health.body.as_str()), (200, r#"{"status":"ok"}"#));
    let metrics = get(server.address, "/metrics", &[]).await;
    assert!(metrics.headers["content-type"].starts_with("text/plain"));
    assert!(metrics.body.contains("\nmistatus_connections 1\n"), "{}", metrics.body);
    assert!(!metrics.body.contains("alice"));
}

#[tokio::test]
async fn a_foreign_name_for_this_machine_reads_nothing_without_authentication() {
    let paths = [
        "/metrics",
        "/status/alice@x.svg",
        "/healthz",
        "/",
        "/mistatus.js",
        "/invite",
        "/stream",
        "/nothing",
        "/api/v1/openapi.json",
    ];
    let server = TestServer::with(&["--allowed-origin=https://intranet.example,null"]).await;
    let status = async |server: &TestServer, path: &str, host: &str| {
        get(server.address, path, &[("host", host)]).await
    };
    let port = server.address.port();
    for path in paths {
        for host in [
            "evil.example",
            "localhost.evil.example",
            &format!("evil.example:{port}"),
            "10.0.0.1",
            "",
            "null",
        ] {
            let answer = status(&server, path, host).await;
            assert_eq!(answer.status, 403, "{path} at {host:?}");
            assert!(answer.body.contains("--auth open"), "{}", answer.body);
        }
        for host in [
            "localhost",
            &format!("LOCALHOST:{port}"),
            "127.0.0.1",
            "[::1]:80",
            "app.localhost",
            "intranet.example",
            "Intranet.Example:443",
            // The server may be beside the page, at another port of the same machine.
            "intranet.example:8787",
        ] {
            // The metrics are for this machine under a name of its own.
            let is_own = !host.to_ascii_lowercase().starts_with("intranet");
            let is_refused = path == "/metrics" && !is_own;
            let answer = status(&server, path, host).await.status;
            assert_eq!(answer == 403, is_refused, "{path} at {host:?}: {answer}");
        }
    }
    assert!(metric(server.address, "mistatus_refused_total{reason=\"host\"}").await >= 18);
    let (server, _key) = crate::auth::server(&[]).await;
    for path in paths {
        assert_ne!(status(&server, path, "presence.example").await.status, 403, "{path}");
    }
}

#[tokio::test]
async fn a_stream_of_a_foreign_name_is_refused_without_authentication() {
    let server = TestServer::open().await;
    let opened = async |host: &'static str| {
        let mut request = upgrade(server.address);
        request.headers_mut().insert("host", HeaderValue::from_static(host));
        connect_async(request).await.is_ok()
    };
    assert!(opened("localhost").await);
    assert!(!opened("evil.example").await);
}

#[tokio::test]
async fn the_front_page_is_there_with_and_without_the_widget() {
    let server = TestServer::open().await;
    let page = get(server.address, "/", &[]).await;
    assert_eq!(page.status, 200);
    assert!(page.body.contains("&lt;script async src=") || page.body.contains("cargo xtask build"));
    assert!(page.headers["content-security-policy"].contains("'wasm-unsafe-eval'"));
    assert_eq!(page.headers["x-content-type-options"], "nosniff");
    let missing = get(server.address, "/nothing.js", &[]).await;
    assert_eq!(missing.status, 404);
    assert!(missing.body.contains("error"));
    for path in ["/../Cargo.toml", "/%2e%2e/Cargo.toml", "//etc/passwd", "/index.html"] {
        assert_eq!(get(server.address, path, &[]).await.status, 404, "{path}");
    }
}

#[tokio::test]
async fn files_of_the_widget_are_shared_typed_and_revalidated() {
    let server = TestServer::open().await;
    let script = get(server.address, "/mistatus.js", &[]).await;
    assert_eq!(script.status, 200, "there is no widget to serve: run `cargo xtask widget` first");
    assert_eq!(script.headers["access-control-allow-origin"], "*");
    assert_eq!(script.headers["cross-origin-resource-policy"], "cross-origin");
    assert!(script.headers["content-type"].starts_with("text/javascript"));
    let tag = script.headers["etag"].clone();
    let again = get(server.address, "/mistatus.js", &[("if-none-match", &tag)]).await;
    assert_eq!((again.status, again.body.len()), (304, 0));
    let wasm = get(server.address, &hashed(&script.body, ".wasm"), &[]).await;
    assert_eq!((wasm.status, wasm.headers["content-type"].as_str()), (200, "application/wasm"));
}

/// Returns the address of the first file with an ending that the script tag loads.
fn hashed(loader: &str, ending: &str) -> String {
    let name =
        loader.split('"').find(|text| text.starts_with("mistatus-") && text.ends_with(ending));
    format!("/{}", name.expect("the script tag names what it loads"))
}

#[tokio::test]
async fn files_that_never_change_are_kept_and_the_rest_is_asked_for() {
    let server = TestServer::with(&["--demo"]).await;
    let script = get(server.address, "/mistatus.js", &[]).await;
    for path in ["/mistatus.js", "/legacy.js", "/", "/index.html", "/demo.js"] {
        let answer = get(server.address, path, &[]).await;
        assert_eq!(answer.headers["cache-control"], "no-cache", "{path}");
        assert!(answer.headers.contains_key("etag"), "{path}");
    }
    for path in [hashed(&script.body, ".js"), hashed(&script.body, ".wasm")] {
        let answer = get(server.address, &path, &[]).await;
        assert_eq!(answer.status, 200, "{path}");
        let long = "public, max-age=31536000, immutable";
        assert_eq!(answer.headers["cache-control"], long, "{path}");
        let tag = &answer.headers["etag"];
        let again = get(server.address, &path, &[("if-none-match", tag)]).await;
        assert_eq!((again.status, again.body.len()), (304, 0), "{path}");
        assert_eq!(again.headers["cache-control"], long, "{path}");
        assert_eq!(again.headers["vary"], "accept-encoding", "{path}");
        assert_eq!(&again.headers["etag"], tag, "{path}");
    }
}

#[tokio::test]
async fn names_of_nothing_are_missing_for_now_only() {
    let server = TestServer::open().await;
    for path in [
        "/mistatus-core-00000000.js",
        "/mistatus-00000000.wasm",
        "/-00000000.js",
        "/mistatus-core.js",
        "/mistatus_bg.wasm",
        "/mistatus.js.br",
        "/mistatus.js.gz",
        "/.br",
        "/.gz",
    ] {
        let answer = get(server.address, path, &[]).await;
        assert_eq!(answer.status, 404, "{path}");
        assert_eq!(answer.headers["cache-control"], "no-store", "{path}");
    }
}

#[tokio::test]
async fn files_go_out_in_the_coding_that_the_client_likes_best() {
    let server = TestServer::open().await;
    let plain = get(server.address, "/mistatus.js", &[]).await;
    for path in ["/mistatus.js".to_owned(), hashed(&plain.body, ".wasm")] {
        let plain = get(server.address, &path, &[]).await;
        for (accepted, coding) in [
            ("gzip, deflate, br", Some("br")),
            ("gzip", Some("gzip")),
            ("br;q=0, gzip", Some("gzip")),
            ("br;q=0.5, gzip;q=0.8", Some("gzip")),
            ("identity", None),
            ("br;q=0, gzip;q=0", None),
            ("", None),
        ] {
            let answer = get(server.address, &path, &[("accept-encoding", accepted)]).await;
            let context = format!("{path} for {accepted:?}");
            assert_eq!(answer.status, 200, "{context}");
            assert_eq!(
                answer.headers.get("content-encoding").map(String::as_str),
                coding,
                "{context}"
            );
            assert_eq!(answer.headers["vary"], "accept-encoding", "{context}");
            assert_eq!(answer.headers["content-type"], plain.headers["content-type"], "{context}");
            // Weak, so that it is the same for all of them.
            assert_eq!(answer.headers["etag"], plain.headers["etag"], "{context}");
            assert!(answer.headers["etag"].starts_with("W/"), "{context}");
            let suffix = match coding {
                Some("br") => ".br",
                Some("gzip") => ".gz",
                _ => "",
            };
            // A quick build has nothing compressed: then it is done on the way, and nobody knows the length before.
            if let Ok(file) = std::fs::metadata(format!("../../dist/widget{path}{suffix}")) {
                assert_eq!(answer.headers["content-length"], file.len().to_string(), "{context}");
            }
        }
    }
}

async fn picture(server: &TestServer, name: &str) -> Answer {
    get(server.address, &format!("/status/{name}.svg"), &[]).await
}

/// Returns what a picture says in words.
fn title(picture: &Answer) -> &str {
    assert_eq!(picture.status, 200, "{}", picture.body);
    let (_, rest) = picture.body.split_once("<title>").expect("a title");
    rest.split_once("</title>").expect("its end").0
}

#[tokio::test]
async fn a_picture_shows_how_somebody_is_and_nothing_else() {
    let server = TestServer::open().await;
    let mut alice = server.signin("alice@example.com").await;
    let shown = picture(&server, "ALICE%40example.com").await;
    assert_eq!(title(&shown), "Online");
    for (name, value) in [
        ("content-type", "image/svg+xml"),
        ("cache-control", "no-store"),
        ("x-content-type-options", "nosniff"),
        ("content-security-policy", "default-src 'none'; sandbox"),
    ] {
        assert_eq!(shown.headers[name], value);
    }
    assert!(!shown.body.to_ascii_lowercase().contains("alice"), "{}", shown.body);
    alice.ask(json!({"type": "set-status", "status": 50, "note": "<b>secret</b>"})).await;
    let shown = picture(&server, "alice@example.com").await;
    assert_eq!(title(&shown), "On the phone");
    assert!(!shown.body.contains("secret"), "{}", shown.body);
}

#[tokio::test]
async fn a_picture_does_not_tell_the_invisible_from_those_who_left() {
    let server = TestServer::open().await;
    let mut hidden = server.signin("hidden@x").await;
    let mut gone = server.signin("gone@x").await;
    hidden.ask(json!({"type": "set-status", "status": 6})).await;
    gone.send(json!({"type": "signout"})).await;
    gone.closed().await;
    let [hidden, gone] = [picture(&server, "hidden@x").await, picture(&server, "gone@x").await];
    assert_eq!(title(&hidden), "Offline");
    assert_eq!(hidden.body, gone.body);
}

#[tokio::test]
async fn where_not_everybody_may_see_everybody_each_picture_is_that_of_nobody() {
    for args in [&["--visibility=contacts"], &["--pictures=nobody"]] {
        let server = TestServer::with(args).await;
        let _alice = server.signin("alice@x").await;
        let [alice, nobody] =
            [picture(&server, "alice@x").await, picture(&server, "nobody@x").await];
        assert_eq!(title(&alice), "Unknown", "{args:?}");
        assert_eq!(alice.body, nobody.body);
    }
}

#[tokio::test]
async fn what_is_no_picture_says_what_one_is() {
    let server = TestServer::open().await;
    for (file, status, text) in [
        ("alice@x.png", 404, "/status/NAME.svg"),
        (".svg", 400, "empty"),
        ("%20x.svg", 400, "space"),
    ] {
        let answer = get(server.address, &format!("/status/{file}"), &[]).await;
        assert_eq!(answer.status, status, "{file}");
        assert!(answer.body.contains(text), "{file}: {}", answer.body);
    }
    let long = picture(&server, &"x".repeat(130)).await;
    assert_eq!(long.status, 400);
    assert!(long.body.contains("129"), "{}", long.body);
}
