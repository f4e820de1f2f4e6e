-- Closed months of programmes, the statements of them, and files that stay as they were first made.

ALTER TABLE programme ADD COLUMN closed_through BIGINT; -- the last day of the last closed month

CREATE TABLE period (
    id BIGINT NOT NULL PRIMARY KEY, -- the event that closed it
    programme BIGINT NOT NULL REFERENCES programme (id),
    month BIGINT NOT NULL, -- 202610
    through BIGINT NOT NULL, -- the last event of its last day
    conflicts BIGINT NOT NULL,
    quarantined BIGINT NOT NULL,
    closed_by BIGINT,
    closed_at BIGINT NOT NULL,
    statements BIGINT NOT NULL CHECK (statements >= 0),
    next BIGINT, -- once all are made: the first event that may be of a later month
    UNIQUE (programme, month)
);
CREATE INDEX period_unstated ON period (id) WHERE next IS NULL;

CREATE TABLE statement (
    id BIGINT NOT NULL PRIMARY KEY, -- the event that made it
    period BIGINT NOT NULL REFERENCES period (id),
    programme BIGINT NOT NULL,
    month BIGINT NOT NULL,
    number BIGINT NOT NULL CHECK (number > 0),
    -- Whose it is; zero: not one's.
    funder BIGINT NOT NULL,
    organisation BIGINT NOT NULL,
    digest TEXT NOT NULL,
    UNIQUE (programme, number),
    UNIQUE (period, funder, organisation),
    CHECK ((funder = 0) <> (organisation = 0))
);
CREATE INDEX statement_funder ON statement (funder, id) WHERE funder <> 0;
CREATE INDEX statement_organisation ON statement (organisation, id) WHERE organisation <> 0;

-- Its JSON, in parts: the source of all its figures.
CREATE TABLE statement_text (
    statement BIGINT NOT NULL REFERENCES statement (id),
    part BIGINT NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (statement, part)
);

-- What was made of a statement or of a closed month's figures when it was first asked for.
CREATE TABLE kept_file (
    name TEXT NOT NULL,
    part BIGINT NOT NULL,
    bytes BYTEA NOT NULL,
    PRIMARY KEY (name, part)
);

-- Archived is archived.
CREATE TRIGGER statement_append_only BEFORE UPDATE OR DELETE ON statement
FOR EACH STATEMENT EXECUTE FUNCTION append_only();
CREATE TRIGGER statement_text_append_only BEFORE UPDATE OR DELETE ON statement_text
FOR EACH STATEMENT EXECUTE FUNCTION append_only();
CREATE TRIGGER kept_file_append_only BEFORE UPDATE OR DELETE ON kept_file
FOR EACH STATEMENT EXECUTE FUNCTION append_only();
