//! What docs/XMPP.md promises of the configurations that it has: they fit the packages, and nobody has to pay for another.

use std::{fs, net::Ipv4Addr, path::Path, process::Command as Program};

use mistatus_core::{
    group::GroupName,
    hresult::HResult,
    message::{Command, Notice, Update},
    status::MiStatus::Online,
};
use mistatus_xmpp::{Credentials, XmppOptions};

use crate::{
    client::{self, Client},
    documented::{self, ORIGIN, block},
    server::{JWT_KEY, Server},
    token,
};

fn options() -> XmppOptions {
    XmppOptions { credentials: Credentials::Token, ..client::options() }
}

/// Signs in as a page does that has a token of the site's back end.
fn sign_in(server: &Server, name: &str) -> Client {
    let soon = client::now().as_millis() / 1_000 + 60;
    let token = token(&format!("{name}@localhost"), soon, JWT_KEY);
    Client::try_sign_in(server, name, &token, options()).expect("signs in")
}

#[test]
fn prosody_has_nothing_to_say_about_the_documented_configuration() {
    let folder =
        Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("check-{}", std::process::id()));
    fs::create_dir_all(folder.join("certs")).expect("a folder can be made");
    let path = folder.join("prosody.cfg.lua");
    fs::write(&path, documented::prosody(&folder, block("lua"), "run_as_root = true"))
        .expect("a file can be written");
    let mut check = Program::new("prosodyctl");
    check.arg("--config").arg(&path).args(["check", "config"]);
    let output = check.output().expect("prosodyctl is there");
    fs::remove_dir_all(&folder).expect("a folder can be removed");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.contains("All checks passed"), "{output:?}");
}

#[test]
fn the_modules_of_the_package_are_there_beside_those_of_the_document() {
    let server = Server::prosody();
    server.register("odilia");
    let mut odilia = Client::sign_in(server, "odilia");
    let answer = odilia.ask_foreign(
        "<iq xmlns='jabber:client' type='get' id='what' to='localhost'>\
         <query xmlns='http://jabber.org/protocol/disco#info'/></iq>",
        "what",
    );
    for feature in ["urn:xmpp:time", "jabber:iq:version", "jabber:iq:register", "jabber:iq:privacy"]
    {
        assert!(answer.contains(feature), "{feature}: {answer}");
    }
}

#[test]
fn ejabberd_shuts_out_who_has_no_good_token_and_nobody_else() {
    let server = Server::ejabberd();
    server.register("oscar");
    let mut bad = server.behind_proxy(Ipv4Addr::new(127, 0, 0, 2));
    // Not even the proxy, of which a client says that it comes from there.
    bad.forged = Some("127.0.0.3");
    let pages: Vec<_> = (0..30)
        .map(|_| Client::try_sign_in(&bad, "oscar", "no token", options()).err())
        .take_while(|hr| *hr == Some(HResult::MSGR_E_INVALID_PASSWORD))
        .collect();
    assert!((10..30).contains(&pages.len()), "{} pages were told that", pages.len());
    bad.forged = None;
    for from in [Ipv4Addr::LOCALHOST, Ipv4Addr::new(127, 0, 0, 3)] {
        bad.from = from;
        sign_in(&bad, "oscar").sign_out();
    }
    sign_in(server, "oscar").sign_out();
    bad.from = Ipv4Addr::new(127, 0, 0, 2);
    let refused = Client::try_sign_in(&bad, "oscar", "no token", options()).err();
    assert_eq!(refused, Some(HResult::MSGR_E_POLICY_RESTRICTED));
}

#[test]
fn people_with_tokens_are_reached_while_they_are_away_and_in_two_tabs() {
    let server = Server::ejabberd();
    for name in ["rahel", "sixten"] {
        server.register(name);
    }
    let (rahel, sixten) = (server.name_of("rahel"), server.name_of("sixten"));
    let mut writer = sign_in(server, "sixten");
    assert_eq!(writer.ask(Command::AddContact { name: rahel }), HResult::S_OK);
    assert_eq!(writer.write(server, "rahel", "While you are away"), HResult::S_OK);
    let mut first = sign_in(server, "rahel");
    first.until("a request", |client| {
        let requests = |notice: &Notice| match notice {
            Notice::Snapshot(snapshot) => snapshot.requests.iter().any(|one| one.from == sixten),
            Notice::Update(_, Update::ContactRequested { request }) => request.from == sixten,
            _ => false,
        };
        client.notices.iter().any(requests)
    });
    first.until_messages(1);
    let mut second = sign_in(server, "rahel");
    assert_eq!(
        first.ask(Command::AnswerContactRequest { name: sixten, accept: true }),
        HResult::S_OK
    );
    writer.until_seen(server, "rahel", Online);
    assert_eq!(writer.write(server, "rahel", "While you have two tabs"), HResult::S_OK);
    first.until_messages(2);
    second.until_messages(1);
}

