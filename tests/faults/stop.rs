//! SIGTERM under load: what has begun is answered, and the program ends in order.
//! No kills: `kill.rs` has those.

use std::{thread, time::Duration};

use super::{
    clients::{Dice, History},
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
