//! The embedded engine of mistatus: the event stream, the widget's files and the storage behind them.
//!
//! Reading order: [`config`] is what an operator may set, [`command`] what one can do beside running the server; [`server`] puts the parts together; `stream` is one
//! connection, `auth`, `key`, `keys`, `revoked` and `origin` decide who may have one, `service_keys` which back ends may ask; `door`, `addresses`, `meter` and `rate` bound them, and `outbox` what waits for them;
//! `engine` owns the registry, `store` makes it durable, `backups` copies what is durable, `control` is how an operator's command reaches all three; `http`,
//! `picture`, `files` and `invite` are everything that is not the stream, `api` is the HTTP API of back ends, `events` what it
//! tells those that follow, and `webhooks` what it sends to others by itself;
//! `people` checks what is said of people, for both and for files; `outgoing` is how this server asks others; `demo` is the crowd of `--demo`; `fuzz` is for fuzzing alone.
//!
//! Must not decide who sees what: that is the registry's affair.

pub mod command;
pub mod config;
pub mod limits;
pub mod logging;
pub mod server;
mod addresses;
mod api;
mod auth;
mod backups;
mod clock;
#[cfg(unix)]
mod control;
mod demo;
mod door;
mod encoding;
mod engine;
mod events;
mod files;
#[doc(hidden)]
pub mod fuzz;
mod http;
mod invite;
mod key;
mod keys;
mod meter;
mod metrics;
mod names;
mod origin;
mod outbox;
mod outgoing;
mod people;
mod picture;
mod rate;
mod refusals;
mod revoked;
mod service_keys;
mod stamp;
mod store;
mod stream;
mod webhooks;

pub use command::Command;
pub use config::{Config, ConfigError, Settings};
pub use keys::JwksTimes;
pub use logging::LogFormat;
pub use rate::Rate;
pub use server::{Server, StartError};
pub use stream::StreamLimits;
pub use webhooks::WebhookTimes;
