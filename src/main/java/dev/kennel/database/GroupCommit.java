package dev.kennel.database;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Supplier;

import dev.kennel.concurrency.Deadline;
import dev.kennel.concurrency.DeadlineExceededException;
import dev.kennel.concurrency.FairBulkhead;
import dev.kennel.concurrency.Watchdog;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes what is asked for at the same time with one statement, which is one commit for
 * all: most of what a short write costs the store does not depend on how many rows it
 * has. Nobody waits for others to come: while a few statements are under way, those who
 * come gather, and one of them writes for all.
 *
 * <p>
 * Nobody's failure is another's. What has not been written with the others, whatever the
 * reason, each does by itself.
 *
 * @param <Q> what is asked for
 * @param <A> what is answered
 */
public final class GroupCommit<Q, A> {

	private static final Logger logger = LoggerFactory.getLogger(GroupCommit.class);

	private final Function<Q, Object> whom;

	private final int most;

	private final Function<List<Q>, Map<Q, A>> together;

	private final ReentrantLock lock = new ReentrantLock();

	/** In the order in which they came. */
	private final Deque<Member<Q, A>> waiting = new ArrayDeque<>();

	/** For whom is being written. */
	private final Set<Object> writing = new HashSet<>();

	/** How many groups may begin. */
	private int free;

	/** Whether somebody writes who was alone. */
	private boolean single;

	/**
	 * Makes groups.
	 * @param atOnce how many groups write at once
	 * @param most how many a group has at most
	 * @param whom whom something is done for: in a group there is one of each
	 * @param together writes in one statement that commits by itself, and never waits for
	 * what others hold; it answers what has become of each that was written, and leaves
	 * out those that were not
	 */
	public GroupCommit(int atOnce, int most, Function<Q, Object> whom, Function<List<Q>, Map<Q, A>> together) {
		this.free = atOnce;
		this.most = most;
		this.whom = whom;
		this.together = together;
	}

	/**
	 * Writes something, with others or alone.
	 * @param request what is asked for, equal to no other
	 * @param alone writes it alone; it may wait, and is called on this thread
	 * @param release gives back what this thread has taken to write with others, before
	 * it waits for anything else
	 * @return what has become of it
	 * @throws DeadlineExceededException if the thread's deadline comes before anything
	 * has begun
	 */
	A write(Q request, Supplier<A> alone, Runnable release) {
		Member<Q, A> member = new Member<>(request, this.whom.apply(request), release);
		List<Member<Q, A>> group;
		this.lock.lock();
		try {
			if (!this.single && this.writing.isEmpty()) {
				// It may wait for what others hold, and so nobody waits for it.
				this.single = true;
				this.writing.add(member.whom);
				group = List.of();
			}
			else {
				this.waiting.add(member);
				group = nextGroup();
			}
		}
		finally {
			this.lock.unlock();
		}
		if (group == null) {
			return follow(member, alone);
		}
		return group.isEmpty() ? single(member, alone) : lead(group, member, alone);
	}

	/** How many wait for others. */
	int waiting() {
		this.lock.lock();
		try {
			return this.waiting.size();
		}
		finally {
			this.lock.unlock();
		}
	}

	private A single(Member<Q, A> member, Supplier<A> alone) {
		try {
			return alone.get();
		}
		finally {
			end(() -> {
				this.single = false;
				this.writing.remove(member.whom);
			});
		}
	}

	private A lead(List<Member<Q, A>> group, Member<Q, A> leader, Supplier<A> alone) {
		A answer = writeTogether(group, leader);
		return (answer != null) ? answer : alone.get();
	}

	/** Answers what has become of the leader's own, or null if it is not written. */
	private @Nullable A writeTogether(List<Member<Q, A>> group, Member<Q, A> leader) {
		Map<Q, A> written = Map.of();
		Throwable failure = null;
		try {
			written = this.together.apply(group.stream().map((member) -> member.request).toList());
		}
		catch (DeadlineExceededException ex) {
			logger.debug("The time of who writes for {} was over", group.size());
		}
		catch (RuntimeException | Error ex) {
			if (!SqlFailureClassifier.isRefused(ex)) {
				// Nobody knows what has become of it.
				failure = ex;
				throw ex;
			}
			logger.debug("A group of {} was refused, and each is written alone", group.size(), ex);
		}
		finally {
			leader.release.run();
			end(() -> {
				this.free++;
				group.forEach((member) -> this.writing.remove(member.whom));
			});
			for (Member<Q, A> member : group) {
				if (member != leader) {
					member.settle(written.get(member.request), failure);
				}
			}
		}
		return written.get(leader.request);
	}

