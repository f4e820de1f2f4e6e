-- Keys that sign receipts: the event that added each is its number.
CREATE TABLE receipt_key (
    id INTEGER NOT NULL PRIMARY KEY,
    public_key BLOB NOT NULL UNIQUE,
    added_at INTEGER NOT NULL,
    signs_from INTEGER NOT NULL,
    compromised_at INTEGER
) STRICT;

-- Lists of stock that a print shop was given, by whom (nobody: from the command line) and to which
-- key: each batch once without a reason, and every other time with one.
CREATE TABLE print_list (
    id TEXT NOT NULL PRIMARY KEY,
    batch INTEGER NOT NULL REFERENCES batch (seq),
    recipient TEXT NOT NULL,
    person INTEGER REFERENCES person (id),
    taken_at INTEGER NOT NULL,
    reason TEXT
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX print_list_first ON print_list (batch) WHERE reason IS NULL;
CREATE INDEX print_list_batch ON print_list (batch);

-- Facts about people, counted one by one: never two of one person in a row, never a voucher, no
-- moment but the month.
CREATE TABLE people (
    programme INTEGER NOT NULL REFERENCES programme (id),
    month INTEGER NOT NULL,
    issuer INTEGER NOT NULL REFERENCES issuer (id),
    fact TEXT NOT NULL,
    code TEXT NOT NULL,
    counted INTEGER NOT NULL CHECK (counted > 0),
    PRIMARY KEY (programme, month, issuer, fact, code)
) STRICT, WITHOUT ROWID;
