package dev.kennel.paging;

import java.util.UUID;

import dev.kennel.concurrency.Futures;
import dev.kennel.database.pipeline.PipelinedClient;
import dev.kennel.database.pipeline.StatementLane;

/** The versions of accounts as the choice of a replica reads them. */
public final class TestFeedVersions {

	private TestFeedVersions() {
	}

	/**
	 * Reads the version of an account.
	 * @param client the client of a server
	 * @param account the account
	 * @return the version, 0 before the first write
	 */
	public static long read(PipelinedClient client, UUID account) {
		return Futures
			.join(new FeedVersions((sql, parameters) -> client.query("test", StatementLane.SHORT, sql, parameters))
				.read(account))
			.version();
	}

}
