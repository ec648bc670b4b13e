//! The selector of one's own status: a button that opens a menu of radio items, after the ARIA Authoring Practices, in a
//! panel with note and end unless the page wants the menu alone.
//!
//! Enter, Space, arrow keys, Home, End, letters, Escape, Tab and the pointer all work; focus returns to the button.
//! Knows no connection: it reads a signal and says what was chosen.

use std::{cell::RefCell, rc::Rc};

use leptos::prelude::*;
use mistatus_core::{
    claim::ClaimKey,
    idle::IdleChoice,
    presence::{Intent, Source},
    status::MiStatus,
    time::Span,
};
use web_sys::{Element, HtmlElement};

use self::fields::{Fields, FieldsWanted};
use super::{
    announce::Troubles,
    dom::{effect, on_end, once_there},
    fixed::fixed,
    keys::keep_keys,
    language::{Language, Word},
    menu::{Menu, menu_box, menu_button, menu_frame},
};
use crate::model::{MyView, SigninState};

pub mod fields;
pub(super) mod place;
pub(super) mod typeahead;

/// The list of statuses that may be chosen, in the order shown.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct States(Vec<MiStatus>);

/// How much the picker offers.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum Mode {
    /// Status, note and end, and the way back to automatic.
    #[default]
    Panel,
    /// The status alone.
    Menu,
}

/// What the picker offers, and in which language.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Offer {
    /// Which statuses may be chosen.
    pub states: States,
    /// Whether note and end are offered, too.
    pub mode: Mode,
    /// In which language the texts are.
    pub language: Language,
}

/// The way to let users choose about idleness, for all of their devices.
#[derive(Clone)]
pub struct IdleOffer {
    /// Returns after how long without input the user is idle here unless they choose otherwise; `None` where there is
    /// nothing to choose, since the page tells nobody of it or the choice could not be kept.
    pub page: Rc<dyn Fn() -> Option<Span>>,
    /// Called with what the user chose.
    pub on_choose: Rc<dyn Fn(IdleChoice)>,
}

/// Draws the fields of the panel and hands them over, at once or later.
pub type DrawFields = Box<dyn Fn(FieldsWanted, Box<dyn FnOnce(Box<dyn Fields>)>)>;

/// Draws the user's own status and lets them choose another. [`crate::MyStatus`] is the same with a connection.
#[component]
pub fn PickerView(
    /// What is known of the user.
    #[prop(into)]
    view: ReadSignal<MyView>,
    /// What may be chosen.
    #[prop(into)]
    offer: ReadSignal<Offer>,
    /// Called with what the user chose.
    on_choose: impl Fn(Intent) + 'static,
    /// Called with the claim that the user does not want to count.
    on_dismiss: impl Fn(ClaimKey) + 'static,
    /// Lets the user choose about idleness.
    idle: IdleOffer,
    /// Called when the user wants to be connected.
    on_connect: impl Fn() + 'static,
    /// Draws note and end: [`fields::at_once`], unless they come in a file of their own.
    draw_fields: DrawFields,
) -> impl IntoView {
    // No `div` in it, so that the component may stand in a paragraph of a page that a server draws.
    let fields = Rc::<RefCell<Option<Box<dyn Fields>>>>::default();
    let on_choose: Rc<dyn Fn(Intent)> = Rc::new(on_choose);
    let menu = {
        let (drawn, written) = (Rc::clone(&fields), Rc::clone(&fields));
        let choose = Rc::clone(&on_choose);
        Menu::with_condition(
            Box::new(move || drawn.borrow().as_ref().is_none_or(|fields| fields.are_valid())),
            Box::new(move |place| {
                let chosen = offer.with_untracked(|offer| offer.states.0.get(place).copied());
                if let Some(status) = chosen {
                    let alone = || view.with_untracked(|view| alone(status, view));
                    let intent = written.borrow().as_ref().map(|fields| fields.beside(status));
                    return choose(intent.unwrap_or_else(alone));
                }
                // After the statuses comes the claim in force, where there is one.
                let claim = view.with_untracked(|view| view.claim_in_force().cloned());
                if let Some(known) = claim {
                    on_dismiss(known.key);
                }
            }),
        )
    };
    let is_open = menu.is_open();
    let language = move || offer.with(|offer| offer.language);
    let is_panel = move || offer.with(|offer| offer.mode == Mode::Panel);
    let role = move || is_panel().then_some("dialog");
    let name = move || language().word(Word::MyStatus);
    let is_pending = move || view.with(|view| view.pending.is_some());
    let on_connect: Rc<dyn Fn()> = Rc::new(on_connect);
    let panel =
        Panel { menu: Rc::clone(&menu), is_open, view, offer, fields, on_choose, idle, on_connect };
    let begin: Rc<dyn Fn(HtmlElement)> = {
        let (panel, draw_fields) = (Rc::new(panel), Rc::new(draw_fields));
        Rc::new(move |place| Panel::draw_when_open(&panel, place, &draw_fields))
    };
    view! {
        <span class="mi-picker" part="picker" lang=move || language().tag()>
            <button
                {..fixed!(class="mi-button" part="button" type="button")}
                use:menu_button=Rc::clone(&menu)
                aria-haspopup=move || if is_panel() { "dialog" } else { "menu" }
                aria-expanded=move || if is_open.get() { "true" } else { "false" }
                aria-label=move || view.with(|view| button_name(language(), view))
                aria-busy=move || is_pending().then_some("true")
            >
                {move || view.with(|view| face(view, language()))}
            </button>
            <span
                {..fixed!(class="mi-menu" part="panel" tabindex="-1")}
                use:menu_frame=Rc::clone(&menu) use:keep_keys
                role=role aria-label=move || is_panel().then(name)
            >
                <span
                    {..fixed!(class="mi-options" part="list" role="menu" tabindex="-1")}
                    use:menu_box=Rc::clone(&menu) aria-label=name
                >
                    {move || offer.with(|offer| view.with(|view| options(offer, view)))}
                </span>
                <span use:once_there=begin></span>
            </span>
            <span class="mi-failure" part="failure" use:announced=(view, offer)>
                {move || view.with(|view| trouble(language(), view))}
            </span>
        </span>
    }
}

