//! Contact requests, groups and blocking on real servers.

use mistatus_core::{
    group::{GroupId, GroupName},
    hresult::HResult,
    message::{Command, Notice, Update},
    status::MiStatus::{Away, Busy, Invisible, Offline, Online, Unknown},
};
use mistatus_xmpp::{Approval, XmppOptions};

use crate::{
    choose,
    client::{self, Client},
    friends,
    server::Server,
};

/// Signs somebody in who lets nobody see anything without being asked.
fn reserved(server: &Server, name: &str) -> Client {
    let options = XmppOptions { approval: Approval::Nobody, ..client::options() };
    Client::try_sign_in(server, name, &format!("secret-{name}"), options).expect("signs in")
}

fn add(client: &mut Client, server: &Server, whom: &str) -> HResult {
    let name = server.name_of(whom);
    client.ask(Command::AddContact { name: name.clone() })
}

fn answer(client: &mut Client, server: &Server, whom: &str, accept: bool) -> HResult {
    let name = server.name_of(whom);
    client.ask(Command::AnswerContactRequest { name: name.clone(), accept })
}

fn until_asked(client: &mut Client) {
    let is_it =
        |notice: &Notice| matches!(notice, Notice::Update(_, Update::ContactRequested { .. }));
    client.until("a contact request", |client| client.notices.iter().any(is_it));
}

pub(crate) fn whoever_asks_waits_for_the_answer(server: &Server) {
    for name in ["nora", "otto", "petra"] {
        server.register(name);
    }
    let mut nora = reserved(server, "nora");
    let mut otto = Client::sign_in(server, "otto");
    assert_eq!(add(&mut otto, server, "nora"), HResult::S_OK);
    until_asked(&mut nora);
    nora.sign_out();
    // It goes on waiting.
    let mut nora = reserved(server, "nora");
    if nora.snapshot().requests.is_empty() {
        until_asked(&mut nora);
    }
    assert_eq!(answer(&mut nora, server, "otto", true), HResult::S_OK);
    otto.until_seen(server, "nora", Online);
    assert_eq!(nora.contacts(), [""; 0]);
    nora.sign_out();
    let mut nora = reserved(server, "nora");
    nora.catch_up();
    assert_eq!(nora.snapshot().requests, []);
    assert!(
        !nora
            .notices
            .iter()
            .any(|notice| matches!(notice, Notice::Update(_, Update::ContactRequested { .. })))
    );

    // A refusal ends it too.
    let mut petra = reserved(server, "petra");
    assert_eq!(add(&mut otto, server, "petra"), HResult::S_OK);
    until_asked(&mut petra);
    assert_eq!(answer(&mut petra, server, "otto", false), HResult::S_OK);
    petra.sign_out();
    let mut petra = reserved(server, "petra");
    petra.catch_up();
    assert_eq!(petra.snapshot().requests, []);
}

pub(crate) fn what_the_invisible_answer_and_ask_arrives_and_shows_nothing(server: &Server) {
    for name in ["rudi", "sara", "tom"] {
        server.register(name);
    }
    let mut rudi = reserved(server, "rudi");
    let mut sara = Client::sign_in(server, "sara");
    let mut tom = reserved(server, "tom");
    assert_eq!(choose(&mut rudi, Invisible), HResult::S_OK);
    assert_eq!(add(&mut sara, server, "rudi"), HResult::S_OK);
    until_asked(&mut rudi);
    assert_eq!(answer(&mut rudi, server, "sara", true), HResult::S_OK);
    sara.until_seen(server, "rudi", Offline);
    assert_eq!(add(&mut rudi, server, "tom"), HResult::S_OK);
    until_asked(&mut tom);
    assert_eq!(answer(&mut tom, server, "rudi", true), HResult::S_OK);
    rudi.until_seen(server, "tom", Online);
    assert_eq!(choose(&mut tom, Busy), HResult::S_OK);
    rudi.until_seen(server, "tom", Busy);
    for _ in 0..2 {
        rudi.catch_up();
        sara.catch_up();
    }
    assert!(sara.told_of(server, "rudi").iter().all(|status| matches!(status, Unknown | Offline)));
    assert_eq!(choose(&mut rudi, Away), HResult::S_OK);
    sara.until_seen(server, "rudi", Away);
    rudi.check_numbers();
}

