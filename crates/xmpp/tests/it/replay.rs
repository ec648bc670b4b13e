//! Recorded conversations with Prosody and ejabberd, from `tests/vectors/xmpp/`.
//!
//! What services said then is said to this client: it must understand it, and say what the recorded clients said
//! wherever it does what they did. Frames are compared as trees.

use mistatus_core::{
    hresult::HResult,
    message::{Notice, Update},
    status::MiStatus::{self, *},
};
use mistatus_xmpp::{
    archive, blocking, carbons, framing, privacy_lists, sasl,
    xml::{self, Element},
};

use crate::support::{Client, Service, choose, greeting, name, options};

const SERVERS: [&str; 2] = ["ejabberd", "prosody"];

/// One line: who, whether they said it, and what.
struct Line {
    who: String,
    is_said: bool,
    text: String,
}

fn lines(server: &str, scenario: &str) -> Vec<Line> {
    let path =
        format!("{}/../../tests/vectors/xmpp/{server}-{scenario}.txt", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).expect("the recording is there");
    text.lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| {
            let (who, rest) = line.split_once(' ')?;
            let (arrow, text) = rest.split_once(' ')?;
            let is_frame = matches!(arrow, "-->" | "<--") && text.starts_with('<');
            is_frame.then(|| Line {
                who: who.to_owned(),
                is_said: arrow == "-->",
                text: text.to_owned(),
            })
        })
        .collect()
}

const SCENARIOS: [&str; 9] = [
    "00-auth",
    "01-subscribe",
    "02-presence-show",
    "03-disco",
    "05-invisible-xep0126",
    "07-idle-xep0319",
    "09-multi-resource",
    "11-stream-management",
    "12-unsubscribe",
];

#[test]
fn every_recorded_frame_is_read_and_written_back_as_the_same_tree() {
    let mut count = 0;
    for server in SERVERS {
        for line in SCENARIOS.iter().flat_map(|scenario| lines(server, scenario)) {
            let element =
                xml::read(&line.text).unwrap_or_else(|error| panic!("{error}: {}", line.text));
            assert_eq!(xml::read(&element.to_string()), Ok(element));
            assert!(framing::read(&line.text).is_ok());
            count += 1;
        }
    }
    assert!(count > 800, "{count} frames");
}

#[test]
fn recorded_exchanges_of_scram_come_out_alike() {
    let mut proofs = 0;
    for server in SERVERS {
        let lines = lines(server, "00-auth");
        let frames: Vec<_> =
            lines.iter().map(|line| (line, xml::read(&line.text).expect("it is XML"))).collect();
        for (at, (line, auth)) in frames.iter().enumerate() {
            let mechanism = sasl::Mechanism::ALL.into_iter().find(|known| {
                auth.name == "auth"
                    && known.name().starts_with("SCRAM")
                    && auth.attribute("mechanism") == Some(known.name())
            });
            let Some(mechanism) = mechanism else { continue };
            let [(_, challenge), (_, response), (_, verdict)] = &frames[at + 1..at + 4] else {
                continue;
            };
            if challenge.name != "challenge" {
                continue;
            }
            let secret = if verdict.name == "success" {
                format!("secret-{}", line.who)
            } else {
                "nope".to_owned()
            };
            let (mut exchange, first) = sasl::begin(mechanism, &line.who, &secret, &nonce(auth));
            assert_eq!(first, *auth);
            assert_eq!(exchange.challenge(challenge).as_ref(), Ok(response));
            assert_eq!(exchange.success(verdict).is_ok(), verdict.name == "success");
            proofs += 1;
        }
    }
    assert!(proofs >= 6, "{proofs} exchanges");
}

fn nonce(auth: &Element) -> String {
    use base64::{Engine, engine::general_purpose::STANDARD};
    let first = STANDARD.decode(auth.content()).expect("it is encoded");
    let first = String::from_utf8(first).expect("it is text");
    first.split("r=").nth(1).expect("it has a nonce").to_owned()
}

