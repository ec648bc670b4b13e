//! Mounts the components into the shadow roots of the custom elements. Only converts: the elements themselves are
//! classes in `www/js/elements/elements.js`, the components are in [`mistatus::ui`].

pub mod people;

use std::{any::Any, cell::Cell, rc::Rc};

use any_spawner::Executor;
use js_sys::Function;
use leptos::{prelude::*, reactive::effect::RenderEffect};
use mistatus::{
    model::ContactView,
    shell::{Presence, Watched},
    ui::{
        Label, Language, Look, Mode, Offer, PickerView, Size, States, StatusView, in_frames,
        picker::{DrawFields, IdleOffer},
        status::state_text,
    },
};
use mistatus_core::{signin_name::SigninName, status::MiStatus};
use wasm_bindgen::prelude::*;
use web_sys::ShadowRoot;

use self::people::draw_fields;
use crate::api::Client;

/// A component in a shadow root. It stays until [`Mounted::unmount`]; letting go of the handle is not enough,
/// since the garbage collector would then decide when the page stops showing it.
#[wasm_bindgen]
pub struct Mounted {
    /// Takes the component away when it is dropped.
    handle: Option<Box<dyn Any>>,
    /// Tells the element what is shown.
    telling: Option<RenderEffect<()>>,
    whom: Option<(Presence, SigninName)>,
    watched: Option<Watched>,
    look: ArcRwSignal<Look>,
    picture: ArcRwSignal<String>,
    offer: ArcRwSignal<Offer>,
    shown: ArcRwSignal<MiStatus>,
    refused: String,
}

/// Draws a person's status. The empty name is nobody: `UNKNOWN`.
///
/// `picture` is the address of a picture, or empty, for an avatar with the dot on it; without it there is the dot alone.
///
/// `on_show(status, kebab, stale)` is called at once and whenever one of the three changes.
/// The person is not followed before [`Mounted::watch`].
///
/// # Errors
/// What is wrong with the name.
#[wasm_bindgen(js_name = mountContactStatus)]
#[expect(
    clippy::too_many_arguments,
    reason = "attributes of the element; an object of them is more code"
)]
pub fn mount_contact_status(
    root: &ShadowRoot,
    client: &Client,
    contact: &str,
    label: &str,
    size: &str,
    picture: Option<String>,
    language: &str,
    #[wasm_bindgen(
        unchecked_param_type = "(status: number, kebab: string, stale: boolean) => void"
    )]
    on_show: Function,
) -> Result<Mounted, JsError> {
    let mut mounted = Mounted::new();
    let mut signal = ArcRwSignal::new(ContactView::unknown(""));
    if !contact.is_empty() {
        let name = SigninName::parse(contact).map_err(|error| JsError::new(&error.to_string()))?;
        signal = client.presence().model().contact(&name);
        mounted.whom = Some((client.presence(), name));
    }
    let is_avatar = picture.is_some();
    mounted.update_contact_status(label, size, picture, language);
    let told = signal.read_only();
    // The element hears of each change; it is drawn once a frame, and not while nobody sees it.
    let (view, follow) = in_frames(told.clone());
    let look = mounted.look.read_only();
    mounted.tell(on_show, move || {
        follow();
        told.with(|view| (view.status, view.stale))
    });
    let picture = is_avatar.then(|| mounted.picture.read_only());
    mounted.mount(root, move || {
        view! { <StatusView view look picture=picture.map(ReadSignal::from)/> }
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
    mode: &str,
    language: &str,
    #[wasm_bindgen(
        unchecked_param_type = "(status: number, kebab: string, stale: boolean) => void"
    )]
    on_show: Function,
) -> Mounted {
    let mut mounted = Mounted::new();
    mounted.update_my_status(states, mode, language);
    let presence = client.presence();
    let (view, offer) = (presence.me().read_only(), mounted.offer.read_only());
    let told = view.clone();
    mounted.tell(on_show, move || (told.with(|me| me.status), false));
    let [dismissing, connecting, asked, choosing] = [(); 4].map(|()| presence.clone());
    let on_choose = move |intent| presence.choose(intent);
    let on_dismiss = move |claim| dismissing.dismiss_claim(claim);
    mounted.mount(root, move || {
        let draw_fields: DrawFields = Box::new(draw_fields);
        let idle = IdleOffer {
            page: Rc::new(move || asked.offered_idle()),
            on_choose: Rc::new(move |choice| choosing.choose_idle(choice)),
        };
        let on_connect = move || connecting.connect_now();
        view! { <PickerView view offer on_choose on_dismiss on_connect idle draw_fields/> }
    });
    mounted
}

#[wasm_bindgen]
impl Mounted {
    /// Changes how a person's status is drawn.
    #[wasm_bindgen(js_name = updateContactStatus)]
    pub fn update_contact_status(
        &self,
        label: &str,
        size: &str,
        picture: Option<String>,
        language: &str,
    ) {
        self.picture.set(picture.unwrap_or_default());
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
    pub fn update_my_status(&mut self, states: &str, mode: &str, language: &str) {
        let (states, refused) = States::parse(states);
        self.refused = refused.join(" ");
        self.offer.set(Offer {
            states,
            mode: Mode::from_name(mode),
            language: Language::from_tag(language),
        });
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
        self.handle = None;
        self.telling = None;
        self.watched = None;
    }
}

impl Mounted {
    fn new() -> Self {
        start_effects();
        Self {
            handle: None,
            telling: None,
            whom: None,
            watched: None,
            look: ArcRwSignal::default(),
            picture: ArcRwSignal::default(),
            offer: ArcRwSignal::default(),
            shown: ArcRwSignal::new(MiStatus::Unknown),
            refused: String::new(),
        }
    }

    fn mount<V>(&mut self, shadow: &ShadowRoot, view: impl FnOnce() -> V + 'static)
    where
        V: IntoView,
        V::State: 'static,
    {
        // Leptos mounts into elements; of this one it only wants what every node can do.
        let root = shadow.clone().unchecked_into();
        self.handle = Some(Box::new(leptos::mount::mount_to(root, view)));
    }

    // Tells the element what its attributes and events are to say; what it knows already is not said again.
    fn tell(&mut self, on_show: Function, read: impl Fn() -> (MiStatus, bool) + 'static) {
        let shown = self.shown.clone();
        let before = Cell::new(None);
        self.telling = Some(RenderEffect::new(move |_| {
            let (status, stale) = read();
            if before.replace(Some((status, stale))) != Some((status, stale)) {
                shown.set(status);
                let (number, kebab) = (status.number().into(), status.kebab().into());
                // An element that cannot take it in says so in the console by itself.
                let _ = on_show.call3(&JsValue::UNDEFINED, &number, &kebab, &stale.into());
            }
        }));
    }
}

/// Effects need somebody to run them; a second call finds that there is somebody.
fn start_effects() {
    let _ = Executor::init_wasm_bindgen();
}

impl Drop for Mounted {
    fn drop(&mut self) {
        // Collected without an unmount: the page may still show it, so it stays.
        std::mem::forget(self.handle.take());
        std::mem::forget(self.telling.take());
        std::mem::forget(self.watched.take());
    }
}
