//! What the XMPP dialect needs of a browser: the calendar, random bytes, a place to keep what the user chose, and the
//! address of a domain's service.

use std::{cell::RefCell, rc::Rc};

use js_sys::{Promise, Uint8Array};
use mistatus_core::{
    hresult::HResult,
    presence::{Intent, Note, Source},
    session::{Event, LinkEvent},
    status::MiStatus,
    time::UnixMs,
};
pub use mistatus_xmpp::{Approval, Credentials};
use mistatus_xmpp::{Clock, XmppDialect, XmppOptions, host_meta};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use super::{ConnectOptions, Inner, Transport, Wire, clock, link::Link, platform, with};

/// Where the origin's storage has what a user chose, which no XMPP service keeps; server and user follow.
const CHOSEN: &str = "mistatus.chosen:";

/// Where the tab's storage has the stream that a page has left; server and user follow.
const LEFT: &str = "mistatus.stream:";

// What developers are told where there is no address to connect to.
const MIXED: &str =
    "a page by https: cannot open the service's address by ws:; it must begin with wss:";
const NOWHERE: &str =
    "XMPP needs the sign-in name (user@domain), or the domain, or the address of the service";
const UNFOUND: &str = "the domain names no WebSocket by /.well-known/host-meta.json or host-meta (XEP-0156); one of them \
    must be there with urn:xmpp:alt-connections:websocket, and be served with Access-Control-Allow-Origin";

/// The page's settings for XMPP.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Xmpp {
    /// The service's domain; `None` for that of the sign-in name.
    pub domain: Option<String>,
    /// What the token is.
    pub credentials: Credentials,
    /// Who may see the user's presence without the user's being asked.
    pub approval: Approval,
}

/// The XMPP dialect with the browser's wall clock.
pub type WebDialect = XmppDialect<Calendar>;

/// The browser's wall clock.
#[derive(Debug)]
pub struct Calendar;

impl Clock for Calendar {
    fn now(&self) -> UnixMs {
        clock::today()
    }
}

/// Makes the dialect of a connection.
pub(super) fn dialect(xmpp: &Xmpp, options: &ConnectOptions) -> WebDialect {
    let xmpp_options = XmppOptions {
        domain: xmpp.domain.clone(),
        credentials: xmpp.credentials,
        approval: xmpp.approval,
        // Addresses that are looked up are secure, or of this machine (XEP-0156 §3).
        is_secure: options.server.is_empty() || is_secure(&options.server),
        chosen: read_choice(options),
        ..XmppOptions::new(random_bytes())
    };
    let mut dialect = XmppDialect::new(xmpp_options, Calendar);
    dialect.take_over(take_left(options).as_deref());
    dialect
}

/// Whether nobody on the way can read a connection: TLS, or the same machine.
fn is_secure(address: &str) -> bool {
    let Some(rest) = address.strip_prefix("ws://") else { return address.starts_with("wss://") };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => authority,
    };
    matches!(host, "localhost" | "127.0.0.1" | "[::1]")
}

/// Whether browsers keep a page of that protocol from opening an address.
fn is_mixed(protocol: &str, address: &str) -> bool {
    protocol == "https:" && address.starts_with("ws:") && !is_secure(address)
}

fn random_bytes() -> [u8; 32] {
    let bytes = Uint8Array::new_with_length(32);
    platform::global("crypto")
        .and_then(|crypto| platform::call(&crypto, "getRandomValues", &[&bytes]))
        .expect("every platform with WebAssembly has crypto.getRandomValues");
    let mut seed = [0; 32];
    bytes.copy_to(&mut seed);
    seed
}

impl Inner {
    /// Whether XMPP is spoken.
    pub(super) fn is_xmpp(&self) -> bool {
        matches!(self.options.transport, Transport::Xmpp(_))
    }

