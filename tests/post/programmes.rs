//! Letters about programmes that end: to the operator's and the funder's people, once each.
//! No days: `domain/ending.rs` tests them.

use pass_numerique::domain::registry::Role;

use super::Post;
use crate::support::on_each_database;

const DAY_S: i64 = 86_400;

impl Post {
    /// So many days later: how many letters there are by then.
    fn told(&self, days: i64) -> usize {
        self.wait(days * DAY_S);
        self.api.town.service.alert().unwrap();
        self.api.town.service.alert().unwrap();
        self.run();
        self.smtp.arrived().len()
    }
}

#[test]
fn the_end_of_a_programme_is_told_thirty_days_ahead_and_once() {
    on_each_database(|town| {
        let post = Post::of(town);
        let town = &post.api.town;
        post.api.person(Role::Operator);
        post.api.person(Role::Analyst(town.funders[0]));
        post.api.person(Role::Manager(town.issuer));
        town.issue(5).unwrap();
        // From 23 November 2026. Nobody takes workshops: two months before the end that is told.
        assert_eq!(post.told(281), 0, "31 August");
        assert_eq!(post.told(1), 2, "to the operator and the funder");
        let text = post.smtp.arrived().pop().unwrap().part("text/plain");
        assert!(text.contains("ne seront pas utilisés"), "{text}");
        assert_eq!(post.told(29), 2, "30 September");
        assert_eq!(post.told(1), 4, "1 October: it ends in thirty days");
        let text = post.smtp.arrived().pop().unwrap().part("text/plain");
        assert!(text.contains("se termine le 31 octobre 2027"), "{text}");
        assert!(text.contains("remis\u{a0}: 1"), "{text}");
        assert!(text.contains(&format!("/programmes/{}", town.programme)), "{text}");
        assert_eq!(post.told(1), 4, "once");
        assert_eq!(post.told(14), 6, "16 October: nothing is issued any more");
        assert_eq!(post.told(50), 6, "5 December: in between nothing is new");
        assert_eq!(post.told(3), 8, "8 December: it may be ended");
        assert_eq!(post.number("SELECT COUNT(*) FROM programme_alert"), 4);
        post.nothing_is_left();
    });
}
