package dev.kennel.server.header;

import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class HeaderListTests {

	private static @Nullable HeaderElement parse(String element) {
		return HeaderElement.parse(element);
	}

	@Test
	void commasInQuotedStringsDoNotSeparateElements() {
		assertThat(HeaderList.elements(List.of("a, b;c=\"d,\\\",e\" ,f", "g"))).containsExactly("a", "b;c=\"d,\\\",e\"",
				"f", "g");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", " ", ",", " , ,\t," })
	void emptyElementsAreIgnored(String value) {
		assertThat(HeaderList.elements(List.of(value))).isEmpty();
		assertThat(HeaderList.elements(List.of(value, "a", value))).containsExactly("a");
	}

	@Test
	void unterminatedQuotedStringExtendsToTheEnd() {
		assertThat(HeaderList.elements(List.of("a=\"b, c"))).containsExactly("a=\"b, c");
		assertThat(HeaderList.elements(List.of("a=\"b\\"))).containsExactly("a=\"b\\");
		assertThat(parse("a=\"b, c")).isNull();
		assertThat(parse("a;b=\"c\\")).isNull();
	}

	@Test
	void entityTagsHaveNoEscapes() {
		assertThat(HeaderList.entityTags(List.of("\"a\\\", W/\"b,c\"", "*"))).containsExactly("\"a\\\"", "W/\"b,c\"",
				"*");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', value = { "gzip | 1", "gzip;q=0.5 | 0.5", "gzip ; Q=0 | 0", "gzip;q=.25 | 0.25",
			"gzip;q=1.000 | 1", "gzip;q=\"0.5\" | 0.5", "gzip; a=1; q=0.125; | 0.125" })
	void qualityValuesAreParsed(String element, double quality) {
		assertThat(HeaderElement.all(List.of(element))).singleElement()
			.satisfies((parsed) -> assertThat(parsed.name()).isEqualTo("gzip"))
			.satisfies((parsed) -> assertThat(parsed.quality()).isEqualTo(quality));
	}

	@ParameterizedTest
	@ValueSource(strings = { "gzip;q=2", "gzip;q=0.0001", "gzip;q=1.0000", "gzip;q=.0001", "gzip;q=-0", "gzip;q=NaN",
			"gzip;q=1e0", "gzip;q=0x0p0", "gzip;q=high", "gzip;q=", "gzip;q", ";q=1", "a b", "a/b/c", "a/", "\"a\"",
			"a;b=\"c\"d" })
	void malformedElementsAreIgnored(String element) {
		assertThat(HeaderElement.all(List.of(element + ", br"))).extracting(HeaderElement::name).containsExactly("br");
	}

	@Test
	void parameterNamesAreCaseInsensitive() {
		assertThat(parse("Application/JSON; Charset=\"Utf-8\""))
			.isEqualTo(new HeaderElement("application/json", List.of(Map.entry("charset", "Utf-8")), 1));
	}

	@ParameterizedTest
	@CsvSource({ "application/json, 2", "application/*, 1", "application/*+json, -1", "*/*, 0", "*, 0", "text/*, -1",
			"application, -1", "json, -1" })
	void specificityOfMediaRanges(String range, int specificity) {
		assertThat(HeaderElement.all(List.of(range))).singleElement()
			.satisfies((parsed) -> assertThat(parsed.specificity("application/json")).isEqualTo(specificity));
	}

}
