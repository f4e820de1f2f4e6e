//! Orders about voucher keys: one step of a life each, or a whole rotation as it falls due.
//! No rules: each step is decided by the writer like any other command.

use serde::{Deserialize, Serialize};

use super::{
    receipts::ReceiptKeyOrder,
    service::{Fault, Service},
};
use crate::{
    domain::{
        calendar::{Day, Instant},
        command::{Ask, Outcome},
        ids::{Seq, UserId},
        key::KeyState,
        key_register::{Early, KeyAsk, OVERLAP_S, PublicKey, Purpose, Registered},
        key_set::KeySet,
        refusal::Refusal,
        voucher::Kid,
    },
    store::{AlarmLine, Database},
    sys::secrets::new_key,
};

/// What an operator orders.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "order")]
pub enum KeyOrder {
    /// Registers a key of the folder, making one if all are registered: a spare.
    Add,
    Activate {
        kid: Kid,
        early: Option<Early>,
    },
    Retire {
        kid: Kid,
    },
    Compromise {
        kid: Kid,
    },
    /// Begins a rotation, or goes on with the one that runs.
    Rotate {
        early: Option<Early>,
    },
    /// A set that the root key signed elsewhere.
    Publish {
        root: PublicKey,
        text: String,
        new_root: bool,
    },
    /// The next receipt key.
    RotateReceipts,
    /// A receipt key leaked.
    CompromiseReceipts {
        key: Seq,
    },
}

/// What an order, or a rotation as time went by, led to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case", tag = "step")]
pub enum KeyStep {
    /// Registered; `ready_at` is when it may sign without a reason.
    Added {
        kid: Kid,
        ready_at: Instant,
    },
    Activated {
        kid: Kid,
    },
    Retired {
        kid: Kid,
    },
    Compromised {
        kid: Kid,
    },
    Published {
        sequence: u64,
        expires_at: Instant,
    },
    /// Pending until its 7 days are over.
    Waiting {
        kid: Kid,
        ready_at: Instant,
    },
    /// Its 7 days are over, but the published set does not have it: publish first.
    Unpublished {
        kid: Kid,
    },
    /// Still active beside its successor, until this moment.
    Overlapping {
        kid: Kid,
        until: Instant,
    },
    /// It signs what is recorded from then on.
    ReceiptKeyAdded {
        key: Seq,
        signs_from: Instant,
    },
    ReceiptKeyCompromised {
        key: Seq,
    },
}

/// The steps, or why the writer refused the first.
pub type Ordered = Result<Vec<KeyStep>, Refusal>;

/// A key as an operator sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct KeyLine {
    pub kid: Kid,
    pub public: PublicKey,
    pub state: KeyState,
    pub purpose: Purpose,
    pub added_at: Instant,
    /// When a pending key may be activated.
    pub ready_at: Option<Instant>,
    pub activated_at: Option<Instant>,
    pub ended_at: Option<Instant>,
    pub first_day: Option<Day>,
    pub last_day: Option<Day>,
    pub verifies_until: Option<Day>,
}

impl From<&Registered> for KeyLine {
    fn from(key: &Registered) -> Self {
        Self {
            kid: key.kid(),
            public: key.public,
            state: key.state,
            purpose: key.purpose,
            added_at: key.added_at,
            ready_at: (key.state == KeyState::Pending).then(|| key.ready_at()),
            activated_at: key.activated_at,
            ended_at: key.ended_at,
            first_day: key.first_day,
            last_day: key.last_day,
            verifies_until: key.verifies_until,
        }
    }
}

/// All keys, read beside a service that may be running.
///
/// # Errors
/// When the database does not answer.
pub fn key_lines(database: &Database) -> Result<Vec<KeyLine>, Fault> {
    Ok(database.voucher_keys()?.iter().map(KeyLine::from).collect())
}

