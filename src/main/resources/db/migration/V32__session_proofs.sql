-- How a session was proved (amr, RFC 8176). In rows of earlier versions, and of those that still run, it is null: they open a
-- session with the password alone.

ALTER TABLE sessions ADD COLUMN amr text[];

-- When a session last proved a second factor: at its log-in, or since. Null: never.

ALTER TABLE sessions ADD COLUMN second_factor_at timestamptz;
