//! The 21 values of `MISTATUS` and what is documented about each.
//!
//! Source: §2.1 of the automation API specification; a test compares every row.

use core::fmt;

/// A value of the `MISTATUS` enumeration.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[repr(u16)]
pub enum MiStatus {
    /// Not known: not yet told, not permitted, no such user, or the connection has been lost too long.
    Unknown = 0x0000,
    /// Not connected; also what watchers of an invisible user see.
    Offline = 0x0001,
    /// Connected and available.
    Online = 0x0002,
    /// Connected, shown as offline to everybody else.
    Invisible = 0x0006,
    /// Connected, busy.
    Busy = 0x000A,
    /// Connected, gone for a short while.
    BeRightBack = 0x000E,
    /// Connected, without input for longer than the user's threshold.
    Idle = 0x0012,
    /// Connected, away from the computer.
    Away = 0x0022,
    /// Connected, on a call.
    OnThePhone = 0x0032,
    /// Connected, at lunch.
    OutToLunch = 0x0042,
    /// In a meeting.
    InAMeeting = 0x0052,
    /// Out of office.
    OutOfOffice = 0x0062,
    /// Connected, does not want to be disturbed.
    DoNotDisturb = 0x0072,
    /// In a call of several parties.
    InAConference = 0x0082,
    /// Only urgent interruptions are wanted.
    AllowUrgentInterruptions = 0x0092,
    /// Inactive; may or may not be there.
    MayBeAvailable = 0x00A2,
    /// A state of the application's own, explained by its note.
    Custom = 0x00B2,
    /// The local client is looking for a server.
    LocalFindingServer = 0x0100,
    /// The local client is connecting.
    LocalConnectingToServer = 0x0200,
    /// The local client is fetching its lists.
    LocalSynchronizingWithServer = 0x0300,
    /// The local client is signing out.
    LocalDisconnectingFromServer = 0x0400,
}

/// The way in which a status comes about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Selectable {
    /// The user chooses it.
    ByUser,
    /// The client or the server finds it out.
    Automatic,
    /// The local connection passes through it.
    Transient,
    /// Nobody: it is the absence of knowledge.
    Never,
}

impl MiStatus {
    /// Every value, in the order of the specification.
    pub const ALL: [Self; 21] = [
        Self::Unknown,
        Self::Offline,
        Self::Online,
        Self::Invisible,
        Self::Busy,
        Self::BeRightBack,
        Self::Idle,
        Self::Away,
        Self::OnThePhone,
        Self::OutToLunch,
        Self::InAMeeting,
        Self::OutOfOffice,
        Self::DoNotDisturb,
        Self::InAConference,
        Self::AllowUrgentInterruptions,
        Self::MayBeAvailable,
        Self::Custom,
        Self::LocalFindingServer,
        Self::LocalConnectingToServer,
        Self::LocalSynchronizingWithServer,
        Self::LocalDisconnectingFromServer,
    ];

    /// The numbers that [`MiStatus::is_settable`] accepts, for error messages.
    pub const SETTABLE_NUMBERS: &'static str = "2, 6, 10, 14, 34, 50, 66, 114 and 178";

    /// Returns the documented number.
    #[must_use]
    pub const fn number(self) -> u16 {
        self as u16
    }

