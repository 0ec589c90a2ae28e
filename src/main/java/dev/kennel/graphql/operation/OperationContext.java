package dev.kennel.graphql.operation;

import java.net.InetSocketAddress;
import java.util.function.Function;

import dev.kennel.engine.loader.OperationScopedCache;
import dev.kennel.error.ApiException;
import dev.kennel.error.ErrorReason;
import dev.kennel.graphql.document.PreparedOperation;
import dev.kennel.graphql.idempotency.IdempotentRequest;
import dev.kennel.graphql.limit.OperationCharge;
import dev.kennel.graphql.stream.OpenStream;
import dev.kennel.identity.AccountId;
import dev.kennel.identity.Caller;
import dev.kennel.identity.CallerAuthentication;
import dev.kennel.identity.Client;
import graphql.ExecutionInput;
import graphql.GraphQLContext;
import graphql.schema.DataFetchingEnvironment;
import org.jspecify.annotations.Nullable;

import org.springframework.graphql.server.WebGraphQlRequest;
import org.springframework.http.HttpHeaders;

/**
 * The context of one execution of an operation: its caller, its client, and what its
 * transport, its admission and its fields have recorded. Entries that one package alone
 * uses, such as the engine's {@link OperationScopedCache}s and the statement runner of a
 * replica, are beside it in the {@link GraphQLContext}. A query that is executed again
 * has a new context. All members may be read on any thread.
 */
public final class OperationContext {

	private volatile @Nullable WebGraphQlRequest request;

	private volatile @Nullable CallerAuthentication authentication;

	private volatile @Nullable Client client;

	private volatile @Nullable String documentId;

	private volatile @Nullable RequestBatch batch;

	private volatile @Nullable OpenStream stream;

	private volatile @Nullable IdempotentRequest idempotentRequest;

	private @Nullable CookieJar cookies;

	private volatile boolean readOnly;

	private volatile boolean repeated;

	private volatile boolean admitted;

	private volatile boolean retryRequested;

	private volatile @Nullable OperationCharge charge;

	private volatile @Nullable PreparedOperation operation;

	private volatile long startedAt;

	private volatile OperationSpan span = OperationSpan.NONE;

	private OperationContext() {
	}

	/**
	 * Returns the context of an operation.
	 * @param context the operation's context of graphql-java
	 * @return the context, which is created on first use
	 */
	public static OperationContext of(GraphQLContext context) {
		OperationContext existing = context.get(OperationContext.class);
		return (existing != null) ? existing
				: context.computeIfAbsent(OperationContext.class, (key) -> new OperationContext());
	}

	/**
	 * Returns the context of an operation.
	 * @param input the operation's input
	 * @return the context, which is created on first use
	 */
	public static OperationContext of(ExecutionInput input) {
		return of(input.getGraphQLContext());
	}

	/**
	 * Returns the context of an operation.
	 * @param environment the environment of any field of the operation
	 * @return the context
	 */
	public static OperationContext of(DataFetchingEnvironment environment) {
		return of(environment.getGraphQlContext());
	}

	/**
	 * Sets the request, and the authentication that its transport has put into it.
	 * @param webRequest the request
	 * @param startNanos the time from which the deadline counts, by
	 * {@link System#nanoTime()}
	 */
	void begin(WebGraphQlRequest webRequest, long startNanos) {
		this.request = webRequest;
		this.startedAt = startNanos;
		this.idempotentRequest = IdempotentRequest.of(webRequest);
		RequestBatch sharedBatch = this.batch;
		if (sharedBatch != null && sharedBatch.isSessionEnded()) {
			this.authentication = CallerAuthentication.refused(ErrorReason.SESSION_ENDED);
		}
		else {
			CallerAuthentication verified = CallerAuthentication.find(webRequest.getAttributes());
			if (verified != null) {
				this.authentication = verified;
			}
		}
	}

	/**
	 * Sets the caller for all fields of the operation.
	 * @param authentication the result of verifying the access token
	 */
	public void setAuthentication(CallerAuthentication authentication) {
		this.authentication = authentication;
	}

