//! The port over the real decision and a world in memory.
//! No canned answers: every outcome is decided.

use std::{
    collections::BTreeMap,
    sync::{
        Mutex,
        atomic::{AtomicU64, Ordering},
    },
};

use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::{
    app::port::*,
    domain::{
        access::Tenant,
        calendar::Instant,
        command::{Answer, Command, Draft, Redeem, Shown},
        decide::decide,
        ids::*,
        refusal::Reason,
        registry::{Approval, User},
        usage::{Cell, Figures},
        world::{Recorded, World},
    },
};

pub const NOW: Instant = Instant(1_795_000_000_000_000);

#[derive(Default)]
struct Kept {
    world: World,
    events: Vec<Recorded>,
    usage: BTreeMap<Cell, Figures>,
    refresh: Vec<(Refresh, bool)>,
}

#[derive(Default)]
pub struct Memory {
    kept: Mutex<Kept>,
    drawn: AtomicU64,
}

impl Memory {
    fn page<T: Row>(rows: Vec<(bool, T)>, filter: &Filter) -> Result<Vec<T>, Fault> {
        let mut rows: Vec<T> = rows
            .into_iter()
            .filter(|(own, row)| {
                *own && row.cursor() > filter.after && filter.id.is_none_or(|id| id == row.cursor())
            })
            .map(|(_, row)| row)
            .collect();
        rows.sort_by_key(Row::cursor);
        rows.truncate(filter.limit as usize);
        Ok(rows)
    }
}

fn sees(within: Tenant, own: Tenant) -> bool {
    within == Tenant::Any || within == own
}

impl Port for Memory {
    fn now(&self) -> Instant {
        NOW
    }

    fn new_request_id(&self) -> RequestId {
        RequestId(Uuid::from_u128(self.drawn.fetch_add(1, Ordering::SeqCst).into()))
    }

    fn random(&self) -> Result<[u8; 32], Fault> {
        Ok(Sha256::digest(self.drawn.fetch_add(1, Ordering::SeqCst).to_be_bytes()).into())
    }

    fn ask(&self, command: Command) -> Result<Answer, Fault> {
        let mut kept = self.kept.lock().unwrap();
        let decided = decide(kept.world.clone(), &[command]);
        let (mut answers, world, effects) = decided.map_err(|_| Fault::Internal)?;
        kept.world = world;
        kept.events.extend(effects.events);
        for (cell, figures) in effects.usage {
            kept.usage.entry(cell).or_default().add(&figures);
        }
        answers.pop().ok_or(Fault::Internal)
    }

    fn request_hash(&self, content: &[u8]) -> [u8; 32] {
        Sha256::digest(content).into()
    }

    fn redemption_hash(&self, ask: &Redeem) -> [u8; 32] {
        let what = (ask.organisation, ask.venue, ask.workshops, ask.delivery, ask.shown);
        self.request_hash(format!("{what:?}").as_bytes())
    }

    fn read_code(&self, text: &str) -> Result<Shown, Fault> {
        let id = text.parse().map(VoucherId);
        Ok(id.map_or(Shown::Refused(Reason::CodeMalformed), Shown::Known))
    }

    fn draft(&self) -> Result<Draft, Fault> {
        let number = self.drawn.fetch_add(1, Ordering::SeqCst);
        Ok(Draft {
            id: VoucherId(1_000 + number as i64),
            kid: [1; 4],
            code_tag: u128::from(number).to_be_bytes(),
            reference: number.to_string(),
        })
    }

    fn voucher_text(&self, voucher: VoucherId) -> Result<Option<VoucherPaper>, Fault> {
        Ok(Some(VoucherPaper {
            qr_text: voucher.to_string(),
            reference: "R".to_owned(),
            manual_code: voucher.to_string(),
        }))
    }

    fn qr_svg(&self, _: VoucherId) -> Result<Option<String>, Fault> {
        Ok(Some("<svg/>".to_owned()))
    }

    fn user_by_email(&self, email: &str) -> Result<Option<User>, Fault> {
        let kept = self.kept.lock().unwrap();
        Ok(kept.world.users.values().find(|user| user.email == email).cloned())
    }

