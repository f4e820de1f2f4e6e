-- How the operator presents itself: its name, one colour, a logo. One row, or none.

CREATE TABLE looks (
    id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    name TEXT NOT NULL,
    accent TEXT NOT NULL,
    logo BLOB, -- PNG
    changed_at INTEGER NOT NULL,
    changed_by INTEGER NOT NULL REFERENCES person (id)
) STRICT;
