//! Arguments from JavaScript: checked, or refused with what is allowed.

use std::sync::Arc;

use js_sys::Reflect;
use mistatus_core::{
    hresult::HResult,
    presence::{Intent, Note, Source},
    signin_name::SigninName,
    status::MiStatus,
    time::{Span, UnixMs},
};
use send_wrapper::SendWrapper;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use super::{default_idle, error::MessengerError};
use mistatus::shell::{ConnectOptions, EarlyConnection, Share, TokenSource, Transport};

/// Longest service id: a GUID with braces (§1.4 of the automation API specification).
const SERVICE_ID_MAX: u32 = 38;

type Checked<T> = Result<T, MessengerError>;

/// Reads the options of `connect`; the flag says whether Communicator's additional states are passed on.
pub(super) fn connect_options(options: &JsValue) -> Checked<(ConnectOptions, bool)> {
    if !options.is_object() {
        return Err(MessengerError::invalid(
            "the options must be an object such as { server: \"wss://…\" }",
        ));
    }
    let transport = transport(options)?;
    let server = text(options, "server")?.unwrap_or_default();
    let is_looked_up = server.is_empty() && transport != Transport::Json;
    if !is_looked_up && !server.starts_with("wss://") && !server.starts_with("ws://") {
        return Err(MessengerError::invalid(
            "`server` must be a string that starts with wss:// or ws://",
        ));
    }
    let idle = field(options, "idle");
    let transmit = if idle.is_object() { flag(&idle, "transmit", true)? } else { true };
    let after =
        if idle.is_object() { idle_after(&field(&idle, "afterSeconds"))? } else { default_idle() };
    let connect = ConnectOptions {
        server,
        transport,
        token: token_source(&field(options, "token"))?,
        signin_name: text(options, "signinName")?
            .map(|name| SigninName::parse(&name))
            .transpose()?,
        friendly_name: text(options, "friendlyName")?,
        idle_after: transmit.then_some(after),
        keep_trying: flag(options, "keepTrying", false)?,
        share: share(&field(options, "shareConnection"))?,
        early: Some(field(options, "early")).filter(JsValue::is_object).map(EarlyConnection::new),
    };
    Ok((connect, flag(options, "extendedStates", false)?))
}

#[cfg(not(feature = "xmpp"))]
fn transport(options: &JsValue) -> Checked<Transport> {
    match text(options, "transport")?.filter(|transport| transport != "json") {
        Some(transport) => Err(MessengerError::invalid(format!(
            "`transport` is `{transport}`; this build speaks \"json\" only, mistatus/xmpp speaks \"xmpp\" too"
        ))),
        None => Ok(Transport::Json),
    }
}

#[cfg(feature = "xmpp")]
fn transport(options: &JsValue) -> Checked<Transport> {
    use mistatus::shell::xmpp::{Approval, Credentials, Xmpp};

    match text(options, "transport")?.as_deref() {
        Some("xmpp") => {}
        None | Some("json") => return Ok(Transport::Json),
        Some(other) => return Err(one_of("transport", other, "\"json\" or \"xmpp\"")),
    }
    let is_anybody =
        field(options, "token").is_undefined() && text(options, "signinName")?.is_none();
    let credentials = match text(options, "credentials")?.as_deref() {
        Some("anonymous") => Credentials::Anonymous,
        Some("password") => Credentials::Password,
        Some("token") => Credentials::Token,
        None if is_anybody => Credentials::Anonymous,
        None => Credentials::Token,
        Some(other) => {
            let allowed = "\"token\", \"password\" or \"anonymous\"";
            return Err(one_of("credentials", other, allowed));
        }
    };
    let approval = match text(options, "approval")?.as_deref() {
        None | Some("listed") => Approval::Listed,
        Some("nobody") => Approval::Nobody,
        Some("everybody") => Approval::Everybody,
        Some(other) => {
            let allowed = "\"listed\", \"nobody\" or \"everybody\"";
            return Err(one_of("approval", other, allowed));
        }
    };
    Ok(Transport::Xmpp(Xmpp { domain: text(options, "domain")?, credentials, approval }))
}

#[cfg(feature = "xmpp")]
fn one_of(option: &str, is: &str, allowed: &str) -> MessengerError {
    MessengerError::invalid(format!("`{option}` is `{is}`; it must be {allowed}"))
}

fn share(wish: &JsValue) -> Checked<Share> {
    match (wish.as_bool(), wish.as_string()) {
        (Some(false), _) => Ok(Share::Never),
        (Some(true), _) => Ok(Share::ByUser),
        // As attributes say it.
        (None, Some(text)) => Ok(match text.as_str() {
            "false" => Share::Never,
            "true" | "" => Share::ByUser,
            _ => Share::As(text),
        }),
        _ if wish.is_undefined() || wish.is_null() => Ok(Share::ByUser),
        _ => Err(MessengerError::invalid(
            "`shareConnection` must be true, false or a text that names the user",
        )),
    }
}

/// Reads what is to become of the own status.
pub(super) fn intent(status: &JsValue, note: &JsValue, until: &JsValue) -> Checked<Intent> {
    Ok(Intent {
        status: settable(status)?,
        note: self::note(note)?,
        until: instant(until)?,
        source: Source::Api,
    })
}

/// Reads a sign-in name.
pub(super) fn signin_name(name: &JsValue) -> Checked<SigninName> {
    let Some(name) = name.as_string() else {
        return Err(MessengerError::invalid("the sign-in name must be a string"));
    };
    Ok(SigninName::parse(&name)?)
}

