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

import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.stereotype.Component;

/**
 * Caches prepared documents, with the plans of their operations, by hash. Only valid
 * documents are cached: a hostile client can send any number of invalid ones. Any number
 * of valid ones does not flush the cache either, since a frequently used entry is not
 * evicted for one used once.
 *
 * @see <a href="https://github.com/ben-manes/caffeine/wiki/Efficiency">Caffeine,
 * efficiency (Window TinyLFU)</a>
 */
@Component
@EnableConfigurationProperties(DocumentCacheProperties.class)
class DocumentCache {

	/**
	 * The maximum memory of a parsed document per character, as measured: 62 bytes for a
	 * list of numbers, 33 for short names only, and 17 or less for documents written by
	 * people.
	 */
	private static final int BYTES_PER_CHARACTER = 64;

	private final LongAdder evicted = new LongAdder();

	private final LongAdder prepared = new LongAdder();

	private final Cache<DocumentHash, CachedDocument> documents;

	private final ConcurrentMap<DocumentHash, CompletableFuture<PreparsedDocumentEntry>> preparing = new ConcurrentHashMap<>();

	DocumentCache(DocumentCacheProperties properties) {
		long maxSize = properties.maxSize().toBytes();
		// The minimum weight limits the number of entries; larger documents weigh more.
		long minWeight = Math.max(1, maxSize / properties.maxEntries());
		this.documents = Caffeine.newBuilder()
			// Evicts at once: on another thread, the time of an eviction would be
			// undefined.
			.executor(Runnable::run)
			.evictionListener((hash, cached, cause) -> this.evicted.increment())
			.maximumWeight(maxSize)
			.<DocumentHash, CachedDocument>weigher(
					(hash, cached) -> (int) Math.max(minWeight, Math.min(Integer.MAX_VALUE, cached.bytes())))
			.build();
	}

	private record CachedDocument(PreparedDocument document, int characters) {

		long bytes() {
			return (long) this.characters * BYTES_PER_CHARACTER + this.document.attachedBytes();
		}

	}

	/** Returns a cached document, or null. */
	@Nullable PreparedDocument find(DocumentHash hash) {
		CachedDocument cached = this.documents.getIfPresent(hash);
		return (cached != null) ? cached.document() : null;
	}

	/**
	 * Returns a cached document, or prepares it on the current thread, unless that is an
	 * event loop, which must not be delayed.
	 * @param hash the document's hash
	 * @param characters its length
	 * @param preparation parses and validates it
	 * @return a {@link PreparedDocument}, or the errors that the document has
	 */
	CompletableFuture<PreparsedDocumentEntry> getAsync(DocumentHash hash, int characters,
			Supplier<PreparsedDocumentEntry> preparation) {
		PreparedDocument cachedDocument = find(hash);
		return (cachedDocument != null) ? CompletableFuture.completedFuture(cachedDocument)
				: OperationScope.supplyBlocking(() -> get(hash, characters, preparation));
	}

	/**
	 * Returns a cached document, or prepares it: once, even if several threads request it
	 * concurrently.
	 * @param hash the document's hash
	 * @param characters its length
	 * @param preparation parses and validates it
	 * @return a {@link PreparedDocument}, or the errors that the document has
	 */
	PreparsedDocumentEntry get(DocumentHash hash, int characters, Supplier<PreparsedDocumentEntry> preparation) {
		PreparedDocument cachedDocument = find(hash);
		if (cachedDocument != null) {
			return cachedDocument;
		}
		CompletableFuture<PreparsedDocumentEntry> own = new CompletableFuture<>();
		CompletableFuture<PreparsedDocumentEntry> existing = this.preparing.putIfAbsent(hash, own);
		if (existing != null) {
			return join(existing);
		}
		try {
			// Another thread may have completed the preparation just before.
			PreparsedDocumentEntry entry = find(hash);
			if (entry == null) {
				entry = preparation.get();
				this.prepared.increment();
				if (entry instanceof PreparedDocument prepared) {
					prepared.setHash(hash);
					prepared.onGrowth(() -> updateWeight(hash));
					this.documents.put(hash, new CachedDocument(prepared, characters));
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

	/** Updates the weight of a document, which grows when its operations are compiled. */
	private void updateWeight(DocumentHash hash) {
		this.documents.asMap()
			.computeIfPresent(hash, (key, cached) -> new CachedDocument(cached.document(), cached.characters()));
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

	/** Returns the estimated memory of documents and their plans, in bytes. */
	long weight() {
		this.documents.cleanUp();
		return eviction().weightedSize().orElse(0);
	}

	/** Returns the number of evicted documents. */
	long evicted() {
		return this.evicted.sum();
	}

	/** Returns the number of documents that were prepared, including invalid ones. */
	long prepared() {
		return this.prepared.sum();
	}

	/** Returns the weight of a document with its plans, or 0 if it is not cached. */
	int weightOf(DocumentHash hash) {
		return eviction().weightOf(hash).orElse(0);
	}

	private Policy.Eviction<DocumentHash, CachedDocument> eviction() {
		return this.documents.policy().eviction().orElseThrow();
	}

	/** Returns the number of cached documents. */
	long size() {
		this.documents.cleanUp();
		return this.documents.estimatedSize();
	}

}
