-- Log-ins and API keys. Refresh tokens are not part of what happened, so not events; API keys are
-- added and revoked by events, their names and hashes stand here.

CREATE TABLE refresh_token (
    hash BYTEA NOT NULL PRIMARY KEY,
    family BYTEA NOT NULL,
    person BIGINT NOT NULL REFERENCES person (id),
    expires_at BIGINT NOT NULL,
    used BIGINT NOT NULL CHECK (used IN (0, 1))
);

CREATE INDEX refresh_token_family ON refresh_token (family);
CREATE INDEX refresh_token_expiry ON refresh_token (expires_at);

CREATE TABLE api_key (
    id BIGINT NOT NULL PRIMARY KEY,
    person BIGINT NOT NULL REFERENCES person (id),
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    tenant BIGINT,
    hash BYTEA NOT NULL UNIQUE,
    expires_at BIGINT NOT NULL,
    last_used_at BIGINT,
    revoked BIGINT NOT NULL CHECK (revoked IN (0, 1))
);