/// What is open beside the button.
struct Panel {
    menu: Rc<Menu>,
    /// The menu's, which can be asked for it no longer once the picker has gone.
    is_open: ReadSignal<bool>,
    view: ReadSignal<MyView>,
    offer: ReadSignal<Offer>,
    /// While they are drawn.
    fields: Rc<RefCell<Option<Box<dyn Fields>>>>,
    on_choose: Rc<dyn Fn(Intent)>,
    idle: IdleOffer,
    on_connect: Rc<dyn Fn()>,
}

impl Panel {
    // Drawn when it opens, so that the fields begin with what is true then; for no other reason, so that what is being
    // written stays.
    fn draw_when_open(this: &Rc<Self>, place: HtmlElement, draw: &Rc<DrawFields>) {
        let (this, draw) = (Rc::clone(this), Rc::clone(draw));
        // They call back to what keeps them: this ends it where the picker goes while they are there.
        let fields = Rc::clone(&this.fields);
        on_end(Box::new(move || drop(fields.take())));
        effect(Box::new(move || {
            let mode = || this.offer.with_untracked(|offer| offer.mode);
            if this.is_open.get() && mode() == Mode::Panel {
                let drawing = Rc::clone(&this);
                draw(this.wanted(&place), Box::new(move |fields| drawing.drawn(fields)));
            } else {
                drop(this.fields.take());
            }
        }));
    }

    fn wanted(self: &Rc<Self>, place: &HtmlElement) -> FieldsWanted {
        let (choosing, resized) = (Rc::clone(self), Rc::clone(&self.menu));
        FieldsWanted {
            place: place.clone(),
            view: self.view,
            language: self.offer.with_untracked(|offer| offer.language),
            done: Box::new(move |intent| {
                choosing.menu.close(true);
                (choosing.on_choose)(intent);
            }),
            idle: self.idle.clone(),
            connect: Rc::clone(&self.on_connect),
            resized: Rc::new(move || resized.place()),
        }
    }

    fn drawn(&self, fields: Box<dyn Fields>) {
        // They may come when the panel is closed again, or gone.
        if self.is_open.try_get_untracked() == Some(true) {
            self.fields.replace(Some(fields));
        }
    }
}

// What the button shows.
fn face(view: &MyView, language: Language) -> impl IntoView + use<> {
    let shown = shown(view);
    let note = view.note().map(|note| note.as_str().to_owned());
    view! {
        <span class="mi-dot" part="dot" data-status=shown.kebab() data-pending=view.pending.is_some()></span>
        <span class="mi-label" part="label">{language.status(shown)}</span>
        <bdi class="mi-note" part="note">{note}</bdi>
        <span class="mi-arrow"></span>
    }
}

// The items stay where they are as long as the offer does: one of them may have the focus.
fn options(offer: &Offer, view: &MyView) -> impl IntoView + use<> {
    let checked = view.chosen_status();
    let language = offer.language;
    let option = |status: &MiStatus| {
        let is_checked = if checked == Some(*status) { "true" } else { "false" };
        view! {
            <span
                class="mi-option" part="option" role="menuitemradio" tabindex="-1"
                data-status=status.kebab() aria-checked=is_checked
            >
                <span class="mi-dot" data-status=status.kebab()></span>
                <span class="mi-option-name">{language.status(*status)}</span>
            </span>
        }
    };
    let claim = view.claim_in_force().map(|known| {
        view! {
            <span class="mi-option" part="option" role="menuitem" tabindex="-1">
                {language.word(Word::DoNotShow)}": "{language.status(known.claim.status)}
            </span>
        }
    });
    (offer.states.0.iter().map(option).collect_view(), claim)
}

