-- What is to be sent, and the links that were sent. Not part of what happened, so not events and in
-- no backup. A contact is sealed by a key of the folder, and erased as soon as it is not needed.

CREATE TABLE message (
    id INTEGER NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('invitation', 'reset', 'pass', 'reminder')),
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

CREATE INDEX message_due ON message (state, due_at);
CREATE INDEX message_voucher ON message (voucher);
CREATE INDEX message_person ON message (person);

-- Links to choose a password, by their hash: each is good once.
CREATE TABLE account_token (
    hash BLOB NOT NULL PRIMARY KEY,
    person INTEGER NOT NULL REFERENCES person (id),
    purpose TEXT NOT NULL CHECK (purpose IN ('invitation', 'reset')),
    expires_at INTEGER NOT NULL,
    used INTEGER NOT NULL CHECK (used IN (0, 1))
) STRICT, WITHOUT ROWID;

CREATE INDEX account_token_person ON account_token (person);
CREATE INDEX account_token_expiry ON account_token (expires_at);

-- Short links, by their hash: to show a pass, or to stop reminders about it.
CREATE TABLE short_link (
    hash BLOB NOT NULL PRIMARY KEY,
    purpose TEXT NOT NULL CHECK (purpose IN ('pass', 'stop')),
    voucher INTEGER NOT NULL REFERENCES voucher (id),
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX short_link_expiry ON short_link (expires_at);

-- Who agreed to be reminded of a pass, and which reminders were made.
CREATE TABLE reminder (
    voucher INTEGER NOT NULL PRIMARY KEY REFERENCES voucher (id),
    channel TEXT NOT NULL CHECK (channel IN ('email', 'sms')),
    language TEXT NOT NULL CHECK (language IN ('fr', 'en')),
    contact BLOB NOT NULL,
    agreed_at INTEGER NOT NULL,
    unused_at INTEGER, -- reminded that no workshop was taken
    ending_at INTEGER -- reminded that the pass ends soon
) STRICT;
