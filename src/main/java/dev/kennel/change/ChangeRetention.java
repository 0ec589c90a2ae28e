package dev.kennel.change;

import dev.kennel.database.retention.RetentionPolicy;

import org.springframework.stereotype.Component;

/** How long entries of the feed are kept. */
@Component
class ChangeRetention extends RetentionPolicy {

	ChangeRetention(ChangeProperties properties) {
		super("changes", "changed_at", properties.retention());
	}

}
