-- Organisations' disputes, and what people are told of devices, keys and payments.

-- What somebody of an organisation holds to be wrong: a workshop that was undone, a conflict that is
-- not paid, a payment, a statement, something that is missing. Opened and settled by events; the
-- words stand here alone.
CREATE TABLE dispute (
    id INTEGER NOT NULL PRIMARY KEY, -- the event that opened it
    programme INTEGER NOT NULL REFERENCES programme (id),
    organisation INTEGER NOT NULL REFERENCES organisation (id),
    about TEXT NOT NULL CHECK (about IN ('redemption', 'conflict', 'payment', 'statement', 'missing')),
    subject INTEGER,
    voucher INTEGER,
    opened_by INTEGER NOT NULL,
    opened_at INTEGER NOT NULL,
    first_by INTEGER, -- who took the decision that it is about
    state TEXT NOT NULL CHECK (state IN ('open', 'upheld', 'dismissed', 'withdrawn')),
    decision INTEGER, -- the event that settled it
    correction INTEGER, -- the event that puts right what was wrong
    decided_by INTEGER,
    decided_at INTEGER,
    reason TEXT,
    evidence TEXT,
    note TEXT,
    CHECK ((about = 'missing') = (subject IS NULL)),
    CHECK ((state = 'open') = (decision IS NULL)),
    CHECK ((decision IS NULL) = (decided_at IS NULL)),
    CHECK ((state IN ('upheld', 'dismissed')) = (decided_by IS NOT NULL)),
    CHECK (correction IS NULL OR state = 'upheld'),
    -- Neither who asks, nor who took the first decision, takes the second one.
    CHECK (decided_by IS NULL OR decided_by <> opened_by),
    CHECK (decided_by IS NULL OR first_by IS NULL OR decided_by <> first_by)
) STRICT;

-- Each decision is answered once: nothing is put right twice.
CREATE UNIQUE INDEX dispute_once ON dispute (about, subject) WHERE about IN ('redemption', 'conflict') AND state <> 'withdrawn';
CREATE UNIQUE INDEX dispute_open ON dispute (about, subject) WHERE state = 'open' AND subject IS NOT NULL;
CREATE INDEX dispute_organisation ON dispute (organisation, id);
CREATE INDEX dispute_waiting ON dispute (programme, opened_at) WHERE state = 'open';
CREATE UNIQUE INDEX dispute_correction ON dispute (correction) WHERE about = 'redemption' AND correction IS NOT NULL;

-- Nor does anybody of an organisation.
CREATE TRIGGER dispute_second_person BEFORE UPDATE OF decided_by ON dispute
WHEN EXISTS (
    SELECT 1 FROM person WHERE person.id = NEW.decided_by AND person.role NOT IN ('operator', 'analyst')
)
BEGIN SELECT RAISE(ABORT, 'whoever decides about a dispute is the operator or a funder'); END;

-- What people were told about devices and keys: how far each had come, told again when it goes on.
CREATE TABLE watched (
    kind TEXT NOT NULL CHECK (kind IN ('chain_gap', 'chain_fork', 'quarantine', 'conflicts', 'key_compromised', 'forged')),
    subject TEXT NOT NULL,
    level INTEGER NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (kind, subject)
) STRICT, WITHOUT ROWID;

CREATE TABLE message_with_disputes (
    id INTEGER NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('invitation', 'reset', 'pass', 'reminder', 'payment_waits', 'payment_failed', 'account_asked', 'programmes', 'alarm', 'payment_sent', 'dispute')),
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
INSERT INTO message_with_disputes SELECT id, kind, channel, language, voucher, person, contact, state, tries, due_at, trouble, asked_by, request, content, made_at, settled_at FROM message;
DROP TABLE message;
ALTER TABLE message_with_disputes RENAME TO message;
CREATE INDEX message_due ON message (state, due_at);
CREATE INDEX message_voucher ON message (voucher);
CREATE INDEX message_person ON message (person);
