//! The dialect from outside: a scripted service, recorded conversations, hostile ones.

mod support;
mod signing_in;
mod people;
mod names;
mod asking;
mod groups;
mod blocking;
mod chats;
mod choice;
mod archive;
mod own_status;
mod hiding;
mod leaving;
mod missing;
mod resuming;
mod hostile;
mod session;
mod corpus;
mod documented;
mod replay;