/// Signs in as somebody of a recording and is told everything that they were told after their first presence, up to
/// the end of that connection. Returns the client, and what it said meanwhile.
fn replay(server: &str, scenario: &str, who: &str, roster: &str) -> (Client, Vec<Element>) {
    let account = who.split('/').next().unwrap_or(who);
    let resource = who.split('/').nth(1).unwrap_or("w");
    let mut service = Service {
        domain: "localhost".to_owned(),
        bound: Some(format!("{account}@localhost/{resource}")),
        roster: roster.to_owned(),
        ..Service::default()
    };
    let mut client = Client::new(options());
    let mut greeting = greeting();
    greeting.signin_name = Some(name(&format!("{account}@localhost")));
    let said = client.open(greeting);
    service.talk(&mut client, said);
    client.snapshot();
    client.take_notices();

    let lines = lines(server, scenario);
    let theirs = lines.iter().filter(|line| line.who == who);
    let is_first_presence = |line: &&Line| line.is_said && line.text.starts_with("<presence");
    let told = theirs
        .skip_while(|line| !is_first_presence(line))
        .take_while(|line| !line.text.starts_with("<open"))
        .filter(|line| !line.is_said);
    let mut said = Vec::new();
    for line in told {
        let element = xml::read(&line.text).expect("it is XML");
        // Answers are to the recorded client's own requests.
        let is_answer =
            element.name == "iq" && matches!(element.attribute("type"), Some("result" | "error"));
        let is_management = element.namespace.starts_with("urn:xmpp:sm:");
        if !is_answer && !is_management && element.name != "close" {
            said.extend(client.receive(&line.text));
        }
    }
    assert_eq!(client.errors, [""; 0], "{server} {scenario}");
    (client, said)
}

const ALICE: &str = "<item jid='alice@localhost' subscription='both'/>";

fn seen(server: &str, scenario: &str) -> Vec<MiStatus> {
    let (client, _) = replay(server, scenario, "bob", ALICE);
    let mut statuses: Vec<_> = client.changes().into_iter().map(|(_, status)| status).collect();
    // Another note or instant is a change, too.
    statuses.dedup();
    statuses
}

#[test]
fn foreign_shows_read_as_mapped() {
    for server in SERVERS {
        // Online, chat (the same), dnd, away twice (the same), idle, xa, dnd.
        let expect = [Online, Busy, Away, Idle, Away, Busy];
        let told = seen(server, "02-presence-show");
        assert_eq!(told[..6], expect[..6], "{server}: {told:?}");
        assert_eq!(told.last(), Some(&Offline), "{server}: {told:?}");
    }
}

#[test]
fn idleness_and_coming_back_are_told() {
    for server in SERVERS {
        assert_eq!(seen(server, "07-idle-xep0319")[..2], [Online, Idle], "{server}");
    }
}

#[test]
fn several_connections_are_one_person() {
    for server in SERVERS {
        // The desk (dnd, priority 5), then only the phone (away), then neither, then the phone anew.
        assert_eq!(seen(server, "09-multi-resource"), [Busy, Away, Offline, Online], "{server}");
    }
}

#[test]
fn who_hides_is_offline_and_comes_back() {
    for server in SERVERS {
        assert_eq!(seen(server, "05-invisible-xep0126")[..2], [Online, Offline], "{server}");
    }
}