    fn user(&self, id: UserId) -> Result<Option<User>, Fault> {
        Ok(self.kept.lock().unwrap().world.users.get(&id).cloned())
    }

    fn keep_refresh(&self, token: Refresh) -> Result<(), Fault> {
        self.kept.lock().unwrap().refresh.push((token, false));
        Ok(())
    }

    fn take_refresh(&self, hash: [u8; 32]) -> Result<Taken, Fault> {
        let mut kept = self.kept.lock().unwrap();
        let found = kept.refresh.iter_mut().find(|(token, _)| token.hash == hash);
        Ok(match found {
            None => Taken::Unknown,
            Some((token, true)) => Taken::Reused(token.clone()),
            Some((token, used)) => {
                *used = true;
                Taken::Fresh(token.clone())
            }
        })
    }

    fn end_family(&self, family: Uuid) -> Result<(), Fault> {
        for (token, used) in &mut self.kept.lock().unwrap().refresh {
            *used |= token.family == family;
        }
        Ok(())
    }

    fn funders(&self, filter: &Filter) -> Result<Vec<FunderRow>, Fault> {
        let kept = self.kept.lock().unwrap();
        let row = |row: &crate::domain::registry::Funder| {
            let own = sees(filter.within, Tenant::Funder(row.id));
            (own, FunderRow { id: row.id, name: row.name.clone() })
        };
        Self::page(kept.world.funders.values().map(row).collect(), filter)
    }

    fn programmes(&self, filter: &Filter) -> Result<Vec<ProgrammeRow>, Fault> {
        let kept = self.kept.lock().unwrap();
        let rows = kept.world.programmes.values().map(|row| {
            let row = row.clone();
            let (id, name, version) = (row.id, row.name, row.version);
            (true, ProgrammeRow { id, name, version, closed: row.closed, terms: row.terms })
        });
        Self::page(rows.collect(), filter)
    }

    fn issuers(&self, filter: &Filter) -> Result<Vec<IssuerRow>, Fault> {
        let kept = self.kept.lock().unwrap();
        let rows = kept.world.issuers.values().map(|row| {
            let own = sees(filter.within, Tenant::Issuer(row.id));
            (own, IssuerRow { id: row.id, name: row.name.clone(), suspended: row.suspended })
        });
        Self::page(rows.collect(), filter)
    }

    fn organisations(&self, filter: &Filter) -> Result<Vec<OrganisationRow>, Fault> {
        let kept = self.kept.lock().unwrap();
        let rows = kept.world.organisations.values().map(|row| {
            let own = sees(filter.within, Tenant::Organisation(row.id));
            let approval = row.approvals.last().map_or(Approval::Pending, |last| last.to);
            let (name, siret) = (row.name.clone(), row.siret.clone());
            (own, OrganisationRow { id: row.id, name, siret, approval })
        });
        Self::page(rows.collect(), filter)
    }

    fn venues(&self, filter: &Filter) -> Result<Vec<VenueRow>, Fault> {
        let kept = self.kept.lock().unwrap();
        let rows = kept.world.venues.values().map(|row| {
            let own = sees(filter.within, Tenant::Organisation(row.organisation));
            let (id, organisation, active) = (row.id, row.organisation, row.active_at(NOW));
            (own, VenueRow { id, organisation, active, profile: row.profile.clone() })
        });
        Self::page(rows.collect(), filter)
    }

    fn users(&self, filter: &Filter) -> Result<Vec<UserRow>, Fault> {
        let kept = self.kept.lock().unwrap();
        let rows = kept.world.users.values().map(|row| {
            let own = crate::domain::access::may_give(filter.within, row.role);
            let (id, role, revoked) = (row.id, row.role, row.revoked);
            let (email, name) = (row.email.clone(), row.name.clone());
            (own, UserRow { id, email, name, role, revoked })
        });
        Self::page(rows.collect(), filter)
    }

