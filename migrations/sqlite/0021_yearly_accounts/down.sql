DROP TABLE yearly_account_text;
DROP TABLE yearly_account;
