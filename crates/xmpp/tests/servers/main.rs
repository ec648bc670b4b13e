//! The dialect against Prosody and ejabberd, started here on loopback with their data in a temporary folder, on the
//! configurations of Debian with those that docs/XMPP.md lays over them.
//!
//! Needs the Debian packages `prosody prosody-modules lua5.4-event lua5.4-unbound ejabberd erlang-p1-oauth2 nginx-light`,
//! and fails where they are missing.

#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "real services live in real time"
)]

mod client;
mod server;
mod documented;
mod setup;
mod people;
mod chats;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, Mac};
use mistatus_core::{
    hresult::HResult,
    message::{Command, Notice, Request, RequestId, Signal},
    presence::{Intent, Note, Source},
    status::MiStatus::{self, *},
    time::Span,
};
use mistatus_xmpp::{Credentials, XmppOptions, sasl::Mechanism};
use sha2::Sha256;

use chats::{
    a_cut_link_loses_no_message_and_repeats_none, a_link_that_cannot_be_resumed_loses_no_message,
    a_message_to_whoever_blocks_the_writer_fails, messages_arrive_and_are_told_as_delivered,
    nobody_is_there_to_take_it, older_messages_come_in_pages,
    own_clients_have_the_whole_conversation,
    what_another_program_corrects_is_replaced_and_found_so_later,
    what_came_while_there_was_no_stream_is_told_once, what_is_read_on_one_client_is_read_on_all,
    what_is_written_to_somebody_away_waits_and_comes_once,
    what_was_discarded_is_not_delivered_when_the_stream_goes_on,
};
use client::Client;
use people::{
    a_request_is_taken_back, contacts_who_ask_the_invisible_are_answered_as_by_nobody,
    groups_are_seen_by_all_clients_and_kept, names_are_published_and_told,
    the_blocked_reach_nobody_while_the_user_hides, the_blocked_see_and_reach_nobody,
    what_the_invisible_answer_and_ask_arrives_and_shows_nothing, whoever_asks_waits_for_the_answer,
};
use server::{Cluster, JWT_KEY, Server};

/// Makes two users of a server who see each other's presence, signed in and available.
fn friends(server: &Server, names: [&str; 2]) -> [Client; 2] {
    let mut clients = names.map(|name| {
        server.register(name);
        Client::sign_in(server, name)
    });
    for (index, other) in [(0, names[1]), (1, names[0])] {
        let name = server.name_of(other);
        let outcome = clients[index].ask(Command::AddContact { name: name.clone() });
        assert_eq!(outcome, HResult::S_OK);
    }
    // Each lets the other see, so both must listen.
    let sees = |client: &Client, other| client.told_of(server, other).last() == Some(&Online);
    client::until_both(&mut clients, |[first, second]| {
        sees(first, names[1]) && sees(second, names[0])
    });
    // What else each asks about the other is answered, too: ejabberd stands still for 15 s where a link is cut while
    // it says something.
    for _ in 0..2 {
        for client in &mut clients {
            client.catch_up();
        }
    }
    clients
}

fn choose(client: &mut Client, status: MiStatus) -> HResult {
    let intent = Intent::chosen(status, Source::User);
    client.ask(Command::SetStatus { intent: intent.clone() })
}

fn signs_in_by_each_mechanism(server: &Server) {
    let host = server.host_of_proofs();
    server.register_at("mechanisms", host);
    let sign_in = |secret: &str, options: XmppOptions| {
        Client::try_sign_in_as(server, &format!("mechanisms@{host}"), secret, options).err()
    };
    for weakest in [Mechanism::Plain, Mechanism::ScramSha1] {
        let options = XmppOptions { weakest, ..client::options() };
        assert_eq!(sign_in("secret-mechanisms", options.clone()), None);
        assert_eq!(sign_in("wrong", options), Some(HResult::MSGR_E_INVALID_PASSWORD));
    }
    // As a token is said, and as one that is no good.
    let token = XmppOptions { credentials: Credentials::Token, ..client::options() };
    assert_eq!(sign_in("secret-mechanisms", token.clone()), None);
    assert_eq!(sign_in("wrong", token), Some(HResult::MSGR_E_INVALID_PASSWORD));
    let visitor = XmppOptions {
        credentials: Credentials::Anonymous,
        domain: Some("anon.localhost".to_owned()),
        ..client::options()
    };
    assert!(Client::try_sign_in(server, "nobody", "", visitor).is_ok());
    let nowhere = XmppOptions { domain: Some("nowhere.example".to_owned()), ..client::options() };
    let refused = sign_in("secret-mechanisms", nowhere);
    assert_eq!(refused, Some(HResult::MSGR_E_INVALID_SERVER_NAME));
}

