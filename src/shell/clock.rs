//! The monotonic clock of the page.

use mistatus_core::time::Tick;

/// Returns milliseconds since the page was opened; never goes back, whatever the wall clock does.
pub(super) fn now() -> Tick {
    // Pages without `performance` are not browsers; time stands still for them.
    let ms =
        web_sys::window().and_then(|window| window.performance()).map_or(0.0, |clock| clock.now());
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "saturates; never negative"
    )]
    Tick::from_millis(ms as u64)
}
