//! The contact list as the service keeps it (RFC 6121 §2).

use mistatus_core::{
    friendly_name,
    limits::{FRIENDLY_NAME_MAX, GROUPS_MAX},
};

use crate::{jid::BareJid, ns, stanza, xml::Element};

/// The direction in which presence is shared: who sees whose.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Subscription {
    /// Nobody.
    None,
    /// The user sees the contact's.
    To,
    /// The contact sees the user's.
    From,
    /// Each the other's.
    Both,
    /// The entry is gone; only in pushes.
    Remove,
}

/// An entry of the roster.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Item {
    /// Who.
    pub jid: BareJid,
    /// How the user calls them.
    pub name: Option<String>,
    /// Who sees whom.
    pub subscription: Subscription,
    /// Whether the contact has been asked and has not answered.
    pub is_asked: bool,
    /// Groups, kept so that a change of the entry does not lose them.
    pub groups: Vec<String>,
}

impl Item {
    /// Whether the user put this person on the list, rather than only let them see one's presence.
    #[must_use]
    pub fn is_listed(&self) -> bool {
        self.subscription != Subscription::From
            || self.is_asked
            || self.name.is_some()
            || !self.groups.is_empty()
    }

    /// Whether the contact's presence is told.
    #[must_use]
    pub fn is_seen(&self) -> bool {
        matches!(self.subscription, Subscription::To | Subscription::Both)
    }

    /// Whether the contact sees the user's presence.
    #[must_use]
    pub fn sees(&self) -> bool {
        matches!(self.subscription, Subscription::From | Subscription::Both)
    }

    /// Whether one of the two sees the other by this entry, and no longer by that one.
    #[must_use]
    pub fn takes_back(&self, later: &Self) -> bool {
        self.is_seen() && !later.is_seen() || self.sees() && !later.sees()
    }

    /// Returns how the contact is shown; `None` where there is only the address.
    #[must_use]
    pub fn friendly_name(&self) -> Option<String> {
        let name = self.name.as_deref().and_then(friendly_name::clean);
        name.filter(|name| *name != self.jid.to_string())
    }
}

/// Reads a list or a push: its version and its entries. What is no entry of a user is left out.
#[must_use]
pub fn read(query: &Element) -> (Option<String>, Vec<Item>) {
    let items = query.elements().filter(|element| element.is("item", ns::ROSTER)).filter_map(item);
    (query.attribute("ver").map(str::to_owned), items.collect())
}

fn item(element: &Element) -> Option<Item> {
    let cut = |text: &str| text.chars().take(FRIENDLY_NAME_MAX).collect::<String>();
    Some(Item {
        jid: BareJid::parse(element.attribute("jid")?).filter(|jid| jid.signin_name().is_some())?,
        name: element.attribute("name").filter(|name| !name.is_empty()).map(cut),
        subscription: match element.attribute("subscription") {
            Some("to") => Subscription::To,
            Some("from") => Subscription::From,
            Some("both") => Subscription::Both,
            Some("remove") => Subscription::Remove,
            _ => Subscription::None,
        },
        is_asked: element.attribute("ask") == Some("subscribe"),
        groups: element
            .elements()
            .filter(|child| child.is("group", ns::ROSTER))
            .map(Element::content)
            .filter(|group| !group.is_empty())
            .take(GROUPS_MAX)
            .collect(),
    })
}

/// Asks for the list, or for nothing where the version is still the newest (§2.6).
#[must_use]
pub fn get(id: &str, version: Option<&str>) -> Element {
    stanza::iq("get", id, None, Element::new("query", ns::ROSTER).with_some("ver", version))
}

/// Puts somebody on the list.
///
/// The name marks the entry as one that the user made: a service makes nameless ones for everybody who may see the
/// user's presence.
#[must_use]
pub fn add(id: &str, jid: &BareJid, known: Option<&Item>) -> Element {
    let address = jid.to_string();
    let name = known.and_then(|item| item.name.as_deref()).unwrap_or(&address);
    let groups = known.map(|item| item.groups.as_slice()).unwrap_or_default();
    set(id, jid, Some(name), groups)
}

/// Puts somebody into these groups and no others, and changes nothing else.
#[must_use]
pub fn regroup(id: &str, item: &Item) -> Element {
    set(id, &item.jid, item.name.as_deref(), &item.groups)
}

fn set(id: &str, jid: &BareJid, name: Option<&str>, groups: &[String]) -> Element {
    let item = groups.iter().fold(
        Element::new("item", ns::ROSTER).with("jid", &jid.to_string()).with_some("name", name),
        |item, group| item.child(Element::new("group", ns::ROSTER).text(group)),
    );
    stanza::iq("set", id, None, Element::new("query", ns::ROSTER).child(item))
}

/// Takes somebody off the list; subscriptions of both sides end with it.
#[must_use]
pub fn remove(id: &str, jid: &BareJid) -> Element {
    let item = Element::new("item", ns::ROSTER)
        .with("jid", &jid.to_string())
        .with("subscription", "remove");
    stanza::iq("set", id, None, Element::new("query", ns::ROSTER).child(item))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::xml;

    #[test]
    fn entries_are_read_and_what_is_none_is_left_out() {
        let query = xml::read(
            "<query xmlns='jabber:iq:roster' ver='v'>\
             <item jid='Bob@localhost' name='Bob' subscription='both'><group>Team</group></item>\
             <item jid='carol@localhost' subscription='from'/>\
             <item jid='dave@localhost' subscription='none' ask='subscribe'/>\
             <item jid='gateway.localhost'/><item/><item jid='@'/><other jid='e@localhost'/></query>",
        )
        .unwrap();
        let (version, items) = read(&query);
        assert_eq!(version.as_deref(), Some("v"));
        let facts: Vec<_> = items
            .iter()
            .map(|item| (item.jid.to_string(), item.is_listed(), item.is_seen()))
            .collect();
        assert_eq!(
            facts,
            [
                ("bob@localhost".to_owned(), true, true),
                ("carol@localhost".to_owned(), false, false),
                ("dave@localhost".to_owned(), true, false),
            ]
        );
    }

    #[test]
    fn adding_keeps_the_name_and_the_groups_that_are_there() {
        let text = "<query xmlns='jabber:iq:roster'><item jid='b@c' name='B' subscription='from'><group>T</group></item></query>";
        let (_, items) = read(&xml::read(text).unwrap());
        let (_, again) = read(add("1", &items[0].jid, items.first()).elements().next().unwrap());
        assert_eq!((&again[0].name, &again[0].groups), (&items[0].name, &items[0].groups));
        let (_, fresh) = read(add("1", &items[0].jid, None).elements().next().unwrap());
        assert_eq!((fresh[0].is_listed(), fresh[0].friendly_name()), (true, None));
    }
}
