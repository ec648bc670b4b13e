//! How single values stand in the fields of an object, in both directions. The table says where each stands.

use std::sync::Arc;

use mistatus_core::{
    chat::{MessageId, MessageText, MessageTextError},
    claim::{ClaimId, ClaimSource, ClaimSources, ServiceName},
    friendly_name,
    group::{GroupId, GroupName},
    hresult::HResult,
    idle::IdleAfter,
    limits::WATCH_BATCH_MAX,
    message::{RequestId, Seq, Token},
    presence::{Note, Source},
    search::SearchText,
    signin_name::SigninName,
    status::MiStatus,
    time::{Span, UnixMs},
};

#[cfg(test)]
use crate::schema::{Description, Shape};
use crate::{
    fields::{Content, Fields},
    reader::Reader,
};

/// A way to write a value into an object, and to read it from there: into one field, or into several.
pub(crate) trait Codec<T> {
    /// Writes a value.
    fn put<'a>(&self, value: &'a T, into: &mut Fields<'a>);

    /// Reads a value.
    fn take<R: Reader>(&self, from: &R) -> Result<T, R::Error>;

    /// Describes the fields for the schema; `text` says what they mean.
    #[cfg(test)]
    fn describe(&self, text: &str, into: &mut Description);
}

/// A type that has one way to stand in a field.
pub(crate) trait Field: Sized {
    /// Returns what stands in the field; `None` leaves it out.
    fn content(&self) -> Option<Content<'_>>;

