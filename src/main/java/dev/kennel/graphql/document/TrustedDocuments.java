package dev.kennel.graphql.document;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import dev.kennel.error.ApiException;
import graphql.execution.preparsed.PreparsedDocumentEntry;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.stereotype.Component;
import org.springframework.util.StringUtils;

/**
 * The trusted documents of the operator, by id and by hash. They are prepared at startup,
 * which fails if one is invalid, and are never evicted.
 *
 * @see <a href=
 * "https://www.npmjs.com/package/@apollo/generate-persisted-query-manifest">Apollo's
 * manifest</a>
 * @see <a href=
 * "https://the-guild.dev/graphql/codegen/plugins/presets/preset-client#persisted-documents">The
 * manifest of GraphQL Code Generator, which relay-compiler writes as well</a>
 */
@Component
@EnableConfigurationProperties(TrustedDocumentsProperties.class)
class TrustedDocuments implements SmartInitializingSingleton {

	private static final Logger logger = LoggerFactory.getLogger(TrustedDocuments.class);

	private static final String FORMAT = "apollo-persisted-query-manifest";

	private static final String SUFFIX = ".graphql";

	private static final JsonMapper JSON = JsonMapper.builder()
		.enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
		.build();

	private final TrustedDocumentsProperties properties;

	private final DocumentPreparation preparation;

	private volatile Map<String, Trusted> byId = Map.of();

	private volatile Map<DocumentHash, Trusted> byHash = Map.of();

	TrustedDocuments(TrustedDocumentsProperties properties, DocumentPreparation preparation) {
		this.properties = properties;
		this.preparation = preparation;
	}

	/** A trusted document with its hash. */
	record Trusted(DocumentHash hash, PreparedDocument document) {
	}

	/** Returns whether only trusted documents may be executed. */
	boolean areRequired() {
		return this.properties.mode() == TrustedDocumentsProperties.Mode.STRICT;
	}

	/** Returns the document with an id, or null. */
	@Nullable Trusted find(String id) {
		return this.byId.get(id);
	}

	/** Returns the document with a hash, or null. */
	@Nullable Trusted find(DocumentHash hash) {
		return this.byHash.get(hash);
	}

	@Override
	public void afterSingletonsInstantiated() {
		String location = this.properties.location();
		if (!StringUtils.hasText(location)) {
			return;
		}
		Path path = Path.of(location);
		Map<String, String> texts = new HashMap<>();
		try {
			if (Files.isDirectory(path)) {
				readDirectory(path, texts);
			}
			else {
				readManifest(path, texts);
			}
		}
		catch (IOException ex) {
			throw new TrustedDocumentException(path.toAbsolutePath() + " can't be read (" + ex.getMessage() + ").");
		}
		if (texts.isEmpty()) {
			throw new TrustedDocumentException(path.toAbsolutePath() + " has no documents.");
		}
		Map<String, Trusted> ids = new HashMap<>();
		Map<DocumentHash, Trusted> hashes = new HashMap<>();
		texts.forEach((id, text) -> {
			Trusted trusted = hashes.computeIfAbsent(DocumentHash.of(text),
					(hash) -> new Trusted(hash, prepare(id, text, hash)));
			ids.put(id, trusted);
		});
		this.byId = Map.copyOf(ids);
		this.byHash = Map.copyOf(hashes);
		logger.info("{} trusted documents from {}{}", hashes.size(), path.toAbsolutePath(),
				areRequired() ? ", and no others" : "");
	}

	private static void readDirectory(Path directory, Map<String, String> texts) throws IOException {
		List<Path> files;
		try (Stream<Path> all = Files.walk(directory)) {
			files = all.filter((file) -> file.toString().endsWith(SUFFIX) && Files.isRegularFile(file))
				.sorted()
				.toList();
		}
		for (Path file : files) {
			String name = directory.relativize(file).toString().replace('\\', '/');
			texts.put(name.substring(0, name.length() - SUFFIX.length()),
					Files.readString(file, StandardCharsets.UTF_8));
		}
	}

	private static void readManifest(Path file, Map<String, String> texts) throws IOException {
		JsonNode manifest;
		try {
			manifest = JSON.readTree(Files.readAllBytes(file));
		}
		catch (JacksonException ex) {
			throw new TrustedDocumentException(
					file.toAbsolutePath() + " is not JSON (" + ex.getOriginalMessage() + ").");
		}
		if (manifest.isObject() && manifest.values().stream().allMatch(JsonNode::isString)) {
			manifest.properties().forEach((entry) -> texts.put(entry.getKey(), entry.getValue().asString()));
			return;
		}
		if (!FORMAT.equals(manifest.path("format").asString("")) || manifest.path("version").asInt(0) != 1
				|| !manifest.path("operations").isArray()) {
			throw new TrustedDocumentException(file.toAbsolutePath() + " is no " + FORMAT
					+ " of version 1, and no object of hashes with documents.");
		}
		for (JsonNode operation : manifest.path("operations")) {
			if (!operation.path("id").isString() || !operation.path("body").isString()) {
				throw new TrustedDocumentException(
						file.toAbsolutePath() + " has an operation without an id or a body: " + operation.path("name"));
			}
			String previous = texts.put(operation.path("id").asString(), operation.path("body").asString());
			if (previous != null && !previous.equals(operation.path("body").asString())) {
				throw new TrustedDocumentException(file.toAbsolutePath() + " has two documents with the id "
						+ operation.path("id").asString() + ".");
			}
		}
	}

	private PreparedDocument prepare(String id, String text, DocumentHash hash) {
		PreparsedDocumentEntry entry = this.preparation.prepare(text);
		if (!(entry instanceof PreparedDocument document)) {
			throw new TrustedDocumentException(
					"the document " + id + " is faulty: " + entry.getErrors().getFirst().getMessage());
		}
		document.markTrusted();
		document.setHash(hash);
		try {
			document.operations().forEach(PreparedOperation::cost);
		}
		catch (ApiException ex) {
			throw new TrustedDocumentException("the document " + id + " is faulty: " + ex.getMessage());
		}
		return document;
	}

}
