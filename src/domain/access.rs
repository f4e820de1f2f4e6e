//! Who may do what: the one table of roles and verbs.
//! No look-ups: what belongs to a tenant is found by the reads that take a `Tenant`.

use std::{fmt, num::ParseIntError, str::FromStr};

use super::{
    ids::{DeviceId, FunderId, IssuerId, OrganisationId, UserId},
    registry::Role,
};

/// Within what a role acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tenant {
    Any,
    Funder(FunderId),
    Issuer(IssuerId),
    Organisation(OrganisationId),
}

/// Who calls: a person, or a device by its own key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Who {
    Person(UserId),
    Device(DeviceId),
}

impl From<UserId> for Who {
    fn from(id: UserId) -> Self {
        Self::Person(id)
    }
}

impl From<DeviceId> for Who {
    fn from(id: DeviceId) -> Self {
        Self::Device(id)
    }
}

const DEVICE: &str = "device:";

impl fmt::Display for Who {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Person(id) => id.fmt(f),
            Self::Device(id) => write!(f, "{DEVICE}{id}"),
        }
    }
}

impl FromStr for Who {
    type Err = ParseIntError;

    fn from_str(text: &str) -> Result<Self, ParseIntError> {
        match text.strip_prefix(DEVICE) {
            Some(id) => id.parse().map(Self::Device),
            None => text.parse().map(Self::Person),
        }
    }
}

/// How far a role reaches with a verb.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reach {
    No,
    /// Its own funder, issuer or organisation.
    Own,
    Any,
}

use Reach::{Any, No, Own};

macro_rules! verbs {
    ($($verb:ident: $operator:ident $auditor:ident $analyst:ident $manager:ident $agent:ident
        $supervisor:ident $scanner:ident;)+) => {
        /// What can be done.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Verb { $($verb),+ }

        impl Verb {
            pub const ALL: &'static [Self] = &[$(Self::$verb),+];

            const fn reaches(self) -> [Reach; 7] {
                match self {
                    $(Self::$verb =>
                        [$operator, $auditor, $analyst, $manager, $agent, $supervisor, $scanner]),+
                }
            }
        }
    };
}

