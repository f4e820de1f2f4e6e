-- Devices: scanners of an organisation with a key of their own. Added, enrolled and revoked by
-- events; names, hashes of tokens and what a device last said of itself stand here alone.

CREATE TABLE device (
    id BIGINT NOT NULL PRIMARY KEY, -- the event that added it
    organisation BIGINT NOT NULL REFERENCES organisation (id),
    name TEXT NOT NULL,
    served TEXT NOT NULL,
    token_hash BYTEA,
    token_expires_at BIGINT,
    public_key BYTEA CHECK (length(public_key) = 32),
    enrolled_at BIGINT,
    revoked_at BIGINT,
    seen_at BIGINT,
    version TEXT,
    queued BIGINT,
    reported_at BIGINT,
    CHECK ((token_hash IS NULL) = (token_expires_at IS NULL)),
    CHECK ((public_key IS NULL) = (enrolled_at IS NULL))
);

CREATE INDEX device_organisation ON device (organisation, id);
-- What a device did; most events are of no device, and are not in it.
CREATE INDEX event_device ON event (device, seq) WHERE device IS NOT NULL;

-- What devices recorded without network, as it arrived. The texts are evidence: they hold hashes
-- of what was shown, never a pass. Those in quarantine name the event that put them there.

CREATE TABLE record (
    device BIGINT NOT NULL REFERENCES device (id),
    sequence BIGINT NOT NULL,
    hash BYTEA NOT NULL,
    before BYTEA NOT NULL,
    request BYTEA NOT NULL,
    request_hash BYTEA NOT NULL,
    organisation BIGINT NOT NULL,
    venue BIGINT NOT NULL,
    person BIGINT,
    voucher BIGINT,
    payload BYTEA CHECK (length(payload) = 20),
    workshops BIGINT NOT NULL,
    delivery TEXT NOT NULL,
    occurred_at BIGINT NOT NULL,
    received_at BIGINT NOT NULL,
    verdict TEXT NOT NULL CHECK (verdict IN ('accepted', 'replayed', 'refused', 'conflict', 'quarantined')),
    told TEXT NOT NULL,
    text TEXT NOT NULL,
    event BIGINT,
    decided_at BIGINT,
    decided_by BIGINT,
    accepted BIGINT CHECK (accepted IN (0, 1)),
    redemption BIGINT,
    note TEXT,
    PRIMARY KEY (device, sequence, hash),
    CHECK ((verdict = 'quarantined') = (event IS NOT NULL))
);

CREATE UNIQUE INDEX record_event ON record (event) WHERE event IS NOT NULL;
