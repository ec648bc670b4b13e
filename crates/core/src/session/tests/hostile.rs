//! An engine that means harm: what it says is bounded in size, number and rate, and developers are told of it once.

use super::*;
use crate::{
    chat::{ChatMessage, ContactRequest, MessageId, MessageText},
    group::{Group, GroupId, GroupName},
    limits::{
        CHATS_MAX, CONTACT_REQUESTS_MAX, CONTACTS_MAX, ERROR_TEXT_MAX, FRAME_FROM_SERVER_MAX,
        GROUP_MEMBERSHIPS_MAX, GROUPS_MAX, TOKEN_RENEWAL_MIN, TROUBLES_MAX, UNREAD_MAX,
    },
    unread::Unread,
};

const MANY: usize = 100_000;

fn connected() -> Client {
    Client::persistent().signed_in(&[change("bob@x", Online)])
}

fn number(at: usize) -> SigninName {
    name(&format!("{at:06}@x"))
}

fn crowd() -> Vec<SigninName> {
    (0..MANY).map(number).collect()
}

fn online(name: SigninName) -> Change {
    Change { name, friendly_name: None, presence: Presence::of(Online), settling: false }
}

fn group(id: usize, members: Vec<SigninName>) -> Group {
    let name = GroupName::parse("Team").unwrap();
    Group { id: GroupId(u32::try_from(id).unwrap()), name, members }
}

fn request(from: SigninName) -> ContactRequest {
    ContactRequest { from, friendly_name: None, at: UnixMs::from_millis(0) }
}

fn unread(from: SigninName) -> Unread {
    Unread { from, count: 1, newest: Some(MessageId(1)) }
}

impl Client {
    /// Tells something, and returns what developers are told.
    fn troubles(&mut self, notices: impl IntoIterator<Item = Notice>) -> Vec<String> {
        self.script.incoming.borrow_mut().extend(notices);
        self.session.handle_link(LinkEvent::Text(""), self.now);
        self.told_to_developers()
    }

    fn told_to_developers(&mut self) -> Vec<String> {
        let outputs = core::iter::from_fn(|| self.session.poll_output());
        let troubles = outputs.filter_map(|output| match output {
            Output::Event(Event::Trouble { message, .. }) => Some(message),
            _ => None,
        });
        troubles.collect()
    }
}

#[test]
fn a_text_that_never_ends_is_cut_and_told_once() {
    let mut client = connected();
    // Cut in the middle of a character.
    let endless = "\u{20ac}".repeat(20_000_000);
    let refused = || Notice::Refused { hr: H::E_FAIL, message: endless.clone() };
    let troubles = client.troubles([refused(), refused(), refused()]);
    assert_eq!(troubles.len(), 1);
    assert!(troubles[0].len() <= ERROR_TEXT_MAX && troubles[0].len() > ERROR_TEXT_MAX - 4);
    let id = client.session.request(Command::QueryStatus, client.now).unwrap();
    client.drain();
    let outcome = Outcome { id, hr: H::E_FAIL, message: Some(endless.clone()) };
    client.script.incoming.borrow_mut().push_back(Notice::Outcome(outcome));
    client.session.handle_link(LinkEvent::Text(""), client.now);
    let message = core::iter::from_fn(|| client.session.poll_output()).find_map(|did| match did {
        Output::Event(Event::Done { message, .. }) => message,
        _ => None,
    });
    assert!(message.is_some_and(|message| message.len() <= ERROR_TEXT_MAX));
    let hr = H::E_ACCESSDENIED;
    let troubles = client.troubles([Notice::Bye { hr, retry_after: None, message: Some(endless) }]);
    assert!(troubles.iter().all(|message| message.len() <= ERROR_TEXT_MAX));
}

#[test]
fn faults_without_end_are_told_a_few_times() {
    let mut client = connected();
    let refused = |at| Notice::Refused { hr: H::E_FAIL, message: format!("fault {at}") };
    assert_eq!(client.troubles((0..MANY).map(refused)).len(), TROUBLES_MAX as usize);
}

#[test]
fn more_at_once_than_any_list_is_long_ends_the_connection_and_is_told_once() {
    let mut client = connected();
    let text = " ".repeat(FRAME_FROM_SERVER_MAX + 1);
    client.session.handle_link(LinkEvent::Text(&text), client.now);
    let did: Vec<_> = core::iter::from_fn(|| client.session.poll_output()).collect();
    assert!(did.contains(&Output::CloseLink));
    let is_trouble = |did: &&Output| matches!(did, Output::Event(Event::Trouble { .. }));
    assert_eq!(did.iter().filter(is_trouble).count(), 1);
    // It is sought again, with a wait.
    assert!(client.session.poll_timeout().is_some_and(|(at, _)| at >= client.now));
    client.reconnect(&[change("bob@x", Busy)]);
    assert_eq!(client.status_of("bob@x"), (Busy, false));
}