verbs! {
    //                operator auditor analyst manager agent supervisor scanner
    FunderCreate:       Any No  No  No  No  No  No;
    FunderRead:         Any Any Own No  No  No  No;
    FunderChange:       Any No  No  No  No  No  No;
    ProgrammeCreate:    Any No  No  No  No  No  No;
    ProgrammeRead:      Any Any Own Own Own Own Own;
    ProgrammeChange:    Any No  No  No  No  No  No;
    ProgrammeClose:     Any No  No  No  No  No  No;
    ProgrammeEnd:       Any No  No  No  No  No  No;
    ProgrammeFund:      Any No  No  No  No  No  No;
    ProgrammeAdmit:     Any No  No  No  No  No  No;
    ProgrammeGuarantee: Any No  No  No  No  No  No;
    AllocationCreate:   Any No  No  No  No  No  No;
    AllocationRead:     Any Any Own Own Own No  No;
    IssuerCreate:       Any No  No  No  No  No  No;
    IssuerRead:         Any Any Own Own Own No  No;
    IssuerChange:       Any No  No  No  No  No  No;
    IssuerSuspend:      Any No  No  No  No  No  No;
    OrganisationCreate: Any No  No  No  No  No  No;
    OrganisationRead:   Any Any No  No  No  Own Own;
    OrganisationChange: Any No  No  No  No  No  No;
    OrganisationApprove: Any No No  No  No  No  No;
    VenueCreate:        Any No  No  No  No  Own No;
    VenueRead:          Any Any Any Any Any Own Own;
    VenueImport:        Any No  No  No  No  No  No;
    VenueChange:        Any No  No  No  No  Own No;
    VenueOpen:          Any No  No  No  No  No  No;
    UserCreate:         Any No  No  Own No  Own No;
    UserRead:           Any Any No  Own No  Own No;
    UserChange:         Any No  No  Own No  Own No;
    UserRaiseLimit:     Any No  No  Own No  No  No;
    UserRevoke:         Any No  No  Own No  Own No;
    DeviceCreate:       No  No  No  No  No  Own No;
    DeviceRead:         Any Any No  No  No  Own No;
    DeviceChange:       No  No  No  No  No  Own No;
    DeviceRevoke:       Any No  No  No  No  Own No;
    RecordRead:         Any Any No  No  No  Own No;
    RecordDecide:       Any No  No  No  No  No  No;
    ConflictRead:       Any Any Own No  No  Own No;
    ConflictDecide:     Any No  Own No  No  No  No;
    VoucherIssue:       Any No  No  Own Own No  No;
    ApiKeyCreate:       Any No  No  Own No  Own No;
    ApiKeyRead:         Any Any No  Own No  Own No;
    ApiKeyRevoke:       Any No  No  Own No  Own No;
    BatchCreate:        Any No  No  Own No  No  No;
    VoucherRead:        Any Any No  Own Own No  No;
    VoucherPrint:       Any No  No  Own Own No  No;
    VoucherSend:        Any No  No  Own Own No  No;
    VoucherLookUp:      Any Any No  Own Own Any Any;
    VoucherSuspend:     Any No  No  Own Own No  No;
    VoucherReinstate:   Any No  No  Own No  No  No;
    VoucherCancel:      Any No  No  Own Own No  No;
    VoucherReplace:     Any No  No  Own Own No  No;
    RedemptionCreate:   No  No  No  No  No  Own Own;
    RedemptionRead:     Any Any Own No  No  Own Own;
    RedemptionReverse:  Any No  No  No  No  Own Own;
    ReportRead:         Any Any Own Own No  Own No;
    KeyRead:            Any Any No  No  No  No  No;
    KeyChange:          Any No  No  No  No  No  No;
    LedgerRead:         Any Any Own No  No  No  No;
    AuditRead:          Any Any No  No  No  No  No;
    LooksChange:        Any No  No  No  No  No  No;
    SettlementRead:     Any Any Own No  No  No  No;
    SettlementPrepare:  Any No  No  No  No  No  No;
    SettlementApprove:  Any No  No  No  No  No  No;
    SettlementExport:   Any No  No  No  No  No  No;
    SettlementAnswer:   Any No  No  No  No  No  No;
    PaymentRead:        Any Any Own No  No  Own No;
    PaymentConfirm:     Any No  Own No  No  No  No;
    BankAccountRead:    Any Any No  No  No  Own No;
    BankAccountEnter:   Any No  No  No  No  Own No;
    PayerAccountRead:   Any Any No  No  No  No  No;
    PayerAccountEnter:  Any No  No  No  No  No  No;
    HoldRead:           Any Any Own No  No  Own No;
    HoldDecide:         Any No  Own No  No  No  No;
    ReceiptRead:        Any Any No  No  No  Own Own;
    PrintListTake:      Any No  No  No  No  No  No;
    PeopleRead:         Any Any Own No  No  No  No;
    HoldDispute:        Any No  Own No  No  No  No;
    BankAccountConfirm: Any No  No  No  No  Own No;
    PeriodRead:         Any Any No  No  No  No  No;
    PeriodClose:        Any No  No  No  No  No  No;
    StatementRead:      Any Any Own No  No  Own No;
    ProgrammeExport:    Any No  Own No  No  No  No;
    YearlyAccountRead:  Any Any Own No  No  No  No;
    PaymentDelaysRead:  Any Any No  No  No  Own No;
    DisputeRead:        Any Any Own No  No  Own No;
    DisputeOpen:        No  No  No  No  No  Own No;
    DisputeDecide:      Any No  Own No  No  No  No;
}

/// Within what `role` may do `verb`; `None`: it may not.
#[must_use]
pub fn within(role: Role, verb: Verb) -> Option<Tenant> {
    let [operator, auditor, analyst, manager, agent, supervisor, scanner] = verb.reaches();
    let (reach, own) = match role {
        Role::Operator => (operator, Tenant::Any),
        Role::Auditor => (auditor, Tenant::Any),
        Role::Analyst(of) => (analyst, Tenant::Funder(of)),
        Role::Manager(of) => (manager, Tenant::Issuer(of)),
        Role::Agent(of) => (agent, Tenant::Issuer(of)),
        Role::Supervisor(of) => (supervisor, Tenant::Organisation(of)),
        Role::Scanner(of) => (scanner, Tenant::Organisation(of)),
    };
    match reach {
        No => None,
        Own => Some(own),
        Any => Some(Tenant::Any),
    }
}

/// Within what a device of `organisation` may do `verb`: it takes workshops, looks back at them and
/// undoes them, and of its organisation sees what is its own.
#[must_use]
pub const fn device_within(organisation: OrganisationId, verb: Verb) -> Option<Tenant> {
    match verb {
        Verb::RedemptionCreate
        | Verb::RedemptionRead
        | Verb::RedemptionReverse
        | Verb::VenueRead => Some(Tenant::Organisation(organisation)),
        Verb::VoucherLookUp => Some(Tenant::Any),
        _ => None,
    }
}

