//! What is sent, through a real mail server and a real gateway on this machine.
//! No rules of vouchers: `core` has them.

mod accounts;
mod disputes;
mod mail;
mod organisations;
mod programmes;
mod reminders;
mod server;
mod sms;
mod watch;

use std::sync::Arc;

use pass_numerique::{
    domain::{ids::VoucherId, message::Channel},
    pages::letters::Writer,
    sys::mail::Mailer,
};
use serde_json::{Value, json};

use crate::support::{Town, api::Api, gate::Gate, smtp::Smtp, sql};

/// A town whose service sends, and what it sends to.
struct Post {
    api: Api,
    smtp: Smtp,
    gate: Gate,
}

impl Post {
    fn of(town: Town) -> Self {
        let smtp = Smtp::start();
        let mailer = smtp.mailer();
        Self::by(town, smtp, mailer)
    }

    fn by(mut town: Town, smtp: Smtp, mailer: Mailer) -> Self {
        let gate = Gate::start();
        let service = Arc::get_mut(&mut town.service).unwrap();
        service.set_post(Some(mailer), Some(gate.gateway())).unwrap();
        Self { api: Api::start(town), smtp, gate }
    }

    /// One run of each thread that sends.
    fn run(&self) -> u64 {
        let writer = Writer::new(self.api.state.clone());
        let service = &self.api.town.service;
        Channel::ALL.iter().map(|way| service.send_due(*way, &writer, &|| true).unwrap()).sum()
    }

    fn wait(&self, seconds: i64) {
        let clock = &self.api.town.service.clock;
        clock.set(clock.now().plus_seconds(seconds));
    }

    fn number(&self, query: &str) -> i64 {
        sql::number(&self.api.town.location, query)
    }

    /// Nothing that a contact could be read from is left with settled messages.
    fn nothing_is_left(&self) {
        let left = "SELECT COUNT(*) FROM message WHERE state <> 'waiting' \
            AND (contact IS NOT NULL OR content IS NOT NULL)";
        assert_eq!(self.number(left), 0);
    }
}

fn path(voucher: VoucherId, what: &str) -> String {
    format!("/v1/vouchers/{voucher}/{what}")
}

fn by_email(to: &str) -> Value {
    json!({ "channel": "email", "to": to })
}
