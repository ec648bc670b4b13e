//! What the browser knows about languages: how dates are written, how names are ordered, how numbers are counted.
//!
//! All of it is in `Intl`, and none of it in the WebAssembly. Only for the browser.

use std::{
    cell::{Cell, RefCell},
    ops::Range,
};

use js_sys::{Array, Function, JsString, Object, Reflect};
use mistatus_core::{fold::fold, time::UnixMs};
use wasm_bindgen::{JsCast, JsValue};

use super::language::Language;

/// A part of `Intl` with its options.
#[derive(Clone, Copy, PartialEq)]
enum Service {
    /// The time of day.
    Time,
    /// The time of day, and the day of this year.
    DayAndTime,
    /// The time of day, and the day of any year.
    DateAndTime,
    /// The day of this year, with its weekday.
    Day,
    /// The day of any year, with its weekday.
    Date,
    /// Today, yesterday, this week.
    Relative,
    /// A number of minutes.
    Minutes,
    /// A number of hours.
    Hours,
    /// The order of names.
    Order,
    /// The plural category of a number.
    Plural,
}

const TIME: [(&str, &str); 2] = [("hour", "2-digit"), ("minute", "2-digit")];
const SHORT_DAY: [(&str, &str); 2] = [("day", "numeric"), ("month", "short")];
const LONG_DAY: [(&str, &str); 3] = [("weekday", "long"), ("day", "numeric"), ("month", "long")];
const YEAR: [(&str, &str); 1] = [("year", "numeric")];
const UNIT: [(&str, &str); 2] = [("style", "unit"), ("unitDisplay", "long")];

impl Service {
    // The constructor, and the method that does the work.
    const fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Relative => ("RelativeTimeFormat", "format"),
            Self::Minutes | Self::Hours => ("NumberFormat", "format"),
            Self::Order => ("Collator", "compare"),
            Self::Plural => ("PluralRules", "select"),
            _ => ("DateTimeFormat", "format"),
        }
    }

    const fn options(self) -> &'static [&'static [(&'static str, &'static str)]] {
        match self {
            Self::Time => &[&TIME],
            Self::DayAndTime => &[&TIME, &SHORT_DAY],
            Self::DateAndTime => &[&TIME, &SHORT_DAY, &YEAR],
            Self::Day => &[&LONG_DAY],
            Self::Date => &[&LONG_DAY, &YEAR],
            Self::Relative => &[&[("numeric", "auto")]],
            Self::Minutes => &[&UNIT, &[("unit", "minute")]],
            Self::Hours => &[&UNIT, &[("unit", "hour")]],
            Self::Order | Self::Plural => &[],
        }
    }

    // Its method for a language. One takes some fifty times as long to make as to use: each is made once.
    fn of(self, language: Language) -> Option<Function> {
        type Made = Vec<((Service, Language), Function)>;
        thread_local! {
            static MADE: RefCell<Made> = const { RefCell::new(Vec::new()) };
        }
        let key = (self, language);
        let made = MADE.with_borrow(|made| {
            made.iter().find(|(known, _)| *known == key).map(|(_, method)| method.clone())
        });
        made.or_else(|| {
            let locale = match self {
                Self::Order => language.locale(),
                // The words are in the language of the texts, whatever the page's.
                Self::Plural => language.tag(),
                _ => language.date_locale(),
            };
            // A tag may be well-formed, and no language's all the same.
            let method = self.make(locale).or_else(|| self.make(language.tag()))?;
            MADE.with_borrow_mut(|made| made.push((key, method.clone())));
            Some(method)
        })
    }

    fn make(self, locale: &str) -> Option<Function> {
        let (constructor, method) = self.names();
        let options = Object::new();
        for group in self.options() {
            for (field, value) in *group {
                // A plain object takes every field.
                let _ = Reflect::set(&options, &(*field).into(), &(*value).into());
            }
        }
        let intl = Reflect::get(&web_sys::window()?.into(), &"Intl".into()).ok()?;
        let constructor = Reflect::get(&intl, &constructor.into()).ok()?;
        let constructor = constructor.dyn_into::<Function>().ok()?;
        let made = Reflect::construct(&constructor, &Array::of2(&locale.into(), &options)).ok()?;
        let method = Reflect::get(&made, &method.into()).ok()?.dyn_into::<Function>().ok()?;
        Some(method.bind0(&made))
    }

    fn text(self, language: Language, argument: &JsValue) -> Option<String> {
        // An instant that no calendar has is not written.
        self.of(language)?.call1(&JsValue::UNDEFINED, argument).ok()?.as_string()
    }
}

