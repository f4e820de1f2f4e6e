//! The entry: puts the layers together, and hands the command line to `cli`.
//! Nothing else.

use std::{io, process::ExitCode, sync::Arc};

use pass_numerique::{
    app::sending::Sending,
    cli::{Serving, run},
    http::{Settings, Shared, State, auth::tokens::Tokens, limits::Rates, server},
    pages::{self, letters::Writer},
};

/// A redemption allocates some hundred times, mostly in diesel: the C library's allocator took an
/// eighth of the writer's time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    run(serve)
}

fn serve(serving: Serving) -> io::Result<()> {
    let tokens = Tokens::of_seeds(&serving.issuer, serving.token_seeds.iter())
        .ok_or_else(|| io::Error::other("a token key cannot be used"))?;
    let (address, account) = serving.rates;
    let settings = Settings {
        rates: Rates { address, account },
        behind_proxy: serving.behind_proxy,
        second_factor_required: serving.second_factor_required,
    };
    let state = State::new(serving.service, tokens, settings);
    if let Some(token) = &serving.first_token {
        state.first.set(token, state.service.clock.now());
    }
    let state = Shared::new(state);
    let letters = Arc::new(Writer::new(state.clone()));
    let sending = Sending::start(&state.service, letters)?;
    let served = server::run(state, pages::routes, serving.listener, serving.workers);
    sending.stop();
    served
}
