-- Prosody for demo and tests: loopback only, two hosts, users in plain files. {folder} and {port} are filled in.
run_as_root = true; data_path = "{folder}"; pidfile = "{folder}/prosody.pid"; certificates = "{folder}"
log = { warn = "*console" }
interfaces = { "127.0.0.1" }; http_interfaces = { "127.0.0.1" }; http_ports = { {port} }; https_ports = {}
c2s_ports = {}; c2s_direct_tls_ports = {}; legacy_ssl_ports = {}; s2s_ports = {}; modules_disabled = { "s2s" }
modules_enabled = {
  "roster", "saslauth", "disco", "pep", "privacy_lists", "blocklist", "smacks", "csi", "csi_simple", "ping", "lastactivity",
  "carbons", "offline", "mam", "private", "websocket",
}
c2s_require_encryption = false; allow_unencrypted_plain_auth = true; consider_websocket_secure = true
smacks_hibernation_time = 15; network_settings = { read_timeout = 10 }; authentication = "internal_plain"; storage = "internal"; http_default_host = "localhost"
archive_expires_after = "1w"

VirtualHost "localhost"

VirtualHost "anon.localhost"
  authentication = "anonymous"
