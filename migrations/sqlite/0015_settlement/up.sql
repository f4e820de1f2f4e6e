-- Paying organisations: accounts to pay from and to, runs, payments, and the files for the bank.

CREATE TABLE bank_account (
    id INTEGER NOT NULL PRIMARY KEY, -- the event that entered it
    organisation INTEGER NOT NULL REFERENCES organisation (id),
    holder TEXT NOT NULL,
    iban TEXT NOT NULL,
    bic TEXT,
    entered_by INTEGER,
    entered_at INTEGER NOT NULL,
    usable_from INTEGER NOT NULL
) STRICT;
CREATE INDEX bank_account_organisation ON bank_account (organisation, id);

CREATE TABLE payer_account (
    id INTEGER NOT NULL PRIMARY KEY, -- the event that entered it
    programme INTEGER NOT NULL REFERENCES programme (id),
    holder TEXT NOT NULL,
    iban TEXT NOT NULL,
    bic TEXT,
    minimum_cents INTEGER NOT NULL CHECK (minimum_cents > 0),
    entered_at INTEGER NOT NULL
) STRICT;
CREATE INDEX payer_account_programme ON payer_account (programme, id);

CREATE TABLE settlement (
    id INTEGER NOT NULL PRIMARY KEY, -- the event that opened it
    programme INTEGER NOT NULL REFERENCES programme (id),
    number INTEGER NOT NULL CHECK (number > 0),
    day INTEGER NOT NULL,
    through INTEGER NOT NULL,
    account INTEGER NOT NULL REFERENCES payer_account (id),
    minimum_cents INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('preparing', 'prepared', 'approved', 'exported', 'cancelled')),
    filled_to INTEGER NOT NULL,
    payments INTEGER NOT NULL,
    amount_cents INTEGER NOT NULL,
    paid INTEGER NOT NULL,
    failed INTEGER NOT NULL,
    people TEXT NOT NULL,
    prepared_by INTEGER NOT NULL,
    prepared_at INTEGER NOT NULL,
    approved_by INTEGER,
    approved_at INTEGER,
    exported_at INTEGER,
    digest TEXT,
    UNIQUE (programme, number),
    -- Nobody approves what they prepared themselves.
    CHECK (approved_by IS NULL OR approved_by <> prepared_by),
    CHECK ((approved_by IS NULL) = (approved_at IS NULL)),
    CHECK ((exported_at IS NULL) = (digest IS NULL)),
    CHECK (state NOT IN ('approved', 'exported') OR approved_by IS NOT NULL),
    CHECK ((state = 'exported') = (exported_at IS NOT NULL)),
    CHECK (paid >= 0 AND failed >= 0 AND paid + failed <= payments)
) STRICT;
-- A programme has one run that is not at the bank yet.
CREATE UNIQUE INDEX settlement_open ON settlement (programme) WHERE state IN ('preparing', 'prepared', 'approved');

CREATE TABLE payment (
    id INTEGER NOT NULL PRIMARY KEY, -- the event that prepared it
    settlement INTEGER NOT NULL REFERENCES settlement (id),
    programme INTEGER NOT NULL,
    organisation INTEGER NOT NULL,
    number INTEGER NOT NULL CHECK (number > 0),
    account INTEGER NOT NULL REFERENCES bank_account (id),
    -- The redemptions that it is the first to pay: those after one event, up to another. Slices of
    -- an organisation follow each other, and none begins or ends where another does.
    after_seq INTEGER,
    through_seq INTEGER,
    lines TEXT NOT NULL,
    netted TEXT NOT NULL,
    reversed TEXT NOT NULL,
    owed TEXT NOT NULL,
    amount_cents INTEGER NOT NULL CHECK (amount_cents > 0),
    state TEXT NOT NULL CHECK (state IN ('in_payment', 'paid', 'rejected', 'returned', 'cancelled')),
    code TEXT,
    answered_at INTEGER,
    reissued_in INTEGER,
    UNIQUE (programme, number),
    UNIQUE (settlement, organisation),
    UNIQUE (programme, organisation, after_seq),
    UNIQUE (programme, organisation, through_seq),
    CHECK ((after_seq IS NULL) = (through_seq IS NULL)),
    CHECK (after_seq IS NULL OR through_seq > after_seq),
    CHECK ((state = 'in_payment') = (answered_at IS NULL)),
    -- Only what failed is taken up again, and once.
    CHECK (reissued_in IS NULL OR state IN ('rejected', 'returned', 'cancelled'))
) STRICT;
-- What an organisation's next payment has to look at.
CREATE INDEX payment_standing ON payment (programme, organisation) WHERE state <> 'paid' AND reissued_in IS NULL;
CREATE INDEX payment_organisation ON payment (organisation, id);
CREATE INDEX payment_reissued ON payment (reissued_in) WHERE reissued_in IS NOT NULL;

-- Why an organisation was not paid in a run, and what it was to get.
CREATE TABLE settlement_waiting (
    settlement INTEGER NOT NULL REFERENCES settlement (id),
    organisation INTEGER NOT NULL,
    cause TEXT NOT NULL CHECK (cause IN ('not_approved', 'no_bank_account', 'bank_account_new', 'bank_account_by_preparer', 'below_minimum')),
    amount_cents INTEGER NOT NULL,
    PRIMARY KEY (settlement, organisation)
) STRICT, WITHOUT ROWID;

-- The file as it went to the bank, in parts: it is served again to the byte.
CREATE TABLE payment_file (
    settlement INTEGER NOT NULL REFERENCES settlement (id),
    part INTEGER NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (settlement, part)
) STRICT, WITHOUT ROWID;

-- Who entered an account that a run pays to does not approve the run.
CREATE TRIGGER settlement_people BEFORE UPDATE OF approved_by ON settlement
WHEN EXISTS (
    SELECT 1 FROM payment JOIN bank_account ON bank_account.id = payment.account
    WHERE payment.settlement = NEW.id AND bank_account.entered_by = NEW.approved_by
)
BEGIN SELECT RAISE(ABORT, 'whoever entered an account does not approve its payment'); END;
-- An account that was entered stays as it is: another takes its place.
CREATE TRIGGER bank_account_no_update BEFORE UPDATE ON bank_account
BEGIN SELECT RAISE(ABORT, 'bank_account is append-only'); END;
CREATE TRIGGER payment_file_no_update BEFORE UPDATE ON payment_file
BEGIN SELECT RAISE(ABORT, 'payment_file is append-only'); END;

-- What is undone after it was paid is owed by the organisation: the one stage, besides the contra
-- account, that stands on the other side.
CREATE TABLE account_with_receivable (
    id INTEGER NOT NULL PRIMARY KEY,
    programme INTEGER NOT NULL,
    version INTEGER NOT NULL,
    funder INTEGER NOT NULL,
    stage TEXT NOT NULL CHECK (stage IN ('funding', 'available', 'guarantee', 'committed', 'releasable', 'earned', 'in_payment', 'paid', 'receivable', 'returned')),
    organisation INTEGER NOT NULL,
    debit_cents INTEGER NOT NULL,
    credit_cents INTEGER NOT NULL,
    UNIQUE (programme, version, organisation, funder, stage),
    CHECK (stage IN ('funding', 'receivable') OR credit_cents >= debit_cents),
    CHECK (stage <> 'receivable' OR credit_cents <= debit_cents)
) STRICT;
INSERT INTO account_with_receivable SELECT id, programme, version, funder, stage, organisation, debit_cents, credit_cents FROM account;
DROP TABLE account;
ALTER TABLE account_with_receivable RENAME TO account;
