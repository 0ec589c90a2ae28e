/**
 * What those who run the service look at: Spring Boot's Actuator on a port of its own,
 * the probes on the service's port, and how the service leaves a balancer.
 */
@NullMarked
package dev.kennel.management;

import org.jspecify.annotations.NullMarked;
