//! Values that stand in bodies: statuses, sources, instants, notes, and how they are described. Decides nothing.

use std::{borrow::Cow, fmt};

use mistatus_core::{
    claim::ClaimSource,
    limits::SIGNIN_NAME_MAX,
    presence::{Note, Source},
    status::MiStatus,
    time::UnixMs,
};
use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{self, Visitor},
};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{ObjectBuilder, OneOfBuilder, RefOr, Type, schema::Schema},
};

use crate::api::problem::Problem;

/// The number of a status that others can see.
pub(crate) struct StatusNumber(pub(crate) MiStatus);

/// The name of a status that others can see.
pub(crate) struct StatusName(pub(crate) MiStatus);

/// What brought a status about.
pub(crate) struct SourceName(pub(crate) Source);

/// A status as a program says it: by number or by name.
pub(crate) struct SaidStatus(pub(crate) MiStatus);

/// The description of a sign-in name.
pub(crate) struct SigninNameText;

/// The description of the statuses that can be claimed.
pub(crate) struct ClaimableStatus;

/// The description of the statuses that can be chosen.
pub(crate) struct SettableStatus;

/// The kind of source that a claim comes from.
pub(crate) struct ClaimSourceName(pub(crate) ClaimSource);

/// An instant in a body: milliseconds since 1970-01-01T00:00:00Z.
pub(crate) struct SaidInstant(pub(crate) UnixMs);

/// Iterates over the statuses that others can see.
fn remote() -> impl Iterator<Item = MiStatus> {
    MiStatus::ALL.into_iter().filter(|status| status.is_remote())
}

fn claimable() -> impl Iterator<Item = MiStatus> {
    MiStatus::ALL.into_iter().filter(|status| status.is_claimable())
}

fn settable() -> impl Iterator<Item = MiStatus> {
    MiStatus::ALL.into_iter().filter(|status| status.is_settable())
}

/// Says which statuses there are, as in `10 busy, 34 away`.
fn listed(statuses: impl Iterator<Item = MiStatus>) -> String {
    let each = statuses.map(|status| format!("{} {}", status.number(), status.kebab()));
    each.collect::<Vec<_>>().join(", ")
}

impl SaidStatus {
    /// Returns it where it can be claimed.
    pub(crate) fn claimed(&self) -> Result<MiStatus, Problem> {
        self.within(self.0.is_claimable(), "cannot be claimed", claimable)
    }

    /// Returns it where it can be chosen.
    pub(crate) fn chosen(&self) -> Result<MiStatus, Problem> {
        self.within(self.0.is_settable(), "cannot be chosen", settable)
    }

    fn within<I: Iterator<Item = MiStatus>>(
        &self,
        is_allowed: bool,
        wrong: &str,
        allowed: impl FnOnce() -> I,
    ) -> Result<MiStatus, Problem> {
        if is_allowed {
            return Ok(self.0);
        }
        let detail = format!("{} {} {wrong}", self.0.number(), self.0.kebab());
        Err(Problem::field("status", detail).allowing(listed(allowed())))
    }
}

/// Reads a note.
pub(crate) fn note(text: Option<&str>) -> Result<Option<Note>, Problem> {
    Note::parse(text.unwrap_or_default()).map_err(|error| {
        Problem::field("note", error.to_string()).allowing("a text of at most 500 UTF-16 units")
    })
}

impl<'de> Deserialize<'de> for SaidStatus {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;

        impl Visitor<'_> for Reader {
            type Value = SaidStatus;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the number or the name of a status, as in 10 or \"busy\"")
            }

            fn visit_u64<E: de::Error>(self, number: u64) -> Result<SaidStatus, E> {
                let known = u16::try_from(number).ok().and_then(MiStatus::from_number);
                let unknown = || E::invalid_value(de::Unexpected::Unsigned(number), &self);
                known.map(SaidStatus).ok_or_else(unknown)
            }

            fn visit_f64<E: de::Error>(self, number: f64) -> Result<SaidStatus, E> {
                match whole(number) {
                    Some(number) => self.visit_u64(number),
                    None => Err(E::invalid_value(de::Unexpected::Float(number), &self)),
                }
            }

            fn visit_str<E: de::Error>(self, name: &str) -> Result<SaidStatus, E> {
                let unknown = || E::invalid_value(de::Unexpected::Str(name), &self);
                MiStatus::from_kebab(name).map(SaidStatus).ok_or_else(unknown)
            }
        }

        deserializer.deserialize_any(Reader)
    }
}

impl<'de> Deserialize<'de> for ClaimSourceName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = Cow::<str>::deserialize(deserializer)?;
        let names = ClaimSource::ALL.map(ClaimSource::name).join(", ");
        let expected = format!("one of {names}");
        let unknown = || de::Error::invalid_value(de::Unexpected::Str(&name), &expected.as_str());
        ClaimSource::from_name(&name).map(Self).ok_or_else(unknown)
    }
}