#[test]
fn changes_of_the_list_are_taken_and_confirmed_as_recorded() {
    for server in SERVERS {
        let (client, said) = replay(server, "01-subscribe", "alice", "");
        let added = client
            .notices
            .iter()
            .filter(|notice| matches!(notice, Notice::Update(_, Update::ContactAdded { .. })))
            .count();
        assert_eq!(added, 1, "{server}");
        // Asked for in the recording, unknown; let see; there; and at the end a subscriber like any other.
        let told: Vec<_> = client.changes().into_iter().map(|(_, status)| status).collect();
        assert_eq!(told.last(), Some(&Online), "{server}: {told:?}");
        let recorded: Vec<_> = lines(server, "01-subscribe")
            .into_iter()
            .filter(|line| line.who == "alice" && line.is_said)
            .map(|line| xml::read(&line.text).expect("it is XML"))
            .filter(|element| {
                element.attribute("type") == Some("result") && element.children.is_empty()
            })
            .map(|element| element.attribute("id").map(str::to_owned))
            .collect();
        assert!(!recorded.is_empty());
        let confirmed: Vec<_> = said
            .iter()
            .filter(|element| {
                element.attribute("type") == Some("result") && element.children.is_empty()
            })
            .map(|element| element.attribute("id").map(str::to_owned))
            .collect();
        assert_eq!(confirmed, recorded, "{server}");
        // As the recorded client, by the policy for people on the list.
        assert!(
            said.iter().any(|element| element.attribute("type") == Some("subscribed")),
            "{server}"
        );
    }
}

#[test]
fn who_was_taken_off_and_refused_is_unknown() {
    for server in SERVERS {
        let (client, _) = replay(server, "12-unsubscribe", "bob", ALICE);
        let removed = client
            .notices
            .iter()
            .filter(|notice| matches!(notice, Notice::Update(_, Update::ContactRemoved { .. })))
            .count();
        assert!(removed >= 1, "{server}");
        assert!(!client.changes().iter().any(|(_, status)| *status == Busy), "{server}");
    }
}

#[test]
fn hiding_says_what_the_recorded_client_said() {
    for server in SERVERS {
        let recorded: Vec<_> = lines(server, "05-invisible-xep0126")
            .into_iter()
            .filter(|line| line.who == "alice" && line.is_said)
            .map(|line| xml::read(&line.text).expect("it is XML"))
            .skip_while(|element| !is_privacy(element))
            .filter(is_of_hiding)
            .map(|element| step(&element))
            .take(4)
            .collect();
        let mut service = Service {
            domain: "localhost".to_owned(),
            bound: Some("alice@localhost/w".to_owned()),
            ..Service::default()
        };
        let mut client = Client::new(options());
        let mut greeting = greeting();
        greeting.signin_name = Some(name("alice@localhost"));
        let said = client.open(greeting);
        service.talk(&mut client, said);
        let heard = service.heard.len();
        let said = client.request(choose(1, Invisible));
        service.talk(&mut client, said);
        let ours: Vec<_> = service.heard[heard..]
            .iter()
            .filter(|element| is_of_hiding(element))
            .map(step)
            .collect();
        assert_eq!(ours, recorded, "{server}");
        assert_eq!(client.outcomes(), [(1, HResult::S_OK)]);
    }
}

fn is_privacy(element: &Element) -> bool {
    element.first("query", "jabber:iq:privacy").is_some()
}

fn is_of_hiding(element: &Element) -> bool {
    let is_change = is_privacy(element) && element.attribute("type") == Some("set");
    is_change || element.name == "presence" && element.attribute("to").is_none()
}

/// Reduces a frame to what must be the same: names of lists and what we say beside the standard are our own.
fn step(element: &Element) -> String {
    fn outline(element: &Element) -> String {
        let inner: Vec<_> = element.elements().map(outline).collect();
        let kind: String =
            ["action", "order", "type"].iter().filter_map(|name| element.attribute(name)).collect();
        format!("{}{kind}({})", element.name, inner.join(" "))
    }
    if element.name == "presence" {
        return format!("presence {}", element.attribute("type").unwrap_or("available"));
    }
    outline(element)
}

