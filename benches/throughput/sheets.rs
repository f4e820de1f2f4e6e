//! Passes on sheets: each signed again and drawn, as for an issuer who prints a batch.
//! No pages of the web app: they ask who may print, and for which places.

use std::array;

use pass_numerique::{
    domain::ids::VoucherId,
    print::pdf::{Format, Labels, Pass, Venue, sheet},
};

use crate::{
    Plan,
    machine::{median, now},
    sections::heading,
    service::Running,
    town::{ids, location},
};

/// Passes of one document.
const PASSES: usize = 1_000;
const FORMATS: [(&str, Format); 3] = [
    ("ten a page", Format::Cards),
    ("four a page", Format::Quarters),
    ("one a page", Format::Pages),
];

/// A thousand passes as one document, in each format.
pub fn sheets(plan: &Plan) {
    for (database, server) in plan.servers() {
        heading(&format!("{PASSES} passes as PDF, {database}"));
        let place = location(&plan.folder, server);
        let running = Running::start(&plan.folder, &place);
        running.issue(PASSES);
        let vouchers = ids(&place, "SELECT id FROM voucher ORDER BY number");
        println!("| | seconds | megabytes |\n|---|---:|---:|");
        for (name, format) in FORMATS {
            let (mut seconds, mut bytes) = (Vec::new(), 0);
            for _ in 0..plan.rounds {
                let begin = now();
                let passes: Vec<Pass> = vouchers.iter().map(|id| pass(&running, *id)).collect();
                bytes = sheet(&labels(), format, &passes, &mut |_| {}).unwrap().len();
                seconds.push(begin.elapsed().as_secs_f64());
            }
            println!("| {name} | {:.2} | {:.1} |", median(&seconds), bytes as f64 / 1e6);
        }
    }
}

fn pass(running: &Running, voucher: VoucherId) -> Pass {
    let paper = running.service.paper(voucher).unwrap();
    let venues: [_; 3] = array::from_fn(|place| Venue {
        name: format!("Médiathèque {place}"),
        address: "12 rue de la République, 93200 Saint-Denis".to_owned(),
        hours: Some("mardi au samedi, 10 h à 18 h".to_owned()),
        distance: Some("800 m".to_owned()),
    });
    Pass {
        host: running.service.host().to_owned(),
        digits: paper.digits,
        programme: "Dispositif".to_owned(),
        value: format!("{} ateliers", paper.left),
        validity: paper.last_day.to_string(),
        manual_code: paper.manual_code,
        reference: paper.reference,
        venues: venues.into(),
        appointment: None,
        specimen: false,
    }
}

fn labels() -> Labels {
    let text = str::to_owned;
    Labels {
        language: text("fr-FR"),
        title: text("Votre pass numérique"),
        operator: text("Pass numérique"),
        logo: None,
        code: text("Code"),
        reference: text("Référence"),
        steps_heading: text("Comment l’utiliser"),
        steps: ["Choisissez un lieu.", "Prenez rendez-vous.", "Montrez ce pass."].map(text).into(),
        appointment_heading: text("Votre premier rendez-vous"),
        venues_heading: text("Où aller"),
        help_heading: text("Besoin d’aide ?"),
        help: text("Appelez le 01 23 45 67 89."),
        card_hint: text("À découper"),
        stub_hint: text("À garder"),
        qr_alternative: text("Code QR du pass"),
        specimen: text("Spécimen"),
    }
}
