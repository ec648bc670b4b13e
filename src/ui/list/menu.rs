//! The menu of a line: what can be done with a person or a group, given each time it is opened.

use std::rc::Rc;

use leptos::prelude::*;
use mistatus_core::{message::Command, signin_name::SigninName};
use web_sys::HtmlElement;

use super::{form::Mode, state::State};
use crate::{
    model::{ListView, Row, Section},
    ui::{
        dom::after_effects,
        language::{Language, Word},
        menu::Menu,
        picker::place::Anchor,
    },
};

/// What an item of the menu does.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Action {
    /// Opens the conversation with somebody.
    Converse(SigninName),
    /// Has something done at once.
    Ask(Command),
    /// Asks the user first.
    OpenForm(Mode),
}

/// One thing that the menu offers.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Item {
    /// What it is called.
    text: String,
    /// For what can be on or off: whether it is.
    checked: Option<bool>,
    /// Whether it stands apart from those before it: what shuts somebody out, or takes something away.
    is_apart: bool,
    action: Action,
}

/// What the menu offers, and of what it is the menu.
#[derive(Clone, Default)]
pub(super) struct MenuState {
    /// What the line is called.
    pub(super) name: String,
    items: Vec<Item>,
}

/// The menu that all lines share.
pub(super) struct LineMenu {
    menu: Rc<Menu>,
    state: State,
}

impl LineMenu {
    /// Makes a menu; `act` is called with what was chosen.
    pub(super) fn new(state: State, act: Box<dyn Fn(Action)>) -> Self {
        let menu = Menu::new(Box::new(move |place| {
            let mut chosen = None;
            state.read(&mut |state| chosen = state.menu.items.get(place).cloned());
            if let Some(item) = chosen {
                act(item.action);
            }
        }));
        Self { menu, state }
    }

    /// Returns the menu's behaviour, for its box.
    pub(super) fn menu(&self) -> Rc<Menu> {
        Rc::clone(&self.menu)
    }

    /// Opens the menu at a place and puts the focus into it; it goes `back` afterwards.
    pub(super) fn open(&self, name: &str, items: &[Item], anchor: Anchor, back: HtmlElement) {
        self.state.update(&mut |state| {
            state.menu = MenuState { name: name.to_owned(), items: items.to_vec() };
        });
        let menu = self.menu();
        // The first item takes the focus: it has to be there.
        after_effects(Box::new(move || menu.open(anchor, &back, 0)));
    }
}

/// Returns what can be done with what stands in a line.
pub(super) fn items_of(row: &Row, view: &ListView, language: Language) -> Vec<Item> {
    let item = |word, action| {
        let text = language.word(word).to_owned();
        Item { text, checked: None, is_apart: false, action }
    };
    let apart = |item| Item { is_apart: true, ..item };
    match row {
        Row::Heading(Section::Group(id)) => vec![
            item(Word::RenameGroup, Action::OpenForm(Mode::Rename(*id))),
            apart(item(Word::RemoveGroup, Action::OpenForm(Mode::RemoveGroup(*id)))),
        ],
        Row::Heading(_) => Vec::new(),
        Row::Person(_, entry) => {
            let name = || entry.name.clone();
            let block = if entry.blocked { Word::Unblock } else { Word::Block };
            let block = item(
                block,
                Action::Ask(Command::SetBlocked { name: name(), blocked: !entry.blocked }),
            );
            let mut items = vec![item(Word::Converse, Action::Converse(name()))];
            if !entry.listed {
                let add = Action::Ask(Command::AddContact { name: name() });
                items.extend([item(Word::AddContact, add), apart(block)]);
                return items;
            }
            for (id, group, members) in &view.groups {
                let is_member = members.contains(&entry.name);
                items.push(Item {
                    text: [language.word(Word::InGroup), " ", group].concat(),
                    checked: Some(is_member),
                    is_apart: false,
                    action: Action::Ask(Command::SetGroupMember {
                        group: *id,
                        name: name(),
                        member: !is_member,
                    }),
                });
            }
            let remove = Action::OpenForm(Mode::RemoveContact(name()));
            let text = language.remove_contact(&entry.shown);
            let remove = Item { text, ..item(Word::RemoveContact, remove) };
            items.extend([block, remove].map(apart));
            items
        }
    }
}

/// Draws what the menu offers.
pub(super) fn menu_items(state: &MenuState) -> impl IntoView + use<> {
    let item = |item: &Item| {
        let role = if item.checked.is_some() { "menuitemcheckbox" } else { "menuitem" };
        let checked = item.checked.map(|checked| if checked { "true" } else { "false" });
        view! {
            <div
                class="mi-option" part="option" role=role tabindex="-1" aria-checked=checked
                data-apart=item.is_apart
            >
                {item.text.clone()}
            </div>
        }
    };
    state.items.iter().map(item).collect_view()
}
