package dev.kennel.engine;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/** The output equals that of Jackson, byte for byte. */
class JsonBufferTests {

	private static final JsonMapper JACKSON = new JsonMapper();

	private static String written(@Nullable Object value) {
		JsonBuffer buffer = new JsonBuffer(1);
		buffer.value(value);
		return new String(buffer.toByteArray(), StandardCharsets.UTF_8);
	}

	private static String jackson(@Nullable Object value) {
		return new String(JACKSON.writeValueAsBytes(value), StandardCharsets.UTF_8);
	}

	@Test
	void everyCharacterIsWrittenAsByJackson() {
		for (int character = 0; character <= Character.MAX_VALUE; character++) {
			String text = "a" + (char) character + "b";
			assertThat(written(text)).as("%x", character).isEqualTo(jackson(text));
		}
	}

	@Test
	void randomStringsAreWrittenAsByJackson() {
		Random random = new Random(1);
		for (int round = 0; round < 2000; round++) {
			StringBuilder text = new StringBuilder();
			for (int index = random.nextInt(40); index > 0; index--) {
				text.append(switch (random.nextInt(8)) {
					case 0 -> (char) random.nextInt(0x10000);
					case 1 -> (char) random.nextInt(0x20);
					case 2 -> "\ud83d\udc36";
					case 3 -> "\u00eb";
					default -> (char) (' ' + random.nextInt(95));
				});
			}
			assertThat(written(text.toString())).isEqualTo(jackson(text.toString()));
		}
	}

	@Test
	void valuesOfAllTypesAreWrittenAsByJackson() {
		List<@Nullable Object> values = new ArrayList<@Nullable Object>(Arrays.<@Nullable Object>asList(null, true,
				false, 0, -1, 7, 10, 99, 100, Integer.MAX_VALUE, Integer.MIN_VALUE, Long.MAX_VALUE, Long.MIN_VALUE,
				1_000_000_000_000_000_000L, 999_999_999_999_999_999L, 0.1, -0.0, 1e300, Double.NaN,
				Double.POSITIVE_INFINITY, 1.5f, (short) 3, (byte) -3, 'c', new BigDecimal("1.10"),
				new BigDecimal("1E+3"), new BigInteger("9".repeat(40)), List.of(1, "two", List.of()),
				Map.of("a", Map.of()), new int[] { 1, 2 }));
		for (int power = 0; power < 63; power++) {
			values.add(1L << power);
			values.add(-(1L << power));
		}
		for (Object value : values) {
			assertThat(written(value)).isEqualTo(jackson(value));
		}
	}

	@Test
	void responseMembersAreWrittenInOrder() {
		Map<String, @Nullable Object> response = new LinkedHashMap<>();
		assertThat(bytes(response)).isEqualTo("{}");
		response.put("errors", List.of(Map.of("message", "m")));
		response.put("data", null);
		response.put("extensions", Map.of("a", 1));
		assertThat(bytes(response))
			.isEqualTo("{\"errors\":[{\"message\":\"m\"}],\"data\":null,\"extensions\":{\"a\":1}}");
	}

	private static String bytes(Map<String, @Nullable Object> response) {
		try (ResponseJson json = ResponseJson.of(response)) {
			assertThat(json.toByteArray()).hasSize(json.length());
			return new String(json.toByteArray(), StandardCharsets.UTF_8);
		}
	}

}
