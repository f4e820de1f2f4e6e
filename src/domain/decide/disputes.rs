//! Deciding about disputes: who may open one, who answers it, and what puts a decision right.
//! No way of its own to pay: a redemption anew, or the guarantee as for any conflict.

use super::{Decided, Desk, Stop, accounts::who, records::noted};
use crate::domain::{
    command::{Command, Outcome},
    conflict::Fate,
    dispute::{
        Disputable, Dispute, DisputeAsk, DisputeRuling, DisputeState, DisputeWords, MOST_MISSING,
        NewDispute, Subject,
    },
    event::{Body, Redeemed},
    hold::HoldCauses,
    ids::{OrganisationId, ProgrammeId, Seq, UserId, VoucherId},
    plain::is_plain,
    refusal::{Facts, Reason, Refusal},
    registry::Role,
};

/// Of what is said for a dispute, in bytes.
const LONGEST_REASON: usize = 1_000;
const LONGEST_EVIDENCE: usize = 2_000;

/// What a new dispute is of.
struct Ground {
    programme: ProgrammeId,
    voucher: Option<VoucherId>,
    first_by: Option<UserId>,
}

impl Desk {
    pub(super) fn organisation_dispute(&mut self, command: &Command, ask: &DisputeAsk) -> Decided {
        match ask {
            DisputeAsk::Open(new) => self.open_dispute(command, new),
            DisputeAsk::Decide { dispute, upheld, note, correction } => {
                self.decide_dispute(command, *dispute, (*upheld, *correction), note)
            }
            DisputeAsk::Withdraw { dispute, organisation } => {
                self.withdraw_dispute(command, *dispute, *organisation)
            }
        }
    }

    fn open_dispute(&mut self, command: &Command, new: &NewDispute) -> Decided {
        said(&new.reason, LONGEST_REASON, "reason")?;
        if let Some(evidence) = &new.evidence {
            said(evidence, LONGEST_EVIDENCE, "evidence")?;
        }
        who(command)?;
        let Ground { programme, voucher, first_by } = self.ground(new)?;
        let rows = self.fold.world.disputes.rows.values();
        let same = rows.filter(|row| row.subject == new.subject && row.stands());
        let (same, most) = match new.subject {
            Subject::Missing => {
                (same.filter(|row| row.organisation == new.organisation).count(), MOST_MISSING)
            }
            _ => (same.count(), 1),
        };
        if same >= most {
            return Err(Reason::AlreadyDisputed.into());
        }
        let (organisation, subject) = (new.organisation, new.subject);
        let body = Body::DisputeOpened { organisation, subject, decided_by: first_by };
        let seq = self.record_of(command, programme, voucher, body)?;
        let (reason, evidence) = (new.reason.clone(), new.evidence.clone());
        self.fold.effects.dispute_words.push(DisputeWords { dispute: seq, reason, evidence });
        Ok(Outcome::Added { seq, id: seq.0 })
    }

    /// What is disputed is the organisation's own, and was decided against it.
    fn ground(&self, new: &NewDispute) -> Result<Ground, Stop> {
        let missing = |field| Refusal::field(Reason::NotFound, field);
        if new.subject == Subject::Missing {
            let id = new.programme.ok_or_else(|| missing("programme"))?;
            let programme = self.programme(id)?.id;
            return Ok(Ground { programme, voucher: None, first_by: None });
        }
        let of = self.fold.world.disputes.subjects.get(&new.subject);
        let Disputable { organisation, programme, first_by } =
            *of.ok_or_else(|| missing("subject"))?;
        if organisation != new.organisation {
            return Err(missing("subject").into());
        }
        let nothing = || Refusal::field(Reason::NothingToDispute, "subject");
        let voucher = match new.subject {
            Subject::Redemption(seq) => {
                let record = self.fold.world.redemptions.get(&seq);
                let record = record.ok_or_else(|| missing("subject"))?;
                // What its own people have undone was not decided against it.
                let decided = first_by.is_some_and(|by| self.decides(by, programme));
                if record.reversed_by.is_none() || !decided {
                    return Err(nothing().into());
                }
                Some(record.voucher)
            }
            Subject::Conflict(seq) => {
                let conflict = self.fold.world.conflicts.get(&seq);
                let conflict = conflict.ok_or_else(|| missing("subject"))?;
                if !matches!(conflict.fate, Fate::Unpaid(_)) {
                    return Err(nothing().into());
                }
                Some(conflict.voucher)
            }
            Subject::Payment(_) | Subject::Statement(_) | Subject::Missing => None,
        };
        Ok(Ground { programme, voucher, first_by })
    }

    fn decide_dispute(
        &mut self,
        command: &Command,
        id: Seq,
        (upheld, correction): (bool, Option<Seq>),
        note: &str,
    ) -> Decided {
        noted(note)?;
        let row = self.open_one(id)?.clone();
        self.another_judge(command, &row)?;
        if correction.is_some() && (!upheld || row.subject.decided()) {
            return Err(Refusal::field(Reason::RequestMalformed, "correction").into());
        }
        let correction =
            if upheld { self.put_right(command, &row, correction, note)? } else { None };
        let body = Body::DisputeDecided { dispute: id, upheld, correction };
        let seq = self.record_of(command, row.programme, row.voucher, body)?;
        let ruling = DisputeRuling { dispute: id, note: note.to_owned() };
        self.fold.effects.dispute_rulings.push(ruling);
        Ok(Outcome::Done { seq })
    }

