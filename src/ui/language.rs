//! The texts that the widget itself says, in the languages that it speaks. Tables only, no logic but the lookup.
//!
//! Static strings, no formatting: every page pays for the bytes.

use mistatus_core::{hresult::HResult, status::MiStatus};

use crate::model::{MyView, SigninState};

/// The language that a page asks for: in which the widget's texts are, how dates and times are written, and how names are
/// ordered. English texts with British dates stand in for languages that the widget does not speak. Languages are equal
/// where their tags are.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Language {
    texts: Texts,
    tag: Tag,
}

/// The languages that there are texts in.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
enum Texts {
    #[default]
    English,
    Spanish,
    German,
    French,
    /// Written from right to left.
    Arabic,
}

/// A BCP 47 tag, in place: a language is copied to wherever something is drawn. Empty where a page asked for none.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
struct Tag {
    bytes: [u8; Tag::MAX],
    len: usize,
}

/// A text of the widget that is not the name of a status.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Word {
    /// Names the picker.
    MyStatus,
    /// Follows a status that is known only from before a lost connection.
    LastKnown,
    /// Follows a status that was chosen and is not confirmed yet.
    Changing,
    /// Precedes a status that a service claims and the user does not want.
    DoNotShow,
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
    /// Names the contact list.
    Contacts,
    /// Names the field that searches it.
    Search,
    /// Puts somebody on the list.
    AddContact,
    /// Makes a group.
    NewGroup,
    /// Heads the contacts in no group.
    Others,
    /// Heads people beside the list who wrote.
    Strangers,
    /// Heads the people who are blocked, and marks one.
    Blocked,
    /// Says that the list is empty.
    Nobody,
    /// Says that a search found nobody.
    NotFound,
    /// Names the field for a sign-in name.
    SigninName,
    /// Names the field for the name of a group.
    GroupName,
    /// Confirms an addition.
    Add,
    /// Confirms a change.
    Save,
    /// Leaves things as they are.
    Cancel,
    /// Opens a conversation.
    Converse,
    /// Takes somebody off the list, whose name takes the place of the `#`.
    RemoveContact,
    /// Blocks somebody.
    Block,
    /// Ends that.
    Unblock,
    /// Precedes the name of a group in which somebody is or could be.
    InGroup,
    /// Calls a group otherwise.
    RenameGroup,
    /// Ends a group; its people stay.
    RemoveGroup,
    /// Follows the name of somebody who asks to see the user.
    Asks,
    /// Names the list of those.
    Requests,
    /// Lets somebody see the user.
    Accept,
    /// Does not.
    Refuse,
    /// Says what keys do in the list.
    Keys,
    /// Says that a name cannot be.
    BadName,
    /// Says that what was given is not one address, and how one is written.
    BadAddress,
    /// Says that it is there already.
    AlreadyThere,
    /// Says that nobody has the name.
    NoSuchUser,
    /// Says that no more can be had.
    TooMany,
    /// Says that something did not happen.
    NotDone,
    /// Precedes the name of the other in the name of a conversation.
    Conversation,
    /// Closes a conversation.
    Close,
    /// Names the handle of a conversation.
    Move,
    /// Names the field for a message.
    Message,
    /// Sends it.
    Send,
    /// Fetches older messages.
    Older,
    /// Precedes what the user wrote.
    Me,
    /// Says that a message is on its way.
    Sending,
    /// Says that the server has it.
    Sent,
    /// Says that the other has it.
    Delivered,
    /// Says that it could not be sent.
    NotSent,
    /// Sends it once more.
    Retry,
    /// Takes it away.
    Discard,
    /// Says in a conversation that the other is blocked.
    YouBlocked,
    /// Names the button that opens a menu.
    More,
    /// Precedes by how many characters a message is too long.
    Surplus,
    /// Names the field for a note about the own status.
    Note,
    /// Says that a status stays until another is chosen.
    NoEnd,
    /// Lets the user choose day and time of an end.
    DateAndTime,
    /// Takes back what was chosen: from then on the status follows from what the user does.
    Automatic,
    /// Says that the user has signed out.
    SignedOut,
    /// Tries at once to have the connection back.
    TryNow,
    /// Lets the user sign in.
    SignIn,
    /// Lets the user choose whether others are told of idleness.
    ShowIdle,
    /// Names the choice after how long the user is idle.
    IdleAfter,
    /// Follows what holds where nothing is chosen.
    Default,
}

