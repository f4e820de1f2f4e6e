-- Closed months of programmes, the statements of them, and files that stay as they were first made.

ALTER TABLE programme ADD COLUMN closed_through INTEGER; -- the last day of the last closed month

CREATE TABLE period (
    id INTEGER NOT NULL PRIMARY KEY, -- the event that closed it
    programme INTEGER NOT NULL REFERENCES programme (id),
    month INTEGER NOT NULL, -- 202610
    through INTEGER NOT NULL, -- the last event of its last day
    conflicts INTEGER NOT NULL,
    quarantined INTEGER NOT NULL,
    closed_by INTEGER,
    closed_at INTEGER NOT NULL,
    statements INTEGER NOT NULL CHECK (statements >= 0),
    next INTEGER, -- once all are made: the first event that may be of a later month
    UNIQUE (programme, month)
) STRICT;
CREATE INDEX period_unstated ON period (id) WHERE next IS NULL;

CREATE TABLE statement (
    id INTEGER NOT NULL PRIMARY KEY, -- the event that made it
    period INTEGER NOT NULL REFERENCES period (id),
    programme INTEGER NOT NULL,
    month INTEGER NOT NULL,
    number INTEGER NOT NULL CHECK (number > 0),
    -- Whose it is; zero: not one's.
    funder INTEGER NOT NULL,
    organisation INTEGER NOT NULL,
    digest TEXT NOT NULL,
    UNIQUE (programme, number),
    UNIQUE (period, funder, organisation),
    CHECK ((funder = 0) <> (organisation = 0))
) STRICT;
CREATE INDEX statement_funder ON statement (funder, id) WHERE funder <> 0;
CREATE INDEX statement_organisation ON statement (organisation, id) WHERE organisation <> 0;

-- Its JSON, in parts: the source of all its figures.
CREATE TABLE statement_text (
    statement INTEGER NOT NULL REFERENCES statement (id),
    part INTEGER NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (statement, part)
) STRICT, WITHOUT ROWID;

-- What was made of a statement or of a closed month's figures when it was first asked for.
CREATE TABLE kept_file (
    name TEXT NOT NULL,
    part INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    PRIMARY KEY (name, part)
) STRICT;

-- Archived is archived.
CREATE TRIGGER statement_no_update BEFORE UPDATE ON statement
BEGIN SELECT RAISE(ABORT, 'statement is append-only'); END;
CREATE TRIGGER statement_no_delete BEFORE DELETE ON statement
BEGIN SELECT RAISE(ABORT, 'statement is append-only'); END;
CREATE TRIGGER statement_text_no_update BEFORE UPDATE ON statement_text
BEGIN SELECT RAISE(ABORT, 'statement_text is append-only'); END;
CREATE TRIGGER statement_text_no_delete BEFORE DELETE ON statement_text
BEGIN SELECT RAISE(ABORT, 'statement_text is append-only'); END;
CREATE TRIGGER kept_file_no_update BEFORE UPDATE ON kept_file
BEGIN SELECT RAISE(ABORT, 'kept_file is append-only'); END;
CREATE TRIGGER kept_file_no_delete BEFORE DELETE ON kept_file
BEGIN SELECT RAISE(ABORT, 'kept_file is append-only'); END;
