//! Hands libFuzzer's inputs to `mistatus_server::fuzz::operator_file`, and does nothing else.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| mistatus_server::fuzz::operator_file(data));
