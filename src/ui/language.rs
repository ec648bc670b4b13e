//! The texts that the widget itself says, in the languages that it speaks. Tables only, no logic but the lookup.
//!
//! Static strings, no formatting: every page pays for the bytes.

use mistatus_core::{hresult::HResult, status::MiStatus};

/// Is a language that the widget speaks. English stands in for every other.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum Language {
    /// English.
    #[default]
    English,
    /// Spanish.
    Spanish,
    /// German.
    German,
    /// French.
    French,
    /// Arabic, written from right to left.
    Arabic,
}

/// Is a text beside the names of statuses.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Word {
    /// Names the picker.
    MyStatus,
    /// Follows a status that is known only from before a lost connection.
    LastKnown,
    /// Follows a status that was chosen and is not confirmed yet.
    Changing,
    /// Says that nobody is signed in.
    NotSignedIn,
    /// Says that the connection is gone and will be tried again.
    ConnectionLost,
    /// Says that the engine did not accept who one is.
    SigninRefused,
    /// Says that a change did not happen.
    NotChanged,
    /// Precedes the time of day at which a status began.
    Since,
    /// Precedes the time of day at which a status ends.
    Until,
}

impl Language {
    /// Returns the language of a BCP 47 tag; the first subtag decides, in any letter case.
    #[must_use]
    pub fn from_tag(tag: &str) -> Self {
        let primary = tag.split(['-', '_']).next().unwrap_or_default();
        let is = |code: &str| primary.eq_ignore_ascii_case(code);
        if is("es") {
            Self::Spanish
        } else if is("de") {
            Self::German
        } else if is("fr") {
            Self::French
        } else if is("ar") {
            Self::Arabic
        } else {
            Self::English
        }
    }

    /// Returns the BCP 47 tag, for `lang` attributes.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Spanish => "es",
            Self::German => "de",
            Self::French => "fr",
            Self::Arabic => "ar",
        }
    }

    /// Returns the name of a status.
    #[must_use]
    pub fn status(self, status: MiStatus) -> &'static str {
        let row = MiStatus::ALL.iter().position(|known| *known == status).unwrap_or_default();
        STATUSES[row][self as usize]
    }

    /// Returns a text.
    #[must_use]
    pub const fn word(self, word: Word) -> &'static str {
        WORDS[word as usize][self as usize]
    }

    /// Returns what to tell the user about a failure.
    #[must_use]
    pub const fn failure(self, hr: HResult) -> &'static str {
        self.word(match hr {
            HResult::MSGR_E_NOT_LOGGED_ON => Word::NotSignedIn,
            HResult::MSGR_E_INVALID_PASSWORD | HResult::E_ACCESSDENIED => Word::SigninRefused,
            HResult::MSGR_E_CONNECT
            | HResult::MSGR_E_DISCONNECTED
            | HResult::MSGR_E_LOGON_TIMEOUT
            | HResult::MSGR_E_SERVER_SHUTDOWN
            | HResult::MSGR_E_SERVER_UNAVAILABLE => Word::ConnectionLost,
            _ => Word::NotChanged,
        })
    }
}

// Columns as in `Language`, rows as in `MiStatus::ALL`.
const STATUSES: [[&str; 5]; 21] = [
    ["Unknown", "Desconocido", "Unbekannt", "Inconnu", "غير معروف"],
    ["Offline", "Desconectado", "Offline", "Hors ligne", "غير متصل"],
    ["Online", "En línea", "Online", "En ligne", "متصل"],
    [
        "Appear offline",
        "Aparecer desconectado",
        "Als offline anzeigen",
        "Apparaître hors ligne",
        "الظهور بلا اتصال",
    ],
    ["Busy", "Ocupado", "Beschäftigt", "Occupé", "مشغول"],
    ["Be right back", "Vuelvo enseguida", "Bin gleich zurück", "De retour bientôt", "سأعود حالاً"],
    ["Idle", "Inactivo", "Untätig", "Inactif", "خامل"],
    ["Away", "Ausente", "Abwesend", "Absent", "بالخارج"],
    ["On the phone", "Al teléfono", "Am Telefon", "Au téléphone", "على الهاتف"],
    ["Out to lunch", "Salí a comer", "Zu Tisch", "Parti déjeuner", "في استراحة الغداء"],
    ["In a meeting", "En una reunión", "In einer Besprechung", "En réunion", "في اجتماع"],
    ["Out of office", "Fuera de la oficina", "Außer Haus", "Absent du bureau", "خارج المكتب"],
    ["Do not disturb", "No molestar", "Bitte nicht stören", "Ne pas déranger", "الرجاء عدم الإزعاج"],
    ["In a conference", "En una conferencia", "In einer Konferenz", "En conférence", "في مؤتمر"],
    [
        "Urgent interruptions only",
        "Solo interrupciones urgentes",
        "Nur dringende Störungen",
        "Interruptions urgentes seulement",
        "للمقاطعات العاجلة فقط",
    ],
    [
        "May be available",
        "Quizá disponible",
        "Vielleicht verfügbar",
        "Peut-être disponible",
        "قد يكون متاحاً",
    ],
    [
        "Custom status",
        "Estado personalizado",
        "Eigener Status",
        "Statut personnalisé",
        "حالة مخصصة",
    ],
    [
        "Finding server…",
        "Buscando el servidor…",
        "Server wird gesucht …",
        "Recherche du serveur…",
        "جارٍ البحث عن الخادم…",
    ],
    ["Connecting…", "Conectando…", "Verbindung wird aufgebaut …", "Connexion…", "جارٍ الاتصال…"],
    ["Synchronizing…", "Sincronizando…", "Wird abgeglichen …", "Synchronisation…", "جارٍ المزامنة…"],
    ["Signing out…", "Cerrando sesión…", "Abmeldung läuft …", "Déconnexion…", "جارٍ تسجيل الخروج…"],
];

