//! Hands libFuzzer's inputs to `mistatus_testkit::fuzz::session`, and does nothing else.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| mistatus_testkit::fuzz::session(data));
