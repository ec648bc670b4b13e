//! How the two sides read an object: a client makes the best of what an engine says, a server refuses what is wrong and
//! says why.

use mistatus_core::hresult::HResult;

use crate::notation::Object;

/// An object on its way in.
pub(crate) trait Reader: Sized {
    /// What is said of a field that cannot be used.
    type Error;

    /// Whether an optional field that cannot be used counts as absent.
    const IS_LENIENT: bool;

    fn text(&self, field: &'static str) -> Option<String>;
    fn number(&self, field: &'static str) -> Option<f64>;
    fn flag(&self, field: &'static str) -> Option<bool>;
    fn texts(&self, field: &'static str) -> Option<Vec<String>>;
    fn object(&self, field: &'static str) -> Option<Self>;
    fn objects(&self, field: &'static str) -> Option<Vec<Self>>;

    /// Whether a field is not there, or `null`.
    fn is_absent(&self, field: &'static str) -> bool;

    /// Returns the error of a field that is absent, or of another kind than `expected`.
    fn unusable(&self, field: &'static str, expected: &str) -> Self::Error;

    /// Returns the error of a field whose value is not allowed.
    fn refused(field: &'static str, hr: HResult, reason: impl FnOnce() -> String) -> Self::Error;
}

/// The client's reader: its errors name the field.
pub(crate) struct Lenient<O>(pub(crate) O);

impl<O: Object> Reader for Lenient<O> {
    type Error = &'static str;

    const IS_LENIENT: bool = true;

    fn text(&self, field: &'static str) -> Option<String> {
        self.0.text(field)
    }

    fn number(&self, field: &'static str) -> Option<f64> {
        self.0.number(field)
    }

    fn flag(&self, field: &'static str) -> Option<bool> {
        Some(self.0.flag(field))
    }

    fn texts(&self, field: &'static str) -> Option<Vec<String>> {
        self.0.texts(field)
    }

    fn object(&self, field: &'static str) -> Option<Self> {
        self.0.object(field).map(Self)
    }

    fn objects(&self, field: &'static str) -> Option<Vec<Self>> {
        Some(self.0.objects(field)?.into_iter().map(Self).collect())
    }

    // What cannot be used is as good as absent here.
    fn is_absent(&self, _field: &'static str) -> bool {
        false
    }

    fn unusable(&self, field: &'static str, _expected: &str) -> &'static str {
        field
    }

    fn refused(
        field: &'static str,
        _hr: HResult,
        _reason: impl FnOnce() -> String,
    ) -> &'static str {
        field
    }
}
