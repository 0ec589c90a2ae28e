package dev.kennel.text;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class CaseFoldingTests {

	@Test
	void textsThatDifferOnlyInCaseHaveTheSameKey() {
		assertThat(CaseFolding.key("Ann ÄÖÜ ΟΔΟΣ Ж 🐕")).isEqualTo("ann äöü οδοσ ж 🐕")
			.isEqualTo(CaseFolding.key("aNN äöü οδος ж 🐕"));
	}

	@Test
	void keyOfASubstringIsASubstringOfTheKey() {
		assertThat(CaseFolding.key("ΟΔΟΣΑ")).startsWith(CaseFolding.key("ΟΔΟΣ"));
	}

	@Test
	void accentsAreSignificant() {
		assertThat(CaseFolding.key("é")).isNotEqualTo(CaseFolding.key("e"));
	}

}
