package dev.kennel.factor;

import java.util.function.Function;

import dev.kennel.account.AccountService;
import dev.kennel.account.ReauthenticationPolicy;
import dev.kennel.account.User;
import dev.kennel.error.ApiException;
import dev.kennel.identity.Caller;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * A transaction that changes factors or passkeys. The recent proof is required under the
 * lock of the account: a change that waits for a new password, a restored address or an
 * operator's reset fails, since these end its session. From the proof on, the session
 * does not end before the change.
 */
@Component
public class FactorTransaction {

	private final AccountService accounts;

	private final ReauthenticationPolicy reauthentication;

	FactorTransaction(AccountService accounts, ReauthenticationPolicy reauthentication) {
		this.accounts = accounts;
		this.reauthentication = reauthentication;
	}

	/**
	 * Executes a change.
	 * @param <T> the type of the result
	 * @param caller the account and session
	 * @param change the change, which gets the account's user
	 * @return what {@code change} returns
	 * @throws ApiException with FORBIDDEN if the session has no recent proof, with
	 * UNAUTHENTICATED if it has ended
	 */
	public <T extends @Nullable Object> T execute(Caller caller, Function<User, T> change) {
		return this.accounts.executeLocked(caller.account(), (user) -> {
			this.reauthentication.requireForFactors(caller);
			return change.apply(user);
		});
	}

}
