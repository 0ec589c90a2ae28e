package dev.kennel.graphql.mutation;

import dev.kennel.graphql.Caller;

/**
 * The answer of a mutation that logs somebody in: the fields below it are theirs, whoever
 * sent the request.
 */
public interface CallerSource {

	/**
	 * Answers who has been logged in.
	 * @return the caller of the fields below
	 */
	Caller caller();

}
