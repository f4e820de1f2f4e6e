//! One yearly account, put together from the year's statements and from the journal: two ways that
//! have to agree. No archive and no forms.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::check::controls;
use crate::{
    app::{service::Fault, statements},
    domain::{
        access::Tenant,
        calendar::Zone,
        event::{Body, Fund},
        ids::{FunderId, OrganisationId, PaymentId, ProgrammeId, Seq},
        ledger::Stage,
        period::{Party, Period},
        programme::{Payer, Programme},
        refusal::Reason,
        sepa::{digest, end_to_end_id, message_id},
        settlement::Amounts,
        statement::{BalanceItem, Statement},
        view::Filter,
        yearly::*,
    },
    store::{Database, Flow, FundLine, MonthSlice, OrderPaid},
};

/// What earns: a workshop, its reversal, a conflict that the guarantee pays.
const EARNING: [&str; 3] = ["redeemed", "reversed", "conflict_decided"];

/// What the accounts of one year and programme are made of.
pub struct Year {
    number: i64,
    months: Vec<Period>,
    /// The last closed month.
    pub last: Period,
    programme: Programme,
    slice: MonthSlice,
    /// Of the event that closed it.
    chain: String,
    flows: Vec<Flow>,
    orders: Vec<OrderPaid>,
    workshops: HashMap<PaymentId, i64>,
    payees: HashMap<i64, (String, Option<String>)>,
    /// The year before has accounts too.
    continues: bool,
}

/// A closed month as the funder's statement has it.
pub(super) struct Stated {
    pub statement: Statement,
    sha256: String,
}

impl Year {
    /// Nothing if no month of the year is closed.
    pub fn gather(
        database: &Database,
        id: ProgrammeId,
        number: i64,
    ) -> Result<Option<Self>, Fault> {
        let missing = || Fault::Refused(Reason::NotFound);
        let months = database.months_of(id, number)?;
        let (Some(first), Some(last)) = (months.first(), months.last()) else { return Ok(None) };
        let programme = database.programme(id)?.ok_or_else(missing)?;
        let before = database.period_before(first)?;
        let zone: &Zone = &programme.terms.time_zone;
        let slice = MonthSlice {
            programme: id,
            from: before.as_ref().and_then(|before| before.next).unwrap_or(Seq(1)),
            through: last.closed.through,
            first_day: first.closed.month.first_day(),
            last_day: last.closed.month.last_day(),
            begins: first.closed.month.first_day().start(zone),
        };
        let closed = database.events(&Filter::one(Tenant::Any, last.id.0))?;
        let chain = closed.into_iter().next().ok_or_else(missing)?.hash;
        let orders = database.orders_paid(&slice)?;
        let mut workshops = HashMap::new();
        for order in &orders {
            if let std::collections::hash_map::Entry::Vacant(entry) = workshops.entry(order.payment)
            {
                entry.insert(database.paid_work(order.payment, order.day, None)?.workshops);
            }
        }
        let payees = database.payees()?.into_iter();
        Ok(Some(Self {
            number,
            last: last.clone(),
            programme,
            chain,
            flows: database.flows(&slice)?,
            orders,
            workshops,
            payees: payees.map(|(id, name, siret)| (id, (name, siret))).collect(),
            continues: before.is_some(),
            slice,
            months,
        }))
    }

    pub fn account(&self, database: &Database, funder: FunderId) -> Result<YearlyAccount, Fault> {
        let stated = self.stated(database, funder)?;
        let names = database.funders(&Filter::one(Tenant::Any, funder.0))?;
        let stages = self.stages(funder, &stated);
        let payments = self.payments(funder);
        let mut account = YearlyAccount {
            format: FORMAT.to_owned(),
            programme: self.programme.id,
            programme_name: self.programme.name.clone(),
            funder,
            funder_name: names.into_iter().next().map(|row| row.name).unwrap_or_default(),
            year: self.number,
            first_day: self.slice.first_day,
            last_day: self.slice.last_day,
            provisional: !self.last.closed.month.ends_year(),
            time_zone: self.programme.terms.time_zone.clone(),
            currency: "EUR".to_owned(),
            vat: self.programme.terms.papers.vat,
            payer: self.programme.terms.payer,
            closed_seq: Seq(self.last.id.0),
            closed_at: self.last.closed_at,
            chain: self.chain.clone(),
            balance: balance(&stated),
            fees: stated.iter().filter_map(fee).collect(),
            months: stated.iter().map(month).collect(),
            funds: database.fund_lines(&self.slice, funder)?.iter().filter_map(fund).collect(),
            runs: self.runs(funder, &payments),
            organisations: self.organisations(funder, &payments, self.before(database, funder)?),
            stages,
            payments,
            controls: Vec::new(),
        };
        account.controls = controls(&account, self.of(funder).map(earned).sum(), &stated);
        Ok(account)
    }

