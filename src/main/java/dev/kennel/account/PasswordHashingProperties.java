package dev.kennel.account;

import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * What hashing a password costs. When it is raised, each hash is made anew as its owner
 * logs in.
 *
 * @param memory the memory that it takes, 7 MB at least
 * @param iterations how often it is gone through
 * @param parallelism into how many lanes the work is divided
 * @see <a href=
 * "https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html">OWASP
 * Password Storage Cheat Sheet</a>
 */
@Validated
@ConfigurationProperties("kennel.auth.argon2")
record PasswordHashingProperties(@DefaultValue("19MB") @NotNull DataSize memory,
		@DefaultValue("2") @Min(1) @Max(100) int iterations, @DefaultValue("1") @Min(1) @Max(16) int parallelism) {

	/** The least memory that OWASP recommends with any number of iterations. */
	private static final DataSize LEAST_MEMORY = DataSize.ofMegabytes(7);

	@AssertTrue(message = "kennel.auth.argon2.memory has to be 7MB at least")
	boolean isMemoryEnough() {
		return this.memory.compareTo(LEAST_MEMORY) >= 0;
	}

}
