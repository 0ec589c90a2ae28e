package dev.kennel.change;

/** The kind of a change. */
public enum ChangeKind {

	/** The node was created. */
	CREATED,

	/** The node was updated. */
	UPDATED,

	/** The node was deleted. */
	DELETED

}
