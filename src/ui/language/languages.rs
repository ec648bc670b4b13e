//! The languages that the widget speaks, but for English, which is always there: a file of `languages/` each. What an
//! application does not add is not in it.

use super::texts::Texts;

/// Makes a static of each file, and the list of all.
macro_rules! languages {
    ($($name:ident = $tag:literal $what:literal,)*) => {
        $(
            #[doc = concat!($what, ".")]
            pub static $name: Texts = Texts::from_file($tag, file!($tag));
        )*

        /// All of them, in the order of their tags.
        pub static ALL: &[&Texts] = &[$(&$name,)*];
    };
}

macro_rules! file {
    ($tag:literal) => {
        include_str!(concat!("../../../languages/", $tag, ".json"))
    };
}

pub(super) static ENGLISH_FILE: &str = file!("en");

languages! {
    ARABIC = "ar" "Arabic, written from right to left",
    CZECH = "cs" "Czech",
    GERMAN = "de" "German",
    SPANISH = "es" "Spanish",
    FRENCH = "fr" "French",
    HEBREW = "he" "Hebrew, written from right to left",
    ITALIAN = "it" "Italian",
    JAPANESE = "ja" "Japanese",
    KOREAN = "ko" "Korean",
    DUTCH = "nl" "Dutch",
    POLISH = "pl" "Polish",
    BRAZILIAN_PORTUGUESE = "pt-BR" "Portuguese as it is written in Brazil",
    EUROPEAN_PORTUGUESE = "pt-PT" "Portuguese as it is written elsewhere",
    SWEDISH = "sv" "Swedish",
    TURKISH = "tr" "Turkish",
    UKRAINIAN = "uk" "Ukrainian",
    SIMPLIFIED_CHINESE = "zh-Hans" "Chinese in simplified characters",
    TRADITIONAL_CHINESE = "zh-Hant" "Chinese in traditional characters",
}
