//! What the user and others are called: published names and those of the list.

use std::collections::VecDeque;

use mistatus_core::{
    message::{Greeting, Notice, Signal, Update},
    presence::{Intent, Source},
    status::MiStatus,
};
use mistatus_xmpp::xml::Element;

use crate::support::{Client, NOON, Service, choose, greeting, options, presence, signed_in};

const CAPS: &str = "http://jabber.org/protocol/caps";

fn called(service: &mut Service, client: &mut Client, name: Option<&str>) -> String {
    service.relink();
    service.heard.clear();
    let friendly_name = name.map(str::to_owned);
    let said = client.open(Greeting { friendly_name, ..greeting() });
    service.talk(client, said);
    client.welcome().friendly_name.clone()
}

fn published(service: &Service) -> usize {
    let is_publishing = |element: &&Element| {
        let pubsub = element.first("pubsub", "http://jabber.org/protocol/pubsub");
        pubsub.is_some_and(|pubsub| pubsub.elements().any(|child| child.name == "publish"))
    };
    service.heard.iter().filter(is_publishing).count()
}

/// What somebody's account tells of their name.
fn told(from: &str, name: &str) -> String {
    format!(
        "<message xmlns='jabber:client' from='{from}' to='alice@example.com'>\
         <event xmlns='http://jabber.org/protocol/pubsub#event'>\
         <items node='http://jabber.org/protocol/nick'><item>\
         <nick xmlns='http://jabber.org/protocol/nick'>{name}</nick></item></items></event></message>"
    )
}

/// Returns the names that were told, in order.
fn names(client: &mut Client) -> Vec<Option<String>> {
    let notices = client.take_notices().into_iter();
    let changes = notices.filter_map(|notice| match notice {
        Notice::Update(_, Update::Changes { changes }) => Some(changes),
        _ => None,
    });
    changes.flatten().map(|change| change.friendly_name).collect()
}

#[test]
fn a_user_is_called_as_the_page_says_or_as_was_published_and_else_by_the_address() {
    let (mut service, mut client) = (Service::default(), Client::new(options()));
    assert_eq!(called(&mut service, &mut client, None), "alice@example.com");
    assert_eq!(published(&service), 0);
    assert_eq!(called(&mut service, &mut client, Some("Alice A.")), "Alice A.");
    assert_eq!((published(&service), service.nick.as_deref()), (1, Some("Alice A.")));
    assert_eq!(called(&mut service, &mut client, Some("Alice A.")), "Alice A.");
    assert_eq!(published(&service), 0, "what is published already is not news");
    service.nick = Some("Alice elsewhere".to_owned());
    assert_eq!(called(&mut service, &mut client, None), "Alice elsewhere");
    let mut other = Client::new(options());
    assert_eq!(called(&mut service, &mut other, None), "Alice elsewhere");
}

#[test]
fn a_name_of_somebody_who_hides_is_published_once_they_come_out() {
    let chosen = Some((Intent::chosen(MiStatus::Invisible, Source::User), NOON));
    let (mut service, mut client) =
        (Service::default(), Client::new(mistatus_xmpp::XmppOptions { chosen, ..options() }));
    assert_eq!(called(&mut service, &mut client, Some("Alice A.")), "Alice A.");
    assert_eq!(published(&service), 0);
    let said = client.request(choose(1, MiStatus::Busy));
    service.talk(&mut client, said);
    assert_eq!(published(&service), 1);
}

#[test]
fn whoever_leaves_at_once_has_published_their_name() {
    let (mut service, mut client) = (Service::default(), Client::new(options()));
    let friendly_name = Some("Alice A.".to_owned());
    let mut said = VecDeque::from(client.open(Greeting { friendly_name, ..greeting() }));
    let welcomed = |notice: &Notice| matches!(notice, Notice::SignedIn(_));
    while !client.take_notices().iter().any(welcomed) {
        let element = said.pop_front().expect("a welcome");
        for text in service.answer(&element) {
            said.extend(client.receive(&text));
        }
    }
    assert_eq!(published(&service), 0);
    let said = client.request(Signal::Signout);
    service.talk(&mut client, said);
    assert_eq!(published(&service), 1);
}

