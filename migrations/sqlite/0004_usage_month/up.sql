-- The daily usage figures of days that are over, summed by month: what long reports read.

CREATE TABLE usage_month (
    month INTEGER NOT NULL, -- 202611
    programme INTEGER NOT NULL,
    issuer INTEGER NOT NULL,
    venue INTEGER NOT NULL,
    territory TEXT NOT NULL,
    service TEXT NOT NULL,
    funder INTEGER NOT NULL,
    stocked INTEGER NOT NULL,
    activated INTEGER NOT NULL,
    handed_over INTEGER NOT NULL,
    workshops_issued INTEGER NOT NULL,
    started INTEGER NOT NULL,
    days_to_start INTEGER NOT NULL,
    received INTEGER NOT NULL,
    redemptions INTEGER NOT NULL,
    workshops_used INTEGER NOT NULL,
    workshops_single INTEGER NOT NULL,
    workshops_group INTEGER NOT NULL,
    redemptions_timed INTEGER NOT NULL,
    minutes INTEGER NOT NULL,
    exhausted INTEGER NOT NULL,
    expired INTEGER NOT NULL,
    workshops_expired INTEGER NOT NULL,
    cancelled INTEGER NOT NULL,
    workshops_cancelled INTEGER NOT NULL,
    replaced INTEGER NOT NULL,
    reversals INTEGER NOT NULL,
    deposited_cents INTEGER NOT NULL,
    committed_cents INTEGER NOT NULL,
    earned_cents INTEGER NOT NULL,
    given_back_cents INTEGER NOT NULL,
    PRIMARY KEY (programme, month, issuer, venue, territory, service, funder)
) STRICT, WITHOUT ROWID;

-- The last day that is in the months; the writer moves it on once a day.
CREATE TABLE usage_rolled (
    id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    day INTEGER NOT NULL
) STRICT;

INSERT INTO usage_rolled VALUES (1, 0);
