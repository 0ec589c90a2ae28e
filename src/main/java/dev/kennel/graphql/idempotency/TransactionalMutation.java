package dev.kennel.graphql.idempotency;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Executes a controller method, with the services that it calls, in one transaction. The
 * method may be executed several times, if the database aborts the transaction in favor
 * of another, and must have no effect outside the database. It executes statements and
 * uses no entities.
 *
 * <p>
 * If the request has an {@code Idempotency-Key}, the transaction stores the payload of
 * the method, and a retry of the request returns the stored payload. It is stored as
 * JSON, as the components of its record, and must contain no secret: no token, no
 * password.
 */
@Documented
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
public @interface TransactionalMutation {

}