pub(crate) fn contacts_who_ask_the_invisible_are_answered_as_by_nobody(server: &Server) {
    let [mut vic, mut walt] = friends(server, ["vic", "walt"]);
    let address = vic.address();
    assert_eq!(choose(&mut vic, Invisible), HResult::S_OK);
    walt.until_seen(server, "vic", Offline);
    let mut ask = |to: &str, query: &str, id: &str| {
        walt.say_foreign(&format!(
            "<iq xmlns='jabber:client' type='get' to='{to}' id='{id}'><query xmlns='{query}'/></iq>"
        ));
        // Hers to answer, where the service does not.
        client::hear_foreign(&mut [&mut vic, &mut walt], id)
    };
    for (query, id) in [("jabber:iq:last", "last-of-her"), ("jabber:iq:version", "version")] {
        let answer = ask(&address, query, id);
        assert!(answer.contains("service-unavailable"), "{answer}");
    }
    // What services say themselves.
    let items = ask("vic@localhost", "http://jabber.org/protocol/disco#items", "items");
    assert_eq!(items.contains(&address), server.tells_of_the_invisible(), "{items}");
    let last = ask("vic@localhost", "jabber:iq:last", "last-of-all");
    assert!(last.contains("seconds='0'") || !server.tells_of_the_invisible(), "{last}");
}

pub(crate) fn a_request_is_taken_back(server: &Server) {
    for name in ["quinn", "rosa"] {
        server.register(name);
    }
    let mut quinn = reserved(server, "quinn");
    let mut rosa = Client::sign_in(server, "rosa");
    assert_eq!(add(&mut rosa, server, "quinn"), HResult::S_OK);
    until_asked(&mut quinn);
    let name = server.name_of("quinn");
    assert_eq!(rosa.ask(Command::RemoveContact { name: name.clone() }), HResult::S_OK);
    if server.tells_withdrawals() {
        let is_it = |notice: &Notice| {
            matches!(notice, Notice::Update(_, Update::ContactRequestGone { .. }))
        };
        quinn.until("it is taken back", |client| client.notices.iter().any(is_it));
    }
    quinn.sign_out();
    let mut quinn = reserved(server, "quinn");
    quinn.catch_up();
    assert_eq!(quinn.snapshot().requests, []);
}

pub(crate) fn groups_are_seen_by_all_clients_and_kept(server: &Server) {
    let [mut sven, _] = friends(server, ["sven", "tina"]);
    let mut phone = Client::sign_in(server, "sven");
    let tina = server.name_of("tina");
    let name = |name| GroupName::parse(name).expect("a valid name");
    let team = name("Team <&> \"A\"");
    let created = sven.ask(Command::CreateGroup { name: team.clone() });
    assert_eq!(created, HResult::S_OK);
    let group = sven.notices.iter().find_map(|notice| match notice {
        Notice::Update(_, Update::GroupAdded { group, .. }) => Some(group.id),
        _ => None,
    });
    let group = group.expect("it was told");
    let set = |client: &mut Client, member| {
        client.ask(Command::SetGroupMember { group, name: tina.clone(), member })
    };
    assert_eq!(set(&mut sven, true), HResult::S_OK);
    phone.until("the group of the other client", |client| {
        client.notices.iter().any(|notice| {
            matches!(notice, Notice::Update(_, Update::GroupMember { member: true, .. }))
        })
    });
    let groups = |client: &Client| -> Vec<_> {
        let groups = client.snapshot().groups.iter();
        groups.map(|group| (group.name.as_str().to_owned(), group.members.len())).collect()
    };
    assert_eq!(groups(&Client::sign_in(server, "sven")), [(team.as_str().to_owned(), 1)]);
    let renamed = sven.ask(Command::RenameGroup { group, name: name("Job") });
    assert_eq!(renamed, HResult::S_OK);
    phone.until("the group is gone", |client| {
        client
            .notices
            .iter()
            .any(|notice| matches!(notice, Notice::Update(_, Update::GroupRemoved { .. })))
    });
    assert_eq!(groups(&Client::sign_in(server, "sven")), [("Job".to_owned(), 1)]);
    assert_eq!(sven.ask(Command::RemoveGroup { group }), HResult::S_OK);
    assert_eq!(groups(&Client::sign_in(server, "sven")), []);
    // Whoever was in it is on the list, and seen, as before.
    let again = Client::sign_in(server, "sven");
    assert_eq!(again.contacts(), ["tina@localhost"]);
    let told: Vec<_> = sven
        .notices
        .iter()
        .filter(|notice| {
            matches!(
                notice,
                Notice::Update(_, Update::GroupAdded { .. })
                    | Notice::Update(_, Update::GroupRenamed { .. })
                    | Notice::Update(_, Update::GroupRemoved { .. })
                    | Notice::Update(_, Update::GroupMember { .. })
            )
        })
        .collect();
    assert_eq!(told.len(), 4, "{told:?}");
    assert_eq!(
        sven.ask(Command::RemoveGroup { group: GroupId(99) }),
        HResult::MSGR_E_GROUP_DOES_NOT_EXIST
    );
    sven.check_numbers();
}

