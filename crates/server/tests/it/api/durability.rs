//! What was acknowledged to a program is there after a sudden end.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::SeqCst},
    },
};

use serde_json::json;

use super::{ask, make_key, read};
use crate::{
    client::Client,
    http::try_send,
    process::{Running, spawn},
};

const PEOPLE: [&str; 3] = ["alice@x", "bob@x", "carol@x"];

/// What a program has claimed about one person, by numbers in the note, and what it was told that is kept.
#[derive(Clone, Copy, Default)]
struct Said {
    last: u64,
    kept: u64,
}

/// Claims one thing after another, until the server is gone.
async fn keep_claiming(
    address: SocketAddr,
    key: String,
    who: &'static str,
    mut said: Said,
    acknowledged: Arc<AtomicU64>,
) -> Said {
    let authorization = format!("Bearer {key}");
    let headers = [("authorization", authorization.as_str()), ("content-type", "application/json")];
    loop {
        said.last += 1;
        let claim = json!({
            "source": "agent",
            "status": "busy",
            "note": said.last.to_string(),
            "from": 1,
            "until": super::claims::in_ms(3_600_000),
        });
        let path = format!("/api/v1/presence/{who}/claims/the-one");
        match try_send(address, "PUT", &path, &headers, &claim.to_string()).await {
            Ok(answer) => {
                assert_eq!(answer.status, 204, "{}", answer.body);
                said.kept = said.last;
                acknowledged.fetch_add(1, SeqCst);
            }
            Err(_) => return said,
        }
    }
}

/// Waits until the server has read its keys.
async fn is_known(running: &Running, key: &str) {
    while ask(running.address, key, "GET", "/presence/alice@x/claims", "").await.status == 401 {}
}

#[tokio::test]
async fn no_acknowledged_claim_is_missing_after_sudden_ends_under_load() {
    let directory = tempfile::tempdir().unwrap();
    let running = spawn(directory.path());
    for who in PEOPLE {
        Client::connect(running.address).await.signin(json!({"name": who})).await;
    }
    let key = make_key(directory.path(), "agent", &["claims:write"]);
    running.kill();
    let mut all = [Said::default(); PEOPLE.len()];
    for acknowledgements in [1, 60, 17, 120] {
        let running = spawn(directory.path());
        is_known(&running, &key).await;
        let acknowledged = Arc::new(AtomicU64::new(0));
        let mut tasks = Vec::new();
        for (who, said) in PEOPLE.into_iter().zip(&all) {
            compare(&running, &key, who, *said).await;
            let (key, acknowledged) = (key.clone(), acknowledged.clone());
            tasks.push(tokio::spawn(keep_claiming(running.address, key, who, *said, acknowledged)));
        }
        while acknowledged.load(SeqCst) < acknowledgements {
            assert!(!tasks.iter().all(tokio::task::JoinHandle::is_finished), "nobody claims");
            tokio::task::yield_now().await;
        }
        running.kill();
        for (task, said) in tasks.into_iter().zip(&mut all) {
            *said = task.await.unwrap();
        }
    }
    let running = spawn(directory.path());
    is_known(&running, &key).await;
    for (who, said) in PEOPLE.into_iter().zip(all) {
        compare(&running, &key, who, said).await;
    }
}

/// The last claim that was acknowledged is there, or a later one.
async fn compare(running: &Running, key: &str, who: &str, said: Said) {
    let list = read(running.address, key, &format!("/presence/{who}/claims")).await;
    let note = list["claims"][0]["note"].as_str().map_or(0, |note| note.parse().unwrap());
    assert!((said.kept..=said.last).contains(&note), "{note} of {} to {}", said.kept, said.last);
}
