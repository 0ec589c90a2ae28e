package dev.kennel.change;

/** What has happened to an object. */
public enum ChangeKind {

	/** It was added. */
	CREATED,

	/** It was changed. */
	UPDATED,

	/** It was removed. */
	DELETED

}