fn every_status_reaches_the_other_and_a_foreign_one_reads_as_mapped(server: &Server) {
    let [mut anna, mut ben] = friends(server, ["anna", "ben"]);
    assert_eq!(choose(&mut anna, Busy), HResult::S_OK);
    ben.until_seen(server, "anna", Busy);
    let chosen =
        MiStatus::ALL.into_iter().filter(|status| status.is_settable() && *status != Invisible);
    for status in chosen {
        let until = None;
        let note = Note::parse("A <note> & more").expect("short enough");
        let intent = Intent { status, note: note.clone(), until, source: Source::User };
        assert_eq!(anna.ask(Command::SetStatus { intent: intent.clone() }), HResult::S_OK);
        let seen = ben.until_seen(server, "anna", status);
        assert_eq!((seen.note, seen.source), (note, Some(Source::User)), "{status}");
    }
    assert_eq!(choose(&mut anna, Online), HResult::S_OK);
    ben.until_seen(server, "anna", Online);
    for (said, expect) in [
        ("<show>dnd</show>", Busy),
        ("<show>xa</show>", Away),
        ("<idle xmlns='urn:xmpp:idle:1' since='2026-01-02T03:04:05Z'/>", Idle),
        ("<show>chat</show>", Online),
    ] {
        ben.say_foreign(&format!("<presence xmlns='jabber:client'>{said}</presence>"));
        anna.until_seen(server, "ben", expect);
    }
    ben.say_foreign("<presence xmlns='jabber:client' type='unavailable'/>");
    anna.until_seen(server, "ben", Offline);
}

fn a_cut_link_is_resumed_and_nothing_is_missed(server: &Server) {
    let [mut carol, mut dave] = friends(server, ["carol", "dave"]);
    for status in [Busy, Away] {
        carol.cut();
        assert_eq!(choose(&mut dave, status), HResult::S_OK);
        carol.reconnect(server);
        assert!(carol.welcome().resumed);
        carol.until_seen(server, "dave", status);
        assert_eq!(choose(&mut carol, status), HResult::S_OK);
        dave.until_seen(server, "carol", status);
    }
    carol.check_numbers();
}

fn a_page_goes_on_with_the_stream_that_the_one_before_left(server: &Server) {
    let [mut paula, mut quirin] = friends(server, ["paula", "quirin"]);
    for status in [Busy, Away] {
        let left = paula.leave();
        assert_eq!(quirin.write(server, "paula", "Are you there?"), HResult::S_OK);
        assert_eq!(choose(&mut quirin, status), HResult::S_OK);
        paula = Client::go_on(server, "paula", &left);
        paula.until_seen(server, "quirin", status);
        assert_eq!(paula.until_messages(1)[0].1, "Are you there?");
        for _ in 0..2 {
            paula.catch_up();
            quirin.catch_up();
        }
        assert_eq!(paula.messages().len(), 1, "once");
        assert_eq!(quirin.told_of(server, "paula").last(), Some(&Online));
    }
    assert!(!quirin.told_of(server, "paula")[2..].contains(&Offline), "she was there all along");
    // Nothing else of her is there: whoever hides has gone.
    assert_eq!(choose(&mut paula, Invisible), HResult::S_OK);
    quirin.until_seen(server, "paula", Offline);
    assert_eq!(choose(&mut quirin, Busy), HResult::S_OK);
    paula.until_seen(server, "quirin", Busy);
    quirin.catch_up();
    assert_eq!(quirin.told_of(server, "paula").last(), Some(&Offline));
}

fn the_invisible_are_offline_for_others_and_see_them(server: &Server) {
    let [mut erin, mut frank] = friends(server, ["erin", "frank"]);
    assert_eq!(choose(&mut erin, Invisible), HResult::S_OK);
    frank.until_seen(server, "erin", Offline);
    assert_eq!(choose(&mut frank, Busy), HResult::S_OK);
    erin.until_seen(server, "frank", Busy);
    assert_eq!(choose(&mut erin, Away), HResult::S_OK);
    frank.until_seen(server, "erin", Away);
    // Away and nothing else between.
    let told: Vec<_> = frank.told_of(server, "erin");
    assert_eq!(told[told.len() - 2..], [Offline, Away]);
}

