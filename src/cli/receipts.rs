//! `verify`: receipts with a published set of keys and nothing else of ours; or a voucher.
//! No database: whoever has the file and the set can check what a venue earned.

use super::{
    arguments::{Arguments, KeysOption, Verify},
    output::{Failure, say},
    voucher,
};
use crate::domain::{
    cents::Cents,
    receipt::{HEAD, Receipt, ReceiptKey, read_keys},
};

pub fn verify(arguments: &Arguments, options: &Verify) -> Result<(), Failure> {
    let text = voucher::scanned(&options.file)?;
    match (&options.receipt_keys, &options.keys) {
        (Some(path), _) => {
            let set = std::fs::read_to_string(path)
                .map_err(|cause| Failure::Told(format!("{}: {cause}", path.display())))?;
            let keys = read_keys(&set)
                .map_err(|cause| Failure::Told(format!("{}: {cause}", path.display())))?;
            receipts(arguments, &text, &keys)
        }
        (None, _) if text.starts_with(HEAD) => {
            Err(Failure::Told("these are receipts: give --receipt-keys".to_owned()))
        }
        (None, Some(keys)) => {
            let passphrase_file = options.passphrase_file.clone();
            let keys = KeysOption { keys: keys.clone(), passphrase_file };
            voucher::verify(arguments, &keys, &text)
        }
        (None, None) => Err(Failure::Told("give --keys or --receipt-keys".to_owned())),
    }
}

/// Each line; one that proves nothing is named, and nothing is said of the rest. The same receipt
/// twice counts once.
fn receipts(arguments: &Arguments, text: &str, keys: &[ReceiptKey]) -> Result<(), Failure> {
    let mut read: Vec<Receipt> = Vec::new();
    for (number, line) in (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty()) {
        let receipt = Receipt::verified(line, keys)
            .map_err(|cause| Failure::Told(format!("line {number}: {cause}")))?;
        read.push(receipt);
    }
    read.sort_by_key(|receipt| receipt.seq);
    read.dedup();
    if read.is_empty() {
        return Err(Failure::Told("there is no receipt in it".to_owned()));
    }
    let earned: i64 = read.iter().map(|receipt| receipt.earned_cents.0).sum();
    let mut lines: Vec<String> = read.iter().map(|receipt| format!("genuine: {receipt}")).collect();
    lines.push(format!("{} receipts, {earned} cents earned", read.len()));
    let told = serde_json::json!({
        "genuine": true, "receipts": read, "earned_cents": Cents(earned), "currency": "EUR",
    });
    say(arguments.json, &lines.join("\n"), &told)
}
