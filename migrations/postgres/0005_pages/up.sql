-- Log-ins to the pages: a cookie's hash, whose it is, and how long. Not part of what happened.

CREATE TABLE browser_session (
    hash BYTEA NOT NULL PRIMARY KEY,
    person BIGINT NOT NULL REFERENCES person (id),
    begun_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    browser TEXT NOT NULL
);

CREATE INDEX browser_session_person ON browser_session (person);
CREATE INDEX browser_session_expiry ON browser_session (expires_at);
