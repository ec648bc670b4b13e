//! Carries what tabs of one browser profile need to share a connection: a lock, whose holder leads, by the Web Locks
//! API, and a channel on which all of them hear each other, by `BroadcastChannel`.
//!
//! Who leads and what is said decides the session. Where a browser lacks either, nothing is shared.

use std::{cell::RefCell, rc::Rc};

use gloo_events::EventListener;
use js_sys::{Function, Promise};
use mistatus_core::{
    session::{LeadWish, PeerMessage},
    signin_name::SigninName,
    status::MiStatus,
};
use mistatus_json::{Notation, Object};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};

use super::{
    ConnectOptions, Found, Inner, Share, Transport, after, notation::Browser, peers, platform, with,
};

/// Tabs of different releases that do not understand each other must not meet: counts up with the messages' form.
const FORM: &str = "mistatus 1";

/// This tab's part in sharing a connection. Dropping it, or its content, releases the lock and stops listening.
#[derive(Default)]
pub(super) struct Tabs {
    /// The name of both lock and channel; empty before the first sign-in.
    name: RefCell<String>,
    channel: RefCell<Option<Channel>>,
    claim: RefCell<Option<Claim>>,
    /// The token of a sign-in that waits to hear who leads.
    found: RefCell<Option<Found>>,
}

struct Channel {
    port: JsValue,
    _heard: EventListener,
}

/// The Web Lock of the connection, which this tab holds or waits for.
struct Claim {
    /// Leaves the line.
    abort: Option<JsValue>,
    /// Gives the lock back, once it is there.
    release: Rc<RefCell<Option<Function>>>,
    _granted: Closure<dyn FnMut(JsValue) -> JsValue>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Manner {
    /// Now or not at all.
    IfFree,
    InLine,
    Steal,
}

impl Inner {
    /// Finds out who leads, where this sign-in is to share a connection; false where it is not.
    pub(super) fn join(self: &Rc<Self>, found: &mut Found) -> bool {
        let tabs = &self.tabs;
        // Later attempts go the way that is known by then, and a renewal changes no way.
        if tabs.claim.borrow().is_some() || !self.waits_for_token() {
            return false;
        }
        let Some(name) = name(&self.options, found) else { return false };
        *tabs.name.borrow_mut() = name;
        if self.open_channel().is_none() || self.claim(Manner::IfFree).is_none() {
            tabs.leave();
            return false;
        }
        *tabs.found.borrow_mut() = Some(std::mem::replace(found, Ok(None)));
        true
    }

    /// Does what the session wants of the lock.
    pub(super) fn lead(self: &Rc<Self>, wish: LeadWish) {
        match wish {
            LeadWish::Request => {
                self.open_channel();
                self.claim(Manner::InLine);
            }
            LeadWish::Steal => drop(self.claim(Manner::Steal)),
            LeadWish::Release => self.tabs.leave(),
        }
    }

    fn open_channel(self: &Rc<Self>) -> Option<()> {
        let mut channel = self.tabs.channel.borrow_mut();
        if channel.is_none() {
            let name = JsValue::from_str(&self.tabs.name.borrow());
            let port = platform::construct("BroadcastChannel", &[&name])?;
            let this = Rc::downgrade(self);
            let heard = EventListener::new(port.unchecked_ref(), "message", move |event| {
                if let Some(message) =
                    platform::get(event, "data").and_then(|data| peers::read(&data))
                {
                    with(&this, |inner| {
                        inner.drive(|session, now| session.handle_peer(&message, now));
                    });
                }
            });
            *channel = Some(Channel { port, _heard: heard });
        }
        Some(())
    }

