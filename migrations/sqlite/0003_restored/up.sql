-- Whether this database was restored from a backup: of this copy alone, so never in a backup.

CREATE TABLE restored (
    id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    restored_at INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    acknowledged_at INTEGER,
    acknowledged_by INTEGER
) STRICT;
