//! Both directions of the codec against each other, and what a client gets wrong.

use mistatus_core::{
    chat::{ChatMessage, ContactRequest, MessageId, MessageText},
    claim::{Claim, ClaimId, ClaimKey, ClaimSource, KnownClaim, ServiceName},
    dialect::Dialect,
    friendly_name,
    group::{Group, GroupId, GroupName},
    idle::{IdleAfter, IdleChoice},
    message::{Change, MyPresence, Snapshot, Token, Welcome},
    presence::{Intent, Note, Presence, Source},
    search::{FoundPerson, SearchText},
    signin_name::SigninName,
    status::MiStatus,
    time::{Span, UnixMs},
    unread::Unread,
};
use proptest::prelude::*;

use super::*;
use crate::{JsonDialect, codec::SAFE_MAX};

#[track_caller]
fn refused(text: &str, id: Option<u64>, says: &str) {
    let error = decode(text).expect_err("must be refused");
    assert_eq!(error.id, id.map(RequestId), "{text}");
    assert_eq!(error.hr, HResult::E_INVALIDARG);
    assert!(error.message.contains(says), "{:?} does not say {says:?}", error.message);
}

#[test]
fn what_is_wrong_with_a_frame_is_named() {
    refused("", None, "not JSON");
    refused("{\"type\":", None, "not JSON");
    refused("[]", None, "JSON object");
    refused("{}", None, "`type`");
    refused("{\"type\":7}", None, "`type`");
    refused("{\"type\":\"dance\",\"id\":3}", Some(3), "a client may send signin, set-status");
    refused("{\"type\":\"set-status\",\"id\":3}", Some(3), "status");
    refused("{\"type\":\"set-status\",\"id\":0,\"status\":10}", None, "at least 1");
    refused(
        "{\"type\":\"set-status\",\"id\":3,\"status\":18}",
        Some(3),
        "18 cannot be chosen; allowed are 2 (online)",
    );
    refused("{\"type\":\"set-status\",\"id\":3,\"status\":-1}", Some(3), "-1");
    refused("{\"type\":\"add-contact\",\"id\":4,\"name\":\" a@x\"}", Some(4), "space");
    refused("{\"type\":\"add-contact\",\"id\":4,\"name\":\"a\\n@x\"}", Some(4), "line feed");
    refused("{\"type\":\"watch\",\"id\":4,\"names\":[]}", Some(4), "1 to 100");
    let long = "a".repeat(130);
    refused(
        &format!("{{\"type\":\"add-contact\",\"id\":4,\"name\":\"{long}\"}}"),
        Some(4),
        "130 UTF-16 units",
    );
    let note = "n".repeat(501);
    refused(
        &format!("{{\"type\":\"set-status\",\"id\":5,\"status\":10,\"note\":\"{note}\"}}"),
        Some(5),
        "501 UTF-16 units",
    );
}

#[test]
fn what_stands_in_a_field_and_what_belongs_there_is_named() {
    for (field, found) in [
        ("", "`status` is missing; it must be a whole number"),
        (",\"status\":null", "`status` is missing; it must be a whole number"),
        (",\"status\":\"busy\"", "`status` is a string; it must be a whole number"),
        (",\"status\":1.5", "`status` is 1.5; it must be a whole number"),
        (",\"status\":true", "`status` is true; it must be a whole number"),
        (",\"status\":10,\"note\":7", "`note` is 7; it must be a string"),
        (",\"status\":10,\"until\":[]", "`until` is a list; it must be a whole number"),
        (",\"status\":10,\"until\":1e17", "it must be a whole number from 0 to 9007199254740991"),
        (",\"status\":10,\"source\":\"idle\"", "`source`: it must be \"user\" or \"api\""),
    ] {
        refused(&format!("{{\"type\":\"set-status\",\"id\":3{field}}}"), Some(3), found);
    }
    for (field, found) in [
        ("\"transmit\":true,\"after\":999", "999 ms; 1000 to 86400000 ms are allowed"),
        ("\"transmit\":true,\"after\":86400001", "86400001 ms; 1000 to 86400000 ms are allowed"),
        ("\"transmit\":true,\"after\":\"60\"", "`after` is a string; it must be a whole number"),
        ("\"transmit\":0", "`transmit` is 0; it must be true or false"),
        ("\"after\":60000", "`transmit` is missing"),
    ] {
        refused(
            &format!("{{\"type\":\"set-idle\",\"id\":3,\"idle\":{{{field}}}}}"),
            Some(3),
            found,
        );
    }
    refused(
        "{\"type\":\"set-idle\",\"id\":3,\"idle\":false}",
        Some(3),
        "`idle` is false; it must be an object",
    );
    refused("{\"type\":\"watch\",\"id\":4}", Some(4), "`names` is missing; it must be a list");
    refused(
        "{\"type\":\"watch\",\"id\":4,\"names\":[7]}",
        Some(4),
        "`names` is a list; it must be",
    );
    refused(
        "{\"type\":\"set-blocked\",\"id\":4,\"name\":\"a@x\"}",
        Some(4),
        "`blocked` is missing",
    );
    refused("{\"type\":\"signin\",\"resume\":{}}", None, "`token` is missing");
    refused("{\"type\":\"query-status\"}", None, "`id` is missing");
}

