-- Archives of a programme that somebody took, by whom (nobody: from the command line) and to which
-- age key: whoever has its private half reads all of it.
CREATE TABLE programme_export (
    id TEXT NOT NULL PRIMARY KEY,
    programme BIGINT NOT NULL REFERENCES programme (id),
    recipient TEXT NOT NULL,
    person BIGINT REFERENCES person (id),
    taken_at BIGINT NOT NULL
);

CREATE INDEX programme_export_programme ON programme_export (programme);
