package dev.kennel.account.deletion;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class DeleteMeInputTests {

	/** The default toString of records has their members. */
	@Test
	void toStringOmitsPassword() {
		assertThat(new DeleteMeInput("correct horse battery staple").toString()).isEqualTo("DeleteMeInput[]");
	}

	/** The password of a keyboard that composes no characters. */
	@Test
	void passwordIsNormalized() {
		assertThat(new DeleteMeInput("u\u0308").password()).isEqualTo("\u00fc");
	}

}