/// Returns the time of day as people write it.
pub(crate) fn time_of_day(at: UnixMs, language: Language) -> String {
    written(Service::Time, at, language)
}

/// Returns a time as people write it: the time of day, with the date where it is not today, with the year where it is not
/// this year's.
pub(crate) fn time(at: UnixMs, language: Language) -> String {
    let service = if today().contains(&instant(at)) {
        Service::Time
    } else if is_this_year(at) {
        Service::DayAndTime
    } else {
        Service::DateAndTime
    };
    written(service, at, language)
}

/// Returns a day as people write it: today, yesterday, or its date, with the year where it is not this year's.
pub(crate) fn day(at: UnixMs, language: Language) -> String {
    let today = today();
    let yesterday = day_of(today.start - 1.0);
    let days = [today, yesterday].iter().position(|day| day.contains(&instant(at)));
    let Some(days) = days else {
        let service = if is_this_year(at) { Service::Day } else { Service::Date };
        return written(service, at, language);
    };
    relative(-(days as f64), "day", language)
}

/// Returns how a day or week is called that is that many away from the present one: "today", "this week".
pub(crate) fn relative(distance: f64, unit: &str, language: Language) -> String {
    let name = |written: Function| {
        written.call2(&JsValue::UNDEFINED, &distance.into(), &unit.into()).ok()?.as_string()
    };
    Service::Relative.of(language).and_then(name).unwrap_or_default()
}

/// Returns a time of whole hours or of less than that, as people write it: "2 hours", "30 minutes".
pub(crate) fn duration(minutes: u32, language: Language) -> String {
    let (service, count) =
        if minutes >= 60 { (Service::Hours, minutes / 60) } else { (Service::Minutes, minutes) };
    service.text(language, &count.into()).unwrap_or_default()
}

/// Returns when the day that it is now where the user is began and when it ends, in milliseconds since 1970.
pub(crate) fn today() -> Range<f64> {
    thread_local! {
        static TODAY: Cell<[f64; 2]> = const { Cell::new([0.0; 2]) };
    }
    // Kept as long as it lasts: it takes five calls into the browser, for each of a thousand dots.
    let now = js_sys::Date::now();
    let [mut start, mut end] = TODAY.get();
    if !(start..end).contains(&now) {
        Range { start, end } = day_of(now);
        TODAY.set([start, end]);
    }
    start..end
}

/// Returns the day that an instant is in where the user is.
pub(crate) fn day_of(instant: f64) -> Range<f64> {
    let date = js_sys::Date::new(&instant.into());
    midnight(&date, 0)..midnight(&date, 1)
}

/// Returns when the week ends that it is now where the user is: on Sunday, as the weeks of ISO 8601 do.
pub(crate) fn end_of_week() -> f64 {
    let date = js_sys::Date::new_0();
    // Sunday is 0.
    midnight(&date, 7 - (date.get_day().cast_signed() + 6) % 7)
}

// The beginning of the day that is so many days later. Dates of JavaScript take a 32nd for the first of the next month.
fn midnight(date: &js_sys::Date, days: i32) -> f64 {
    let (year, month) = (date.get_full_year(), date.get_month().cast_signed());
    let day = date.get_date().cast_signed() + days;
    js_sys::Date::new_with_year_month_day(year, month, day).get_time()
}

/// Returns an instant as the field for day and time takes it: in the time of where the user is, without a zone.
pub(crate) fn local(instant: f64) -> String {
    const MINUTE: f64 = 60_000.0;
    let date = js_sys::Date::new(&instant.into());
    let shifted = js_sys::Date::new(&(instant - date.get_timezone_offset() * MINUTE).into());
    let text = String::from(shifted.to_iso_string());
    // Up to the minutes: 2026-11-30T12:00.
    text.get(..16).unwrap_or_default().to_owned()
}

/// Returns the instant that is written in such a field; nothing where none is.
pub(crate) fn from_local(text: &str) -> Option<f64> {
    let instant = js_sys::Date::new(&text.into()).get_time();
    instant.is_finite().then_some(instant)
}

