//! The model against a real session that is told frames.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering::Relaxed},
};

use mistatus_core::{
    presence::Source,
    session::{LinkEvent, Output, SessionOptions},
    time::Tick,
};
use mistatus_json::{JsonDialect, Text};

use super::*;

struct Page {
    session: Session<JsonDialect<Text>>,
    model: Model,
}

impl Page {
    fn signed_in() -> Self {
        let options = SessionOptions { keep_trying: true, ..SessionOptions::default() };
        let mut page = Self {
            session: Session::new(options, JsonDialect::default()),
            model: Model::default(),
        };
        page.session.signin(Tick::default()).unwrap();
        page.session.handle_token(Ok(None), Tick::default());
        page.link(LinkEvent::Opened);
        page.told(r#"{"type":"signed-in","name":"me@x","friendlyName":"Me","heartbeat":25000,"serverTime":0}"#);
        page.told(
            r#"{"type":"snapshot","seq":0,"me":{"status":2,"chosen":2},
                "contacts":[{"name":"bob@x","friendlyName":"Bob","status":10,"note":"Reviewing","since":7}]}"#,
        );
        page
    }

    fn told(&mut self, frame: &str) {
        self.link(LinkEvent::Text(frame));
    }

    fn link(&mut self, event: LinkEvent<'_>) {
        self.session.handle_link(event, Tick::default());
        self.hear();
    }

    fn choose(&mut self, status: MiStatus) {
        self.session.choose(Intent::chosen(status, Source::User), Tick::default()).unwrap();
        self.hear();
    }

    fn hear(&mut self) {
        while let Some(output) = self.session.poll_output() {
            if let Output::Event(event) = output {
                self.model.apply(&event, &self.session);
            }
        }
    }

    fn bob(&self) -> ArcRwSignal<ContactView> {
        self.model.contact(&SigninName::parse("bob@x").unwrap())
    }

    fn me(&self) -> MyView {
        self.model.me().get_untracked()
    }
}

/// Counts how often a signal repaints, the first time included.
fn repaints<T: Send + Sync + 'static>(
    signal: ArcRwSignal<T>,
) -> (Arc<AtomicUsize>, ImmediateEffect) {
    let count = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&count);
    let effect = ImmediateEffect::new(move || {
        signal.track();
        counted.fetch_add(1, Relaxed);
    });
    (count, effect)
}

#[test]
fn whom_nobody_asked_about_is_unknown_until_told() {
    let mut page = Page::signed_in();
    assert_eq!(page.bob().get_untracked(), ContactView::unknown("bob@x"));
    page.told(r#"{"type":"changes","seq":1,"changes":[{"name":"bob@x","friendlyName":"Bob","status":34}]}"#);
    let bob = page.bob().get_untracked();
    assert_eq!((bob.status, bob.display_name(), bob.stale), (MiStatus::Away, "Bob", false));
}

#[test]
fn a_change_that_changes_nothing_repaints_nothing() {
    let mut page = Page::signed_in();
    let (count, _effect) = repaints(page.bob());
    for seq in 1..=3 {
        page.told(&format!(
            r#"{{"type":"changes","seq":{seq},"changes":[{{"name":"bob@x","status":34}}]}}"#
        ));
    }
    assert_eq!(count.load(Relaxed), 2, "once at first, once for the change");
}

#[test]
fn a_lost_connection_shows_in_oneself_and_in_everybody() {
    let mut page = Page::signed_in();
    page.told(r#"{"type":"changes","seq":1,"changes":[{"name":"bob@x","status":34}]}"#);
    drop(page.bob());
    page.told(r#"{"type":"changes","seq":2,"changes":[{"name":"bob@x","status":10}]}"#);
    page.link(LinkEvent::Closed);
    let bob = page.bob().get_untracked();
    assert_eq!((bob.status, bob.stale), (MiStatus::Busy, true));
    let me = page.me();
    assert_eq!((me.status, me.failure), (MiStatus::Offline, Some(HResult::MSGR_E_DISCONNECTED)));
    assert_eq!(
        me.intent.map(|intent| intent.status),
        Some(MiStatus::Online),
        "what was chosen stays"
    );
    assert_eq!(me.name, "me@x");
}

#[test]
fn what_was_chosen_is_pending_until_the_verdict() {
    let mut page = Page::signed_in();
    page.choose(MiStatus::Busy);
    assert_eq!((page.me().status, page.me().pending), (MiStatus::Online, Some(MiStatus::Busy)));
    page.told(r#"{"type":"my-status","seq":1,"me":{"status":10,"chosen":10}}"#);
    assert_eq!((page.me().status, page.me().pending), (MiStatus::Busy, None));
    page.model.failed(HResult::MSGR_E_NOT_LOGGED_ON);
    assert_eq!(page.me().failure, Some(HResult::MSGR_E_NOT_LOGGED_ON));
}

#[test]
fn what_the_user_chose_about_idleness_is_shown_and_takes_no_failure_away() {
    let mut page = Page::signed_in();
    assert_eq!(page.me().idle, IdleChoice::NONE);
    page.model.failed(HResult::MSGR_E_SERVER_UNAVAILABLE);
    page.told(
        r#"{"type":"my-status","seq":1,"me":{"status":2,"chosen":2,"idle":{"transmit":false}}}"#,
    );
    assert_eq!(page.me().idle, IdleChoice { transmit: false, after: None });
    assert_eq!(page.me().failure, Some(HResult::MSGR_E_SERVER_UNAVAILABLE));
    page.session.signout(Tick::default()).unwrap();
    page.link(LinkEvent::Closed);
    assert_eq!(page.me().idle, IdleChoice::NONE);
}

#[test]
fn after_the_user_nothing_of_theirs_is_left() {
    type End = fn(&mut Page);
    let eve = SigninName::parse("eve@x").unwrap();
    let ends: [(&str, End); 3] = [
        ("", |page| {
            page.session.signout(Tick::default()).unwrap();
            page.link(LinkEvent::Closed);
        }),
        ("", |page| {
            page.told(r#"{"type":"bye","hr":-2130705661,"message":"the token has expired"}"#)
        }),
        ("you@x", |page| {
            page.link(LinkEvent::Closed);
            page.session.signin(Tick::default()).ok();
            page.session.handle_token(Ok(None), Tick::default());
            page.link(LinkEvent::Opened);
            page.told(r#"{"type":"signed-in","name":"you@x","friendlyName":"You","heartbeat":25000,"serverTime":0}"#);
        }),
    ];
    for (user, end) in ends {
        let mut page = Page::signed_in();
        page.told(
            r#"{"type":"message","seq":1,"message":{"id":1,"from":"eve@x","to":"me@x","text":"Hi","at":1}}"#,
        );
        page.told(r#"{"type":"unread","seq":2,"unread":{"from":"eve@x","count":1,"newest":1}}"#);
        assert_eq!(page.session.unread(&eve), 1);
        assert_eq!(ListView::of(&page.session).strangers.len(), 1);
        end(&mut page);
        assert_eq!((page.session.unread(&eve), page.me().name.as_str()), (0, user));
        let user = SigninName::parse(user).ok();
        assert_eq!(ListView::of(&page.session), ListView { user, ..ListView::default() });
    }
}
