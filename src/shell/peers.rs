//! How tabs that share a connection write what they tell each other: a list whose first item says what it is.
//!
//! Every script of the origin can post to the channel, so whatever is not exactly such a list is ignored.

use js_sys::Array;
use mistatus_core::{session::PeerMessage, signin_name::SigninName};
use wasm_bindgen::{JsCast, JsValue};

const HELLO: u8 = 0;
const UP: u8 = 1;
const DOWN: u8 = 2;
const BUSY: u8 = 3;
const FROM_SERVER: u8 = 4;
const TO_SERVER: u8 = 5;
const UNWATCH: u8 = 6;

/// Writes a message.
pub(super) fn write(message: &PeerMessage) -> Array {
    let list = Array::new();
    let first = |kind: u8| list.push(&kind.into());
    match message {
        PeerMessage::Hello => drop(first(HELLO)),
        PeerMessage::Up { epoch, resumed, welcome } => {
            first(UP);
            // JavaScript's numbers hold a half of it exactly.
            #[expect(clippy::cast_possible_truncation, reason = "the halves")]
            for half in [(*epoch >> 32) as u32, *epoch as u32] {
                list.push(&half.into());
            }
            list.push(&(*resumed).into());
            list.push(&welcome.into());
        }
        PeerMessage::Down { hidden } => {
            first(DOWN);
            list.push(&(*hidden).into());
        }
        PeerMessage::Busy => drop(first(BUSY)),
        PeerMessage::FromServer(text) => {
            first(FROM_SERVER);
            list.push(&text.into());
        }
        PeerMessage::ToServer(text) => {
            first(TO_SERVER);
            list.push(&text.into());
        }
        PeerMessage::Unwatch(names) => {
            first(UNWATCH);
            for name in names {
                list.push(&name.as_str().into());
            }
        }
    }
    list
}

/// Reads a message; `None` for anything that [`write`] does not make.
pub(super) fn read(posted: &JsValue) -> Option<PeerMessage> {
    let list = posted.dyn_ref::<Array>()?;
    let number = |at| list.get(at).as_f64().map(half);
    let text = |at| list.get(at).as_string();
    let flag = |at| list.get(at).as_bool();
    Some(match u8::try_from(number(0)?).ok()? {
        HELLO => PeerMessage::Hello,
        UP => PeerMessage::Up {
            epoch: u64::from(number(1)?) << 32 | u64::from(number(2)?),
            resumed: flag(3)?,
            welcome: text(4)?,
        },
        DOWN => PeerMessage::Down { hidden: flag(1)? },
        BUSY => PeerMessage::Busy,
        FROM_SERVER => PeerMessage::FromServer(text(1)?),
        TO_SERVER => PeerMessage::ToServer(text(1)?),
        UNWATCH => {
            let mut names = Vec::new();
            for at in 1..list.length() {
                names.push(SigninName::parse(&text(at)?).ok()?);
            }
            PeerMessage::Unwatch(names)
        }
        _ => return None,
    })
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates")]
const fn half(number: f64) -> u32 {
    number as u32
}
