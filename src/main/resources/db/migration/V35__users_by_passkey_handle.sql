-- Log-ins by a passkey find their account by it. Most accounts have none.

CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS users_by_passkey_handle ON users (passkey_handle)
WHERE passkey_handle IS NOT NULL;
