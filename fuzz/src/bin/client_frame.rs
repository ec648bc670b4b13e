//! Hands libFuzzer's inputs to `mistatus_testkit::fuzz::client_frame`, and does nothing else.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| mistatus_testkit::fuzz::client_frame(data));
