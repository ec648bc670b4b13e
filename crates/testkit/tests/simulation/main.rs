//! Whole conversations of client sessions and registry, in virtual time.

mod conversation;
mod hostile;
mod corpus;
mod random_runs;
