// The public API of the package.

export { placeInLists, remove, removeOwner } from './cache.js';
export type { Changed, DeletedOwner } from './cache.js';
export { createKennel } from './client.js';
export type { Options } from './client.js';
export type { Connection, ConnectionState } from './connection.js';
export { errorsOf, hasCode, hasReason, isRefreshable, retryAfterOf, violationsOf } from './errors.js';
export type { Violation } from './errors.js';
export type { LogIn, Session, TokenStorage } from './session.js';