#[test]
fn the_presence_says_that_names_are_wanted_and_what_it_says_can_be_asked() {
    let mut service = Service::default();
    let mut client = signed_in(&mut service);
    let presence = service.heard.iter().find(|element| element.name == "presence").unwrap();
    let mark = presence.first("c", CAPS).expect("a fingerprint");
    let node = format!("{}#{}", mark.attribute("node").unwrap(), mark.attribute("ver").unwrap());
    let question = format!(
        "<iq xmlns='jabber:client' type='get' id='q' from='example.com'>\
         <query xmlns='http://jabber.org/protocol/disco#info' node='{node}'/></iq>"
    );
    let said = client.receive(&question);
    let [answer] = said.as_slice() else { panic!("one answer") };
    let query = answer.elements().next().unwrap();
    assert_eq!(query.attribute("node"), Some(node.as_str()));
    let features: Vec<_> = query.elements().filter_map(|child| child.attribute("var")).collect();
    assert!(features.contains(&"http://jabber.org/protocol/nick+notify"));
}

#[test]
fn a_published_name_is_told_and_the_one_of_the_list_goes_first() {
    let mut service = Service {
        roster: "<item jid='bob@example.com' subscription='both'/>\
                 <item jid='cem@example.com' subscription='both' name='Cem at work'/>"
            .to_owned(),
        ..Service::default()
    };
    let mut client = signed_in(&mut service);
    client.take_notices();
    client.receive(&told("bob@example.com", "Bob &lt;b&gt;"));
    assert_eq!(names(&mut client), [Some("Bob <b>".to_owned())]);
    client.receive(&told("bob@example.com", "Bob &lt;b&gt;"));
    assert_eq!(names(&mut client), [], "it is no news");
    client.receive(&told("cem@example.com", "Cem"));
    assert_eq!(names(&mut client), [Some("Cem at work".to_owned())]);
    client.receive(&presence("bob@example.com/x", ""));
    assert_eq!(names(&mut client), [Some("Bob <b>".to_owned())]);
    // Over another stream the name is known before the service tells it again.
    service.relink();
    let said = client.open(greeting());
    service.talk(&mut client, said);
    let bob = client.snapshot().contacts.iter().find(|one| one.name.as_str() == "bob@example.com");
    assert_eq!(bob.unwrap().friendly_name.as_deref(), Some("Bob <b>"));
    client.take_notices();
    client.receive(&told("bob@example.com", ""));
    assert_eq!(names(&mut client), [None]);
}

#[test]
fn names_are_believed_only_of_the_accounts_of_people_on_the_list() {
    let mut service = Service::with_roster(&[("bob@example.com", "both")]);
    let mut client = signed_in(&mut service);
    client.take_notices();
    client.receive(&told("bob@example.com/x", "Forged by a connection"));
    client.receive(&told("eve@example.com", "Eve"));
    client.receive(&told("example.com", "The service"));
    assert_eq!(client.take_notices(), []);
    assert!(client.errors.is_empty());
}

/// Returns whose name was asked for, and by which id.
fn asked(said: &[Element]) -> Vec<(String, String)> {
    let of = |element: &Element| {
        element.first("pubsub", "http://jabber.org/protocol/pubsub")?;
        Some((element.attribute("to")?.to_owned(), element.attribute("id")?.to_owned()))
    };
    said.iter().filter_map(of).collect()
}

fn answer(from: &str, id: &str, name: &str) -> String {
    format!(
        "<iq xmlns='jabber:client' type='result' id='{id}' from='{from}'>\
         <pubsub xmlns='http://jabber.org/protocol/pubsub'>\
         <items node='http://jabber.org/protocol/nick'><item>\
         <nick xmlns='http://jabber.org/protocol/nick'>{name}</nick></item></items></pubsub></iq>"
    )
}

#[test]
fn who_does_not_see_the_user_is_asked_once_what_to_call_them() {
    let mut service = Service {
        roster: "<item jid='bob@example.com' subscription='to'/>\
                 <item jid='cem@example.com' subscription='both'/>"
            .to_owned(),
        ..Service::default()
    };
    let mut client = signed_in(&mut service);
    client.take_notices();
    assert_eq!(asked(&client.receive(&presence("cem@example.com/x", ""))), []);
    let said = client.receive(&presence("bob@example.com/x", ""));
    let [(whom, id)] = &asked(&said)[..] else { panic!("one question") };
    assert_eq!(whom, "bob@example.com");
    assert_eq!(asked(&client.receive(&presence("bob@example.com/y", ""))), []);
    client.take_notices();
    for forger in ["eve@example.com", "bob@example.com/x", "cem@example.com"] {
        client.receive(&answer(forger, id, "Forged"));
    }
    assert_eq!(names(&mut client), []);
    client.receive(&answer("bob@example.com", id, "Bob"));
    assert_eq!(names(&mut client), [Some("Bob".to_owned())]);
    client.receive(&answer("bob@example.com", id, "Bob again"));
    assert_eq!(names(&mut client), [], "an answer nobody waits for");
}
