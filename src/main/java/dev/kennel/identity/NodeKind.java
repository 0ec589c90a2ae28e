package dev.kennel.identity;

import java.util.Locale;
import java.util.UUID;

import org.jspecify.annotations.Nullable;

/** The kinds of objects that have an id, with the prefix that their ids carry. */
public enum NodeKind {

	/** An account: {@code usr_…}. */
	USER("usr"),

	/** A dog owner: {@code own_…}. */
	OWNER("own"),

	/** A dog: {@code dog_…}. */
	DOG("dog"),

	/** A session: {@code ses_…}. */
	SESSION("ses");

	private final String prefix;

	private final String typeName;

	NodeKind(String prefix) {
		this.prefix = prefix;
		this.typeName = name().charAt(0) + name().substring(1).toLowerCase(Locale.ROOT);
	}

	/**
	 * Answers what ids of this kind begin with.
	 * @return the prefix, without the underscore
	 */
	public String prefix() {
		return this.prefix;
	}

	/**
	 * Answers the name of the type in the schema.
	 * @return the name, as {@code Owner}
	 */
	public String typeName() {
		return this.typeName;
	}

	/**
	 * Makes the id of an object of this kind.
	 * @param uuid its key in the store
	 * @return the id
	 */
	public NodeId id(UUID uuid) {
		return new NodeId(this, uuid);
	}

	/**
	 * Answers the key of an id of this kind.
	 * @param id an id that has been checked, for instance by {@link ValidId}
	 * @return the key in the store
	 * @throws IllegalArgumentException if it is not an id, or of another kind
	 */
	public UUID uuid(String id) {
		return NodeId.parse(id)
			.filter((nodeId) -> nodeId.kind() == this)
			.map(NodeId::uuid)
			.orElseThrow(() -> new IllegalArgumentException("Not an id of a " + this.typeName));
	}

	static @Nullable NodeKind ofPrefix(String prefix) {
		for (NodeKind kind : values()) {
			if (kind.prefix.equals(prefix)) {
				return kind;
			}
		}
		return null;
	}

}
