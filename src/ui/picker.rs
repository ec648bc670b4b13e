//! The selector of one's own status: a menu button with a menu of radio items, after the ARIA Authoring Practices.
//!
//! Enter, Space, arrow keys, Home, End, letters, Escape, Tab and the pointer all work; focus returns to the button.
//! Knows no connection: it reads a signal and says what was chosen.

use leptos::{
    ev::{FocusEvent, KeyboardEvent, MouseEvent},
    html,
    prelude::*,
};
use mistatus_core::status::MiStatus;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, Node};

use self::{place::Placed, typeahead::Typeahead};
use super::language::{Language, Word};
use crate::model::MyView;

mod place;
mod typeahead;

/// Is the list of statuses that may be chosen, in the order shown.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct States(Vec<MiStatus>);

/// Draws one's own status and lets the user choose another.
#[component]
pub fn PickerView(
    /// What is known of the user.
    #[prop(into)]
    view: Signal<MyView>,
    /// Which statuses may be chosen; the documented ones unless told.
    #[prop(optional, into)]
    states: Signal<States>,
    /// In which language the texts are.
    #[prop(optional, into)]
    language: Signal<Language>,
    /// Is told what the user chose.
    on_choose: impl Fn(MiStatus) + 'static,
) -> impl IntoView {
    let button = NodeRef::<html::Button>::new();
    let menu = NodeRef::<html::Div>::new();
    let popup = Popup { button, menu, open: RwSignal::new(false), placed: Placed::default() };
    let typeahead = Typeahead::default();

    // What the user sees as theirs at once: the wish, until the server has spoken.
    let shown = move || view.with(|view| view.pending.unwrap_or(view.status));
    let shown_text = move || language.get().status(shown());
    let checked = Memo::new(move |_| {
        view.with(|view| view.pending.or(view.intent.as_ref().map(|intent| intent.status)))
    });
    let pending = move || view.with(|view| view.pending.is_some());

    let choose = move |target: Option<&Element>| {
        let chosen = target
            .and_then(|element| element.closest("[role=menuitemradio]").ok().flatten())
            .and_then(|item| item.get_attribute("data-status"))
            .and_then(|name| MiStatus::from_kebab(&name));
        if let Some(status) = chosen {
            popup.close(true);
            on_choose(status);
        }
    };
    let choose = std::rc::Rc::new(choose);
    let on_menu_click = {
        let choose = choose.clone();
        move |event: MouseEvent| choose(target_element(&event).as_ref())
    };
    let on_menu_key = move |event: KeyboardEvent| {
        if event.is_composing() || event.ctrl_key() || event.alt_key() || event.meta_key() {
            return;
        }
        let key = event.key();
        match key.as_str() {
            "ArrowDown" => popup.step(1),
            "ArrowUp" => popup.step(-1),
            "Home" => popup.focus(0),
            "End" => popup.focus(-1),
            "Escape" => popup.close(true),
            // Focus is on the button when the browser moves it: to what follows or precedes the picker.
            "Tab" => return popup.close(true),
            // The space belongs to a name that is being typed.
            "Enter" => choose(target_element(&event).as_ref()),
            " " if !typeahead.is_typing(event.time_stamp()) => {
                choose(target_element(&event).as_ref());
            }
            _ if key.chars().count() == 1 => {
                let items = popup.items();
                let names = items.iter().map(|item| item.text_content().unwrap_or_default());
                let names = names.collect::<Vec<_>>();
                if let Some(hit) = typeahead.hit(&key, event.time_stamp(), popup.current(), &names)
                {
                    popup.focus(hit.cast_signed());
                }
            }
            _ => return,
        }
        event.prevent_default();
        event.stop_propagation();
    };
    let on_button_key = move |event: KeyboardEvent| {
        match event.key().as_str() {
            "ArrowDown" | "Enter" | " " => popup.open(0),
            "ArrowUp" => popup.open(-1),
            "Escape" if popup.open.get_untracked() => popup.close(true),
            _ => return,
        }
        event.prevent_default();
    };
    let on_button_click = move |_| {
        if popup.open.get_untracked() { popup.close(true) } else { popup.open(0) }
    };
    let on_focus_out = move |event: FocusEvent| {
        let next = event.related_target().and_then(|target| target.dyn_into::<Node>().ok());
        if !popup.holds(next.as_ref()) {
            popup.close(false);
        }
    };

    view! {
        <span class="mi-picker" part="picker" on:focusout=on_focus_out>
            <button
                node_ref=button
                class="mi-button"
                part="button"
                type="button"
                aria-haspopup="menu"
                aria-expanded=move || if popup.open.get() { "true" } else { "false" }
                aria-label=move || button_name(language.get(), shown(), pending())
                aria-busy=move || pending().then_some("true")
                on:click=on_button_click
                on:keydown=on_button_key
            >
                <span
                    class="mi-dot"
                    part="dot"
                    data-status=move || shown().kebab()
                    data-pending=move || pending().then_some("")
                ></span>
                <span class="mi-label" part="label">{shown_text}</span>
                <bdi class="mi-note" part="note">
                    {move || view.with(|view| {
                        let note = view.intent.as_ref().and_then(|intent| intent.note.as_ref());
                        note.map(|note| note.as_str().to_owned()).unwrap_or_default()
                    })}
                </bdi>
                <span class="mi-arrow" aria-hidden="true"></span>
            </button>
            <div
                node_ref=menu
                class="mi-menu"
                part="list"
                role="menu"
                tabindex="-1"
                aria-label=move || language.get().word(Word::MyStatus)
                on:click=on_menu_click
                on:keydown=on_menu_key
            >
                {move || {
                    let item = |status: MiStatus| {
                        view! {
                            <div
                                class="mi-option"
                                part="option"
                                role="menuitemradio"
                                tabindex="-1"
                                data-status=status.kebab()
                                aria-checked=move || {
                                    if checked.get() == Some(status) { "true" } else { "false" }
                                }
                            >
                                <span class="mi-dot" data-status=status.kebab()></span>
                                <span>{move || language.get().status(status)}</span>
                            </div>
                        }
                    };
                    states.get().0.into_iter().map(item).collect_view()
                }}
            </div>
            <span class="mi-failure" part="failure" role="status">
                {move || view.with(|view| view.failure.map(|hr| language.get().failure(hr)))
                    .unwrap_or_default()}
            </span>
        </span>
    }
}

