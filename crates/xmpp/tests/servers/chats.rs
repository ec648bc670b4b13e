//! Messages on real servers.

use mistatus_core::{
    chat::{ChatMessage, MessageId, MessageText},
    hresult::HResult,
    message::{Command, Notice, Request, RequestId, Signal, Update},
    signin_name::SigninName,
    status::MiStatus::{Invisible, Online},
};

use crate::{choose, client::Client, friends, server::Server};

fn said(who: &str, text: &str) -> (String, String) {
    (format!("{who}@localhost"), text.to_owned())
}

fn until_delivered(client: &mut Client, message: MessageId) {
    let is_it = |notice: &Notice| matches!(notice, Notice::Update(_, Update::Delivered { up_to, .. }) if *up_to >= message);
    client.until("a receipt", |client| client.notices.iter().any(is_it));
}

pub(crate) fn messages_arrive_and_are_told_as_delivered(server: &Server) {
    let [mut abel, mut berta] = friends(server, ["abel", "berta"]);
    let long = "ü\"&".repeat(2_666);
    let texts = ["Hi", " <b>&amp; 'two'\nlines\t\u{202e}😀 ", &long];
    for text in texts {
        assert_eq!(abel.write(server, "berta", text), HResult::S_OK);
    }
    assert_eq!(berta.until_messages(3), texts.map(|text| said("abel", text)));
    assert_eq!(abel.until_messages(3), texts.map(|text| said("abel", text)));
    let last = abel.messages()[2].id;
    until_delivered(&mut abel, last);
    let ids: Vec<_> = berta.messages().into_iter().map(|message| message.id).collect();
    assert!(ids.is_sorted());
    assert_eq!(berta.write(server, "abel", "Ho"), HResult::S_OK);
    assert_eq!(abel.until_messages(4)[3], said("berta", "Ho"));
    abel.check_numbers();
    berta.check_numbers();
}

pub(crate) fn what_is_written_to_somebody_away_waits_and_comes_once(server: &Server) {
    let [mut cleo, dora] = friends(server, ["cleo", "dora"]);
    dora.sign_out();
    let before = crate::client::now();
    for text in ["One", "Two"] {
        assert_eq!(cleo.write(server, "dora", text), HResult::S_OK);
    }
    let mut dora = Client::sign_in(server, "dora");
    assert_eq!(dora.until_messages(2), [said("cleo", "One"), said("cleo", "Two")]);
    // Services keep seconds.
    let earliest = before.as_millis() / 1_000 * 1_000;
    assert!(dora.messages().iter().all(|message| message.at.as_millis() >= earliest));
    dora.catch_up();
    assert_eq!(dora.messages().len(), 2);
    until_delivered(&mut cleo, MessageId(0));
    dora.sign_out();
    let mut dora = Client::sign_in(server, "dora");
    dora.catch_up();
    assert_eq!(dora.messages(), Vec::<&ChatMessage>::new());
}

pub(crate) fn own_clients_have_the_whole_conversation(server: &Server) {
    let [mut emil, mut fritz] = friends(server, ["emil", "fritz"]);
    let mut phone = Client::sign_in(server, "emil");
    assert_eq!(emil.write(server, "fritz", "From the desk"), HResult::S_OK);
    assert_eq!(phone.until_messages(1), [said("emil", "From the desk")]);
    fritz.until_messages(1);
    assert_eq!(phone.write(server, "fritz", "From the phone"), HResult::S_OK);
    assert_eq!(emil.until_messages(2)[1], said("emil", "From the phone"));
    fritz.until_messages(2);
    assert_eq!(fritz.write(server, "emil", "To both"), HResult::S_OK);
    for client in [&mut emil, &mut phone] {
        assert_eq!(client.until_messages(3)[2], said("fritz", "To both"));
        client.catch_up();
        assert_eq!(client.messages().len(), 3);
        client.check_numbers();
    }
}

fn request(id: u64, to: &str, server: &Server, text: &str) -> Request {
    let text = MessageText::parse(text).expect("a valid text");
    Request { id: RequestId(id), command: Command::SendMessage { to: server.name_of(to), text } }
}

pub(crate) fn a_cut_link_loses_no_message_and_repeats_none(server: &Server) {
    let [mut gerd, mut hanna] = friends(server, ["gerd", "hanna"]);
    // What never went out.
    gerd.say_and_lose(request(1_001, "hanna", server, "Lost on the way"));
    assert_eq!(hanna.write(server, "gerd", "While you were away"), HResult::S_OK);
    gerd.reconnect(server);
    assert!(gerd.welcome().resumed);
    // As the session does.
    gerd.say(request(1_001, "hanna", server, "Lost on the way"));
    gerd.until("an outcome", |client| client.outcome(RequestId(1_001)) == Some(HResult::S_OK));
    // What went out, and whose confirmation did not come back.
    gerd.say(request(1_002, "hanna", server, "Confirmed in vain"));
    hanna.until_messages(3);
    // Her receipt is on its way to gerd.
    hanna.catch_up();
    gerd.cut();
    gerd.reconnect(server);
    assert!(gerd.welcome().resumed);
    gerd.say(request(1_002, "hanna", server, "Confirmed in vain"));
    gerd.until("an outcome", |client| client.outcome(RequestId(1_002)) == Some(HResult::S_OK));
    let expect = [
        said("gerd", "Confirmed in vain"),
        said("gerd", "Lost on the way"),
        said("hanna", "While you were away"),
    ];
    for client in [&mut gerd, &mut hanna] {
        let mut told = client.until_messages(3);
        client.catch_up();
        told.sort();
        assert_eq!(told, expect);
        assert_eq!(client.messages().len(), 3);
        client.check_numbers();
    }
}

