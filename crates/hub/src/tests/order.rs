//! What must be true of the registry's own books after every input.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    Hub,
    audience::Audience,
    client::{ClientId, Link},
    jobs::Continuation,
    undelivered::Amount,
};

/// Panics when the books of a registry contradict each other.
pub(super) fn check(hub: &Hub) {
    let up: BTreeMap<_, _> = hub
        .clients
        .iter()
        .filter_map(|(client, known)| known.connection().map(|connection| (connection, *client)))
        .collect();
    assert_eq!(hub.connections, up, "every connection has its client");
    let lost: BTreeSet<_> = hub
        .clients
        .iter()
        .filter_map(|(client, known)| match known.link {
            Link::Lost { until, .. } => Some((until, *client)),
            Link::Up { .. } => None,
        })
        .collect();
    assert_eq!(hub.timers.windows, lost, "every lost client is awaited for a time");
    assert!(lost.len() <= hub.config.lost_max);
    let bytes: usize = lost.iter().map(|(_, client)| hub.clients[client].backlog.bytes()).sum();
    assert_eq!(hub.lost_bytes, bytes, "the memory of lost clients is counted");
    for (name, account) in &hub.accounts {
        let of_user = |client: &&ClientId| hub.clients[*client].user == *name;
        let clients: BTreeSet<_> = hub.clients.keys().filter(of_user).copied().collect();
        assert_eq!(account.clients, clients, "a user knows all clients");
        let connected: BTreeSet<_> = account.connected.keys().copied().collect();
        let expected = clients.iter().filter(|client| hub.clients[*client].connection().is_some());
        assert_eq!(connected, expected.copied().collect(), "and which of them are connected");
        assert!(clients.len() - connected.len() <= hub.config.lost_per_user_max);
        let lingers =
            |client: &ClientId| account.lingering.iter().any(|gone| gone.client == *client);
        assert!(!connected.iter().any(lingers), "who is back does not linger");
    }
    let mut audience = Audience::default();
    for (client, known) in &hub.clients {
        let listed = hub.accounts[&known.user].contacts.iter();
        for followed in listed.chain(&known.watches) {
            audience.join(followed, *client);
        }
        assert!(known.finished.len() <= hub.config.backlog_max);
        assert!(known.backlog.bytes() <= hub.config.backlog_bytes_max);
    }
    assert_eq!(
        hub.audience, audience,
        "everybody hears of those whom they follow, and of nobody else"
    );
    check_shares(hub);
    let waits = hub.poll_timeout().is_some();
    assert!(waits || hub.clients.is_empty(), "a client is never left without a deadline");
}

/// What waits for its readers, or is there without the writers' knowing, is what counts for the writers.
fn check_shares(hub: &Hub) {
    hub.undelivered.check();
    let mut waiting = BTreeMap::<_, Amount>::new();
    for (reader, account) in &hub.accounts {
        for (writer, amount) in account.inbox.amounts() {
            *waiting.entry((writer, reader.clone())).or_default() += amount;
        }
    }
    for continuation in hub.waiting.values() {
        if let Continuation::Confirmed { owner, from, taken, told: true } = continuation {
            *waiting.entry((from.clone(), owner.clone())).or_default() += taken.amount;
        }
    }
    assert_eq!(hub.undelivered.waiting(), waiting, "undelivered messages are counted");
}