    /// Reads a field.
    fn take<R: Reader>(from: &R, field: &'static str) -> Result<Self, R::Error>;

    #[cfg(test)]
    fn shape() -> Shape;
}

/// A field of that name, whose type says how it is written.
pub(crate) struct In(pub(crate) &'static str);

impl<T: Field> Codec<T> for In {
    fn put<'a>(&self, value: &'a T, into: &mut Fields<'a>) {
        if let Some(content) = value.content() {
            into.push(self.0, content);
        }
    }

    fn take<R: Reader>(&self, from: &R) -> Result<T, R::Error> {
        T::take(from, self.0)
    }

    #[cfg(test)]
    fn describe(&self, text: &str, into: &mut Description) {
        into.field(self.0, T::shape(), text);
    }
}

/// A field that is always written; one that cannot be read counts as this value.
pub(crate) struct Or<T>(pub(crate) &'static str, pub(crate) T);

impl<T: Field + Clone> Codec<T> for Or<T> {
    fn put<'a>(&self, value: &'a T, into: &mut Fields<'a>) {
        In(self.0).put(value, into);
    }

    fn take<R: Reader>(&self, from: &R) -> Result<T, R::Error> {
        Ok(T::take(from, self.0).unwrap_or_else(|_| self.1.clone()))
    }

    #[cfg(test)]
    fn describe(&self, text: &str, into: &mut Description) {
        into.field(self.0, T::shape(), text);
    }
}

/// A truth value that is left out for `false`.
pub(crate) struct Flag(pub(crate) &'static str);

impl Codec<bool> for Flag {
    fn put<'a>(&self, value: &'a bool, into: &mut Fields<'a>) {
        if *value {
            into.push(self.0, Content::Flag(true));
        }
    }

    fn take<R: Reader>(&self, from: &R) -> Result<bool, R::Error> {
        if from.is_absent(self.0) { Ok(false) } else { bool::take(from, self.0) }
    }

    #[cfg(test)]
    fn describe(&self, text: &str, into: &mut Description) {
        into.field(self.0, Shape::Flag.optional(), text);
    }
}

/// An object in a field.
pub(crate) struct Nested<C>(pub(crate) &'static str, pub(crate) C);

impl<T, C: Codec<T>> Codec<T> for Nested<C> {
    fn put<'a>(&self, value: &'a T, into: &mut Fields<'a>) {
        into.push(self.0, Content::Object(object(&self.1, value)));
    }

    fn take<R: Reader>(&self, from: &R) -> Result<T, R::Error> {
        let object = from.object(self.0).ok_or_else(|| from.unusable(self.0, "an object"))?;
        self.1.take(&object)
    }

    #[cfg(test)]
    fn describe(&self, text: &str, into: &mut Description) {
        let shape = Shape::object(|inner| self.1.describe("", inner));
        into.field(self.0, shape, text);
    }
}

/// An object in a field that is left out for `None`.
pub(crate) struct Maybe<C>(pub(crate) &'static str, pub(crate) C);

impl<T, C: Codec<T>> Codec<Option<T>> for Maybe<C> {
    fn put<'a>(&self, value: &'a Option<T>, into: &mut Fields<'a>) {
        if let Some(value) = value {
            into.push(self.0, Content::Object(object(&self.1, value)));
        }
    }

    fn take<R: Reader>(&self, from: &R) -> Result<Option<T>, R::Error> {
        if from.is_absent(self.0) {
            return Ok(None);
        }
        match from.object(self.0) {
            Some(object) => self.1.take(&object).map(Some),
            None if R::IS_LENIENT => Ok(None),
            None => Err(from.unusable(self.0, "an object")),
        }
    }

    #[cfg(test)]
    fn describe(&self, text: &str, into: &mut Description) {
        let shape = Shape::object(|inner| self.1.describe("", inner));
        into.field(self.0, shape.nullable(), text);
    }
}

/// An object in a field that is left out where it says nothing.
pub(crate) struct Defaulted<C>(pub(crate) &'static str, pub(crate) C);

impl<T: Default + PartialEq, C: Codec<T>> Codec<T> for Defaulted<C> {
    fn put<'a>(&self, value: &'a T, into: &mut Fields<'a>) {
        if *value != T::default() {
            into.push(self.0, Content::Object(object(&self.1, value)));
        }
    }

    fn take<R: Reader>(&self, from: &R) -> Result<T, R::Error> {
        if from.is_absent(self.0) {
            return Ok(T::default());
        }
        match from.object(self.0) {
            Some(object) => self.1.take(&object),
            None if R::IS_LENIENT => Ok(T::default()),
            None => Err(from.unusable(self.0, "an object")),
        }
    }

    #[cfg(test)]
    fn describe(&self, text: &str, into: &mut Description) {
        let shape = Shape::object(|inner| self.1.describe("", inner));
        into.field(self.0, shape.nullable(), text);
    }
}

/// A list of objects. An entry that cannot be used is left out: one does not spoil a frame of thousands.
pub(crate) struct List<C>(pub(crate) &'static str, pub(crate) C);

impl<T, C: Codec<T>> Codec<Vec<T>> for List<C> {
    fn put<'a>(&self, value: &'a Vec<T>, into: &mut Fields<'a>) {
        let objects = value.iter().map(|value| object(&self.1, value)).collect();
        into.push(self.0, Content::Objects(objects));
    }

    fn take<R: Reader>(&self, from: &R) -> Result<Vec<T>, R::Error> {
        let objects = from.objects(self.0);
        let objects = objects.ok_or_else(|| from.unusable(self.0, "a list of objects"))?;
        Ok(objects.iter().filter_map(|object| self.1.take(object).ok()).collect())
    }

    #[cfg(test)]
    fn describe(&self, text: &str, into: &mut Description) {
        let shape = Shape::object(|inner| self.1.describe("", inner));
        into.field(self.0, shape.list(), text);
    }
}

/// A list of objects that is left out where it is empty.
pub(crate) struct OptionalList<C>(pub(crate) &'static str, pub(crate) C);

impl<T, C: Codec<T> + Copy> Codec<Vec<T>> for OptionalList<C> {
    fn put<'a>(&self, value: &'a Vec<T>, into: &mut Fields<'a>) {
        if !value.is_empty() {
            List(self.0, self.1).put(value, into);
        }
    }

    fn take<R: Reader>(&self, from: &R) -> Result<Vec<T>, R::Error> {
        Ok(List(self.0, self.1).take(from).unwrap_or_default())
    }

    #[cfg(test)]
    fn describe(&self, text: &str, into: &mut Description) {
        let shape = Shape::object(|inner| self.1.describe("", inner));
        into.field(self.0, shape.list().optional(), text);
    }
}

/// The same as [`OptionalList`], for a list that those who have it share.
pub(crate) struct SharedList<C>(pub(crate) &'static str, pub(crate) C);

impl<T, C: Codec<T> + Copy> Codec<Arc<[T]>> for SharedList<C> {
    fn put<'a>(&self, value: &'a Arc<[T]>, into: &mut Fields<'a>) {
        if !value.is_empty() {
            let objects = value.iter().map(|value| object(&self.1, value)).collect();
            into.push(self.0, Content::Objects(objects));
        }
    }

    fn take<R: Reader>(&self, from: &R) -> Result<Arc<[T]>, R::Error> {
        OptionalList(self.0, self.1).take(from).map(Arc::from)
    }

    #[cfg(test)]
    fn describe(&self, text: &str, into: &mut Description) {
        OptionalList(self.0, self.1).describe(text, into);
    }
}

/// Sign-in names, left out where there are none. What is no name is left out as well.
pub(crate) struct Names(pub(crate) &'static str);

impl Codec<Vec<SigninName>> for Names {
    fn put<'a>(&self, value: &'a Vec<SigninName>, into: &mut Fields<'a>) {
        if !value.is_empty() {
            Batch(self.0).put(value, into);
        }
    }

    fn take<R: Reader>(&self, from: &R) -> Result<Vec<SigninName>, R::Error> {
        let texts = from.texts(self.0).unwrap_or_default();
        Ok(texts.iter().filter_map(|text| SigninName::parse(text).ok()).collect())
    }

    #[cfg(test)]
    fn describe(&self, text: &str, into: &mut Description) {
        into.field(self.0, Shape::Text.list().optional(), text);
    }
}

/// Kinds of sources, left out where there are none. What is not known is left out as well.
pub(crate) struct Kinds(pub(crate) &'static str);

impl Codec<ClaimSources> for Kinds {
    fn put<'a>(&self, value: &'a ClaimSources, into: &mut Fields<'a>) {
        if !value.is_empty() {
            into.push(self.0, Content::Texts(value.iter().map(ClaimSource::name).collect()));
        }
    }

    fn take<R: Reader>(&self, from: &R) -> Result<ClaimSources, R::Error> {
        let texts = from.texts(self.0).unwrap_or_default();
        Ok(texts.iter().filter_map(|text| ClaimSource::from_name(text)).collect())
    }

    #[cfg(test)]
    fn describe(&self, text: &str, into: &mut Description) {
        into.field(self.0, Shape::Text.list().optional(), text);
    }
}

/// Sign-in names of a request: 1 to [`WATCH_BATCH_MAX`], each of them right.
pub(crate) struct Batch(pub(crate) &'static str);

impl Codec<Vec<SigninName>> for Batch {
    fn put<'a>(&self, value: &'a Vec<SigninName>, into: &mut Fields<'a>) {
        into.push(self.0, Content::Texts(value.iter().map(SigninName::as_str).collect()));
    }

    fn take<R: Reader>(&self, from: &R) -> Result<Vec<SigninName>, R::Error> {
        let texts = from.texts(self.0);
        let texts = texts.ok_or_else(|| from.unusable(self.0, "a list of sign-in names"))?;
        if texts.is_empty() || texts.len() > WATCH_BATCH_MAX {
            let reason =
                || format!("it has {} entries; 1 to {WATCH_BATCH_MAX} are allowed", texts.len());
            return Err(R::refused(self.0, HResult::E_INVALIDARG, reason));
        }
        texts.iter().map(|text| signin_name::<R>(self.0, text)).collect()
    }

    #[cfg(test)]
    fn describe(&self, text: &str, into: &mut Description) {
        into.field(self.0, Shape::Text.list(), text);
    }
}

/// A display name: cleaned, and none where nothing of it can be seen.
pub(crate) struct DisplayName(pub(crate) &'static str);

impl Codec<Option<String>> for DisplayName {
    fn put<'a>(&self, value: &'a Option<String>, into: &mut Fields<'a>) {
        In(self.0).put(value, into);
    }

    fn take<R: Reader>(&self, from: &R) -> Result<Option<String>, R::Error> {
        let name: Option<String> = In(self.0).take(from)?;
        Ok(name.and_then(|name| friendly_name::clean(&name)))
    }

    #[cfg(test)]
    fn describe(&self, text: &str, into: &mut Description) {
        into.field(self.0, Shape::Text.nullable(), text);
    }
}

/// How the user is called: empty where that cannot be read, or nothing of it can be seen.
pub(crate) struct OwnDisplayName(pub(crate) &'static str);

impl Codec<String> for OwnDisplayName {
    fn put<'a>(&self, value: &'a String, into: &mut Fields<'a>) {
        In(self.0).put(value, into);
    }

    fn take<R: Reader>(&self, from: &R) -> Result<String, R::Error> {
        Ok(from.text(self.0).and_then(|name| friendly_name::clean(&name)).unwrap_or_default())
    }

    #[cfg(test)]
    fn describe(&self, text: &str, into: &mut Description) {
        into.field(self.0, Shape::Text, text);
    }
}

/// The status of somebody else. One that nobody may see of another, or that this version does not know, is UNKNOWN.
pub(crate) struct RemoteStatus(pub(crate) &'static str);

/// The own status as it is, which is never one of a connection that is being made.
pub(crate) struct OwnStatus(pub(crate) &'static str);

/// The chosen status; ONLINE where it cannot be read.
pub(crate) struct ChosenStatus(pub(crate) &'static str);

/// What is claimed of somebody.
pub(crate) struct ClaimedStatus(pub(crate) &'static str);

/// A status that is being chosen.
pub(crate) struct NewStatus(pub(crate) &'static str);

macro_rules! status_codec {
    ($codec:ident, |$from:ident, $field:ident, $status:ident| $take:expr) => {
        impl Codec<MiStatus> for $codec {
            fn put<'a>(&self, value: &'a MiStatus, into: &mut Fields<'a>) {
                into.push(self.0, Content::Number(value.number().into()));
            }

            fn take<R: Reader>(&self, $from: &R) -> Result<MiStatus, R::Error> {
                let $field = self.0;
                let $status = whole($from, $field, u16::MAX.into())
                    .map(|number| MiStatus::from_number(number as u16));
                $take
            }

            #[cfg(test)]
            fn describe(&self, text: &str, into: &mut Description) {
                into.field(self.0, Shape::Whole(16), text);
            }
        }
    };
}

status_codec!(RemoteStatus, |from, field, status| {
    let status = status.ok().flatten().filter(|status| status.is_remote());
    Ok(status.unwrap_or(MiStatus::Unknown))
});

status_codec!(OwnStatus, |from, field, status| {
    let status = status?.filter(|status| !status.is_transient());
    status.ok_or_else(|| from.unusable(field, "a status"))
});

status_codec!(ChosenStatus, |from, field, status| {
    let status = status.ok().flatten().filter(|status| status.is_settable());
    Ok(status.unwrap_or(MiStatus::Online))
});

status_codec!(ClaimedStatus, |from, field, status| {
    let status = status?.filter(|status| status.is_claimable());
    status.ok_or_else(|| from.unusable(field, "a status that can be claimed"))
});

status_codec!(NewStatus, |from, field, status| {
    let status = status?.filter(|status| status.is_settable());
    status.ok_or_else(|| R::refused(field, HResult::E_INVALIDARG, || not_settable(from, field)))
});

fn not_settable<R: Reader>(from: &R, field: &'static str) -> String {
    let allowed: Vec<_> = MiStatus::ALL
        .into_iter()
        .filter(|status| status.is_settable())
        .map(|status| format!("{} ({})", status.number(), status.kebab()))
        .collect();
    let number = from.number(field).unwrap_or_default();
    format!("{number} cannot be chosen; allowed are {}", allowed.join(", "))
}

/// Who chooses a status: the user, who is not named, or a program.
pub(crate) struct Chooser(pub(crate) &'static str);

impl Codec<Source> for Chooser {
    fn put<'a>(&self, value: &'a Source, into: &mut Fields<'a>) {
        if *value != Source::User {
            into.push(self.0, Content::Text(value.name()));
        }
    }

    fn take<R: Reader>(&self, from: &R) -> Result<Source, R::Error> {
        let name: Option<String> = In(self.0).take(from)?;
        match name.as_deref() {
            None | Some("user") => Ok(Source::User),
            Some("api") => Ok(Source::Api),
            Some(_) => Err(R::refused(self.0, HResult::E_INVALIDARG, || {
                "it must be \"user\" or \"api\"".to_owned()
            })),
        }
    }

    #[cfg(test)]
    fn describe(&self, text: &str, into: &mut Description) {
        into.field(self.0, Shape::Text.nullable(), text);
    }
}

/// What has set a choice; the connection where that cannot be read.
pub(crate) struct ChosenBy(pub(crate) &'static str);

impl Codec<Source> for ChosenBy {
    fn put<'a>(&self, value: &'a Source, into: &mut Fields<'a>) {
        into.push(self.0, Content::Text(value.name()));
    }

    fn take<R: Reader>(&self, from: &R) -> Result<Source, R::Error> {
        let source: Option<Source> = In(self.0).take(from)?;
        Ok(source.unwrap_or(Source::Connection))
    }

    #[cfg(test)]
    fn describe(&self, text: &str, into: &mut Description) {
        into.field(self.0, Shape::Text.nullable(), text);
    }
}

impl<T: Field> Field for Option<T> {
    fn content(&self) -> Option<Content<'_>> {
        self.as_ref()?.content()
    }

    fn take<R: Reader>(from: &R, field: &'static str) -> Result<Self, R::Error> {
        if from.is_absent(field) {
            return Ok(None);
        }
        match T::take(from, field) {
            Ok(value) => Ok(Some(value)),
            Err(_) if R::IS_LENIENT => Ok(None),
            Err(error) => Err(error),
        }
    }

    #[cfg(test)]
    fn shape() -> Shape {
        T::shape().nullable()
    }
}

impl Field for String {
    fn content(&self) -> Option<Content<'_>> {
        Some(Content::Text(self))
    }

    fn take<R: Reader>(from: &R, field: &'static str) -> Result<Self, R::Error> {
        from.text(field).ok_or_else(|| from.unusable(field, "a string"))
    }

    #[cfg(test)]
    fn shape() -> Shape {
        Shape::Text
    }
}

impl Field for bool {
    fn content(&self) -> Option<Content<'_>> {
        Some(Content::Flag(*self))
    }

    fn take<R: Reader>(from: &R, field: &'static str) -> Result<Self, R::Error> {
        from.flag(field).ok_or_else(|| from.unusable(field, "true or false"))
    }

    #[cfg(test)]
    fn shape() -> Shape {
        Shape::Flag
    }
}

impl Field for HResult {
    fn content(&self) -> Option<Content<'_>> {
        Some(Content::Code(self.number()))
    }

    fn take<R: Reader>(from: &R, field: &'static str) -> Result<Self, R::Error> {
        let number = from.number(field);
        let code = number.map(|number| (number as i32, number));
        match code.filter(|(code, number)| f64::from(*code) == *number) {
            Some((code, _)) => Ok(HResult::from_number(code)),
            None => Err(from.unusable(field, "a signed 32-bit number")),
        }
    }

    #[cfg(test)]
    fn shape() -> Shape {
        Shape::Code
    }
}

/// A type that is written as a text, and has to be parsed.
macro_rules! text_field {
    ($type:ty, |$value:ident| $text:expr, |$reader:ident, $field:ident, $read:ident| $parse:expr) => {
        impl Field for $type {
            fn content(&self) -> Option<Content<'_>> {
                let $value = self;
                Some(Content::Text($text))
            }

            fn take<$reader: Reader>(
                from: &$reader,
                $field: &'static str,
            ) -> Result<Self, $reader::Error> {
                let $read = String::take(from, $field)?;
                $parse
            }

            #[cfg(test)]
            fn shape() -> Shape {
                Shape::Text
            }
        }
    };
}