    /// Keeps what the user chose, if that is something new.
    pub(super) fn keep_choice(&self, event: &Event) {
        if !self.is_xmpp() || !matches!(event, Event::MyStatus { hr: HResult::S_OK, .. }) {
            return;
        }
        let session = self.session.borrow();
        let Some(me) = session.me() else { return };
        let before = read_choice(&self.options);
        let is_new = match &before {
            Some((intent, _)) => *intent != me.intent,
            None => me.intent.source != Source::Connection,
        };
        if is_new && let (Some(storage), Some(key)) = (storage(), key(CHOSEN, &self.options)) {
            let text = print_choice(&me.intent, clock::today());
            platform::call(&storage, "setItem", &[&key.into(), &text.into()]);
        }
    }

    /// Keeps the stream for the next page of this tab; the link is closed.
    pub(super) fn keep_stream(&self) {
        let mut session = self.session.borrow_mut();
        if let Wire::Xmpp(dialect) = session.dialect()
            && let (Some(left), Some(key)) = (dialect.left(), key(LEFT, &self.options))
            && let Some(storage) = platform::global("sessionStorage")
        {
            platform::call(&storage, "setItem", &[&key.into(), &left.into()]);
        }
    }

    /// Goes on with the stream that a page of this tab has left. One's own is there no longer where another page has
    /// taken that.
    pub(super) fn take_stream(&self) {
        let mut session = self.session.borrow_mut();
        if let Wire::Xmpp(dialect) = session.dialect() {
            let left = take_left(&self.options);
            if left != dialect.left() {
                dialect.take_over(left.as_deref());
            }
        }
    }

    /// Whether the page may not open the address that it was given.
    pub(super) fn is_mixed(&self) -> bool {
        let location = platform::global("location");
        let protocol =
            location.and_then(|location| platform::get(&location, "protocol")?.as_string());
        protocol.is_some_and(|protocol| is_mixed(&protocol, &self.options.server))
    }

    /// Opens a link to the address of the domain's service, which is looked up unless the last link was had there.
    pub(super) fn discover(self: &Rc<Self>, protocol: &'static str) -> Link {
        let domain = self.domain();
        let is_given = !self.options.server.is_empty();
        let this = Rc::downgrade(self);
        let known = self.address.take();
        let (kept, tried) = (Rc::clone(&self.address), Rc::new(RefCell::new(None)));
        let found = Rc::clone(&tried);
        let address = Box::pin(async move {
            let address = match (known, domain) {
                _ if is_given => return Err((HResult::E_INVALIDARG, MIXED)),
                (Some(known), _) => known,
                (None, Some(domain)) => {
                    find(&domain).await.ok_or((HResult::MSGR_E_CONNECT, UNFOUND))?
                }
                (None, None) => return Err((HResult::E_INVALIDARG, NOWHERE)),
            };
            found.replace(Some(address.clone()));
            Ok(address)
        });
        let on_event = move |event: LinkEvent<'_>| {
            if event == LinkEvent::Opened {
                kept.replace(tried.take());
            }
            with(&this, |inner| inner.drive(|session, now| session.handle_link(event, now)));
        };
        Link::open_later(address, protocol, Box::new(on_event))
    }

    fn domain(&self) -> Option<String> {
        let Transport::Xmpp(xmpp) = &self.options.transport else { return None };
        let name = self.options.signin_name.as_ref();
        let of_name = || Some(name?.as_str().rsplit_once('@')?.1.to_owned());
        xmpp.domain.clone().or_else(of_name)
    }
}

/// Looks up the first WebSocket of a domain (XEP-0156 §2.2): in the document in JSON, else in that in XML.
async fn find(domain: &str) -> Option<String> {
    let address = format!("https://{domain}/.well-known/host-meta");
    let json = fetch(&format!("{address}.json")).await.map(|text| host_meta::from_json(&text));
    let found = match json.filter(|addresses| !addresses.is_empty()) {
        Some(addresses) => addresses,
        None => host_meta::from_xml(&fetch(&address).await?),
    };
    found.into_iter().next()
}

async fn fetch(address: &str) -> Option<String> {
    let window = js_sys::global();
    let answer = settled(platform::call(&window, "fetch", &[&address.into()])?).await?;
    platform::get(&answer, "ok")?.as_bool().filter(|ok| *ok)?;
    settled(platform::call(&answer, "text", &[])?).await?.as_string()
}

