//! SIGKILL under load, again and again: what was answered is there, what was not may be sent
//! again. No power loss: the kernel keeps what a killed process has written.

use std::{thread, time::Duration};

use super::{
    clients::{Desk, Dice, History, Kind, setting},
    program::{Program, Site},
};
use crate::support::on_each_empty_database;

/// Kills on each database, unless `FAULT_KILLS` says another number.
const KILLS: u64 = 20;
const CLIENTS: usize = 8;

pub fn desk(site: &Site, program: &Program) -> Desk {
    Desk {
        base: program.base.clone(),
        venue: site.venue.to_string(),
        programme: site.programme.to_string(),
        agent: site.bearer(site.agent),
        supervisor: site.bearer(site.supervisor),
    }
}

/// The database has what the clients were told, once each, and nothing else.
pub fn agrees(site: &Site, history: &History) {
    let counted =
        |kind: &str| site.number(&format!("SELECT COUNT(*) FROM event WHERE kind = '{kind}'"));
    assert_eq!(counted("voucher_issued"), history.accepted(Kind::Issue));
    assert_eq!(counted("redeemed"), history.accepted(Kind::Redeem));
    assert_eq!(counted("reversed"), history.accepted(Kind::Reverse));
    let left: i64 = history.left().values().sum();
    let committed = site
        .number("SELECT SUM(credit_cents - debit_cents) FROM account WHERE stage = 'committed'");
    assert_eq!(committed, left * 1_000);
    site.audit();
}

#[test]
fn killed_under_load_nothing_answered_is_lost_and_nothing_counts_twice() {
    on_each_empty_database(|location, folder| {
        let mut dice = Dice::cast();
        println!("kill: FAULT_SEED={}", dice.0);
        let kills = setting("FAULT_KILLS").unwrap_or(KILLS);
        let site = Site::found(location, folder);
        let mut history = History::default();
        let mut cut_off = 0;
        for round in 0..kills {
            if dice.below(5) == 0 {
                // It may die while it starts, too.
                let program = site.launch();
                thread::sleep(Duration::from_millis(dice.below(150)));
                program.kill();
            }
            let since = history.done.len();
            let program = site.start();
            let desk = desk(&site, &program);
            let life = Duration::from_millis(20 + dice.below(400));
            history.load(&desk, CLIENTS, &mut dice, || {
                thread::sleep(life);
                program.kill();
            });
            cut_off += history.unanswered.len();
            let program = site.start();
            history.settle(&desk);
            history.same_again(&desk, since);
            if round % 10 == 9 || round + 1 == kills {
                agrees(&site, &history);
                history.same_again(&desk, history.done.len().saturating_sub(2_000));
            }
            program.kill();
        }
        assert!(cut_off > 0, "no kill came while a request was under way");
        println!("kill: {kills} kills, {} answered, {cut_off} cut off", history.done.len());
    });
}
