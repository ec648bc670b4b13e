//! A server that means harm, in frames as they come over the wire: the session takes what its limits allow.

use mistatus_core::{
    limits::{CONTACTS_MAX, ERROR_TEXT_MAX},
    message::Token,
    session::{Event, LinkEvent, Output, Session, SessionOptions},
    time::Tick,
};
use mistatus_json::{JsonDialect, Text};

const WELCOME: &str = r#"{"type":"signed-in","name":"ann@example.org","friendlyName":"Ann","heartbeat":25000,"serverTime":1795248000000}"#;

fn snapshot(contacts: &str) -> String {
    let me = r#"{"status":2,"chosen":2,"since":1795248000000,"source":"connection"}"#;
    format!(r#"{{"type":"snapshot","seq":0,"me":{me},"contacts":[{contacts}]}}"#)
}

/// Says a frame, and returns what developers are told.
fn told(session: &mut Session<JsonDialect<Text>>, text: &str) -> Vec<String> {
    session.handle_link(LinkEvent::Text(text), Tick::default());
    let outputs = core::iter::from_fn(|| session.poll_output());
    let troubles = outputs.filter_map(|output| match output {
        Output::Event(Event::Trouble { message, .. }) => Some(message),
        _ => None,
    });
    troubles.collect()
}

#[test]
fn frames_of_a_hostile_server_are_taken_as_far_as_limits_allow() {
    let options = SessionOptions { keep_trying: true, seed: 7, ..SessionOptions::default() };
    let mut session = Session::new(options, JsonDialect::<Text>::default());
    let now = Tick::default();
    session.signin(now).unwrap();
    session.handle_token(Ok(Some(Token::new("token".to_owned()))), now);
    session.handle_link(LinkEvent::Opened, now);
    assert!(told(&mut session, WELCOME).is_empty());
    let contacts: Vec<_> =
        (0..100_000).map(|at| format!(r#"{{"name":"{at}@x","status":2}}"#)).collect();
    let troubles = told(&mut session, &snapshot(&contacts.join(",")));
    assert_eq!(troubles.len(), 1, "{troubles:?}");
    assert!(session.is_signed_in());
    assert_eq!(session.contacts().count(), CONTACTS_MAX);
    let endless = "x".repeat(60_000_000);
    let refused = format!(r#"{{"type":"refused","hr":-2147467259,"message":"{endless}"}}"#);
    let troubles = told(&mut session, &refused);
    assert!(troubles.len() == 1 && troubles[0].len() <= ERROR_TEXT_MAX);
    assert!(told(&mut session, &refused).is_empty(), "said once");
    // What is no frame at all, without end.
    let mut count = 0;
    for at in 0..1_000 {
        let troubles = told(&mut session, &format!("[{at}{}", "[".repeat(10_000)));
        assert!(troubles.iter().all(|message| message.len() <= ERROR_TEXT_MAX));
        count += troubles.len();
    }
    assert!(count <= 20, "{count}");
    assert!(session.is_signed_in());
}
