package dev.kennel.database;

import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.UUID;

import com.github.f4b6a3.uuid.UuidCreator;
import com.github.f4b6a3.uuid.util.UuidUtil;

/**
 * What every row begins with. Its id is a UUID of version 7, and the moment that it was
 * created is the one in the id, to the millisecond: that the order of ids is the order of
 * creation is true by construction, and a range of creation is a range of ids.
 *
 * @param id the row's id
 * @param createdAt when it was created, in UTC
 */
public record NewRow(UUID id, OffsetDateTime createdAt) {

	/**
	 * Makes an id.
	 * @return the id, greater than all that this process has made before, and its moment
	 */
	public static NewRow create() {
		UUID id = UuidCreator.getTimeOrderedEpoch();
		return new NewRow(id, UuidUtil.getInstant(id).atOffset(ZoneOffset.UTC));
	}

}
