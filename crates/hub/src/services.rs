//! What services ask for: claims about a user, and choices in a user's name. They wait their turn among the user's own
//! requests, so that each is judged by what is durable.

use mistatus_core::{
    claim::{Claim, ServiceName},
    hresult::HResult,
    presence::{Intent, Source},
    signin_name::SigninName,
    time::{Tick, UnixMs},
};

use crate::{
    config::{CLAIMS_MAX, CLAIMS_PER_SERVICE_MAX, SERVICE_PENDING_PER_USER_MAX},
    hub::Hub,
    io::{ClaimRecord, NewClaim, Output, ServiceCommand, ServiceRequestId, StoreError, Write},
    jobs::{Continuation, NOT_STORED, Queued, Refusal, ServiceJob, TellOwner},
};

impl Hub {
    /// Takes a request of a service.
    pub fn handle_service_request(
        &mut self,
        id: ServiceRequestId,
        user: &SigninName,
        command: ServiceCommand,
        now: Tick,
        wall: UnixMs,
    ) {
        self.tell_time(now, wall);
        let stays = self.stays(user);
        let Some(account) = self.accounts.get_mut(user).filter(|_| stays) else {
            let message = "nobody has signed in by that name yet".to_owned();
            return self.service_outcome(id, HResult::MSGR_E_USER_NOT_FOUND, Some(message));
        };
        if account.services_waiting >= SERVICE_PENDING_PER_USER_MAX {
            let message = format!(
                "{SERVICE_PENDING_PER_USER_MAX} requests about this user wait already; try again later"
            );
            return self.service_outcome(id, HResult::MSGR_E_SERVER_TOO_BUSY, Some(message));
        }
        account.services_waiting += 1;
        account.queue.push_back(Queued::Service(ServiceJob { id, command }));
        self.run_queue(user);
    }

    /// Returns what one service claims about a user, in the order of the names; `None` for an unknown user.
    #[must_use]
    pub fn claims_by(&self, service: &ServiceName, user: &SigninName) -> Option<Vec<ClaimRecord>> {
        let claims = self.accounts.get(user).filter(|_| self.is_listed(user))?.claims.iter();
        Some(claims.filter(|known| known.key.service == *service).collect())
    }

    /// Works off a service's request whose turn has come, as far as it goes without the store.
    pub(crate) fn run_service_job(&mut self, owner: &SigninName, job: ServiceJob) {
        let ServiceJob { id, command } = job;
        match self.judge_service(owner, command) {
            Ok(Some(write)) => {
                self.await_store(owner);
                let owner = owner.clone();
                self.store(write.clone(), Continuation::Service { owner, id, write });
            }
            Ok(None) => self.service_outcome(id, HResult::S_OK, None),
            Err((hr, message)) => self.service_outcome(id, hr, Some(message)),
        }
    }

    /// Decides what has to be durable first; nothing where it is so already.
    fn judge_service(
        &self,
        owner: &SigninName,
        command: ServiceCommand,
    ) -> Result<Option<Write>, Refusal> {
        let Some(account) = self.accounts.get(owner) else { return Ok(None) };
        let owner = owner.clone();
        match command {
            ServiceCommand::PutClaim { key, claim } => {
                let before = account.claims.get(&key);
                let claim = starting(claim, account.claims.began_at(&key).unwrap_or(self.wall));
                claim.check(self.wall).map_err(|error| {
                    let clock = self.wall.as_millis();
                    let message = format!("{error}; the server's clock stands at {clock} ms");
                    (HResult::E_INVALIDARG, message)
                })?;
                if before == Some(&claim) {
                    return Ok(None);
                }
                let (of_service, all) = account.claims.count_beside(&key);
                if of_service >= CLAIMS_PER_SERVICE_MAX {
                    let message = format!(
                        "this service claims {CLAIMS_PER_SERVICE_MAX} things about this user; more are not kept"
                    );
                    return Err((HResult::MSGR_E_LIST_FULL, message));
                }
                if all >= CLAIMS_MAX {
                    let message = format!(
                        "all services together claim {CLAIMS_MAX} things about this user; more are not kept"
                    );
                    return Err((HResult::MSGR_E_LIST_FULL, message));
                }
                let dismissed = account.claims.is_dismissed(&key, claim.from, self.wall);
                Ok(Some(Write::PutClaim { owner, key, claim, dismissed, at: self.wall }))
            }
            ServiceCommand::RemoveClaim { key } => {
                let is_there = account.claims.get(&key).is_some();
                Ok(is_there.then_some(Write::RemoveClaim { owner, key, at: self.wall }))
            }
            ServiceCommand::SetStatus { intent } => {
                let intent = Intent { source: Source::Api, ..intent };
                self.judge_intent(&intent)?;
                Ok(Some(Write::PutIntent { name: owner, intent, at: self.wall }))
            }
        }
    }

    pub(crate) fn service_job_stored(
        &mut self,
        owner: &SigninName,
        id: ServiceRequestId,
        write: Write,
        result: Result<(), StoreError>,
    ) {
        self.store_answered(owner);
        match result {
            Ok(()) => {
                self.carry_out(owner, write);
                self.service_outcome(id, HResult::S_OK, None);
            }
            Err(StoreError) => {
                let message = Some(NOT_STORED.to_owned());
                self.service_outcome(id, HResult::MSGR_E_SERVER_UNAVAILABLE, message);
            }
        }
        self.run_queue(owner);
    }

    /// Does what has become durable.
    fn carry_out(&mut self, owner: &SigninName, write: Write) {
        let wall = self.wall;
        match write {
            Write::PutClaim { key, claim, dismissed, .. } => {
                self.change(owner, TellOwner::OfChanges, claim.source.cause(), |account| {
                    account.claims.put(key, claim, dismissed);
                    account.claims.advance(wall);
                });
            }
            Write::RemoveClaim { key, .. } => {
                let claim = self.accounts.get(owner).and_then(|account| account.claims.get(&key));
                let cause = claim.map_or(Source::Expiry, |claim| claim.source.cause());
                self.change(owner, TellOwner::OfChanges, cause, |account| {
                    account.claims.remove(&key, wall);
                    account.claims.advance(wall);
                });
            }
            Write::PutIntent { intent, .. } => self.intent_stored(owner, intent),
            _ => {}
        }
    }

    pub(crate) fn service_outcome(
        &mut self,
        id: ServiceRequestId,
        hr: HResult,
        message: Option<String>,
    ) {
        self.outputs.push_back(Output::ServiceOutcome { id, hr, message });
    }
}

/// Gives a claim a beginning, where it does not say that itself.
fn starting(claim: NewClaim, from: UnixMs) -> Claim {
    let NewClaim { source, status, note, from: said, until } = claim;
    Claim { source, status, note, from: said.unwrap_or(from), until }
}
