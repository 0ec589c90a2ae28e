package dev.kennel.paging.filter;

import java.util.List;

import dev.kennel.text.BoundedListValueExtractor;
import dev.kennel.text.TextNormalizer;
import jakarta.validation.constraints.Size;
import org.jspecify.annotations.Nullable;

/**
 * A filter on a text, ignoring case. A null member adds no condition.
 *
 * @param eq equal to the text
 * @param in equal to one of the texts
 * @param contains contains the text
 * @param startsWith starts with the text
 * @param isNull whether there is no text
 */
public record StringFilter(@Nullable @FilterText String eq, @Nullable @Size(max = BoundedListValueExtractor.MAX,
		message = "At most " + BoundedListValueExtractor.MAX + " texts can be given.") List<@FilterText String> in,
		@Nullable @FilterText String contains, @Nullable @FilterText String startsWith, @Nullable Boolean isNull) {

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
