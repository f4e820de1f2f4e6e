-- Held workshops: they stay earned until a second person has looked. Few rows beside the slices of
-- the journal that payments are of; who decided why stands here alone.

CREATE TABLE hold (
    redemption BIGINT NOT NULL PRIMARY KEY,
    programme BIGINT NOT NULL REFERENCES programme (id),
    organisation BIGINT NOT NULL REFERENCES organisation (id),
    venue BIGINT NOT NULL REFERENCES venue (id),
    voucher BIGINT NOT NULL,
    causes TEXT NOT NULL,
    amounts TEXT NOT NULL,
    taken_by BIGINT,
    state TEXT NOT NULL CHECK (state IN ('held', 'released', 'reversed')),
    decision BIGINT, -- the event that released or reversed it
    left_out BIGINT NOT NULL CHECK (left_out IN (0, 1)),
    payment BIGINT, -- takes up what an earlier one left out
    disputed_by BIGINT, -- who asked that somebody else looks
    disputed_at BIGINT,
    dispute TEXT,
    decided_at BIGINT,
    decided_by BIGINT,
    note TEXT,
    CHECK ((state = 'held') = (decision IS NULL)),
    -- What is held is never paid.
    CHECK (payment IS NULL OR (left_out = 1 AND state <> 'held')),
    -- Nobody releases what they took themselves.
    CHECK (taken_by IS NULL OR decided_by IS NULL OR taken_by <> decided_by),
    CHECK (disputed_by IS NULL OR decided_by IS NULL OR disputed_by <> decided_by),
    CHECK ((disputed_at IS NULL) = (dispute IS NULL)),
    CHECK ((decided_at IS NULL) = (note IS NULL))
);

-- What a payment looks at, and what waits for somebody to look.
CREATE INDEX hold_unpaid ON hold (programme, organisation) WHERE state = 'held' OR (state = 'released' AND left_out = 1 AND payment IS NULL);
CREATE INDEX hold_waiting ON hold (redemption) WHERE state = 'held';
CREATE INDEX hold_organisation ON hold (organisation, redemption);
CREATE INDEX hold_payment ON hold (payment) WHERE payment IS NOT NULL;

-- Nor does anybody of a venue release anything.
CREATE FUNCTION hold_second_person() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM person WHERE person.id = NEW.decided_by AND person.role NOT IN ('operator', 'analyst')
    ) THEN
        RAISE EXCEPTION 'whoever decides about a held workshop is the operator or a funder';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER hold_second_person BEFORE UPDATE OF decided_by ON hold
FOR EACH ROW EXECUTE FUNCTION hold_second_person();

-- Another account takes the place of one only when a second person has confirmed it.
CREATE TABLE bank_account_asked (
    id BIGINT NOT NULL PRIMARY KEY, -- the event that asked for it
    organisation BIGINT NOT NULL REFERENCES organisation (id),
    holder TEXT NOT NULL,
    iban TEXT NOT NULL,
    bic TEXT,
    asked_by BIGINT NOT NULL,
    asked_at BIGINT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'confirmed', 'refused')),
    decision BIGINT, -- the event that confirmed or refused it
    CHECK ((state = 'open') = (decision IS NULL))
);
CREATE UNIQUE INDEX bank_account_asked_open ON bank_account_asked (organisation) WHERE state = 'open';

-- Who asked for it, where another person has confirmed it.
ALTER TABLE bank_account ADD COLUMN asked_by BIGINT CHECK (asked_by IS NULL OR asked_by <> entered_by);

-- Neither of the two prepares or approves a run that pays to it.
CREATE OR REPLACE FUNCTION settlement_people() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM payment JOIN bank_account ON bank_account.id = payment.account
        WHERE payment.settlement = NEW.id AND NEW.approved_by IN (bank_account.entered_by, bank_account.asked_by)
    ) THEN
        RAISE EXCEPTION 'whoever entered an account does not approve its payment';
    END IF;
    RETURN NEW;
END $$;
CREATE FUNCTION payment_people() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM settlement JOIN bank_account ON bank_account.id = NEW.account
        WHERE settlement.id = NEW.settlement AND settlement.prepared_by IN (bank_account.entered_by, bank_account.asked_by)
    ) THEN
        RAISE EXCEPTION 'whoever entered an account does not prepare its payment';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER payment_people BEFORE INSERT ON payment
FOR EACH ROW EXECUTE FUNCTION payment_people();

-- Organisations are told that their money waits or came back, and that another account was asked
-- for.
ALTER TABLE message DROP CONSTRAINT message_kind_check;
ALTER TABLE message ADD CONSTRAINT message_kind_check CHECK (kind IN ('invitation', 'reset', 'pass', 'reminder', 'payment_waits', 'payment_failed', 'account_asked'));
