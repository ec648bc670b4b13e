//! Everything that a program can get wrong: a problem each time that says which field, and what is allowed.

use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use super::{ask, key, problem, read, server};
use crate::{client::TestServer, http::send};

const INVALID: &str = "invalid-field";

async fn start() -> (TestServer, String) {
    let server = server(&[]).await;
    let key = key(&server, "reader", &["presence:read"]).await;
    (server, key)
}

/// Begins a query with these lines in its head, and leaves its body to the test.
async fn begin_query(server: &TestServer, key: &str, lines: &str) -> TcpStream {
    let mut socket = TcpStream::connect(server.address).await.unwrap();
    let head = format!(
        "POST /api/v1/presence/query HTTP/1.1\r\nhost: {}\r\ncontent-type: application/json\r\n\
         authorization: Bearer {key}\r\n{lines}\r\n\r\n",
        server.address
    );
    socket.write_all(head.as_bytes()).await.unwrap();
    socket
}

/// Reads to the end what the server says.
async fn rest(mut socket: TcpStream) -> String {
    let mut answer = String::new();
    socket.read_to_string(&mut answer).await.unwrap();
    answer
}

#[tokio::test]
async fn names_in_paths_are_checked() {
    let (server, key) = start().await;
    let long = "x".repeat(130);
    for (name, word) in [
        ("%20x", "space"),
        ("a%0Ab", "line feed"),
        (long.as_str(), "130"),
        ("%FF", "UTF-8"),
        ("%C3", "UTF-8"),
    ] {
        let answer = ask(server.address, &key, "GET", &format!("/presence/{name}"), "").await;
        let problem = problem(&answer, 400, INVALID, Some("name"));
        assert!(problem["detail"].as_str().unwrap().contains(word), "{problem}");
        assert!(problem["allowed"].as_str().unwrap().contains("129"), "{problem}");
    }
}

#[tokio::test]
async fn addresses_that_do_not_exist_are_problems() {
    let (server, key) = start().await;
    for path in [
        "",
        "/",
        "/nothing",
        "/presence",
        "/presence/",
        "/presence/a/b",
        "/presence/a/claims/b/c",
        "/presence//",
        "/../stream",
        "/openapi.json/",
        "/%2e%2e/stream",
        "/OPENAPI.JSON",
    ] {
        for method in ["GET", "POST", "DELETE"] {
            let answer = ask(server.address, &key, method, path, "").await;
            let problem = problem(&answer, 404, "no-such-path", None);
            assert!(problem["allowed"].as_str().unwrap().contains("openapi.json"), "{problem}");
        }
    }
    let long = format!("/{}", "x".repeat(10_000));
    let answer = ask(server.address, &key, "GET", &long, "").await;
    problem(&answer, 404, "no-such-path", None);
    assert!(answer.body.len() < 1_000, "what was sent is not sent back");
}

