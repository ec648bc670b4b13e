//! From a link to a snapshot, and what goes wrong on the way.

use mistatus_core::{
    hresult::HResult,
    message::{Greeting, Notice, Signal},
    status::MiStatus,
};
use mistatus_xmpp::{Credentials, XmppOptions, sasl::Mechanism};

use crate::support::{Client, Service, greeting, options, presence, signed_in};

#[test]
fn a_snapshot_comes_after_the_first_presences() {
    let mut service = Service::with_roster(&[
        ("bob@example.com", "both"),
        ("carol@example.com", "to"),
        ("dave@example.com", "none"),
        ("erin@example.com", "from"),
    ]);
    service.presences.push(presence("bob@example.com/pc", "<show>dnd</show>"));
    let client = signed_in(&mut service);
    assert_eq!(client.welcome().name.as_str(), "alice@example.com");
    let contacts: Vec<_> = client
        .snapshot()
        .contacts
        .iter()
        .map(|contact| (contact.name.as_str(), contact.presence.status))
        .collect();
    assert_eq!(
        contacts,
        [
            ("bob@example.com", MiStatus::Busy),
            ("carol@example.com", MiStatus::Offline),
            ("dave@example.com", MiStatus::Unknown),
            ("erin@example.com", MiStatus::Unknown),
        ]
    );
    assert_eq!(client.snapshot().me.status, MiStatus::Online);
    assert_eq!(client.errors, [""; 0]);
    assert_eq!(service.presences_heard(), ["2"]);
}

#[test]
fn signing_out_says_goodbye_and_waits_for_the_answer() {
    let mut service = Service::default();
    let mut client = signed_in(&mut service);
    let said = client.request(Signal::Signout);
    assert_eq!(client.bye(), None);
    service.talk(&mut client, said);
    assert_eq!(service.presences_heard().last().map(String::as_str), Some("unavailable"));
    assert_eq!(client.bye(), Some(HResult::S_OK));
}

