package dev.kennel.test;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyStore;
import java.util.Base64;
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

	private static final String PASSWORD = "changeit";

	private static final String ALIAS = "kennel";

	/**
	 * Creates a certificate.
	 * @param directory the directory of its key store
	 * @return the certificate
	 * @throws Exception if it can't be created
	 */
	public static TestCertificate create(Path directory) throws Exception {
		KeyStore trusted = createKeyStore(directory, "keys");
		Path keys = directory.resolve("keys.p12");
		TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
		trust.init(trusted);
		SSLContext context = SSLContext.getInstance("TLS");
		context.init(null, trust.getTrustManagers(), null);
		return new TestCertificate(Map.of("spring.ssl.bundle.jks.web.keystore.location", keys.toUri().toString(),
				"spring.ssl.bundle.jks.web.keystore.password", PASSWORD, "server.ssl.bundle", "web"), context);
	}

	/**
	 * Creates a certificate in the files that PostgreSQL reads: {@code name.crt} and
	 * {@code name.key}.
	 * @param directory the directory of the files
	 * @param name the name of the files
	 * @return the file of the certificate
	 * @throws Exception if it can't be created
	 */
	public static Path createPem(Path directory, String name) throws Exception {
		KeyStore keys = createKeyStore(directory, name);
		Path key = Files.createFile(directory.resolve(name + ".key"),
				PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
		Files.writeString(key, pem("PRIVATE KEY", keys.getKey(ALIAS, PASSWORD.toCharArray()).getEncoded()));
		return Files.writeString(directory.resolve(name + ".crt"),
				pem("CERTIFICATE", keys.getCertificate(ALIAS).getEncoded()));
	}

	private static String pem(String label, byte[] content) {
		return "-----BEGIN " + label + "-----\n" + Base64.getMimeEncoder().encodeToString(content) + "\n-----END "
				+ label + "-----\n";
	}

	private static KeyStore createKeyStore(Path directory, String name) throws Exception {
		Path store = directory.resolve(name + ".p12");
		assertThat(new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
				"-genkeypair", "-alias", ALIAS, "-keyalg", "EC", "-dname", "CN=localhost", "-ext", "SAN=dns:localhost",
				"-storetype", "PKCS12", "-keystore", store.toString(), "-storepass", PASSWORD)
			.redirectErrorStream(true)
			.redirectOutput(directory.resolve("keytool.log").toFile())
			.start()
			.waitFor()).isZero();
		KeyStore keys = KeyStore.getInstance("PKCS12");
		try (InputStream file = Files.newInputStream(store)) {
			keys.load(file, PASSWORD.toCharArray());
		}
		return keys;
	}

}
