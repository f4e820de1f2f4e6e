-- The daily usage figures of days that are over, summed by month: what long reports read.

CREATE TABLE usage_month (
    month BIGINT NOT NULL, -- 202611
    programme BIGINT NOT NULL,
    issuer BIGINT NOT NULL,
    venue BIGINT NOT NULL,
    territory TEXT NOT NULL,
    service TEXT NOT NULL,
    funder BIGINT NOT NULL,
    stocked BIGINT NOT NULL,
    activated BIGINT NOT NULL,
    handed_over BIGINT NOT NULL,
    workshops_issued BIGINT NOT NULL,
    started BIGINT NOT NULL,
    days_to_start BIGINT NOT NULL,
    received BIGINT NOT NULL,
    redemptions BIGINT NOT NULL,
    workshops_used BIGINT NOT NULL,
    workshops_single BIGINT NOT NULL,
    workshops_group BIGINT NOT NULL,
    redemptions_timed BIGINT NOT NULL,
    minutes BIGINT NOT NULL,
    exhausted BIGINT NOT NULL,
    expired BIGINT NOT NULL,
    workshops_expired BIGINT NOT NULL,
    cancelled BIGINT NOT NULL,
    workshops_cancelled BIGINT NOT NULL,
    replaced BIGINT NOT NULL,
    reversals BIGINT NOT NULL,
    deposited_cents BIGINT NOT NULL,
    committed_cents BIGINT NOT NULL,
    earned_cents BIGINT NOT NULL,
    given_back_cents BIGINT NOT NULL,
    PRIMARY KEY (programme, month, issuer, venue, territory, service, funder)
);

-- The last day that is in the months; the writer moves it on once a day.
CREATE TABLE usage_rolled (
    id BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
    day BIGINT NOT NULL
);

INSERT INTO usage_rolled VALUES (1, 0);
