//! People of the directory who are offered below the field while somebody types whom to add.
//!
//! Made by hand, which is 2.7 kB gzip less of the file that lists and conversations load than a view of them was.

use mistatus_core::{
    limits::SUGGEST_TEXT_MIN,
    search::{FoundPerson, SearchText},
    signin_name::SigninName,
};

use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

use super::{form::address, rows::apart};
use crate::{
    model::ListView,
    ui::{
        dom::{append, element, set, set_text},
        language::{Language, Word},
    },
};

/// Somebody who is offered.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Offer {
    pub(super) name: SigninName,
    /// What to call them; empty where there is nothing but the sign-in name.
    shown: String,
    title: String,
    /// Whether they are on the list already.
    pub(super) is_there: bool,
}

/// Those who are offered, and at whom of them the keyboard is.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub(super) struct Offers {
    people: Vec<Offer>,
    active: Option<usize>,
}

impl Offers {
    /// Offers those who were found, but nobody themselves.
    pub(super) fn of(found: Vec<FoundPerson>, view: &ListView) -> Self {
        let others = found.into_iter().filter(|person| view.user.as_ref() != Some(&person.name));
        let offer = |FoundPerson { name, friendly_name, title }| Offer {
            is_there: view.contacts.iter().any(|entry| entry.name == name),
            name,
            shown: friendly_name.unwrap_or_default(),
            title: title.unwrap_or_default(),
        };
        Self { people: others.map(offer).collect(), active: None }
    }

    /// Returns who is offered.
    pub(super) fn people(&self) -> &[Offer] {
        &self.people
    }

    /// Returns how many are offered.
    pub(super) const fn len(&self) -> usize {
        self.people.len()
    }

    /// Returns the place at which the keyboard is.
    pub(super) const fn place(&self) -> Option<usize> {
        self.active
    }

    /// Returns who stands at a place.
    pub(super) fn at(&self, place: usize) -> Option<&Offer> {
        self.people.get(place)
    }

    /// Returns the same people, at none of whom the keyboard is.
    pub(super) fn left(self) -> Self {
        Self { active: None, ..self }
    }

    /// Leads the keyboard to the next or the previous one, and from the last to the first.
    pub(super) fn go(&mut self, forward: bool) {
        let Some(last) = self.people.len().checked_sub(1) else { return };
        self.active = Some(match (self.active, forward) {
            (Some(place), true) if place < last => place + 1,
            (Some(place @ 1..), false) => place - 1,
            (_, true) => 0,
            (_, false) => last,
        });
    }
}

/// Returns what is to be searched by what is written, where that is enough.
pub(super) fn searched(written: &str) -> Option<SearchText> {
    // An address may be pasted as a link, or with a name before it.
    let address = address(written).ok();
    let text = address.as_ref().map_or(written, SigninName::as_str);
    let text = SearchText::parse(text).ok()?;
    (text.as_str().encode_utf16().count() >= SUGGEST_TEXT_MIN).then_some(text)
}

/// Draws those who are offered.
pub(super) fn draw(list: &HtmlElement, offers: &Offers, language: Language) {
    list.set_text_content(None);
    set(list, "hidden", offers.people.is_empty().then_some(""));
    set(list, "aria-label", Some(language.word(Word::PeopleFound)));
    for (place, offer) in offers.people.iter().enumerate() {
        let Offer { name, shown, title, is_there } = offer;
        let there = if *is_there { language.word(Word::AlreadyThere) } else { "" };
        let named = [shown, name.as_str()];
        let parts = [&named[usize::from(shown.is_empty())..], &[title, there]].concat();
        let parts = parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>();
        let option = element("li", "mi-offer", &[("part", "offer"), ("role", "option")]);
        set(&option, "id", Some(&option_id(list, place)));
        set(&option, "aria-label", Some(&parts.join(", ")));
        set(&option, "aria-disabled", is_there.then_some("true"));
        for (at, part) in parts.into_iter().enumerate() {
            let text = element("bdi", if at == 0 { "mi-name" } else { "mi-offer-about" }, &[]);
            set_text(&text, part);
            append(&option, &[&text]);
            apart(&text);
        }
        append(list, &[&option]);
    }
}

