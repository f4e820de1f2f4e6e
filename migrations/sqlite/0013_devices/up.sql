-- Devices: scanners of an organisation with a key of their own. Added, enrolled and revoked by
-- events; names, hashes of tokens and what a device last said of itself stand here alone.

CREATE TABLE device (
    id INTEGER NOT NULL PRIMARY KEY, -- the event that added it
    organisation INTEGER NOT NULL REFERENCES organisation (id),
    name TEXT NOT NULL,
    served TEXT NOT NULL,
    token_hash BLOB,
    token_expires_at INTEGER,
    public_key BLOB CHECK (length(public_key) = 32),
    enrolled_at INTEGER,
    revoked_at INTEGER,
    seen_at INTEGER,
    version TEXT,
    queued INTEGER,
    reported_at INTEGER,
    CHECK ((token_hash IS NULL) = (token_expires_at IS NULL)),
    CHECK ((public_key IS NULL) = (enrolled_at IS NULL))
) STRICT;

CREATE INDEX device_organisation ON device (organisation, id);
-- What a device did; most events are of no device, and are not in it.
CREATE INDEX event_device ON event (device, seq) WHERE device IS NOT NULL;

-- What devices recorded without network, as it arrived. The texts are evidence: they hold hashes
-- of what was shown, never a pass. Those in quarantine name the event that put them there.

CREATE TABLE record (
    device INTEGER NOT NULL REFERENCES device (id),
    sequence INTEGER NOT NULL,
    hash BLOB NOT NULL,
    before BLOB NOT NULL,
    request BLOB NOT NULL,
    request_hash BLOB NOT NULL,
    organisation INTEGER NOT NULL,
    venue INTEGER NOT NULL,
    person INTEGER,
    voucher INTEGER,
    payload BLOB CHECK (length(payload) = 20),
    workshops INTEGER NOT NULL,
    delivery TEXT NOT NULL,
    occurred_at INTEGER NOT NULL,
    received_at INTEGER NOT NULL,
    verdict TEXT NOT NULL CHECK (verdict IN ('accepted', 'replayed', 'refused', 'conflict', 'quarantined')),
    told TEXT NOT NULL,
    text TEXT NOT NULL,
    event INTEGER,
    decided_at INTEGER,
    decided_by INTEGER,
    accepted INTEGER CHECK (accepted IN (0, 1)),
    redemption INTEGER,
    note TEXT,
    PRIMARY KEY (device, sequence, hash),
    CHECK ((verdict = 'quarantined') = (event IS NOT NULL))
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX record_event ON record (event) WHERE event IS NOT NULL;
