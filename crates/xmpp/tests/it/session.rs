//! The dialect under a real session: what a page sees of messages, lists and lost links.

use mistatus_core::{
    chat::MessageText,
    group::GroupName,
    hresult::HResult,
    message::{Command, Token},
    session::{Event, LinkEvent, Output, Session, SessionOptions},
    signin_name::SigninName,
    time::{Span, Tick},
};
use mistatus_xmpp::{XmppDialect, xml};

use crate::support::{FakeClock, Service, name, options, presence_kind};

struct Page {
    session: Session<XmppDialect<FakeClock>>,
    service: Service,
    now: Tick,
    events: Vec<Event>,
    /// Whether what the session sends arrives.
    is_up: bool,
}

impl Page {
    fn new(service: Service) -> Self {
        let session_options = SessionOptions {
            signin_name: Some(name("alice@example.com")),
            renewable_token: true,
            seed: 7,
            ..SessionOptions::default()
        };
        let dialect = XmppDialect::new(options(), FakeClock::at_noon());
        let session = Session::new(session_options, dialect);
        let mut page =
            Self { session, service, now: Tick::from_millis(0), events: Vec::new(), is_up: true };
        page.session.signin(page.now).expect("not signed in");
        page.run();
        assert!(page.session.is_signed_in());
        page
    }

    /// Lets session and service talk until both are silent.
    fn run(&mut self) {
        while let Some(output) = self.session.poll_output() {
            match output {
                Output::WantToken { .. } => {
                    let token = Token::new("secret".to_owned());
                    self.session.handle_token(Ok(Some(token)), self.now);
                }
                Output::OpenLink => {
                    self.service.relink();
                    self.is_up = true;
                    self.session.handle_link(LinkEvent::Opened, self.now);
                }
                Output::Transmit(text) if self.is_up => {
                    let element = xml::read(&text).expect("what is sent is one element");
                    for text in self.service.answer(&element) {
                        self.session.handle_link(LinkEvent::Text(&text), self.now);
                    }
                    self.service.heard.push(element);
                }
                Output::Event(event) => self.events.push(event),
                _ => {}
            }
        }
    }

    fn hear(&mut self, text: &str) {
        self.session.handle_link(LinkEvent::Text(text), self.now);
        self.run();
    }

    /// The link breaks, and a moment later there is another.
    fn reconnect(&mut self) {
        self.session.handle_link(LinkEvent::Closed, self.now);
        self.run();
        self.now += Span::from_secs(1);
        self.session.handle_timeout(self.now);
        self.run();
        assert!(self.session.is_signed_in());
    }

    fn write(&mut self, text: &str) {
        let text = MessageText::parse(text).expect("a valid text");
        let sent = self.session.request(Command::SendMessage { to: bob(), text }, self.now);
        sent.expect("signed in");
        self.run();
    }

    /// Returns the conversation with bob: what was sent or came, and what waits.
    fn chat(&self) -> (Vec<&str>, Vec<&str>) {
        let Some(chat) = self.session.chat(&bob()) else { return (Vec::new(), Vec::new()) };
        let unsent = chat.unsent().iter().map(|unsent| unsent.text.as_str());
        (chat.messages().map(|message| message.text.as_str()).collect(), unsent.collect())
    }

    fn done(&self) -> Vec<HResult> {
        let done = self.events.iter().filter_map(|event| match event {
            Event::Done { hr, .. } => Some(*hr),
            _ => None,
        });
        done.collect()
    }
}

#[test]
fn what_needs_no_answer_of_the_service_is_told_all_the_same() {
    for manages in [false, true] {
        let mut page = Page::new(Service { manages, ..managed(true) });
        page.session.request(Command::QueryStatus, page.now).unwrap();
        page.session.fetch_messages(bob(), page.now).unwrap();
        page.session.request(Command::AddContact { name: bob() }, page.now).unwrap();
        page.run();
        let already = HResult::MSGR_E_ALREADY_IN_LIST;
        assert_eq!(page.done(), [HResult::S_OK, HResult::S_OK, already]);
        assert!(!page.session.chat(&bob()).unwrap().has_more());
    }
}

fn bob() -> SigninName {
    name("bob@example.com")
}

fn managed(resumable: bool) -> Service {
    Service { manages: true, resumable, ..Service::with_roster(&[("bob@example.com", "both")]) }
}

fn from_bob(id: &str, text: &str) -> String {
    format!(
        "<message xmlns='jabber:client' from='bob@example.com/pc' type='chat' id='{id}'><body>{text}</body>\
         <origin-id xmlns='urn:xmpp:sid:0' id='{id}'/><request xmlns='urn:xmpp:receipts'/></message>"
    )
}

#[test]
fn a_conversation_is_in_order_and_confirmed() {
    let mut page = Page::new(managed(true));
    page.write("One");
    page.hear(&from_bob("1", "Two"));
    page.write("Three");
    assert_eq!(page.chat(), (vec!["One", "Two", "Three"], vec![]));
    assert_eq!(page.done(), [HResult::S_OK; 2]);
    let receipts = page
        .service
        .heard
        .iter()
        .filter(|element| element.first("received", "urn:xmpp:receipts").is_some());
    assert_eq!(receipts.count(), 1);
    let id = page.service.heard.iter().find(|element| element.name == "message").unwrap();
    let id = id.attribute("id").unwrap().to_owned();
    page.hear(&format!("<message xmlns='jabber:client' from='bob@example.com/pc'><received xmlns='urn:xmpp:receipts' id='{id}'/></message>"));
    let chat = page.session.chat(&bob()).unwrap();
    let delivered: Vec<_> = chat.messages().map(|message| message.delivered).collect();
    assert_eq!(delivered, [true, false, false]);
}

