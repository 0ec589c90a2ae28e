package dev.kennel.account.password;

import java.util.stream.Stream;

import jakarta.validation.Validation;
import jakarta.validation.Validator;
import jakarta.validation.ValidatorFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import org.springframework.util.unit.DataSize;

import static org.assertj.core.api.Assertions.assertThat;

class NewPasswordTests {

	private static final String SECRET = "correct horse battery staple";

	@Test
	void hashMemoryHasLowerBound() {
		assertThat(new Argon2Properties(DataSize.ofMegabytes(7), 1, 1).isMemoryEnough()).isTrue();
		assertThat(new Argon2Properties(DataSize.ofBytes(7 * 1_048_576 - 1), 1, 1).isMemoryEnough()).isFalse();
	}

	private record Chosen(@UncommonPassword @Nullable String password) {
	}

	@Test
	void onlyMostCommonPasswordsAreRefused() {
		try (ValidatorFactory factory = Validation.buildDefaultValidatorFactory()) {
			Validator validator = factory.getValidator();

			assertThat(Stream.of("12345678", "PASSWORD", "Qwertyuiop")).map(Chosen::new)
				.allSatisfy((chosen) -> assertThat(validator.validate(chosen)).hasSize(1));
			assertThat(Stream.of(SECRET, "12345678 ", "", null)).map(Chosen::new)
				.allSatisfy((chosen) -> assertThat(validator.validate(chosen)).isEmpty());
		}
	}

}
