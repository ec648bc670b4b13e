//! Draws the components into the shadow roots of the custom elements. Only converts: the elements themselves are
//! classes in `www/js/elements.js`, the components are in [`crate::ui`].

pub mod people;

use any_spawner::Executor;
use js_sys::Function;
use leptos::prelude::*;
use mistatus_core::{signin_name::SigninName, status::MiStatus};
use wasm_bindgen::prelude::*;
use web_sys::{HtmlElement, ShadowRoot};

use crate::{
    api::Client,
    model::ContactView,
    shell::{Presence, Watched},
    ui::{
        Label, Language, Size, States, dom,
        picker::{self, Offer},
        status::{self, Look, state_text},
    },
};

/// Is a component in a shadow root. It stays until [`Mounted::unmount`]; letting go of the handle is not enough,
/// since the garbage collector would then decide when the page stops showing it.
#[wasm_bindgen]
pub struct Mounted {
    drawn: Option<(Owner, HtmlElement)>,
    whom: Option<(Presence, SigninName)>,
    watched: Option<Watched>,
    look: ArcRwSignal<Look>,
    offer: ArcRwSignal<Offer>,
    shown: ArcRwSignal<MiStatus>,
    refused: String,
}

/// Draws a person's status. The empty name is nobody: `UNKNOWN`.
///
/// `on_show(status, kebab, stale)` is called at once and whenever one of the three changes.
/// The person is not followed before [`Mounted::watch`].
///
/// # Errors
/// What is wrong with the name.
#[wasm_bindgen(js_name = mountContactStatus)]
pub fn mount_contact_status(
    root: &ShadowRoot,
    client: &Client,
    contact: &str,
    label: &str,
    size: &str,
    language: &str,
    on_show: Function,
) -> Result<Mounted, JsError> {
    let mut mounted = Mounted::new();
    let mut signal = ArcRwSignal::new(ContactView::unknown(""));
    if !contact.is_empty() {
        let name = SigninName::parse(contact).map_err(|error| JsError::new(&error.to_string()))?;
        signal = client.presence().model().contact(&name);
        mounted.whom = Some((client.presence(), name));
    }
    mounted.update_contact_status(label, size, language);
    let view = move || signal.get();
    let look = mounted.look.clone();
    let told = mounted.told(on_show);
    mounted.mount(root, move || {
        dom::effect(Box::new({
            let view = view.clone();
            move || {
                let view = view();
                told(view.status, view.stale);
            }
        }));
        status::draw(view, move || look.get())
    });
    Ok(mounted)
}

/// Draws the picker of one's own status.
///
/// `on_show(status, kebab, stale)` is called at once and whenever the status changes; `stale` is always false.
#[wasm_bindgen(js_name = mountMyStatus)]
pub fn mount_my_status(
    root: &ShadowRoot,
    client: &Client,
    states: &str,
    language: &str,
    on_show: Function,
) -> Mounted {
    let mut mounted = Mounted::new();
    mounted.update_my_status(states, language);
    let presence = client.presence();
    let me = presence.me();
    let offer = mounted.offer.clone();
    let told = mounted.told(on_show);
    mounted.mount(root, move || {
        let my_status = me.clone();
        dom::effect(Box::new(move || told(my_status.with(|me| me.status), false)));
        picker::draw(move || me.get(), move || offer.get(), move |status| presence.choose(status))
    });
    mounted
}

#[wasm_bindgen]
impl Mounted {
    /// Changes how a person's status is drawn.
    #[wasm_bindgen(js_name = updateContactStatus)]
    pub fn update_contact_status(&self, label: &str, size: &str, language: &str) {
        self.look.set(Look {
            label: Label::from_name(label),
            size: Size::from_name(size),
            language: Language::from_tag(language),
        });
    }

    /// Follows the person, or stops: what is shown stays then, as the last known.
    pub fn watch(&mut self, watch: bool) {
        self.watched = match &self.whom {
            // The new watch begins before the old one ends.
            Some((presence, name)) if watch => Some(presence.follow(name.clone())),
            _ => None,
        };
    }

    /// Changes what the picker offers.
    #[wasm_bindgen(js_name = updateMyStatus)]
    pub fn update_my_status(&mut self, states: &str, language: &str) {
        let (states, refused) = States::parse(states);
        self.refused = refused.join(" ");
        self.offer.set(Offer { states, language: Language::from_tag(language) });
    }

    /// Returns which of the given states cannot be chosen, with spaces between; usually none.
    #[wasm_bindgen(getter, js_name = refusedStates)]
    pub fn refused_states(&self) -> String {
        self.refused.clone()
    }

    /// Returns how the status shown is called once it is only the last known one.
    #[wasm_bindgen(js_name = lastKnownText)]
    pub fn last_known_text(&self, language: &str) -> String {
        state_text(Language::from_tag(language), self.shown.get_untracked(), true)
    }

    /// Takes the component out of the shadow root and ends its watch. A second call does nothing.
    pub fn unmount(&mut self) {
        if let Some((owner, root)) = self.drawn.take() {
            owner.cleanup();
            root.remove();
        }
        self.watched = None;
    }
}

impl Mounted {
    fn new() -> Self {
        start_effects();
        Self {
            drawn: None,
            whom: None,
            watched: None,
            look: ArcRwSignal::default(),
            offer: ArcRwSignal::default(),
            shown: ArcRwSignal::new(MiStatus::Unknown),
            refused: String::new(),
        }
    }

    fn mount(&mut self, shadow: &ShadowRoot, draw: impl FnOnce() -> HtmlElement) {
        let owner = Owner::new();
        let root = owner.with(draw);
        // Fails only where a parent would end up in itself.
        let _ = shadow.append_child(&root);
        self.drawn = Some((owner, root));
    }

    // Says to the element what its attributes and events are to say; what it knows already is not said again.
    fn told(&self, on_show: Function) -> impl Fn(MiStatus, bool) + use<> {
        let shown = self.shown.clone();
        let before = std::cell::Cell::new(None);
        move |status, stale| {
            if before.replace(Some((status, stale))) != Some((status, stale)) {
                shown.set(status);
                let (number, kebab) = (status.number().into(), status.kebab().into());
                // An element that cannot take it in says so in the console by itself.
                let _ = on_show.call3(&JsValue::UNDEFINED, &number, &kebab, &stale.into());
            }
        }
    }
}

/// Effects need somebody to run them; a second call finds that there is somebody.
fn start_effects() {
    let _ = Executor::init_wasm_bindgen();
}

impl Drop for Mounted {
    fn drop(&mut self) {
        // Collected without an unmount: the page may still show it, so it stays.
        std::mem::forget(self.drawn.take());
        std::mem::forget(self.watched.take());
    }
}