impl<'de> Deserialize<'de> for SaidInstant {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;

        impl Visitor<'_> for Reader {
            type Value = SaidInstant;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an instant in milliseconds since 1970, 0 to 9007199254740991")
            }

            fn visit_u64<E: de::Error>(self, ms: u64) -> Result<SaidInstant, E> {
                if ms > UnixMs::MAX.as_millis() {
                    return Err(E::invalid_value(de::Unexpected::Unsigned(ms), &self));
                }
                Ok(SaidInstant(UnixMs::from_millis(ms)))
            }

            fn visit_f64<E: de::Error>(self, ms: f64) -> Result<SaidInstant, E> {
                match whole(ms) {
                    Some(ms) => self.visit_u64(ms),
                    None => Err(E::invalid_value(de::Unexpected::Float(ms), &self)),
                }
            }
        }

        deserializer.deserialize_any(Reader)
    }
}

/// Returns a number that was written with a point and has nothing behind it: JSON knows no other difference, and the
/// event stream takes it, too.
fn whole(number: f64) -> Option<u64> {
    #[expect(clippy::cast_precision_loss, reason = "2^53 - 1 is a number of this kind")]
    let is_whole =
        number.fract() == 0.0 && (0.0..=UnixMs::MAX.as_millis() as f64).contains(&number);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "it is whole and within the bounds"
    )]
    is_whole.then_some(number as u64)
}

impl Serialize for StatusNumber {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u16(self.0.number())
    }
}

impl Serialize for StatusName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.kebab())
    }
}

impl Serialize for SourceName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.name())
    }
}

impl Serialize for ClaimSourceName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.name())
    }
}

fn numbers(statuses: impl Iterator<Item = MiStatus>) -> ObjectBuilder {
    ObjectBuilder::new()
        .schema_type(Type::Integer)
        .enum_values(Some(statuses.map(MiStatus::number)))
}

fn names(names: impl Iterator<Item = &'static str>) -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String).enum_values(Some(names))
}

impl PartialSchema for StatusNumber {
    fn schema() -> RefOr<Schema> {
        let text = format!("The number of a status: {}.", listed(remote()));
        numbers(remote()).description(Some(text)).into()
    }
}

impl PartialSchema for StatusName {
    fn schema() -> RefOr<Schema> {
        names(remote().map(MiStatus::kebab)).description(Some("The name of a status.")).into()
    }
}

impl PartialSchema for SourceName {
    fn schema() -> RefOr<Schema> {
        let text = "What brought a status about; absent where the server does not know, or where it would tell too much.";
        names(Source::ALL.into_iter().map(Source::name)).description(Some(text)).into()
    }
}

impl PartialSchema for ClaimSourceName {
    fn schema() -> RefOr<Schema> {
        let text = "The kind of source that a claim comes from, the highest rank first.";
        names(ClaimSource::ALL.into_iter().map(ClaimSource::name)).description(Some(text)).into()
    }
}

impl PartialSchema for SigninNameText {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some(
                "A sign-in name: 1 to 129 UTF-16 units, no space first, no line breaks.",
            ))
            .min_length(Some(1))
            .max_length(Some(SIGNIN_NAME_MAX))
            .pattern(Some("^[^ \\r\\n][^\\r\\n]*$"))
            .examples([serde_json::json!("alice@example.com")])
            .into()
    }
}

impl PartialSchema for ClaimableStatus {
    fn schema() -> RefOr<Schema> {
        said("A status that can be claimed, by number or by name.", claimable)
    }
}

impl PartialSchema for SettableStatus {
    fn schema() -> RefOr<Schema> {
        said("A status that can be chosen, by number or by name.", settable)
    }
}

fn said<I: Iterator<Item = MiStatus>>(text: &str, statuses: impl Fn() -> I) -> RefOr<Schema> {
    OneOfBuilder::new()
        .item(numbers(statuses()))
        .item(names(statuses().map(MiStatus::kebab)))
        .description(Some(text))
        .into()
}

/// Gives a schema the name by which the description knows it.
macro_rules! named {
    ($($value:ty => $name:literal),* $(,)?) => {
        $(impl ToSchema for $value {
            fn name() -> Cow<'static, str> {
                $name.into()
            }
        })*
    };
}

named! {
    StatusNumber => "Status",
    StatusName => "StatusName",
    SourceName => "Source",
    ClaimSourceName => "ClaimSource",
    SigninNameText => "SigninName",
    ClaimableStatus => "ClaimableStatus",
    SettableStatus => "SettableStatus",
}
