package dev.kennel.graphql.limit;

import java.time.Duration;

import dev.kennel.database.Deadline;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;

import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.graphql.server.WebGraphQlInterceptor;
import org.springframework.graphql.server.WebGraphQlRequest;
import org.springframework.graphql.server.WebGraphQlResponse;
import org.springframework.stereotype.Component;

/**
 * Gives each operation a deadline. It is run by the thread that asks for its answer, and
 * so are its statements, which stop with it. The events of a subscription come later, and
 * have none.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE)
class DeadlineInterceptor implements WebGraphQlInterceptor {

	private final Duration duration;

	DeadlineInterceptor(LimitProperties limits) {
		this.duration = limits.deadline();
	}

	@Override
	public Mono<WebGraphQlResponse> intercept(WebGraphQlRequest request, Chain chain) {
		Publisher<WebGraphQlResponse> run = (subscriber) -> Deadline.run(this.duration,
				() -> chain.next(request).subscribe(subscriber));
		// As it is: from() would cancel the operation once it has answered, and with it
		// the
		// events of a subscription.
		return Mono.fromDirect(run);
	}

}
