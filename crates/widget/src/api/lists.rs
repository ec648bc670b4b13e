//! Groups, blocked people and contact requests, as the facade asks for them. Converts only.

use mistatus_core::{
    group::{GroupId, GroupName},
    message::Command,
    signin_name::SigninName,
};
use wasm_bindgen::prelude::*;

use super::{Client, error::MessengerError, key, number, promise};
use mistatus::shell::Failure;

#[wasm_bindgen]
impl Client {
    /// Numbers of the user's groups, in their order.
    #[wasm_bindgen(js_name = groupIds)]
    pub fn group_ids(&self) -> Vec<u32> {
        self.presence.with_session(|session| session.groups().map(|group| group.id.0).collect())
    }

    /// What a group is called; nothing for one that is gone.
    #[wasm_bindgen(js_name = groupName)]
    pub fn group_name(&self, group: u32) -> Option<String> {
        self.presence.with_session(|session| {
            session.group(GroupId(group)).map(|group| group.name.as_str().to_owned())
        })
    }

    /// Keys of the contacts in a group, in their order.
    #[wasm_bindgen(js_name = groupMembers)]
    pub fn group_members(&self, group: u32) -> Vec<String> {
        self.presence.with_session(|session| {
            let group = session.group(GroupId(group));
            group.into_iter().flat_map(|group| group.members.iter().map(key)).collect()
        })
    }

    /// Checks the name of a group and returns it without the spaces outside.
    ///
    /// # Errors
    /// `E_INVALIDARG`, `MSGR_E_BAD_GROUP_NAME` or `MSGR_E_GROUP_NAME_TOO_LONG`, as documented for `CreateGroup`.
    #[wasm_bindgen(js_name = checkGroupName)]
    pub fn check_group_name(&self, name: &str) -> Result<String, MessengerError> {
        Ok(group_name(name)?.as_str().to_owned())
    }

    /// Starts making a group and returns the request's number; the verdict arrives as `OnGroupAdded`.
    ///
    /// # Errors
    /// As [`Client::check_group_name`]; `MSGR_E_NOT_LOGGED_ON` unless signed in.
    #[wasm_bindgen(js_name = createGroup)]
    pub fn create_group(&self, name: &str) -> Result<f64, MessengerError> {
        let name = group_name(name)?;
        let id = self.presence.request(Command::CreateGroup { name }, Box::new(drop))?;
        Ok(number(id.0))
    }

    /// Starts calling a group otherwise; the verdict arrives as `OnGroupNameChanged`.
    ///
    /// # Errors
    /// As [`Client::create_group`]; `MSGR_E_GROUP_DOES_NOT_EXIST` for one that is gone.
    #[wasm_bindgen(js_name = renameGroup)]
    pub fn rename_group(&self, group: u32, name: &str) -> Result<(), MessengerError> {
        let name = group_name(name)?;
        self.start(Command::RenameGroup { group: GroupId(group), name })
    }

    /// Starts ending a group; the verdict arrives as `OnGroupRemoved`.
    ///
    /// # Errors
    /// `MSGR_E_GROUP_DOES_NOT_EXIST` for one that is gone, `MSGR_E_NOT_LOGGED_ON` unless signed in.
    #[wasm_bindgen(js_name = removeGroup)]
    pub fn remove_group(&self, group: u32) -> Result<(), MessengerError> {
        self.start(Command::RemoveGroup { group: GroupId(group) })
    }

    /// Starts putting a contact into a group or taking them out; the verdict arrives as `OnContactAddedToGroup` or
    /// `OnContactRemovedFromGroup`.
    ///
    /// # Errors
    /// As [`Client::remove_group`].
    #[wasm_bindgen(js_name = setGroupMember)]
    pub fn set_group_member(
        &self,
        group: u32,
        contact: &str,
        member: bool,
    ) -> Result<(), MessengerError> {
        let name = SigninName::parse(contact)?;
        self.start(Command::SetGroupMember { group: GroupId(group), name, member })
    }

    /// Whether the user has blocked somebody; false when signed out.
    #[wasm_bindgen(js_name = isBlocked)]
    pub fn is_blocked(&self, contact: &str) -> bool {
        SigninName::parse(contact)
            .is_ok_and(|name| self.presence.with_session(|session| session.is_blocked(&name)))
    }

    /// Starts blocking somebody or ending that; the verdict arrives as `OnContactBlockChange`.
    ///
    /// # Errors
    /// `MSGR_E_NOT_LOGGED_ON` unless signed in.
    #[wasm_bindgen(js_name = setBlocked)]
    pub fn set_blocked(&self, contact: &str, blocked: bool) -> Result<(), MessengerError> {
        let name = SigninName::parse(contact)?;
        self.start(Command::SetBlocked { name, blocked })
    }

    /// Who waits for the user's answer: pairs of sign-in name and display name, the longest waiting first.
    #[wasm_bindgen(
        js_name = contactRequests,
        unchecked_return_type = "[signinName: string, friendlyName: string][]"
    )]
    pub fn contact_requests(&self) -> js_sys::Array {
        self.presence.with_session(|session| {
            session
                .contact_requests()
                .map(|request| {
                    let name = request.from.as_str();
                    let shown = request.friendly_name.as_deref().unwrap_or(name);
                    js_sys::Array::of2(&name.into(), &shown.into())
                })
                .collect()
        })
    }

    /// Answers somebody who asked to see the user; resolves when the server confirmed.
    #[wasm_bindgen(js_name = answerContactRequest, unchecked_return_type = "Promise<void>")]
    pub fn answer_contact_request(&self, name: &str, accept: bool) -> js_sys::Promise {
        promise(|then| {
            let name = SigninName::parse(name)?;
            self.presence.request(Command::AnswerContactRequest { name, accept }, then)?;
            Ok(())
        })
    }

    /// Whether somebody is on the contact list; false when signed out.
    #[wasm_bindgen(js_name = isListed)]
    pub fn is_listed(&self, contact: &str) -> bool {
        self.of_person(contact, |person| person.listed).unwrap_or_default()
    }
}

impl Client {
    /// Starts something whose verdict is an event.
    pub(super) fn start(&self, command: Command) -> Result<(), MessengerError> {
        self.presence.request(command, Box::new(drop))?;
        Ok(())
    }
}

fn group_name(name: &str) -> Result<GroupName, MessengerError> {
    GroupName::parse(name)
        .map_err(|error| Failure { hr: error.hr(), message: Some(error.to_string()) }.into())
}
