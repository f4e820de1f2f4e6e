//! Labels in both languages and passes to print.
//! No voucher that verifies anywhere: the digits are arithmetic, not signatures.

use crate::{
    domain::voucher::text::DIGITS,
    print::pdf::{Labels, Logo, Pass, Venue},
};

/// 17 characters, as in the measurements.
pub const HOST: &str = "pass.departe77.fr";

fn texts<const N: usize>(all: [&str; N]) -> Vec<String> {
    all.map(str::to_owned).to_vec()
}

pub fn french() -> Labels {
    let text = str::to_owned;
    Labels {
        language: text("fr-FR"),
        title: text("Pass numérique"),
        operator: text("Département de Seine-et-Marne"),
        logo: None,
        code: text("Sans le QR, donnez ce code :"),
        reference: text("Référence à dire au téléphone :"),
        steps_heading: text("Comment utiliser votre pass"),
        steps: texts([
            "Choisissez un lieu. Appelez-le pour prendre rendez-vous.",
            "Venez avec ce pass, sur papier ou sur votre téléphone.",
            "Montrez le QR code au début de l’atelier.",
            "Vous ne payez rien : le pass paie l’atelier.",
            "Gardez ce pass jusqu’au dernier atelier.",
        ]),
        appointment_heading: text("Votre premier rendez-vous"),
        venues_heading: text("Où aller près de chez vous"),
        help_heading: text("Une question ? Pass perdu ?"),
        help: text(
            "Appelez le 01 64 00 00 00, du lundi au vendredi, de 9 h à 17 h. L’appel est gratuit.",
        ),
        card_hint: text("Carte à découper et à garder sur vous"),
        stub_hint: text("Talon pour la structure qui remet le pass"),
        qr_alternative: text(
            "QR code du pass. Prenez-le en photo avec un téléphone : vous voyez les ateliers qui \
             restent.",
        ),
        specimen: text("SPÉCIMEN"),
    }
}

pub fn english() -> Labels {
    let text = str::to_owned;
    Labels {
        language: text("en"),
        title: text("Digital pass"),
        operator: text("Département de Seine-et-Marne"),
        logo: None,
        code: text("Without the QR, give this code:"),
        reference: text("Reference to say on the phone:"),
        steps_heading: text("How to use your pass"),
        steps: texts([
            "Choose a place. Call it to make an appointment.",
            "Bring this pass, on paper or on your phone.",
            "Show the QR code when the workshop begins.",
            "You pay nothing: the pass pays for the workshop.",
            "Keep this pass until your last workshop.",
        ]),
        appointment_heading: text("Your first appointment"),
        venues_heading: text("Where to go near you"),
        help_heading: text("A question? Lost your pass?"),
        help: text("Call 01 64 00 00 00, Monday to Friday, 9 am to 5 pm. The call is free."),
        card_hint: text("Card to cut out and keep with you"),
        stub_hint: text("Stub for whoever hands out the pass"),
        qr_alternative: text(
            "QR code of the pass. Take a picture of it with a phone to see the workshops that are \
             left.",
        ),
        specimen: text("SPECIMEN"),
    }
}

/// 204 digits that differ from pass to pass.
pub fn digits(number: u64) -> String {
    let mut state = number.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut digit = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        char::from(b'0' + u8::try_from((state >> 33) % 10).unwrap())
    };
    (0..DIGITS).map(|_| digit()).collect()
}

/// What a reader of the QR must give.
pub fn address(pass: &Pass) -> String {
    format!("HTTPS://{}/{}", pass.host.to_uppercase(), pass.digits)
}

pub fn pass(number: u64) -> Pass {
    Pass {
        host: HOST.to_owned(),
        digits: digits(number),
        programme: "Inclusion numérique 2026-2027".to_owned(),
        value: "10 ateliers".to_owned(),
        validity: "Valable jusqu’au 30\u{a0}novembre\u{a0}2027".to_owned(),
        manual_code: format!("7K2M-9QXR-{:04}", number % 10_000),
        reference: format!("H4TW-{:05}", number % 100_000),
        venues: Vec::new(),
        appointment: None,
        specimen: false,
    }
}

