-- When the password of the account was last given in a session that was open already; null if never. Logging in, which
-- is when a session is made, counts as well.

ALTER TABLE sessions ADD COLUMN reauthenticated_at timestamptz;
