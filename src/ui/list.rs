//! The contact list: a tree of sections and people, after the ARIA Authoring Practices, with what is needed to change it.
//!
//! The tree has the focus, its active item goes by `aria-activedescendant`: only the lines in sight are in the document.
//! Knows no connection: it reads [`People`] and says what is wished.

mod controller;
mod form;
mod menu;
mod navigation;
mod offers;
mod requests;
mod rows;
mod state;
mod suggestions;
mod tree;

use std::{
    cell::RefCell,
    rc::{Rc, Weak},
};

use leptos::prelude::*;
use mistatus_core::{
    hresult::HResult,
    message::Command,
    search::{FoundPerson, SearchText},
    signin_name::SigninName,
};

use self::{
    controller::{Controller, list_box, tree_box},
    form::form,
    menu::menu_items,
    requests::requests,
    state::ListState,
};
use super::{
    dom::unique,
    language::{Language, Word},
    menu::menu_box,
};
use crate::model::{Changes, ContactView, ListView, MyView, Order};

/// A function that is called with how a command ended.
pub type Then = Box<dyn FnOnce(HResult)>;

/// A function that is called with whom a search of the directory has found.
pub type ThenFound = Box<dyn FnOnce(Result<Vec<FoundPerson>, HResult>)>;

/// Where the list has its people from, and who carries out what is wished.
pub trait People {
    /// Counts changes of [`People::view`], of who is there in it, and of [`People::unread`].
    fn changes(&self) -> [Changes; 3];
    /// Returns the lists as they are.
    fn view(&self) -> ListView;
    /// Returns who the user is, as a signal.
    fn me(&self) -> ArcRwSignal<MyView>;
    /// Returns who wrote what the user has not read, in the order of their sign-in names, and how many messages.
    fn unread_people(&self) -> Vec<(SigninName, u32)>;
    /// Hears that the user wants to be connected.
    fn connect(&self);
    /// Returns what is known of somebody, as a signal.
    fn contact(&self, name: &SigninName) -> ArcRwSignal<ContactView>;
    /// Returns how many messages of somebody have not been read.
    fn unread(&self, name: &SigninName) -> u32;
    /// Starts to carry out a command; `then` is told the end.
    fn ask(&self, command: Command, then: Then);
    /// Searches the directory of people; `then` is told the end: `E_NOTIMPL` where there is none, unless said otherwise.
    fn find(&self, _beginning: SearchText, then: ThenFound) {
        then(Err(HResult::E_NOTIMPL));
    }
    /// Opens the conversation with somebody.
    fn converse(&self, name: &SigninName);
}

/// How the page wants the list.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Wanted {
    /// In which order.
    pub order: Order,
    /// Whose names hold this; everybody where it is empty.
    pub filter: String,
    /// In which language.
    pub language: Language,
}

/// A handle with which whoever draws a list moves the focus in it. Does nothing before the list is drawn and once it is
/// gone.
#[derive(Clone, Default)]
pub struct ListHandle(Rc<RefCell<Weak<Controller>>>);

impl ListHandle {
    /// Puts the focus where the people are, or where they are added.
    pub fn focus(&self) {
        if let Some(list) = self.list() {
            list.focus();
        }
    }

    /// Opens the form in which a sign-in name is given, with one in it already or none.
    /// Returns false where it was open.
    #[must_use]
    pub fn open_add(&self, name: &str) -> bool {
        self.list().is_some_and(|list| list.open_add(name))
    }

    fn list(&self) -> Option<Rc<Controller>> {
        self.0.borrow().upgrade()
    }
}

/// Draws a contact list and lets the user change it. [`crate::ContactList`] is the same with a connection.
#[component]
pub fn ContactListView(
    /// Who is on the list, and who carries out what the user asks for.
    people: Rc<dyn People>,
    /// How the page wants the list.
    #[prop(into)]
    wanted: ReadSignal<Wanted>,
    /// What moves the focus in the list.
    #[prop(optional)]
    handle: ListHandle,
) -> impl IntoView {
    let list = Controller::new(people, wanted);
    handle.0.replace(Rc::downgrade(&list));
    let prefix = unique();
    let [keys, field, problem] = ["keys", "field", "problem"].map(|id| [&prefix, id].concat());
    let form_ids = [field, problem];
    let state = list.state;
    let language = move || wanted.with(|wanted| wanted.language);
    // One type of closure for all: pages pay for each.
    let text = move |of: fn(ListState, Language) -> String| move || of(state.get(), language());
    let filter = wanted.with_untracked(|wanted| wanted.filter.clone());
    let head = move || {
        let (state, language) = (state.get(), language());
        view! {
            {bar(filter.clone(), state.is_signed_in, language)}
            {form(&state.form, language, form_ids.clone())}
            {requests(&state.requests, language)}
        }
    };
    view! {
        <div
            class="mi-list" part="panel" use:list_box=Rc::clone(&list)
            lang=text(|_, language| language.tag().to_owned())
        >
            {head}
            <div
                class="mi-tree" part="list" role="tree" tabindex="0" use:tree_box=Rc::clone(&list)
                aria-describedby=keys.clone()
                aria-label=text(|_, language| language.word(Word::Contacts).to_owned())
            ></div>
            {move || remarks(&state.get(), language(), keys.clone())}
            <div
                class="mi-menu" part="menu" role="menu" tabindex="-1" use:menu_box=list.menu.menu()
                aria-label=text(|state, _| state.menu.name)
            >
                {move || menu_items(&state.get().menu)}
            </div>
        </div>
    }
}

fn bar(filter: String, is_signed_in: bool, language: Language) -> impl IntoView + use<> {
    let search = language.word(Word::Search);
    view! {
        <div class="mi-bar" part="bar">
            <input
                class="mi-field mi-filter" part="filter" type="search" autocomplete="off"
                value=filter aria-label=search placeholder=search
            />
            <button
                class="mi-button mi-plain mi-add" part="button" type="button"
                disabled=!is_signed_in
            >
                {language.word(Word::AddContact)}
            </button>
            <button
                class="mi-button mi-plain mi-new-group" part="button" type="button"
                disabled=!is_signed_in
            >
                {language.word(Word::NewGroup)}
            </button>
        </div>
    }
}

fn remarks(state: &ListState, language: Language, keys: String) -> impl IntoView + use<> {
    let empty = state.empty.map(|empty| language.word(empty)).unwrap_or_default();
    let (signin, way) = state.signin;
    let failure = state.failure.map(|failure| language.problem(failure)).unwrap_or_default();
    view! {
        <p class="mi-empty" part="empty" hidden=empty.is_empty()>{empty}</p>
        <p class="mi-signin" part="signin" hidden=signin.is_empty()>
            {signin}
            <button
                class="mi-button mi-plain mi-connect" part="button" type="button" hidden=way.is_none()
            >
                {way}
            </button>
        </p>
        // Always there: what appears with its text is not read out.
        <p class="mi-failure" part="failure" role="status">{failure}</p>
        <span class="mi-unseen" id=keys>{language.word(Word::Keys)}</span>
    }
}
