//! A stream that one page leaves and the next one goes on with (XEP-0198 §5). Left alone it would stand there until the
//! service gives it up, with what came meanwhile, and with a status that nobody takes back.

use core::fmt;

use mistatus_core::{chat::ContactRequest, time::UnixMs};

use super::{Clock, Stage, XmppDialect, stream::Stream};
use crate::{
    framing,
    jid::{BareJid, Jid},
    limits::SUBSCRIBERS_MAX,
    stream_management::StreamManagement,
};

/// What another dialect must know of a stream, beside what the service tells again.
pub(super) struct Left {
    jid: Jid,
    id: String,
    received: u32,
    /// What the archive calls the last message that came.
    last_archived: Option<String>,
    /// Whether others may see the user by it.
    is_available: bool,
    /// Who waits for an answer: services say so at the first presence only.
    subscribers: Vec<(BareJid, ContactRequest)>,
}

impl<C: Clock> XmppDialect<C> {
    /// Returns what [`Self::take_over`] needs to go on with this stream over another link, once that of this one is
    /// closed; `None` where there is no such stream. Whoever has it and can sign in as the user has the stream.
    pub fn left(&self) -> Option<String> {
        let stream = self.stream.as_ref().filter(|_| self.is_flowing())?;
        let management = stream.management.as_ref()?;
        let available = if stream.hiding.is_available { "available" } else { "" };
        let head = [
            stream.jid.to_string(),
            management.id()?.to_owned(),
            management.received().to_string(),
            available.to_owned(),
            self.last_archived.as_ref().map(|id| ["=", id].concat()).unwrap_or_default(),
        ];
        let waiting = stream.subscribers.iter();
        let waiting = waiting.map(|(jid, request)| {
            let called = request.friendly_name.as_deref().unwrap_or_default();
            format!("{} {jid} {called}", request.at.as_millis())
        });
        Some(head.into_iter().chain(waiting).collect::<Vec<_>>().join("\n"))
    }

    /// Goes on with a stream that another dialect has left, where there is one, and with none of its own, at the next
    /// link. The session is told as at any sign-in; what came meanwhile is told after its snapshot.
    pub fn take_over(&mut self, left: Option<&str>) {
        self.stream = None;
        self.left = left.and_then(read);
    }

    /// Begins with what was left, if that is the user's.
    pub(super) fn begin_left(&mut self, user: &BareJid) {
        let Some(left) = self.left.take().filter(|left| left.jid.bare == *user) else { return };
        let mut stream = Stream::new(left.jid, false, self.draws.draw());
        stream.management = Some(StreamManagement::left(left.id, left.received));
        stream.hiding.is_available = left.is_available;
        stream.subscribers = left.subscribers.into_iter().collect();
        stream.is_taken_over = true;
        self.stream = Some(stream);
        self.resumes = true;
        self.last_archived = left.last_archived;
    }

    /// The page goes. Of somebody who hides nothing is left: not all services keep to themselves when that ends.
    pub(super) fn leave_link(&mut self) {
        let hides = |stream: &Stream| self.own.is_hidden() || stream.hiding.is_active;
        if self.is_flowing() && self.stream.as_ref().is_some_and(hides) {
            // While the list still keeps it from others: at the end of a stream services tell them by themselves.
            self.be_gone();
            self.stage = Stage::Closing;
            self.lose_stream();
            self.say(&framing::close());
        }
    }
}

// Whoever has it may go on with the stream, and it names people.
impl fmt::Debug for Left {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Left").finish_non_exhaustive()
    }
}

fn read(text: &str) -> Option<Left> {
    let mut lines = text.split('\n');
    let jid = Jid::parse(lines.next()?).filter(|jid| jid.resource.is_some())?;
    let id = lines.next().filter(|id| !id.is_empty())?.to_owned();
    let received = lines.next()?.parse().ok()?;
    let is_available = !lines.next()?.is_empty();
    let last_archived = lines.next()?.strip_prefix('=').map(str::to_owned);
    let subscriber = |line: &str| {
        let (at, rest) = line.split_once(' ')?;
        let (jid, called) = rest.split_once(' ')?;
        let (at, jid) = (UnixMs::from_millis(at.parse().ok()?), BareJid::parse(jid)?);
        let friendly_name = Some(called.to_owned()).filter(|called| !called.is_empty());
        let request = ContactRequest { from: jid.signin_name()?, friendly_name, at };
        Some((jid, request))
    };
    let subscribers = lines.filter_map(subscriber).take(SUBSCRIBERS_MAX).collect();
    Some(Left { jid, id, received, last_archived, is_available, subscribers })
}
