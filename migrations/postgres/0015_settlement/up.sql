-- Paying organisations: accounts to pay from and to, runs, payments, and the files for the bank.

CREATE TABLE bank_account (
    id BIGINT NOT NULL PRIMARY KEY, -- the event that entered it
    organisation BIGINT NOT NULL REFERENCES organisation (id),
    holder TEXT NOT NULL,
    iban TEXT NOT NULL,
    bic TEXT,
    entered_by BIGINT,
    entered_at BIGINT NOT NULL,
    usable_from BIGINT NOT NULL
);
CREATE INDEX bank_account_organisation ON bank_account (organisation, id);

CREATE TABLE payer_account (
    id BIGINT NOT NULL PRIMARY KEY, -- the event that entered it
    programme BIGINT NOT NULL REFERENCES programme (id),
    holder TEXT NOT NULL,
    iban TEXT NOT NULL,
    bic TEXT,
    minimum_cents BIGINT NOT NULL CHECK (minimum_cents > 0),
    entered_at BIGINT NOT NULL
);
CREATE INDEX payer_account_programme ON payer_account (programme, id);

CREATE TABLE settlement (
    id BIGINT NOT NULL PRIMARY KEY, -- the event that opened it
    programme BIGINT NOT NULL REFERENCES programme (id),
    number BIGINT NOT NULL CHECK (number > 0),
    day BIGINT NOT NULL,
    through BIGINT NOT NULL,
    account BIGINT NOT NULL REFERENCES payer_account (id),
    minimum_cents BIGINT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('preparing', 'prepared', 'approved', 'exported', 'cancelled')),
    filled_to BIGINT NOT NULL,
    payments BIGINT NOT NULL,
    amount_cents BIGINT NOT NULL,
    paid BIGINT NOT NULL,
    failed BIGINT NOT NULL,
    people TEXT NOT NULL,
    prepared_by BIGINT NOT NULL,
    prepared_at BIGINT NOT NULL,
    approved_by BIGINT,
    approved_at BIGINT,
    exported_at BIGINT,
    digest TEXT,
    UNIQUE (programme, number),
    -- Nobody approves what they prepared themselves.
    CHECK (approved_by IS NULL OR approved_by <> prepared_by),
    CHECK ((approved_by IS NULL) = (approved_at IS NULL)),
    CHECK ((exported_at IS NULL) = (digest IS NULL)),
    CHECK (state NOT IN ('approved', 'exported') OR approved_by IS NOT NULL),
    CHECK ((state = 'exported') = (exported_at IS NOT NULL)),
    CHECK (paid >= 0 AND failed >= 0 AND paid + failed <= payments)
);
-- A programme has one run that is not at the bank yet.
CREATE UNIQUE INDEX settlement_open ON settlement (programme) WHERE state IN ('preparing', 'prepared', 'approved');

CREATE TABLE payment (
    id BIGINT NOT NULL PRIMARY KEY, -- the event that prepared it
    settlement BIGINT NOT NULL REFERENCES settlement (id),
    programme BIGINT NOT NULL,
    organisation BIGINT NOT NULL,
    number BIGINT NOT NULL CHECK (number > 0),
    account BIGINT NOT NULL REFERENCES bank_account (id),
    -- The redemptions that it is the first to pay: those after one event, up to another. Slices of
    -- an organisation follow each other, and none begins or ends where another does.
    after_seq BIGINT,
    through_seq BIGINT,
    lines TEXT NOT NULL,
    netted TEXT NOT NULL,
    reversed TEXT NOT NULL,
    owed TEXT NOT NULL,
    amount_cents BIGINT NOT NULL CHECK (amount_cents > 0),
    state TEXT NOT NULL CHECK (state IN ('in_payment', 'paid', 'rejected', 'returned', 'cancelled')),
    code TEXT,
    answered_at BIGINT,
    reissued_in BIGINT,
    UNIQUE (programme, number),
    UNIQUE (settlement, organisation),
    UNIQUE (programme, organisation, after_seq),
    UNIQUE (programme, organisation, through_seq),
    CHECK ((after_seq IS NULL) = (through_seq IS NULL)),
    CHECK (after_seq IS NULL OR through_seq > after_seq),
    CHECK ((state = 'in_payment') = (answered_at IS NULL)),
    -- Only what failed is taken up again, and once.
    CHECK (reissued_in IS NULL OR state IN ('rejected', 'returned', 'cancelled'))
);
-- What an organisation's next payment has to look at.
CREATE INDEX payment_standing ON payment (programme, organisation) WHERE state <> 'paid' AND reissued_in IS NULL;
CREATE INDEX payment_organisation ON payment (organisation, id);
CREATE INDEX payment_reissued ON payment (reissued_in) WHERE reissued_in IS NOT NULL;

-- Why an organisation was not paid in a run, and what it was to get.
CREATE TABLE settlement_waiting (
    settlement BIGINT NOT NULL REFERENCES settlement (id),
    organisation BIGINT NOT NULL,
    cause TEXT NOT NULL CHECK (cause IN ('not_approved', 'no_bank_account', 'bank_account_new', 'bank_account_by_preparer', 'below_minimum')),
    amount_cents BIGINT NOT NULL,
    PRIMARY KEY (settlement, organisation)
);

-- The file as it went to the bank, in parts: it is served again to the byte.
CREATE TABLE payment_file (
    settlement BIGINT NOT NULL REFERENCES settlement (id),
    part BIGINT NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (settlement, part)
);

-- Who entered an account that a run pays to does not approve the run.
CREATE FUNCTION settlement_people() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM payment JOIN bank_account ON bank_account.id = payment.account
        WHERE payment.settlement = NEW.id AND bank_account.entered_by = NEW.approved_by
    ) THEN
        RAISE EXCEPTION 'whoever entered an account does not approve its payment';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER settlement_people BEFORE UPDATE OF approved_by ON settlement
FOR EACH ROW EXECUTE FUNCTION settlement_people();
-- An account that was entered stays as it is: another takes its place.
CREATE TRIGGER bank_account_append_only BEFORE UPDATE ON bank_account
FOR EACH STATEMENT EXECUTE FUNCTION append_only();
CREATE TRIGGER payment_file_append_only BEFORE UPDATE ON payment_file
FOR EACH STATEMENT EXECUTE FUNCTION append_only();

-- What is undone after it was paid is owed by the organisation: the one stage, besides the contra
-- account, that stands on the other side.
ALTER TABLE account DROP CONSTRAINT account_check;
ALTER TABLE account ADD CONSTRAINT account_check
    CHECK (stage IN ('funding', 'receivable') OR credit_cents >= debit_cents);
ALTER TABLE account ADD CONSTRAINT account_receivable_check
    CHECK (stage <> 'receivable' OR credit_cents <= debit_cents);