#[test]
fn lists_of_a_snapshot_are_cut_at_their_limits_and_that_is_told_once() {
    let Notice::Snapshot(snapshot) = snapshot(0, &[]) else { unreachable!() };
    let hostile = Snapshot {
        contacts: crowd().into_iter().map(online).collect(),
        watched: crowd().into_iter().map(online).collect(),
        groups: (0..MANY).map(|id| group(id, Vec::new())).collect(),
        blocked: crowd(),
        requests: crowd().into_iter().map(request).collect(),
        unread: crowd().into_iter().map(unread).collect(),
        ..snapshot
    };
    let mut client = Client::persistent();
    client.dial();
    let troubles = client.troubles([welcome("me@x"), Notice::Snapshot(hostile)]);
    assert_eq!(troubles.len(), 1, "{troubles:?}");
    let session = &client.session;
    assert!(session.is_signed_in());
    assert_eq!(session.contacts().count(), CONTACTS_MAX);
    assert_eq!(session.groups().count(), GROUPS_MAX);
    assert_eq!(session.blocked_people().count(), CONTACTS_MAX);
    assert_eq!(session.contact_requests().count(), CONTACT_REQUESTS_MAX);
    assert_eq!(session.unread_people().count(), UNREAD_MAX);
    assert!(session.person(&number(CONTACTS_MAX)).is_none(), "nobody asked about them");
}

#[test]
fn members_of_groups_are_cut_at_their_limit() {
    let Notice::Snapshot(snapshot) = snapshot(0, &[]) else { unreachable!() };
    let groups = vec![group(1, crowd()), group(2, crowd())];
    let mut client = Client::persistent();
    client.dial();
    client.troubles([welcome("me@x"), Notice::Snapshot(Snapshot { groups, ..snapshot })]);
    let members: usize = client.session.groups().map(|group| group.members.len()).sum();
    assert_eq!(members, GROUP_MEMBERSHIPS_MAX);
}

#[test]
fn updates_without_end_fill_nothing_beyond_the_limits() {
    let mut client = connected();
    let mut seq = 0;
    let mut tell = |client: &mut Client, make: &dyn Fn(usize) -> Update, count: usize| {
        for at in 0..count {
            seq += 1;
            client.script.incoming.borrow_mut().push_back(Notice::Update(Seq(seq), make(at)));
        }
        client.session.handle_link(LinkEvent::Text(""), client.now);
        client.told_to_developers().len()
    };
    // About people of whom nobody asked.
    let changes = |at| Update::Changes { changes: vec![online(number(at))] };
    assert_eq!(tell(&mut client, &changes, MANY), 0);
    assert!((0..MANY).all(|at| client.session.person(&number(at)).is_none()));

    let added = |at| Update::ContactAdded { contact: online(number(at)) };
    assert_eq!(tell(&mut client, &added, CONTACTS_MAX + 100), 1);
    assert_eq!(client.session.contacts().count(), CONTACTS_MAX);
    let blocked = |at| Update::Blocked { name: number(at), blocked: true };
    tell(&mut client, &blocked, CONTACTS_MAX + 100);
    assert_eq!(client.session.blocked_people().count(), CONTACTS_MAX);
    let added = |at| Update::GroupAdded { group: group(at, Vec::new()), request: None };
    tell(&mut client, &added, GROUPS_MAX + 100);
    assert_eq!(client.session.groups().count(), GROUPS_MAX);
    let asked = |at| Update::ContactRequested { request: request(number(at)) };
    tell(&mut client, &asked, CONTACT_REQUESTS_MAX + 100);
    assert_eq!(client.session.contact_requests().count(), CONTACT_REQUESTS_MAX);
    let counted = |at| Update::Unread { unread: unread(number(at)) };
    tell(&mut client, &counted, UNREAD_MAX + 100);
    assert_eq!(client.session.unread_people().count(), UNREAD_MAX);
}

#[test]
fn the_oldest_conversation_makes_room_for_one_too_many() {
    let mut client = connected();
    for at in 0..=CHATS_MAX {
        let id = at as u64 + 1;
        let message = ChatMessage {
            id: MessageId(id),
            from: number(at),
            to: name("me@x"),
            text: MessageText::parse("hello").unwrap(),
            at: UnixMs::from_millis(1_790_000_000_000),
            delivered: false,
        };
        let update = Update::Message { message, request: None };
        client.script.incoming.borrow_mut().push_back(Notice::Update(Seq(id), update));
    }
    client.troubles([]);
    assert!(client.session.chat(&number(0)).is_none());
    assert!((1..=CHATS_MAX).all(|at| client.session.chat(&number(at)).is_some()));
}

#[test]
fn a_page_is_not_asked_for_tokens_without_end() {
    let options = SessionOptions { renewable_token: true, seed: 5, ..SessionOptions::default() };
    let mut client = Client::new(options).signed_in(&[]);
    let expiring = || Notice::TokenExpiring { expires_in: Span::from_secs(1) };
    let mut asked = 0;
    for _ in 0..100 {
        let did = client.told([expiring()]);
        asked += did.iter().filter(|did| matches!(did, Out(Output::WantToken { .. }))).count();
        client.token(Some("fresh"));
    }
    assert_eq!(asked, 1);
    client.after(TOKEN_RENEWAL_MIN.as_millis());
    assert_eq!(client.told([expiring()]), [Out(Output::WantToken { fresh: true })]);
}
