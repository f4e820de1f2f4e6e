//! The names of fields and the closed lists of values, with every spelling that files use.
//! No reading: only which word means what. All spellings are written as `text::key` gives them.

use super::{Fee, text::key};
use crate::domain::service::Service;

/// A field that is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Column {
    Id,
    Pivot,
    Name,
    Commune,
    Postcode,
    Insee,
    Address,
    AddressExtra,
    Latitude,
    Longitude,
    Kinds,
    Phone,
    Website,
    Hours,
    Source,
    Mobility,
    Parent,
    Updated,
    Services,
    Audiences,
    /// v0: who is welcome, special needs included.
    Welcome,
    Needs,
    Fees,
    /// v0: fees and the pass.
    Conditions,
    Programmes,
    /// v0: programmes and the pass.
    NationalLabels,
    Labels,
    OtherLabels,
    Support,
    Accessibility,
    Booking,
    /// Known and not read: e-mail, and free text that may name people.
    LeftOut,
}

type Names = &'static [&'static str];

/// Every column, its name in v1.0.2 (or v0), and how else it is spelled.
pub(super) const COLUMNS: &[(Column, &str, Names)] = &[
    (Column::Id, "id", &["identifiant"]),
    (Column::Pivot, "pivot", &["siret"]),
    (Column::Name, "nom", &["nom structure"]),
    (Column::Commune, "commune", &["ville"]),
    (Column::Postcode, "code_postal", &["cp"]),
    (Column::Insee, "code_insee", &["insee"]),
    (Column::Address, "adresse", &[]),
    (Column::AddressExtra, "complement_adresse", &[]),
    (Column::Latitude, "latitude", &["lat"]),
    (Column::Longitude, "longitude", &["lon", "lng", "long"]),
    (Column::Kinds, "typologie", &[]),
    (Column::Phone, "telephone", &[]),
    (Column::Website, "site_web", &["site internet", "site"]),
    (Column::Hours, "horaires", &[]),
    (Column::Source, "source", &[]),
    (Column::Mobility, "itinerance", &[]),
    (Column::Parent, "structure_parente", &[]),
    (Column::Updated, "date_maj", &["date mise a jour"]),
    (Column::Services, "services", &["service"]),
    (Column::Audiences, "publics_specifiquement_adresses", &[]),
    (Column::Welcome, "publics_accueillis", &["public accueilli"]),
    (Column::Needs, "prise_en_charge_specifique", &[]),
    (Column::Fees, "frais_a_charge", &[]),
    (Column::Conditions, "conditions_acces", &["conditions access", "condition acces"]),
    (Column::Programmes, "dispositif_programmes_nationaux", &["dispositifs programmes nationaux"]),
    (Column::NationalLabels, "labels_nationaux", &[]),
    (Column::Labels, "formations_labels", &[]),
    (Column::OtherLabels, "autres_formations_labels", &["labels autres"]),
    (Column::Support, "modalites_accompagnement", &[]),
    (Column::Accessibility, "fiche_acces_libre", &["accessibilite"]),
    (Column::Booking, "prise_rdv", &[]),
    (Column::LeftOut, "courriels", &["courriel", "email", "mail", "contact"]),
    (Column::LeftOut, "presentation_resume", &[]),
    (Column::LeftOut, "presentation_detail", &[]),
    (Column::LeftOut, "modalites_acces", &[]),
];

impl Column {
    /// The column that a header names.
    pub(super) fn find(header: &str) -> Option<Self> {
        let header = key(header);
        let named = |name: &str, also: Names| key(name) == header || also.contains(&&*header);
        COLUMNS.iter().find(|(_, name, also)| named(name, also)).map(|(column, ..)| *column)
    }

    /// Its name in the standard.
    pub(super) fn name(self) -> &'static str {
        COLUMNS.iter().find(|(column, ..)| *column == self).map_or("", |(_, name, _)| name)
    }
}

/// A closed list: each value with its spellings.
pub(super) type Terms<T> = &'static [(T, Names)];

