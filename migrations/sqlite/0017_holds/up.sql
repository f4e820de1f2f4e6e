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
    decided_at INTEGER,
    decided_by INTEGER,
    note TEXT,
    CHECK ((state = 'held') = (decision IS NULL)),
    -- What is held is never paid.
    CHECK (payment IS NULL OR (left_out = 1 AND state <> 'held')),
    -- Nobody releases what they took themselves.
    CHECK (taken_by IS NULL OR decided_by IS NULL OR taken_by <> decided_by),
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