    fn claim(self: &Rc<Self>, manner: Manner) -> Option<()> {
        // Two claims of one tab would wait for each other.
        drop(self.tabs.claim.take());
        let locks = platform::get(&platform::global("navigator")?, "locks")?;
        let mut abort = None;
        let (option, value) = match manner {
            Manner::IfFree => ("ifAvailable", JsValue::TRUE),
            Manner::Steal => ("steal", JsValue::TRUE),
            Manner::InLine => {
                let controller = platform::construct("AbortController", &[])?;
                let signal = platform::get(&controller, "signal")?;
                abort = Some(controller);
                ("signal", signal)
            }
        };
        let options = platform::object(&[(option, &value)]);
        let release = Rc::new(RefCell::new(None));
        let granted = {
            let (this, release) = (Rc::downgrade(self), Rc::clone(&release));
            Closure::<dyn FnMut(JsValue) -> JsValue>::new(move |lock: JsValue| {
                let mut held = JsValue::UNDEFINED;
                with(&this, |inner| {
                    if !lock.is_null() {
                        held = Promise::new(&mut |resolve, _| {
                            *release.borrow_mut() = Some(resolve);
                        })
                        .into();
                    }
                    inner.lead_decided(!lock.is_null());
                });
                held
            })
        };
        let name = JsValue::from_str(&self.tabs.name.borrow());
        let ended = platform::call(&locks, "request", &[&name, &options, granted.as_ref()])?;
        *self.tabs.claim.borrow_mut() =
            Some(Claim { abort, release: Rc::clone(&release), _granted: granted });
        after(ended.unchecked_into(), &Rc::downgrade(self), move |inner, ended| {
            // It ends without an error when the lock is given back, or was not free.
            if ended.is_err() {
                let claim = inner.tabs.claim.borrow();
                let is_last =
                    claim.as_ref().is_some_and(|claim| Rc::ptr_eq(&claim.release, &release));
                drop(claim);
                if is_last {
                    inner.lock_refused();
                }
            }
        });
        Some(())
    }

    fn lead_decided(self: &Rc<Self>, leads: bool) {
        let found = self.tabs.found.take();
        if found.is_some() && !self.waits_for_token() {
            // Whoever signed in has signed out again.
            self.tabs.leave();
            return;
        }
        if !leads {
            self.drop_early();
        }
        self.drive(|session, now| session.handle_lead(leads, now));
        if let Some(found) = found.filter(|_| leads) {
            self.give_token(found);
        }
    }

    /// The lock was stolen, or the browser gives none to this page.
    fn lock_refused(self: &Rc<Self>) {
        match self.tabs.found.take() {
            Some(found) => {
                self.tabs.leave();
                self.give_token(found);
            }
            None => self.drive(|session, now| session.handle_lead(false, now)),
        }
    }

    fn waits_for_token(&self) -> bool {
        self.session.borrow().my_status() == MiStatus::LocalFindingServer
    }
}

impl Tabs {
    /// Whether a connection is shared, or about to be.
    pub(super) fn is_joined(&self) -> bool {
        self.claim.borrow().is_some()
    }

    /// Tells all other tabs.
    pub(super) fn post(&self, message: &PeerMessage) {
        if let Some(channel) = &*self.channel.borrow() {
            platform::call(&channel.port, "postMessage", &[&peers::write(message)]);
        }
    }

    /// Gives up the lock, or the place in line, and hears nothing more.
    pub(super) fn leave(&self) {
        drop(self.claim.take());
        drop(self.channel.take());
        self.found.take();
    }
}

impl Drop for Channel {
    fn drop(&mut self) {
        platform::call(&self.port, "close", &[]);
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        if let Some(abort) = &self.abort {
            platform::call(abort, "abort", &[]);
        }
        if let Some(release) = self.release.take() {
            // Settling a promise cannot fail.
            let _ = release.call0(&JsValue::UNDEFINED);
        }
    }
}

/// Returns under which name tabs share: that of server and user. `None` where it is not known who the user is, or
/// where nothing is to be shared.
fn name(options: &ConnectOptions, found: &Found) -> Option<String> {
    // An XMPP stream counts its stanzas: it has one end on each side.
    if options.transport != Transport::Json {
        return None;
    }
    let token = found.as_ref().ok()?;
    let (kind, user) = match (&options.share, token) {
        (Share::Never, _) => return None,
        (Share::As(user), _) => ("as", user.clone()),
        (Share::ByUser, Some(token)) => ("sub", subject(token.reveal())?),
        (Share::ByUser, None) => {
            ("name", options.signin_name.as_ref().map(SigninName::folded)?.to_owned())
        }
    };
    Some([FORM, &options.server, kind, &user].join(" "))
}

/// Returns whom a token is for, if it is a JWT (RFC 7519 §4.1.2). Believes it: this only chooses with whom to share.
///
/// What is not ASCII comes out garbled, the same way each time.
fn subject(token: &str) -> Option<String> {
    let claims = token.split('.').nth(1)?.replace('-', "+").replace('_', "/");
    let claims = web_sys::window()?.atob(&claims).ok()?;
    Browser::parse(&claims)?.text("sub")
}