/// Reads the arguments of `GetContact`: whom, and whether only people on the list are meant (service id "").
pub(super) fn contact(name: &JsValue, service_id: &JsValue) -> Checked<(SigninName, bool)> {
    let Some(name) = name.as_string().filter(|name| !name.is_empty()) else {
        return Err(HResult::E_FAIL.into());
    };
    let service_id = match service_id {
        none if none.is_null() || none.is_undefined() => String::new(),
        some => some
            .as_string()
            .ok_or_else(|| MessengerError::invalid("the service id must be a string"))?,
    };
    for (what, text) in [("sign-in name", &name), ("service id", &service_id)] {
        if text.contains([' ', '\r', '\n']) {
            return Err(MessengerError::invalid(format!(
                "the {what} must not hold spaces or line breaks"
            )));
        }
    }
    if js_sys::JsString::from(service_id.as_str()).length() > SERVICE_ID_MAX {
        return Err(MessengerError::invalid(format!(
            "the service id has more than {SERVICE_ID_MAX} characters"
        )));
    }
    Ok((SigninName::parse(&name)?, service_id.is_empty()))
}

/// Reads a number of seconds; absent is the default of five minutes.
pub(super) fn idle_after(seconds: &JsValue) -> Checked<Span> {
    if seconds.is_undefined() || seconds.is_null() {
        return Ok(default_idle());
    }
    match seconds.as_f64() {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "checked to be in range"
        )]
        Some(seconds) if (1.0..=86_400.0).contains(&seconds) => {
            Ok(Span::from_millis((seconds * 1000.0) as u64))
        }
        _ => Err(MessengerError::invalid(
            "the idle threshold must be a number of seconds from 1 to 86400",
        )),
    }
}

fn settable(status: &JsValue) -> Checked<MiStatus> {
    status
        .as_f64()
        .and_then(|number| {
            MiStatus::ALL.into_iter().find(|status| f64::from(status.number()) == number)
        })
        .filter(|status| status.is_settable())
        .ok_or_else(|| {
            MessengerError::invalid(
                [
                    "this status cannot be chosen; the MISTATUS values ",
                    MiStatus::SETTABLE_NUMBERS,
                    " can",
                ]
                .concat(),
            )
        })
}

fn note(note: &JsValue) -> Checked<Option<Note>> {
    match note.as_string() {
        Some(text) => Ok(Note::parse(&text)?),
        None if note.is_undefined() || note.is_null() => Ok(None),
        None => Err(MessengerError::invalid("`note` must be a string")),
    }
}

fn instant(until: &JsValue) -> Checked<Option<UnixMs>> {
    if until.is_undefined() || until.is_null() {
        return Ok(None);
    }
    let ms = until
        .dyn_ref::<js_sys::Date>()
        .map_or_else(|| until.as_f64(), |date| Some(date.get_time()));
    match ms {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "checked to be in range"
        )]
        Some(ms) if (0.0..=9_007_199_254_740_991.0).contains(&ms) => {
            Ok(Some(UnixMs::from_millis(ms as u64)))
        }
        _ => {
            Err(MessengerError::invalid("`until` must be a valid Date or milliseconds since 1970"))
        }
    }
}

fn token_source(token: &JsValue) -> Checked<Option<TokenSource>> {
    if let Some(token) = token.as_string() {
        return Ok(Some(Arc::new(move || {
            let token = token.clone();
            Box::pin(async move { Ok(Some(token)) })
        })));
    }
    if let Some(function) = token.dyn_ref::<js_sys::Function>() {
        let function = SendWrapper::new(function.clone());
        return Ok(Some(Arc::new(move || {
            // Called in a task where nothing is borrowed; it may call back in.
            let function = function.clone();
            Box::pin(async move {
                let returned = function.call0(&JsValue::UNDEFINED).map_err(refused)?;
                let token =
                    JsFuture::from(js_sys::Promise::resolve(&returned)).await.map_err(refused)?;
                match token.as_string() {
                    Some(token) => Ok(Some(token)),
                    None if token.is_null() || token.is_undefined() => Ok(None),
                    None => {
                        Err("the token function must return a string or a promise of one"
                            .to_owned())
                    }
                }
            })
        })));
    }
    if token.is_undefined() || token.is_null() {
        return Ok(None);
    }
    Err(MessengerError::invalid("`token` must be a string or a function that returns one"))
}

fn refused(thrown: JsValue) -> String {
    let why =
        thrown.dyn_ref::<js_sys::Error>().map_or_else(String::new, |error| error.message().into());
    format!("the token function failed: {why}")
}

fn text(object: &JsValue, name: &str) -> Checked<Option<String>> {
    let value = field(object, name);
    match value.as_string() {
        Some(text) => Ok(Some(text)),
        None if value.is_undefined() || value.is_null() => Ok(None),
        None => Err(MessengerError::invalid(format!("`{name}` must be a string"))),
    }
}

fn flag(object: &JsValue, name: &str, default: bool) -> Checked<bool> {
    let value = field(object, name);
    match value.as_bool() {
        Some(flag) => Ok(flag),
        None if value.is_undefined() || value.is_null() => Ok(default),
        None => Err(MessengerError::invalid(format!("`{name}` must be true or false"))),
    }
}

fn field(object: &JsValue, name: &str) -> JsValue {
    // A getter that throws leaves its option absent.
    Reflect::get(object, &name.into()).unwrap_or(JsValue::UNDEFINED)
}
