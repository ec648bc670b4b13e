//! Hands libFuzzer's inputs to `mistatus_server::fuzz::connection`, and does nothing else.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| mistatus_server::fuzz::connection(data));