fn signing_in_invisible_shows_others_and_is_not_shown(server: &Server) {
    let [mut gina, henry] = friends(server, ["gina", "henry"]);
    henry.sign_out();
    gina.until_seen(server, "henry", Offline);
    assert_eq!(choose(&mut gina, Busy), HResult::S_OK);
    let chosen = Some((Intent::chosen(Invisible, Source::User), client::now()));
    let options = XmppOptions { chosen, ..client::options() };
    let mut henry =
        Client::try_sign_in(server, "henry", "secret-henry", options).expect("signs in");
    assert_eq!(henry.me(), Invisible);
    henry.until_seen(server, "gina", Busy);
    // What was said after it has arrived, so it would have been seen.
    assert_eq!(choose(&mut gina, Away), HResult::S_OK);
    henry.until_seen(server, "gina", Away);
    assert_eq!(gina.told_of(server, "henry").last(), Some(&Offline));
}

fn whoever_signs_in_invisible_with_a_crowd_on_the_list_is_not_slowed_down(server: &Server) {
    const CROWD: usize = 1_200;
    for name in ["zora", "yves"] {
        server.register(name);
    }
    server.list_crowd("zora", CROWD);
    let mut both = ["zora", "yves"].map(|name| Client::sign_in(server, name));
    for (client, other) in both.iter_mut().zip(["yves", "zora"]) {
        let name = server.name_of(other);
        assert_eq!(client.ask(Command::AddContact { name: name.clone() }), HResult::S_OK);
    }
    client::until_both(&mut both, |[zora, yves]| {
        zora.told_of(server, "yves").last() == Some(&Online)
            && yves.told_of(server, "zora").last() == Some(&Online)
    });
    let [mut zora, mut yves] = both;
    assert_eq!(choose(&mut zora, Invisible), HResult::S_OK);
    yves.until_seen(server, "zora", Offline);
    let told = yves.told_of(server, "zora").len();
    zora.sign_out();
    assert_eq!(choose(&mut yves, Busy), HResult::S_OK);
    let mut zora = Client::sign_in(server, "zora");
    assert_eq!((zora.me(), zora.contacts().len()), (Invisible, CROWD + 1));
    zora.until_seen(server, "yves", Busy);
    // The stream is one that goes on, and she is told what becomes of others.
    assert_eq!(choose(&mut zora, Invisible), HResult::S_OK);
    zora.cut();
    assert_eq!(choose(&mut yves, Away), HResult::S_OK);
    zora.reconnect(server);
    assert!(zora.welcome().resumed);
    zora.until_seen(server, "yves", Away);
    yves.catch_up();
    let seen = yves.told_of(server, "zora");
    assert!(seen[told..].iter().all(|status| *status == Offline), "{seen:?}");
}

fn connections_of_one_user_follow_each_other(server: &Server) {
    let [mut iris, mut jack] = friends(server, ["iris", "jack"]);
    let mut phone = Client::sign_in(server, "iris");
    assert_eq!(choose(&mut phone, OutToLunch), HResult::S_OK);
    iris.until("the other's choice", |client| client.me() == OutToLunch);
    jack.until_seen(server, "iris", OutToLunch);
    phone.sign_out();
    assert_eq!(jack.told_of(server, "iris").last(), Some(&OutToLunch));
    assert_eq!(choose(&mut iris, Online), HResult::S_OK);
    jack.until_seen(server, "iris", Online);
    iris.say(Signal::ReportIdle { idle_for: Some(Span::from_secs(600)) });
    jack.until_seen(server, "iris", Idle);
}

