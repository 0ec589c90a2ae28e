package dev.kennel.graphql.http;

import dev.kennel.graphql.error.ErrorCode;
import org.junit.jupiter.api.Test;

import org.springframework.mock.web.MockHttpServletRequest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;

class LargeBodiesTests {

	private final LargeBodies bodies = new LargeBodies(64 * 1024);

	@Test
	void whatIsLargeWaitsForRoomAndWhatIsSmallNeedsNone() {
		MockHttpServletRequest first = new MockHttpServletRequest();
		for (int size = LargeBodies.SMALL; size < 64 * 1024; size *= 2) {
			this.bodies.grow(first, size, 2 * size);
		}

		MockHttpServletRequest second = new MockHttpServletRequest();
		assertThatNoException().isThrownBy(() -> this.bodies.grow(second, 0, LargeBodies.SMALL));
		assertThatExceptionOfType(BadRequestException.class)
			.isThrownBy(() -> this.bodies.grow(second, LargeBodies.SMALL, 2 * LargeBodies.SMALL + 1024))
			.satisfies((refusal) -> {
				assertThat(refusal.error().code()).isEqualTo(ErrorCode.UNAVAILABLE);
				assertThat(refusal.headers()).containsEntry("Retry-After", "1");
			});

		// Who was refused has taken nothing, and who is answered gives back all.
		this.bodies.release(second);
		this.bodies.grow(second, LargeBodies.SMALL, 2 * LargeBodies.SMALL);
		this.bodies.release(first);
		this.bodies.release(first);
		assertThatNoException()
			.isThrownBy(() -> this.bodies.grow(second, 2 * LargeBodies.SMALL, 8 * LargeBodies.SMALL));
		assertThatExceptionOfType(BadRequestException.class)
			.isThrownBy(() -> this.bodies.grow(second, 8 * LargeBodies.SMALL, 10 * LargeBodies.SMALL));
	}

}