/// Shows at whom the keyboard is, and says so at the field.
pub(super) fn mark(field: &HtmlElement, list: &HtmlElement, offers: &Offers) {
    set(field, "role", Some("combobox"));
    set(field, "aria-autocomplete", Some("list"));
    set(field, "aria-controls", Some(&list.id()));
    set(field, "aria-expanded", Some(if offers.len() > 0 { "true" } else { "false" }));
    let id = offers.place().map(|place| option_id(list, place));
    set(field, "aria-activedescendant", id.as_deref());
    for (place, option) in options(list).iter().enumerate() {
        let is_active = offers.place() == Some(place);
        set(option, "aria-selected", Some(if is_active { "true" } else { "false" }));
        if is_active {
            reveal(list, option);
        }
    }
}

/// Makes the field that of something else, for which nobody is offered.
pub(super) fn unmark(field: &HtmlElement) {
    for name in
        ["role", "aria-autocomplete", "aria-controls", "aria-expanded", "aria-activedescendant"]
    {
        set(field, name, None);
    }
}

/// Returns the boxes of those who are offered.
pub(super) fn options(list: &HtmlElement) -> Vec<HtmlElement> {
    let options = list.children();
    (0..options.length()).filter_map(|at| options.item(at).map(Element::unchecked_into)).collect()
}

fn option_id(list: &HtmlElement, place: usize) -> String {
    [&list.id(), "-", &place.to_string()].concat()
}

fn reveal(list: &HtmlElement, option: &HtmlElement) {
    let (top, seen) = (option.offset_top(), list.scroll_top());
    let bottom = top + option.offset_height() - list.client_height();
    if top < seen {
        list.set_scroll_top(top);
    } else if bottom > seen {
        list.set_scroll_top(bottom);
    }
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use super::*;
    use crate::model::Entry;

    fn name(name: &str) -> SigninName {
        SigninName::parse(name).unwrap()
    }

    fn found(who: &str) -> FoundPerson {
        FoundPerson { name: name(who), friendly_name: None, title: None }
    }

    #[test]
    fn nobody_is_offered_themselves_and_who_is_on_the_list_is_marked() {
        let view = ListView {
            user: Some(name("me@x")),
            contacts: vec![Rc::new(Entry::new(name("Bob@x"), "Bob"))],
            ..ListView::default()
        };
        let offers = Offers::of(["ann@x", "bob@x", "ME@x"].map(found).into(), &view);
        let told = offers.people.iter().map(|offer| (offer.name.as_str(), offer.is_there));
        assert_eq!(told.collect::<Vec<_>>(), [("ann@x", false), ("bob@x", true)]);
    }

    #[test]
    fn keys_lead_round_those_who_are_offered() {
        let mut offers = Offers::of(["ann@x", "bob@x"].map(found).into(), &ListView::default());
        for (forward, place) in [(true, 0), (true, 1), (true, 0), (false, 1), (false, 0)] {
            offers.go(forward);
            assert_eq!(offers.place(), Some(place));
        }
        let mut nobody = Offers::default();
        nobody.go(true);
        assert_eq!((nobody.place(), nobody.len()), (None, 0));
    }

    #[test]
    fn an_address_is_searched_however_it_is_written_and_one_letter_is_not() {
        for (written, text) in [
            (" Ad ", Some("Ad")),
            ("Bob <bob@x.org>", Some("bob@x.org")),
            ("mailto:bob@x.org", Some("bob@x.org")),
            ("bob@", Some("bob@")),
            (" a ", None),
            ("  ", None),
        ] {
            let searched = searched(written);
            assert_eq!(searched.as_ref().map(SearchText::as_str), text, "{written:?}");
        }
        assert_eq!(searched(&"x".repeat(65)), None);
    }
}