fn a_choice_is_kept_for_the_next_client_and_for_others(server: &Server) {
    let [mut thea, mut udo] = friends(server, ["thea", "udo"]);
    assert_eq!(choose(&mut thea, OutToLunch), HResult::S_OK);
    udo.until_seen(server, "thea", OutToLunch);
    thea.sign_out();
    udo.until_seen(server, "thea", Offline);
    let mut laptop = Client::sign_in(server, "thea");
    assert_eq!(laptop.me(), OutToLunch);
    udo.until_seen(server, "thea", OutToLunch);
    assert_eq!(choose(&mut laptop, Invisible), HResult::S_OK);
    udo.until_seen(server, "thea", Offline);
    let told = udo.told_of(server, "thea");
    assert_eq!(told[told.len() - 4..], [OutToLunch, Offline, OutToLunch, Offline]);
    // Somebody who hides signs in on another device.
    let mut phone = Client::sign_in(server, "thea");
    assert_eq!(phone.me(), Invisible);
    // What was said after it has arrived, so it would have been seen.
    assert_eq!(choose(&mut udo, Busy), HResult::S_OK);
    phone.until_seen(server, "udo", Busy);
    assert_eq!(udo.told_of(server, "thea").len(), told.len());
    // It hears of what the other device chooses.
    assert_eq!(choose(&mut laptop, Away), HResult::S_OK);
    phone.until("the other's choice", |client| client.me() == Away);
    udo.until_seen(server, "thea", Away);
}

fn whoever_is_taken_off_the_list_sees_nothing_any_more(server: &Server) {
    let [mut kate, mut liam] = friends(server, ["kate", "liam"]);
    let name = server.name_of("liam");
    assert_eq!(kate.ask(Command::RemoveContact { name: name.clone() }), HResult::S_OK);
    liam.until_seen(server, "kate", Unknown);
    let refused = kate.ask(Command::RemoveContact { name: name.clone() });
    assert_eq!(refused, HResult::MSGR_E_USER_NOT_FOUND);
    // Signed in again, the list is as it was left.
    let again = Client::sign_in(server, "kate");
    assert_eq!(again.contacts(), [""; 0]);
    assert_eq!(Client::sign_in(server, "liam").contacts(), ["kate@localhost"]);
}

fn a_heartbeat_is_answered(server: &Server) {
    server.register("mary");
    let mut mary = Client::sign_in(server, "mary");
    mary.say(Signal::Ping { seen: None });
    mary.until("an answer", |client| client.notices.contains(&Notice::Pong));
    let id = RequestId(u64::MAX >> 11);
    mary.say(Request { id, command: Command::QueryStatus });
    mary.until("an outcome", |client| client.outcome(id) == Some(HResult::S_OK));
}

fn a_name_that_is_no_address_still_brings_a_text(server: &Server) {
    let answer = Client::sign_in_as_nobody(server);
    assert!(answer.starts_with('<'), "{answer}");
}

