//! What the user chose, and what this client says of it.

use std::sync::Arc;

use mistatus_core::{
    claim::ClaimSources,
    idle::IdleChoice,
    message::MyPresence,
    presence::{Intent, Source},
    status::MiStatus,
    time::UnixMs,
};

use crate::mapping::{Seen, Shown};

/// When was chosen what nobody ever chose.
const NEVER: UnixMs = UnixMs::from_millis(0);

/// The user's own choice and activity, kept across links and streams.
#[derive(Debug)]
pub(super) struct Own {
    pub(super) intent: Intent,
    /// When the intent was chosen. The newest of all connections of the user counts.
    pub(super) chosen_at: UnixMs,
    /// Since when there is no input, while this client is idle.
    pub(super) idle_since: Option<UnixMs>,
    /// Since when there is input again.
    pub(super) back_since: UnixMs,
}

impl Own {
    /// What was never chosen is older than anything that another connection says.
    pub(super) fn new(chosen: Option<(Intent, UnixMs)>, now: UnixMs) -> Self {
        let (intent, chosen_at) = chosen.unwrap_or((Intent::AUTOMATIC, NEVER));
        Self { intent, chosen_at, idle_since: None, back_since: now }
    }

    /// Returns the effective status of this connection, for oneself.
    pub(super) fn status(&self) -> MiStatus {
        match self.intent.status {
            MiStatus::Online if self.idle_since.is_some() => MiStatus::Idle,
            chosen => chosen,
        }
    }

    pub(super) fn is_hidden(&self) -> bool {
        self.intent.status == MiStatus::Invisible
    }

    pub(super) fn shown(&self) -> Shown {
        let status = self.status();
        // Taking a choice back is one, too: other connections would go on saying what is over.
        let chosen = self.chosen_at != NEVER && status == self.intent.status;
        let since = match self.idle_since {
            Some(since) if status == MiStatus::Idle => since,
            _ if chosen => self.chosen_at,
            _ => self.chosen_at.max(self.back_since),
        };
        Shown { status, since, chosen, until: self.intent.until, note: self.intent.note.clone() }
    }

    /// Returns the presence to tell oneself; `elsewhere` is whether another connection of the user sees input.
    pub(super) fn presence(&self, elsewhere: bool) -> MyPresence {
        let shown = self.shown();
        if shown.status == MiStatus::Idle && !elsewhere {
            return self.told(shown.status, shown.since, Source::Idle);
        }
        let since = self.chosen_at.max(self.back_since);
        let since = if shown.status == MiStatus::Idle { since } else { shown.since };
        self.told(self.intent.status, since, self.intent.source)
    }

    fn told(&self, status: MiStatus, since: UnixMs, source: Source) -> MyPresence {
        let (since, source) = (Some(since), Some(source));
        MyPresence {
            status,
            intent: self.intent.clone(),
            since,
            source,
            // XMPP has none.
            claims: Arc::default(),
            ignored: ClaimSources::NONE,
            idle: IdleChoice::NONE,
        }
    }

    /// Chooses, later than anything that was ever chosen, whatever the clocks say.
    pub(super) fn choose(&mut self, intent: Intent, now: UnixMs) {
        let after = UnixMs::from_millis(self.chosen_at.as_millis() + 1);
        self.chosen_at = now.max(after);
        self.intent = intent;
    }

    /// Takes a choice that was made elsewhere, or before.
    pub(super) fn adopt(&mut self, (intent, chosen_at): (Intent, UnixMs)) {
        self.intent = intent;
        self.chosen_at = chosen_at;
    }

    /// Returns the choice as it is kept; `None` where there was never one.
    pub(super) fn kept(&self) -> Option<Shown> {
        let Intent { status, until, ref note, .. } = self.intent;
        (self.chosen_at != NEVER).then(|| Shown {
            status,
            since: self.chosen_at,
            chosen: true,
            until,
            note: note.clone(),
        })
    }

    /// Returns what another connection of the user chose, where that is newer.
    pub(super) fn newer(&self, seen: &Seen) -> Option<(Intent, UnixMs)> {
        let chosen_at = seen.chosen_at.filter(|chosen_at| *chosen_at > self.chosen_at)?;
        let status = Some(seen.status).filter(|status| status.is_settable())?;
        let intent =
            Intent { status, note: seen.note.clone(), until: seen.until, source: Source::User };
        Some((intent, chosen_at))
    }
}
