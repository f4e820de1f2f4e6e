-- Whether this database was restored from a backup: of this copy alone, so never in a backup.

CREATE TABLE restored (
    id BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
    restored_at BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    acknowledged_at BIGINT,
    acknowledged_by BIGINT
);
