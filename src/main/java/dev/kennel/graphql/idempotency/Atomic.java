package dev.kennel.graphql.idempotency;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The controller's method is one transaction, with all that the services do that it
 * calls. It may be run several times, if the store ends the transaction for the sake of
 * another, and must have no effect but on the store. It consists of statements: entities
 * have no part in it.
 *
 * <p>
 * If the request has an {@code Idempotency-Key}, the transaction keeps what the method
 * answers, and the same request, sent again, is answered with it. The answer is kept as
 * JSON, as its record's components, and must hold no secret: no token, no password.
 */
@Documented
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
public @interface Atomic {

}
