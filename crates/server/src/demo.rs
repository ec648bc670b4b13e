//! The people of `--demo`: two for the visitor to be, and a crowd that comes and goes by itself.
//!
//! The crowd are ordinary clients over real sockets; nothing of the registry is reached around.

use std::{net::SocketAddr, time::Duration};

use futures_util::{SinkExt, StreamExt};
use mistatus_core::{
    claim::ClaimSources,
    dialect::Dialect,
    idle::IdleChoice,
    message::{ClientMessage, Command, Greeting, Notice, Request, RequestId, Signal},
    presence::{Intent, Note, Source},
    signin_name::SigninName,
    status::MiStatus,
    time::Span,
};
use mistatus_hub::{RelationsRecord, UserRecord};
use mistatus_json::{JsonDialect, SUBPROTOCOL, Text};
use tokio::{
    task::JoinSet,
    time::{Instant, sleep, sleep_until},
};
use tokio_tungstenite::{
    connect_async,
    tungstenite::{Error, Message, client::IntoClientRequest, http::HeaderValue},
};

/// Returns who is in the database when a demo starts for the first time.
pub(crate) fn people() -> Vec<UserRecord> {
    let crowd = CROWD.iter().map(|(local, _)| name(local));
    let mut records: Vec<_> = MAIN
        .iter()
        .map(|(local, friendly_name)| {
            let others = MAIN.iter().filter(|(other, _)| other != local);
            record(local, friendly_name, others.map(|(other, _)| name(other)).chain(crowd.clone()))
        })
        .collect();
    let main = MAIN.iter().map(|(local, _)| name(local));
    records.extend(
        CROWD.iter().map(|(local, friendly_name)| record(local, friendly_name, main.clone())),
    );
    records
}

/// Lets the crowd live until the task is aborted.
pub(crate) async fn crowd(server: SocketAddr) {
    let mut tasks = JoinSet::new();
    for (place, (local, friendly_name)) in CROWD.iter().enumerate() {
        tasks.spawn(live(server, name(local), friendly_name, Dice::new(place)));
    }
    while tasks.join_next().await.is_some() {}
}

/// One person: signs in, changes status now and then, signs out for a while, and again.
async fn live(server: SocketAddr, who: SigninName, friendly_name: &str, mut dice: Dice) {
    // Not all at once.
    sleep(Duration::from_millis(dice.below(800))).await;
    loop {
        if let Err(error) = one_session(server, &who, friendly_name, &mut dice).await {
            tracing::debug!(%error, "somebody of the crowd lost the connection");
        }
        sleep(Duration::from_millis(4_000 + dice.below(16_000))).await;
    }
}

async fn one_session(
    server: SocketAddr,
    who: &SigninName,
    friendly_name: &str,
    dice: &mut Dice,
) -> Result<(), Error> {
    let mut request = format!("ws://{server}/stream").into_client_request()?;
    request.headers_mut().insert("sec-websocket-protocol", HeaderValue::from_static(SUBPROTOCOL));
    let (mut socket, _) = connect_async(request).await?;
    let mut dialect = JsonDialect::<Text>::default();
    dialect.open(Greeting {
        token: None,
        signin_name: Some(who.clone()),
        friendly_name: Some(friendly_name.to_owned()),
        idle_for: None,
        resume: None,
    });
    let mut next_move = Instant::now();
    let mut moves_left = 3 + dice.below(12);
    let mut signed_in = false;
    let mut last_id = 0;
    loop {
        while let Some(text) = dialect.poll_transmit() {
            socket.send(Message::text(text)).await?;
        }
        tokio::select! {
            message = socket.next() => match message {
                Some(Ok(Message::Text(text))) => dialect.receive(&text),
                Some(Ok(_)) => {}
                Some(Err(error)) => return Err(error),
                None => return Ok(()),
            },
            () = sleep_until(next_move), if signed_in => {
                next_move = Instant::now() + Duration::from_millis(6_000 + dice.below(24_000));
                if moves_left == 0 {
                    dialect.send(Signal::Signout.into());
                } else {
                    moves_left -= 1;
                    last_id += 1;
                    for request in a_move(RequestId(last_id), dice) {
                        dialect.send(request);
                    }
                }
            }
        }
        while let Some(notice) = dialect.poll_notice() {
            match notice {
                Ok(Notice::Snapshot(_)) => signed_in = true,
                Ok(Notice::Ping) => dialect.send(Signal::Pong { seen: None }.into()),
                Ok(Notice::Bye { .. }) => {
                    // The server closes; what is read until then is of no use.
                    while let Some(Ok(_)) = socket.next().await {}
                    return Ok(());
                }
                _ => {}
            }
        }
    }
}

