//! Days and months: sums do not depend on which days are in the months, and a day stays as it was.
//! No test of what is counted: `mod.rs` and the rules have those.

use pass_numerique::app::view::AsOf;
use pass_numerique::domain::{
    access::Tenant,
    calendar::Day,
    command::Shown,
    ledger::Stage,
    usage::{Breakdown, Figures, UsageFilter},
    view::Filter,
};

use crate::support::{Town, on_each_database};

/// One redemption a week over four months; the days on which they were.
fn months(town: &Town) -> Vec<Day> {
    let vouchers = [town.issue(10).unwrap(), town.issue(10).unwrap()];
    let zone = "Europe/Paris".parse().unwrap();
    let mut days = Vec::new();
    for week in 0..12 {
        let command = town.redemption(Shown::Known(vouchers[week % 2]));
        town.service.ask(command).unwrap();
        days.push(town.service.clock.now().day(&zone));
        town.service.clock.set(town.service.clock.now().plus_seconds(7 * 86_400));
    }
    days
}

fn redemptions(town: &Town, by: Breakdown, filter: &UsageFilter) -> Vec<(String, i64)> {
    let lines = town.service.database().usage(by, filter).unwrap();
    lines.into_iter().map(|line| (line.key, line.figures.redemptions)).collect()
}

#[test]
fn every_range_of_days_gives_the_same_sums_as_the_days() {
    on_each_database(|town| {
        let days = months(&town);
        let (first, last) = (days[0].plus(-3), days[11].plus(3));
        for from in (first.0..=last.0).step_by(5).map(Day) {
            for to in (first.0..=last.0).step_by(7).map(Day) {
                let whole = UsageFilter::of(Tenant::Any);
                let filter = UsageFilter { from: Some(from), to: Some(to), ..whole };
                let within = days.iter().filter(|day| from <= **day && **day <= to).count();
                let counted: i64 = redemptions(&town, Breakdown::Month, &filter)
                    .iter()
                    .map(|(_, count)| *count)
                    .sum();
                assert_eq!(counted, i64::try_from(within).unwrap(), "{from} to {to}");
            }
        }
        let all = UsageFilter::of(Tenant::Any);
        let mut expected: Vec<(String, i64)> = Vec::new();
        for day in &days {
            match expected.last_mut().filter(|(month, _)| *month == day.month()) {
                Some(line) => line.1 += 1,
                None => expected.push((day.month(), 1)),
            }
        }
        assert_eq!(redemptions(&town, Breakdown::Month, &all), expected);
        assert_eq!(redemptions(&town, Breakdown::None, &all), [(String::new(), 12)]);
        assert_eq!(town.service.audit().unwrap().differences, []);
    });
}

#[test]
fn a_clock_that_was_set_back_counts_where_it_stood() {
    on_each_database(|town| {
        months(&town);
        let before = redemptions(&town, Breakdown::None, &UsageFilter::of(Tenant::Any));
        town.service.clock.set("2026-12-20T10:00:00+01:00".parse().unwrap());
        town.issue(5).unwrap();
        assert_eq!(redemptions(&town, Breakdown::None, &UsageFilter::of(Tenant::Any)), before);
        assert_eq!(town.service.audit().unwrap().differences, []);
    });
}

#[test]
fn the_audit_tells_an_edited_month() {
    on_each_database(|town| {
        months(&town);
        town.execute("UPDATE usage_month SET redemptions = redemptions + 1").unwrap();
        let audit = town.service.audit().unwrap();
        let places: Vec<_> = audit.differences.iter().map(|d| d.place).collect();
        assert_eq!(places, ["usage_month"]);
    });
}

#[test]
fn of_a_funder_nothing_is_counted_that_it_does_not_pay_for() {
    on_each_database(|town| {
        months(&town);
        let of = |funder| UsageFilter { funder: Some(funder), ..UsageFilter::of(Tenant::Any) };
        let figures = |filter| -> Figures {
            let lines = town.service.database().usage(Breakdown::None, &filter).unwrap();
            lines.first().map(|line| line.figures).unwrap_or_default()
        };
        assert_eq!(figures(of(town.funders[0])).redemptions, 12);
        let stranger = pass_numerique::domain::ids::FunderId(9_999);
        assert_eq!(figures(of(stranger)), Figures::default());
    });
}

#[test]
fn the_ledger_as_of_a_day_is_what_it_was_at_its_end() {
    on_each_database(|town| {
        let days = months(&town);
        let (first, last) = (days[0].plus(-1), days[11].plus(1));
        for day in (first.0..=last.0).map(Day) {
            let (all, as_of) = (Filter::of(Tenant::Any), AsOf::Day(day));
            let accounts = town.service.database().accounts(&all, as_of).unwrap();
            let earned = accounts.iter().filter(|account| account.stage == Stage::Earned);
            let earned: i64 = earned.map(|account| account.balance_cents.0).sum();
            let taken = days.iter().filter(|taken| **taken <= day).count();
            assert_eq!(earned, 1_000 * i64::try_from(taken).unwrap(), "{day}");
        }
    });
}