#[test]
fn a_recorded_resumption_goes_on_with_the_same_counters() {
    for server in SERVERS {
        let lines: Vec<_> = lines(server, "11-stream-management")
            .into_iter()
            .filter(|line| line.who == "alice")
            .collect();
        let enabled = lines
            .iter()
            .position(|line| line.text.starts_with("<enabled"))
            .expect("it was enabled");
        let end = lines[enabled..]
            .iter()
            .position(|line| line.text.starts_with("<open"))
            .expect("it was cut")
            + enabled;
        let resume = lines[end..]
            .iter()
            .find(|line| line.text.starts_with("<resume "))
            .expect("it was resumed");
        let resume = xml::read(&resume.text).expect("it is XML");
        let enabled = xml::read(&lines[enabled].text).expect("it is XML");
        let mut management = mistatus_xmpp::stream_management::StreamManagement::begin(&enabled);
        let from = lines
            .iter()
            .position(|line| line.text.starts_with("<enabled"))
            .expect("it was enabled");
        for line in &lines[from + 1..end] {
            let element = xml::read(&line.text).expect("it is XML");
            match (line.is_said, mistatus_xmpp::stanza::is_stanza(&element), element.name.as_str())
            {
                (true, true, _) => {
                    management.keep(line.text.clone());
                }
                (false, true, _) => management.count_received(),
                (false, false, "a") => {
                    let handled =
                        mistatus_xmpp::stream_management::handled(&element).expect("it counts");
                    assert_eq!(management.confirm(handled), Ok(()), "{server}");
                }
                _ => {}
            }
        }
        assert_eq!(management.resume().expect("it can be resumed"), sorted(&resume), "{server}");
        assert_eq!(management.unacknowledged().count(), 0, "{server}");
    }
}

/// Puts attributes into the order in which ours are written.
fn sorted(element: &Element) -> Element {
    let mut sorted = element.clone();
    sorted.attributes.sort_by(|a, b| a.name.cmp(&b.name));
    sorted
}

#[test]
fn what_services_say_of_themselves_is_understood() {
    for server in SERVERS {
        let answers: Vec<_> = lines(server, "03-disco")
            .into_iter()
            .filter(|line| line.who == "alice" && !line.is_said)
            .map(|line| xml::read(&line.text).expect("it is XML"))
            .collect();
        let of = |from: &str| {
            let of_theirs = answers.iter().filter(|answer| answer.attribute("from") == Some(from));
            of_theirs
                .filter_map(|answer| answer.first("query", "http://jabber.org/protocol/disco#info"))
                .next()
                .expect("it was asked")
        };
        let (service, account) = (of("localhost"), of("alice@localhost"));
        assert!(blocking::is_offered(service), "{server}");
        assert!(carbons::is_offered(service), "{server}");
        assert!(privacy_lists::is_offered(service), "{server}");
        assert!(archive::is_offered(account), "{server}");
        // What an account can do is no word about the service.
        assert!(!blocking::is_offered(account), "{server}");
    }
}

#[test]
fn refusals_of_real_services_have_their_codes() {
    for server in SERVERS {
        let frames = lines(server, "00-auth");
        let failures = frames.iter().filter(|line| line.text.starts_with("<failure"));
        let mut count = 0;
        for failure in failures {
            let failure = xml::read(&failure.text).expect("it is XML");
            let hr = mistatus_xmpp::errors::of_sasl(&failure);
            assert!(
                matches!(hr, HResult::MSGR_E_INVALID_PASSWORD | HResult::MSGR_E_SERVER_VERSION),
                "{failure:?}"
            );
            count += 1;
        }
        assert!(count >= 3, "{server}");
        let unknown =
            frames.iter().find(|line| line.text.contains("host-unknown")).expect("it was tried");
        let framing::Frame::Error(error) = framing::read(&unknown.text).expect("it is XML") else {
            panic!("{}", unknown.text)
        };
        assert_eq!(mistatus_xmpp::errors::of_stream(&error), HResult::MSGR_E_INVALID_SERVER_NAME);
    }
}
