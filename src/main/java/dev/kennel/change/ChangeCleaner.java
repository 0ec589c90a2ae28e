package dev.kennel.change;

import dev.kennel.database.RetentionCleaner;

import org.springframework.stereotype.Component;

/** Deletes expired entries of the feed. */
@Component
class ChangeCleaner extends RetentionCleaner {

	ChangeCleaner(ChangeRepository changes, ChangeProperties properties) {
		super("changes", properties.retention(), changes::deleteOlderThan, changes::oldestAgeSeconds);
	}

}
