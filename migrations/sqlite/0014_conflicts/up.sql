-- Conflicts of workshops taken without network, and the guarantee that pays them. A conflict is
-- opened and decided by events; who decided why stands here alone.

CREATE TABLE conflict (
    seq INTEGER NOT NULL PRIMARY KEY, -- the event that opened it
    programme INTEGER NOT NULL REFERENCES programme (id),
    voucher INTEGER NOT NULL,
    device INTEGER NOT NULL REFERENCES device (id),
    sequence INTEGER NOT NULL,
    hash BLOB NOT NULL,
    organisation INTEGER NOT NULL REFERENCES organisation (id),
    venue INTEGER NOT NULL REFERENCES venue (id),
    month INTEGER NOT NULL,
    workshops INTEGER NOT NULL,
    typed INTEGER NOT NULL CHECK (typed IN (0, 1)),
    content TEXT NOT NULL,
    occurred_at INTEGER NOT NULL,
    recorded_at INTEGER NOT NULL,
    fate TEXT NOT NULL CHECK (fate IN ('open', 'paid', 'unpaid')),
    decision INTEGER, -- the event that decided it last
    decided_at INTEGER,
    decided_by INTEGER,
    note TEXT,
    CHECK ((fate = 'open') = (decision IS NULL))
) STRICT;

-- What one device has cost in a month.
CREATE INDEX conflict_exposure ON conflict (programme, device, month);
CREATE INDEX conflict_organisation ON conflict (organisation, seq);
CREATE UNIQUE INDEX conflict_record ON conflict (device, sequence, hash);

-- The redemptions that left too little: their venues see that they are contested.
CREATE TABLE conflict_against (
    redemption INTEGER NOT NULL,
    conflict INTEGER NOT NULL REFERENCES conflict (seq),
    PRIMARY KEY (redemption, conflict)
) STRICT, WITHOUT ROWID;

ALTER TABLE programme ADD COLUMN reserves TEXT NOT NULL DEFAULT '[]';
ALTER TABLE usage_day ADD COLUMN guaranteed_cents INTEGER NOT NULL DEFAULT 0;
ALTER TABLE usage_month ADD COLUMN guaranteed_cents INTEGER NOT NULL DEFAULT 0;