    /// Returns the value with that number; `None` for a number that the enumeration does not have.
    #[must_use]
    pub fn from_number(number: u16) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.number() == number)
    }

    /// Returns the name used in attributes, CSS and tests, for example `be-right-back`.
    #[must_use]
    pub const fn kebab(self) -> &'static str {
        self.names().1
    }

    /// Returns the value with that kebab-case name.
    #[must_use]
    pub fn from_kebab(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.kebab() == name)
    }

    /// Returns the documented name, for example `MISTATUS_BE_RIGHT_BACK`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.names().0
    }

    /// Whether the online bit (value 2) is set; true for `INVISIBLE`, false for every `LOCAL_` value (§2.1).
    #[must_use]
    pub const fn is_online(self) -> bool {
        self.number() & Self::Online.number() != 0
    }

    /// Whether others may ever see this value: never `INVISIBLE`, never a `LOCAL_` value.
    #[must_use]
    pub const fn is_remote(self) -> bool {
        !matches!(self, Self::Invisible) && !self.is_transient()
    }

    /// Whether this is one of the four `LOCAL_` values that a client passes through.
    #[must_use]
    pub const fn is_transient(self) -> bool {
        self.number() >= Self::LocalFindingServer.number()
    }

    /// Tells who brings this status about.
    #[must_use]
    pub const fn selectable(self) -> Selectable {
        match self {
            Self::Unknown => Selectable::Never,
            Self::Online
            | Self::Invisible
            | Self::Busy
            | Self::BeRightBack
            | Self::Away
            | Self::OnThePhone
            | Self::OutToLunch
            | Self::DoNotDisturb
            | Self::Custom => Selectable::ByUser,
            Self::Offline
            | Self::Idle
            | Self::InAMeeting
            | Self::OutOfOffice
            | Self::InAConference
            | Self::AllowUrgentInterruptions
            | Self::MayBeAvailable => Selectable::Automatic,
            Self::LocalFindingServer
            | Self::LocalConnectingToServer
            | Self::LocalSynchronizingWithServer
            | Self::LocalDisconnectingFromServer => Selectable::Transient,
        }
    }

    /// Whether `put MyStatus` accepts it; anything else answers `E_INVALIDARG` (§5).
    #[must_use]
    pub const fn is_settable(self) -> bool {
        matches!(self.selectable(), Selectable::ByUser)
    }

    /// Returns what a caller that knows only Windows Messenger's values is told instead (§2.1).
    ///
    /// `CUSTOM` folds to `ONLINE`, as no availability number comes with it.
    #[must_use]
    pub const fn folded(self) -> Self {
        match self {
            Self::InAMeeting | Self::DoNotDisturb | Self::AllowUrgentInterruptions => Self::Busy,
            Self::OutOfOffice => Self::Away,
            Self::InAConference => Self::OnThePhone,
            Self::MayBeAvailable => Self::Idle,
            Self::Custom => Self::Online,
            other => other,
        }
    }

    const fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Unknown => ("MISTATUS_UNKNOWN", "unknown"),
            Self::Offline => ("MISTATUS_OFFLINE", "offline"),
            Self::Online => ("MISTATUS_ONLINE", "online"),
            Self::Invisible => ("MISTATUS_INVISIBLE", "invisible"),
            Self::Busy => ("MISTATUS_BUSY", "busy"),
            Self::BeRightBack => ("MISTATUS_BE_RIGHT_BACK", "be-right-back"),
            Self::Idle => ("MISTATUS_IDLE", "idle"),
            Self::Away => ("MISTATUS_AWAY", "away"),
            Self::OnThePhone => ("MISTATUS_ON_THE_PHONE", "on-the-phone"),
            Self::OutToLunch => ("MISTATUS_OUT_TO_LUNCH", "out-to-lunch"),
            Self::InAMeeting => ("MISTATUS_IN_A_MEETING", "in-a-meeting"),
            Self::OutOfOffice => ("MISTATUS_OUT_OF_OFFICE", "out-of-office"),
            Self::DoNotDisturb => ("MISTATUS_DO_NOT_DISTURB", "do-not-disturb"),
            Self::InAConference => ("MISTATUS_IN_A_CONFERENCE", "in-a-conference"),
            Self::AllowUrgentInterruptions => {
                ("MISTATUS_ALLOW_URGENT_INTERRUPTIONS", "allow-urgent-interruptions")
            }
            Self::MayBeAvailable => ("MISTATUS_MAY_BE_AVAILABLE", "may-be-available"),
            Self::Custom => ("MISTATUS_CUSTOM", "custom"),
            Self::LocalFindingServer => ("MISTATUS_LOCAL_FINDING_SERVER", "finding-server"),
            Self::LocalConnectingToServer => {
                ("MISTATUS_LOCAL_CONNECTING_TO_SERVER", "connecting-to-server")
            }
            Self::LocalSynchronizingWithServer => {
                ("MISTATUS_LOCAL_SYNCHRONIZING_WITH_SERVER", "synchronizing-with-server")
            }
            Self::LocalDisconnectingFromServer => {
                ("MISTATUS_LOCAL_DISCONNECTING_FROM_SERVER", "disconnecting-from-server")
            }
        }
    }
}

impl fmt::Display for MiStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kebab())
    }
}