impl Tag {
    /// Enough for language, script and region with an extension, as in `zh-Hant-TW-u-nu-latn`.
    const MAX: usize = 22;

    /// Takes over as many subtags as there is room for, of those that are well-formed.
    fn new(tag: &str) -> Self {
        let mut kept = Self::default();
        for subtag in tag.split(['-', '_']) {
            let is_first = kept.len == 0;
            let is_good = matches!(subtag.len(), 1..=8)
                && subtag.bytes().all(|byte| byte.is_ascii_alphanumeric())
                && !(is_first
                    && (subtag.len() == 1 || subtag.bytes().any(|byte| byte.is_ascii_digit())));
            let start = kept.len + usize::from(!is_first);
            let end = start + subtag.len();
            if !is_good || end > Self::MAX {
                break;
            }
            if !is_first {
                kept.bytes[start - 1] = b'-';
            }
            kept.bytes[start..end].copy_from_slice(subtag.as_bytes());
            kept.len = end;
        }
        kept
    }

    fn as_str(&self) -> &str {
        // Only ASCII is taken over.
        str::from_utf8(&self.bytes[..self.len]).unwrap_or_default()
    }
}

impl Language {
    /// English.
    pub const ENGLISH: Self = Self::of(Texts::English);
    /// Spanish.
    pub const SPANISH: Self = Self::of(Texts::Spanish);
    /// German.
    pub const GERMAN: Self = Self::of(Texts::German);
    /// French.
    pub const FRENCH: Self = Self::of(Texts::French);
    /// Arabic, written from right to left.
    pub const ARABIC: Self = Self::of(Texts::Arabic);

    const fn of(texts: Texts) -> Self {
        Self { texts, tag: Tag { bytes: [0; Tag::MAX], len: 0 } }
    }

    /// Returns the language of a BCP 47 tag. The first subtag decides in which language the texts are, in any letter case;
    /// names are ordered by the whole, up to 22 characters, and so are dates and times written where there are texts.
    #[must_use]
    pub fn from_tag(tag: &str) -> Self {
        let tag = Tag::new(tag);
        let primary = tag.as_str().split('-').next().unwrap_or_default();
        let is = |code: &str| primary.eq_ignore_ascii_case(code);
        let texts = if is("es") {
            Texts::Spanish
        } else if is("de") {
            Texts::German
        } else if is("fr") {
            Texts::French
        } else if is("ar") {
            Texts::Arabic
        } else {
            Texts::English
        };
        Self { texts, tag }
    }

