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
