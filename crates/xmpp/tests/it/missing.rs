//! What came while there was no stream.

use mistatus_core::message::{Notice, Update};
use mistatus_xmpp::{XmppOptions, xml::Element};

use crate::support::{Client, Service, greeting, options};

/// Returns which query asks for all that came after a message; `None` without one asks for the last of all.
fn missed(said: &[Element]) -> Option<(String, Option<String>)> {
    let query = |element: &Element| element.first("query", "urn:xmpp:mam:2").cloned();
    let all = said.iter().filter_map(query).find(|query| !query.to_string().contains("'with'"))?;
    let pages = all.first("set", "http://jabber.org/protocol/rsm")?;
    let after = pages.first("after", "http://jabber.org/protocol/rsm").map(Element::content);
    Some((all.attribute("queryid")?.to_owned(), after))
}

fn kept(query: &str, id: &str, inner: &str) -> String {
    format!(
        "<message xmlns='jabber:client' from='alice@example.com'><result xmlns='urn:xmpp:mam:2' queryid='{query}' id='{id}'><forwarded xmlns='urn:xmpp:forward:0'><delay xmlns='urn:xmpp:delay' stamp='2026-11-21T11:00:00Z'/>{inner}</forwarded></result></message>"
    )
}

fn written(from: &str, to: &str, text: &str) -> String {
    format!(
        "<message xmlns='jabber:client' from='{from}' to='{to}' type='chat' id='{text}'><body>{text}</body></message>"
    )
}

fn fin(query: &str, is_complete: bool) -> String {
    format!(
        "<iq xmlns='jabber:client' type='result' id='{query}'><fin xmlns='urn:xmpp:mam:2' complete='{is_complete}'><set xmlns='http://jabber.org/protocol/rsm'><first>x</first></set></fin></iq>"
    )
}

/// Signs in, answers the question for what was missed, and returns what was asked. What has no id in a page comes by itself
/// meanwhile.
fn sign_in_and_catch_up(
    service: &mut Service,
    client: &mut Client,
    pages: &[&[(&str, &str)]],
) -> Vec<Option<String>> {
    service.relink();
    let mut said = std::collections::VecDeque::from(client.open(greeting()));
    let (mut asked, mut pages) = (Vec::new(), pages.iter());
    while let Some(element) = said.pop_front() {
        let answers = match missed(core::slice::from_ref(&element)) {
            Some((query, after)) => {
                asked.push(after);
                let page = pages.next().copied().unwrap_or_default();
                let kept = page.iter().map(|&(id, inner)| match id {
                    "" => inner.to_owned(),
                    _ => kept(&query, id, inner),
                });
                kept.chain([fin(&query, pages.len() == 0)]).collect()
            }
            None => service.answer(&element),
        };
        for answer in answers {
            said.extend(client.receive(&answer));
        }
    }
    asked
}

fn all_told(client: &mut Client) -> Vec<String> {
    let told = client.take_notices().into_iter().filter_map(|notice| match notice {
        Notice::Update(_, Update::Message { message, .. }) => {
            Some(message.text.as_str().to_owned())
        }
        _ => None,
    });
    told.collect()
}

#[test]
fn what_came_while_there_was_no_stream_is_told_once_and_nothing_from_before() {
    let (bob, me) = ("bob@example.com/pc", "alice@example.com");
    let mut service =
        Service { archives: true, ..Service::with_roster(&[("bob@example.com", "both")]) };
    let mut client = Client::new(options());
    let old = written(bob, me, "Old");
    let asked = sign_in_and_catch_up(&mut service, &mut client, &[&[("a1", &old)]]);
    assert_eq!((asked, all_told(&mut client)), (vec![None], vec![]), "no news");

    let live = written(bob, me, "Live").replace(
        "</message>",
        "<stanza-id xmlns='urn:xmpp:sid:0' by='alice@example.com' id='a2'/></message>",
    );
    client.receive(&live);
    let (one, two) = (written(bob, me, "One"), written(bob, me, "Two"));
    let own = written("alice@example.com/phone", bob, "Own");
    let forged = written(bob, "carol@example.com", "Forged");
    client.take_notices();
    let pages: [&[(&str, &str)]; 2] =
        [&[("a3", &one), ("a4", &own), ("a5", &forged)], &[("a6", &two)]];
    let asked = sign_in_and_catch_up(&mut service, &mut client, &pages);
    assert_eq!(asked, [Some("a2".to_owned()), Some("a5".to_owned())]);
    let is_unread = |notice: &Notice| matches!(notice, Notice::Update(_, Update::Unread { unread }) if unread.count == 3);
    assert!(client.notices.iter().any(is_unread), "with the one before");
    assert_eq!(all_told(&mut client), ["One", "Own", "Two"]);

    // The end of that is where the next one begins.
    let asked = sign_in_and_catch_up(&mut service, &mut client, &[]);
    assert_eq!((asked, all_told(&mut client)), (vec![Some("a6".to_owned())], vec![]));
}

