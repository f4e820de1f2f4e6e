CREATE TABLE account_without_receivable (
    id INTEGER NOT NULL PRIMARY KEY,
    programme INTEGER NOT NULL,
    version INTEGER NOT NULL,
    funder INTEGER NOT NULL,
    stage TEXT NOT NULL CHECK (stage IN ('funding', 'available', 'guarantee', 'committed', 'releasable', 'earned', 'in_payment', 'paid', 'receivable', 'returned')),
    organisation INTEGER NOT NULL,
    debit_cents INTEGER NOT NULL,
    credit_cents INTEGER NOT NULL,
    UNIQUE (programme, version, organisation, funder, stage),
    CHECK (stage = 'funding' OR credit_cents >= debit_cents)
) STRICT;
INSERT INTO account_without_receivable SELECT id, programme, version, funder, stage, organisation, debit_cents, credit_cents FROM account;
DROP TABLE account;
ALTER TABLE account_without_receivable RENAME TO account;
DROP TABLE payment_file;
DROP TABLE settlement_waiting;
DROP TABLE payment;
DROP TABLE settlement;
DROP TABLE payer_account;
DROP TABLE bank_account;
