//! Draws the components into the shadow roots of the custom elements. Only converts: the elements themselves are
//! classes in `www/js/elements.js`, the components are in [`crate::ui`].

use js_sys::Function;
use leptos::{
    mount::{UnmountHandle, mount_to},
    prelude::*,
    tachys::view::any_view::AnyViewState,
};
use mistatus_core::{signin_name::SigninName, status::MiStatus};
use send_wrapper::SendWrapper;
use wasm_bindgen::prelude::*;
use web_sys::{HtmlElement, ShadowRoot};

use crate::{
    api::Client,
    model::MyView,
    ui::{Label, Language, PickerView, Size, States, StatusView, follow, status::state_text},
};

/// Is a component in a shadow root. It stays until [`Mounted::unmount`]; letting go of the handle is not enough,
/// since the garbage collector would then decide when the page stops showing it.
#[wasm_bindgen]
pub struct Mounted {
    handle: Option<UnmountHandle<AnyViewState>>,
    label: ArcRwSignal<Label>,
    size: ArcRwSignal<Size>,
    states: ArcRwSignal<States>,
    language: ArcRwSignal<Language>,
    shown: ArcRwSignal<MiStatus>,
    refused: String,
}

/// Draws a person's status. The empty name is nobody: `UNKNOWN`.
///
/// `on_show(status, kebab, stale)` is called at once and whenever one of the three changes.
///
/// # Errors
/// What is wrong with the name.
#[wasm_bindgen(js_name = mountContactStatus)]
pub fn mount_contact_status(
    root: ShadowRoot,
    client: &Client,
    contact: &str,
    label: &str,
    size: &str,
    language: &str,
    on_show: Function,
) -> Result<Mounted, JsError> {
    let presence = match contact {
        "" => None,
        name => {
            SigninName::parse(name).map_err(|error| JsError::new(&error.to_string()))?;
            Some(client.presence())
        }
    };
    let mut mounted = Mounted::new(language);
    mounted.label.set(Label::from_name(label));
    mounted.size.set(Size::from_name(size));
    let name = contact.to_owned();
    let (label, size, language) =
        (mounted.label.clone(), mounted.size.clone(), mounted.language.clone());
    let shown = mounted.shown.clone();
    mounted.mount(root, move || {
        let view = follow(presence, Signal::stored(name));
        let what = Memo::new(move |_| view.with(|view| (view.status, view.stale)));
        show(on_show, shown, what.into());
        view! { <StatusView view label=label size=size language=language/> }.into_any()
    });
    Ok(mounted)
}

/// Draws the picker of one's own status.
///
/// `on_show(status, kebab, stale)` is called at once and whenever the status changes; `stale` is always false.
#[wasm_bindgen(js_name = mountMyStatus)]
pub fn mount_my_status(
    root: ShadowRoot,
    client: &Client,
    states: &str,
    language: &str,
    on_show: Function,
) -> Mounted {
    let presence = client.presence();
    let mut mounted = Mounted::new(language);
    mounted.set_states(states);
    let (states, language) = (mounted.states.clone(), mounted.language.clone());
    let shown = mounted.shown.clone();
    mounted.mount(root, move || {
        let view: Signal<MyView> = presence.me().into();
        let what = Memo::new(move |_| (view.with(|view| view.status), false));
        show(on_show, shown, what.into());
        let on_choose = move |status| presence.choose(status);
        view! { <PickerView view states=states language=language on_choose/> }.into_any()
    });
    mounted
}

#[wasm_bindgen]
impl Mounted {
    /// Changes how a person's status is drawn.
    #[wasm_bindgen(js_name = updateContactStatus)]
    pub fn update_contact_status(&self, label: &str, size: &str, language: &str) {
        self.label.set(Label::from_name(label));
        self.size.set(Size::from_name(size));
        self.language.set(Language::from_tag(language));
    }

    /// Changes what the picker offers.
    #[wasm_bindgen(js_name = updateMyStatus)]
    pub fn update_my_status(&mut self, states: &str, language: &str) {
        self.set_states(states);
        self.language.set(Language::from_tag(language));
    }

    /// Returns which of the given states cannot be chosen, with spaces between; usually none.
    #[wasm_bindgen(getter, js_name = refusedStates)]
    pub fn refused_states(&self) -> String {
        self.refused.clone()
    }

    /// Returns how the status shown is called once it is only the last known one.
    #[wasm_bindgen(js_name = lastKnownText)]
    pub fn last_known_text(&self) -> String {
        state_text(self.language.get_untracked(), self.shown.get_untracked(), true)
    }

    /// Takes the component out of the shadow root and ends its watch. A second call does nothing.
    pub fn unmount(&mut self) {
        self.handle = None;
    }
}

impl Mounted {
    fn new(language: &str) -> Self {
        Self {
            handle: None,
            label: ArcRwSignal::default(),
            size: ArcRwSignal::default(),
            states: ArcRwSignal::default(),
            language: ArcRwSignal::new(Language::from_tag(language)),
            shown: ArcRwSignal::new(MiStatus::Unknown),
            refused: String::new(),
        }
    }

    fn mount(&mut self, root: ShadowRoot, view: impl FnOnce() -> AnyView + 'static) {
        // Leptos wants an element and only ever appends to it, which a shadow root can as well.
        self.handle = Some(mount_to(root.unchecked_into::<HtmlElement>(), view));
    }

    fn set_states(&mut self, names: &str) {
        let (states, refused) = States::parse(names);
        self.refused = refused.join(" ");
        if self.states.with_untracked(|before| *before != states) {
            self.states.set(states);
        }
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        // Collected without an unmount: the page may still show it, so it stays.
        if let Some(handle) = self.handle.take() {
            handle.forget();
        }
    }
}

// Tells the element what its attributes and events are to say.
fn show(on_show: Function, shown: ArcRwSignal<MiStatus>, what: Signal<(MiStatus, bool)>) {
    let on_show = SendWrapper::new(on_show);
    Effect::new(move || {
        let (status, stale) = what.get();
        shown.set(status);
        let (number, kebab) = (status.number().into(), status.kebab().into());
        // An element that cannot take it in says so in the console by itself.
        let _ = on_show.call3(&JsValue::UNDEFINED, &number, &kebab, &stale.into());
    });
}
