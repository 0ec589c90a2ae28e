package dev.kennel.account.password;

import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * The Argon2 parameters of password hashes. After they are raised, each log-in upgrades
 * the stored hash.
 *
 * @param memory the memory of one hash, at least 7 MB
 * @param iterations the number of passes over the memory
 * @param parallelism the number of lanes
 * @see <a href=
 * "https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html">OWASP
 * Password Storage Cheat Sheet</a>
 */
@Validated
@ConfigurationProperties("kennel.auth.argon2")
record Argon2Properties(@DefaultValue("19MB") @NotNull DataSize memory,
		@DefaultValue("2") @Min(1) @Max(100) int iterations, @DefaultValue("1") @Min(1) @Max(16) int parallelism) {

	/** The minimum memory of the OWASP recommendations, for any number of iterations. */
	private static final DataSize MIN_MEMORY = DataSize.ofMegabytes(7);

	@AssertTrue(message = "kennel.auth.argon2.memory has to be 7MB at least")
	boolean isMemoryEnough() {
		return this.memory.compareTo(MIN_MEMORY) >= 0;
	}

}
