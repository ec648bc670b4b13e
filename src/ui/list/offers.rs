//! People of the directory who are offered below the field while somebody types whom to add.

use leptos::prelude::*;
use mistatus_core::{
    limits::SUGGEST_TEXT_MIN,
    search::{FoundPerson, SearchText},
    signin_name::SigninName,
};

use super::form::address;
use crate::{
    model::ListView,
    ui::language::{Language, Word},
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

/// Returns the id of the one at whom the keyboard is.
pub(super) fn active_id(offers: &Offers, id: &str) -> Option<String> {
    offers.place().map(|place| option_id(id, place))
}

fn option_id(id: &str, place: usize) -> String {
    [id, "-", &place.to_string()].concat()
}

/// Draws those who are offered.
pub(super) fn offers(offers: &Offers, id: String, language: Language) -> impl IntoView + use<> {
    let option = |(place, offer): (usize, &Offer)| {
        let Offer { name, shown, title, is_there } = offer;
        let there = if *is_there { language.word(Word::AlreadyThere) } else { "" };
        let (first, second) =
            if shown.is_empty() { (name.as_str(), "") } else { (&**shown, name.as_str()) };
        let parts = [first, second, title, there];
        let parts = parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>();
        view! {
            <li
                class="mi-offer" part="offer" role="option" id=option_id(&id, place)
                aria-label=parts.join(", ")
                aria-selected=if offers.active == Some(place) { "true" } else { "false" }
                aria-disabled=is_there.then_some("true")
            >
                <bdi class="mi-name">{first.to_owned()}</bdi>
                // Blanks that nobody sees, so that what is written are words as in the name.
                " "<bdi class="mi-offer-about">{second.to_owned()}</bdi>
                " "<bdi class="mi-offer-about">{title.clone()}</bdi>
                " "<span class="mi-offer-about">{there}</span>
            </li>
        }
    };
    let options = offers.people.iter().enumerate().map(option).collect_view();
    view! {
        <ul
            class="mi-offers" part="offers" role="listbox" id=id.clone()
            hidden=offers.people.is_empty() aria-label=language.word(Word::PeopleFound)
        >
            {options}
        </ul>
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