    /// Returns the BCP 47 tag of the texts, for `lang` attributes.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self.texts {
            Texts::English => "en",
            Texts::Spanish => "es",
            Texts::German => "de",
            Texts::French => "fr",
            Texts::Arabic => "ar",
        }
    }

    /// Returns the BCP 47 tag of the people who read the texts, by whose customs names are ordered.
    pub(crate) fn locale(&self) -> &str {
        match self.tag.as_str() {
            "" => self.tag(),
            tag => tag,
        }
    }

    /// Returns the BCP 47 tag by which dates and times are written: in words of the language of the texts.
    pub(crate) fn date_locale(&self) -> &str {
        let is_english =
            || self.locale().get(..2).is_some_and(|start| start.eq_ignore_ascii_case("en"));
        if self.texts == Texts::English && !is_english() {
            // Most of the world writes days before months and counts hours to 24.
            "en-GB"
        } else {
            self.locale()
        }
    }

    /// Says how many messages are new: `count`, which is of that plural category of [`Language::tag`].
    pub(crate) fn new_messages(self, count: u32, category: &str) -> String {
        let categories = NEW_MESSAGES[self.texts as usize];
        let found = categories.iter().find(|(name, _)| *name == category);
        // What has no form of its own has the last.
        let (_, text) = found.unwrap_or(&categories[categories.len() - 1]);
        match text.strip_prefix('#') {
            Some(rest) => [&count.to_string(), rest].concat(),
            None => (*text).to_owned(),
        }
    }

    /// Says that somebody is to go off the list.
    pub(crate) fn remove_contact(self, name: &str) -> String {
        let (before, after) = self.word(Word::RemoveContact).split_once('#').unwrap_or_default();
        [before, name, after].concat()
    }

    /// Returns the name of a status.
    #[must_use]
    pub fn status(self, status: MiStatus) -> &'static str {
        let row = MiStatus::ALL.iter().position(|known| *known == status).unwrap_or_default();
        STATUSES[row][self.texts as usize]
    }

    /// Returns a text.
    #[must_use]
    pub const fn word(self, word: Word) -> &'static str {
        WORDS[word as usize][self.texts as usize]
    }

    /// Returns what to tell the user who is not signed in, and how they can go on where they can; nothing to one who is.
    pub(crate) fn signin(self, me: &MyView) -> (&'static str, Option<&'static str>) {
        let (text, way) = match me.signin_state() {
            SigninState::SignedIn => return ("", None),
            SigninState::OnTheWay => return (self.status(me.status), None),
            SigninState::Lost => (Word::ConnectionLost, Word::TryNow),
            SigninState::NotSignedIn => (Word::NotSignedIn, Word::SignIn),
            SigninState::SignedOut => (Word::SignedOut, Word::SignIn),
            SigninState::Refused => (Word::SigninRefused, Word::SignIn),
        };
        (self.word(text), Some(self.word(way)))
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

    /// Returns what to tell the user about a failure that is not about a status.
    #[must_use]
    pub fn problem(self, hr: HResult) -> &'static str {
        let word = match hr {
            HResult::E_INVALIDARG
            | HResult::MSGR_E_BAD_GROUP_NAME
            | HResult::MSGR_E_GROUP_NAME_TOO_LONG => Word::BadName,
            HResult::MSGR_E_ALREADY_IN_LIST | HResult::MSGR_E_GROUP_ALREADY_EXISTS => {
                Word::AlreadyThere
            }
            HResult::MSGR_E_USER_NOT_FOUND => Word::NoSuchUser,
            HResult::MSGR_E_LIST_FULL | HResult::MSGR_E_TOO_MANY_GROUPS => Word::TooMany,
            _ => match self.failure(hr) {
                text if text == self.word(Word::NotChanged) => Word::NotDone,
                text => return text,
            },
        };
        self.word(word)
    }
}

// Columns as in `Texts`, rows as in `MiStatus::ALL`.
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

// By plural category, rows as in `Texts`. The number stands where there is a `#`, at the beginning.
const NEW_MESSAGES: [&[(&str, &str)]; 5] = [
    &[("one", "# new message"), ("other", "# new messages")],
    &[("one", "# mensaje nuevo"), ("other", "# mensajes nuevos")],
    &[("one", "# neue Nachricht"), ("other", "# neue Nachrichten")],
    &[("one", "# nouveau message"), ("other", "# nouveaux messages")],
    &[
        ("one", "رسالة جديدة واحدة"),
        ("two", "رسالتان جديدتان"),
        ("few", "# رسائل جديدة"),
        ("many", "# رسالة جديدة"),
        ("other", "# رسالة جديدة"),
    ],
];

