//! Messages that their reader has not seen yet, counted by who wrote them.

use crate::{by_name::ByName, chat::MessageId, limits::UNREAD_MAX, signin_name::SigninName};

/// How much of what one person wrote is unread.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Unread {
    /// Who wrote it.
    pub from: SigninName,
    /// How many messages; at most [`UNREAD_MAX`].
    pub count: u32,
    /// The last of them; `None` where there are none.
    pub newest: Option<MessageId>,
}

/// The unread messages of one user, for whoever keeps them: at most [`UNREAD_MAX`], of which the oldest give way of whoever
/// wrote most, so that nobody makes what others wrote count as read.
#[derive(Default, Debug)]
pub struct UnreadMessages {
    by_writer: ByName<Written>,
    len: usize,
}

/// What one person wrote and is unread.
#[derive(Debug)]
struct Written {
    from: SigninName,
    /// In their order.
    ids: Vec<MessageId>,
}

impl UnreadMessages {
    /// Adds a message.
    pub fn insert(&mut self, from: &SigninName, id: MessageId) {
        let new = || Written { from: from.clone(), ids: Vec::new() };
        let written = self.by_writer.get_or_insert_with(from, new);
        let place = written.ids.partition_point(|known| *known < id);
        if written.ids.get(place) == Some(&id) {
            return;
        }
        written.ids.insert(place, id);
        self.len += 1;
        if self.len > UNREAD_MAX {
            self.drop_oldest_of_most();
        }
    }

    /// Takes out what somebody wrote up to a message, and returns it.
    pub fn read(&mut self, from: &SigninName, up_to: MessageId) -> Vec<MessageId> {
        let Some(written) = self.by_writer.get_mut(from) else { return Vec::new() };
        let count = written.ids.partition_point(|id| *id <= up_to);
        let read: Vec<_> = written.ids.drain(..count).collect();
        if written.ids.is_empty() {
            self.by_writer.remove(from);
        }
        self.len -= read.len();
        read
    }

    /// Returns how much of what somebody wrote is unread.
    #[must_use]
    pub fn of(&self, from: &SigninName) -> Unread {
        let nothing = || Unread { from: from.clone(), count: 0, newest: None };
        self.by_writer.get(from).map_or_else(nothing, Written::count)
    }

    /// Iterates over those who wrote something that is unread.
    pub fn iter(&self) -> impl Iterator<Item = Unread> {
        self.by_writer.values().map(Written::count)
    }

    fn drop_oldest_of_most(&mut self) {
        let most = self.by_writer.values().max_by_key(|written| written.ids.len());
        if let Some((from, id)) =
            most.and_then(|written| Some((written.from.clone(), *written.ids.first()?)))
        {
            self.read(&from, id);
        }
    }
}

impl Written {
    fn count(&self) -> Unread {
        let count = u32::try_from(self.ids.len()).unwrap_or(u32::MAX);
        Unread { from: self.from.clone(), count, newest: self.ids.last().copied() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> SigninName {
        SigninName::parse(text).expect("a valid name")
    }

    fn told(unread: &UnreadMessages) -> Vec<(String, u32, Option<u64>)> {
        unread
            .iter()
            .map(|of| (of.from.as_str().to_owned(), of.count, of.newest.map(|id| id.0)))
            .collect()
    }

    #[test]
    fn messages_are_counted_by_their_writers_until_they_are_read() {
        let mut unread = UnreadMessages::default();
        for (from, id) in [("Bob@x", 1), ("eve@x", 2), ("bob@X", 3), ("bob@x", 3)] {
            unread.insert(&name(from), MessageId(id));
        }
        assert_eq!(
            told(&unread),
            [("Bob@x".to_owned(), 2, Some(3)), ("eve@x".to_owned(), 1, Some(2))]
        );
        assert_eq!(unread.read(&name("bob@x"), MessageId(2)), [MessageId(1)]);
        assert_eq!(unread.of(&name("bob@x")).count, 1);
        assert_eq!(unread.read(&name("bob@x"), MessageId(9)), [MessageId(3)]);
        assert_eq!(unread.of(&name("bob@x")).newest, None);
        unread.insert(&name("bob@x"), MessageId(3));
        unread.insert(&name("bob@x"), MessageId(1));
        assert_eq!(unread.read(&name("bob@x"), MessageId(1)), [MessageId(1)], "in order again");
        assert_eq!(unread.read(&name("nobody@x"), MessageId(9)), []);
    }

    #[test]
    fn the_oldest_of_whoever_wrote_most_gives_way_where_there_are_too_many() {
        let mut unread = UnreadMessages::default();
        unread.insert(&name("eve@x"), MessageId(1));
        for id in 2..=UNREAD_MAX as u64 {
            unread.insert(&name("bob@x"), MessageId(id));
        }
        assert_eq!(told(&unread).len(), 2);
        unread.insert(&name("carol@x"), MessageId(5_000));
        let counts: Vec<_> =
            told(&unread).into_iter().map(|(from, count, _)| (from, count)).collect();
        let expected = [("bob@x", 998), ("carol@x", 1), ("eve@x", 1)];
        assert_eq!(counts, expected.map(|(from, count)| (from.to_owned(), count)));
        assert_eq!(unread.read(&name("bob@x"), MessageId(3)), [MessageId(3)], "2 gave way");
    }
}
