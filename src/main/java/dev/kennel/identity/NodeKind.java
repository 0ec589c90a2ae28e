package dev.kennel.identity;

import java.util.Locale;
import java.util.UUID;

import com.github.f4b6a3.uuid.UuidCreator;
import org.jspecify.annotations.Nullable;

/** The kinds of objects that have an id, with the prefixes of their ids. */
public enum NodeKind {

	/** An account: {@code usr_…}. */
	USER("usr"),

	/** A dog owner: {@code own_…}. */
	OWNER("own"),

	/** A dog: {@code dog_…}. */
	DOG("dog"),

	/** A session: {@code ses_…}. */
	SESSION("ses"),

	/** A passkey: {@code psk_…}. */
	PASSKEY("psk");

	private final String prefix;

	private final String typeName;

	NodeKind(String prefix) {
		this.prefix = prefix;
		this.typeName = name().charAt(0) + name().substring(1).toLowerCase(Locale.ROOT);
	}

	/**
	 * Returns the prefix of ids of this kind.
	 * @return the prefix, without the underscore
	 */
	public String prefix() {
		return this.prefix;
	}

	/**
	 * Returns the name of the type in the schema.
	 * @return the name, such as {@code Owner}
	 */
	public String typeName() {
		return this.typeName;
	}

	/**
	 * Returns the id of an object of this kind.
	 * @param uuid the key of the object in the database
	 * @return the id
	 */
	public NodeId id(UUID uuid) {
		return new NodeId(this, uuid);
	}

	/**
	 * Creates the id of a new object. Its UUID is of version 7, and the time in it is the
	 * time of creation: the order of ids is the order of creation, and a range of
	 * creation times is a range of ids.
	 * @return the id, greater than all earlier ids of this process
	 */
	public NodeId newId() {
		return id(UuidCreator.getTimeOrderedEpoch());
	}

	/**
	 * Returns the key that an id of this kind contains.
	 * @param id a validated id, for instance by {@link ValidId}
	 * @return the key in the database
	 * @throws IllegalArgumentException if the text is no id, or one of another kind
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
