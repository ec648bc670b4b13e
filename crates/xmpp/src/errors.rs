//! Errors of a service as the documented result codes (automation API specification §3).

use mistatus_core::hresult::HResult;

use crate::{ns, xml::Element};

/// Returns the code for a refused negotiation of credentials (RFC 6120 §6.5).
#[must_use]
pub fn of_sasl(failure: &Element) -> HResult {
    match condition(failure, ns::SASL) {
        "temporary-auth-failure" => HResult::MSGR_E_SERVER_UNAVAILABLE,
        "account-disabled" => HResult::MSGR_E_POLICY_RESTRICTED,
        "invalid-mechanism" | "mechanism-too-weak" | "encryption-required" => {
            HResult::MSGR_E_SERVER_VERSION
        }
        "aborted" | "incorrect-encoding" | "malformed-request" => HResult::MSGR_E_UNEXPECTED,
        // not-authorized, invalid-authzid, credentials-expired, and whatever else says no.
        _ => HResult::MSGR_E_INVALID_PASSWORD,
    }
}

/// Returns the code for the end of a stream (RFC 6120 §4.9.3).
#[must_use]
pub fn of_stream(error: &Element) -> HResult {
    match condition(error, ns::STREAM_ERRORS) {
        // Resources are drawn here, so nobody takes another one's: the user's oldest connection goes when there are more
        // than the service allows.
        "conflict" => HResult::MSGR_E_TOO_MANY_SESSIONS,
        "connection-timeout" | "reset" => HResult::MSGR_E_DISCONNECTED,
        "host-gone" | "host-unknown" | "improper-addressing" => HResult::MSGR_E_INVALID_SERVER_NAME,
        "internal-server-error" => HResult::MSGR_E_SERVER_ERROR,
        "not-authorized" => HResult::MSGR_E_INVALID_PASSWORD,
        "policy-violation" => HResult::MSGR_E_POLICY_RESTRICTED,
        "remote-connection-failed" | "see-other-host" => HResult::MSGR_E_SERVER_UNAVAILABLE,
        "resource-constraint" => HResult::MSGR_E_SERVER_TOO_BUSY,
        "system-shutdown" => HResult::MSGR_E_SERVER_SHUTDOWN,
        "unsupported-version" => HResult::MSGR_E_SERVER_VERSION,
        _ => HResult::MSGR_E_UNEXPECTED,
    }
}

/// Returns the code for a refused resource (RFC 6120 §7.6.2).
#[must_use]
pub fn of_binding(answer: &Element) -> HResult {
    let error = answer.first("error", ns::CLIENT);
    match error.map_or("", |error| condition(error, ns::STANZA_ERRORS)) {
        "conflict" | "resource-constraint" => HResult::MSGR_E_TOO_MANY_SESSIONS,
        _ => of_stanza(answer),
    }
}

/// Returns the code for a refused stanza (RFC 6120 §8.3.3).
#[must_use]
pub fn of_stanza(stanza: &Element) -> HResult {
    let error = stanza.first("error", ns::CLIENT);
    match error.map_or("", |error| condition(error, ns::STANZA_ERRORS)) {
        "bad-request" | "jid-malformed" | "not-acceptable" => HResult::E_INVALIDARG,
        "conflict" => HResult::MSGR_E_ALREADY_IN_LIST,
        "feature-not-implemented" => HResult::E_NOTIMPL,
        "forbidden" | "not-allowed" | "policy-violation" => HResult::MSGR_E_POLICY_RESTRICTED,
        "internal-server-error" => HResult::MSGR_E_SERVER_ERROR,
        "item-not-found" | "gone" | "redirect" | "remote-server-not-found" => {
            HResult::MSGR_E_USER_NOT_FOUND
        }
        "not-authorized" | "registration-required" | "subscription-required" => {
            HResult::MSGR_E_NOT_LOGGED_ON
        }
        "recipient-unavailable" | "remote-server-timeout" | "service-unavailable" => {
            HResult::MSGR_E_SERVER_UNAVAILABLE
        }
        "resource-constraint" => HResult::MSGR_E_SERVER_TOO_BUSY,
        _ => HResult::MSGR_E_UNEXPECTED,
    }
}

