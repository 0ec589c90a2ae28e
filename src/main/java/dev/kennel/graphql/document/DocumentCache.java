package dev.kennel.graphql.document;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Policy;
import dev.kennel.concurrency.OperationScope;
import graphql.execution.preparsed.PreparsedDocumentEntry;
import org.jspecify.annotations.Nullable;

import org.springframework.stereotype.Component;

/**
 * Keeps prepared documents, with the plans of their operations, by their hashes. Only
 * valid ones are kept: a hostile client has no end of invalid ones. One that sends no end
 * of valid ones does not get far either, since what is asked for again and again is not
 * given up for what was asked for once.
 *
 * @see <a href="https://github.com/ben-manes/caffeine/wiki/Efficiency">Caffeine,
 * efficiency (Window TinyLFU)</a>
 */
@Component
class DocumentCache {

	/**
	 * What a parsed document takes for each character at most, as measured: 62 bytes if
	 * it is a list of numbers, 33 if it is all short names, and 17 or less if a person
	 * wrote it.
	 */
	private static final int BYTES_PER_CHARACTER = 64;

	private final LongAdder evicted = new LongAdder();

	private final LongAdder prepared = new LongAdder();

	private final Cache<DocumentHash, Kept> documents;

	private final ConcurrentMap<DocumentHash, CompletableFuture<PreparsedDocumentEntry>> preparing = new ConcurrentHashMap<>();

	DocumentCache(DocumentCacheProperties properties) {
		long maxSize = properties.maxSize().toBytes();
		// Each counts as one of so many, or as more if it is large.
		long least = Math.max(1, maxSize / properties.maxEntries());
		this.documents = Caffeine.newBuilder()
			// What is little used goes at once: there is no telling when else.
			.executor(Runnable::run)
			.evictionListener((hash, kept, cause) -> this.evicted.increment())
			.maximumWeight(maxSize)
			.<DocumentHash, Kept>weigher(
					(hash, kept) -> (int) Math.max(least, Math.min(Integer.MAX_VALUE, kept.bytes())))
			.build();
	}

	private record Kept(PreparedDocument document, int characters) {

		long bytes() {
			return (long) this.characters * BYTES_PER_CHARACTER + this.document.attachedBytes();
		}

	}

	/** A document that is known, or null. */
	@Nullable PreparedDocument find(DocumentHash hash) {
		Kept kept = this.documents.getIfPresent(hash);
		return (kept != null) ? kept.document() : null;
	}

	/**
	 * A document that is known, or is prepared: by this thread, unless that is an event
	 * loop, which has no time for it.
	 * @param hash the document's hash
	 * @param characters how long it is
	 * @param preparation parses and validates it
	 * @return a {@link PreparedDocument}, or the errors that the document has
	 */
	CompletableFuture<PreparsedDocumentEntry> getAsync(DocumentHash hash, int characters,
			Supplier<PreparsedDocumentEntry> preparation) {
		PreparedDocument known = find(hash);
		return (known != null) ? CompletableFuture.completedFuture(known)
				: OperationScope.supplyBlocking(() -> get(hash, characters, preparation));
	}

	/**
	 * A document that is known, or is prepared now: once, however many threads ask for it
	 * at the same time.
	 * @param hash the document's hash
	 * @param characters how long it is
	 * @param preparation parses and validates it
	 * @return a {@link PreparedDocument}, or the errors that the document has
	 */
	PreparsedDocumentEntry get(DocumentHash hash, int characters, Supplier<PreparsedDocumentEntry> preparation) {
		PreparedDocument known = find(hash);
		if (known != null) {
			return known;
		}
		CompletableFuture<PreparsedDocumentEntry> own = new CompletableFuture<>();
		CompletableFuture<PreparsedDocumentEntry> others = this.preparing.putIfAbsent(hash, own);
		if (others != null) {
			return join(others);
		}
		try {
			// Another may have been done with it just before.
			PreparsedDocumentEntry entry = find(hash);
			if (entry == null) {
				entry = preparation.get();
				this.prepared.increment();
				if (entry instanceof PreparedDocument prepared) {
					prepared.onGrowth(() -> weighAgain(hash));
					this.documents.put(hash, new Kept(prepared, characters));
				}
			}
			own.complete(entry);
			return entry;
		}
		catch (Throwable ex) {
			own.completeExceptionally(ex);
			throw ex;
		}
		finally {
			this.preparing.remove(hash, own);
		}
	}

	/** A document weighs more once its operations have been compiled. */
	private void weighAgain(DocumentHash hash) {
		this.documents.asMap().computeIfPresent(hash, (same, kept) -> new Kept(kept.document(), kept.characters()));
	}

	private static PreparsedDocumentEntry join(CompletableFuture<PreparsedDocumentEntry> preparing) {
		try {
			return preparing.join();
		}
		catch (CompletionException ex) {
			if (ex.getCause() instanceof RuntimeException failure) {
				throw failure;
			}
			throw ex;
		}
	}

	/** The memory that documents and their plans take, as far as that can be told. */
	long weight() {
		this.documents.cleanUp();
		return eviction().weightedSize().orElse(0);
	}

	/** How many were given up for others. */
	long evicted() {
		return this.evicted.sum();
	}

	/** How many were parsed and validated, or had errors. */
	long prepared() {
		return this.prepared.sum();
	}

	/** What a document counts as with its plans, 0 if it is not kept. */
	int weightOf(DocumentHash hash) {
		return eviction().weightOf(hash).orElse(0);
	}

	private Policy.Eviction<DocumentHash, Kept> eviction() {
		return this.documents.policy().eviction().orElseThrow();
	}

	/** How many are kept. */
	long size() {
		this.documents.cleanUp();
		return this.documents.estimatedSize();
	}

}