pub(crate) fn a_link_that_cannot_be_resumed_loses_no_message(server: &Server) {
    let [mut ines, mut jonas] = friends(server, ["ines", "jonas"]);
    // Confirmed by the server, or not even told to it.
    ines.say_and_lose(request(1_001, "jonas", server, "Lost on the way"));
    ines.begin_anew(server);
    assert!(!ines.welcome().resumed);
    ines.say(request(1_001, "jonas", server, "Lost on the way"));
    ines.until("an outcome", |client| client.outcome(RequestId(1_001)) == Some(HResult::S_OK));
    ines.say(request(1_002, "jonas", server, "Confirmed in vain"));
    jonas.until_messages(2);
    jonas.catch_up();
    ines.cut();
    ines.begin_anew(server);
    ines.say(request(1_002, "jonas", server, "Confirmed in vain"));
    ines.until("an outcome", |client| client.outcome(RequestId(1_002)) == Some(HResult::S_OK));
    jonas.catch_up();
    let expect = [said("ines", "Lost on the way"), said("ines", "Confirmed in vain")];
    assert_eq!(jonas.until_messages(2), expect);
    assert_eq!(jonas.messages().len(), 2);
}

pub(crate) fn what_came_while_there_was_no_stream_is_told_once(server: &Server) {
    let [mut tilda, mut ulf] = friends(server, ["tilda", "ulf"]);
    for texts in [&["First"][..], &["Second", "Third"]] {
        // It goes to the stream that nobody goes on with.
        tilda.cut();
        let before = tilda.messages().len();
        for text in texts {
            assert_eq!(ulf.write(server, "tilda", text), HResult::S_OK);
        }
        tilda.begin_anew(server);
        assert!(!tilda.welcome().resumed);
        tilda.until_messages(before + texts.len());
    }
    assert_eq!(ulf.write(server, "tilda", "Fourth"), HResult::S_OK);
    let expect = ["First", "Second", "Third", "Fourth"].map(|text| said("ulf", text));
    assert_eq!(tilda.until_messages(4), expect);
    tilda.catch_up();
    assert_eq!(tilda.messages().len(), 4);
}

pub(crate) fn what_is_read_on_one_client_is_read_on_all(server: &Server) {
    let [mut viola, mut willi] = friends(server, ["viola", "willi"]);
    let mut phone = Client::sign_in(server, "viola");
    let unread = |client: &Client| {
        client.notices.iter().rev().find_map(|notice| match notice {
            Notice::Update(_, Update::Unread { unread }) => Some(unread.count),
            _ => None,
        })
    };
    // Also where nobody may know that she is there.
    for status in [Online, Invisible] {
        // Services tell nothing to a client that is about to hide.
        for client in [&mut viola, &mut phone] {
            assert_eq!(choose(client, status), HResult::S_OK);
            client.catch_up();
        }
        assert_eq!(willi.write(server, "viola", "Have you read this?"), HResult::S_OK);
        for client in [&mut viola, &mut phone] {
            client.until("something unread", |client| unread(client) == Some(1));
        }
        let newest = viola.messages().last().expect("a message").id;
        viola.say(Signal::MarkRead { from: server.name_of("willi"), up_to: newest });
        phone.until("it is read", |client| unread(client) == Some(0));
    }
    let items = "<iq xmlns='jabber:client' type='get' to='viola@localhost' id='read-by-her'><pubsub xmlns='http://jabber.org/protocol/pubsub'><items node='urn:xmpp:mds:displayed:0'/></pubsub></iq>";
    let answer = willi.ask_foreign(items, "read-by-her");
    assert!(answer.contains("error") && !answer.contains("stanza-id"), "{answer}");
    assert!(!willi.notices.iter().any(|notice| matches!(notice, Notice::Refused { .. })));
}

