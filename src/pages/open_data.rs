//! What is published for everybody, explained: files, licence, columns, and what is left out.
//! No figures: the files have them.

use actix_web::{HttpResponse, web};
use askama::Template;

use super::{
    layout::{Layout, page},
    stop::Stop,
    visitor::Guest,
};
use crate::domain::open_data::LICENCE;

pub fn routes(config: &mut web::ServiceConfig) {
    config.route("/open-data", web::get().to(read));
}

/// The columns of the files, by the keys of their words.
const COLUMNS: [&str; 9] = [
    "month",
    "programme",
    "programme_name",
    "territory",
    "vouchers_handed_over",
    "vouchers_started",
    "workshops_issued",
    "workshops_used",
    "redemptions",
];

#[derive(Template)]
#[template(path = "open-data.html")]
struct OpenDataPage {
    layout: Layout,
    licence: &'static str,
    /// Their names, and what they mean.
    columns: Vec<(&'static str, String)>,
}

async fn read(guest: Guest) -> Result<HttpResponse, Stop> {
    let layout = guest.layout("open-data-title");
    let means = |name: &str| guest.say.t(&format!("open-data-{}", name.replace('_', "-")));
    let columns = COLUMNS.iter().map(|name| (*name, means(name))).collect();
    Ok(page(&OpenDataPage { layout, licence: LICENCE, columns })?)
}
