//! Listens: the app, its limits and its orderly end.
//! No routes: `configure` has them.

use std::{io, net::TcpListener, time::Duration};

use actix_web::{App, HttpServer, dev::Server, middleware::from_fn, rt::System, web};

use super::{
    Shared, configure, edge,
    limits::{CLIENT_TIMEOUT_S, KEEP_ALIVE_S, MOST_CONNECTIONS, STOP_TIMEOUT_S},
};

/// What is served beside the API: the pages, which also say what is not found.
pub type Faces = fn(&mut web::ServiceConfig);

/// Serves until SIGTERM or SIGINT; requests that run then are finished first.
///
/// # Errors
/// When the address cannot be listened on.
pub fn run(state: Shared, faces: Faces, listener: TcpListener, workers: usize) -> io::Result<()> {
    System::new().block_on(async { listen(state, faces, listener, workers)?.await })
}

/// The server, for who runs it in a runtime of their own.
///
/// # Errors
/// When the address cannot be listened on.
pub fn listen(
    state: Shared,
    faces: Faces,
    listener: TcpListener,
    workers: usize,
) -> io::Result<Server> {
    let server = HttpServer::new(move || {
        let state = state.clone();
        App::new()
            .app_data(state.clone())
            .configure(move |config| configure(config, state))
            .configure(faces)
            .wrap(from_fn(edge::around))
    })
    .workers(workers)
    .max_connections(MOST_CONNECTIONS)
    .client_request_timeout(Duration::from_secs(CLIENT_TIMEOUT_S))
    .keep_alive(Duration::from_secs(KEEP_ALIVE_S))
    .shutdown_timeout(STOP_TIMEOUT_S)
    .listen(listener)?;
    Ok(server.run())
}
