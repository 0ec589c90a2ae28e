package dev.kennel.database.sql;

import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.UUID;

import com.github.f4b6a3.uuid.UuidCreator;
import com.github.f4b6a3.uuid.util.UuidUtil;

/**
 * The id and the creation time of a new row. The id is a UUID of version 7, and the time
 * is the one in the id, to the millisecond: the order of ids is the order of creation,
 * and a range of creation times is a range of ids.
 *
 * @param id the row's id
 * @param createdAt the creation time, in UTC
 */
public record NewRow(UUID id, OffsetDateTime createdAt) {

	/**
	 * Creates an id.
	 * @return the id, greater than all earlier ids of this process, and its time
	 */
	public static NewRow create() {
		UUID id = UuidCreator.getTimeOrderedEpoch();
		return new NewRow(id, UuidUtil.getInstant(id).atOffset(ZoneOffset.UTC));
	}

}