// Rows as in `Word`.
const WORDS: [[&str; 5]; 9] = [
    ["My status", "Mi estado", "Mein Status", "Mon statut", "حالتي"],
    ["last known", "último conocido", "zuletzt bekannt", "dernier connu", "آخر حالة معروفة"],
    ["changing…", "cambiando…", "wird geändert …", "changement…", "جارٍ التغيير…"],
    [
        "Not signed in",
        "Sesión no iniciada",
        "Nicht angemeldet",
        "Non connecté",
        "لم يتم تسجيل الدخول",
    ],
    [
        "Connection lost, trying again",
        "Conexión perdida, reintentando",
        "Verbindung verloren, neuer Versuch läuft",
        "Connexion perdue, nouvel essai en cours",
        "انقطع الاتصال، جارٍ إعادة المحاولة",
    ],
    [
        "Sign-in was refused",
        "Inicio de sesión rechazado",
        "Anmeldung wurde abgelehnt",
        "Connexion refusée",
        "رُفض تسجيل الدخول",
    ],
    [
        "The status could not be changed",
        "No se pudo cambiar el estado",
        "Der Status konnte nicht geändert werden",
        "Le statut n’a pas pu être modifié",
        "تعذّر تغيير الحالة",
    ],
    ["since", "desde las", "seit", "depuis", "منذ"],
    ["until", "hasta las", "bis", "jusqu’à", "حتى"],
];

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Language; 5] = [
        Language::English,
        Language::Spanish,
        Language::German,
        Language::French,
        Language::Arabic,
    ];

    #[test]
    fn the_first_subtag_decides_and_english_stands_in() {
        for (tag, expect) in [
            ("de", Language::German),
            ("de-AT", Language::German),
            ("ES_mx", Language::Spanish),
            ("ar-EG-u-nu-arab", Language::Arabic),
            ("fr", Language::French),
            ("den", Language::English),
            ("", Language::English),
            ("tlh", Language::English),
        ] {
            assert_eq!(Language::from_tag(tag), expect, "{tag}");
        }
    }

    #[test]
    fn every_language_knows_its_own_tag() {
        for language in ALL {
            assert_eq!(Language::from_tag(language.tag()), language);
        }
    }

    #[test]
    fn no_language_calls_two_statuses_the_same() {
        for language in ALL {
            for (row, status) in MiStatus::ALL.into_iter().enumerate() {
                let name = language.status(status);
                assert!(!name.is_empty());
                for other in &MiStatus::ALL[row + 1..] {
                    assert_ne!(name, language.status(*other), "{language:?}");
                }
            }
        }
    }

    #[test]
    fn names_stand_in_the_row_of_their_status() {
        assert_eq!(Language::English.status(MiStatus::Busy), "Busy");
        assert_eq!(Language::German.status(MiStatus::OutToLunch), "Zu Tisch");
        assert_eq!(
            Language::English.status(MiStatus::LocalDisconnectingFromServer),
            "Signing out…"
        );
    }

    #[test]
    fn a_failure_says_what_happened() {
        assert_eq!(
            Language::English.failure(HResult::MSGR_E_DISCONNECTED),
            "Connection lost, trying again"
        );
        assert_eq!(Language::English.failure(HResult::E_FAIL), "The status could not be changed");
    }
}
