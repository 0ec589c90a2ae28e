package dev.kennel;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

import dev.kennel.test.Api;
import dev.kennel.test.Instance;
import dev.kennel.test.KennelTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.core.env.Environment;

import static org.assertj.core.api.Assertions.assertThat;

/** Secrets are read from a directory of files, as Kubernetes and Docker mount them. */
@KennelTest
class SecretFilesTests {

	private final Api api;

	private final Environment environment;

	SecretFilesTests(Api api, Environment environment) {
		this.api = api;
		this.environment = environment;
	}

	@Test
	void signingKeyIsReadFromADirectory(@TempDir Path folder) throws IOException {
		Files.writeString(folder.resolve("signing-key-id"),
				this.environment.getRequiredProperty("kennel.auth.keys[0].id"));
		Files.writeString(folder.resolve("signing-key-secret"),
				this.environment.getRequiredProperty("kennel.auth.keys[0].secret"));

		try (Instance instance = Instance.beside(this.environment,
				Map.of("spring.config.import", "configtree:" + folder + "/", "kennel.auth.keys[0].id",
						"${signing-key-id}", "kennel.auth.keys[0].secret", "${signing-key-secret}"))) {
			assertThat(instance.api().withToken(this.api.signUp().token()).createOwner("Ann")).startsWith("own_");
		}
	}

}
