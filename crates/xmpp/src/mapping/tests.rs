//! Every row of the mapping, in both directions.

use mistatus_core::{
    presence::{Note, Presence, Source},
    status::MiStatus::{self, *},
    time::UnixMs,
};

use super::{Shown, english, read, write};
use crate::{ns, xml};

const NOW: UnixMs = UnixMs::from_millis(1_795_262_400_000);
const SINCE: UnixMs = UnixMs::from_millis(1_795_262_340_000);

fn shown(status: MiStatus) -> Shown {
    Shown { status, since: SINCE, chosen: false, until: None, note: None }
}

/// Status, what a foreign client sees, whether it sees idleness, and what it reads as where `<s/>` was lost.
const ROWS: [(MiStatus, Option<&str>, bool, MiStatus); 16] = [
    (Online, None, false, Online),
    (Busy, Some("dnd"), false, Busy),
    (BeRightBack, Some("away"), false, Away),
    (Idle, Some("away"), true, Idle),
    (Away, Some("away"), false, Away),
    (OnThePhone, Some("dnd"), false, Busy),
    (OutToLunch, Some("xa"), false, Away),
    (InAMeeting, Some("dnd"), false, Busy),
    (DoNotDisturb, Some("dnd"), false, Busy),
    (InAConference, Some("dnd"), false, Busy),
    (AllowUrgentInterruptions, Some("dnd"), false, Busy),
    (OutOfOffice, Some("xa"), false, Away),
    (MayBeAvailable, Some("away"), true, Idle),
    (Custom, None, false, Online),
    (Invisible, None, false, Online),
    (Offline, None, false, Online),
];

#[test]
fn every_row_is_written_for_others_and_read_back_by_us() {
    for (status, show, is_idle, without_ours) in ROWS {
        let mut presence = write(&shown(status), english(status));
        let shows = presence.first("show", ns::CLIENT).map(xml::Element::content);
        assert_eq!(shows.as_deref(), show, "{status}");
        assert_eq!(presence.first("idle", ns::IDLE).is_some(), is_idle, "{status}");
        let seen = read(&xml::read(&presence.to_string()).unwrap(), NOW);
        assert_eq!((seen.status, seen.since, seen.note), (status, Some(SINCE), None), "{status}");
        presence
            .children
            .retain(|node| !matches!(node, xml::Node::Element(child) if child.is("s", ns::OURS)));
        assert_eq!(read(&presence, NOW).status, without_ours, "{status}");
    }
}

#[test]
fn every_status_that_others_may_see_is_in_the_table() {
    for status in MiStatus::ALL.into_iter().filter(|status| !status.is_transient()) {
        let is_there = ROWS.iter().any(|row| row.0 == status);
        assert_eq!(is_there, status != Unknown, "{status}");
    }
}

#[test]
fn foreign_presences_read_as_the_table_says() {
    let check = |children: &str, expect| {
        let text = format!("<presence xmlns='jabber:client'>{children}</presence>");
        assert_eq!(read(&xml::read(&text).unwrap(), NOW).status, expect, "{children}");
    };
    let idle = "<idle xmlns='urn:xmpp:idle:1' since='2026-11-21T11:00:00Z'/>";
    check("", Online);
    check("<show>chat</show>", Online);
    check("<show>lunch</show>", Online);
    check("<show>dnd</show>", Busy);
    check("<show> away </show>", Away);
    check("<show>xa</show>", Away);
    check(idle, Idle);
    for show in ["away", "xa", "chat"] {
        check(&format!("<show>{show}</show>{idle}"), Idle);
    }
    check(&format!("<show>dnd</show>{idle}"), Busy);
    for code in ["0", "256", "9999", "-1", "x", ""] {
        check(&format!("<show>dnd</show><s xmlns='urn:mistatus:presence:1' code='{code}'/>"), Busy);
    }
    check("<show>dnd</show><s xmlns='urn:mistatus:presence:2' code='50'/>", Busy);
    check("<s xmlns='urn:mistatus:presence:1' code='50'/>", OnThePhone);
}

#[test]
fn choice_end_and_note_travel() {
    let mut mine = shown(OnThePhone);
    mine.chosen = true;
    mine.until = Some(UnixMs::from_millis(1_795_270_000_000));
    mine.note = Note::parse("Back at <three> & more").unwrap();
    let presence = write(&mine, english(OnThePhone));
    assert_eq!(
        presence.to_string(),
        "<presence xmlns='jabber:client'><show>dnd</show><status>Back at &lt;three&gt; &amp; more</status>\
         <s xmlns='urn:mistatus:presence:1' code='50' t='2026-11-21T11:59:00Z' m='1' until='2026-11-21T14:06:40Z'/>\
         </presence>"
    );
    let expect = Presence {
        status: OnThePhone,
        note: mine.note,
        since: Some(SINCE),
        until: mine.until,
        source: Some(Source::User),
    };
    assert_eq!(read(&presence, NOW).presence(), expect);
}

#[test]
fn hostile_values_are_bounded() {
    let text = format!(
        "<presence xmlns='jabber:client'><priority>200</priority><status>{}</status>\
         <s xmlns='urn:mistatus:presence:1' code='10' t='9999-01-01T00:00:00Z' m='1'/></presence>",
        "😀".repeat(400)
    );
    let seen = read(&xml::read(&text).unwrap(), NOW);
    assert_eq!((seen.priority, seen.since), (127, Some(NOW)));
    assert_eq!(seen.note.unwrap().as_str().chars().count(), 250);
    for (priority, expect) in
        [("-200", -128), ("-1", -1), (" 5 ", 5), ("x", 0), ("99999999999999999999", 0)]
    {
        let text =
            format!("<presence xmlns='jabber:client'><priority>{priority}</priority></presence>");
        assert_eq!(read(&xml::read(&text).unwrap(), NOW).priority, expect);
    }
}

#[test]
fn nobody_is_told_that_a_contact_is_invisible() {
    for code in [1, 6] {
        let text = format!(
            "<presence xmlns='jabber:client'><s xmlns='urn:mistatus:presence:1' code='{code}'/></presence>"
        );
        assert_eq!(read(&xml::read(&text).unwrap(), NOW).presence(), Presence::OFFLINE);
    }
}
