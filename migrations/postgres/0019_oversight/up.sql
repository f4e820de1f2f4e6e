-- What is watched: when the books were last recomputed, programmes that end, who was told of it.

-- The last audit of this database, whoever ran it. One row, or none.
CREATE TABLE audit_run (
    id BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
    at BIGINT NOT NULL,
    seq BIGINT NOT NULL, -- the end of the journal
    differences BIGINT NOT NULL CHECK (differences >= 0)
);

-- The day on which what was left went back to the funders.
ALTER TABLE programme ADD COLUMN ended_day BIGINT;

-- What people were told about a programme, once each.
CREATE TABLE programme_alert (
    programme BIGINT NOT NULL REFERENCES programme (id),
    kind TEXT NOT NULL CHECK (kind IN ('ending', 'blocked', 'over', 'budget', 'unused')),
    at BIGINT NOT NULL,
    PRIMARY KEY (programme, kind)
);

ALTER TABLE message DROP CONSTRAINT message_kind_check;
ALTER TABLE message ADD CONSTRAINT message_kind_check CHECK (kind IN ('invitation', 'reset', 'pass', 'reminder', 'payment_waits', 'payment_failed', 'account_asked', 'programmes'));

-- How funders that pay venues themselves have paid an order.
CREATE TABLE paid_order (
    payment BIGINT NOT NULL PRIMARY KEY REFERENCES payment (id),
    reference TEXT NOT NULL,
    paid_on BIGINT NOT NULL,
    entered_by BIGINT REFERENCES person (id),
    entered_at BIGINT NOT NULL
);
