package dev.kennel.session;

import java.time.Instant;
import java.time.ZoneOffset;
import java.util.UUID;

import com.github.f4b6a3.uuid.UuidCreator;
import com.github.f4b6a3.uuid.util.UuidUtil;
import dev.kennel.account.AccountService;
import dev.kennel.account.SignupInput;
import dev.kennel.account.User;
import dev.kennel.database.AccountId;
import dev.kennel.graphql.Caller;
import dev.kennel.graphql.error.ApiException;

import org.springframework.stereotype.Service;

/** Opens and ends sessions. */
@Service
class SessionService {

	private final AccountService accounts;

	private final SessionRepository sessions;

	private final RevokedSessions revoked;

	private final AccessTokens tokens;

	SessionService(AccountService accounts, SessionRepository sessions, RevokedSessions revoked, AccessTokens tokens) {
		this.accounts = accounts;
		this.sessions = sessions;
		this.revoked = revoked;
		this.tokens = tokens;
	}

	/**
	 * Makes an account and opens a session, both or neither.
	 * @throws ApiException with CONFLICT if the name or the address is taken
	 */
	AuthPayload signup(SignupInput input) {
		return this.accounts.signup(input, this::open);
	}

	/**
	 * Opens a session.
	 * @throws ApiException with UNAUTHENTICATED if there is no account with the name and
	 * the password
	 */
	AuthPayload login(LoginInput input) {
		User user = this.accounts.authenticate(input.username(), input.password());
		if (user == null) {
			throw ApiException.unauthenticated("There is no account with this username and password.");
		}
		return open(user);
	}

	/** Ends a session: its tokens are refused from now on. */
	void logout(Caller caller) {
		this.sessions.revoke(caller);
		this.revoked.add(caller.session());
	}

	private AuthPayload open(User user) {
		AccountId account = new AccountId(user.id().uuid());
		UUID session = UuidCreator.getTimeOrderedEpoch();
		AccessToken token = this.tokens.issue(account, session);
		Instant createdAt = UuidUtil.getInstant(session);
		this.sessions.insert(account, session, createdAt, token.expiresAt());
		return new AuthPayload(new Caller(account, session, token.expiresAt()), user, token.value(), "Bearer",
				token.expiresAt().atOffset(ZoneOffset.UTC));
	}

}
