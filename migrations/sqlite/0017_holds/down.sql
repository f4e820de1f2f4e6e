CREATE TABLE message_of_fewer_kinds (
    id INTEGER NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('invitation', 'reset', 'pass', 'reminder')),
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
INSERT INTO message_of_fewer_kinds SELECT * FROM message WHERE kind IN ('invitation', 'reset', 'pass', 'reminder');
DROP TABLE message;
ALTER TABLE message_of_fewer_kinds RENAME TO message;
CREATE INDEX message_due ON message (state, due_at);
CREATE INDEX message_voucher ON message (voucher);
CREATE INDEX message_person ON message (person);
DROP TRIGGER payment_people;
DROP TRIGGER settlement_people;
CREATE TRIGGER settlement_people BEFORE UPDATE OF approved_by ON settlement
WHEN EXISTS (
    SELECT 1 FROM payment JOIN bank_account ON bank_account.id = payment.account
    WHERE payment.settlement = NEW.id AND bank_account.entered_by = NEW.approved_by
)
BEGIN SELECT RAISE(ABORT, 'whoever entered an account does not approve its payment'); END;
ALTER TABLE bank_account DROP COLUMN asked_by;
DROP TABLE bank_account_asked;
DROP TABLE hold;
