//! `serve`: starts the service on the network, and ends it in order.
//! No routes: `main` hands in what listens.

use std::{
    io,
    net::{SocketAddr, TcpListener},
    sync::Arc,
};

use super::{
    arguments::{LogFormat, SecondFactor, Serve},
    check::{passphrase, service},
    output::{Failure, print},
};
use crate::{
    app::{background::Background, service::Service},
    domain::{access::Tenant, view::Filter},
    sys::{
        clock::{Clock, random_bytes},
        keyring::Passphrase,
        telemetry,
        token_keys::TokenSeeds,
    },
};

/// What a transport needs to serve.
pub struct Serving {
    pub service: Arc<Service>,
    pub token_seeds: TokenSeeds,
    /// What tokens name as their issuer.
    pub issuer: String,
    pub listener: TcpListener,
    pub workers: usize,
    pub behind_proxy: bool,
    pub second_factor_required: bool,
    /// Requests a second of one address, and of one account.
    pub rates: (u32, u32),
    /// Makes the first operator, where nobody can log in yet.
    pub first_token: Option<String>,
}

/// Serves until the process is told to end.
pub type Listen = fn(Serving) -> io::Result<()>;

pub fn serve(options: &Serve, listen: Listen) -> Result<(), Failure> {
    let format = match options.log_format {
        LogFormat::Text => telemetry::LogFormat::Text,
        LogFormat::Json => telemetry::LogFormat::Json,
    };
    telemetry::start(format, &options.log).map_err(Failure::Told)?;
    let passphrase = passphrase(&options.service.keys)?;
    let mut service = service(&options.service)?;
    options.sending.set(&mut service)?;
    let first_token = first_token(&service)?;
    if let Some(token) = &first_token {
        print(&invitation(options.listen, token))?;
    }
    let keys = &options.service.keys.keys;
    let host = options.service.host.clone();
    let network = Network {
        listen,
        address: options.listen,
        workers: options.workers,
        behind_proxy: options.behind_proxy,
        second_factor_required: matches!(options.second_factor, SecondFactor::Required),
        rates: (options.address_rate, options.account_rate),
    };
    network.serve(service, keys, passphrase.as_ref(), host, first_token)
}

/// Where to listen, and with what.
pub struct Network {
    pub listen: Listen,
    pub address: SocketAddr,
    /// Zero: one a core.
    pub workers: usize,
    pub behind_proxy: bool,
    pub second_factor_required: bool,
    pub rates: (u32, u32),
}

impl Network {
    pub fn serve(
        &self,
        service: Service,
        keys: &std::path::Path,
        passphrase: Option<&Passphrase>,
        host: String,
        first_token: Option<String>,
    ) -> Result<(), Failure> {
        let token_seeds = TokenSeeds::load(keys, passphrase, &Clock::system())?;
        let told = |cause| Failure::Told(format!("cannot listen on {}: {cause}", self.address));
        let listener = TcpListener::bind(self.address).map_err(told)?;
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        let workers = if self.workers == 0 { cores } else { self.workers };
        let service = Arc::new(service);
        let background = Background::start(Arc::clone(&service))?;
        tracing::info!(address = %self.address, workers, "listening");
        let served = (self.listen)(Serving {
            service: Arc::clone(&service),
            token_seeds,
            issuer: format!("https://{host}"),
            listener,
            workers,
            behind_proxy: self.behind_proxy,
            second_factor_required: self.second_factor_required,
            rates: self.rates,
            first_token,
        });
        background.stop();
        tracing::info!("stopping: what is queued is answered");
        if let Some(service) = Arc::into_inner(service) {
            service.stop();
        }
        Ok(served?)
    }
}

/// A token for the first operator, if nobody is there.
fn first_token(service: &Service) -> Result<Option<String>, Failure> {
    let anybody = service.database().users(&Filter { limit: 1, ..Filter::of(Tenant::Any) });
    if !anybody.map_err(|cause| Failure::Fault(cause.into()))?.is_empty() {
        return Ok(None);
    }
    let token = random_bytes().map_err(|cause| Failure::Fault(cause.into()))?;
    Ok(Some(data_encoding::BASE64URL_NOPAD.encode(&token)))
}

fn invitation(address: SocketAddr, token: &str) -> String {
    let body = serde_json::json!({
        "token": token, "email": "you@example.fr", "name": "Your name",
        "password": "at least 12 characters",
    });
    format!(
        "Nobody can log in yet. Within 30 minutes, make the first operator:\n\n  \
         curl http://{address}/v1/auth/first-operator \\\n    \
         -H 'Content-Type: application/json' \\\n    -d '{body}'\n\n"
    )
}
