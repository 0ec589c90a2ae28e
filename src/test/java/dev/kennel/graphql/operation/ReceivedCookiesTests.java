package dev.kennel.graphql.operation;

import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class ReceivedCookiesTests {

	@ParameterizedTest
	@CsvSource(delimiter = '|', ignoreLeadingAndTrailingWhitespace = false,
			value = { "a=1|1", "a=1; b=2|1", "b=2; a=1|1", "b=2;a=1|1", "b=2;\ta=1|1", "a = 1|1", "a\t=\t1|1", "a=1 |1",
					"b; a=1|1", ";; a=1;;|1", "=x; a=1|1", "a=b=c|b=c", "a==|=", "aa=2; a=1|1", "b=a=2; a=1|1",
					"a=\"1\"|\"1\"" })
	void valueIsParsedAsBrowsersSerializeIt(String header, String value) {
		assertThat(new ReceivedCookies(List.of(header)).single("a")).isEqualTo(value);
		assertThat(new ReceivedCookies(List.of(header)).has("a")).isTrue();
	}

	@Test
	void emptyCookieIsPresentWithoutValue() {
		assertThat(new ReceivedCookies(List.of("a=; b=1")).single("a")).isNull();
		assertThat(new ReceivedCookies(List.of("a=; b=1")).has("a")).isTrue();
	}

	@ParameterizedTest
	@ValueSource(strings = { "", ";", "a", "a;", "a ; =1", "b=1", "A=1", "aa=1", "=a=1", "b=x a=1", "b=x, a=1",
			"\u00a0a=1", "\na=1", "a\n=1", "a x=1" })
	void headerWithoutTheNameHasNoCookie(String header) {
		assertThat(new ReceivedCookies(List.of(header)).single("a")).isNull();
		assertThat(new ReceivedCookies(List.of(header)).has("a")).isFalse();
	}

	/** A name ends with its pair, and does not extend to the next pair's equals sign. */
	@Test
	void pairWithoutEqualsSignIsIgnored() {
		assertThat(new ReceivedCookies(List.of("a;=1")).single("a")).isNull();
		assertThat(new ReceivedCookies(List.of("a ;b=1")).single("a")).isNull();
	}

	@ParameterizedTest
	@ValueSource(strings = { "a=1; a=2", "a=1; a=1", "a=1; a=", "a=; a=1", "a=1; b=2; a =3" })
	void duplicateNameIsInvalidToken(String header) {
		assertThat(new ReceivedCookies(List.of(header)).single("a")).isEmpty();
		assertThat(new ReceivedCookies(List.of(header)).has("a")).isTrue();
	}

	@Test
	void severalHeadersAreCombined() {
		ReceivedCookies cookies = new ReceivedCookies(List.of("a=1; b=2", "", "a=3; c=4"));

		assertThat(cookies.single("a")).isEmpty();
		assertThat(cookies.single("b")).isEqualTo("2");
		assertThat(cookies.single("c")).isEqualTo("4");
		assertThat(new ReceivedCookies(List.of()).single("a")).isNull();
	}

}