text_field!(Token, |value| value.reveal(), |R, field, text| Ok(Token::new(text)));
text_field!(SigninName, |value| value.as_str(), |R, field, text| signin_name::<R>(field, &text));
text_field!(GroupName, |value| value.as_str(), |R, field, text| {
    GroupName::parse(&text).map_err(|error| R::refused(field, error.hr(), || error.to_string()))
});
text_field!(SearchText, |value| value.as_str(), |R, field, text| {
    SearchText::parse(&text)
        .map_err(|error| R::refused(field, HResult::E_INVALIDARG, || error.to_string()))
});
text_field!(MessageText, |value| value.as_str(), |R, field, text| {
    MessageText::parse(&text).map_err(|error| {
        let hr = match error {
            MessageTextError::TooLong { .. } => HResult::MSGR_E_MESSAGE_TOO_LONG,
            _ => HResult::E_INVALIDARG,
        };
        R::refused(field, hr, || error.to_string())
    })
});
text_field!(ServiceName, |value| value.as_str(), |R, field, text| {
    ServiceName::parse(&text)
        .map_err(|error| R::refused(field, HResult::E_INVALIDARG, || error.to_string()))
});
text_field!(ClaimId, |value| value.as_str(), |R, field, text| {
    ClaimId::parse(&text)
        .map_err(|error| R::refused(field, HResult::E_INVALIDARG, || error.to_string()))
});
text_field!(ClaimSource, |value| value.name(), |R, field, text| {
    let reason = || "it must be `call`, `meeting`, `calendar`, `schedule` or `agent`".to_owned();
    ClaimSource::from_name(&text).ok_or_else(|| R::refused(field, HResult::E_INVALIDARG, reason))
});
text_field!(Source, |value| value.name(), |R, field, text| {
    let reason = || "it names no source".to_owned();
    Source::from_name(&text).ok_or_else(|| R::refused(field, HResult::E_INVALIDARG, reason))
});