/// Returns an instant as JavaScript counts it.
pub(crate) fn instant(at: UnixMs) -> f64 {
    at.as_millis() as f64
}

/// Returns an instant that JavaScript counted; those before 1970 are the beginning of 1970.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates")]
pub(crate) fn unix(instant: f64) -> UnixMs {
    UnixMs::from_millis(instant as u64)
}

fn is_this_year(at: UnixMs) -> bool {
    let year = |instant: f64| js_sys::Date::new(&instant.into()).get_full_year();
    year(instant(at)) == year(js_sys::Date::now())
}

fn written(service: Service, at: UnixMs, language: Language) -> String {
    service.text(language, &instant(at).into()).unwrap_or_default()
}

/// Says how many messages are new.
pub(crate) fn new_messages(count: u32, language: Language) -> String {
    let category = Service::Plural.text(language, &count.into()).unwrap_or_default();
    language.new_messages(count, &category)
}

/// Returns the places of names in the order in which people look for them. Equal ones stay in their order.
pub(crate) fn order(names: &[&str], language: Language) -> Vec<usize> {
    order_of(names, language).unwrap_or_else(|| (0..names.len()).collect())
}

// One call orders all of them, instead of one for each two that are compared: they go there and back in one text, a line each
// with its place behind the name.
fn order_of(names: &[&str], language: Language) -> Option<Vec<usize>> {
    const DIGITS: usize = 6;
    let mut lines = String::new();
    for (place, name) in names.iter().enumerate() {
        if place > 0 {
            lines.push('\n');
        }
        for letter in name.chars() {
            // No name has a line break, and with one it would only be out of order.
            if letter != '\n' {
                lines.push(letter);
            }
        }
        lines.push('\t');
        // Of one length, so that they are in their order as texts.
        let place = place.to_string();
        lines.push_str(&"000000"[place.len().min(DIGITS)..]);
        lines.push_str(&place);
    }
    let lines = JsString::from(lines).split("\n");
    let sort = Reflect::get(&lines, &"sort".into()).ok()?.dyn_into::<Function>().ok()?;
    sort.call1(&lines, &Service::Order.of(language)?.into()).ok()?;
    let mut places = Vec::with_capacity(names.len());
    let mut place = 0_usize;
    for byte in String::from(lines.join("\n")).bytes() {
        match byte {
            b'\t' => place = 0,
            b'\n' => places.push(place),
            b'0'..=b'9' => place = place.wrapping_mul(10).wrapping_add(usize::from(byte - b'0')),
            _ => {}
        }
    }
    places.push(place);
    (places.len() == names.len()).then_some(places)
}

/// Returns a name with its accents composed: keyboards differ in that, and nobody sees it.
pub(crate) fn composed(name: &str) -> String {
    if name.is_ascii() {
        return name.to_owned();
    }
    JsString::from(name).normalize("NFC").into()
}

/// Returns a text as it is searched: without regard to letter case and to marks above, below and in letters.
pub(crate) fn plain(text: &str) -> String {
    if text.is_ascii() {
        return fold(text);
    }
    // Letters and their marks are apart then, and ligatures and letters of other widths are plain ones.
    let apart = String::from(JsString::from(text).normalize("NFKD"));
    let mut plain = String::with_capacity(apart.len());
    for letter in fold(&apart).chars() {
        match letter {
            'ß' => plain.push_str("ss"),
            'æ' => plain.push_str("ae"),
            'œ' => plain.push_str("oe"),
            'ø' => plain.push('o'),
            'đ' | 'ð' => plain.push('d'),
            'ł' => plain.push('l'),
            'ı' => plain.push('i'),
            'þ' => plain.push_str("th"),
            _ if is_mark(letter) => {}
            _ => plain.push(letter),
        }
    }
    plain
}

// The marks of the scripts whose readers leave them out: Latin, Greek and Cyrillic, Hebrew, Arabic.
const fn is_mark(letter: char) -> bool {
    matches!(
        letter,
        '\u{300}'..='\u{36f}' | '\u{591}'..='\u{5bd}' | '\u{5bf}'..='\u{5c7}' | '\u{610}'..='\u{61a}'
            | '\u{640}' | '\u{64b}'..='\u{65f}' | '\u{670}'
    )
}