/// The value of a list that `item` means; what stands after a colon explains only.
pub(super) fn find<T: Copy>(terms: Terms<T>, item: &str) -> Option<T> {
    let search = |item: &str| {
        let item = key(item);
        terms.iter().find(|(_, names)| names.contains(&&*item)).map(|(value, _)| *value)
    };
    search(item).or_else(|| item.split_once(':').and_then(|(before, _)| search(before)))
}

/// Whether an item says that the venue takes the pass; "aptic" was the operator that ran it.
pub(super) fn is_pass(item: &str) -> bool {
    let item = key(item);
    item.starts_with("accepte le pass numerique")
        || matches!(&*item, "pass numerique" | "pass numeriques" | "aptic" | "pass numerique aptic")
}

/// How the standard writes the label of the pass, in `autres_formations_labels`.
pub(super) const PASS_LABEL: &str = "Pass numérique";

pub(super) const SERVICES: Terms<Service> = &[
    (
        Service::AdministrativeHelp,
        &[
            "aide aux demarches administratives",
            "accompagner les demarches de sante",
            "devenir autonome dans les demarches administratives",
            "realiser des demarches administratives avec un accompagnement",
        ],
    ),
    (
        Service::EverydayTools,
        &[
            "maitrise des outils numeriques du quotidien",
            "prendre en main un smartphone ou une tablette",
            "prendre en main un ordinateur",
            "utiliser le numerique au quotidien",
        ],
    ),
    (
        Service::Employment,
        &[
            "insertion professionnelle via le numerique",
            "favoriser mon insertion professionnelle",
            "creer et developper mon entreprise",
        ],
    ),
    (Service::Security, &["utilisation securisee du numerique"]),
    (
        Service::Parenting,
        &[
            "parentalite et education avec le numerique",
            "soutenir la parentalite et l education avec le numerique",
            "accompagner mes enfants dans le numerique",
        ],
    ),
    (
        Service::Leisure,
        &["loisirs et creations numeriques", "creer avec le numerique", "decouvrir les jeux video"],
    ),
    (
        Service::Understanding,
        &[
            "comprehension du monde numerique",
            "approfondir ma culture numerique",
            "promouvoir la citoyennete numerique",
        ],
    ),
    (
        Service::Access,
        &[
            "acces internet et materiel informatique",
            "acceder a une connexion internet",
            "acceder a du materiel",
        ],
    ),
    (
        Service::AffordableEquipment,
        &[
            "acquisition de materiel informatique a prix solidaire",
            "s equiper en materiel informatique",
            "acquerir du materiel informatique a prix solidaire",
        ],
    ),
];

pub(super) const FEES: Terms<Fee> = &[
    (Fee::Free, &["gratuit"]),
    (Fee::FreeOnCondition, &["gratuit sous condition", "gratuit sous conditions"]),
    (Fee::Paying, &["payant", "adhesion"]),
];

/// `true` is itinerant, `false` fixed.
pub(super) const MOBILITY: Terms<bool> =
    &[(true, &["itinerant", "itinerante"]), (false, &["fixe"])];

pub(super) const AUDIENCES: Terms<&str> = &[
    ("Jeunes", &["jeunes", "jeunes 16 26 ans"]),
    ("Étudiants", &["etudiants"]),
    ("Familles et/ou enfants", &["familles et ou enfants", "familles enfants"]),
    ("Seniors", &["seniors", "seniors 65 ans"]),
    ("Femmes", &["femmes", "uniquement femmes"]),
];

pub(super) const NEEDS: Terms<&str> = &[
    ("Surdité", &["surdite"]),
    ("Handicaps moteurs", &["handicaps moteurs"]),
    ("Handicaps mentaux", &["handicaps mentaux", "handicaps psychiques"]),
    ("Illettrisme", &["illettrisme", "personnes en situation d illettrisme"]),
    (
        "Langues étrangères (anglais)",
        &["langues etrangeres anglais", "langues etrangeres anglaises"],
    ),
    ("Langues étrangères (autres)", &["langues etrangeres autres", "public langues etrangeres"]),
    ("Déficience visuelle", &["deficience visuelle"]),
];