	/**
	 * Replaces the caller for the fields that follow and for the subfields of this one,
	 * after a login or logout.
	 * @param environment the field
	 * @param caller the new caller, or null if signed out
	 */
	public static void switchCaller(DataFetchingEnvironment environment, @Nullable Caller caller) {
		of(environment).authentication = (caller != null) ? CallerAuthentication.of(caller) : null;
		// Cached objects belong to the previous caller.
		OperationScopedCache.clearAll(environment);
	}

	/**
	 * Marks the caller's session as ended, for the fields that follow, the subfields of
	 * this one, and further operations of the batch: like later requests, they are
	 * refused with {@link ErrorReason#SESSION_ENDED}.
	 * @param environment the field that has ended the session
	 */
	public static void endSession(DataFetchingEnvironment environment) {
		OperationContext context = of(environment);
		context.authentication = CallerAuthentication.refused(ErrorReason.SESSION_ENDED);
		RequestBatch batch = context.batch;
		if (batch != null) {
			batch.endSession();
		}
		OperationScopedCache.clearAll(environment);
	}

	/**
	 * Returns whether the caller is authenticated.
	 * @return whether the request carries a valid access token
	 */
	public boolean isAuthenticated() {
		return validCaller() != null;
	}

	/**
	 * Returns whether an account is the caller.
	 * @param account the account
	 * @return whether the request carries a valid access token of the account
	 */
	public boolean isCaller(AccountId account) {
		Caller caller = validCaller();
		return caller != null && caller.account().equals(account);
	}

	private @Nullable Caller validCaller() {
		CallerAuthentication verified = this.authentication;
		return (verified != null) ? verified.caller() : null;
	}

	/**
	 * Returns the caller, if the request carries an access token.
	 * @return the caller, or null if the request carries no token
	 * @throws ApiException with UNAUTHENTICATED if the token is not valid
	 */
	@Nullable Caller findCaller() {
		CallerAuthentication verified = this.authentication;
		return (verified != null) ? require(verified) : null;
	}

	/**
	 * Returns the caller of an operation that requires one.
	 * @return the caller
	 * @throws ApiException with UNAUTHENTICATED if the request carries no valid token
	 */
	public Caller caller() {
		return require(this.authentication);
	}

	private static Caller require(@Nullable CallerAuthentication verified) {
		Caller caller = (verified != null) ? verified.caller() : null;
		if (caller == null) {
			throw CallerAuthentication.unauthenticated(verified);
		}
		return caller;
	}

	/**
	 * Returns the client of the request, without its caller.
	 * @return the client
	 */
	public Client client() {
		Client known = this.client;
		if (known == null) {
			WebGraphQlRequest sent = request();
			known = new Client(address(sent.getRemoteAddress()), sent.getHeaders().getFirst(HttpHeaders.USER_AGENT),
					sent.getId(), null);
			this.client = known;
		}
		return known;
	}

	private WebGraphQlRequest request() {
		WebGraphQlRequest begun = this.request;
		if (begun == null) {
			throw new IllegalStateException("An operation outside of OperationHandler");
		}
		return begun;
	}

	private static String address(@Nullable InetSocketAddress peer) {
		return (peer != null && peer.getAddress() != null) ? peer.getAddress().getHostAddress() : "unknown";
	}

	/**
	 * Returns the key that the cost of the operation is charged to.
	 * @return the account, or the network of a client that is signed out: an IPv4 address
	 * or an IPv6 /64
	 */
	Object limitKey() {
		return key(Client::network);
	}

	/**
	 * Returns the key whose share of permits the operation is charged to.
	 * @return the account, or the site of a client that is signed out: an IPv4 address or
	 * an IPv6 /48
	 */
	Object permitKey() {
		return key(Client::site);
	}

	private Object key(Function<Client, String> network) {
		Caller caller = validCaller();
		return (caller != null) ? caller.account() : network.apply(client());
	}

	/** Returns the {@code documentId} of the request, or null if it has none. */
	@Nullable String documentId() {
		return this.documentId;
	}

	/**
	 * Sets the identifier of the document.
	 * @param documentId the {@code documentId} that the client has sent
	 */
	public void setDocumentId(String documentId) {
		this.documentId = documentId;
	}

