//! Listens: the app, its limits and its orderly end.
//! No routes: `configure` has them.

use std::{io, net::TcpListener, time::Duration};

use actix_web::{App, HttpServer, dev::Server, middleware::from_fn};

use super::{
    Shared, configure, edge,
    limits::{CLIENT_TIMEOUT_S, KEEP_ALIVE_S, MOST_CONNECTIONS},
};

/// Serves until the process is told to end; what runs then is finished.
///
/// # Errors
/// When the address cannot be listened on.
pub fn listen(state: Shared, listener: TcpListener, workers: usize) -> io::Result<Server> {
    let server = HttpServer::new(move || {
        let state = state.clone();
        App::new()
            .app_data(state.clone())
            .configure(move |config| configure(config, state))
            .wrap(from_fn(edge::around))
    })
    .workers(workers)
    .max_connections(MOST_CONNECTIONS)
    .client_request_timeout(Duration::from_secs(CLIENT_TIMEOUT_S))
    .keep_alive(Duration::from_secs(KEEP_ALIVE_S))
    .shutdown_timeout(KEEP_ALIVE_S)
    .listen(listener)?;
    Ok(server.run())
}
