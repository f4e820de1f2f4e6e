-- Held workshops: they stay earned until a second person has looked. Few rows beside the slices of
-- the journal that payments are of; who decided why stands here alone.

CREATE TABLE hold (
    redemption INTEGER NOT NULL PRIMARY KEY,
    programme INTEGER NOT NULL REFERENCES programme (id),
    organisation INTEGER NOT NULL REFERENCES organisation (id),
    venue INTEGER NOT NULL REFERENCES venue (id),
    voucher INTEGER NOT NULL,
    causes TEXT NOT NULL,
    amounts TEXT NOT NULL,
    taken_by INTEGER,
    state TEXT NOT NULL CHECK (state IN ('held', 'released', 'reversed')),
    decision INTEGER, -- the event that released or reversed it
    left_out INTEGER NOT NULL CHECK (left_out IN (0, 1)),
    payment INTEGER, -- takes up what an earlier one left out
    disputed_by INTEGER, -- who asked that somebody else looks
    disputed_at INTEGER,
    dispute TEXT,
    decided_at INTEGER,
    decided_by INTEGER,
    note TEXT,
    CHECK ((state = 'held') = (decision IS NULL)),
    -- What is held is never paid.
    CHECK (payment IS NULL OR (left_out = 1 AND state <> 'held')),
    -- Nobody releases what they took themselves.
    CHECK (taken_by IS NULL OR decided_by IS NULL OR taken_by <> decided_by),
    CHECK (disputed_by IS NULL OR decided_by IS NULL OR disputed_by <> decided_by),
    CHECK ((disputed_at IS NULL) = (dispute IS NULL)),
    CHECK ((decided_at IS NULL) = (note IS NULL))
) STRICT;

-- What a payment looks at, and what waits for somebody to look.
CREATE INDEX hold_unpaid ON hold (programme, organisation) WHERE state = 'held' OR (state = 'released' AND left_out = 1 AND payment IS NULL);
CREATE INDEX hold_waiting ON hold (redemption) WHERE state = 'held';
CREATE INDEX hold_organisation ON hold (organisation, redemption);
CREATE INDEX hold_payment ON hold (payment) WHERE payment IS NOT NULL;

-- Nor does anybody of a venue release anything.
CREATE TRIGGER hold_second_person BEFORE UPDATE OF decided_by ON hold
WHEN EXISTS (
    SELECT 1 FROM person WHERE person.id = NEW.decided_by AND person.role NOT IN ('operator', 'analyst')
)
BEGIN SELECT RAISE(ABORT, 'whoever decides about a held workshop is the operator or a funder'); END;

-- Another account takes the place of one only when a second person has confirmed it.
CREATE TABLE bank_account_asked (
    id INTEGER NOT NULL PRIMARY KEY, -- the event that asked for it
    organisation INTEGER NOT NULL REFERENCES organisation (id),
    holder TEXT NOT NULL,
    iban TEXT NOT NULL,
    bic TEXT,
    asked_by INTEGER NOT NULL,
    asked_at INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'confirmed', 'refused')),
    decision INTEGER, -- the event that confirmed or refused it
    CHECK ((state = 'open') = (decision IS NULL))
) STRICT;
CREATE UNIQUE INDEX bank_account_asked_open ON bank_account_asked (organisation) WHERE state = 'open';

-- Who asked for it, where another person has confirmed it.
ALTER TABLE bank_account ADD COLUMN asked_by INTEGER CHECK (asked_by IS NULL OR asked_by <> entered_by);

-- Neither of the two prepares or approves a run that pays to it.
DROP TRIGGER settlement_people;
CREATE TRIGGER settlement_people BEFORE UPDATE OF approved_by ON settlement
WHEN EXISTS (
    SELECT 1 FROM payment JOIN bank_account ON bank_account.id = payment.account
    WHERE payment.settlement = NEW.id AND NEW.approved_by IN (bank_account.entered_by, bank_account.asked_by)
)
BEGIN SELECT RAISE(ABORT, 'whoever entered an account does not approve its payment'); END;
CREATE TRIGGER payment_people BEFORE INSERT ON payment
WHEN EXISTS (
    SELECT 1 FROM settlement JOIN bank_account ON bank_account.id = NEW.account
    WHERE settlement.id = NEW.settlement AND settlement.prepared_by IN (bank_account.entered_by, bank_account.asked_by)
)
BEGIN SELECT RAISE(ABORT, 'whoever entered an account does not prepare its payment'); END;

-- Organisations are told that their money waits or came back, and that another account was asked
-- for.
CREATE TABLE message_of_more_kinds (
    id INTEGER NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('invitation', 'reset', 'pass', 'reminder', 'payment_waits', 'payment_failed', 'account_asked')),
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
INSERT INTO message_of_more_kinds SELECT * FROM message;
DROP TABLE message;
ALTER TABLE message_of_more_kinds RENAME TO message;
CREATE INDEX message_due ON message (state, due_at);
CREATE INDEX message_voucher ON message (voucher);
CREATE INDEX message_person ON message (person);
