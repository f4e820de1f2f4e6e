//! SIGTERM under load: what has begun is answered, and the program ends in order.
//! No kills: `kill.rs` has those.

use std::{thread, time::Duration};

use super::{
    blocked::hold,
    clients::{Dice, History, http},
    kill::{agrees, desk},
    program::Site,
};
use crate::support::on_each_empty_database;

#[test]
fn told_to_stop_under_load_it_answers_all_that_it_wrote_and_ends_well() {
    on_each_empty_database(|location, folder| {
        let mut dice = Dice::cast();
        println!("stop: FAULT_SEED={}", dice.0);
        let site = Site::found(location, folder);
        let mut history = History::default();
        for _ in 0..3 {
            let mut program = site.start();
            let desk = desk(&site, &program);
            let life = Duration::from_millis(100 + dice.below(300));
            let ended = history.load(&desk, 16, &mut dice, || {
                thread::sleep(life);
                program.terminate();
                program.ended()
            });
            assert_eq!(ended.code(), Some(0), "{}", program.log());
            let program = site.start();
            let answered = history.done.len();
            assert!(answered > 0);
            history.settle(&desk);
            // What came too late was refused whole: nothing was written without its answer.
            let silent: Vec<_> =
                history.done[answered..].iter().filter(|done| done.replayed).collect();
            assert!(silent.is_empty(), "written, not answered: {silent:?}");
            history.same_again(&desk, 0);
            agrees(&site, &history);
            program.kill();
        }
    });
}

#[test]
fn a_request_that_waits_when_it_is_told_to_stop_is_answered_first() {
    on_each_empty_database(|location, folder| {
        let site = Site::found(location, folder);
        let mut program = site.start();
        let desk = desk(&site, &program);
        let mut dice = Dice::cast();
        let waiting: Vec<_> = (0..4).map(|_| desk.issue(&mut dice)).collect();
        let held = hold(&site.location);
        thread::scope(|scope| {
            let answers: Vec<_> = waiting
                .iter()
                .map(|sent| scope.spawn(|| desk.send(&http(), sent).map(|done| done.status)))
                .collect();
            thread::sleep(Duration::from_millis(500));
            program.terminate();
            // Longer than a server that does not wait would take to cut them off.
            thread::sleep(Duration::from_millis(2_500));
            drop(held);
            for answer in answers {
                assert_eq!(answer.join().unwrap(), Ok(201));
            }
        });
        assert_eq!(program.ended().code(), Some(0), "{}", program.log());
        site.audit();
    });
}