    /// The statements of the funder, month by month.
    fn stated(&self, database: &Database, funder: FunderId) -> Result<Vec<Stated>, Fault> {
        let mut all = Vec::with_capacity(self.months.len());
        for month in &self.months {
            let Some(id) = database.statement_of(month.id, Party::Funder(funder))? else {
                continue;
            };
            let text = database.statement_text(id)?.ok_or(Fault::Refused(Reason::NotFound))?;
            let statement = statements::parsed(&text)?;
            all.push(Stated { statement, sha256: digest(&text) });
        }
        Ok(all)
    }

    /// The account of the year before, where there was one.
    fn before(
        &self,
        database: &Database,
        funder: FunderId,
    ) -> Result<Option<YearlyAccount>, Fault> {
        if !self.continues {
            return Ok(None);
        }
        let id = database.yearly_account_of(self.programme.id, self.number - 1, funder)?;
        id.map(|id| super::read(&super::archived(database, id)?.text)).transpose()
    }

    fn of(&self, funder: FunderId) -> impl Iterator<Item = &Flow> + '_ {
        self.flows.iter().filter(move |flow| flow.funder == funder)
    }

    fn stages(&self, funder: FunderId, stated: &[Stated]) -> Vec<YearStage> {
        let mut moved: BTreeMap<Stage, (i64, i64)> = BTreeMap::new();
        for flow in self.of(funder) {
            let sums = moved.entry(flow.stage).or_default();
            (sums.0, sums.1) = (sums.0 + flow.debit, sums.1 + flow.credit);
        }
        let first = stated.first().map(|month| &month.statement.stages);
        let line = |stage: &Stage| {
            let (debit, credit) = moved.get(stage).copied().unwrap_or_default();
            let other_side = matches!(stage, Stage::Funding | Stage::Receivable);
            let (out_cents, in_cents) = if other_side { (credit, debit) } else { (debit, credit) };
            let opening = first.and_then(|lines| lines.iter().find(|line| line.stage == *stage));
            let opening_cents = opening.map_or(0, |line| line.opening_cents);
            let closing_cents = opening_cents + in_cents - out_cents;
            let sides = if other_side { (closing_cents, 0) } else { (0, closing_cents) };
            let (debit_cents, credit_cents) = sides;
            YearStage {
                stage: *stage,
                opening_cents,
                in_cents,
                out_cents,
                closing_cents,
                debit_cents,
                credit_cents,
            }
        };
        Stage::ALL.iter().map(line).collect()
    }

    fn payments(&self, funder: FunderId) -> Vec<YearPayment> {
        let paid = |order: &OrderPaid| {
            let sign = if order.returned { -1 } else { 1 };
            let earned_cents = sign * share(&order.lines, Some(funder));
            let kept_back_cents = sign * share(&order.netted, Some(funder));
            if earned_cents == 0 && kept_back_cents == 0 {
                return None;
            }
            let (organisation_name, siret) = self.payee(order.organisation);
            let all = share(&order.lines, None) - share(&order.netted, None);
            let workshops = self.workshops.get(&order.payment).copied().unwrap_or_default();
            Some(YearPayment {
                seq: order.seq,
                day: order.day,
                returned: order.returned,
                id: order.payment,
                end_to_end_id: end_to_end_id(self.programme.id, order.number),
                run: message_id(self.programme.id, order.run),
                reference: order.reference.as_ref().map(|(text, _)| text.clone()),
                paid_on: order.reference.as_ref().map(|(_, day)| *day),
                organisation: order.organisation,
                organisation_name,
                siret,
                workshops: sign * workshops,
                earned_cents,
                kept_back_cents,
                amount_cents: earned_cents - kept_back_cents,
                transferred_cents: sign * all,
            })
        };
        self.orders.iter().filter_map(paid).collect()
    }

    fn payee(&self, id: OrganisationId) -> (String, Option<String>) {
        self.payees.get(&id.0).cloned().unwrap_or_default()
    }

    fn runs(&self, funder: FunderId, payments: &[YearPayment]) -> Vec<YearRun> {
        let paying = self.programme.terms.paying_funder();
        let claims = self.programme.terms.payer == Payer::Funder && paying != Some(funder);
        let by_seq: HashMap<Seq, &YearPayment> =
            payments.iter().map(|payment| (payment.seq, payment)).collect();
        let mut runs: BTreeMap<i64, YearRun> = BTreeMap::new();
        for order in &self.orders {
            let Some(payment) = by_seq.get(&order.seq) else { continue };
            let run = runs.entry(order.run).or_insert_with(|| YearRun {
                run: payment.run.clone(),
                claim: claims.then(|| format!("{}-F{funder}", payment.run)),
                up_to: order.run_day,
                payments: 0,
                workshops: 0,
                amount_cents: 0,
            });
            run.payments += if payment.returned { -1 } else { 1 };
            run.workshops += payment.workshops;
            run.amount_cents += payment.amount_cents;
        }
        runs.into_values().collect()
    }

    fn organisations(
        &self,
        funder: FunderId,
        payments: &[YearPayment],
        before: Option<YearlyAccount>,
    ) -> Vec<YearPayee> {
        let opening: HashMap<OrganisationId, YearPayee> = before
            .into_iter()
            .flat_map(|account| account.organisations)
            .map(|line| (line.organisation, line))
            .collect();
        let moved = self.of(funder).filter_map(|flow| flow.organisation);
        let all: BTreeSet<OrganisationId> = opening.keys().copied().chain(moved).collect();
        let mut lines: BTreeMap<OrganisationId, YearPayee> = BTreeMap::new();
        for id in all {
            let (organisation_name, siret) = self.payee(id);
            let before = opening.get(&id);
            let held = |of: fn(&YearPayee) -> i64| before.map_or(0, of);
            lines.insert(
                id,
                YearPayee {
                    organisation: id,
                    organisation_name,
                    siret,
                    earned_cents: 0,
                    paid_cents: 0,
                    closing_earned_cents: held(|line| line.closing_earned_cents),
                    closing_in_payment_cents: held(|line| line.closing_in_payment_cents),
                    closing_receivable_cents: held(|line| line.closing_receivable_cents),
                },
            );
        }
        for flow in self.of(funder) {
            let Some(line) = flow.organisation.and_then(|id| lines.get_mut(&id)) else { continue };
            let net = flow.credit - flow.debit;
            match flow.stage {
                Stage::Earned => line.closing_earned_cents += net,
                Stage::InPayment => line.closing_in_payment_cents += net,
                Stage::Receivable => line.closing_receivable_cents -= net,
                _ => {}
            }
            line.earned_cents += earned(flow);
        }
        for payment in payments {
            if let Some(line) = lines.get_mut(&payment.organisation) {
                line.paid_cents += payment.amount_cents;
            }
        }
        lines.into_values().filter(YearPayee::says_something).collect()
    }
}

