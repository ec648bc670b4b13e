//! Whom the directory knows: offered while the user types whom to add, as the ARIA Authoring Practices have a combobox.

use std::rc::Rc;

use mistatus_core::{hresult::HResult, search::FoundPerson};
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlElement, KeyboardEvent};

use super::{Controller, is_on};
use crate::ui::{
    dom::{element, set_value, unique, value},
    language::Word,
    list::{
        form::Mode,
        offers::{Offers, draw, mark, options, searched, unmark},
    },
};

impl Controller {
    /// Offers people once nothing is typed for a moment. Who is offered meanwhile stays, but none of them is taken by a key.
    pub(super) fn suggest_soon(self: &Rc<Self>) {
        let Some(field) = self.form_field().filter(|_| self.form.mode() == Some(Mode::Add)) else {
            return;
        };
        if searched(&value(&field)).is_none() {
            self.end_offers();
            return;
        }
        let people = self.offers();
        if people.place().is_some() {
            self.set_offers(people.left());
        }
        let this = Rc::clone(self);
        self.form.suggestions.begin_soon(Box::new(move |turn| this.suggest(turn)));
    }

    fn suggest(self: &Rc<Self>, turn: u32) {
        let field = self.form_field().filter(has_focus);
        let Some(text) = field.and_then(|field| searched(&value(&field))) else { return };
        let this = Rc::clone(self);
        let then = move |found: Result<Vec<FoundPerson>, HResult>| {
            if this.form.suggestions.is_turn(turn) {
                this.offer(found);
            }
        };
        self.people.find(text, Box::new(then));
    }

    fn offer(&self, found: Result<Vec<FoundPerson>, HResult>) {
        match found {
            Ok(found) => {
                let offers = Offers::of(found, &self.tree.view());
                let language = self.language();
                let text = match offers.len() {
                    0 => language.word(Word::NotFound).to_owned(),
                    count => [language.word(Word::PeopleFound), ": ", &count.to_string()].concat(),
                };
                self.set_offers(offers);
                self.announce(&text);
            }
            // A name can be given by hand all the same: nothing is to be told.
            Err(hr) => {
                if hr == HResult::E_NOTIMPL {
                    self.form.suggestions.refuse();
                }
                self.end_offers();
            }
        }
    }

    /// Returns whether a key in the field was one of those who are offered.
    pub(super) fn key_in_offers(self: &Rc<Self>, event: &KeyboardEvent) -> bool {
        let is_changed = event.alt_key() || event.ctrl_key() || event.meta_key();
        if is_changed || self.form.mode() != Some(Mode::Add) || !is_on(event, ".mi-form .mi-field")
        {
            return false;
        }
        let mut offers = self.offers();
        let is_open = offers.len() > 0;
        match &*event.key() {
            key @ ("ArrowDown" | "ArrowUp") if is_open => {
                offers.go(key == "ArrowDown");
                self.set_offers(offers);
            }
            "ArrowDown" => {
                self.suggest_soon();
                return false;
            }
            "Enter" => match offers.place() {
                Some(place) => self.take_offer(place),
                None => return false,
            },
            "Escape" if is_open => self.end_offers(),
            "Tab" => {
                self.end_offers();
                return false;
            }
            _ => return false,
        }
        true
    }

    /// Takes whoever was clicked at; returns whether somebody was.
    pub(super) fn press_offer(&self, event: &Event) -> bool {
        let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        let Some(option) = target.and_then(|target| target.closest(".mi-offer").ok().flatten())
        else {
            return false;
        };
        let options = self.options();
        if let Some(place) = options.iter().position(|other| **other == option) {
            self.take_offer(place);
        }
        true
    }

    // Who is on the list already cannot be added.
    fn take_offer(&self, place: usize) {
        let offers = self.offers();
        let Some(offer) = offers.at(place).filter(|offer| !offer.is_there) else { return };
        if let Some(field) = self.form_field() {
            set_value(&field, offer.name.as_str());
            let _ = field.focus();
        }
        self.end_offers();
    }

    fn offers(&self) -> Offers {
        self.offers.borrow().clone()
    }

    /// Offers these; at once, so that the field is what it is before it has the focus.
    fn set_offers(&self, offers: Offers) {
        let is_known = *self.offers.borrow().people() == *offers.people();
        self.offers.replace(offers);
        let (Some(field), Some(list)) = (self.form_field(), self.offers_list()) else { return };
        let offers = self.offers.borrow();
        if !is_known || !list.has_attribute("aria-label") {
            draw(&list, &offers, self.language());
        }
        match self.form.mode() {
            Some(Mode::Add) => mark(&field, &list, &offers),
            _ => unmark(&field),
        }
    }

    /// Offers nobody, and makes the field what the form has it for.
    pub(super) fn end_offers(&self) {
        self.form.suggestions.end();
        self.set_offers(Offers::default());
    }

    // Beside what is drawn by the form, whose elements stay.
    fn offers_list(&self) -> Option<HtmlElement> {
        if let Some(list) = self.part(".mi-offers") {
            return Some(list);
        }
        let row = self.part(".mi-form > .mi-form-row")?;
        let id = [&unique(), "offers"].concat();
        let list =
            element("ul", "mi-offers", &[("part", "offers"), ("role", "listbox"), ("id", &id)]);
        row.insert_adjacent_element("afterend", &list).ok()?;
        Some(list)
    }

    fn options(&self) -> Vec<HtmlElement> {
        self.part(".mi-offers").map(|list| options(&list)).unwrap_or_default()
    }
}

fn has_focus(field: &HtmlElement) -> bool {
    field.matches(":focus").unwrap_or(false)
}
