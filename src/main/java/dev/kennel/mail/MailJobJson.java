package dev.kennel.mail;

import com.github.kagkarlsson.scheduler.serializer.Serializer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** Serializes mail jobs as JSON. */
final class MailJobJson implements Serializer {

	private final JsonMapper json = new JsonMapper();

	@Override
	public byte @Nullable [] serialize(@Nullable Object data) {
		return (data != null) ? this.json.writeValueAsBytes(data) : null;
	}

	@Override
	public <T> @Nullable T deserialize(Class<T> type, byte @Nullable [] bytes) {
		return (bytes != null) ? this.json.readValue(bytes, type) : null;
	}

}