#[test]
fn what_has_come_by_itself_stays_behind_what_the_archive_has_before_it() {
    let (bob, me) = ("bob@example.com/pc", "alice@example.com");
    let mut service =
        Service { archives: true, ..Service::with_roster(&[("bob@example.com", "both")]) };
    let mut client = Client::new(options());
    let old = written(bob, me, "Old");
    sign_in_and_catch_up(&mut service, &mut client, &[&[("a1", &old)]]);
    client.take_notices();

    // What waited for the client is sent at once, and is in the archive, too; of the same second.
    let waited = written(bob, me, "Waited").replace(
        "</message>",
        "<delay xmlns='urn:xmpp:delay' from='example.com' stamp='2026-11-21T11:00:00Z'/><stanza-id xmlns='urn:xmpp:sid:0' by='alice@example.com' id='a3'/></message>",
    );
    let own = written("alice@example.com/left", "bob@example.com", "Own");
    let later = written(bob, me, "Later");
    let page: [&[(&str, &str)]; 1] =
        [&[("", &waited), ("a2", &own), ("a3", &waited), ("a4", &later)]];
    sign_in_and_catch_up(&mut service, &mut client, &page);
    let mut told: Vec<_> = client
        .take_notices()
        .into_iter()
        .filter_map(|notice| match notice {
            Notice::Update(_, Update::Message { message, .. }) => {
                Some((message.id, message.text.as_str().to_owned()))
            }
            _ => None,
        })
        .collect();
    assert_eq!(told[0].1, "Waited", "it has come first");
    told.sort();
    let texts: Vec<_> = told.iter().map(|(_, text)| text.as_str()).collect();
    assert_eq!(texts, ["Own", "Waited", "Later"]);
}

#[test]
fn an_archive_that_was_empty_is_told_from_its_beginning() {
    let mut service =
        Service { archives: true, ..Service::with_roster(&[("bob@example.com", "both")]) };
    let mut client = Client::new(options());
    sign_in_and_catch_up(&mut service, &mut client, &[]);
    client.take_notices();
    let new = written("bob@example.com/pc", "alice@example.com", "New");
    let asked = sign_in_and_catch_up(&mut service, &mut client, &[&[("a1", &new)]]);
    assert_eq!((asked, all_told(&mut client)), (vec![None], vec!["New".to_owned()]));
}

#[test]
fn the_next_page_knows_where_the_one_before_has_ended() {
    let mut service = Service {
        archives: true,
        manages: true,
        resumable: true,
        ..Service::with_roster(&[("bob@example.com", "both")])
    };
    let mut client = Client::new(options());
    let old = written("bob@example.com/pc", "alice@example.com", "Old");
    sign_in_and_catch_up(&mut service, &mut client, &[&[("a1", &old)]]);
    let left = client.dialect.left();
    service.resumable = false;
    let mut next = Client::new(XmppOptions { seed: [9; 32], ..options() });
    next.dialect.take_over(left.as_deref());
    let new = written("bob@example.com/pc", "alice@example.com", "New");
    let asked = sign_in_and_catch_up(&mut service, &mut next, &[&[("a2", &new)]]);
    assert_eq!((asked, all_told(&mut next)), (vec![Some("a1".to_owned())], vec!["New".to_owned()]));
}