/// Returns the code for a message that came back (RFC 6121 §8.5, XEP-0191 §3.5).
///
/// Nobody there to take it, and nobody who may: that is told alike.
#[must_use]
pub fn of_message(message: &Element) -> HResult {
    let error = message.first("error", ns::CLIENT);
    match error.map_or("", |error| condition(error, ns::STANZA_ERRORS)) {
        "service-unavailable" | "recipient-unavailable" => HResult::MSGR_E_USER_NOT_FOUND,
        // The user has blocked whom they write to.
        "not-acceptable" => HResult::MSGR_E_POLICY_RESTRICTED,
        _ => of_stanza(message),
    }
}

/// Returns what the service says about an error, for developers.
#[must_use]
pub fn text(element: &Element) -> Option<String> {
    let error = element.first("error", ns::CLIENT).unwrap_or(element);
    let namespace =
        [ns::SASL, ns::STREAM_ERRORS, ns::STANZA_ERRORS].into_iter().find_map(|namespace| {
            error.first("text", namespace).map(Element::content).filter(|text| !text.is_empty())
        });
    let named = error.elements().find(|child| child.name != "text").map(|child| child.name.clone());
    let said = namespace.or(named)?;
    Some(format!("the service says: {}", said.chars().take(200).collect::<String>()))
}

/// Returns the name of the condition that an error holds; empty where it holds none.
#[must_use]
pub fn condition<'a>(error: &'a Element, namespace: &str) -> &'a str {
    error
        .elements()
        .find(|child| *child.namespace == *namespace && child.name != "text")
        .map_or("", |child| child.name.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(read: fn(&Element) -> HResult, namespace: &str, condition: &str, expect: HResult) {
        let error = Element::new("error", ns::CLIENT)
            .child(Element::new("text", namespace).text("Sorry"))
            .child(Element::new(condition, namespace));
        let element = if namespace == ns::STANZA_ERRORS {
            Element::new("iq", ns::CLIENT).child(error)
        } else {
            error
        };
        assert_eq!(read(&element), expect, "{condition}");
        assert_eq!(text(&element).as_deref(), Some("the service says: Sorry"));
    }

    #[test]
    fn every_kind_of_error_has_a_documented_code() {
        check(of_sasl, ns::SASL, "not-authorized", HResult::MSGR_E_INVALID_PASSWORD);
        check(of_sasl, ns::SASL, "anything-new", HResult::MSGR_E_INVALID_PASSWORD);
        check(of_sasl, ns::SASL, "temporary-auth-failure", HResult::MSGR_E_SERVER_UNAVAILABLE);
        check(of_stream, ns::STREAM_ERRORS, "conflict", HResult::MSGR_E_TOO_MANY_SESSIONS);
        check(of_stream, ns::STREAM_ERRORS, "host-unknown", HResult::MSGR_E_INVALID_SERVER_NAME);
        check(of_stream, ns::STREAM_ERRORS, "anything-new", HResult::MSGR_E_UNEXPECTED);
        check(of_stanza, ns::STANZA_ERRORS, "item-not-found", HResult::MSGR_E_USER_NOT_FOUND);
        check(of_stanza, ns::STANZA_ERRORS, "resource-constraint", HResult::MSGR_E_SERVER_TOO_BUSY);
        let too_many = HResult::MSGR_E_TOO_MANY_SESSIONS;
        check(of_binding, ns::STANZA_ERRORS, "resource-constraint", too_many);
        check(of_binding, ns::STANZA_ERRORS, "not-allowed", HResult::MSGR_E_POLICY_RESTRICTED);
        assert_eq!(of_stanza(&Element::new("iq", ns::CLIENT)), HResult::MSGR_E_UNEXPECTED);
    }

    #[test]
    fn only_what_waiting_heals_is_tried_again() {
        for (condition, retried) in [
            ("system-shutdown", true),
            ("resource-constraint", true),
            ("conflict", false),
            ("host-unknown", false),
            ("not-authorized", false),
        ] {
            let error =
                Element::new("error", ns::STREAM).child(Element::new(condition, ns::STREAM_ERRORS));
            assert_eq!(of_stream(&error).is_retryable(), retried, "{condition}");
        }
    }
}