async fn settled(promise: JsValue) -> Option<JsValue> {
    JsFuture::from(promise.dyn_into::<Promise>().ok()?).await.ok()
}

/// Returns what the page before has left; no other page gets it.
fn take_left(options: &ConnectOptions) -> Option<String> {
    let (storage, key) = (platform::global("sessionStorage")?, key(LEFT, options)?.into());
    let left = platform::call(&storage, "getItem", &[&key])?.as_string();
    platform::call(&storage, "removeItem", &[&key]);
    left
}

fn read_choice(options: &ConnectOptions) -> Option<(Intent, UnixMs)> {
    let text = platform::call(&storage()?, "getItem", &[&key(CHOSEN, options)?.into()])?;
    parse_choice(&text.as_string()?)
}

fn storage() -> Option<JsValue> {
    platform::global("localStorage")
}

/// Two users of one browser must not have each other's choices.
fn key(prefix: &str, options: &ConnectOptions) -> Option<String> {
    let name = options.signin_name.as_ref()?;
    Some([prefix, &options.server, " ", name.folded()].concat())
}

/// Status, instant of the choice, end or 0, source, then the note, which may hold spaces.
fn print_choice(intent: &Intent, at: UnixMs) -> String {
    let until = intent.until.map_or(0, UnixMs::as_millis);
    let note = intent.note.as_ref().map_or("", Note::as_str);
    let (status, source) = (intent.status.number(), intent.source.name());
    format!("{status} {} {until} {source} {note}", at.as_millis())
}

fn parse_choice(text: &str) -> Option<(Intent, UnixMs)> {
    let mut words = text.splitn(5, ' ');
    let number: u16 = words.next()?.parse().ok()?;
    let at = UnixMs::from_millis(words.next()?.parse().ok()?);
    let until = words.next()?.parse().ok().filter(|until| *until != 0).map(UnixMs::from_millis);
    let source = Source::from_name(words.next()?)?;
    let note = Note::parse(words.next()?).ok()?;
    let status = MiStatus::ALL.into_iter().find(|status| status.number() == number)?;
    status.is_settable().then_some((Intent { status, note, until, source }, at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_is_kept_with_all_that_belongs_to_it() {
        let intent = Intent {
            note: Note::parse("in room 5, back soon").expect("a note"),
            until: Some(UnixMs::from_millis(1_800_000_000_000)),
            ..Intent::chosen(MiStatus::Busy, Source::User)
        };
        let at = UnixMs::from_millis(1_799_999_999_999);
        assert_eq!(parse_choice(&print_choice(&intent, at)), Some((intent, at)));
        let plain = Intent::chosen(MiStatus::Away, Source::Api);
        assert_eq!(parse_choice(&print_choice(&plain, at)), Some((plain, at)));
    }

    #[test]
    fn what_is_no_choice_is_none() {
        for text in ["", "10", "10 x 0 user ", "18 1 0 user ", "10 1 0 nobody ", "70000 1 0 user "]
        {
            assert_eq!(parse_choice(text), None, "{text}");
        }
    }

    #[test]
    fn only_tls_and_this_machine_are_secure() {
        for address in [
            "wss://example.org/ws",
            "ws://localhost:5280/ws",
            "ws://127.0.0.1/ws",
            "ws://[::1]:80/",
        ] {
            assert!(is_secure(address), "{address}");
        }
        for address in [
            "ws://example.org/ws",
            "ws://localhost.example.org/",
            "ws://127.0.0.1@example.org:80/",
            "http://localhost/",
        ] {
            assert!(!is_secure(address), "{address}");
        }
    }

    #[test]
    fn a_secure_page_opens_what_is_secure_or_of_this_machine() {
        for (protocol, address, expect) in [
            ("https:", "ws://example.org/ws", true),
            ("https:", "wss://example.org/ws", false),
            ("https:", "ws://localhost:5280/ws", false),
            ("https:", "", false),
            ("http:", "ws://example.org/ws", false),
        ] {
            assert_eq!(is_mixed(protocol, address), expect, "{protocol} {address}");
        }
    }
}
