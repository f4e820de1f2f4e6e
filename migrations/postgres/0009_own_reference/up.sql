-- An issuer's own reference of a pass, as the number of a file. Not part of what happened: it is
-- sealed, found by a keyed hash, and erased some time after the pass has ended.

CREATE TABLE own_reference (
    voucher BIGINT NOT NULL PRIMARY KEY REFERENCES voucher (id),
    tag BYTEA NOT NULL, -- keyed hash of the issuer and the reference
    sealed BYTEA NOT NULL
);

CREATE INDEX own_reference_tag ON own_reference (tag);
