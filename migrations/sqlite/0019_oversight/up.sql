-- What is watched: when the books were last recomputed, programmes that end, who was told of it.

-- The last audit of this database, whoever ran it. One row, or none.
CREATE TABLE audit_run (
    id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    at INTEGER NOT NULL,
    seq INTEGER NOT NULL, -- the end of the journal
    differences INTEGER NOT NULL CHECK (differences >= 0)
) STRICT;

-- The day on which what was left went back to the funders.
ALTER TABLE programme ADD COLUMN ended_day INTEGER;

-- What people were told about a programme, once each.
CREATE TABLE programme_alert (
    programme INTEGER NOT NULL REFERENCES programme (id),
    kind TEXT NOT NULL CHECK (kind IN ('ending', 'blocked', 'over', 'budget', 'unused')),
    at INTEGER NOT NULL,
    PRIMARY KEY (programme, kind)
) STRICT, WITHOUT ROWID;

CREATE TABLE message_with_alerts (
    id INTEGER NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('invitation', 'reset', 'pass', 'reminder', 'payment_waits', 'payment_failed', 'account_asked', 'programmes')),
    channel TEXT NOT NULL CHECK (channel IN ('email', 'sms')),
    language TEXT NOT NULL CHECK (language IN ('fr', 'en')),
    voucher INTEGER REFERENCES voucher (id),
    person INTEGER REFERENCES person (id),
    contact BLOB,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'sent', 'failed')),
    tries INTEGER NOT NULL CHECK (tries >= 0),
    due_at INTEGER NOT NULL, -- the next try; while one runs, when another may take over
    trouble TEXT,
    asked_by INTEGER,
    request BLOB NOT NULL UNIQUE,
    content BLOB, -- keyed hash of what was asked
    made_at INTEGER NOT NULL,
    settled_at INTEGER,
    CHECK ((voucher IS NULL) <> (person IS NULL)),
    CHECK (state = 'waiting' OR (contact IS NULL AND content IS NULL))
) STRICT;
INSERT INTO message_with_alerts SELECT id, kind, channel, language, voucher, person, contact, state, tries, due_at, trouble, asked_by, request, content, made_at, settled_at FROM message;
DROP TABLE message;
ALTER TABLE message_with_alerts RENAME TO message;
CREATE INDEX message_due ON message (state, due_at);
CREATE INDEX message_voucher ON message (voucher);
CREATE INDEX message_person ON message (person);

-- How funders that pay venues themselves have paid an order.
CREATE TABLE paid_order (
    payment INTEGER NOT NULL PRIMARY KEY REFERENCES payment (id),
    reference TEXT NOT NULL,
    paid_on INTEGER NOT NULL,
    entered_by INTEGER REFERENCES person (id),
    entered_at INTEGER NOT NULL
) STRICT;
