-- Conflicts of workshops taken without network, and the guarantee that pays them. A conflict is
-- opened and decided by events; who decided why stands here alone.

CREATE TABLE conflict (
    seq BIGINT NOT NULL PRIMARY KEY, -- the event that opened it
    programme BIGINT NOT NULL REFERENCES programme (id),
    voucher BIGINT NOT NULL,
    device BIGINT NOT NULL REFERENCES device (id),
    sequence BIGINT NOT NULL,
    hash BYTEA NOT NULL,
    organisation BIGINT NOT NULL REFERENCES organisation (id),
    venue BIGINT NOT NULL REFERENCES venue (id),
    month BIGINT NOT NULL,
    workshops BIGINT NOT NULL,
    typed BIGINT NOT NULL CHECK (typed IN (0, 1)),
    content TEXT NOT NULL,
    occurred_at BIGINT NOT NULL,
    recorded_at BIGINT NOT NULL,
    fate TEXT NOT NULL CHECK (fate IN ('open', 'paid', 'unpaid')),
    decision BIGINT, -- the event that decided it last
    decided_at BIGINT,
    decided_by BIGINT,
    note TEXT,
    CHECK ((fate = 'open') = (decision IS NULL))
);

-- What one device has cost in a month.
CREATE INDEX conflict_exposure ON conflict (programme, device, month);
CREATE INDEX conflict_organisation ON conflict (organisation, seq);
CREATE UNIQUE INDEX conflict_record ON conflict (device, sequence, hash);

-- The redemptions that left too little: their venues see that they are contested.
CREATE TABLE conflict_against (
    redemption BIGINT NOT NULL,
    conflict BIGINT NOT NULL REFERENCES conflict (seq),
    PRIMARY KEY (redemption, conflict)
);

ALTER TABLE programme ADD COLUMN reserves TEXT NOT NULL DEFAULT '[]';
ALTER TABLE usage_day ADD COLUMN guaranteed_cents BIGINT NOT NULL DEFAULT 0;
ALTER TABLE usage_month ADD COLUMN guaranteed_cents BIGINT NOT NULL DEFAULT 0;
