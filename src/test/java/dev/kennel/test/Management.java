package dev.kennel.test;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.kennel.server.ManagementServer;

/** A client of the service's management port. */
public final class Management {

	private static final Pattern SAMPLE = Pattern.compile("^(\\w+)(?:\\{([^}]*)})? (\\S+)");

	private static final Pattern LABEL = Pattern.compile("(\\w+)=\"((?:[^\"\\\\]|\\\\.)*)\"");

	private final Api api;

	private Management(Api api) {
		this.api = api;
	}

	/**
	 * Returns the client of a running service.
	 * @param server the management server
	 * @return the client
	 */
	public static Management of(ManagementServer server) {
		return new Management(Api.at(server.port()));
	}

	/**
	 * Sends a GET request.
	 * @param path the path and query
	 * @return the response
	 */
	public Api.Response get(String path) {
		return send("GET", path);
	}

	/**
	 * Returns the URI of a path.
	 * @param path the path and query
	 * @return the URI
	 */
	public URI uri(String path) {
		return this.api.uri(path);
	}

	/**
	 * Sends a GET request.
	 * @param path the path and query
	 * @param accept the header {@code Accept}
	 * @return the response
	 */
	public Api.Response get(String path, String accept) {
		return this.api.send("GET", path, new byte[0], Map.of("Accept", accept));
	}

	/**
	 * Sends a request without a body.
	 * @param method the HTTP method
	 * @param path the path and query
	 * @return the response
	 */
	public Api.Response send(String method, String path) {
		return this.api.send(method, path, new byte[0], Map.of("Accept", "*/*"));
	}

	/**
	 * Scrapes the metrics.
	 * @return all samples
	 */
	public Scrape scrape() {
		Api.Response response = get("/actuator/prometheus");
		if (response.status() != 200) {
			throw new AssertionError(response);
		}
		List<Sample> samples = new ArrayList<>();
		for (String line : response.body().lines().toList()) {
			Matcher sample = SAMPLE.matcher(line);
			if (!line.startsWith("#") && sample.find()) {
				Map<String, String> labels = new TreeMap<>();
				Matcher label = LABEL.matcher((sample.group(2) != null) ? sample.group(2) : "");
				while (label.find()) {
					labels.put(label.group(1), label.group(2));
				}
				samples.add(new Sample(sample.group(1), labels, Double.parseDouble(sample.group(3))));
			}
		}
		return new Scrape(samples);
	}

	/**
	 * A sample.
	 *
	 * @param name the metric's name
	 * @param labels its labels
	 * @param value its value
	 */
	public record Sample(String name, Map<String, String> labels, double value) {
	}

	/**
	 * The samples of a scrape.
	 *
	 * @param samples all of them
	 */
	public record Scrape(List<Sample> samples) {

		/**
		 * Returns the sum of samples.
		 * @param name the metric's name
		 * @param labels names and values of labels that a sample has to have, among
		 * others
		 * @return the sum, 0 if there is no sample
		 */
		public double sum(String name, String... labels) {
			return this.samples.stream()
				.filter((sample) -> sample.name().equals(name) && hasAll(sample, labels))
				.mapToDouble(Sample::value)
				.sum();
		}

		/**
		 * Returns whether there is a sample.
		 * @param name the metric's name
		 * @param labels names and values of labels that a sample has to have, among
		 * others
		 * @return whether there is one
		 */
		public boolean has(String name, String... labels) {
			return this.samples.stream().anyMatch((sample) -> sample.name().equals(name) && hasAll(sample, labels));
		}

		private static boolean hasAll(Sample sample, String... labels) {
			for (int i = 0; i < labels.length; i += 2) {
				if (!labels[i + 1].equals(sample.labels().get(labels[i]))) {
					return false;
				}
			}
			return true;
		}

	}

}