    fn vouchers(&self, filter: &Filter) -> Result<Vec<VoucherRow>, Fault> {
        let kept = self.kept.lock().unwrap();
        let rows = kept.world.vouchers.values().map(|row| {
            let own = sees(filter.within, Tenant::Issuer(row.issuer));
            let zone = "Europe/Paris".parse().unwrap();
            (
                own,
                VoucherRow {
                    id: row.id,
                    reference: None,
                    programme: row.programme,
                    issuer: row.issuer,
                    state: row.state(NOW.day(&zone)),
                    workshops: row.workshops,
                    left: row.left(),
                    first_day: row.first_day,
                    last_day: row.last_day,
                    predecessor: row.predecessor,
                    successor: row.successor,
                },
            )
        });
        Self::page(rows.collect(), filter)
    }

    fn redemptions(&self, filter: &Filter) -> Result<Vec<RedemptionRow>, Fault> {
        let kept = self.kept.lock().unwrap();
        let rows = kept.world.redemptions.values().map(|row| {
            let own = sees(filter.within, Tenant::Organisation(row.redeemed.organisation));
            let workshops = u8::try_from(row.redeemed.numbers.len()).unwrap();
            let price = kept.world.programmes[&row.programme].terms.price_cents;
            (
                own,
                RedemptionRow {
                    seq: row.seq,
                    voucher: row.voucher,
                    programme: row.programme,
                    venue: row.redeemed.venue,
                    organisation: row.redeemed.organisation,
                    workshops,
                    delivery: row.redeemed.delivery,
                    earned_cents: price.times(workshops.into()).unwrap(),
                    occurred_at: row.occurred_at,
                    recorded_at: row.recorded_at,
                    reversed_by: row.reversed_by,
                },
            )
        });
        Self::page(rows.collect(), filter)
    }

    fn events(&self, filter: &Filter) -> Result<Vec<EventRow>, Fault> {
        let kept = self.kept.lock().unwrap();
        let rows = kept.events.iter().map(|row| {
            let body = serde_json::to_value(&row.event.body).unwrap();
            (
                true,
                EventRow {
                    seq: row.event.seq,
                    kind: body["kind"].as_str().unwrap_or_default().to_owned(),
                    occurred_at: row.event.occurred_at,
                    recorded_at: row.event.recorded_at,
                    actor: row.event.actor,
                    programme: row.event.programme,
                    voucher: row.event.voucher,
                    body,
                    hash: data_encoding::HEXLOWER.encode(&row.hash),
                },
            )
        });
        Self::page(rows.collect(), filter)
    }

    fn usage(&self, ask: &UsageAsk) -> Result<Vec<UsageRow>, Fault> {
        let kept = self.kept.lock().unwrap();
        let mut sum = Figures::default();
        let own = |cell: &Cell| match ask.within {
            Tenant::Any => cell.funder.is_none(),
            Tenant::Funder(of) => cell.funder == Some(of),
            Tenant::Issuer(of) => cell.funder.is_none() && cell.issuer == of,
            Tenant::Organisation(_) => false,
        };
        kept.usage.iter().filter(|(cell, _)| own(cell)).for_each(|(_, more)| sum.add(more));
        let names = Figures::NAMES.iter().map(|name| (*name).to_owned());
        Ok(vec![UsageRow { key: String::new(), figures: names.zip(sum.values()).collect() }])
    }

    fn trial_balance(&self, _: Tenant) -> Result<Vec<BalanceRow>, Fault> {
        let kept = self.kept.lock().unwrap();
        let row = |(key, account): (&crate::domain::ledger::AccountKey, &_)| {
            let account: &crate::domain::ledger::Account = account;
            BalanceRow {
                programme: key.programme,
                funder: key.funder,
                stage: key.stage.code().to_owned(),
                organisation: key.organisation,
                debit_cents: account.debit,
                credit_cents: account.credit,
            }
        };
        Ok(kept.world.accounts.iter().map(row).collect())
    }

    fn as_of(&self) -> Result<Seq, Fault> {
        Ok(Seq(self.kept.lock().unwrap().world.head.seq))
    }

    fn jwks(&self) -> serde_json::Value {
        serde_json::json!({ "keys": [] })
    }

    fn ready(&self) -> Result<(), Fault> {
        Ok(())
    }
}
