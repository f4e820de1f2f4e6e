//! A restored journal: nothing changes until somebody says how far it had gone.
//! No copying of data: the integration tests restore real backups.

use super::*;

fn acknowledge(town: &mut Town, last_seq: i64) -> Outcome {
    town.ask(Ask::AcknowledgeRestore { last_seq: Seq(last_seq) })
}

#[test]
fn a_restored_journal_takes_no_change_until_its_gap_is_acknowledged() {
    let mut town = Town::new();
    let voucher = town.issue(5);
    let ask = town.redemption(voucher);
    let before = town.command(Ask::Redeem(ask));
    let answered = town.answer(&before);
    let head = town.world.head;
    town.world.read_only = true;

    let redeem = town.redemption(voucher);
    let waiting = town.command(Ask::Redeem(redeem.clone()));
    assert_eq!(reason(town.answer(&waiting).outcome), Reason::RestoredReadOnly);
    let dry_run = Redeem { dry_run: true, ..redeem };
    assert_eq!(reason(town.ask(Ask::Redeem(dry_run))), Reason::RestoredReadOnly);
    assert_eq!(reason(town.try_issue(5)), Reason::RestoredReadOnly);
    assert_eq!(town.answer(&before).outcome, answered.outcome, "an answer given is given again");
    assert_eq!(town.world.head, head);

    assert!(matches!(acknowledge(&mut town, head.seq + 30), Outcome::Done { .. }));
    // The same request, refused before, is taken now: under a number after those that are lost.
    assert_eq!(redeemed(town.answer(&waiting).outcome).seq, Seq(head.seq + 32));
    assert_eq!(reason(acknowledge(&mut town, head.seq + 99)), Reason::NotFound);
}

#[test]
fn no_number_below_the_head_and_none_beyond_reason_is_acknowledged() {
    let mut town = Town::new();
    town.world.read_only = true;
    let head = town.world.head.seq;
    for wrong in
        [head - 1, 0, -1, head + crate::domain::decide::restore::LARGEST_LOSS + 1, i64::MAX]
    {
        let refused = refusal(acknowledge(&mut town, wrong));
        assert_eq!(refused.reason, Reason::RequestMalformed);
        assert_eq!(refused.facts.field.as_deref(), Some("last_seq"));
    }
    // Nothing was lost: the journal goes on without a gap.
    let Outcome::Done { seq } = acknowledge(&mut town, head) else { panic!() };
    assert_eq!(seq, Seq(head + 1));
}
