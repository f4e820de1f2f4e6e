-- Keys that sign receipts: the event that added each is its number.
CREATE TABLE receipt_key (
    id BIGINT NOT NULL PRIMARY KEY,
    public_key BYTEA NOT NULL UNIQUE,
    added_at BIGINT NOT NULL,
    signs_from BIGINT NOT NULL,
    compromised_at BIGINT
);

-- Lists of stock that a print shop was given, by whom (nobody: from the command line) and to which
-- key: each batch once without a reason, and every other time with one.
CREATE TABLE print_list (
    id TEXT NOT NULL PRIMARY KEY,
    batch BIGINT NOT NULL REFERENCES batch (seq),
    recipient TEXT NOT NULL,
    person BIGINT REFERENCES person (id),
    taken_at BIGINT NOT NULL,
    reason TEXT
);

CREATE UNIQUE INDEX print_list_first ON print_list (batch) WHERE reason IS NULL;
CREATE INDEX print_list_batch ON print_list (batch);

-- Facts about people, counted one by one: never two of one person in a row, never a voucher, no
-- moment but the month.
CREATE TABLE people (
    programme BIGINT NOT NULL REFERENCES programme (id),
    month BIGINT NOT NULL,
    issuer BIGINT NOT NULL REFERENCES issuer (id),
    fact TEXT NOT NULL,
    code TEXT NOT NULL,
    counted BIGINT NOT NULL CHECK (counted > 0),
    PRIMARY KEY (programme, month, issuer, fact, code)
);
