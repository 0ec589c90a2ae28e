package dev.kennel.paging;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;

import dev.kennel.database.pipeline.PipelinedClient;
import dev.kennel.database.sql.JdbcResultRows;
import dev.kennel.database.sql.UuidArray;
import dev.kennel.paging.ListStatement.Arguments;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Executes the statements of lists with the pipelined client; within a transaction by
 * JDBC on its connection, so that a write reads its own changes.
 */
@Component
class PrimaryStatementRunner implements StatementRunner {

	private static final Pattern PLACEHOLDERS = Pattern.compile("\\$\\d+");

	private final PipelinedClient client;

	private final StatementRunner transactional;

	PrimaryStatementRunner(PipelinedClient client, JdbcTemplate jdbc) {
		this.client = client;
		this.transactional = ofJdbc(jdbc);
	}

	@Override
	public <R> CompletableFuture<R> execute(ListStatement statement, Arguments arguments, Reader<R> reader) {
		if (TransactionSynchronizationManager.isActualTransactionActive()) {
			return this.transactional.execute(statement, arguments, reader);
		}
		return this.client.query(arguments.account(), statement.lane(), statement.sql(), statement.values(arguments))
			.thenApply(reader::readReceived);
	}

	/** Executes statements by JDBC, on the calling thread. */
	static StatementRunner ofJdbc(JdbcTemplate jdbc) {
		return new StatementRunner() {

			@Override
			public <R> CompletableFuture<R> execute(ListStatement statement, Arguments arguments, Reader<R> reader) {
				R result = jdbc.query(jdbcSql(statement), (prepared) -> bind(prepared, statement.values(arguments)),
						(ResultSet rows) -> reader.read(new JdbcResultRows(rows)));
				if (result == null) {
					throw new IllegalStateException("No result");
				}
				return CompletableFuture.completedFuture(result);
			}

		};
	}

	/** Returns the SQL with the placeholders of JDBC. */
	static String jdbcSql(ListStatement statement) {
		return PLACEHOLDERS.matcher(statement.sql()).replaceAll("?");
	}

	static void bind(PreparedStatement prepared, List<Object> values) throws SQLException {
		for (int i = 0; i < values.size(); i++) {
			switch (values.get(i)) {
				case UUID[] ids -> prepared.setObject(i + 1, new UuidArray(List.of(ids)));
				case String[] texts -> prepared.setArray(i + 1, prepared.getConnection().createArrayOf("text", texts));
				case Object value -> prepared.setObject(i + 1, value);
			}
		}
	}

}
