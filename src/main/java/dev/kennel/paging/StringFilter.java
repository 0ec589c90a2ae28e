package dev.kennel.paging;

import java.util.List;

import dev.kennel.text.BoundedListValueExtractor;
import dev.kennel.text.TextNormalizer;
import jakarta.validation.constraints.Size;
import org.jspecify.annotations.Nullable;

/**
 * What a text has to fit, whatever the case. A member that is null asks for nothing.
 *
 * @param eq the whole text
 * @param in one of these texts
 * @param contains a part of it
 * @param startsWith its beginning
 */
public record StringFilter(@Nullable @FilterText String eq,
		@Nullable @Size(max = BoundedListValueExtractor.MAX,
				message = "At most " + BoundedListValueExtractor.MAX + " texts can be compared with.") List<@FilterText String> in,
		@Nullable @FilterText String contains, @Nullable @FilterText String startsWith) {

	public StringFilter {
		eq = normalize(eq);
		in = (in != null) ? in.stream().map(TextNormalizer::normalize).toList() : null;
		contains = normalize(contains);
		startsWith = normalize(startsWith);
	}

	private static @Nullable String normalize(@Nullable String text) {
		return (text != null) ? TextNormalizer.normalize(text) : null;
	}

}
