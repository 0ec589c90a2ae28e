package dev.kennel.graphql.idempotency;

import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class PayloadJsonTests {

	/** The records of the last day have been written with the hashes of lists. */
	@Test
	void hashOfOneFieldEqualsTheHashOfItsList() {
		Map<String, Object> arguments = Map.of("input",
				Map.of("name", "Rex \"\u00e9\" \n", "breed", "Pug", "tags", List.of(1, true)));

		assertThat(PayloadJson.hashOnly("createDog", PayloadJson.write(arguments)))
			.isEqualTo(PayloadJson.hash(List.of(List.of("createDog", arguments))));
		assertThat(PayloadJson.hashOnly("createDog", PayloadJson.write(arguments)))
			.isNotEqualTo(PayloadJson.hashOnly("updateDog", PayloadJson.write(arguments)))
			.isNotEqualTo(PayloadJson.hash("createDog", PayloadJson.write(arguments)));
	}

}