/// What somebody does next: mostly another status, sometimes nothing for long.
fn a_move(id: RequestId, dice: &mut Dice) -> Vec<ClientMessage> {
    let place = usize::try_from(dice.below(CHOICES.len() as u64)).unwrap_or_default();
    let (status, note) = CHOICES[place];
    let idle_for = (dice.below(5) == 0).then_some(Span::from_secs(300));
    let note = Note::parse(note).ok().flatten();
    let intent = Intent { note, ..Intent::chosen(status, Source::User) };
    let choice = Request { id, command: Command::SetStatus { intent } };
    vec![Signal::ReportIdle { idle_for }.into(), choice.into()]
}

fn record(
    local: &str,
    friendly_name: &str,
    contacts: impl Iterator<Item = SigninName>,
) -> UserRecord {
    UserRecord {
        name: name(local),
        friendly_name: Some(friendly_name.to_owned()),
        intent: Intent::AUTOMATIC,
        chosen_at: None,
        contacts: contacts.collect(),
        deferred: Vec::new(),
        relations: RelationsRecord::default(),
        claims: Vec::new(),
        ignored: ClaimSources::NONE,
        idle: IdleChoice::NONE,
    }
}

fn name(local: &str) -> SigninName {
    // Only with the names of this file, which a test goes through.
    SigninName::parse(&format!("{local}@demo.example")).expect("the demo's names are valid")
}

/// A random number generator good enough for a demo: xorshift64*, with a different sequence for each person.
struct Dice(u64);

impl Dice {
    fn new(place: usize) -> Self {
        Self(0x9E37_79B9_7F4A_7C15 ^ (place as u64 + 1).wrapping_mul(0xD1B5_4A32_D192_ED03))
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) % bound
    }
}

const MAIN: [(&str, &str); 2] = [("alice", "Alice Rivera"), ("bob", "Bob Chen")];

const CROWD: [(&str, &str); 12] = [
    ("amara", "Amara Okafor"),
    ("bjork", "Björk Þórsdóttir"),
    ("carmen", "Carmen Iglesias"),
    ("dmitri", "Дмитрий Соколов"),
    ("elif", "Elif Şahin"),
    ("farid", "فريد حداد"),
    ("hana", "佐藤 花"),
    ("joao", "João da Conceição e Silva Albuquerque"),
    ("minjun", "김민준"),
    ("noa", "נועה לוי"),
    ("priya", "Priya Raghunathan"),
    ("wei", "王伟"),
];

const CHOICES: [(MiStatus, &str); 12] = [
    (MiStatus::Online, ""),
    (MiStatus::Online, ""),
    (MiStatus::Online, "At my desk"),
    (MiStatus::Busy, ""),
    (MiStatus::Busy, "Writing"),
    (MiStatus::Away, ""),
    (MiStatus::BeRightBack, "Coffee"),
    (MiStatus::OnThePhone, ""),
    (MiStatus::OutToLunch, "Back at two"),
    (MiStatus::DoNotDisturb, "Release day"),
    (MiStatus::Invisible, ""),
    (MiStatus::Custom, "Watering the plants"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everybody_has_a_valid_name_and_the_two_know_all() {
        let people = people();
        assert_eq!(people.len(), 14);
        assert!(people[..2].iter().all(|record| record.contacts.len() == 13));
    }
}