/// What a flow earned an organisation.
fn earned(flow: &Flow) -> i64 {
    let meant = EARNING.contains(&flow.kind.as_str())
        && matches!(flow.stage, Stage::Earned | Stage::Receivable);
    if meant { flow.credit - flow.debit } else { 0 }
}

/// The cents of a funder, or of all.
fn share(amounts: &Amounts, funder: Option<FunderId>) -> i64 {
    let meant = amounts.shares().filter(|share| funder.is_none_or(|own| own == share.funder));
    meant.map(|share| share.amount_cents.0).sum()
}

fn balance(stated: &[Stated]) -> Vec<YearItem> {
    let line = |item: BalanceItem| {
        let mut lines = stated
            .iter()
            .filter_map(|month| month.statement.balance.iter().find(move |line| line.item == item));
        let first = lines.next()?;
        let mut year = YearItem {
            item,
            opening_workshops: first.opening_workshops,
            year_workshops: first.month_workshops,
            closing_workshops: first.closing_workshops,
            opening_cents: first.opening_cents,
            year_cents: first.month_cents,
            closing_cents: first.closing_cents,
        };
        for line in lines {
            year.year_workshops += line.month_workshops;
            year.year_cents += line.month_cents;
            year.closing_workshops = line.closing_workshops;
            year.closing_cents = line.closing_cents;
        }
        Some(year)
    };
    BalanceItem::ALL.into_iter().filter_map(line).collect()
}

fn month(stated: &Stated) -> YearMonth {
    let statement = &stated.statement;
    let net = |stage: Stage| {
        let line = statement.stages.iter().find(|line| line.stage == stage);
        line.map_or(0, |line| line.in_cents - line.out_cents)
    };
    let used = statement.balance.iter().find(|line| line.item == BalanceItem::Used);
    YearMonth {
        month: statement.month,
        statement: statement.number,
        funded_cents: net(Stage::Funding),
        used_cents: used.map_or(0, |line| line.month_cents),
        paid_cents: net(Stage::Paid),
        sha256: stated.sha256.clone(),
    }
}

fn fee(stated: &Stated) -> Option<YearFee> {
    let line = stated.statement.fee.as_ref()?;
    Some(YearFee {
        month: stated.statement.month,
        basis_points: line.basis_points,
        base_cents: line.base_month_cents,
        amount_cents: line.month_cents,
    })
}

/// Nothing for an event that moved none of the funder's money in or out.
fn fund(line: &FundLine) -> Option<YearFund> {
    let kind = match &line.body {
        Body::Funded { by: Fund::Deposit, .. } => FundKind::Deposit,
        Body::Funded { by: Fund::Pledge, .. } => FundKind::Pledge,
        Body::Withdrawn { by: Fund::Deposit, .. } => FundKind::DepositTakenBack,
        Body::Withdrawn { by: Fund::Pledge, .. } => FundKind::PledgeTakenBack,
        Body::ProgrammeEnded => FundKind::Returned,
        _ => return None,
    };
    let amount_cents = if kind == FundKind::Returned { -line.cents } else { line.cents };
    let moved = YearFund { seq: line.seq, day: line.day, kind, amount_cents };
    Some(moved).filter(|line| line.amount_cents != 0)
}
