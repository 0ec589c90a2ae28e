package dev.kennel.graphql.stream;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Operators;

/**
 * Lets through only so many events of a subscription as are not sent yet. Spring GraphQL
 * asks for 256 at once, whether or not its client reads, and would keep their results.
 */
class SendWindow extends Flux<Object> implements CoreSubscriber<Object>, Subscription {

	static final int SIZE = 16;

	private final Publisher<?> source;

	/** What the events wait for: that the client asks, and that there is room. */
	private final AtomicLong demand = new AtomicLong();

	private final AtomicInteger unsent = new AtomicInteger();

	private final AtomicInteger proceeding = new AtomicInteger();

	private @Nullable CoreSubscriber<? super Object> target;

	private volatile @Nullable Subscription upstream;

	SendWindow(Publisher<?> source) {
		this.source = source;
	}

	@Override
	public void subscribe(CoreSubscriber<? super Object> actual) {
		this.target = actual;
		this.source.subscribe(this);
	}

	private CoreSubscriber<? super Object> target() {
		if (this.target == null) {
			throw new IllegalStateException("Nobody subscribes");
		}
		return this.target;
	}

	/** An event has been sent. */
	void sent() {
		// More than were let through are none of its own.
		this.unsent.updateAndGet((count) -> Math.max(0, count - 1));
		proceed();
	}

	private void proceed() {
		if (this.proceeding.getAndIncrement() != 0) {
			return;
		}
		int done = 1;
		do {
			Subscription subscription = this.upstream;
			while (subscription != null && this.demand.get() > 0 && this.unsent.get() < SIZE) {
				this.demand.decrementAndGet();
				this.unsent.incrementAndGet();
				subscription.request(1);
			}
			done = this.proceeding.addAndGet(-done);
		}
		while (done != 0);
	}

	@Override
	public void onSubscribe(Subscription subscription) {
		this.upstream = subscription;
		target().onSubscribe(this);
	}

	@Override
	public void onNext(Object event) {
		target().onNext(event);
	}

	@Override
	public void onError(Throwable failure) {
		target().onError(failure);
	}

	@Override
	public void onComplete() {
		target().onComplete();
	}

	@Override
	public void request(long count) {
		this.demand.accumulateAndGet(count, Operators::addCap);
		proceed();
	}

	@Override
	public void cancel() {
		Subscription subscription = this.upstream;
		if (subscription != null) {
			subscription.cancel();
		}
	}

}