impl Service {
    /// All keys that were ever registered, in the order in which they were added.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn key_list(&self) -> Result<Vec<KeyLine>, Fault> {
        key_lines(&self.database)
    }

    /// Alarms of leaked keys from `since` on, the newest first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn alarms(&self, since: Instant, limit: i64) -> Result<Vec<AlarmLine>, Fault> {
        Ok(self.database.alarms(since, limit)?)
    }

    /// Carries out an order.
    ///
    /// # Errors
    /// When the writer or a key file fails; a refusal is a value.
    pub fn order_keys(&self, actor: Option<UserId>, order: &KeyOrder) -> Result<Ordered, Fault> {
        // The folder may have a file that was made since.
        self.reload_keys()?;
        let steps = match order {
            KeyOrder::Add => self.add_key(actor, Purpose::Spare).map(|(_, added)| vec![added]),
            KeyOrder::Activate { kid, early } => self.activate_key(actor, *kid, *early),
            KeyOrder::Retire { kid } => self.retire_key(actor, *kid),
            KeyOrder::Compromise { kid } => {
                let step = KeyStep::Compromised { kid: *kid };
                self.key_step(actor, KeyAsk::Compromise { kid: *kid }, step)
            }
            KeyOrder::Rotate { early } => self.rotate(actor, *early),
            KeyOrder::Publish { root, text, new_root } => {
                self.publish_key_set(actor, *root, text, *new_root)
            }
            KeyOrder::RotateReceipts => {
                return self.order_receipt_keys(actor, ReceiptKeyOrder::Rotate);
            }
            KeyOrder::CompromiseReceipts { key } => {
                return self.order_receipt_keys(actor, ReceiptKeyOrder::Compromise(*key));
            }
        };
        self.told(steps)
    }

    /// Begins a rotation, or goes on with the one that runs: a new key is pending for 7 days,
    /// then active beside the old one for a day, then the old one retires.
    ///
    /// # Errors
    /// As `order_keys`.
    pub fn rotate_keys(
        &self,
        actor: Option<UserId>,
        early: Option<Early>,
    ) -> Result<Ordered, Fault> {
        self.order_keys(actor, &KeyOrder::Rotate { early })
    }

    /// What is due of a rotation that was begun; begins none. For the service's own clockwork.
    ///
    /// # Errors
    /// As `order_keys`.
    pub fn advance_keys(&self) -> Result<Ordered, Fault> {
        self.reload_keys()?;
        self.told(self.advance())
    }

    fn told(&self, steps: Steps) -> Result<Ordered, Fault> {
        self.reload_keys()?;
        match steps {
            Ok(steps) => Ok(Ok(steps)),
            Err(Halt::Refused(refusal)) => Ok(Err(refusal)),
            Err(Halt::Fault(fault)) => Err(*fault),
        }
    }

    fn rotate(&self, actor: Option<UserId>, early: Option<Early>) -> Steps {
        let registered = self.database.voucher_keys().map_err(Fault::from)?;
        let now = self.clock.now();
        // A spare will do if nobody has to wait for it.
        let spare = |key: &&Registered| {
            key.state == KeyState::Pending && (early.is_some() || now >= key.ready_at())
        };
        let next = rotating(&registered).or_else(|| registered.iter().find(spare));
        let mut steps = self.retire_superseded(actor, &registered)?;
        if let Some(key) = next {
            steps.extend(self.promote(actor, key, early)?);
        } else if steps.is_empty() || early.is_some() {
            let (kid, added) = self.add_key(actor, Purpose::Rotation)?;
            steps.push(added);
            if early.is_some() {
                steps.extend(self.activate_key(actor, kid, early)?);
            }
        }
        Ok(steps)
    }

    fn advance(&self) -> Steps {
        let registered = self.database.voucher_keys().map_err(Fault::from)?;
        let mut steps = self.retire_superseded(None, &registered)?;
        if let Some(key) = rotating(&registered) {
            steps.extend(self.promote(None, key, None)?);
        }
        Ok(steps)
    }

    /// Active keys with a successor: they retire when it has been active for a day.
    fn retire_superseded(&self, actor: Option<UserId>, registered: &[Registered]) -> Steps {
        let active = registered.iter().filter(|key| key.state == KeyState::Active);
        let mut active: Vec<_> = active.collect();
        active.sort_by_key(|key| key.turn());
        let mut steps = Vec::new();
        let Some((newest, older)) = active.split_last() else { return Ok(steps) };
        let now = self.clock.now();
        let until = newest.activated_at.unwrap_or(now).plus_seconds(OVERLAP_S);
        for key in older {
            if now < until {
                steps.push(KeyStep::Overlapping { kid: key.kid(), until });
            } else {
                steps.extend(self.retire_key(actor, key.kid())?);
            }
        }
        Ok(steps)
    }

    /// A pending key becomes active when its time has come, or at once for a reason.
    fn promote(&self, actor: Option<UserId>, key: &Registered, early: Option<Early>) -> Steps {
        let (kid, ready_at) = (key.kid(), key.ready_at());
        if early.is_some() {
            return self.activate_key(actor, kid, early);
        }
        if self.clock.now() < ready_at {
            return Ok(vec![KeyStep::Waiting { kid, ready_at }]);
        }
        if !self.scanners_know(key)? {
            return Ok(vec![KeyStep::Unpublished { kid }]);
        }
        self.activate_key(actor, kid, None)
    }

    /// Whether the set that was published last has the key; without a set nobody needs it.
    fn scanners_know(&self, key: &Registered) -> Result<bool, Halt> {
        let Some(set) = self.database.key_set().map_err(Fault::from)? else { return Ok(true) };
        let keys = KeySet::peek(&set.text).unwrap_or_default();
        Ok(keys.contains(&key.public.0))
    }

    fn add_key(&self, actor: Option<UserId>, purpose: Purpose) -> Result<(Kid, KeyStep), Halt> {
        let public = match self.unregistered().first() {
            Some(public) => *public,
            None => {
                let made = new_key(self.keys.folder(), self.keys.passphrase());
                made.map_err(Fault::from)?.1
            }
        };
        let kid = public.kid();
        self.ask_key(actor, KeyAsk::Add { public, purpose })?;
        let added = self.database.voucher_key(kid).map_err(Fault::from)?;
        let ready_at = added.map_or_else(|| self.clock.now(), |key| key.ready_at());
        Ok((kid, KeyStep::Added { kid, ready_at }))
    }

    fn activate_key(&self, actor: Option<UserId>, kid: Kid, early: Option<Early>) -> Steps {
        // Where this instance could not sign with it, it must not become the key that signs.
        self.reload_keys()?;
        let pending = self.database.voucher_key(kid).map_err(Fault::from)?;
        if pending.is_some_and(|key| key.state == KeyState::Pending) {
            self.signer(kid)?;
        }
        let ask = KeyAsk::Activate { kid, early };
        self.key_step(actor, ask, KeyStep::Activated { kid })
    }

    fn retire_key(&self, actor: Option<UserId>, kid: Kid) -> Steps {
        self.key_step(actor, KeyAsk::Retire { kid }, KeyStep::Retired { kid })
    }

    fn key_step(&self, actor: Option<UserId>, ask: KeyAsk, step: KeyStep) -> Steps {
        self.ask_key(actor, ask)?;
        Ok(vec![step])
    }

    pub(super) fn ask_key(&self, actor: Option<UserId>, ask: KeyAsk) -> Result<(), Halt> {
        match self.ask_as(actor, Ask::Key(ask))? {
            Outcome::Refused(refusal) => Err(Halt::Refused(refusal)),
            _ => Ok(()),
        }
    }
}

/// The key of a rotation that was begun.
fn rotating(registered: &[Registered]) -> Option<&Registered> {
    let pending =
        |key: &&Registered| key.state == KeyState::Pending && key.purpose == Purpose::Rotation;
    registered.iter().find(pending)
}

/// Why the steps of an order ended.
pub(super) enum Halt {
    Refused(Refusal),
    Fault(Box<Fault>),
}

impl From<Fault> for Halt {
    fn from(fault: Fault) -> Self {
        Self::Fault(Box::new(fault))
    }
}

pub(super) type Steps = Result<Vec<KeyStep>, Halt>;
