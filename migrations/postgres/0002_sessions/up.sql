-- Log-ins: not part of what happened, so neither events nor audited.

CREATE TABLE refresh_token (
    hash BYTEA NOT NULL PRIMARY KEY,
    family BYTEA NOT NULL,
    person BIGINT NOT NULL REFERENCES person (id),
    expires_at BIGINT NOT NULL,
    used BIGINT NOT NULL CHECK (used IN (0, 1))
);

CREATE INDEX refresh_token_family ON refresh_token (family);
CREATE INDEX refresh_token_expiry ON refresh_token (expires_at);
