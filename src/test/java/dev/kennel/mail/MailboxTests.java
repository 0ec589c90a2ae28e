package dev.kennel.mail;

import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class MailboxTests {

	@ParameterizedTest
	@CsvSource({ "ann@example.com, ann@example.com, ann@example.com",
			"Ann@Example.COM, Ann@Example.COM, Ann@Example.COM",
			"ann@bücher.example, ann@bücher.example, ann@xn--bcher-kva.example",
			"ann@BÜCHER.Example, ann@bücher.example, ann@xn--bcher-kva.example",
			"ann@xn--bcher-kva.example, ann@bücher.example, ann@xn--bcher-kva.example",
			"ann@XN--BCHER-KVA.example, ann@bücher.example, ann@xn--bcher-kva.example",
			"ann@ｂücher．example, ann@bücher.example, ann@xn--bcher-kva.example",
			"ann@ｅxample.com, ann@example.com, ann@example.com",
			"ann@bücher。example, ann@bücher.example, ann@xn--bcher-kva.example",
			"ann@faß.example, ann@faß.example, ann@xn--fa-hia.example",
			"ann@xn--fa-hia.example, ann@faß.example, ann@xn--fa-hia.example",
			"ann@fass.example, ann@fass.example, ann@fass.example", "用户@例子.中国, 用户@例子.中国, 用户@xn--fsqu00a.xn--fiqs8s",
			"ann@ab--c.example, ann@ab--c.example, ann@ab--c.example",
			"a.b+c@x.example, a.b+c@x.example, a.b+c@x.example" })
	void addressHasOneCanonicalAndOneAsciiSpelling(String text, String canonical, String ascii) {
		assertThat(Mailbox.parse(text)).map(Mailbox::toString).contains(canonical);
		assertThat(Mailbox.canonical(text)).isEqualTo(canonical);
		assertThat(Mailbox.toAscii(text)).isEqualTo(ascii);
		assertThat(Mailbox.canonical(canonical)).isEqualTo(canonical);
		assertThat(Mailbox.key(text)).isEqualTo(Mailbox.key(ascii)).isEqualTo(Mailbox.key(canonical));
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "@", "ann", "ann@", "@example.com", "ann@b", "ann@@example.com", "a@n@example.com",
			"ann@example.com.", "ann@.example.com", "ann@ex..ample.com", "ann@-example.com", "ann@exa_mple.com",
			"ann@exa<mple.com", "ann@[192.0.2.1]", "a nn@example.com", "ann@xn--zzzz---.example", "ann@xn--abc.example",
			"ann@xn--a-ecp.example", "ann@bü\u200dcher.example", "ann@ex℀mple.com", "an\u00a0n@example.com",
			"ann\u3000@example.com", "ann@exa\u2003mple.com", "an\u200bn@example.com", "an\u00adn@example.com",
			"ann@b\u00adücher.example", "\u202eann@example.com", "ann@example.com\u200e", "\ufeffann@example.com",
			"an\u2060n@example.com", "an\u034fn@example.com", "an\u3164n@example.com", "an\u2800n@example.com",
			"an\u061cn@example.com", "an\udb40\udd00n@example.com", "an\udb40\udc20n@example.com",
			"an\ud800n@example.com", "an\0n@example.com", "ann@example.com\n", "an\ue000n@example.com",
			"an\ufffcn@example.com", "an\uffffn@example.com", "an\u180en@example.com", "ann@xn--mgba3gch31f060k.com" })
	void invalidAddressesAreRejected(String text) {
		assertThat(Mailbox.parse(text)).isEmpty();
		assertThat(Mailbox.canonical(text)).isEqualTo(text);
		assertThat(Mailbox.toAscii(text)).isEqualTo(text);
		assertThat(Mailbox.keys(text)).hasSize(1);
	}

	@Test
	void tooLongDomainIsRejected() {
		assertThat(Mailbox.parse("ann@" + "a".repeat(63) + ".example")).isPresent();
		assertThat(Mailbox.parse("ann@" + "a".repeat(64) + ".example")).isEmpty();
		assertThat(Mailbox.parse("ann@" + "ü".repeat(60) + ".example")).isEmpty();
		assertThat(Mailbox.parse("a@" + "a.".repeat(126) + "a")).isPresent();
		assertThat(Mailbox.parse("a@" + "a.".repeat(127) + "a")).isEmpty();
		assertThat(Mailbox.parse("ann@xn--" + "a".repeat(1_000_000) + ".example")).isEmpty();
	}

	@Test
	void keysIncludeTheAsciiSpellingOfEarlierVersions() {
		assertThat(Mailbox.keys("Ann@BÜCHER.example")).containsExactly("ann@bücher.example",
				"ann@xn--bcher-kva.example");
		assertThat(Mailbox.keys("Ann@xn--BCHER-kva.example")).containsExactly("ann@bücher.example",
				"ann@xn--bcher-kva.example");
		assertThat(Mailbox.keys("Ann@Example.com")).containsExactly("ann@example.com");
	}

	@Test
	void sameMailboxIgnoresOnlyAsciiCaseAndDomainSpelling() {
		assertThat(Mailbox.isSame("ann@example.com", "ANN@EXAMPLE.com")).isTrue();
		assertThat(Mailbox.isSame("ann@bücher.example", "Ann@XN--bcher-kva.example")).isTrue();
		for (List<String> different : List.of(List.of("mike@example.com", "mıke@example.com"),
				List.of("mike@example.com", "mİke@example.com"), List.of("ann@github.com", "ann@gıthub.com"),
				List.of("ann@faß.example", "ann@fass.example"), List.of("ann@οδος.example", "ann@οδοσ.example"),
				List.of("sam@example.com", "ſam@example.com"), List.of("ann@example.com", "bob@example.com"))) {
			assertThat(Mailbox.isSame(different.get(0), different.get(1))).as(different.toString()).isFalse();
		}
	}

}
