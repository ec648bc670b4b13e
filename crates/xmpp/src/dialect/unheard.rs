//! What the session was not told before a link broke: a session looks for notices only after a text has come.

use std::collections::VecDeque;

use mistatus_core::{
    dialect::DialectError,
    message::{Notice, Seq},
};

/// The notices that a session still wants although they came over an earlier link.
#[derive(Debug, Default)]
pub(super) struct Unheard(VecDeque<Notice>);

impl Unheard {
    pub(super) fn of(notices: VecDeque<Result<Notice, DialectError>>) -> Self {
        let is_lasting = |notice: &Notice| {
            notice.seq().is_some()
                || matches!(notice, Notice::Messages { .. } | Notice::Refused { .. })
        };
        Self(notices.into_iter().flatten().filter(is_lasting).collect())
    }

    /// Whether a session that has seen one number lacks nothing but this up to another.
    pub(super) fn completes(&self, seen: Seq, last: Seq) -> bool {
        self.0
            .iter()
            .filter_map(Notice::seq)
            .try_fold(seen, |seen, seq| (seq == seen.next()).then_some(seq))
            == Some(last)
    }

    pub(super) fn take(&mut self) -> impl Iterator<Item = Notice> {
        core::mem::take(&mut self.0).into_iter()
    }
}