pub(crate) fn older_messages_come_in_pages(server: &Server) {
    let [mut kurt, mut lena] = friends(server, ["kurt", "lena"]);
    for index in 0..60 {
        let (writer, reader) =
            if index % 2 == 0 { (&mut kurt, "lena") } else { (&mut lena, "kurt") };
        assert_eq!(writer.write(server, reader, &format!("Text {index}")), HResult::S_OK);
    }
    let mut again = Client::sign_in(server, "lena");
    let fetch = |client: &mut Client, before| {
        let with = server.name_of("kurt");
        let pages = client.notices.len();
        let outcome = client.ask(Command::FetchMessages { with: with.clone(), before });
        assert_eq!(outcome, HResult::S_OK);
        let page = client.notices[pages..].iter().find_map(|notice| match notice {
            Notice::Messages { messages, more, .. } => Some((messages.clone(), *more)),
            _ => None,
        });
        page.expect("a page")
    };
    let (newest, more) = fetch(&mut again, None);
    assert_eq!((newest.len(), more), (50, true));
    let (oldest, more) = fetch(&mut again, Some(newest[0].id));
    assert_eq!((oldest.len(), more), (10, false));
    let all: Vec<_> = oldest.iter().chain(&newest).collect();
    let texts: Vec<_> = all.iter().map(|message| message.text.as_str().to_owned()).collect();
    assert_eq!(texts, (0..60).map(|index| format!("Text {index}")).collect::<Vec<_>>());
    assert!(all.windows(2).all(|pair| pair[0].id < pair[1].id && pair[0].at <= pair[1].at));
    // Whoever was there all along has the same messages under the numbers that they were told with.
    let told: Vec<_> = lena.messages().into_iter().cloned().collect();
    let (page, _) = fetch(&mut lena, Some(told[0].id));
    assert_eq!(page, []);
    let (page, _) = fetch(&mut lena, None);
    let number = |messages: &[ChatMessage]| -> Vec<_> {
        messages.iter().map(|message| message.id).collect()
    };
    assert_eq!(number(&page), number(&told[told.len() - 50..]));
}

pub(crate) fn what_another_program_corrects_is_replaced_and_found_so_later(server: &Server) {
    let [mut selma, mut theo] = friends(server, ["selma", "theo"]);
    for (id, text, replaces) in [
        ("first", "Helo", ""),
        ("second", "Hello", "<replace xmlns='urn:xmpp:message-correct:0' id='first'/>"),
    ] {
        theo.say_foreign(&format!(
            "<message xmlns='jabber:client' to='selma@localhost' type='chat' id='{id}'><body>{text}</body>{replaces}</message>"
        ));
    }
    assert_eq!(selma.until_messages(2), [said("theo", "Helo"), said("theo", "Hello")]);
    assert_eq!(selma.messages()[0].id, selma.messages()[1].id);
    let mut again = Client::sign_in(server, "selma");
    let with = server.name_of("theo");
    assert_eq!(again.ask(Command::FetchMessages { with, before: None }), HResult::S_OK);
    let page = again.notices.iter().find_map(|notice| match notice {
        Notice::Messages { messages, .. } => Some(messages),
        _ => None,
    });
    let texts: Vec<_> = page.expect("a page").iter().map(|message| message.text.as_str()).collect();
    assert_eq!(texts, ["Hello"]);
}

pub(crate) fn nobody_is_there_to_take_it(server: &Server) {
    server.register("mona");
    let mut mona = Client::sign_in(server, "mona");
    mona.say(request(1_001, "does-not-exist", server, "Hi"));
    until_failed(&mut mona, 1_001);
    let to = SigninName::parse("nobody@domain.invalid").expect("a valid name");
    let text = MessageText::parse("Hi").expect("a valid text");
    mona.say(Request { id: RequestId(1_002), command: Command::SendMessage { to, text } });
    until_failed(&mut mona, 1_002);
}

pub(crate) fn a_message_to_whoever_blocks_the_writer_fails(server: &Server) {
    let [mut nele, mut olaf] = friends(server, ["nele", "olaf"]);
    let name = server.name_of("nele");
    assert_eq!(olaf.ask(Command::SetBlocked { name, blocked: true }), HResult::S_OK);
    nele.say(request(1_001, "olaf", server, "Are you there?"));
    until_failed(&mut nele, 1_001);
    olaf.catch_up();
    assert_eq!(olaf.messages(), Vec::<&ChatMessage>::new());
}

/// Waits until a message has failed, whatever was said of it before.
fn until_failed(client: &mut Client, id: u64) {
    let is_it = |notice: &Notice| matches!(notice, Notice::Update(_, Update::Outcome(outcome)) if outcome.id.0 == id && outcome.hr.is_failure());
    client.until("a failure", |client| client.notices.iter().any(is_it));
}

pub(crate) fn what_was_discarded_is_not_delivered_when_the_stream_goes_on(server: &Server) {
    let [mut paul, mut rike] = friends(server, ["paul", "rike"]);
    paul.say_and_lose(request(1_001, "rike", server, "Discarded"));
    paul.reconnect(server);
    assert!(paul.welcome().resumed);
    for _ in 0..2 {
        paul.say(request(1_002, "rike", server, "Tried again"));
    }
    assert_eq!(paul.write(server, "rike", "Later"), HResult::S_OK);
    rike.until_messages(2);
    rike.catch_up();
    let expect = [said("paul", "Tried again"), said("paul", "Later")];
    assert_eq!(rike.until_messages(2), expect);
    assert_eq!(rike.messages().len(), 2);
    paul.check_numbers();
}
