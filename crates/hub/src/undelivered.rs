//! What each user has written and was not told of as delivered, by who was to read it. Tells nobody.
//!
//! It is counted by what the writer did and was told, and by nothing else: so a writer who may write no more learns
//! nothing of whether the other is gone, invisible, has blocked them, or never was there.

use core::ops::AddAssign;
use std::collections::{BTreeMap, BTreeSet};

use mistatus_core::{chat::ChatMessage, signin_name::SigninName};

/// A number of messages and the size of their texts and names in bytes.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Amount {
    /// How many.
    pub count: usize,
    /// How many bytes.
    pub bytes: usize,
}

impl Amount {
    /// Returns that of one message: what the store can count as well.
    #[must_use]
    pub fn of(message: &ChatMessage) -> Self {
        let ChatMessage { from, to, text, .. } = message;
        Self { count: 1, bytes: from.as_str().len() + to.as_str().len() + text.as_str().len() }
    }

    const fn fits(self, max: Self) -> bool {
        self.count <= max.count && self.bytes <= max.bytes
    }

    const fn without(self, less: Self) -> Self {
        Self {
            count: self.count.saturating_sub(less.count),
            bytes: self.bytes.saturating_sub(less.bytes),
        }
    }
}

impl AddAssign for Amount {
    fn add_assign(&mut self, more: Self) {
        self.count += more.count;
        self.bytes += more.bytes;
    }
}

/// The undelivered messages of all writers.
#[derive(Default)]
pub(crate) struct Undelivered {
    writers: BTreeMap<SigninName, Written>,
    /// Who has written in vain, by to whom.
    in_vain: BTreeMap<SigninName, BTreeSet<SigninName>>,
}

/// What one user has written.
#[derive(Default)]
struct Written {
    all: Amount,
    to: BTreeMap<SigninName, Portion>,
}

/// What one user has written to one other.
#[derive(Clone, Copy, Default)]
struct Portion {
    /// What waits, or is there without the writer's knowing.
    waiting: Amount,
    /// What went nowhere.
    hidden: Amount,
}

impl Undelivered {
    /// Counts what somebody wrote; `hidden` where the other never hears of it.
    pub(crate) fn add(
        &mut self,
        writer: &SigninName,
        reader: &SigninName,
        amount: Amount,
        hidden: bool,
    ) {
        let written = self.writers.entry(writer.clone()).or_default();
        written.all += amount;
        let portion = written.to.entry(reader.clone()).or_default();
        if hidden {
            portion.hidden += amount;
            self.in_vain.entry(reader.clone()).or_default().insert(writer.clone());
        } else {
            portion.waiting += amount;
        }
    }

    /// Whether one more message to a reader stays within what may be undelivered to one.
    pub(crate) fn fits_reader(
        &self,
        writer: &SigninName,
        reader: &SigninName,
        more: Amount,
        max: Amount,
    ) -> bool {
        let portion = self.writers.get(writer).and_then(|written| written.to.get(reader));
        let mut all = more;
        if let Some(Portion { waiting, hidden }) = portion {
            all += *waiting;
            all += *hidden;
        }
        all.fits(max)
    }

    /// Whether one more message stays within what of one writer's may be undelivered to all.
    pub(crate) fn fits_all(&self, writer: &SigninName, more: Amount, max: Amount) -> bool {
        let mut all = more;
        all += self.writers.get(writer).map_or_else(Amount::default, |written| written.all);
        all.fits(max)
    }

    /// Takes out what the writer has been told of.
    pub(crate) fn delivered(&mut self, writer: &SigninName, reader: &SigninName, amount: Amount) {
        self.take(writer, reader, |portion| {
            portion.waiting = portion.waiting.without(amount);
            amount
        });
    }

    /// Takes out what went nowhere.
    pub(crate) fn release(&mut self, writer: &SigninName, reader: &SigninName) {
        self.take(writer, reader, |portion| core::mem::take(&mut portion.hidden));
        if let Some(writers) = self.in_vain.get_mut(reader) {
            writers.remove(writer);
            if writers.is_empty() {
                self.in_vain.remove(reader);
            }
        }
    }

    /// Returns whose messages to somebody went nowhere.
    pub(crate) fn in_vain(&self, reader: &SigninName) -> impl Iterator<Item = &SigninName> {
        self.in_vain.get(reader).into_iter().flatten()
    }

    /// Returns to whom somebody wrote in vain.
    pub(crate) fn wrote_in_vain_to(
        &self,
        writer: &SigninName,
    ) -> impl Iterator<Item = &SigninName> {
        let written = self.writers.get(writer).into_iter().flat_map(|written| &written.to);
        written.filter(|(_, portion)| portion.hidden.count > 0).map(|(reader, _)| reader)
    }

    /// Forgets what somebody wrote who exists no longer, and what was written to them.
    pub(crate) fn forget(&mut self, gone: &SigninName) {
        self.writers.remove(gone);
        self.in_vain.remove(gone);
        self.in_vain.retain(|_, writers| {
            writers.remove(gone);
            !writers.is_empty()
        });
        self.writers.retain(|_, written| {
            if let Some(portion) = written.to.remove(gone) {
                written.all = written.all.without(portion.waiting).without(portion.hidden);
            }
            !written.to.is_empty()
        });
    }

    fn take(
        &mut self,
        writer: &SigninName,
        reader: &SigninName,
        how: impl FnOnce(&mut Portion) -> Amount,
    ) {
        let Some(written) = self.writers.get_mut(writer) else { return };
        let Some(portion) = written.to.get_mut(reader) else { return };
        let taken = how(portion);
        if portion.waiting.count == 0 && portion.hidden.count == 0 {
            written.to.remove(reader);
        }
        written.all = written.all.without(taken);
        if written.to.is_empty() {
            self.writers.remove(writer);
        }
    }

    /// Returns what waits or is there without the writer's knowing, by writer and reader.
    #[cfg(test)]
    pub(crate) fn waiting(&self) -> BTreeMap<(SigninName, SigninName), Amount> {
        let of_writer = |(writer, written): (&SigninName, &Written)| {
            let to = written.to.iter().filter(|(_, portion)| portion.waiting.count > 0);
            to.map(|(reader, portion)| ((writer.clone(), reader.clone()), portion.waiting))
                .collect::<Vec<_>>()
        };
        self.writers.iter().flat_map(of_writer).collect()
    }

    /// Panics where the books contradict each other.
    #[cfg(test)]
    pub(crate) fn check(&self) {
        let mut in_vain = BTreeMap::<_, BTreeSet<_>>::new();
        for (writer, written) in &self.writers {
            let mut all = Amount::default();
            for (reader, Portion { waiting, hidden }) in &written.to {
                all += *waiting;
                all += *hidden;
                assert!(waiting.count + hidden.count > 0, "nothing is kept of nothing");
                if hidden.count > 0 {
                    in_vain.entry(reader.clone()).or_default().insert(writer.clone());
                }
            }
            assert_eq!(written.all, all, "the sum is that of its parts");
        }
        assert_eq!(self.in_vain, in_vain, "who wrote in vain is known");
    }
}
