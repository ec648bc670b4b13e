//! Hands libFuzzer's inputs to what reads where an XMPP service is, and does nothing else.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data);
    let _ = mistatus_xmpp::host_meta::from_xml(&text);
    let _ = mistatus_xmpp::host_meta::from_json(&text);
});