#[test]
fn an_error_text_quotes_little_and_nothing_that_does_not_print() {
    let wrong = |field: &str, value: &str| {
        let text =
            format!("{{\"type\":\"set-status\",\"status\":10,\"id\":1,\"{field}\":{value}}}");
        decode(&text).expect_err("must be refused").message
    };
    for character in ["x", "\u{7f}", "\\n", "\u{202e}", "é", "\\\""] {
        let long = format!("\"{}\"", character.repeat(20_000));
        for (field, value) in [
            ("id", long.clone()),
            ("status", long.clone()),
            ("until", long.clone()),
            ("note", format!("[{long}]")),
            ("id", format!("{{{long}:1}}")),
            ("type", long.clone()),
        ] {
            let message = wrong(field, &value);
            assert!(message.chars().count() <= ERROR_EXCERPT_MAX + 300, "{field}: {message}");
            assert!(!message.contains(['\u{7f}', '\n', '\u{202e}']), "{field}: {message:?}");
        }
    }
    assert!(decode("{\"type\":\"query-status\",\"id\":\"7\"}").unwrap_err().id.is_none());
}

#[test]
fn names_of_groups_and_messages_have_codes_of_their_own() {
    let hr = |text: &str| decode(text).expect_err("must be refused").hr;
    let group =
        |name: &str| hr(&format!("{{\"type\":\"create-group\",\"id\":1,\"name\":\"{name}\"}}"));
    assert_eq!(group("  "), HResult::E_INVALIDARG);
    assert_eq!(group("a\\tb"), HResult::MSGR_E_BAD_GROUP_NAME);
    assert_eq!(group(&"g".repeat(65)), HResult::MSGR_E_GROUP_NAME_TOO_LONG);
    let message = |text: &str| {
        hr(&format!("{{\"type\":\"send-message\",\"id\":1,\"to\":\"bob@x\",\"text\":\"{text}\"}}"))
    };
    assert_eq!(message(" "), HResult::E_INVALIDARG);
    assert_eq!(message(&"m".repeat(8_001)), HResult::MSGR_E_MESSAGE_TOO_LONG);
}

#[test]
fn unknown_fields_are_ignored() {
    let frame = decode("{\"type\":\"ping\",\"colour\":\"green\"}");
    assert_eq!(frame, Ok(FromClient::Message(Signal::Ping { seen: None }.into())));
}