    fn withdraw_dispute(
        &mut self,
        command: &Command,
        id: Seq,
        organisation: OrganisationId,
    ) -> Decided {
        who(command)?;
        let row = self.open_one(id)?;
        if row.organisation != organisation {
            return Err(Refusal::field(Reason::NotFound, "dispute").into());
        }
        let (programme, voucher) = (row.programme, row.voucher);
        let body = Body::DisputeWithdrawn { dispute: id };
        let seq = self.record_of(command, programme, voucher, body)?;
        Ok(Outcome::Done { seq })
    }

    fn open_one(&self, id: Seq) -> Result<&Dispute, Refusal> {
        let missing = || Refusal::field(Reason::NotFound, "dispute");
        let row = self.fold.world.disputes.rows.get(&id).ok_or_else(missing)?;
        match row.state {
            DisputeState::Open => Ok(row),
            _ => Err(Reason::AlreadyDecided.into()),
        }
    }

    /// Whether a person decides about the money of a programme: the operator, or a funder that
    /// pays for it.
    fn decides(&self, person: UserId, programme: ProgrammeId) -> bool {
        match self.fold.world.users.get(&person).map(|user| user.role) {
            Some(Role::Operator) => true,
            Some(Role::Analyst(funder)) => {
                self.programme(programme).is_ok_and(|programme| programme.paid_by(funder))
            }
            _ => false,
        }
    }

    /// Neither who took the first decision, nor who asks for another.
    fn another_judge(&self, command: &Command, row: &Dispute) -> Result<(), Stop> {
        let actor = who(command)?;
        let concerned = row.first_by == Some(actor) || row.opened_by == actor;
        if concerned || !self.decides(actor, row.programme) {
            return Err(Reason::AnotherPersonNeeded.into());
        }
        Ok(())
    }

    /// The event that puts right what was wrong: a decision is, once; of figures somebody may name
    /// it.
    fn put_right(
        &mut self,
        command: &Command,
        row: &Dispute,
        correction: Option<Seq>,
        note: &str,
    ) -> Result<Option<Seq>, Stop> {
        match row.subject {
            Subject::Redemption(seq) => self.earn_again(command, seq).map(Some),
            Subject::Conflict(seq) => {
                let conflict = self.fold.world.conflicts.get(&seq);
                // Somebody has paid it meanwhile.
                if let Some(Fate::Paid(paid)) = conflict.map(|conflict| conflict.fate) {
                    return Ok(Some(paid));
                }
                match self.decide_conflict(command, seq, true, note)? {
                    Outcome::Done { seq } => Ok(Some(seq)),
                    _ => Err(Refusal::field(Reason::NotFound, "dispute").into()),
                }
            }
            Subject::Payment(_) | Subject::Statement(_) | Subject::Missing => {
                let there = |seq: Seq| (1..=self.fold.world.head.seq).contains(&seq.0);
                if correction.is_some_and(|seq| !there(seq)) {
                    return Err(Refusal::field(Reason::NotFound, "correction").into());
                }
                Ok(correction)
            }
        }
    }

    /// The workshop is taken once more, by what the pass has left: undoing it gave it back.
    fn earn_again(&mut self, command: &Command, redemption: Seq) -> Result<Seq, Stop> {
        let missing = || Refusal::field(Reason::NotFound, "redemption");
        let record = self.fold.world.redemptions.get(&redemption).ok_or_else(missing)?.clone();
        let paying = self.paying(self.known_voucher(record.voucher)?)?;
        let wanted = record.redeemed.numbers.len();
        let numbers = paying.free.get(..wanted).filter(|numbers| !numbers.is_empty());
        let Some(numbers) = numbers else {
            let facts = Facts { left: Some(paying.left()), ..Facts::default() };
            return Err(Refusal::because(Reason::WorkshopsInsufficient, facts).into());
        };
        let shown = record.redeemed.shown.unwrap_or(record.voucher);
        let redeemed = Redeemed {
            numbers: numbers.to_vec(),
            issuer: paying.issuer,
            shown: (shown != paying.id).then_some(shown),
            held: HoldCauses::default(),
            request: None,
            ..record.redeemed
        };
        let (id, of) = (paying.id, record.programme);
        let day = command.now.day(&self.programme(of)?.terms.time_zone);
        let body = Body::Redeemed(redeemed);
        self.append(command, record.occurred_at, day, Some(of), Some(id), body)
    }

    fn record_of(
        &mut self,
        command: &Command,
        programme: ProgrammeId,
        voucher: Option<VoucherId>,
        body: Body,
    ) -> Result<Seq, Stop> {
        match voucher {
            Some(voucher) => self.record_voucher(command, voucher, programme, body),
            None => self.record_programme(command, programme, body),
        }
    }
}

fn said(text: &str, longest: usize, field: &str) -> Result<(), Refusal> {
    if text.trim().is_empty() || text.len() > longest || !is_plain(text) {
        return Err(Refusal::field(Reason::RequestMalformed, field));
    }
    Ok(())
}
