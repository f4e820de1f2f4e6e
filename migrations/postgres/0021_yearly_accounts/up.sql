-- The yearly account of a programme that each of its funders gets, archived as it was made.

CREATE TABLE yearly_account (
    id BIGINT NOT NULL PRIMARY KEY, -- the event that made it
    period BIGINT NOT NULL REFERENCES period (id), -- the year's last month
    programme BIGINT NOT NULL,
    year BIGINT NOT NULL,
    funder BIGINT NOT NULL CHECK (funder > 0),
    digest TEXT NOT NULL,
    UNIQUE (period, funder),
    UNIQUE (programme, year, funder)
);
CREATE INDEX yearly_account_funder ON yearly_account (funder, id);

-- Its JSON, in parts: the source of all its figures.
CREATE TABLE yearly_account_text (
    account BIGINT NOT NULL REFERENCES yearly_account (id),
    part BIGINT NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (account, part)
);

-- Archived is archived.
CREATE TRIGGER yearly_account_append_only BEFORE UPDATE OR DELETE ON yearly_account
FOR EACH STATEMENT EXECUTE FUNCTION append_only();
CREATE TRIGGER yearly_account_text_append_only BEFORE UPDATE OR DELETE ON yearly_account_text
FOR EACH STATEMENT EXECUTE FUNCTION append_only();