#[tokio::test]
async fn bodies_of_queries_are_checked_field_by_field() {
    let (server, key) = start().await;
    let names = |count: usize| vec!["a@x"; count];
    let field = |body: &str, field: &str, word: &str| {
        (body.to_owned(), INVALID, Some(field.to_owned()), word.to_owned())
    };
    let malformed = |body: &str| (body.to_owned(), "malformed-body", None, "object".to_owned());
    for (body, kind, field, word) in [
        malformed("x"),
        malformed("{"),
        malformed("[]"),
        malformed("[[\"a@x\"]]"),
        malformed("null"),
        malformed("{\"names\":[]}}"),
        malformed("{\"names\":[\"\\ud800\"]}"),
        malformed(&"[".repeat(100_000)),
        field(&format!("{{\"names\":{}", "[".repeat(100_000)), "names[0]", "sequence"),
        field("{}", "names", "missing"),
        field(r#"{"names":null}"#, "names", "null"),
        field(r#"{"names":"a@x"}"#, "names", "a@x"),
        field(r#"{"names":{"a":1}}"#, "names", "map"),
        field(r#"{"names":["a@x",7]}"#, "names[1]", "7"),
        field(r#"{"names":[],"Names":[]}"#, "Names", "unknown"),
        field(r#"{"names":[],"names":[]}"#, "names", "duplicate"),
        field(r#"{"names":["a@x",""]}"#, "names[1]", "empty"),
        field(&json!({"names": ["x".repeat(130)]}).to_string(), "names[0]", "130"),
        field(&json!({ "names": names(1_001) }).to_string(), "names", "1000"),
        field(&json!({ "names": names(10_000) }).to_string(), "names", "1000"),
    ] {
        let answer = ask(server.address, &key, "POST", "/presence/query", &body).await;
        let problem = problem(&answer, 400, kind, field.as_deref());
        assert!(answer.body.contains(&word), "{word:?} is missing in {problem}");
        assert!(answer.body.len() < 1_000, "{problem}");
    }
    for count in [0, 1_000] {
        let body = json!({ "names": names(count) }).to_string();
        let answer = ask(server.address, &key, "POST", "/presence/query", &body).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
    }
}

#[tokio::test]
async fn bodies_that_are_not_utf_8_or_not_there_are_problems() {
    let (server, key) = start().await;
    let answer = ask(server.address, &key, "POST", "/presence/query", "").await;
    problem(&answer, 415, "unsupported-media-type", None);
    let mut socket = begin_query(&server, &key, "connection: close\r\ncontent-length: 15").await;
    socket.write_all(b"{\"names\":[\"\xff\"]}").await.unwrap();
    let answer = rest(socket).await;
    assert!(answer.starts_with("HTTP/1.1 400 ") && answer.contains("malformed-body"), "{answer}");
}

#[tokio::test]
async fn bodies_of_another_media_type_are_refused() {
    let (server, key) = start().await;
    let key = format!("Bearer {key}");
    let send = async |kind: Option<&str>| {
        let mut headers = vec![("authorization", key.as_str())];
        headers.extend(kind.map(|kind| ("content-type", kind)));
        send(server.address, "POST", "/api/v1/presence/query", &headers, "{\"names\":[]}").await
    };
    for kind in [
        None,
        Some("text/plain"),
        Some("application/x-www-form-urlencoded"),
        Some("application/json; charset=iso-8859-1"),
    ] {
        let answer = send(kind).await;
        let problem = problem(&answer, 415, "unsupported-media-type", None);
        assert!(problem["allowed"].as_str().unwrap().contains("application/json"), "{problem}");
    }
    assert_eq!(send(Some("application/json; charset=utf-8")).await.status, 200);
}

#[tokio::test]
async fn bodies_that_are_too_large_are_refused_and_the_answer_arrives() {
    let (server, key) = start().await;
    let body = |bytes: usize| {
        let empty = json!({"names": [""]}).to_string().len();
        json!({"names": ["x".repeat(bytes - empty)]}).to_string()
    };
    let mib = 1024 * 1024;
    for bytes in [mib + 1, 2 * mib, 4 * mib] {
        let answer = ask(server.address, &key, "POST", "/presence/query", &body(bytes)).await;
        let problem = problem(&answer, 413, "body-too-large", None);
        assert!(problem["allowed"].as_str().unwrap().contains("1048576"), "{problem}");
    }
    let answer = ask(server.address, &key, "POST", "/presence/query", &body(mib)).await;
    problem(&answer, 400, INVALID, Some("names[0]"));
    read(server.address, &key, "/presence/alice@x").await;
}

#[tokio::test]
async fn bodies_in_chunks_are_bounded_too() {
    let (server, key) = start().await;
    let mut socket =
        begin_query(&server, &key, "connection: close\r\ntransfer-encoding: chunked").await;
    let chunk = format!("10000\r\n{}\r\n", " ".repeat(0x10000));
    for _ in 0..32 {
        socket.write_all(chunk.as_bytes()).await.unwrap();
    }
    socket.write_all(b"0\r\n\r\n").await.unwrap();
    let answer = rest(socket).await;
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
}

#[tokio::test]
async fn whoever_waits_to_be_told_to_go_on_learns_first_that_the_body_is_too_large() {
    let (server, key) = start().await;
    let socket =
        begin_query(&server, &key, "expect: 100-continue\r\ncontent-length: 2000000").await;
    let answer = rest(socket).await;
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
}

#[tokio::test]
async fn a_body_whose_chunks_make_no_sense_is_malformed() {
    let (server, key) = start().await;
    for body in ["zz\r\n", "5\r\nabc"] {
        let mut socket =
            begin_query(&server, &key, "connection: close\r\ntransfer-encoding: chunked").await;
        socket.write_all(body.as_bytes()).await.unwrap();
        socket.shutdown().await.unwrap();
        let answer = rest(socket).await;
        assert!(answer.starts_with("HTTP/1.1 400 "), "{body:?}: {answer}");
        assert!(answer.contains("malformed-body"), "{body:?}: {answer}");
    }
}
