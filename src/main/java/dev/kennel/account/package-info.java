/** Accounts: who may use the service, and how they prove who they are. */
@NullMarked
package dev.kennel.account;

import org.jspecify.annotations.NullMarked;
