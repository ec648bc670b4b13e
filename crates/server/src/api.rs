//! The HTTP API of back ends, `/api/v1`: keys, bodies, problems, and the routes. Decides nothing about presence.
//!
//! Reading order: `access` says who may do what, `problem` what is answered where something is wrong, `body` reads what
//! is sent and prints what is answered, out of `values`; `presence`, `claims`, `status`, `people` and `groups` hold routes,
//! which change something by `service`; `follow` streams what changes, `backup` the database; `description` describes them.

mod problem;
mod access;
mod values;
mod body;
mod presence;
mod service;
mod claims;
mod status;
mod people;
mod groups;
mod follow;
mod backup;
mod description;
#[cfg(test)]
mod reference;

use axum::{
    Router,
    extract::{Request, State},
    http::Uri,
    middleware::{self, Next},
    response::Response,
    routing::get,
};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::http::{self, App};

pub(crate) use access::KeyRates;
pub(crate) use body::NAME_ALLOWED;
pub(crate) use presence::PresenceView;
use problem::{Kind, Problem};

/// Where the API is.
pub(crate) const PREFIX: &str = "/api/v1";

/// Returns all that answers below [`PREFIX`], whose paths are without it.
pub(crate) fn router(app: App) -> Router {
    let (router, _) = routes().split_for_parts();
    router
        .fallback(no_such_path)
        .method_not_allowed_fallback(no_such_method)
        .layer(middleware::from_fn_with_state(app.clone(), check_host))
        .with_state(app)
}

/// Returns every route with its description.
fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(description::frame())
        .routes(routes!(presence::one))
        .routes(routes!(presence::many))
        // A person may be called so.
        .route("/presence/query", get(presence::one_called_query))
        .routes(routes!(follow::follow))
        .routes(routes!(claims::put, claims::delete))
        .routes(routes!(claims::list))
        .routes(routes!(status::put, status::delete))
        .routes(routes!(backup::make))
        .routes(routes!(people::search))
        .routes(routes!(people::one, people::put, people::delete))
        .routes(routes!(groups::one, groups::put, groups::delete))
        .routes(routes!(description::openapi))
}

/// Lets nobody read by a foreign name where nobody has to prove who they are, as the other routes do.
async fn check_host(
    State(app): State<App>,
    request: Request,
    next: Next,
) -> Result<Response, Problem> {
    if !http::is_host_allowed(&app, request.headers()) {
        return Err(Problem::new(Kind::ForeignHost, http::FOREIGN_HOST));
    }
    Ok(next.run(request).await)
}

async fn no_such_path(uri: Uri) -> Problem {
    let path = body::excerpt(uri.path());
    Problem::new(Kind::NoSuchPath, format!("{PREFIX}{path} is no address of this API"))
        .allowing(format!("the paths that {PREFIX}/openapi.json lists"))
}

async fn no_such_method(request: Request) -> Problem {
    let method = body::excerpt(request.method().as_str());
    Problem::new(Kind::NoSuchMethod, format!("this address does not take {method}"))
        .allowing("the methods that the header `allow` lists")
}
