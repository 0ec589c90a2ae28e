-- Whether an account's address is another than the one that it was made with. Links that set a new password go to such
-- an address only once it is verified.

ALTER TABLE users ADD COLUMN email_changed boolean NOT NULL DEFAULT false;
