package dev.kennel.account;

import java.time.Duration;
import java.util.List;

import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.Resource;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * The pages that links in mails lead to, for as long as no frontend has some of its own.
 */
@RestController
class MailLinkPages {

	private static final MediaType HTML = new MediaType(MediaType.TEXT_HTML, java.nio.charset.StandardCharsets.UTF_8);

	@GetMapping("/reset-password")
	ResponseEntity<Resource> resetPassword() {
		return page("reset-password.html", HTML);
	}

	@GetMapping("/verify-email")
	ResponseEntity<Resource> verifyEmail() {
		return page("verify-email.html", HTML);
	}

	@GetMapping("/restore-email")
	ResponseEntity<Resource> restoreEmail() {
		return page("restore-email.html", HTML);
	}

	@GetMapping("/mail-link.js")
	ResponseEntity<Resource> script() {
		return page("mail-link.js", MediaType.valueOf("text/javascript"));
	}

	@GetMapping("/mail-link.css")
	ResponseEntity<Resource> style() {
		return page("mail-link.css", MediaType.valueOf("text/css"));
	}

	/** No other site may show the page, and it loads nothing from elsewhere. */
	private static ResponseEntity<Resource> page(String name, MediaType type) {
		return ResponseEntity.ok()
			.contentType(type)
			.cacheControl(CacheControl.maxAge(Duration.ZERO).cachePrivate())
			.headers((headers) -> {
				headers.put("Content-Security-Policy", List.of("default-src 'none'; script-src 'self'; "
						+ "style-src 'self'; connect-src 'self'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'"));
				headers.put("Referrer-Policy", List.of("no-referrer"));
			})
			.body(new ClassPathResource("pages/" + name));
	}

}