/// A token as a site's back end makes it (RFC 7519, HS256).
fn token(subject: &str, expires: u64, key: &[u8]) -> String {
    let part = |text: &str| URL_SAFE_NO_PAD.encode(text);
    let head = part(r#"{"alg":"HS256","typ":"JWT"}"#);
    let body = part(&format!(r#"{{"sub":"{subject}","exp":{expires}}}"#));
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("any length will do");
    mac.update(format!("{head}.{body}").as_bytes());
    format!("{head}.{body}.{}", URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()))
}

#[test]
fn ejabberd_takes_tokens_of_a_back_end_and_no_others() {
    let server = Server::ejabberd();
    let options = || XmppOptions { credentials: Credentials::Token, ..client::options() };
    let soon = client::now().as_millis() / 1_000 + 60;
    let signs_in =
        |token: &str| Client::try_sign_in_as(server, "ada@localhost", token, options()).err();
    assert_eq!(signs_in(&token("ada@localhost", soon, JWT_KEY)), None);
    for refused in [
        token("ada@localhost", soon, b"another key"),
        token("ada@localhost", soon - 3_600, JWT_KEY),
        token("eve@localhost", soon, JWT_KEY),
        "no token".to_owned(),
    ] {
        assert_eq!(signs_in(&refused), Some(HResult::MSGR_E_INVALID_PASSWORD));
    }
}

#[test]
fn the_death_of_a_node_loses_no_status_and_no_message() {
    let Cluster { one, two, mapper } = Cluster::start();
    for name in ["alma", "bela", "carl"] {
        one.register(name);
    }
    let mut alma = Client::sign_in(&one, "alma");
    let mut bela = Client::sign_in(&two, "bela");
    for (client, other) in [(&mut alma, "bela"), (&mut bela, "alma")] {
        let name = two.name_of(other);
        let outcome = client.ask(Command::AddContact { name: name.clone() });
        assert_eq!(outcome, HResult::S_OK);
    }
    let mut both = [alma, bela];
    client::until_both(&mut both, |[alma, bela]| {
        let sees = |client: &Client, other| client.told_of(&two, other).last() == Some(&Online);
        sees(alma, "bela") && sees(bela, "alma")
    });
    let [mut alma, mut bela] = both;
    assert_eq!(choose(&mut alma, Busy), HResult::S_OK);
    bela.until_seen(&two, "alma", Busy);
    assert_eq!(alma.write(&two, "bela", "To the other node"), HResult::S_OK);
    assert_eq!(alma.write(&two, "carl", "For later"), HResult::S_OK);
    bela.until_messages(1);

    drop(one);
    alma.until_lost();
    alma.reconnect(&two);
    assert!(!alma.welcome().resumed);
    alma.until_seen(&two, "bela", Online);
    assert_eq!(alma.me(), Busy);
    assert_eq!(alma.write(&two, "bela", "From here now"), HResult::S_OK);
    let texts = |messages: Vec<(String, String)>| -> Vec<_> {
        messages.into_iter().map(|(_, text)| text).collect()
    };
    assert_eq!(texts(bela.until_messages(2)), ["To the other node", "From here now"]);
    assert_eq!(bela.told_of(&two, "alma").last(), Some(&Busy));
    assert_eq!(choose(&mut alma, Away), HResult::S_OK);
    bela.until_seen(&two, "alma", Away);
    // What was acknowledged waits on the node that is left.
    let mut carl = Client::sign_in(&two, "carl");
    assert_eq!(texts(carl.until_messages(1)), ["For later"]);
    drop(mapper);
}

/// Prosody has no such document of its own: it is a file at the proxy.
#[test]
fn ejabberd_says_where_its_socket_is() {
    let server = Server::ejabberd();
    let expect = [server.url()];
    let json = server.document("/.well-known/host-meta.json");
    assert_eq!(mistatus_xmpp::host_meta::from_json(&json), expect, "{json}");
    let xml = server.document("/.well-known/host-meta");
    assert_eq!(mistatus_xmpp::host_meta::from_xml(&xml), expect, "{xml}");
}

macro_rules! against {
    ($server:ident: $($scenario:ident)*) => {
        mod $server {
            $(#[test]
            fn $scenario() {
                super::$scenario(super::Server::$server());
            })*
        }
    };
}

macro_rules! against_each {
    ($($scenario:ident)*) => {
        against!(prosody: $($scenario)*);
        against!(ejabberd: $($scenario)*);
    };
}

against_each! {
    signs_in_by_each_mechanism
    every_status_reaches_the_other_and_a_foreign_one_reads_as_mapped
    a_cut_link_is_resumed_and_nothing_is_missed
    a_page_goes_on_with_the_stream_that_the_one_before_left
    the_invisible_are_offline_for_others_and_see_them
    signing_in_invisible_shows_others_and_is_not_shown
    whoever_signs_in_invisible_with_a_crowd_on_the_list_is_not_slowed_down
    connections_of_one_user_follow_each_other
    a_choice_is_kept_for_the_next_client_and_for_others
    whoever_is_taken_off_the_list_sees_nothing_any_more
    a_heartbeat_is_answered
    a_name_that_is_no_address_still_brings_a_text
    whoever_asks_waits_for_the_answer
    a_request_is_taken_back
    contacts_who_ask_the_invisible_are_answered_as_by_nobody
    what_the_invisible_answer_and_ask_arrives_and_shows_nothing
    names_are_published_and_told
    groups_are_seen_by_all_clients_and_kept
    the_blocked_see_and_reach_nobody
    the_blocked_reach_nobody_while_the_user_hides
    messages_arrive_and_are_told_as_delivered
    what_is_written_to_somebody_away_waits_and_comes_once
    own_clients_have_the_whole_conversation
    a_cut_link_loses_no_message_and_repeats_none
    a_link_that_cannot_be_resumed_loses_no_message
    what_came_while_there_was_no_stream_is_told_once
    what_is_read_on_one_client_is_read_on_all
    older_messages_come_in_pages
    what_another_program_corrects_is_replaced_and_found_so_later
    nobody_is_there_to_take_it
    a_message_to_whoever_blocks_the_writer_fails
    what_was_discarded_is_not_delivered_when_the_stream_goes_on
}
