-- What the operator declares of the accessibility of its pages (décret 2019-768). One row, or none.

CREATE TABLE declaration (
    id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    conformity TEXT NOT NULL CHECK (conformity IN ('none', 'partial', 'full')),
    audited_on INTEGER, -- a day
    audited_by TEXT NOT NULL,
    contact TEXT NOT NULL,
    exceptions TEXT NOT NULL,
    changed_at INTEGER NOT NULL,
    changed_by INTEGER NOT NULL REFERENCES person (id)
) STRICT;
