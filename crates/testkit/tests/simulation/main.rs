//! Whole conversations of client sessions and registry, in virtual time.

mod conversation;
mod random_runs;