#[test]
fn whatever_the_cut_swallowed_each_message_is_there_once() {
    for resumable in [true, false] {
        let mut page = Page::new(managed(resumable));
        // The service never hears of the first, and confirms the second in vain.
        page.is_up = false;
        page.write("Lost");
        assert_eq!(page.chat(), (vec![], vec!["Lost"]));
        page.reconnect();
        assert_eq!(page.chat(), (vec!["Lost"], vec![]), "{resumable}");

        let text = MessageText::parse("Confirmed in vain").unwrap();
        page.session.request(Command::SendMessage { to: bob(), text }, page.now).unwrap();
        while let Some(output) = page.session.poll_output() {
            if let Output::Transmit(text) = output {
                let element = xml::read(&text).unwrap();
                page.service.answer(&element);
                page.service.heard.push(element);
            }
        }
        page.reconnect();
        assert_eq!(page.chat(), (vec!["Lost", "Confirmed in vain"], vec![]), "{resumable}");
        let ids: std::collections::BTreeSet<_> = page
            .service
            .heard
            .iter()
            .filter(|element| element.name == "message")
            .map(|element| element.attribute("id").map(str::to_owned))
            .collect();
        // Without a resumption nobody knows what arrived: the same message again, by its id.
        assert_eq!(ids.len(), 2);
        let heard = page.service.messages_heard().len();
        assert_eq!(heard, if resumable { 2 } else { 3 });
        assert!(page.done().iter().all(|hr| !hr.is_failure()), "{:?}", page.done());
    }
}

#[test]
fn what_the_session_was_not_told_before_the_cut_is_told_after_it() {
    let mut page = Page::new(managed(true));
    page.is_up = false;
    page.session
        .request(Command::CreateGroup { name: GroupName::parse("Team").unwrap() }, page.now)
        .unwrap();
    page.session.fetch_messages(bob(), page.now).unwrap();
    page.run();
    assert_eq!(page.done(), []);
    page.reconnect();
    assert_eq!(page.done(), [HResult::S_OK; 2]);
    assert_eq!(page.session.groups().count(), 1);
    assert_eq!(page.service.heard.iter().filter(|element| element.name == "enable").count(), 1);
    // The numbers go on.
    page.write("Hi");
    assert_eq!(page.chat(), (vec!["Hi"], vec![]));
}

#[test]
fn a_message_that_came_with_both_connections_is_shown_once() {
    let mut page = Page::new(managed(false));
    page.hear(&from_bob("1", "Hi"));
    page.reconnect();
    page.hear(&from_bob("1", "Hi"));
    assert_eq!(page.chat(), (vec!["Hi"], vec![]));
    let told = page.events.iter().filter(|event| matches!(event, Event::Message { .. }));
    assert_eq!(told.count(), 1);
}

#[test]
fn lists_are_as_the_service_has_them_over_connections() {
    let mut page = Page::new(managed(false));
    let group = GroupName::parse("Team").unwrap();
    page.session.request(Command::CreateGroup { name: group }, page.now).unwrap();
    page.run();
    let id = page.session.groups().next().unwrap().id;
    page.session
        .request(Command::SetGroupMember { group: id, name: bob(), member: true }, page.now)
        .unwrap();
    page.session
        .request(Command::SetBlocked { name: name("mallory@example.com"), blocked: true }, page.now)
        .unwrap();
    page.run();
    page.hear(&presence_kind("nina@example.com", "subscribe"));
    let group = page.session.group(id).unwrap();
    assert_eq!(group.members, [bob()]);
    assert!(page.session.is_blocked(&name("mallory@example.com")));
    assert_eq!(page.session.contact_requests().count(), 1);

    page.service.roster =
        "<item jid='bob@example.com' subscription='both'><group>Team</group><group>New</group></item>".to_owned();
    page.service.blocked = Some(vec!["oscar@example.com"]);
    page.service.announced = false;
    page.service.presences = vec![presence_kind("paul@example.com", "subscribe")];
    page.reconnect();
    let groups: Vec<_> = page
        .session
        .groups()
        .map(|group| (group.id, group.name.as_str(), group.members.len()))
        .collect();
    assert_eq!(groups[0], (id, "Team", 1));
    assert_eq!((groups.len(), groups[1].1), (2, "New"));
    assert!(!page.session.is_blocked(&name("mallory@example.com")));
    assert!(page.session.is_blocked(&name("oscar@example.com")));
    let waiting: Vec<_> =
        page.session.contact_requests().map(|request| request.from.as_str()).collect();
    assert_eq!(waiting, ["paul@example.com"]);
    page.session
        .request(
            Command::AnswerContactRequest { name: name("paul@example.com"), accept: true },
            page.now,
        )
        .unwrap();
    page.session.request(Command::RemoveGroup { group: id }, page.now).unwrap();
    page.run();
    assert_eq!(page.session.contact_requests().count(), 0);
    assert!(page.session.group(id).is_none());
    assert!(page.done().iter().all(|hr| !hr.is_failure()), "{:?}", page.done());
}