// Makes an element what says what is wrong, until the present owner ends.
fn announced(near: Element, (view, offer): (ReadSignal<MyView>, ReadSignal<Offer>)) {
    let troubles = Troubles::default();
    effect(Box::new(move || {
        let language = offer.with(|offer| offer.language);
        view.with(|view| troubles.hear(&near, trouble(language, view), view.status.is_online()));
    }));
}

// A status that is chosen without the fields: the present one keeps its note and end, which belong to it.
fn alone(status: MiStatus, view: &MyView) -> Intent {
    let known = view.intent.as_ref().filter(|_| view.pending.is_none());
    match known.filter(|known| known.status == status) {
        Some(present) => Intent { source: Source::User, ..present.clone() },
        None => Intent::chosen(status, Source::User),
    }
}

// What is wrong; empty where nothing is.
fn trouble(language: Language, view: &MyView) -> &'static str {
    match view.signin_state() {
        SigninState::Lost | SigninState::Refused => language.signin(view).0,
        _ => view.failure.map_or("", |hr| language.failure(hr)),
    }
}

// What the user sees as theirs at once: the wish, until the server has spoken.
fn shown(view: &MyView) -> MiStatus {
    view.pending.unwrap_or(view.status)
}

fn button_name(language: Language, view: &MyView) -> String {
    let mut name = language.word(Word::MyStatus).to_owned();
    name.push_str(": ");
    name.push_str(language.status(shown(view)));
    if view.pending.is_some() {
        name.push_str(" (");
        name.push_str(language.word(Word::Changing));
        name.push(')');
    }
    // The name holds all that is seen: it is what people say who speak to their computer.
    if let Some(note) = view.note() {
        name.push_str(", ");
        name.push_str(note.as_str());
    }
    name
}

impl Mode {
    /// Returns the mode with that attribute value; anything else is the panel.
    #[must_use]
    pub fn from_name(name: &str) -> Self {
        if name == "menu" { Self::Menu } else { Self::Panel }
    }
}

impl States {
    /// What is offered unless the page says otherwise: everything that a user may choose and that needs no note.
    const DOCUMENTED: [MiStatus; 8] = [
        MiStatus::Online,
        MiStatus::Busy,
        MiStatus::DoNotDisturb,
        MiStatus::BeRightBack,
        MiStatus::Away,
        MiStatus::OnThePhone,
        MiStatus::OutToLunch,
        MiStatus::Invisible,
    ];

    /// Reads kebab-case names with spaces or commas between them, and returns with the list what is not in it:
    /// names that are unknown or cannot be chosen. A list without any good name is the documented one.
    #[must_use]
    pub fn parse(names: &str) -> (Self, Vec<&str>) {
        let mut states = Vec::new();
        let mut refused = Vec::new();
        for name in names.split([' ', ',', '\n', '\t']).filter(|name| !name.is_empty()) {
            match MiStatus::from_kebab(name).filter(|status| status.is_settable()) {
                Some(status) if !states.contains(&status) => states.push(status),
                Some(_) => {}
                None => refused.push(name),
            }
        }
        (if states.is_empty() { Self::default() } else { Self(states) }, refused)
    }
}

/// Those that a user cannot choose are left out; where none is left, it is the documented list.
impl FromIterator<MiStatus> for States {
    fn from_iter<I: IntoIterator<Item = MiStatus>>(statuses: I) -> Self {
        let mut states = Vec::new();
        for status in statuses.into_iter().filter(|status| status.is_settable()) {
            if !states.contains(&status) {
                states.push(status);
            }
        }
        if states.is_empty() { Self::default() } else { Self(states) }
    }
}

impl Default for States {
    fn default() -> Self {
        Self(Self::DOCUMENTED.to_vec())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_are_read_in_their_order_and_once_each() {
        assert_eq!(
            States::parse("busy, online busy"),
            (States(vec![MiStatus::Busy, MiStatus::Online]), vec![])
        );
    }

    #[test]
    fn what_cannot_be_chosen_is_named() {
        assert_eq!(
            States::parse("idle busy bsy"),
            (States(vec![MiStatus::Busy]), vec!["idle", "bsy"])
        );
        assert_eq!(States::parse("idle"), (States::default(), vec!["idle"]));
        assert_eq!(States::parse(""), (States::default(), vec![]));
    }

    #[test]
    fn states_are_made_of_what_can_be_chosen() {
        let states = |statuses: &[MiStatus]| statuses.iter().copied().collect::<States>();
        assert_eq!(
            states(&[MiStatus::Busy, MiStatus::Idle, MiStatus::Busy, MiStatus::Online]),
            States(vec![MiStatus::Busy, MiStatus::Online])
        );
        assert_eq!(states(&[MiStatus::Idle]), States::default());
    }

    #[test]
    fn everything_that_is_offered_can_be_chosen() {
        assert!(States::DOCUMENTED.iter().all(|status| status.is_settable()));
    }
}
