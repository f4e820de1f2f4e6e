-- Log-ins to the pages: a cookie's hash, whose it is, and how long. Not part of what happened.

CREATE TABLE browser_session (
    hash BLOB NOT NULL PRIMARY KEY,
    person INTEGER NOT NULL REFERENCES person (id),
    begun_at INTEGER NOT NULL,
    seen_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    browser TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX browser_session_person ON browser_session (person);
CREATE INDEX browser_session_expiry ON browser_session (expires_at);