pub(super) const PROGRAMMES: Terms<&str> = &[
    ("Aidants Connect", &["aidants connect"]),
    (
        "Bibliothèques numérique de référence",
        &["bibliotheques numerique de reference", "bibliotheques numeriques de reference"],
    ),
    ("Certification PIX", &["certification pix"]),
    ("Conseillers numériques", &["conseillers numeriques", "conseiller numerique", "cnfs"]),
    ("Emmaüs Connect", &["emmaus connect"]),
    ("France Services", &["france services", "france service"]),
    ("Grande école du numérique", &["grande ecole du numerique", "grandes ecoles du numerique"]),
    ("La Croix Rouge", &["la croix rouge"]),
    ("Point d'accès numérique CAF", &["point d acces numerique caf", "point relais caf"]),
    ("Promeneurs du net", &["promeneurs du net"]),
    ("Relais numérique (Emmaüs Connect)", &["relais numerique emmaus connect"]),
];

pub(super) const LABELS: Terms<&str> = &[
    ("Formé à « Mon Espace Santé »", &["forme a mon espace sante"]),
    ("Formé à « DUPLEX » (illettrisme)", &["forme a duplex illettrisme"]),
    ("Arnia/MedNum BFC (Bourgogne-Franche-Comté)", &["arnia mednum bfc bourgogne franche comte"]),
    (
        "Collectif ressources et acteurs réemploi (Normandie)",
        &["collectif ressources et acteurs reemploi normandie"],
    ),
    ("Étapes numériques(La Poste)", &["etapes numeriques la poste"]),
    ("Fabriques de Territoire", &["fabriques de territoire"]),
    ("Les Éclaireurs du numérique (Drôme)", &["les eclaireurs du numerique drome"]),
    ("Mes Papiers (Métropole de Lyon)", &["mes papiers metropole de lyon"]),
    ("ORDI 3.0", &["ordi 3 0"]),
    ("SUD LABS (PACA)", &["sud labs paca"]),
];

pub(super) const SUPPORT: Terms<&str> = &[
    ("En autonomie", &["en autonomie", "seul"]),
    ("Accompagnement individuel", &["accompagnement individuel", "avec de l aide", "a ma place"]),
    ("Dans un atelier collectif", &["dans un atelier collectif", "dans un atelier"]),
    ("À distance", &["a distance"]),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_label_of_a_list_is_found_and_every_spelling_is_a_key() {
        fn check<T: Copy + PartialEq>(terms: Terms<T>, label: impl Fn(T) -> &'static str) {
            for (value, names) in terms {
                let label = label(*value);
                assert!(find(terms, label) == Some(*value), "{label}");
                assert!(names.iter().all(|name| key(name) == *name), "{names:?}");
            }
        }
        check(SERVICES, Service::label);
        check(FEES, Fee::label);
        check(MOBILITY, |itinerant| if itinerant { "Itinérant" } else { "Fixe" });
        for terms in [AUDIENCES, NEEDS, PROGRAMMES, LABELS, SUPPORT] {
            check(terms, |label| label);
        }
    }

    #[test]
    fn every_field_of_the_standard_is_a_column() {
        let schema = include_str!("../../../tests/data/venues/schema-v1.0.2.json");
        let schema: serde_json::Value = serde_json::from_str(schema).unwrap();
        for field in schema["fields"].as_array().unwrap() {
            let name = field["name"].as_str().unwrap();
            let column = Column::find(name).unwrap();
            assert!(column == Column::LeftOut || column.name() == name, "{name}");
        }
        assert_eq!(Column::find("Code Postal "), Some(Column::Postcode));
        assert_eq!(Column::find("responsable"), None);
    }

    #[test]
    fn a_condition_that_only_mentions_the_pass_is_not_the_pass() {
        assert!(is_pass("Accepte le Pass numérique : Il est possible d'utiliser un Pass"));
        assert!(is_pass("APTIC") && is_pass(PASS_LABEL));
        assert!(!is_pass("Gratuit sous condition : convention, pass numérique…"));
    }
}