fn signin_name<R: Reader>(field: &'static str, text: &str) -> Result<SigninName, R::Error> {
    SigninName::parse(text)
        .map_err(|error| R::refused(field, HResult::E_INVALIDARG, || error.to_string()))
}

/// An empty note is none.
impl Field for Option<Note> {
    fn content(&self) -> Option<Content<'_>> {
        self.as_ref().map(|note| Content::Text(note.as_str()))
    }

    fn take<R: Reader>(from: &R, field: &'static str) -> Result<Self, R::Error> {
        let text: Option<String> = In(field).take(from)?;
        let Some(text) = text else { return Ok(None) };
        match Note::parse(&text) {
            Ok(note) => Ok(note),
            // Longer than any server may let through: it is not shown.
            Err(_) if R::IS_LENIENT => Ok(None),
            Err(error) => Err(R::refused(field, HResult::E_INVALIDARG, || error.to_string())),
        }
    }

    #[cfg(test)]
    fn shape() -> Shape {
        Shape::Text.nullable()
    }
}

/// A type that is written as a whole number.
macro_rules! number_field {
    ($type:ty, $bits:literal, |$value:ident| $number:expr, $make:expr) => {
        impl Field for $type {
            fn content(&self) -> Option<Content<'_>> {
                let $value = self;
                Some(Content::Number($number))
            }

            fn take<R: Reader>(from: &R, field: &'static str) -> Result<Self, R::Error> {
                let max = if $bits == 32 { u32::MAX.into() } else { SAFE_MAX };
                whole(from, field, max).map($make)
            }

            #[cfg(test)]
            fn shape() -> Shape {
                Shape::Whole($bits)
            }
        }
    };
}