// The button, its menu, and whether the menu is open.
#[derive(Clone, Copy)]
struct Popup {
    button: NodeRef<html::Button>,
    menu: NodeRef<html::Div>,
    open: RwSignal<bool>,
    placed: Placed,
}

impl Popup {
    // Opens and focuses an item: 0 is the first, -1 the last.
    fn open(self, index: isize) {
        if let (Some(button), Some(menu)) = (self.button.get_untracked(), self.menu.get_untracked())
        {
            self.open.set(true);
            self.placed.show(&button, &menu);
            self.focus(index);
        }
    }

    fn close(self, return_focus: bool) {
        if !self.open.get_untracked() {
            return;
        }
        self.open.set(false);
        // Focus goes first: a menu that vanishes with the focus in it drops the focus on the document.
        if let (true, Some(button)) = (return_focus, self.button.get_untracked()) {
            let _ = button.focus();
        }
        if let Some(menu) = self.menu.get_untracked() {
            self.placed.hide(&menu);
        }
    }

    fn items(self) -> Vec<HtmlElement> {
        let Some(menu) = self.menu.get_untracked() else { return Vec::new() };
        let children = menu.children();
        (0..children.length())
            .filter_map(|index| children.item(index)?.dyn_into::<HtmlElement>().ok())
            .collect()
    }

    // Which item has the focus.
    fn current(self) -> Option<usize> {
        self.items().iter().position(|item| item.matches(":focus").unwrap_or(false))
    }

    fn focus(self, index: isize) {
        let items = self.items();
        let length = items.len().cast_signed();
        if length > 0 {
            let _ = items[index.rem_euclid(length).cast_unsigned()].focus();
        }
    }

    // From no item, down leads to the first and up to the last.
    fn step(self, by: isize) {
        match self.current() {
            Some(current) => self.focus(current.cast_signed() + by),
            None => self.focus(by.min(0)),
        }
    }

    fn holds(self, node: Option<&Node>) -> bool {
        self.button.get_untracked().is_some_and(|button| button.contains(node))
            || self.menu.get_untracked().is_some_and(|menu| menu.contains(node))
    }
}

fn target_element(event: &web_sys::Event) -> Option<Element> {
    event.target()?.dyn_into().ok()
}

fn button_name(language: Language, status: MiStatus, pending: bool) -> String {
    let mut name = language.word(Word::MyStatus).to_owned();
    name.push_str(": ");
    name.push_str(language.status(status));
    if pending {
        name.push_str(" (");
        name.push_str(language.word(Word::Changing));
        name.push(')');
    }
    name
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
    fn everything_that_is_offered_can_be_chosen() {
        assert!(States::DOCUMENTED.iter().all(|status| status.is_settable()));
    }
}
