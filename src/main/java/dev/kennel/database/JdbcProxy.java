package dev.kennel.database;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;

import org.jspecify.annotations.Nullable;

/**
 * Stands before an object of JDBC, and is equal to itself alone.
 *
 * @param <T> the interface
 */
abstract class JdbcProxy<T> implements InvocationHandler {

	private final T target;

	JdbcProxy(T target) {
		this.target = target;
	}

	/** What it stands before. */
	final T target() {
		return this.target;
	}

	final T as(Class<T> type) {
		return type.cast(Proxy.newProxyInstance(JdbcProxy.class.getClassLoader(), new Class<?>[] { type }, this));
	}

	@Override
	@SuppressWarnings("ReferenceEquality") // It is no other, whatever that says.
	public final @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] arguments)
			throws Throwable {
		return switch (method.getName()) {
			case "equals" -> arguments != null && proxy == arguments[0];
			case "hashCode" -> System.identityHashCode(proxy);
			default -> call(method, arguments);
		};
	}

	/** Does what a call means here, by {@link #proceed} if it goes on to the object. */
	abstract @Nullable Object call(Method method, @Nullable Object @Nullable [] arguments) throws Throwable;

	final @Nullable Object proceed(Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
		try {
			return method.invoke(this.target, arguments);
		}
		catch (InvocationTargetException ex) {
			throw ex.getTargetException();
		}
	}

}
