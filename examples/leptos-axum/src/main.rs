//! The server: draws the application for each request and hands out what the browser takes it over with.

// The types of a page with the picker in it are deeper than the compiler allows by itself.
#![recursion_limit = "512"]

use axum::Router;
use leptos::prelude::*;
use leptos_axum_example::shell;
use tower_http::services::ServeDir;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    // What the futures of a page run on while the server draws it.
    any_spawner::Executor::init_tokio()?;
    let options = get_configuration(Some("Cargo.toml"))?.leptos_options;
    let package = format!("{}/{}", options.site_root, options.site_pkg_dir);
    let listener = tokio::net::TcpListener::bind(options.site_addr).await?;
    println!("listening on http://{}", listener.local_addr()?);
    let app = Router::new()
        .nest_service(&format!("/{}", options.site_pkg_dir), ServeDir::new(package))
        .fallback(leptos_axum::render_app_to_stream(move || shell(options.clone())));
    axum::serve(listener, app).await?;
    Ok(())
}
