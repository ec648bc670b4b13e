//! Claims about the user, as the facade asks for them. Converts only.

use mistatus_core::{
    claim::{ClaimId, ClaimKey, ClaimSource, ClaimSources, KnownClaim, ServiceName},
    hresult::HResult,
    message::Command,
};
use wasm_bindgen::prelude::*;

use super::{Client, error::MessengerError, number, promise};
use mistatus::shell::Failure;

#[wasm_bindgen]
impl Client {
    /// What services claim about the user, also for later: `[service, id, source, status, note, from, until, dismissed, inForce]`
    /// each; none while signed out.
    #[wasm_bindgen(
        unchecked_return_type = r#"[service: string, id: string, source: "call" | "meeting" | "calendar" | "schedule" | "agent", status: number, note: string | undefined, from: number, until: number, dismissed: boolean, inForce: boolean][]"#
    )]
    pub fn claims(&self) -> js_sys::Array {
        self.presence.with_session(|session| {
            let claims = session.me().map_or(&[][..], |me| &me.claims);
            claims.iter().map(entry).collect()
        })
    }

    /// Of which kinds of sources the user wants no claim to count.
    #[wasm_bindgen(js_name = ignoredClaims, unchecked_return_type = r#"("call" | "meeting" | "calendar" | "schedule" | "agent")[]"#)]
    pub fn ignored_claims(&self) -> js_sys::Array {
        self.presence.with_session(|session| {
            let ignored = session.me().map_or(ClaimSources::NONE, |me| me.ignored);
            ignored.iter().map(|source| JsValue::from(source.name())).collect()
        })
    }

    /// Lets a claim count no longer; resolves when the server confirmed.
    #[wasm_bindgen(js_name = dismissClaim, unchecked_return_type = "Promise<void>")]
    pub fn dismiss_claim(&self, service: &str, id: &str) -> js_sys::Promise {
        promise(|then| {
            let service = ServiceName::parse(service).map_err(|error| invalid("service", error))?;
            let id = ClaimId::parse(id).map_err(|error| invalid("id", error))?;
            let command = Command::DismissClaim { key: ClaimKey { service, id } };
            Ok(self.presence.request(command, then).map(drop)?)
        })
    }

    /// Lets claims of one kind of source count no longer, or again; resolves when the server confirmed.
    #[wasm_bindgen(js_name = ignoreClaims, unchecked_return_type = "Promise<void>")]
    pub fn ignore_claims(&self, source: &str, ignored: bool) -> js_sys::Promise {
        promise(|then| {
            let allowed = "must be `call`, `meeting`, `calendar`, `schedule` or `agent`";
            let source =
                ClaimSource::from_name(source).ok_or_else(|| invalid("source", allowed))?;
            let command = Command::IgnoreClaims { source, ignored };
            Ok(self.presence.request(command, then).map(drop)?)
        })
    }
}

fn entry(known: &KnownClaim) -> js_sys::Array {
    let KnownClaim { key, claim, dismissed, in_force } = known;
    let note = claim.note.as_ref().map_or(JsValue::UNDEFINED, |note| note.as_str().into());
    [
        key.service.as_str().into(),
        key.id.as_str().into(),
        claim.source.name().into(),
        claim.status.number().into(),
        note,
        number(claim.from.as_millis()).into(),
        number(claim.until.as_millis()).into(),
        (*dismissed).into(),
        (*in_force).into(),
    ]
    .iter()
    .collect()
}

fn invalid(what: &str, why: impl core::fmt::Display) -> MessengerError {
    Failure { hr: HResult::E_INVALIDARG, message: Some(format!("{what} {why}")) }.into()
}
