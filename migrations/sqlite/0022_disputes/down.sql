DELETE FROM message WHERE kind IN ('alarm', 'payment_sent', 'dispute');
CREATE TABLE message_without_disputes (
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
INSERT INTO message_without_disputes SELECT id, kind, channel, language, voucher, person, contact, state, tries, due_at, trouble, asked_by, request, content, made_at, settled_at FROM message;
DROP TABLE message;
ALTER TABLE message_without_disputes RENAME TO message;
CREATE INDEX message_due ON message (state, due_at);
CREATE INDEX message_voucher ON message (voucher);
CREATE INDEX message_person ON message (person);
DROP TABLE watched;
DROP TABLE dispute;
