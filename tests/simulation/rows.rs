//! What the service has kept of records, conflicts and redemptions, read beside it.
//! No judgement.

use pass_numerique::domain::{ids::RequestId, record::Claims};

use crate::support::sql::Beside;

/// A row of the service's records.
pub struct Row {
    pub device: i64,
    pub sequence: u32,
    pub hash: String,
    pub before: String,
    pub occurred_at: i64,
    pub received_at: i64,
    pub workshops: u8,
    pub request: String,
    pub verdict: String,
    /// What the device signed.
    pub claims: Claims,
    /// What the operator decided about it.
    pub accepted: Option<bool>,
    /// What that led to.
    pub redemption: Option<String>,
    /// Reason or cause.
    pub why: String,
}

/// A redemption that was counted, and perhaps undone.
pub struct Use {
    pub seq: i64,
    pub voucher: i64,
    pub workshops: i64,
    pub at: i64,
    pub device: Option<i64>,
    /// The event that undid it, and when.
    pub reversed: Option<(i64, i64)>,
}

/// A conflict as it was opened.
pub struct Conflict {
    pub seq: i64,
    pub device: i64,
    pub sequence: u32,
    pub hash: String,
    pub reason: String,
}

impl Conflict {
    pub fn row<'a>(&self, rows: &'a [Row]) -> &'a Row {
        let of = |row: &&Row| {
            (row.device, row.sequence) == (self.device, self.sequence) && row.hash == self.hash
        };
        rows.iter().find(of).unwrap()
    }
}

pub fn request(hex: &str) -> RequestId {
    RequestId(uuid::Uuid::parse_str(hex).unwrap())
}

pub fn json(text: &str) -> serde_json::Value {
    serde_json::from_str(text).unwrap()
}

pub fn rows(beside: &mut Beside) -> Vec<Row> {
    let query = "SELECT device || ' ' || sequence || ' ' || hex(hash) || ' ' || hex(before) || ' ' \
        || occurred_at || ' ' || received_at || ' ' || workshops || ' ' || hex(request) || ' ' \
        || verdict || ' ' || text || ' ' || coalesce(accepted, '-') || ' ' \
        || coalesce(redemption, '-') || ' ' || told AS text \
        FROM record ORDER BY device, sequence, received_at";
    let row = |line: String| {
        let cells: Vec<&str> = line.splitn(13, ' ').collect();
        let told = json(cells[12]);
        let (verdict, why) = (cells[8], &told[cells[8]]);
        let why = why.as_str().unwrap_or_else(|| {
            let refusal = if verdict == "conflict" { &why["refusal"] } else { why };
            refusal["reason"].as_str().unwrap_or_default()
        });
        let some = |cell: &str| (cell != "-").then(|| cell.to_owned());
        Row {
            device: cells[0].parse().unwrap(),
            sequence: cells[1].parse().unwrap(),
            hash: cells[2].to_owned(),
            before: cells[3].to_owned(),
            occurred_at: cells[4].parse().unwrap(),
            received_at: cells[5].parse().unwrap(),
            workshops: cells[6].parse().unwrap(),
            request: cells[7].to_owned(),
            verdict: verdict.to_owned(),
            claims: Claims::of_evidence(cells[9]).unwrap(),
            accepted: some(cells[10]).map(|accepted| accepted == "1"),
            redemption: some(cells[11]),
            why: why.to_owned(),
        }
    };
    beside.texts(query).into_iter().map(row).collect()
}

pub fn uses(beside: &mut Beside) -> Vec<Use> {
    let query = "SELECT made.seq || ' ' || made.voucher || ' ' || redemption.workshops || ' ' \
        || made.recorded_at || ' ' || coalesce(made.device, '-') || ' ' \
        || coalesce(undone.seq, '-') || ' ' || coalesce(undone.recorded_at, '-') AS text \
        FROM redemption JOIN event AS made ON made.seq = redemption.seq \
        LEFT JOIN event AS undone ON undone.reverses = redemption.seq ORDER BY redemption.seq";
    let one = |line: String| {
        let cells: Vec<Option<i64>> = line.split(' ').map(|cell| cell.parse().ok()).collect();
        Use {
            seq: cells[0].unwrap(),
            voucher: cells[1].unwrap(),
            workshops: cells[2].unwrap(),
            at: cells[3].unwrap(),
            device: cells[4],
            reversed: cells[5].zip(cells[6]),
        }
    };
    beside.texts(query).into_iter().map(one).collect()
}

pub fn conflicts(beside: &mut Beside) -> Vec<Conflict> {
    let query = "SELECT seq || ' ' || device || ' ' || sequence || ' ' || hex(hash) || ' ' \
        || content AS text FROM conflict ORDER BY seq";
    let one = |line: String| {
        let cells: Vec<&str> = line.splitn(5, ' ').collect();
        Conflict {
            seq: cells[0].parse().unwrap(),
            device: cells[1].parse().unwrap(),
            sequence: cells[2].parse().unwrap(),
            hash: cells[3].to_owned(),
            reason: json(cells[4])["reason"].as_str().unwrap().to_owned(),
        }
    };
    beside.texts(query).into_iter().map(one).collect()
}

/// Decisions about conflicts: of which, and by how many numbers of the guarantee.
pub fn rulings(beside: &mut Beside) -> Vec<(i64, Vec<i64>)> {
    let query = "SELECT content AS text FROM event WHERE kind = 'conflict_decided' ORDER BY seq";
    let one = |line: String| {
        let told = json(&line);
        let conflict = told["conflict"].as_str().unwrap().parse().unwrap();
        let numbers = told["numbers"].as_array().unwrap().iter().map(|one| one.as_i64().unwrap());
        (conflict, numbers.collect())
    };
    beside.texts(query).into_iter().map(one).collect()
}
