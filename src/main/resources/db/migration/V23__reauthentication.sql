-- When the password of the account was last given in a session: at its log-in, or since. In rows of earlier versions it is
-- null, and the session was opened with the password.

ALTER TABLE sessions ADD COLUMN authenticated_at timestamptz;