/// Whether someone acting within `tenant` may give `role`: nobody gives more than their own
/// tenant's roles.
#[must_use]
pub fn may_give(tenant: Tenant, role: Role) -> bool {
    match (tenant, role) {
        (Tenant::Any, _) => true,
        (Tenant::Issuer(own), Role::Manager(of) | Role::Agent(of)) => own == of,
        (Tenant::Organisation(own), Role::Supervisor(of) | Role::Scanner(of)) => own == of,
        _ => false,
    }
}

/// Whether whoever has this role may do nothing with a password alone, where the operator asks for
/// a second factor.
#[must_use]
pub const fn needs_second_factor(role: Role) -> bool {
    matches!(role, Role::Operator)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROLES: [Role; 7] = [
        Role::Operator,
        Role::Auditor,
        Role::Analyst(FunderId(1)),
        Role::Manager(IssuerId(2)),
        Role::Agent(IssuerId(2)),
        Role::Supervisor(OrganisationId(3)),
        Role::Scanner(OrganisationId(3)),
    ];

    fn reads(verb: Verb) -> bool {
        let name = format!("{verb:?}");
        name.ends_with("Read") || name.ends_with("LookUp")
    }

    #[test]
    fn an_auditor_reads_everything_and_changes_nothing() {
        for verb in Verb::ALL {
            let expected = reads(*verb).then_some(Tenant::Any);
            assert_eq!(within(Role::Auditor, *verb), expected, "{verb:?}");
        }
    }

    #[test]
    fn an_operator_does_everything_but_what_venues_do_themselves() {
        let theirs =
            [Verb::RedemptionCreate, Verb::DeviceCreate, Verb::DeviceChange, Verb::DisputeOpen];
        for verb in Verb::ALL {
            let expected = (!theirs.contains(verb)).then_some(Tenant::Any);
            assert_eq!(within(Role::Operator, *verb), expected, "{verb:?}");
        }
    }

    #[test]
    fn a_tenant_changes_nothing_outside_itself() {
        for role in &ROLES[2..] {
            for verb in Verb::ALL.iter().filter(|verb| !reads(**verb)) {
                let own = within(*role, *verb);
                assert_ne!(own, Some(Tenant::Any), "{role:?} {verb:?}");
            }
        }
    }

    #[test]
    fn a_device_reaches_no_further_than_a_scanner_of_its_organisation() {
        let own = OrganisationId(3);
        for verb in Verb::ALL {
            let device = device_within(own, *verb);
            assert!(device.is_none() || device == within(ROLES[6], *verb), "{verb:?}");
        }
        assert_eq!(device_within(own, Verb::ProgrammeRead), None);
    }

    #[test]
    fn a_person_and_a_device_of_one_number_are_not_the_same() {
        for who in [Who::Person(UserId(7)), Who::Device(DeviceId(7))] {
            assert_eq!(who.to_string().parse(), Ok(who));
        }
        assert!("device:".parse::<Who>().is_err() && "person:7".parse::<Who>().is_err());
    }

    #[test]
    fn a_funder_reads_pays_and_decides_what_its_guarantee_pays_and_what_is_held() {
        let decides = [
            Verb::ConflictDecide,
            Verb::HoldDecide,
            Verb::HoldDispute,
            Verb::PaymentConfirm,
            // It reads, and notes who did.
            Verb::ProgrammeExport,
            Verb::DisputeDecide,
        ];
        for verb in Verb::ALL {
            if let Some(tenant) = within(ROLES[2], *verb) {
                assert!(reads(*verb) || decides.contains(verb), "{verb:?}");
                // Venues are published anyway.
                let own = if *verb == Verb::VenueRead {
                    Tenant::Any
                } else {
                    Tenant::Funder(FunderId(1))
                };
                assert_eq!(tenant, own);
            }
        }
    }

    #[test]
    fn a_lower_role_never_reaches_further_than_its_superior() {
        for verb in Verb::ALL {
            for (high, low) in [(ROLES[3], ROLES[4]), (ROLES[5], ROLES[6])] {
                let low = within(low, *verb);
                assert!(low.is_none() || low == within(high, *verb), "{verb:?}");
            }
        }
    }

    #[test]
    fn nobody_but_the_operator_gives_roles_of_another_tenant() {
        let own = Tenant::Issuer(IssuerId(2));
        let given: Vec<bool> = ROLES.iter().map(|role| may_give(own, *role)).collect();
        assert_eq!(given, [false, false, false, true, true, false, false]);
        assert!(!may_give(own, Role::Agent(IssuerId(9))));
        assert!(ROLES.iter().all(|role| may_give(Tenant::Any, *role)));
        assert!(!ROLES.iter().any(|role| may_give(Tenant::Funder(FunderId(1)), *role)));
    }
}
