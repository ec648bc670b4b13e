//! The client's side: what the session says to frames, frames to notices.

use std::{collections::VecDeque, marker::PhantomData};

use mistatus_core::{
    dialect::{Dialect, DialectError},
    hresult::HResult,
    message::{ClientMessage, Greeting, Notice, Outcome, Request, Seq, Update},
};

use crate::{
    SUBPROTOCOL,
    codec::{Codec, In},
    fields::Fields,
    notation::Notation,
    reader::{Lenient, Reader},
    table::{Frames, Head, put_greeting},
};

/// Speaks `mistatus.v1` for a session. Holds no state but its queues: the protocol has no negotiation.
#[derive(Debug)]
pub struct JsonDialect<N> {
    transmit: VecDeque<String>,
    notices: VecDeque<Result<Notice, DialectError>>,
    notation: PhantomData<N>,
}

impl<N> Default for JsonDialect<N> {
    fn default() -> Self {
        Self { transmit: VecDeque::new(), notices: VecDeque::new(), notation: PhantomData }
    }
}

impl<N: Notation> Dialect for JsonDialect<N> {
    fn subprotocol(&self) -> &'static str {
        SUBPROTOCOL
    }

    fn open(&mut self, greeting: Greeting) {
        self.attach();
        let mut frame = Fields::default();
        put_greeting(&greeting, &mut frame);
        self.transmit.push_back(N::write(&frame));
    }

    fn attach(&mut self) {
        self.transmit.clear();
        self.notices.clear();
    }

    fn send(&mut self, message: ClientMessage) {
        let mut frame = Fields::default();
        match &message {
            ClientMessage::Request(Request { id, command }) => {
                command.put(Head::Id(*id), &mut frame);
            }
            ClientMessage::Signal(signal) => signal.put(Head::Plain, &mut frame),
        }
        self.transmit.push_back(N::write(&frame));
    }

    fn receive(&mut self, text: &str) {
        self.notices.push_back(decode::<N>(text).map_err(|message| DialectError { message }));
    }

    fn poll_transmit(&mut self) -> Option<String> {
        self.transmit.pop_front()
    }

    fn poll_notice(&mut self) -> Option<Result<Notice, DialectError>> {
        self.notices.pop_front()
    }
}

fn decode<N: Notation>(text: &str) -> Result<Notice, String> {
    let frame = Lenient(N::parse(text).ok_or("a frame must be a JSON object")?);
    let kind = frame.text("type").ok_or("a frame needs a string field `type`")?;
    notice(&kind, &frame).or_else(|field| {
        let message = format!("a `{kind}` frame needs a valid field `{field}`");
        // What answers a request ends it, whatever else it says.
        match In("id").take(&frame) {
            Ok(id) if ANSWERS.contains(&kind.as_ref()) => {
                let hr = HResult::MSGR_E_UNEXPECTED;
                Ok(Notice::Outcome(Outcome { id, hr, message: Some(message) }))
            }
            _ => Err(message),
        }
    })
}

/// The frames whose `id` is that of a request.
const ANSWERS: [&str; 2] = ["outcome", "messages"];

fn notice<R: Reader<Error = &'static str>>(kind: &str, frame: &R) -> Result<Notice, &'static str> {
    if let Some(notice) = Notice::take(kind, frame)? {
        return Ok(notice);
    }
    let update = Update::take(kind, frame)?.ok_or("type")?;
    let seq: Option<Seq> = In("seq").take(frame)?;
    match (seq, update) {
        (Some(seq), update) => Ok(Notice::Update(seq, update)),
        (None, Update::Outcome(outcome)) => Ok(Notice::Outcome(outcome)),
        (None, _) => Err("seq"),
    }
}

#[cfg(test)]
mod tests {
    use mistatus_core::message::RequestId;

    use super::*;

    fn decoded(text: &str) -> Result<Notice, String> {
        decode::<crate::notation::Text>(text)
    }

    #[test]
    fn an_answer_with_nonsense_beside_its_id_ends_the_request() {
        for text in [
            r#"{"type":"outcome","id":3}"#,
            r#"{"type":"outcome","id":3,"hr":"nonsense"}"#,
            r#"{"type":"outcome","id":3,"hr":1e40,"seq":4}"#,
            r#"{"type":"messages","id":3,"messages":"none"}"#,
        ] {
            let Ok(Notice::Outcome(Outcome { id, hr, message })) = decoded(text) else {
                panic!("{text}")
            };
            assert_eq!((id, hr), (RequestId(3), HResult::MSGR_E_UNEXPECTED), "{text}");
            assert!(message.is_some_and(|message| message.contains("needs a valid field")));
        }
    }

    #[test]
    fn what_answers_no_request_ends_none() {
        for text in [
            r#"{"type":"outcome","id":"3","hr":0}"#,
            r#"{"type":"message","id":3,"from":7}"#,
            r#"{"type":"nonsense","id":3}"#,
        ] {
            assert!(decoded(text).is_err(), "{text}");
        }
    }
}
