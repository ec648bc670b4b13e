//! Presence as it changes: server-sent events for back ends. Lets nobody wait for a slow reader.

mod stream;
mod text;

use std::{borrow::Cow, collections::BTreeSet, sync::Arc};

use axum::{
    Extension,
    extract::{FromRequestParts, State},
    http::{HeaderMap, HeaderName, header, request::Parts},
    response::{IntoResponse, Response},
};
use mistatus_core::signin_name::SigninName;
use percent_encoding::percent_decode_str;
use utoipa::ToSchema;

use self::stream::Follower;
use crate::{
    api::{
        access::{EventsRead, Granted},
        body::{NAME_ALLOWED, excerpt},
        description::{CommonProblems, PathProblems},
        presence,
        problem::{Kind, Problem},
        values::SigninNameText,
    },
    door::Guest,
    events::Followed,
    http::App,
    limits::{API_BUSY_RETRY, API_NAMES_PER_REQUEST, API_STREAMS_PER_KEY},
    service_keys::Scope,
};

/// Whom a request wants to follow.
pub(crate) struct FollowedQuery(Followed);

/// An event, by its fields.
#[derive(ToSchema)]
#[schema(as = Event)]
#[expect(dead_code, reason = "only described: the lines are written by `text`")]
pub(crate) struct EventView {
    #[schema(inline)]
    event: EventName,
    /// Where one is with it, for `last-event-id`.
    id: String,
    /// JSON: a [PresenceList](#presencelist) for `snapshot`, a [Presence](#presence) for `presence`.
    #[schema(content_media_type = "application/json")]
    data: String,
}

/// What an event tells: how everybody is whom one follows, or one of them.
#[derive(ToSchema)]
#[schema(rename_all = "kebab-case")]
#[expect(dead_code, reason = "only described: the lines are written by `text`")]
enum EventName {
    Snapshot,
    Presence,
}

impl FromRequestParts<App> for FollowedQuery {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Problem> {
        let mut names = Vec::new();
        let query = parts.uri.query().unwrap_or_default();
        for parameter in query.split('&').filter(|parameter| !parameter.is_empty()) {
            let (key, value) = parameter.split_once('=').unwrap_or((parameter, ""));
            let key = decode(key);
            if key.as_deref() != Some("names") {
                let key = key.map_or_else(|| "\u{fffd}".to_owned(), |key| excerpt(&key));
                return Err(Problem::field(key, "the address takes no such parameter")
                    .allowing("names, as often as there are names"));
            }
            let name = decode(value).ok_or_else(|| {
                let field = format!("names[{}]", names.len());
                Problem::field(field, "the name is not UTF-8 once it is decoded")
                    .allowing(NAME_ALLOWED)
            })?;
            names.push(name);
        }
        if names.is_empty() {
            return Ok(Self(Followed(None)));
        }
        let names: BTreeSet<SigninName> = presence::parse_names(names)?.into_iter().collect();
        Ok(Self(Followed(Some(Arc::new(names)))))
    }
}

/// Decodes a part of a query, as forms write it (URL standard, `application/x-www-form-urlencoded`); `None` for what is
/// not UTF-8, in whose place others could stand.
pub(crate) fn decode(part: &str) -> Option<String> {
    let part = part.replace('+', " ");
    percent_decode_str(&part).decode_utf8().ok().map(Cow::into_owned)
}

/// Follow how people are
///
/// Server-sent events: first `snapshot`, whose data is a `PresenceList`, then a `presence` for each change, whose data
/// is a `Presence`. Whoever vanished and comes back within some seconds has not changed. Without names everybody is
/// followed who has ever signed in; that needs the scope `presence:read` as well.
///
/// A stream that breaks goes on where it was with `last-event-id`: within a minute what was missed follows, later, or for
/// other names, a new `snapshot`. A comment with the current id comes every 15 seconds; whoever hears nothing for longer
/// should connect anew. The stream ends when the server stops, the key is revoked, or an event is not read within two
/// minutes. A snapshot of everybody may be some seconds old; what changed since follows it at once. There may be 100
/// streams of one key.
#[utoipa::path(
    get,
    path = "/events",
    operation_id = "followPresence",
    tag = "Reading presence",
    params(
        ("names" = Option<Vec<SigninNameText>>, Query, explode, style = Form, max_items = 1000,
         description = "Whom to follow, percent-encoded, a parameter for each. The whole head of the request has at most 32 KiB: whoever follows more opens several streams."),
        ("last-event-id" = Option<String>, Header, description = "The id of the last event that was received."),
    ),
    responses(
        (status = 200, description = "The events.", body = EventView, content_type = "text/event-stream"),
        CommonProblems,
        PathProblems,
    ),
    security(("serviceKey" = ["events:read"])),
)]
pub(crate) async fn follow(
    key: Granted<EventsRead>,
    FollowedQuery(followed): FollowedQuery,
    State(app): State<App>,
    Extension(guest): Extension<Guest>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    match &followed.0 {
        Some(names) => {
            let more = names.len() / API_NAMES_PER_REQUEST;
            key.charge(u32::try_from(more).unwrap_or(u32::MAX), &app)?;
        }
        None => key.require(Scope::PresenceRead)?,
    }
    let place = app.api_rates.enter(key.name()).ok_or_else(|| {
        let detail = format!("there are {API_STREAMS_PER_KEY} streams with this service key");
        Problem::new(Kind::TooManyRequests, detail)
            .allowing(format!("at most {API_STREAMS_PER_KEY} streams at a time"))
            .retrying_after(API_BUSY_RETRY)
    })?;
    let after = headers.get("last-event-id").and_then(|id| id.to_str().ok());
    let follower = Follower::start(app, key, followed, after).await?;
    let headers = [
        (header::CONTENT_TYPE, "text/event-stream"),
        (header::CACHE_CONTROL, "no-cache"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        // Proxies that gather answers would keep events back.
        (HeaderName::from_static("x-accel-buffering"), "no"),
    ];
    Ok((headers, follower.spawn((place, guest.stay()))).into_response())
}