#[test]
fn what_a_choice_about_idleness_leaves_out_is_left_to_each_page() {
    let choice = |fields: &str| {
        let text = format!("{{\"type\":\"set-idle\",\"id\":1{fields}}}");
        match decode(&text) {
            Ok(FromClient::Message(ClientMessage::Request(Request {
                command: Command::SetIdle { choice },
                ..
            }))) => choice,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(choice(""), IdleChoice::NONE);
    assert_eq!(choice(",\"idle\":null"), IdleChoice::NONE);
    let silent = IdleChoice { transmit: false, after: None };
    assert_eq!(choice(",\"idle\":{\"transmit\":false}"), silent);
    let after = IdleAfter::new(Span::from_secs(60)).ok();
    let later = IdleChoice { transmit: true, after };
    assert_eq!(choice(",\"idle\":{\"transmit\":true,\"after\":60000}"), later);
}

#[test]
fn an_own_status_is_read_also_where_its_choice_about_idleness_cannot_be() {
    for idle in ["7", "[]", "null", "{\"transmit\":true,\"after\":5}"] {
        let mut dialect = JsonDialect::<Text>::default();
        dialect.receive(&format!(
            "{{\"type\":\"my-status\",\"seq\":1,\"me\":{{\"status\":2,\"idle\":{idle}}}}}"
        ));
        let Some(Ok(Notice::Update(_, Update::MyStatus { me }))) = dialect.poll_notice() else {
            panic!("{idle} is not understood")
        };
        assert_eq!(me.idle, IdleChoice::NONE);
    }
}

#[test]
fn a_friendly_name_is_cut_rather_than_refused() {
    let text = format!("{{\"type\":\"signin\",\"friendlyName\":\"{}\"}}", "x".repeat(300));
    let Ok(FromClient::Signin(greeting)) = decode(&text) else { panic!("accepted") };
    assert_eq!(greeting.friendly_name.unwrap().len(), 256);
}

#[test]
fn a_contact_is_never_read_as_invisible_or_local() {
    for status in [6, 256, 9999] {
        let mut dialect = JsonDialect::<Text>::default();
        dialect.receive(&format!(
            "{{\"type\":\"changes\",\"seq\":1,\"changes\":[{{\"name\":\"a@x\",\"status\":{status}}}]}}"
        ));
        let Some(Ok(Notice::Update(_, Update::Changes { changes }))) = dialect.poll_notice() else {
            panic!("understood")
        };
        assert_eq!(changes[0].presence.status, MiStatus::Unknown);
    }
}

#[test]
fn a_frame_that_the_client_does_not_know_is_an_error_and_no_more() {
    let mut dialect = JsonDialect::<Text>::default();
    dialect.receive("{\"type\":\"fireworks\"}");
    dialect.receive("{\"type\":\"pong\"}");
    assert!(dialect.poll_notice().unwrap().is_err());
    assert_eq!(dialect.poll_notice(), Some(Ok(Notice::Pong)));
}

fn any_name() -> impl Strategy<Value = SigninName> {
    "[a-zA-Zäß😀<>&\"\\\\][a-zA-Z0-9 @.ü]{0,40}".prop_map(|text| SigninName::parse(&text).unwrap())
}

/// A display name as it is after cleaning.
fn any_friendly_name() -> impl Strategy<Value = Option<String>> {
    "\\PC{0,20}".prop_map(|text| friendly_name::clean(&text))
}

fn any_note() -> impl Strategy<Value = Option<Note>> {
    "\\PC{0,80}".prop_map(|text| Note::parse(&text).unwrap())
}

fn any_instant() -> impl Strategy<Value = Option<UnixMs>> {
    proptest::option::of((0..=UnixMs::MAX.as_millis()).prop_map(UnixMs::from_millis))
}

fn any_source() -> impl Strategy<Value = Option<Source>> {
    proptest::option::of(proptest::sample::select(Source::ALL.to_vec()))
}

fn any_intent() -> impl Strategy<Value = Intent> {
    let settable: Vec<_> =
        MiStatus::ALL.into_iter().filter(|status| status.is_settable()).collect();
    let source = proptest::sample::select(vec![Source::User, Source::Api]);
    (proptest::sample::select(settable), any_note(), any_instant(), source)
        .prop_map(|(status, note, until, source)| Intent { status, note, until, source })
}

fn any_change() -> impl Strategy<Value = Change> {
    let remote: Vec<_> = MiStatus::ALL.into_iter().filter(|status| status.is_remote()).collect();
    (
        any_name(),
        any_friendly_name(),
        proptest::sample::select(remote),
        any_note(),
        any_instant(),
        any_instant(),
        any_source(),
        any::<bool>(),
    )
        .prop_map(|(name, friendly_name, status, note, since, until, source, settling)| {
            Change {
                name,
                friendly_name,
                presence: Presence { status, note, since, until, source },
                settling,
            }
        })
}

fn any_claim_key() -> impl Strategy<Value = ClaimKey> {
    ("[A-Za-z0-9._-]{1,64}", "[A-Za-z0-9._:-]{1,64}").prop_map(|(service, id)| ClaimKey {
        service: ServiceName::parse(&service).unwrap(),
        id: ClaimId::parse(&id).unwrap(),
    })
}

fn any_claim_source() -> impl Strategy<Value = ClaimSource> {
    proptest::sample::select(ClaimSource::ALL.to_vec())
}

fn any_claim() -> impl Strategy<Value = KnownClaim> {
    let claimable: Vec<_> =
        MiStatus::ALL.into_iter().filter(|status| status.is_claimable()).collect();
    let instant = || (0..=UnixMs::MAX.as_millis()).prop_map(UnixMs::from_millis);
    let claim =
        (any_claim_source(), proptest::sample::select(claimable), any_note(), instant(), instant())
            .prop_map(|(source, status, note, from, until)| Claim {
                source,
                status,
                note,
                from,
                until,
            });
    (any_claim_key(), claim, any::<bool>(), any::<bool>()).prop_map(
        |(key, claim, dismissed, in_force)| KnownClaim { key, claim, dismissed, in_force },
    )
}

fn any_idle_choice() -> impl Strategy<Value = IdleChoice> {
    let after =
        (1_000..=86_400_000u64).prop_map(|ms| IdleAfter::new(Span::from_millis(ms)).unwrap());
    (any::<bool>(), proptest::option::of(after))
        .prop_map(|(transmit, after)| IdleChoice { transmit, after })
}

fn any_me() -> impl Strategy<Value = MyPresence> {
    let claims = proptest::collection::vec(any_claim(), 0..3);
    let ignored = proptest::sample::subsequence(ClaimSource::ALL.to_vec(), 0..=5);
    (any_intent(), any_instant(), any_source(), claims, ignored, any_idle_choice()).prop_map(
        |(intent, since, source, claims, ignored, idle)| MyPresence {
            status: intent.status,
            intent,
            since,
            source,
            claims: claims.into(),
            ignored: ignored.into_iter().collect(),
            idle,
        },
    )
}

fn any_client_message() -> impl Strategy<Value = ClientMessage> {
    let request = ((1..=SAFE_MAX).prop_map(RequestId), any_command())
        .prop_map(|(id, command)| ClientMessage::Request(Request { id, command }));
    prop_oneof![2 => request, 1 => any_signal().prop_map(ClientMessage::Signal)]
}

fn any_command() -> impl Strategy<Value = Command> {
    let names = proptest::collection::vec(any_name(), 1..5);
    let group = || any::<u32>().prop_map(GroupId);
    let message = (0..1u64 << 53).prop_map(MessageId);
    prop_oneof![
        any_intent().prop_map(|intent| Command::SetStatus { intent }),
        Just(Command::QueryStatus),
        any_claim_key().prop_map(|key| Command::DismissClaim { key }),
        (any_claim_source(), any::<bool>())
            .prop_map(|(source, ignored)| Command::IgnoreClaims { source, ignored }),
        any_idle_choice().prop_map(|choice| Command::SetIdle { choice }),
        names.prop_map(|names| Command::Watch { names }),
        any_name().prop_map(|name| Command::AddContact { name }),
        any_name().prop_map(|name| Command::RemoveContact { name }),
        (any_name(), any::<bool>())
            .prop_map(|(name, accept)| Command::AnswerContactRequest { name, accept }),
        (any_name(), any::<bool>())
            .prop_map(|(name, blocked)| Command::SetBlocked { name, blocked }),
        any_group_name().prop_map(|name| Command::CreateGroup { name }),
        (group(), any_group_name()).prop_map(|(group, name)| Command::RenameGroup { group, name }),
        group().prop_map(|group| Command::RemoveGroup { group }),
        (group(), any_name(), any::<bool>())
            .prop_map(|(group, name, member)| Command::SetGroupMember { group, name, member }),
        (any_name(), any_text()).prop_map(|(to, text)| Command::SendMessage { to, text }),
        (any_name(), proptest::option::of(message))
            .prop_map(|(with, before)| Command::FetchMessages { with, before }),
        "[a-z ]{0,20}[a-z]".prop_map(|text| {
            let beginning = SearchText::parse(&text).expect("a text to search for");
            Command::FindPeople { beginning }
        }),
        "\\PC{0,40}".prop_map(|token| Command::RenewToken { token: Token::new(token) }),
    ]
}

fn any_signal() -> impl Strategy<Value = Signal> {
    let seen = || proptest::option::of((0..1u64 << 53).prop_map(Seq));
    let idle_for = proptest::option::of((0..1u64 << 40).prop_map(Span::from_millis));
    prop_oneof![
        idle_for.prop_map(|idle_for| Signal::ReportIdle { idle_for }),
        proptest::collection::vec(any_name(), 1..5).prop_map(|names| Signal::Unwatch { names }),
        (any_name(), 0..1u64 << 53)
            .prop_map(|(from, id)| Signal::ConfirmMessages { from, up_to: MessageId(id) }),
        (any_name(), 0..1u64 << 53)
            .prop_map(|(from, id)| Signal::MarkRead { from, up_to: MessageId(id) }),
        Just(Signal::Resync),
        seen().prop_map(|seen| Signal::Ping { seen }),
        seen().prop_map(|seen| Signal::Pong { seen }),
        Just(Signal::Signout),
    ]
}

fn any_group_name() -> impl Strategy<Value = GroupName> {
    "[^\\p{C} ]{1,30}".prop_map(|text| GroupName::parse(&text).unwrap())
}

fn any_text() -> impl Strategy<Value = MessageText> {
    "\\PC{0,60}[a-z]".prop_map(|text| MessageText::parse(&text).unwrap())
}

fn any_group() -> impl Strategy<Value = Group> {
    (any::<u32>(), any_group_name(), proptest::collection::vec(any_name(), 0..3))
        .prop_map(|(id, name, members)| Group { id: GroupId(id), name, members })
}

fn any_contact_request() -> impl Strategy<Value = ContactRequest> {
    (any_name(), any_friendly_name(), 0..1u64 << 53).prop_map(|(from, friendly_name, at)| {
        ContactRequest { from, friendly_name, at: UnixMs::from_millis(at) }
    })
}

fn any_message() -> impl Strategy<Value = ChatMessage> {
    (0..1u64 << 53, any_name(), any_name(), any_text(), 0..1u64 << 53, any::<bool>()).prop_map(
        |(id, from, to, text, at, delivered)| ChatMessage {
            id: MessageId(id),
            from,
            to,
            text,
            at: UnixMs::from_millis(at),
            delivered,
        },
    )
}

fn any_unread() -> impl Strategy<Value = Unread> {
    let newest = proptest::option::of((0..1u64 << 53).prop_map(MessageId));
    (any_name(), any::<u32>(), newest).prop_map(|(from, count, newest)| Unread {
        from,
        count,
        newest,
    })
}

fn any_outcome() -> impl Strategy<Value = Outcome> {
    let hr = any::<i32>().prop_map(HResult::from_number);
    (1..=SAFE_MAX, hr, proptest::option::of("\\PC{0,40}")).prop_map(|(id, hr, message)| Outcome {
        id: RequestId(id),
        hr,
        message,
    })
}

fn any_update() -> impl Strategy<Value = Update> {
    let group = || any::<u32>().prop_map(GroupId);
    let request = || proptest::option::of((1..=SAFE_MAX).prop_map(RequestId));
    prop_oneof![
        proptest::collection::vec(any_change(), 1..4)
            .prop_map(|changes| Update::Changes { changes }),
        any_me().prop_map(|me| Update::MyStatus { me }),
        any_change().prop_map(|contact| Update::ContactAdded { contact }),
        any_name().prop_map(|name| Update::ContactRemoved { name }),
        any_contact_request().prop_map(|request| Update::ContactRequested { request }),
        any_name().prop_map(|name| Update::ContactRequestGone { name }),
        (any_name(), any::<bool>()).prop_map(|(name, blocked)| Update::Blocked { name, blocked }),
        (any_group(), request()).prop_map(|(group, request)| Update::GroupAdded { group, request }),
        (group(), any_group_name()).prop_map(|(group, name)| Update::GroupRenamed { group, name }),
        group().prop_map(|group| Update::GroupRemoved { group }),
        (group(), any_name(), any::<bool>())
            .prop_map(|(group, name, member)| Update::GroupMember { group, name, member }),
        (any_message(), request())
            .prop_map(|(message, request)| Update::Message { message, request }),
        (any_name(), 0..1u64 << 53)
            .prop_map(|(to, id)| Update::Delivered { to, up_to: MessageId(id) }),
        any_unread().prop_map(|unread| Update::Unread { unread }),
        any_outcome().prop_map(Update::Outcome),
    ]
}

fn any_welcome() -> impl Strategy<Value = Welcome> {
    (
        any_name(),
        any_friendly_name().prop_map(Option::unwrap_or_default),
        (1..1u64 << 40).prop_map(Span::from_millis),
        0..1u64 << 53,
        proptest::option::of("[a-f0-9]{32}"),
        any::<bool>(),
    )
        .prop_map(|(name, friendly_name, heartbeat, time, resume, resumed)| Welcome {
            name,
            friendly_name,
            heartbeat,
            server_time: UnixMs::from_millis(time),
            resume: resume.map(Token::new),
            resumed,
        })
}

fn any_snapshot() -> impl Strategy<Value = Snapshot> {
    (
        (0..1u64 << 53).prop_map(Seq),
        any_me(),
        proptest::collection::vec(any_change(), 0..4),
        proptest::collection::vec(any_change(), 0..2),
        proptest::collection::vec(any_group(), 0..3),
        proptest::collection::vec(any_name(), 0..3),
        proptest::collection::vec(any_contact_request(), 0..3),
        proptest::collection::vec(any_unread(), 0..3),
    )
        .prop_map(|(seq, me, contacts, watched, groups, blocked, requests, unread)| Snapshot {
            seq,
            me,
            contacts,
            watched,
            groups,
            blocked,
            requests,
            unread,
        })
}

fn any_person() -> impl Strategy<Value = FoundPerson> {
    let text = || proptest::option::of("[A-Z][a-z]{0,20}");
    (any_name(), text(), text()).prop_map(|(name, friendly_name, title)| FoundPerson {
        name,
        friendly_name,
        title,
    })
}

fn any_notice() -> impl Strategy<Value = Notice> {
    let seq = (0..1u64 << 53).prop_map(Seq);
    let span = (1..1u64 << 40).prop_map(Span::from_millis);
    let hr = any::<i32>().prop_map(HResult::from_number);
    prop_oneof![
        1 => any_welcome().prop_map(Notice::SignedIn),
        2 => any_snapshot().prop_map(Notice::Snapshot),
        8 => (seq, any_update()).prop_map(|(seq, update)| Notice::Update(seq, update)),
        1 => (1..=SAFE_MAX, proptest::collection::vec(any_message(), 0..3), any::<bool>()).prop_map(
            |(id, messages, more)| Notice::Messages { id: RequestId(id), messages, more }
        ),
        1 => (1..=SAFE_MAX, proptest::collection::vec(any_person(), 0..3), any::<bool>()).prop_map(
            |(id, people, more)| Notice::People { id: RequestId(id), people, more }
        ),
        1 => any_outcome().prop_map(Notice::Outcome),
        1 => (hr.clone(), "\\PC{0,40}").prop_map(|(hr, message)| Notice::Refused { hr, message }),
        1 => span.clone().prop_map(|expires_in| Notice::TokenExpiring { expires_in }),
        1 => Just(Notice::Ping),
        1 => Just(Notice::Pong),
        1 => (hr, proptest::option::of(span), proptest::option::of("\\PC{0,40}"))
            .prop_map(|(hr, retry_after, message)| Notice::Bye { hr, retry_after, message }),
    ]
}

proptest! {
    #[test]
    fn an_update_that_is_printed_once_is_the_frame_of_each_client(
        update in any_update(),
        seqs in proptest::collection::vec(0..=u64::MAX, 1..4),
    ) {
        let once = EncodedUpdate::new(&update);
        for seq in seqs {
            let frame = once.numbered(Seq(seq));
            prop_assert_eq!(&frame, &encode(&Notice::Update(Seq(seq), update.clone())));
            prop_assert!(frame.len() <= once.len_max());
        }
    }

    #[test]
    fn every_message_arrives_as_it_was_sent(message in any_client_message()) {
        let mut dialect = JsonDialect::<Text>::default();
        dialect.send(message.clone());
        let text = dialect.poll_transmit().unwrap();
        prop_assert_eq!(decode(&text), Ok(FromClient::Message(message)));
    }

    #[test]
    fn every_notice_arrives_as_it_was_sent(notice in any_notice()) {
        let mut dialect = JsonDialect::<Text>::default();
        dialect.receive(&encode(&notice));
        prop_assert_eq!(dialect.poll_notice(), Some(Ok(notice)));
    }

    #[test]
    fn no_text_makes_either_side_panic(text in "\\PC{0,200}") {
        let _ = decode(&text);
        JsonDialect::<Text>::default().receive(&text);
    }

    #[test]
    fn no_json_object_makes_either_side_panic(
        kind in proptest::sample::select([Command::KINDS, Signal::KINDS, Notice::KINDS, Update::KINDS].concat()),
        field in "id|seq|name|names|status|me|changes|hr",
        value in "-?[0-9]{1,30}|\"[a-z ]{0,9}\"|null|\\[\\]|\\{\\}|\\[1,\\{\\}\\]|1e400",
    ) {
        let text = format!("{{\"type\":\"{kind}\",\"id\":1,\"{field}\":{value}}}");
        let _ = decode(&text);
        JsonDialect::<Text>::default().receive(&text);
    }
}
