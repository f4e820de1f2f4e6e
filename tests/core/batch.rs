//! Batches through the real writer, on both databases: taken at once, minted in chunks, resumed.
//! No transport.

use pass_numerique::domain::{
    access::Tenant,
    batch::BatchOpened,
    command::{Ask, Outcome},
    ids::Seq,
    refusal::Reason,
    view::{Filter, VoucherView},
};

use crate::support::{Town, on_each_database, refused};

fn open(town: &Town, count: u32, workshops: u8, stock: bool) -> Outcome {
    let opened = BatchOpened { issuer: town.issuer, workshops, count, stock };
    let ask = Ask::OpenBatch { programme: town.programme, opened };
    town.service.ask_as(None, ask).unwrap()
}

fn batch(outcome: &Outcome) -> Seq {
    match outcome {
        Outcome::Added { seq, .. } => *seq,
        other => panic!("{other:?}"),
    }
}

fn vouchers(town: &Town, batch: Seq) -> Vec<VoucherView> {
    let filter = Filter { batch: Some(batch), limit: 10_000, ..Filter::of(Tenant::Any) };
    town.service.database().vouchers(&filter, town.service.clock.now()).unwrap()
}

fn balance(town: &Town, stage: &str) -> i64 {
    let lines = town.service_balance();
    let lines = lines.iter().filter(|line| line.stage == stage);
    lines.map(|line| line.credit_cents - line.debit_cents).sum()
}

#[test]
fn a_batch_takes_all_its_money_at_once_and_is_minted_like_single_vouchers() {
    on_each_database(|town| {
        let (single, after) = (town.issue(5).unwrap(), 5_000);
        let id = batch(&open(&town, 12, 5, false));
        assert_eq!(balance(&town, "committed"), after + 60_000);
        town.audit();
        assert_eq!(vouchers(&town, id).len(), 0, "taken, and not minted yet");
        assert_eq!(town.service.mint_batches(&|| true).unwrap(), 12);
        assert_eq!(town.service.mint_batches(&|| true).unwrap(), 0);
        let minted = vouchers(&town, id);
        assert_eq!(minted.len(), 12);
        // Signed, scanned and redeemed like any other, until nothing is left.
        for voucher in &minted {
            let paper = town.service.paper(voucher.id).unwrap();
            let shown = town.service.read_code(&paper.url).unwrap();
            let answer = town.service.ask(town.redemption(shown)).unwrap();
            assert!(matches!(answer.outcome, Outcome::Redeemed(_)), "{answer:?}");
        }
        for _ in 0..4 {
            assert!(matches!(town.redeem(minted[0].id).outcome, Outcome::Redeemed(_)));
        }
        let spent = town.redeem(minted[0].id).outcome;
        assert_eq!(refused(&spent), Reason::VoucherExhausted);
        assert!(matches!(town.redeem(single).outcome, Outcome::Redeemed(_)));
        town.audit();
    });
}

#[test]
fn a_batch_that_is_not_covered_takes_nothing() {
    on_each_database(|town| {
        // 1,000 € pay for 100 workshops.
        assert_eq!(refused(&open(&town, 21, 5, false)), Reason::BudgetExhausted);
        assert_eq!(refused(&open(&town, 201, 5, true)), Reason::AllocationExhausted);
        assert_eq!(refused(&open(&town, 0, 5, true)), Reason::RequestMalformed);
        assert_eq!(refused(&open(&town, 1, 4, true)), Reason::WorkshopsOutOfRange);
        assert_eq!(balance(&town, "committed"), 0);
        assert!(town.service.database().open_batches().unwrap().is_empty());
        batch(&open(&town, 20, 5, false));
        assert_eq!(town.issue(5), Err(Reason::BudgetExhausted));
        town.audit();
    });
}

#[test]
fn a_batch_that_was_broken_off_goes_on_where_it_stopped() {
    on_each_database(|town| {
        let id = batch(&open(&town, 100, 10, true));
        let draft = || town.service.draft(town.service.clock.now()).unwrap();
        let drafts = (0..30).map(|_| draft()).collect();
        let ask = Ask::MintChunk { batch: id, first: 0, drafts };
        assert!(matches!(town.service.ask_as(None, ask).unwrap(), Outcome::Done { .. }));
        assert_eq!(town.service.mint_batches(&|| false).unwrap(), 0, "told to stop");
        // Another start knows nothing but the database.
        let town = town.restarted();
        assert_eq!(vouchers(&town, id).len(), 30);
        assert_eq!(town.service.mint_batches(&|| true).unwrap(), 70);
        let minted = vouchers(&town, id);
        let mut ids: Vec<_> = minted.iter().map(|voucher| voucher.id).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), 100);
        assert_eq!(balance(&town, "committed"), 0, "stock holds no money");
        let ask = Ask::Activate { voucher: ids[0], issuer: town.issuer };
        let outcome = town.service.ask_as(None, ask).unwrap();
        assert!(matches!(outcome, Outcome::Issued { .. }), "{outcome:?}");
        assert_eq!(balance(&town, "committed"), 10_000);
        town.audit();
    });
}

#[test]
fn a_chunk_that_is_sent_twice_is_minted_once() {
    on_each_database(|town| {
        let batch = batch(&open(&town, 10, 5, false));
        let drafts = || vec![town.service.draft(town.service.clock.now()).unwrap()];
        let mint = |first, drafts| {
            town.service.ask_as(None, Ask::MintChunk { batch, first, drafts }).unwrap()
        };
        assert!(matches!(mint(0, drafts()), Outcome::Done { .. }));
        assert_eq!(refused(&mint(0, drafts())), Reason::BatchAdvanced);
        let mut twins = drafts();
        twins.push(twins[0].clone());
        assert_eq!(refused(&mint(1, twins)), Reason::DrawAgain);
        assert_eq!(refused(&mint(1, Vec::new())), Reason::RequestMalformed);
        assert!(matches!(mint(1, drafts()), Outcome::Done { .. }));
        town.audit();
    });
}

#[test]
fn a_batch_is_minted_to_its_end_after_its_programme_and_its_money_comes_back() {
    on_each_database(|town| {
        let before = balance(&town, "available");
        let id = batch(&open(&town, 4, 5, false));
        assert_eq!(balance(&town, "available"), before - 20_000);
        let now = town.service.clock.now();
        town.service.clock.set(now.plus_seconds(5 * 365 * 86_400));
        assert_eq!(town.service.mint_batches(&|| true).unwrap(), 4);
        assert_eq!(town.service.mint_batches(&|| true).unwrap(), 0);
        let minted = vouchers(&town, id);
        assert_eq!(refused(&town.redeem(minted[0].id).outcome), Reason::VoucherExpired);
        assert_eq!(town.service.expire().unwrap(), 4);
        town.service.clock.set(now.plus_seconds(6 * 365 * 86_400));
        town.service.expire().unwrap();
        assert_eq!((balance(&town, "available"), balance(&town, "committed")), (before, 0));
        town.audit();
    });
}