fn refused(options: XmppOptions, mechanisms: &[&'static str]) -> Option<HResult> {
    let mut service = Service { mechanisms: mechanisms.to_vec(), ..Service::default() };
    let mut client = Client::new(options);
    let said = client.open(greeting());
    service.talk(&mut client, said);
    // Whatever happens, the secret was not said.
    let is_refused = client.bye().is_some();
    assert!(!is_refused || !service.heard.iter().any(|element| element.name == "auth"));
    client.bye()
}

#[test]
fn the_strongest_way_is_taken_and_too_weak_ones_are_refused() {
    let refusal = Some(HResult::MSGR_E_SERVER_VERSION);
    assert_eq!(refused(options(), &["DIGEST-MD5"]), refusal);
    assert_eq!(refused(options(), &[]), refusal);
    assert_eq!(refused(options(), &["ANONYMOUS"]), refusal);
    assert_eq!(refused(XmppOptions { is_secure: false, ..options() }, &["PLAIN"]), refusal);
    assert_eq!(
        refused(XmppOptions { weakest: Mechanism::ScramSha1, ..options() }, &["PLAIN"]),
        refusal
    );
    let token = XmppOptions { credentials: Credentials::Token, ..options() };
    assert_eq!(refused(token.clone(), &["SCRAM-SHA-256"]), refusal);
    assert_eq!(refused(XmppOptions { is_secure: false, ..token }, &["PLAIN", "X-OAUTH2"]), refusal);

    let mut client = Client::new(options());
    client.open(greeting());
    client.receive(
        "<open xmlns='urn:ietf:params:xml:ns:xmpp-framing' version='1.0' from='example.com'/>",
    );
    let said = client.receive(
        "<f:features xmlns:f='http://etherx.jabber.org/streams'><mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>\
         <mechanism>PLAIN</mechanism><mechanism>SCRAM-SHA-1</mechanism><mechanism>SCRAM-SHA-256</mechanism>\
         </mechanisms></f:features>",
    );
    assert_eq!(said[0].attribute("mechanism"), Some("SCRAM-SHA-256"));
}

#[test]
fn a_visitor_proves_nothing() {
    let mut service = Service { mechanisms: vec!["ANONYMOUS"], ..Service::default() };
    let mut client = Client::new(XmppOptions {
        credentials: Credentials::Anonymous,
        domain: Some("example.com".to_owned()),
        ..options()
    });
    let said = client.open(Greeting { signin_name: None, token: None, ..greeting() });
    service.talk(&mut client, said);
    assert_eq!(client.snapshot().contacts, []);
}

#[test]
fn a_name_that_is_no_address_ends_it_before_anything_is_said_of_anybody() {
    let mut client = Client::new(options());
    let said = client.open(Greeting { signin_name: None, ..greeting() });
    assert_eq!(client.bye(), Some(HResult::E_INVALIDARG));
    // It only makes the service say something, so that the session hears of it.
    let to: Vec<_> = said.iter().map(|said| (said.name.as_str(), said.attribute("to"))).collect();
    assert_eq!(to, [("open", Some("invalid"))]);
}

/// Says this instead of the answer to the element of that name.
fn instead(of: &str, text: &str, manages: bool) -> Option<HResult> {
    let mut service = Service { manages, ..Service::default() };
    let mut client = Client::new(options());
    let mut said = std::collections::VecDeque::from(client.open(greeting()));
    let mut opens = 0;
    while let Some(element) = said.pop_front() {
        let inner = element.elements().next().map_or("", |child| child.name.as_str());
        opens += usize::from(element.name == "open");
        let is_it = element.name == of
            || inner == of
            || of == "features" && element.name == "open"
            || of == "second features" && opens == 2;
        let answers = if is_it { vec![text.to_owned()] } else { service.answer(&element) };
        for answer in answers {
            said.extend(client.receive(&answer));
        }
        if is_it {
            break;
        }
    }
    client.bye()
}

#[test]
fn an_error_at_any_step_ends_the_attempt_with_its_code() {
    let open = |attributes: &str| {
        format!("<open xmlns='urn:ietf:params:xml:ns:xmpp-framing' {attributes}/>")
    };
    let failure = |condition: &str| {
        format!("<failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><{condition}/></failure>")
    };
    let error = |condition: &str| {
        format!(
            "<e:error xmlns:e='http://etherx.jabber.org/streams'><{condition} xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></e:error>"
        )
    };
    for (step, text, manages, expect) in [
        ("open", open("from='example.com'"), false, HResult::MSGR_E_SERVER_VERSION),
        ("open", open("from='example.com' version='0.9'"), false, HResult::MSGR_E_SERVER_VERSION),
        (
            "open",
            open("from='evil.example' version='1.0'"),
            false,
            HResult::MSGR_E_INVALID_SERVER_NAME,
        ),
        ("open", error("host-unknown"), false, HResult::MSGR_E_INVALID_SERVER_NAME),
        ("open", error("system-shutdown"), false, HResult::MSGR_E_SERVER_SHUTDOWN),
        (
            "open",
            "<close xmlns='urn:ietf:params:xml:ns:xmpp-framing'/>".to_owned(),
            false,
            HResult::MSGR_E_DISCONNECTED,
        ),
        ("open", "<open".to_owned(), false, HResult::MSGR_E_UNEXPECTED),
        (
            "features",
            "<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>".to_owned(),
            false,
            HResult::MSGR_E_UNEXPECTED,
        ),
        ("auth", failure("not-authorized"), false, HResult::MSGR_E_INVALID_PASSWORD),
        ("auth", failure("account-disabled"), false, HResult::MSGR_E_POLICY_RESTRICTED),
        ("auth", failure("temporary-auth-failure"), false, HResult::MSGR_E_SERVER_UNAVAILABLE),
        (
            "auth",
            "<challenge xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>cj0=</challenge>".to_owned(),
            false,
            HResult::MSGR_E_INVALID_PASSWORD,
        ),
        ("auth", presence("bob@example.com/pc", ""), false, HResult::MSGR_E_UNEXPECTED),
        (
            "enable",
            "<resumed xmlns='urn:xmpp:sm:3' previd='x' h='0'/>".to_owned(),
            true,
            HResult::MSGR_E_UNEXPECTED,
        ),
    ] {
        assert_eq!(instead(step, &text, manages), Some(expect), "{step}: {text}");
    }
}

#[test]
fn a_service_that_binds_somebody_else_or_nobody_is_left() {
    for jid in ["", "alice@example.com", "alice@evil.example/x", "example.com/x", "@"] {
        let mut service = Service::default();
        let mut client = Client::new(options());
        let mut said = client.open(greeting());
        while let Some(element) = said.pop() {
            if element.name == "iq" {
                let id = element.attribute("id").unwrap();
                client.receive(&format!("<iq xmlns='jabber:client' type='result' id='{id}'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>{jid}</jid></bind></iq>"));
                break;
            }
            for text in service.answer(&element) {
                said.extend(client.receive(&text));
            }
        }
        assert_eq!(client.bye(), Some(HResult::MSGR_E_UNEXPECTED), "{jid}");
    }
}

#[test]
fn a_service_without_management_lists_or_features_still_serves() {
    let mut service = Service { manages: true, ..Service::default() };
    let mut client = Client::new(options());
    let mut said = std::collections::VecDeque::from(client.open(greeting()));
    while let Some(element) = said.pop_front() {
        let id = element.attribute("id").unwrap_or_default();
        let answers = match element.name.as_str() {
            "enable" => vec!["<failed xmlns='urn:xmpp:sm:3'/>".to_owned()],
            "iq" if element.elements().next().is_some_and(|child| child.name != "bind") => {
                vec![format!(
                    "<iq xmlns='jabber:client' type='error' id='{id}'><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>"
                )]
            }
            _ => service.answer(&element),
        };
        for answer in answers {
            said.extend(client.receive(&answer));
        }
    }
    assert_eq!(client.welcome().resume, None);
    assert_eq!(client.snapshot().contacts, []);
    assert!(client.notices.iter().any(|notice| matches!(
        notice,
        Notice::Refused { hr: HResult::MSGR_E_SERVER_UNAVAILABLE, .. }
    )));
}

#[test]
fn a_service_that_suddenly_offers_only_weaker_ways_is_not_told_the_password() {
    let mut client = Client::new(options());
    let features = |names: &str| {
        format!(
            "<f:features xmlns:f='http://etherx.jabber.org/streams'><mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>{names}</mechanisms></f:features>"
        )
    };
    let open =
        "<open xmlns='urn:ietf:params:xml:ns:xmpp-framing' version='1.0' from='example.com'/>";
    client.open(greeting());
    client.receive(open);
    let said = client.receive(&features("<mechanism>SCRAM-SHA-1</mechanism>"));
    let answer = scram(&said[0].content());
    let said = client.receive(&format!(
        "<challenge xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>{}</challenge>",
        answer.0
    ));
    let proof = answer.1(&said[0].content());
    let said = client
        .receive(&format!("<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>{proof}</success>"));
    assert_eq!(said[0].name, "open");
    client.open(greeting());
    client.receive(open);
    client.receive(&features("<mechanism>PLAIN</mechanism>"));
    assert_eq!(client.bye(), Some(HResult::MSGR_E_SERVER_VERSION));
}

/// The service's side of SCRAM-SHA-1 for the password `secret`: the challenge, and how to prove the rest.
fn scram(first: &str) -> (String, impl Fn(&str) -> String + use<>) {
    use base64::{Engine, engine::general_purpose::STANDARD};
    use hmac::{Hmac, Mac};
    let text = |said: &str| String::from_utf8(STANDARD.decode(said).unwrap()).unwrap();
    let bare = text(first).strip_prefix("n,,").unwrap().to_owned();
    let nonce = bare.split("r=").nth(1).unwrap();
    let challenge = format!("r={nonce}theirs,s={},i=4096", STANDARD.encode("salt"));
    let encoded = STANDARD.encode(&challenge);
    let prove = move |last: &str| {
        let last = text(last);
        let without = last.split(",p=").next().unwrap();
        let message = format!("{bare},{challenge},{without}");
        let hmac = |key: &[u8], text: &[u8]| {
            let mut mac = Hmac::<sha1::Sha1>::new_from_slice(key).unwrap();
            mac.update(text);
            mac.finalize().into_bytes()
        };
        let salted = pbkdf2::pbkdf2_hmac_array::<sha1::Sha1, 20>(b"secret", b"salt", 4096);
        let signature = hmac(&hmac(&salted, b"Server Key"), message.as_bytes());
        STANDARD.encode(format!("v={}", STANDARD.encode(signature)))
    };
    (encoded, prove)
}
