-- Organisations' disputes, and what people are told of devices, keys and payments.

-- What somebody of an organisation holds to be wrong: a workshop that was undone, a conflict that is
-- not paid, a payment, a statement, something that is missing. Opened and settled by events; the
-- words stand here alone.
CREATE TABLE dispute (
    id BIGINT NOT NULL PRIMARY KEY, -- the event that opened it
    programme BIGINT NOT NULL REFERENCES programme (id),
    organisation BIGINT NOT NULL REFERENCES organisation (id),
    about TEXT NOT NULL CHECK (about IN ('redemption', 'conflict', 'payment', 'statement', 'missing')),
    subject BIGINT,
    voucher BIGINT,
    opened_by BIGINT NOT NULL,
    opened_at BIGINT NOT NULL,
    first_by BIGINT, -- who took the decision that it is about
    state TEXT NOT NULL CHECK (state IN ('open', 'upheld', 'dismissed', 'withdrawn')),
    decision BIGINT, -- the event that settled it
    correction BIGINT, -- the event that puts right what was wrong
    decided_by BIGINT,
    decided_at BIGINT,
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
);

-- Each decision is answered once: nothing is put right twice.
CREATE UNIQUE INDEX dispute_once ON dispute (about, subject) WHERE about IN ('redemption', 'conflict') AND state <> 'withdrawn';
CREATE UNIQUE INDEX dispute_open ON dispute (about, subject) WHERE state = 'open' AND subject IS NOT NULL;
CREATE INDEX dispute_organisation ON dispute (organisation, id);
CREATE INDEX dispute_waiting ON dispute (programme, opened_at) WHERE state = 'open';
CREATE UNIQUE INDEX dispute_correction ON dispute (correction) WHERE about = 'redemption' AND correction IS NOT NULL;

-- Nor does anybody of an organisation.
CREATE FUNCTION dispute_second_person() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM person WHERE person.id = NEW.decided_by AND person.role NOT IN ('operator', 'analyst')
    ) THEN
        RAISE EXCEPTION 'whoever decides about a dispute is the operator or a funder';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER dispute_second_person BEFORE UPDATE OF decided_by ON dispute
FOR EACH ROW EXECUTE FUNCTION dispute_second_person();

-- What people were told about devices and keys: how far each had come, told again when it goes on.
CREATE TABLE watched (
    kind TEXT NOT NULL CHECK (kind IN ('chain_gap', 'chain_fork', 'quarantine', 'conflicts', 'key_compromised', 'forged')),
    subject TEXT NOT NULL,
    level BIGINT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (kind, subject)
);

ALTER TABLE message DROP CONSTRAINT message_kind_check;
ALTER TABLE message ADD CONSTRAINT message_kind_check CHECK (kind IN ('invitation', 'reset', 'pass', 'reminder', 'payment_waits', 'payment_failed', 'account_asked', 'programmes', 'alarm', 'payment_sent', 'dispute'));
