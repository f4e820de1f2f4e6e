-- A person's second factor: a secret that their telephone has too (RFC 6238), sealed, and codes
-- for the day on which it is lost. A row that is not confirmed was begun and never tried.

CREATE TABLE second_factor (
    person INTEGER NOT NULL PRIMARY KEY REFERENCES person (id),
    secret BLOB NOT NULL, -- sealed
    confirmed INTEGER NOT NULL CHECK (confirmed IN (0, 1)),
    last_step INTEGER NOT NULL -- 30 s each: no code is good twice
) STRICT;

CREATE TABLE recovery_code (
    person INTEGER NOT NULL REFERENCES second_factor (person),
    hash BLOB NOT NULL, -- keyed
    PRIMARY KEY (person, hash)
) STRICT, WITHOUT ROWID;
