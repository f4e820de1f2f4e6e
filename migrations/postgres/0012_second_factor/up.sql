-- A person's second factor: a secret that their telephone has too (RFC 6238), sealed, and codes
-- for the day on which it is lost. A row that is not confirmed was begun and never tried.

CREATE TABLE second_factor (
    person BIGINT NOT NULL PRIMARY KEY REFERENCES person (id),
    secret BYTEA NOT NULL, -- sealed
    confirmed BIGINT NOT NULL CHECK (confirmed IN (0, 1)),
    last_step BIGINT NOT NULL -- 30 s each: no code is good twice
);

CREATE TABLE recovery_code (
    person BIGINT NOT NULL REFERENCES second_factor (person),
    hash BYTEA NOT NULL, -- keyed
    PRIMARY KEY (person, hash)
);