pub fn stock(number: u64) -> Pass {
    let validity = "Valable 180 jours à\u{a0}partir\u{a0}de\u{a0}la\u{a0}remise".to_owned();
    Pass { validity, value: "5 ateliers".to_owned(), ..pass(number) }
}

pub fn venues() -> Vec<Venue> {
    let venue = |name: &str, address: &str, hours: &str, distance: &str| Venue {
        name: name.to_owned(),
        address: address.to_owned(),
        hours: Some(hours.to_owned()),
        distance: Some(distance.to_owned()),
    };
    vec![
        venue(
            "Médiathèque Astrolabe",
            "25 rue du Château, 77000 Melun",
            "Mardi au samedi, 10 h à 18 h",
            "à 400 m",
        ),
        venue(
            "Maison France Services",
            "3 place de la Gare, 77190 Dammarie-les-Lys",
            "Lundi au vendredi, 9 h à 12 h",
            "à 2,1 km",
        ),
        venue(
            "Bus numérique",
            "Parking du marché, 77350 Le Mée-sur-Seine",
            "Jeudi, 14 h à 17 h",
            "à 3 km",
        ),
    ]
}

pub fn with_places(number: u64) -> Pass {
    Pass { venues: venues(), ..pass(number) }
}

pub const LOGO: &str = "Logo du département";

/// Labels with a logo of so many points: a ring on a transparent ground.
pub fn with_logo(labels: Labels, width: u32, height: u32) -> Labels {
    let picture = image::RgbaImage::from_fn(width, height, |x, y| {
        let edge = x < width / 8 || y < height / 8 || x > width * 7 / 8 || y > height * 7 / 8;
        image::Rgba(if edge { [31, 79, 168, 255] } else { [0; 4] })
    });
    let mut png = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut png, image::ImageFormat::Png).unwrap();
    Labels { logo: Some(Logo::of_png(png.into_inner(), LOGO.to_owned()).unwrap()), ..labels }
}

/// Every text far longer than there is room for.
pub fn long(number: u64) -> (Labels, Pass) {
    let names = "Syndicat mixte intercommunal d’aménagement numérique et de médiation sociale du \
                 Haut-Pays et des Vallées de la Seine-Maritime orientale, pôle Éducation populaire";
    let mut labels = french();
    labels.operator = names.to_owned();
    labels.help = format!("{names}. {}", labels.help);
    labels.steps = labels.steps.iter().map(|step| format!("{step} {names}")).collect();
    let word = "Donaudampfschifffahrtsgesellschaftskapitän".repeat(4);
    let venue = |text: &str| Venue {
        name: text.to_owned(),
        address: format!("{names}, {text}"),
        hours: Some(names.to_owned()),
        distance: Some("à 12,5 kilomètres".to_owned()),
    };
    let pass = Pass {
        programme: names.to_owned(),
        value: format!("10 ateliers {word}"),
        validity: names.to_owned(),
        manual_code: "7K2M-9QXR-WWWW".repeat(3),
        reference: "WWWW-WWWWW".repeat(9),
        venues: ["Ambert", "Brioude", "Craponne", "Dunières"]
            .map(|town| venue(&format!("{town} {names} {word}")))
            .to_vec(),
        appointment: Some(names.repeat(3)),
        ..pass(number)
    };
    (labels, pass)
}

pub fn specimen(number: u64) -> Pass {
    let appointment = Some("Lundi 30 novembre à 14 h, Médiathèque Astrolabe".to_owned());
    Pass { specimen: true, appointment, ..with_places(number) }
}

pub fn in_english(number: u64) -> Pass {
    let validity = "Valid until 30\u{a0}November\u{a0}2027".to_owned();
    Pass { value: "10 workshops".to_owned(), validity, ..with_places(number) }
}
