//! The nine services of the national standard, of which every workshop delivers one.
//! No file formats: how files spell a service stands in `national_schema`.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A service of `LaMednum/standard-mediation-num` v1.0.2, field `services`.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Service {
    AdministrativeHelp,
    EverydayTools,
    Employment,
    Security,
    Parenting,
    Leisure,
    Understanding,
    Access,
    AffordableEquipment,
}

/// A code that names no service.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("no service has the code {0:?}")]
pub struct NotAService(pub String);

impl Service {
    /// All of them, in the order of the standard.
    pub const ALL: [Self; 9] = [
        Self::AdministrativeHelp,
        Self::EverydayTools,
        Self::Employment,
        Self::Security,
        Self::Parenting,
        Self::Leisure,
        Self::Understanding,
        Self::Access,
        Self::AffordableEquipment,
    ];

    /// The code in the database and in the API; it never changes.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::AdministrativeHelp => "administrative_help",
            Self::EverydayTools => "everyday_tools",
            Self::Employment => "employment",
            Self::Security => "security",
            Self::Parenting => "parenting",
            Self::Leisure => "leisure",
            Self::Understanding => "understanding",
            Self::Access => "access",
            Self::AffordableEquipment => "affordable_equipment",
        }
    }

    /// The name in the standard, shown on screens and paper.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::AdministrativeHelp => "Aide aux démarches administratives",
            Self::EverydayTools => "Maîtrise des outils numériques du quotidien",
            Self::Employment => "Insertion professionnelle via le numérique",
            Self::Security => "Utilisation sécurisée du numérique",
            Self::Parenting => "Parentalité et éducation avec le numérique",
            Self::Leisure => "Loisirs et créations numériques",
            Self::Understanding => "Compréhension du monde numérique",
            Self::Access => "Accès internet et matériel informatique",
            Self::AffordableEquipment => "Acquisition de matériel informatique à prix solidaire",
        }
    }
}

impl fmt::Display for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl FromStr for Service {
    type Err = NotAService;

    fn from_str(code: &str) -> Result<Self, NotAService> {
        let found = Self::ALL.into_iter().find(|service| service.code() == code);
        found.ok_or_else(|| NotAService(code.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_reads_back_and_is_the_same_in_json() {
        for service in Service::ALL {
            assert_eq!(service.code().parse(), Ok(service));
            assert_eq!(serde_json::json!(service), service.code());
        }
        assert_eq!("Access".parse::<Service>(), Err(NotAService("Access".to_owned())));
    }

    #[test]
    fn the_labels_are_those_of_the_standard_in_its_order() {
        let schema = include_str!("../../tests/data/venues/schema-v1.0.2.json");
        let schema: serde_json::Value = serde_json::from_str(schema).unwrap();
        let fields = schema["fields"].as_array().unwrap();
        let field = fields.iter().find(|field| field["name"] == "services").unwrap();
        let labels = Service::ALL.map(Service::label).join("|");
        let pattern = field["constraints"]["pattern"].as_str().unwrap();
        assert_eq!(pattern, format!("(?:(?:^|\\|)({labels}))+$"));
    }
}
