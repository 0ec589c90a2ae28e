package dev.kennel.identity;

import java.util.UUID;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class NodeIdTests {

	/** The suffixes and UUIDs are those of the specification's valid.json. */
	@ParameterizedTest
	@CsvSource({ "dog_00000000000000000000000000, 00000000-0000-0000-0000-000000000000",
			"dog_00000000000000000000000001, 00000000-0000-0000-0000-000000000001",
			"own_0000000000000000000000000a, 00000000-0000-0000-0000-00000000000a",
			"usr_0000000000000000000000000g, 00000000-0000-0000-0000-000000000010",
			"ses_00000000000000000000000010, 00000000-0000-0000-0000-000000000020",
			"dog_7zzzzzzzzzzzzzzzzzzzzzzzzz, ffffffff-ffff-ffff-ffff-ffffffffffff",
			"dog_0123456789abcdefghjkmnpqrs, 0110c853-1d09-52d8-d73e-1194e95b5f19",
			"own_01h455vb4pex5vsknk084sn02q, 01890a5d-ac96-774b-bcce-b302099a8057" })
	void idIsAPrefixAndAUuidInBase32(String text, UUID uuid) {
		NodeId id = NodeId.parse(text).orElseThrow();

		assertThat(id.uuid()).isEqualTo(uuid);
		assertThat(id.kind().prefix()).isEqualTo(text.substring(0, 3));
		assertThat(id).hasToString(text);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "_", "dog", "dog_", "dog_0", "dog_0000000000000000000000000",
			"_00000000000000000000000000", "dog_000000000000000000000000000", "00000000000000000000000000",
			"cat_00000000000000000000000000", "DOG_00000000000000000000000000", "dog-00000000000000000000000000",
			"dog_80000000000000000000000000", "dog_0123456789ABCDEFGHJKMNPQRS", "dog_0000000000000000000000000i",
			"dog_0000000000000000000000000l", "dog_0000000000000000000000000o", "dog_0000000000000000000000000u",
			"dog_0000000000000000000000000-", "dog_0000000000000000000000000é", " dog_00000000000000000000000000",
			"dog_00000000000000000000000000 ", "01890a5d-ac96-774b-bcce-b302099a8057",
			"dog__0000000000000000000000000" })
	void malformedIdIsRejected(String text) {
		assertThat(NodeId.parse(text)).isEmpty();
	}

	@Test
	void idOfAnotherKindHasNoKey() {
		assertThatIllegalArgumentException().isThrownBy(() -> NodeKind.OWNER.uuid("dog_00000000000000000000000000"));
	}

}
