-- How the operator presents itself: its name, one colour, a logo. One row, or none.

CREATE TABLE looks (
    id BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
    name TEXT NOT NULL,
    accent TEXT NOT NULL,
    logo BYTEA, -- PNG
    changed_at BIGINT NOT NULL,
    changed_by BIGINT NOT NULL REFERENCES person (id)
);
