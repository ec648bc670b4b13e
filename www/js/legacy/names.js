// The documented names of the automation API: what is called, what is read, what is told. Only names: which of them are
// there, the Messenger object says.
// Generated from tests/spec/automation-api.json: run `node npm/generate.mjs` after a change of either.

/** @param {string} text */
const words = (text) => text.trim().split(/\s+/);

/** The members that are called: methods, and properties that take an argument. */
export const METHODS = words(`
  AddContact AutoSignin Close CreateGroup FindContact GetAuthenticationInfo GetContact InstantMessage InviteApp Item
  MediaWizard MyPhoneNumber MyProperty OpenInbox OptionsPages Page Phone PhoneNumber Property Remove RemoveContact
  ResolveContact SendFile SendMail SendText Show Signin Signout StartConversation StartVideo StartVoice
  UnreadEmailCount ViewProfile
`);

/** The properties that are read, and sometimes set. */
export const PROPERTIES = words(`
  Blocked CanPage Contacts ContactsSortOrder Count FriendlyName HWND Height History IsClosed IsSelf IsTagged Left
  MyContacts MyFriendlyName MyGroups MyServiceId MyServiceName MySigninName MyStatus Name PresenceProperties
  PrimaryService ReceiveFileDirectory Service ServiceID ServiceName Services SigninName Status Top Width Window
`);

/** The events. */
export const EVENTS = words(`
  OnAppShutdown OnContactAddedToGroup OnContactBlockChange OnContactFriendlyNameChange OnContactListAdd
  OnContactListRemove OnContactPagerChange OnContactPhoneChange OnContactPropertyChange OnContactRemovedFromGroup
  OnContactResolved OnContactStatusChange OnGroupAdded OnGroupNameChanged OnGroupRemoved OnIMWindowContactAdded
  OnIMWindowContactRemoved OnIMWindowCreated OnIMWindowDestroyed OnMyFriendlyNameChange OnMyPhoneChange
  OnMyPropertyChange OnMyStatusChange OnSignin OnSignout OnUnreadEmailChange
`);
