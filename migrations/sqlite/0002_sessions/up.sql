-- Log-ins: not part of what happened, so neither events nor audited.

CREATE TABLE refresh_token (
    hash BLOB NOT NULL PRIMARY KEY,
    family BLOB NOT NULL,
    person INTEGER NOT NULL REFERENCES person (id),
    expires_at INTEGER NOT NULL,
    used INTEGER NOT NULL CHECK (used IN (0, 1))
) STRICT, WITHOUT ROWID;

CREATE INDEX refresh_token_family ON refresh_token (family);
CREATE INDEX refresh_token_expiry ON refresh_token (expires_at);
