//! Whatever comes, nothing panics, nothing is believed that must not be, and memory stays bounded.

use mistatus_core::{
    hresult::HResult,
    message::{Command, Notice, Request, RequestId, Update},
    status::MiStatus::*,
};
use mistatus_xmpp::xml;
use proptest::prelude::*;

use crate::support::{Service, choose, name, presence, presence_kind, signed_in};

#[test]
fn what_is_not_xml_ends_the_stream() {
    for text in [
        "",
        "{}",
        "<presence",
        "<a/><b/>",
        "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>",
        "<a>&lol;</a>",
    ] {
        let mut client = signed_in(&mut Service::default());
        client.receive(text);
        assert_eq!(client.bye(), Some(HResult::MSGR_E_UNEXPECTED), "{text}");
        // Nothing is heard after it.
        assert_eq!(client.receive(&presence_kind("bob@example.com", "subscribe")), []);
    }
}

#[test]
fn unknown_elements_and_questions_are_survived() {
    let mut client = signed_in(&mut Service::default());
    for text in [
        "<unknown xmlns='urn:example'/>",
        "<iq xmlns='jabber:client'/>",
        "<iq xmlns='jabber:client' type='get'/>",
        "<iq xmlns='jabber:client' type='set' id='x'/>",
        "<message xmlns='jabber:client'/>",
        "<presence xmlns='jabber:client' type='nonsense' from='bob@example.com'/>",
        "<presence/>",
        "<iq xmlns='jabber:client' type='result' id='x'/>",
        "<iq xmlns='jabber:client' type='result'/>",
        "<iq xmlns='jabber:client' type='set' id='x'><query xmlns='jabber:iq:roster'/></iq>",
        "<iq xmlns='jabber:client' type='set' id='x'><query xmlns='jabber:iq:roster'><item jid='a@b'/><item jid='c@d'/></query></iq>",
    ] {
        client.receive(text);
    }
    assert_eq!(client.bye(), None);
    assert!(!client.errors.is_empty());
    assert_eq!(client.numbers(), [0; 0]);
}

#[test]
fn an_answer_from_somebody_else_is_not_taken() {
    let mut service = Service::default();
    let mut client = signed_in(&mut service);
    let said = client.request(Request {
        id: RequestId(1),
        command: Command::AddContact { name: name("bob@example.com") },
    });
    let id = said[0].attribute("id").unwrap();
    for from in ["mallory@example.com/pc", "bob@example.com", "evil.example", "alice@evil.example"]
    {
        client
            .receive(&format!("<iq xmlns='jabber:client' type='result' id='{id}' from='{from}'/>"));
    }
    assert_eq!(client.outcomes(), []);
    client.receive(&format!(
        "<iq xmlns='jabber:client' type='result' id='{id}' from='alice@example.com'/>"
    ));
    assert_eq!(client.outcomes(), [(1, HResult::S_OK)]);
}

#[test]
fn a_crowd_of_subscribers_and_resources_is_bounded() {
    let mut service = Service::with_roster(&[("bob@example.com", "both")]);
    let mut client = signed_in(&mut service);
    for index in 0..1_000 {
        client.receive(&presence_kind(&format!("user{index}@example.com"), "subscribe"));
        client.receive(&presence(&format!("bob@example.com/{index}"), ""));
    }
    let asked = client
        .notices
        .iter()
        .filter(|notice| matches!(notice, Notice::Update(_, Update::ContactRequested { .. })));
    assert_eq!(asked.count(), 100);
}

