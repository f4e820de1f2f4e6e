//! What an operator declares of the accessibility of its pages (loi 2005-102, art. 47; décret
//! 2019-768). No sentences: the pages have them.

use super::{calendar::Day, plain::is_plain};

/// The longest texts, in characters.
pub const LONGEST_LINE: usize = 200;
pub const LONGEST_TEXT: usize = 4_000;

/// How far the pages follow RGAA 4 (décret 2019-768, art. 5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Conformity {
    /// Less than half of the criteria, or never audited.
    None,
    /// Half of them or more.
    Partial,
    Full,
}

impl Conformity {
    pub const ALL: [Self; 3] = [Self::None, Self::Partial, Self::Full];

    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Partial => "partial",
            Self::Full => "full",
        }
    }

    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.code() == code)
    }
}

/// The declaration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Declaration {
    pub conformity: Conformity,
    pub audited_on: Option<Day>,
    /// Who audited; empty with no audit.
    pub audited_by: String,
    /// Where difficulties are told: an address or a telephone number.
    pub contact: String,
    /// What is not accessible, a line each.
    pub exceptions: String,
    pub changed_on: Day,
}

/// The field that is not right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadDeclaration {
    /// Nobody is told, or not in a line.
    Contact,
    /// More than nothing is declared, and no audit shows it; or an audit of a day to come.
    AuditedOn,
    AuditedBy,
    Exceptions,
}

impl BadDeclaration {
    #[must_use]
    pub const fn field(self) -> &'static str {
        match self {
            Self::Contact => "contact",
            Self::AuditedOn => "audited_on",
            Self::AuditedBy => "audited_by",
            Self::Exceptions => "exceptions",
        }
    }
}

impl Declaration {
    /// # Errors
    /// The first field that is not right.
    pub fn check(self) -> Result<Self, BadDeclaration> {
        let line = |text: &str| text.chars().count() <= LONGEST_LINE && is_plain(text);
        if self.contact.is_empty() || !line(&self.contact) {
            return Err(BadDeclaration::Contact);
        }
        let audited = self.audited_on.is_some_and(|day| day <= self.changed_on);
        let needed = self.conformity != Conformity::None || self.audited_on.is_some();
        if needed && !audited {
            return Err(BadDeclaration::AuditedOn);
        }
        if (audited && self.audited_by.is_empty()) || !line(&self.audited_by) {
            return Err(BadDeclaration::AuditedBy);
        }
        let long = self.exceptions.chars().count() > LONGEST_TEXT;
        if long || !self.exceptions.lines().all(is_plain) {
            return Err(BadDeclaration::Exceptions);
        }
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn partial() -> Declaration {
        Declaration {
            conformity: Conformity::Partial,
            audited_on: Some(Day(100)),
            audited_by: "Cabinet".to_owned(),
            contact: "acces@example.fr".to_owned(),
            exceptions: "Le plan.\nLa vidéo.".to_owned(),
            changed_on: Day(100),
        }
    }

    #[test]
    fn conformity_is_declared_after_an_audit_alone() {
        assert!(partial().check().is_ok());
        let never = Declaration { audited_on: None, audited_by: String::new(), ..partial() };
        assert_eq!(never.clone().check(), Err(BadDeclaration::AuditedOn));
        assert!(Declaration { conformity: Conformity::None, ..never }.check().is_ok());
        let later = Declaration { audited_on: Some(Day(101)), ..partial() };
        assert_eq!(later.check(), Err(BadDeclaration::AuditedOn));
        let unknown = Declaration { audited_by: String::new(), ..partial() };
        assert_eq!(unknown.check(), Err(BadDeclaration::AuditedBy));
    }

    #[test]
    fn somebody_is_told_and_nothing_hides() {
        for contact in ["", "a\u{202e}b", &"a".repeat(LONGEST_LINE + 1)] {
            let wrong = Declaration { contact: contact.to_owned(), ..partial() };
            assert_eq!(wrong.check(), Err(BadDeclaration::Contact));
        }
        for exceptions in ["a\u{0}", &"a".repeat(LONGEST_TEXT + 1)] {
            let wrong = Declaration { exceptions: exceptions.to_owned(), ..partial() };
            assert_eq!(wrong.check(), Err(BadDeclaration::Exceptions));
        }
    }
}
