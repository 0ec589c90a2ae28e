/**
 * Operations: Spring Boot's Actuator on a port of its own, the probes on the service's
 * port, and the drain at shutdown.
 */
@NullMarked
package dev.kennel.management;

import org.jspecify.annotations.NullMarked;
