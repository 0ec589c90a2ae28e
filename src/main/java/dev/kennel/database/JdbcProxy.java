package dev.kennel.database;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;

import org.jspecify.annotations.Nullable;

/**
 * A dynamic proxy of a JDBC object, equal to itself only.
 *
 * @param <T> the proxied interface
 */
abstract class JdbcProxy<T> implements InvocationHandler {

	private final T target;

	JdbcProxy(T target) {
		this.target = target;
	}

	/** Returns the proxied object. */
	final T target() {
		return this.target;
	}

	final T as(Class<T> type) {
		return type.cast(Proxy.newProxyInstance(JdbcProxy.class.getClassLoader(), new Class<?>[] { type }, this));
	}

	@Override
	@SuppressWarnings("ReferenceEquality") // Identity, whatever equals() of the target
											// says.
	public final @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] arguments)
			throws Throwable {
		return switch (method.getName()) {
			case "equals" -> arguments != null && proxy == arguments[0];
			case "hashCode" -> System.identityHashCode(proxy);
			default -> intercept(method, arguments);
		};
	}

	/** Handles a method call; {@link #proceed} delegates it to the target. */
	abstract @Nullable Object intercept(Method method, @Nullable Object @Nullable [] arguments) throws Throwable;

	final @Nullable Object proceed(Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
		try {
			return method.invoke(this.target, arguments);
		}
		catch (InvocationTargetException ex) {
			throw ex.getTargetException();
		}
	}

}
