package dev.kennel.graphql.operation;

import java.util.UUID;
import java.util.stream.IntStream;

import dev.kennel.identity.AccountId;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class BoundedNamesTests {

	private final BoundedNames<String> names = new BoundedNames<>();

	private static AccountId account(int number) {
		return new AccountId(new UUID(0, number));
	}

	@Test
	void accountAddsFewAndAllTogetherAHundred() {
		assertThat(IntStream.range(0, 30).filter((i) -> this.names.add("first-" + i, account(0))).count())
			.isEqualTo(BoundedNames.MAX_NAMES_PER_ACCOUNT);
		for (int i = 1; i < 20; i++) {
			for (int j = 0; j < BoundedNames.MAX_NAMES_PER_ACCOUNT; j++) {
				this.names.add(i + "-" + j, account(i));
			}
		}

		assertThat(this.names.size()).isEqualTo(BoundedNames.MAX_NAMES);
		assertThat(this.names.add("one-more", account(30))).isFalse();
		assertThat(this.names.contains("one-more")).isFalse();
		assertThat(this.names.add("first-0", account(30))).isTrue();
	}

}