/// Of more than five the package drops the rest without a word.
#[test]
fn ejabberd_lets_somebody_ask_many_people_at_once() {
    let server = Server::ejabberd();
    let names: Vec<_> = (0..12).map(|index| format!("many{index}")).collect();
    server.register("tosca");
    let mut tosca = Client::sign_in(server, "tosca");
    for name in &names {
        server.register(name);
        let name = server.name_of(name);
        assert_eq!(tosca.ask(Command::AddContact { name }), HResult::S_OK);
    }
    for name in &names {
        let asked = Client::sign_in(server, name);
        assert_eq!(asked.snapshot().requests.len(), 1, "{name}");
    }
}

/// The package has room for ten.
#[test]
fn ejabberd_has_room_for_the_tabs_of_a_user() {
    let server = Server::ejabberd();
    server.register("urs");
    let mut tabs: Vec<_> = (0..15).map(|_| Client::sign_in(server, "urs")).collect();
    for tab in &mut tabs {
        tab.catch_up();
    }
}

fn works_behind_the_proxy_for_pages_of_its_origin_only(server: &Server) {
    let proxied = server.behind_proxy(Ipv4Addr::LOCALHOST);
    assert_eq!(proxied.greets(ORIGIN), "HTTP/1.1 101");
    for origin in ["https://evil.example", "null"] {
        assert_eq!(proxied.greets(origin), "HTTP/1.1 403", "{origin}");
    }
    server.register("xerxes");
    Client::sign_in(&proxied, "xerxes").sign_out();
}

#[test]
fn pages_reach_prosody_by_the_documented_proxy() {
    works_behind_the_proxy_for_pages_of_its_origin_only(Server::prosody());
}

#[test]
fn pages_reach_ejabberd_by_the_documented_proxy() {
    let server = Server::ejabberd();
    works_behind_the_proxy_for_pages_of_its_origin_only(server);
    assert_eq!(server.greets("https://evil.example"), "HTTP/1.1 403");
    let document = server.behind_proxy(Ipv4Addr::LOCALHOST).document("/.well-known/host-meta.json");
    assert_eq!(mistatus_xmpp::host_meta::from_json(&document), [server.url()]);
}

/// Whom the service puts on the list because they are colleagues (ejabberd's shared rosters) is nobody's own entry.
#[test]
fn colleagues_whom_ejabberd_lists_are_seen_grouped_and_not_taken_off() {
    let server = Server::ejabberd();
    server.command(
        "srg_create",
        r#""group":"team","host":"localhost","label":"Team","description":"","display":"team""#,
    );
    for name in ["yrsa", "zeno"] {
        server.register(name);
        server.command(
            "srg_user_add",
            &format!(
                r#""user":"{name}","host":"localhost","group":"team","grouphost":"localhost""#
            ),
        );
    }
    let zeno = server.name_of("zeno");
    let mut colleague = Client::sign_in(server, "zeno");
    let mut yrsa = Client::sign_in(server, "yrsa");
    yrsa.until_seen(server, "zeno", Online);
    let name = GroupName::parse("Chess").expect("a valid name");
    assert_eq!(yrsa.ask(Command::CreateGroup { name }), HResult::S_OK);
    let group = yrsa.notices.iter().find_map(|notice| match notice {
        Notice::Update(_, Update::GroupAdded { group, .. }) => Some(group.id),
        _ => None,
    });
    let group = group.expect("it was told");
    let member = Command::SetGroupMember { group, name: zeno.clone(), member: true };
    assert_eq!(yrsa.ask(member), HResult::S_OK);
    yrsa.catch_up();
    // The service takes that for the wish for an entry of one's own, which begins with nothing.
    yrsa.until_seen(server, "zeno", Online);
    colleague.catch_up();
    let removed = yrsa.ask(Command::RemoveContact { name: zeno });
    assert_eq!(removed, HResult::MSGR_E_POLICY_RESTRICTED);
    yrsa.until_seen(server, "zeno", Online);
    assert_eq!(Client::sign_in(server, "yrsa").contacts(), ["zeno@localhost"]);
}
