-- Log-ins and API keys. Refresh tokens are not part of what happened, so not events; API keys are
-- added and revoked by events, their names and hashes stand here.

CREATE TABLE refresh_token (
    hash BLOB NOT NULL PRIMARY KEY,
    family BLOB NOT NULL,
    person INTEGER NOT NULL REFERENCES person (id),
    expires_at INTEGER NOT NULL,
    used INTEGER NOT NULL CHECK (used IN (0, 1))
) STRICT, WITHOUT ROWID;

CREATE INDEX refresh_token_family ON refresh_token (family);
CREATE INDEX refresh_token_expiry ON refresh_token (expires_at);

CREATE TABLE api_key (
    id INTEGER NOT NULL PRIMARY KEY,
    person INTEGER NOT NULL REFERENCES person (id),
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    tenant INTEGER,
    hash BLOB NOT NULL UNIQUE,
    expires_at INTEGER NOT NULL,
    last_used_at INTEGER,
    revoked INTEGER NOT NULL CHECK (revoked IN (0, 1))
) STRICT;
