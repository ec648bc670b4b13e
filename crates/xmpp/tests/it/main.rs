//! The dialect from outside: a scripted service, recorded conversations, hostile ones.

mod support;
mod signing_in;
mod people;
mod own_status;
mod hiding;
mod resuming;
mod hostile;
mod replay;