number_field!(u32, 32, |value| (*value).into(), |number| number as u32);
number_field!(GroupId, 32, |value| value.0.into(), |number| GroupId(number as u32));
number_field!(MessageId, 64, |value| value.0, MessageId);
number_field!(Seq, 64, |value| value.0, Seq);
number_field!(Span, 64, |value| value.as_millis(), Span::from_millis);
number_field!(UnixMs, 64, |value| value.as_millis(), UnixMs::from_millis);

impl Field for IdleAfter {
    fn content(&self) -> Option<Content<'_>> {
        Some(Content::Number(self.span().as_millis()))
    }

    fn take<R: Reader>(from: &R, field: &'static str) -> Result<Self, R::Error> {
        IdleAfter::new(Span::take(from, field)?)
            .map_err(|error| R::refused(field, HResult::E_INVALIDARG, || error.to_string()))
    }

    #[cfg(test)]
    fn shape() -> Shape {
        Span::shape()
    }
}

impl Field for RequestId {
    fn content(&self) -> Option<Content<'_>> {
        Some(Content::Number(self.0))
    }

    fn take<R: Reader>(from: &R, field: &'static str) -> Result<Self, R::Error> {
        match whole(from, field, SAFE_MAX)? {
            0 => Err(R::refused(field, HResult::E_INVALIDARG, || {
                "it is 0; it must be at least 1".to_owned()
            })),
            id => Ok(RequestId(id)),
        }
    }

    #[cfg(test)]
    fn shape() -> Shape {
        Shape::Whole(64)
    }
}

/// Largest integer up to which every number of JavaScript is exact: `Number.MAX_SAFE_INTEGER`.
pub(crate) const SAFE_MAX: u64 = UnixMs::MAX.as_millis();

fn whole<R: Reader>(from: &R, field: &'static str, max: u64) -> Result<u64, R::Error> {
    let number = from.number(field);
    let whole = number.map(|number| (number as u64, number));
    match whole.filter(|(whole, number)| *whole as f64 == *number && *whole <= max) {
        Some((whole, _)) => Ok(whole),
        None => Err(from.unusable(field, if max == SAFE_MAX { WHOLE } else { SMALL })),
    }
}

const WHOLE: &str = "a whole number from 0 to 9007199254740991";
const SMALL: &str = "a whole number that is not negative and not too large";

/// Makes the fields of a value.
pub(crate) fn object<'a, T>(codec: &impl Codec<T>, value: &'a T) -> Fields<'a> {
    let mut fields = Fields::default();
    codec.put(value, &mut fields);
    fields
}
