package dev.kennel.test;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Map;

import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A self-signed certificate for {@code localhost}.
 *
 * @param settings the settings of an instance that uses it
 * @param sslContext an SSL context that trusts it
 */
public record TestCertificate(Map<String, String> settings, SSLContext sslContext) {

	/** The password of the key store. */
	public static final String PASSWORD = "changeit";

	/**
	 * Creates a certificate.
	 * @param directory the directory of its key store
	 * @return the certificate
	 * @throws Exception if it can't be created
	 */
	public static TestCertificate create(Path directory) throws Exception {
		Path keys = directory.resolve("keys.p12");
		assertThat(new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
				"-genkeypair", "-alias", "kennel", "-keyalg", "EC", "-dname", "CN=localhost", "-ext",
				"SAN=dns:localhost", "-storetype", "PKCS12", "-keystore", keys.toString(), "-storepass", PASSWORD)
			.redirectErrorStream(true)
			.redirectOutput(directory.resolve("keytool.log").toFile())
			.start()
			.waitFor()).isZero();
		KeyStore trusted = KeyStore.getInstance("PKCS12");
		try (InputStream file = Files.newInputStream(keys)) {
			trusted.load(file, PASSWORD.toCharArray());
		}
		TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
		trust.init(trusted);
		SSLContext context = SSLContext.getInstance("TLS");
		context.init(null, trust.getTrustManagers(), null);
		return new TestCertificate(Map.of("spring.ssl.bundle.jks.web.keystore.location", keys.toUri().toString(),
				"spring.ssl.bundle.jks.web.keystore.password", PASSWORD, "server.ssl.bundle", "web"), context);
	}

}
