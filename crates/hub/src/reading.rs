//! What a user has read, of which only the user's own clients are told.

use mistatus_core::{chat::MessageId, message::Update, signin_name::SigninName};

use crate::{
    client::ClientId,
    hub::Hub,
    io::{StoreError, Write},
    jobs::Continuation,
};

impl Hub {
    /// Takes that a user has read what somebody wrote. What was read before, or was never there, costs no write.
    pub(crate) fn mark_read(&mut self, client: ClientId, from: &SigninName, up_to: MessageId) {
        let Some(known) = self.clients.get(&client) else { return };
        let Some(account) = self.accounts.get_mut(&known.user) else { return };
        let read = account.unread.read(from, up_to);
        if read.is_empty() {
            return;
        }
        let (owner, from) = (account.name.clone(), from.clone());
        let write = Write::MarkRead { owner: owner.clone(), from: from.clone(), up_to };
        self.store(write, Continuation::Read { owner, from, read });
    }

    pub(crate) fn mark_stored(
        &mut self,
        owner: &SigninName,
        from: &SigninName,
        read: &[MessageId],
        result: Result<(), StoreError>,
    ) {
        if result == Err(StoreError)
            && let Some(account) = self.accounts.get_mut(owner)
        {
            for id in read {
                account.unread.insert(from, *id);
            }
        }
        self.tell_unread(owner, from);
    }

    /// Tells the clients of a user how much of what somebody wrote is unread.
    pub(crate) fn tell_unread(&mut self, user: &SigninName, from: &SigninName) {
        let Some(account) = self.accounts.get(user) else { return };
        let unread = account.unread.of(from);
        self.tell_all_of(user, Update::Unread { unread });
    }
}