	private A follow(Member<Q, A> member, Supplier<A> alone) {
		// Who waits here must not keep others from doing something else; nor does who
		// writes for others wait for a turn of its own.
		A answer = FairBulkhead.<@Nullable A>aside(() -> switch (await(member)) {
			case Outcome.Lead<Q, A> lead -> writeTogether(lead.group(), member);
			case Outcome.Written<Q, A> written -> written.answer();
			case Outcome.Alone<Q, A> none -> null;
		});
		return (answer != null) ? answer : alone.get();
	}

	private Outcome<Q, A> await(Member<Q, A> member) {
		Deadline deadline = Deadline.current();
		Watchdog watch = (deadline != null) ? Watchdog.start(() -> look(member, deadline)) : null;
		try {
			return member.outcome.get();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			if (leave(member)) {
				throw new IllegalStateException("Interrupted before a write", ex);
			}
			return member.outcome.join();
		}
		catch (ExecutionException ex) {
			switch (ex.getCause()) {
				case RuntimeException failure -> throw failure;
				case Error failure -> throw failure;
				case null, default -> throw new IllegalStateException(ex);
			}
		}
		finally {
			if (watch != null) {
				watch.stop();
			}
		}
	}

	/** What is being written is so until the deadline of who writes it. */
	private void look(Member<Q, A> member, Deadline deadline) {
		if (deadline.remaining().isZero() && leave(member)) {
			member.outcome.completeExceptionally(new DeadlineExceededException());
		}
	}

	/** Whether nobody has begun with it. */
	private boolean leave(Member<Q, A> member) {
		this.lock.lock();
		try {
			return this.waiting.remove(member);
		}
		finally {
			this.lock.unlock();
		}
	}

	private void end(Runnable change) {
		List<Member<Q, A>> next;
		this.lock.lock();
		try {
			change.run();
			next = nextGroup();
		}
		finally {
			this.lock.unlock();
		}
		if (next != null) {
			next.getFirst().outcome.complete(new Outcome.Lead<>(next));
		}
	}

	/**
	 * Whose turn it is, the first of each for whom nothing is being written; null if
	 * there is nobody, or no group may begin.
	 */
	private @Nullable List<Member<Q, A>> nextGroup() {
		if (this.free == 0) {
			return null;
		}
		List<Member<Q, A>> group = new ArrayList<>();
		Iterator<Member<Q, A>> members = this.waiting.iterator();
		while (members.hasNext() && group.size() < this.most) {
			Member<Q, A> member = members.next();
			if (this.writing.add(member.whom)) {
				members.remove();
				group.add(member);
			}
		}
		if (group.isEmpty()) {
			return null;
		}
		this.free--;
		return group;
	}

	/** Somebody who asks for something. */
	private static final class Member<Q, A> {

		private final Q request;

		private final Object whom;

		private final Runnable release;

		private final CompletableFuture<Outcome<Q, A>> outcome = new CompletableFuture<>();

		Member(Q request, Object whom, Runnable release) {
			this.request = request;
			this.whom = whom;
			this.release = release;
		}

		void settle(@Nullable A answer, @Nullable Throwable failure) {
			if (failure != null) {
				this.outcome.completeExceptionally(failure);
			}
			else {
				this.outcome.complete((answer != null) ? new Outcome.Written<>(answer) : new Outcome.Alone<>());
			}
		}

	}

	/** What comes of waiting. */
	private sealed interface Outcome<Q, A> {

		/** To write for all of a group, the first of which one is. */
		record Lead<Q, A>(List<Member<Q, A>> group) implements Outcome<Q, A> {
		}

		/** It is written. */
		record Written<Q, A>(A answer) implements Outcome<Q, A> {
		}

		/** It is not written, and has to be done alone. */
		record Alone<Q, A>() implements Outcome<Q, A> {
		}

	}

}
