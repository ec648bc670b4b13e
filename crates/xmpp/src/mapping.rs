//! The normative mapping between statuses and presences, both directions, one presence at a time.
//!
//! Every presence of ours carries `<s/>` beside the standard children; where it is there, its code counts, and the
//! standard children are for others. Several connections of one person are merged in [`resources`](crate::resources).

use mistatus_core::{
    limits::NOTE_MAX,
    presence::{Note, Presence, Source},
    status::MiStatus,
    time::UnixMs,
};

use crate::{datetime, ns, xml::Element};

/// The presence that this client announces for its user.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Shown {
    /// Effective status for oneself; `INVISIBLE` reaches own connections only.
    pub status: MiStatus,
    /// Since when.
    pub since: UnixMs,
    /// Whether somebody chose it, rather than idleness or a connection.
    pub chosen: bool,
    /// When it ends.
    pub until: Option<UnixMs>,
    /// What the user says about it.
    pub note: Option<Note>,
}

/// The presence that one connection of a person announces.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Seen {
    /// Status; `INVISIBLE` means something from one's own connections only.
    pub status: MiStatus,
    /// Since when, not in the future; `None` where it is unknown.
    pub since: Option<UnixMs>,
    /// When somebody chose it, by the clock of that connection, which may be ahead; `None` where nobody did.
    pub chosen_at: Option<UnixMs>,
    /// When it ends.
    pub until: Option<UnixMs>,
    /// The text beside it.
    pub note: Option<Note>,
    /// Priority, -128 to 127.
    pub priority: i8,
}

/// Makes a presence. `text` is what clients that do not know `<s/>` show where there is no note.
#[must_use]
pub fn write(shown: &Shown, text: Option<&str>) -> Element {
    let note = shown.note.as_ref().map(Note::as_str);
    let is_default = note.is_none() && text.is_some();
    let child = |name: &str, content: &str| Element::new(name, ns::CLIENT).text(content);
    let since = datetime::write(shown.since);
    let ours = Element::new("s", ns::OURS)
        .with("code", &shown.status.number().to_string())
        .with("t", &since)
        .with_some("m", shown.chosen.then_some("1"))
        .with_some("until", shown.until.map(datetime::write).as_deref())
        // Readers cannot tell a note from a text for those who do not know the status otherwise.
        .with_some("d", is_default.then_some("1"));
    let idle = is_shown_as_idle(shown.status)
        .then(|| Element::new("idle", ns::IDLE).with("since", &since));
    Element::new("presence", ns::CLIENT)
        .child_some(show(shown.status).map(|show| child("show", show)))
        .child_some(note.or(text).map(|text| child("status", text)))
        .child_some(idle)
        .child(ours)
}

/// Reads an available presence, as of now.
#[must_use]
pub fn read(presence: &Element, now: UnixMs) -> Seen {
    let child = |name| presence.first(name, ns::CLIENT).map(Element::content);
    let past = |instant: UnixMs| instant.min(now);
    let ours = presence.first("s", ns::OURS).filter(|ours| code(ours).is_some());
    let idle = presence
        .first("idle", ns::IDLE)
        .map(|idle| idle.attribute("since").and_then(datetime::read).map(past));
    let status = ours.and_then(code).unwrap_or_else(|| {
        match (child("show").as_deref().map(str::trim), idle.is_some()) {
            (Some("dnd"), _) => MiStatus::Busy,
            (_, true) => MiStatus::Idle,
            (Some("away" | "xa"), false) => MiStatus::Away,
            // None, `chat`, and what nobody knows.
            _ => MiStatus::Online,
        }
    });
    let instant = |name| ours.and_then(|ours| ours.attribute(name)).and_then(datetime::read);
    let delay = || presence.first("delay", ns::DELAY)?.attribute("stamp").and_then(datetime::read);
    let since = match ours {
        Some(_) => instant("t"),
        None if status == MiStatus::Idle => idle.flatten(),
        None => delay(),
    };
    let is_default = ours.is_some_and(|ours| ours.attribute("d") == Some("1"));
    Seen {
        status,
        since: since.map(past),
        chosen_at: since.filter(|_| ours.is_some_and(|ours| ours.attribute("m") == Some("1"))),
        until: instant("until"),
        note: child("status").filter(|_| !is_default).and_then(|text| note(&text)),
        priority: child("priority").map_or(0, |text| priority(&text)),
    }
}

impl Seen {
    /// Returns what a contact's presence means for those who see it.
    #[must_use]
    pub fn presence(&self) -> Presence {
        // Nobody is told of somebody else's being invisible; whoever says it is not there.
        if matches!(self.status, MiStatus::Invisible | MiStatus::Offline) {
            return Presence::OFFLINE;
        }
        Presence {
            status: self.status,
            note: self.note.clone(),
            since: self.since,
            until: self.until,
            source: match self.status {
                _ if self.chosen_at.is_some() => Some(Source::User),
                MiStatus::Idle => Some(Source::Idle),
                _ => None,
            },
        }
    }
}

/// Returns what clients that do not know `<s/>` are shown; `None` for online.
fn show(status: MiStatus) -> Option<&'static str> {
    match status {
        MiStatus::Busy
        | MiStatus::OnThePhone
        | MiStatus::InAMeeting
        | MiStatus::DoNotDisturb
        | MiStatus::InAConference
        | MiStatus::AllowUrgentInterruptions => Some("dnd"),
        MiStatus::BeRightBack | MiStatus::Idle | MiStatus::Away | MiStatus::MayBeAvailable => {
            Some("away")
        }
        MiStatus::OutToLunch | MiStatus::OutOfOffice => Some("xa"),
        // CUSTOM has no availability number here, so it is shown as what it folds to.
        _ => None,
    }
}

const fn is_shown_as_idle(status: MiStatus) -> bool {
    matches!(status, MiStatus::Idle | MiStatus::MayBeAvailable)
}

/// Returns the status of `<s/>`; `None` for what no presence says.
fn code(ours: &Element) -> Option<MiStatus> {
    let status = MiStatus::from_number(ours.attribute("code")?.parse().ok()?)?;
    (!status.is_transient() && status != MiStatus::Unknown).then_some(status)
}

/// Returns the text as a note, cut to what a note may have.
fn note(text: &str) -> Option<Note> {
    let mut units = 0;
    let cut: String = text
        .trim()
        .chars()
        .take_while(|character| {
            units += character.len_utf16();
            units <= NOTE_MAX
        })
        .collect();
    Note::parse(&cut).ok().flatten()
}

fn priority(text: &str) -> i8 {
    let text = text.trim();
    match text.parse::<i64>() {
        Ok(number) => i8::try_from(number.clamp(i8::MIN.into(), i8::MAX.into())).unwrap_or(0),
        // Neither a number nor one that fits anywhere: the default (RFC 6121 §4.7.2.3).
        Err(_) => 0,
    }
}

/// Returns an English text for clients that do not know the status; `None` where the standard children say it all.
#[must_use]
pub fn english(status: MiStatus) -> Option<&'static str> {
    Some(match status {
        MiStatus::BeRightBack => "Be right back",
        MiStatus::OnThePhone => "On the phone",
        MiStatus::OutToLunch => "Out to lunch",
        MiStatus::InAMeeting => "In a meeting",
        MiStatus::OutOfOffice => "Out of office",
        MiStatus::InAConference => "In a conference call",
        MiStatus::AllowUrgentInterruptions => "Urgent interruptions only",
        _ => return None,
    })
}

#[cfg(test)]
mod tests;