// Rows as in `Word`.
const WORDS: [[&str; 5]; 68] = [
    ["My status", "Mi estado", "Mein Status", "Mon statut", "حالتي"],
    ["last known", "último conocido", "zuletzt bekannt", "dernier connu", "آخر حالة معروفة"],
    ["changing…", "cambiando…", "wird geändert …", "changement…", "جارٍ التغيير…"],
    ["Don’t show", "No mostrar", "Nicht anzeigen", "Ne pas afficher", "عدم الإظهار"],
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
    ["Contacts", "Contactos", "Kontakte", "Contacts", "جهات الاتصال"],
    [
        "Search contacts",
        "Buscar contactos",
        "Kontakte suchen",
        "Rechercher un contact",
        "البحث في جهات الاتصال",
    ],
    [
        "Add contact",
        "Añadir contacto",
        "Kontakt hinzufügen",
        "Ajouter un contact",
        "إضافة جهة اتصال",
    ],
    ["New group", "Nuevo grupo", "Neue Gruppe", "Nouveau groupe", "مجموعة جديدة"],
    ["Other contacts", "Otros contactos", "Andere Kontakte", "Autres contacts", "جهات اتصال أخرى"],
    ["New messages", "Mensajes nuevos", "Neue Nachrichten", "Nouveaux messages", "رسائل جديدة"],
    ["Blocked", "Bloqueado", "Blockiert", "Bloqué", "محظور"],
    [
        "Nobody is on the list yet",
        "Todavía no hay nadie en la lista",
        "Noch niemand auf der Liste",
        "Personne sur la liste pour l’instant",
        "لا أحد في القائمة بعد",
    ],
    [
        "Nobody found",
        "No se encontró a nadie",
        "Niemand gefunden",
        "Personne trouvé",
        "لم يُعثر على أحد",
    ],
    [
        "Sign-in name",
        "Nombre de inicio de sesión",
        "Anmeldename",
        "Nom de connexion",
        "اسم تسجيل الدخول",
    ],
    ["Name of the group", "Nombre del grupo", "Name der Gruppe", "Nom du groupe", "اسم المجموعة"],
    ["Add", "Añadir", "Hinzufügen", "Ajouter", "إضافة"],
    ["Save", "Guardar", "Speichern", "Enregistrer", "حفظ"],
    ["Cancel", "Cancelar", "Abbrechen", "Annuler", "إلغاء"],
    [
        "Start conversation",
        "Iniciar conversación",
        "Unterhaltung beginnen",
        "Démarrer une conversation",
        "بدء محادثة",
    ],
    [
        "Remove # from the list",
        "Quitar a # de la lista",
        "# von der Liste entfernen",
        "Retirer # de la liste",
        "إزالة # من القائمة",
    ],
    ["Block", "Bloquear", "Blockieren", "Bloquer", "حظر"],
    ["Unblock", "Desbloquear", "Nicht mehr blockieren", "Débloquer", "إلغاء الحظر"],
    ["In group:", "En el grupo:", "In der Gruppe:", "Dans le groupe :", "في المجموعة:"],
    [
        "Rename group",
        "Cambiar el nombre del grupo",
        "Gruppe umbenennen",
        "Renommer le groupe",
        "إعادة تسمية المجموعة",
    ],
    [
        "Remove group, keep its contacts",
        "Quitar el grupo y conservar los contactos",
        "Gruppe entfernen, Kontakte behalten",
        "Retirer le groupe, garder les contacts",
        "إزالة المجموعة مع إبقاء جهات الاتصال",
    ],
    [
        "would like to see your status",
        "quiere ver tu estado",
        "möchte Ihren Status sehen",
        "souhaite voir votre statut",
        "يريد رؤية حالتك",
    ],
    ["Requests", "Solicitudes", "Anfragen", "Demandes", "الطلبات"],
    ["Accept", "Aceptar", "Annehmen", "Accepter", "قبول"],
    ["Refuse", "Rechazar", "Ablehnen", "Refuser", "رفض"],
    [
        "Enter starts a conversation, Shift+F10 opens the menu",
        "Intro inicia una conversación, Mayús+F10 abre el menú",
        "Eingabe beginnt eine Unterhaltung, Umschalt+F10 öffnet das Menü",
        "Entrée démarre une conversation, Maj+F10 ouvre le menu",
        "يبدأ Enter محادثة، ويفتح Shift+F10 القائمة",
    ],
    [
        "This name is not possible",
        "Ese nombre no es posible",
        "Dieser Name ist nicht möglich",
        "Ce nom n’est pas possible",
        "هذا الاسم غير ممكن",
    ],
    [
        "Enter one address, such as name@example.com",
        "Escriba una sola dirección, como nombre@example.com",
        "Geben Sie eine einzige Adresse ein, etwa name@example.com",
        "Saisissez une seule adresse, par exemple nom@example.com",
        "أدخل عنوانًا واحدًا مثل name@example.com",
    ],
    ["It is there already", "Ya existe", "Ist schon vorhanden", "Existe déjà", "موجود بالفعل"],
    [
        "There is nobody of that name",
        "No hay nadie con ese nombre",
        "Es gibt niemanden mit diesem Namen",
        "Personne ne porte ce nom",
        "لا يوجد أحد بهذا الاسم",
    ],
    [
        "The list is full",
        "La lista está llena",
        "Die Liste ist voll",
        "La liste est pleine",
        "القائمة ممتلئة",
    ],
    [
        "That did not work",
        "No ha funcionado",
        "Das hat nicht geklappt",
        "Cela n’a pas fonctionné",
        "لم ينجح ذلك",
    ],
    ["Conversation with", "Conversación con", "Unterhaltung mit", "Conversation avec", "محادثة مع"],
    ["Close", "Cerrar", "Schließen", "Fermer", "إغلاق"],
    [
        "Move with arrow keys, resize with Shift",
        "Mover con las flechas, cambiar el tamaño con Mayús",
        "Mit Pfeiltasten verschieben, mit Umschalt Größe ändern",
        "Déplacer avec les flèches, redimensionner avec Maj",
        "التحريك بمفاتيح الأسهم، وتغيير الحجم مع Shift",
    ],
    ["Message", "Mensaje", "Nachricht", "Message", "رسالة"],
    ["Send", "Enviar", "Senden", "Envoyer", "إرسال"],
    [
        "Older messages",
        "Mensajes anteriores",
        "Ältere Nachrichten",
        "Messages plus anciens",
        "رسائل أقدم",
    ],
    ["You", "Tú", "Sie", "Vous", "أنت"],
    ["sending…", "enviando…", "wird gesendet …", "envoi…", "جارٍ الإرسال…"],
    ["sent", "enviado", "gesendet", "envoyé", "أُرسلت"],
    ["delivered", "entregado", "zugestellt", "remis", "سُلّمت"],
    ["not sent", "no enviado", "nicht gesendet", "non envoyé", "لم تُرسل"],
    ["Try again", "Reintentar", "Erneut versuchen", "Réessayer", "إعادة المحاولة"],
    ["Discard", "Descartar", "Verwerfen", "Supprimer", "تجاهل"],
    [
        "You have blocked this person",
        "Has bloqueado a esta persona",
        "Sie haben diese Person blockiert",
        "Vous avez bloqué cette personne",
        "لقد حظرت هذا الشخص",
    ],
    ["More", "Más", "Mehr", "Plus", "المزيد"],
    [
        "Characters too many:",
        "Caracteres de más:",
        "Zeichen zu viel:",
        "Caractères en trop :",
        "عدد الأحرف الزائدة:",
    ],
    ["Note", "Nota", "Notiz", "Note", "ملاحظة"],
    ["No end", "Sin fin", "Kein Ende", "Sans fin", "بلا نهاية"],
    ["Date and time…", "Fecha y hora…", "Datum und Uhrzeit …", "Date et heure…", "تاريخ ووقت…"],
    [
        "Reset to automatic",
        "Restablecer a automático",
        "Auf automatisch zurücksetzen",
        "Revenir à l’automatique",
        "العودة إلى الوضع التلقائي",
    ],
    ["Signed out", "Sesión cerrada", "Abgemeldet", "Déconnecté", "تم تسجيل الخروج"],
    ["Try now", "Probar ahora", "Jetzt versuchen", "Essayer maintenant", "المحاولة الآن"],
    ["Sign in", "Iniciar sesión", "Anmelden", "Se connecter", "تسجيل الدخول"],
    [
        "Show when I am idle",
        "Mostrar cuando estoy inactivo",
        "Zeigen, wenn ich untätig bin",
        "Montrer quand je suis inactif",
        "إظهار خمولي للآخرين",
    ],
    ["Idle after", "Inactivo tras", "Untätig nach", "Inactif après", "خامل بعد"],
    ["default", "predeterminado", "Standard", "par défaut", "افتراضي"],
];

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Language; 5] = [
        Language::ENGLISH,
        Language::SPANISH,
        Language::GERMAN,
        Language::FRENCH,
        Language::ARABIC,
    ];

    #[test]
    fn the_first_subtag_decides_and_english_stands_in() {
        for (tag, expect) in [
            ("de", Language::GERMAN),
            ("de-AT", Language::GERMAN),
            ("ES_mx", Language::SPANISH),
            ("ar-EG-u-nu-arab", Language::ARABIC),
            ("fr", Language::FRENCH),
            ("den", Language::ENGLISH),
            ("", Language::ENGLISH),
            ("tlh", Language::ENGLISH),
        ] {
            assert_eq!(Language::from_tag(tag).texts, expect.texts, "{tag}");
        }
    }

    #[test]
    fn names_and_dates_go_by_the_whole_tag() {
        for (tag, names, dates) in [
            ("de-AT", "de-AT", "de-AT"),
            ("en_GB", "en-GB", "en-GB"),
            ("EN-us", "EN-us", "EN-us"),
            ("zh-Hant-TW-u-nu-latn", "zh-Hant-TW-u-nu-latn", "en-GB"),
            // What is too long ends where a part of it ends, what is no tag where it stops to be one.
            ("de-DE-1996-u-co-phonebk-x", "de-DE-1996-u-co", "de-DE-1996-u-co"),
            ("sv;q=0.8", "en", "en"),
            ("fr-Ä", "fr", "fr"),
            ("1-de", "en", "en"),
            ("", "en", "en"),
        ] {
            let language = Language::from_tag(tag);
            assert_eq!((language.locale(), language.date_locale()), (names, dates), "{tag}");
        }
    }

    #[test]
    fn new_messages_are_counted() {
        let text = |language: Language, count, category| language.new_messages(count, category);
        assert_eq!(text(Language::ENGLISH, 1, "one"), "1 new message");
        assert_eq!(text(Language::ENGLISH, 1000, "other"), "1000 new messages");
        assert_eq!(text(Language::FRENCH, 3, "many"), "3 nouveaux messages", "no form of its own");
        assert_eq!(text(Language::ARABIC, 2, "two"), "رسالتان جديدتان");
        assert_eq!(text(Language::ARABIC, 7, "few"), "7 رسائل جديدة");
    }

    #[test]
    fn every_language_knows_its_own_tag() {
        for language in ALL {
            assert_eq!(Language::from_tag(language.tag()).texts, language.texts);
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
        assert_eq!(Language::ENGLISH.status(MiStatus::Busy), "Busy");
        assert_eq!(Language::GERMAN.status(MiStatus::OutToLunch), "Zu Tisch");
        assert_eq!(
            Language::ENGLISH.status(MiStatus::LocalDisconnectingFromServer),
            "Signing out…"
        );
    }

    #[test]
    fn a_failure_says_what_happened() {
        assert_eq!(
            Language::ENGLISH.failure(HResult::MSGR_E_DISCONNECTED),
            "Connection lost, trying again"
        );
        assert_eq!(Language::ENGLISH.failure(HResult::E_FAIL), "The status could not be changed");
        assert_eq!(Language::ENGLISH.problem(HResult::E_FAIL), "That did not work");
        assert_eq!(
            Language::ENGLISH.problem(HResult::MSGR_E_DISCONNECTED),
            "Connection lost, trying again"
        );
        assert_eq!(Language::ENGLISH.problem(HResult::MSGR_E_LIST_FULL), "The list is full");
    }
}
