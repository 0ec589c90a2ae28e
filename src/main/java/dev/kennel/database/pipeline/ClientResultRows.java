package dev.kennel.database.pipeline;

import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.UUID;

import dev.kennel.database.sql.ResultRows;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowIterator;
import io.vertx.sqlclient.RowSet;
import org.jspecify.annotations.Nullable;

/** Rows of the pipelined client, which decodes them as they arrive. */
final class ClientResultRows implements ResultRows {

	private final RowIterator<Row> rows;

	private @Nullable Row row;

	ClientResultRows(RowSet<Row> rows) {
		this.rows = rows.iterator();
	}

	@Override
	public boolean next() {
		boolean more = this.rows.hasNext();
		if (more) {
			this.row = this.rows.next();
		}
		return more;
	}

	private @Nullable Object value(int column) {
		if (this.row == null) {
			throw new IllegalStateException("There is no row before the first");
		}
		return this.row.getValue(column - 1);
	}

	private Object required(int column) {
		Object value = value(column);
		if (value == null) {
			throw new IllegalStateException("Column " + column + " is NULL");
		}
		return value;
	}

	@Override
	public UUID uuid(int column) {
		return (UUID) required(column);
	}

	@Override
	public @Nullable UUID uuidOrNull(int column) {
		return (UUID) value(column);
	}

	@Override
	public @Nullable String text(int column) {
		return (String) value(column);
	}

	@Override
	public @Nullable LocalDate date(int column) {
		return (LocalDate) value(column);
	}

	@Override
	public @Nullable OffsetDateTime moment(int column) {
		return (OffsetDateTime) value(column);
	}

	@Override
	public long number(int column) {
		return ((Number) required(column)).longValue();
	}

}