fn block(client: &mut Client, server: &Server, whom: &str, blocked: bool) -> HResult {
    let name = server.name_of(whom);
    client.ask(Command::SetBlocked { name: name.clone(), blocked })
}

fn until_blocked(client: &mut Client, blocked: bool) {
    let last = |client: &Client| {
        client.notices.iter().rev().find_map(|notice| match notice {
            Notice::Update(_, Update::Blocked { blocked, .. }) => Some(*blocked),
            _ => None,
        })
    };
    client.until("another client's change", |client| last(client) == Some(blocked));
}

pub(crate) fn the_blocked_see_and_reach_nobody(server: &Server) {
    let [mut uma, mut vera] = friends(server, ["uma", "vera"]);
    assert_eq!(block(&mut uma, server, "vera", true), HResult::S_OK);
    assert_eq!(block(&mut uma, server, "vera", true), HResult::S_FALSE);
    vera.until_seen(server, "uma", Offline);
    vera.write(server, "uma", "Are you there?");
    let mut phone = Client::sign_in(server, "uma");
    assert_eq!(phone.snapshot().blocked, [server.name_of("vera")]);
    assert_eq!(choose(&mut uma, Busy), HResult::S_OK);
    assert_eq!(block(&mut phone, server, "vera", false), HResult::S_OK);
    until_blocked(&mut uma, false);
    vera.until_seen(server, "uma", Busy);
    uma.until_seen(server, "vera", Online);
    phone.sign_out();
    assert_eq!(vera.write(server, "uma", "Hello again"), HResult::S_OK);
    assert_eq!(uma.until_messages(1), [("vera@localhost".to_owned(), "Hello again".to_owned())]);
    let mut phone = Client::sign_in(server, "uma");
    assert_eq!(phone.snapshot().blocked, []);
    assert_eq!(block(&mut phone, server, "vera", true), HResult::S_OK);
    until_blocked(&mut uma, true);
    uma.check_numbers();
}

pub(crate) fn the_blocked_reach_nobody_while_the_user_hides(server: &Server) {
    let [mut wanda, mut xaver] = friends(server, ["wanda", "xaver"]);
    assert_eq!(block(&mut wanda, server, "xaver", true), HResult::S_OK);
    assert_eq!(choose(&mut wanda, Invisible), HResult::S_OK);
    xaver.write(server, "wanda", "Blocked");
    assert_eq!(block(&mut wanda, server, "xaver", false), HResult::S_OK);
    assert_eq!(xaver.write(server, "wanda", "Unblocked"), HResult::S_OK);
    assert_eq!(wanda.until_messages(1), [("xaver@localhost".to_owned(), "Unblocked".to_owned())]);
    assert_eq!(xaver.told_of(server, "wanda").last(), Some(&Offline));
}

pub(crate) fn names_are_published_and_told(server: &Server) {
    for name in ["noemi", "levin"] {
        server.register(name);
    }
    let mut noemi = Client::sign_in(server, "noemi");
    noemi.called = Some("Noemi <V.>".to_owned());
    noemi.begin_anew(server);
    assert_eq!(noemi.welcome().friendly_name, "Noemi <V.>");
    let mut levin = Client::sign_in(server, "levin");
    // Who sees her from now on is told, ...
    assert_eq!(add(&mut levin, server, "noemi"), HResult::S_OK);
    until_asked(&mut noemi);
    assert_eq!(answer(&mut noemi, server, "levin", true), HResult::S_OK);
    levin.until_called(server, "noemi", "Noemi <V.>");
    // ... who comes later, too, ...
    levin.sign_out();
    let mut levin = Client::sign_in(server, "levin");
    levin.until_called(server, "noemi", "Noemi <V.>");
    assert_eq!(add(&mut noemi, server, "levin"), HResult::S_OK);
    // Her wish is granted by itself, since she is on his list.
    let mut both = [noemi, levin];
    client::until_both(&mut both, |[noemi, _]| {
        noemi.told_of(server, "levin").last() == Some(&Online)
    });
    let [mut noemi, levin] = both;
    levin.sign_out();
    let mut levin = Client::sign_in(server, "levin");
    levin.until_called(server, "noemi", "Noemi <V.>");
    // ... and of a new name at once.
    noemi.called = Some("Noemi W.".to_owned());
    noemi.begin_anew(server);
    levin.until_called(server, "noemi", "Noemi W.");
    let other = Client::sign_in(server, "noemi");
    assert_eq!(other.welcome().friendly_name, "Noemi W.", "another device learns it");
}