/// Everything that a service says in a conversation with everything in it.
fn conversation() -> Vec<String> {
    vec![
        presence("bob@example.com/pc", "<show>dnd</show><priority>3</priority><status>Hi &amp; so</status><s xmlns='urn:mistatus:presence:1' code='50' t='2026-11-21T11:00:00Z' m='1' until='2026-11-21T13:00:00Z'/>"),
        presence("alice@example.com/other", "<s xmlns='urn:mistatus:presence:1' code='10' t='2026-11-21T11:59:00Z' m='1'/>"),
        presence("bob@example.com/pc", "<show>away</show><idle xmlns='urn:xmpp:idle:1' since='2026-11-21T11:00:00Z'/><delay xmlns='urn:xmpp:delay' stamp='2026-11-21T11:00:00Z'/>"),
        presence_kind("bob@example.com/pc", "unavailable"),
        presence_kind("carol@example.com", "subscribe"),
        "<iq xmlns='jabber:client' type='set' id='p'><query xmlns='jabber:iq:roster' ver='2'><item jid='dave@example.com' name='D' subscription='both'><group>G</group></item></query></iq>".to_owned(),
        "<iq xmlns='jabber:client' type='set' id='b'><block xmlns='urn:xmpp:blocking'><item jid='bob@example.com'/></block></iq>".to_owned(),
        "<message xmlns='jabber:client' from='bob@example.com/pc' to='alice@example.com' type='chat' id='m1'><body>Hi</body><origin-id xmlns='urn:xmpp:sid:0' id='m1'/><request xmlns='urn:xmpp:receipts'/><delay xmlns='urn:xmpp:delay' stamp='2026-11-21T11:00:00Z'/></message>".to_owned(),
        "<message xmlns='jabber:client' from='alice@example.com'><sent xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'><message xmlns='jabber:client' from='alice@example.com/b' to='bob@example.com' id='m2'><body>Ho</body></message></forwarded></sent></message>".to_owned(),
        "<message xmlns='jabber:client' from='bob@example.com/pc'><received xmlns='urn:xmpp:receipts' id='m2'/></message>".to_owned(),
        "<message xmlns='jabber:client' from='bob@example.com/pc' type='error' id='m2'><error type='cancel'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>".to_owned(),
        "<message xmlns='jabber:client'><result xmlns='urn:xmpp:mam:2' queryid='q' id='a'><forwarded xmlns='urn:xmpp:forward:0'><delay xmlns='urn:xmpp:delay' stamp='2026-11-21T11:00:00Z'/><message xmlns='jabber:client' from='bob@example.com/b' id='m3'><body>Ho</body></message></forwarded></result></message>".to_owned(),
        "<r xmlns='urn:xmpp:sm:3'/>".to_owned(),
        "<iq xmlns='jabber:client' type='get' id='q' from='bob@example.com/pc'><query xmlns='http://jabber.org/protocol/disco#info' node='n'/></iq>".to_owned(),
        "<stream:error xmlns:stream='http://etherx.jabber.org/streams'><conflict xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>".to_owned(),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn no_damage_to_a_conversation_makes_the_dialect_panic(
        damages in prop::collection::vec((0..15_usize, any::<prop::sample::Index>(), any::<prop::sample::Index>(), "[<>'/=&;a-z0-9: -]{0,6}"), 1..30),
    ) {
        let mut service = Service { manages: true, ..Service::with_roster(&[("bob@example.com", "both")]) };
        let mut client = signed_in(&mut service);
        client.request(choose(1, Busy));
        let texts = conversation();
        for (text, from, length, with) in damages {
            let mut text = texts[text].clone();
            let from = from.index(text.len());
            let to = (from + length.index(9)).min(text.len());
            text.replace_range(from..to, &with);
            client.receive(&text);
        }
        let numbers = client.numbers();
        prop_assert!(numbers.windows(2).all(|pair| pair[1] == pair[0] + 1));
    }

    #[test]
    fn no_order_of_a_negotiation_makes_the_dialect_panic(order in prop::collection::vec(0..12_usize, 0..20)) {
        let mut client = crate::support::Client::new(crate::support::options());
        client.open(crate::support::greeting());
        let texts = [
            "<open xmlns='urn:ietf:params:xml:ns:xmpp-framing' version='1.0' from='example.com'/>",
            "<f:features xmlns:f='http://etherx.jabber.org/streams'><mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>PLAIN</mechanism></mechanisms></f:features>",
            "<f:features xmlns:f='http://etherx.jabber.org/streams'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/><sm xmlns='urn:xmpp:sm:3'/></f:features>",
            "<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>", "<challenge xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>",
            "<enabled xmlns='urn:xmpp:sm:3' resume='true' id='x'/>", "<failed xmlns='urn:xmpp:sm:3'/>",
            "<resumed xmlns='urn:xmpp:sm:3' previd='x' h='0'/>", "<close xmlns='urn:ietf:params:xml:ns:xmpp-framing'/>",
            "<r xmlns='urn:xmpp:sm:3'/>", "<iq xmlns='jabber:client' type='result' id='x'/>", "<presence xmlns='jabber:client'/>",
        ];
        for index in order {
            client.receive(texts[index]);
        }
        let byes = client.notices.iter().filter(|notice| matches!(notice, Notice::Bye { .. })).count();
        prop_assert!(byes <= 1);
    }
}

#[test]
fn a_forged_wish_to_hide_by_a_contact_does_nothing_to_the_user() {
    let mut service = Service::with_roster(&[("bob@example.com", "both")]);
    let mut client = signed_in(&mut service);
    client.take_notices();
    let said = client.receive(&presence(
        "bob@example.com/pc",
        "<s xmlns='urn:mistatus:presence:1' code='6' t='2026-11-21T12:00:00Z' m='1'/>",
    ));
    assert_eq!((said, client.own_statuses(), client.changes()), (vec![], vec![], vec![]));
    client.receive(&presence("bob@example.com/pc", ""));
    assert_eq!(client.changes(), [("bob@example.com".to_owned(), Online)]);
    assert!(xml::read(&presence("bob@example.com/pc", "")).is_ok());
}
