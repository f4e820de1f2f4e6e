-- The yearly account of a programme that each of its funders gets, archived as it was made.

CREATE TABLE yearly_account (
    id INTEGER NOT NULL PRIMARY KEY, -- the event that made it
    period INTEGER NOT NULL REFERENCES period (id), -- the year's last month
    programme INTEGER NOT NULL,
    year INTEGER NOT NULL,
    funder INTEGER NOT NULL CHECK (funder > 0),
    digest TEXT NOT NULL,
    UNIQUE (period, funder),
    UNIQUE (programme, year, funder)
) STRICT;
CREATE INDEX yearly_account_funder ON yearly_account (funder, id);

-- Its JSON, in parts: the source of all its figures.
CREATE TABLE yearly_account_text (
    account INTEGER NOT NULL REFERENCES yearly_account (id),
    part INTEGER NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (account, part)
) STRICT, WITHOUT ROWID;

-- Archived is archived.
CREATE TRIGGER yearly_account_no_update BEFORE UPDATE ON yearly_account
BEGIN SELECT RAISE(ABORT, 'yearly_account is append-only'); END;
CREATE TRIGGER yearly_account_no_delete BEFORE DELETE ON yearly_account
BEGIN SELECT RAISE(ABORT, 'yearly_account is append-only'); END;
CREATE TRIGGER yearly_account_text_no_update BEFORE UPDATE ON yearly_account_text
BEGIN SELECT RAISE(ABORT, 'yearly_account_text is append-only'); END;
CREATE TRIGGER yearly_account_text_no_delete BEFORE DELETE ON yearly_account_text
BEGIN SELECT RAISE(ABORT, 'yearly_account_text is append-only'); END;