	/**
	 * Returns the batch.
	 * @return the batch of the HTTP request, or null if it has a single operation
	 */
	@Nullable RequestBatch batch() {
		return this.batch;
	}

	/**
	 * Adds the operation to a batch.
	 * @param batch the batch of the HTTP request
	 */
	public void setBatch(RequestBatch batch) {
		this.batch = batch;
	}

	/**
	 * Returns the stream that the operation was sent over.
	 * @return the stream, or null for a single response
	 */
	public @Nullable OpenStream stream() {
		return this.stream;
	}

	/**
	 * Sets the stream that the operation was sent over.
	 * @param stream the stream
	 */
	public void setStream(OpenStream stream) {
		this.stream = stream;
	}

	/**
	 * Returns the request with its {@code Idempotency-Key}.
	 * @return the request, or null if it has no key
	 */
	@Nullable IdempotentRequest idempotentRequest() {
		return this.idempotentRequest;
	}

	/**
	 * Returns whether the request has an {@code Idempotency-Key}, so that the payload of
	 * a field is kept for a retry, which may have another selection.
	 * @return whether it has
	 */
	public boolean hasIdempotencyKey() {
		return this.idempotentRequest != null;
	}

	/** Records whether the operation has its permit. */
	void setAdmitted(boolean admitted) {
		this.admitted = admitted;
	}

	/**
	 * Returns whether the operation has acquired its permit, so that it may have been
	 * executed.
	 * @return false while it waits for its document or for a permit
	 */
	public boolean isAdmitted() {
		return this.admitted;
	}

	/**
	 * Returns the cookies of the request and of its response.
	 * @return the cookies
	 */
	public synchronized CookieJar cookies() {
		if (this.cookies == null) {
			this.cookies = CookieJar.of(request());
		}
		return this.cookies;
	}

	/** Adds the cookies that fields have set. */
	synchronized void writeCookies(HttpHeaders response) {
		if (this.cookies != null) {
			this.cookies.writeTo(response);
		}
	}

	/**
	 * Returns whether mutations are refused.
	 * @return whether the HTTP method is safe
	 * @see <a href="https://graphql.github.io/graphql-over-http/draft/#sec-GET">GraphQL
	 * over HTTP, GET</a>
	 */
	boolean isReadOnly() {
		return this.readOnly;
	}

	/** Refuses mutations: the HTTP method is safe. */
	public void setReadOnly() {
		this.readOnly = true;
	}

	/**
	 * Returns whether this is another execution of a query, which is not charged again.
	 * @return whether the query has been executed before
	 */
	public boolean isRepeated() {
		return this.repeated;
	}

	/** Marks this as another execution of a query. */
	void setRepeated() {
		this.repeated = true;
	}

	/**
	 * Returns whether the query has to be executed again.
	 * @return whether an object was deleted while it was read (read skew), or the replica
	 * has failed
	 */
	public boolean isRetryRequested() {
		return this.retryRequested;
	}

	/** Requests another execution of the query. */
	public void requestRetry() {
		this.retryRequested = true;
	}

	/**
	 * Returns the charge.
	 * @return what the operation is charged, or null before its admission
	 */
	@Nullable OperationCharge charge() {
		return this.charge;
	}

	void setCharge(OperationCharge charge) {
		this.charge = charge;
	}

	/**
	 * Returns the operation of the document.
	 * @return the admitted operation; null before its admission, if it was refused, or if
	 * the document has no such operation
	 */
	public @Nullable PreparedOperation operation() {
		return this.operation;
	}

	/**
	 * Returns the time from which the deadline counts, by {@link System#nanoTime()}.
	 */
	long startedAt() {
		return this.startedAt;
	}

	/** Returns the span, which lasts as long as parts are delivered. */
	OperationSpan span() {
		return this.span;
	}

	void setSpan(OperationSpan span) {
		this.span = span;
	}

	/**
	 * Sets the admitted operation.
	 * @param operation the operation of the document
	 */
	public void setOperation(PreparedOperation operation) {
		this.operation = operation;
	}

}
