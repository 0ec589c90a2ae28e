package dev.kennel.engine.plan;

import java.lang.invoke.CallSite;
import java.lang.invoke.LambdaMetafactory;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

import org.springframework.util.StringUtils;

/**
 * A property getter, bound to a source class.
 *
 * <p>
 * The property semantics are those of graphql-java. A getter is bound only where they are
 * unambiguous: to a record component, or to the only getter of a class. graphql-java's
 * property fetcher reads all other properties.
 */
final class PropertyGetter {

	private static final PropertyGetter NONE = new PropertyGetter(Object.class, null);

	/** By class, so that getters are unloaded with their class. */
	private static final ClassValue<Map<String, PropertyGetter>> BOUND = new ClassValue<>() {
		@Override
		protected Map<String, PropertyGetter> computeValue(Class<?> type) {
			return new ConcurrentHashMap<>();
		}
	};

	private final Class<?> type;

	private final @Nullable Function<Object, @Nullable Object> getter;

	private PropertyGetter(Class<?> type, @Nullable Function<Object, @Nullable Object> getter) {
		this.type = type;
		this.getter = getter;
	}

	static PropertyGetter none() {
		return NONE;
	}

	static PropertyGetter of(Class<?> type, String name) {
		return BOUND.get(type).computeIfAbsent(name, (property) -> bind(type, property));
	}

	/** Returns whether the getter is bound to a class. */
	boolean appliesTo(Class<?> other) {
		return this.type == other;
	}

	/** Returns the getter, or null if graphql-java has to read the property. */
	@Nullable Function<Object, @Nullable Object> getter() {
		return this.getter;
	}

	private static PropertyGetter bind(Class<?> type, String name) {
		try {
			Method method = method(type, name);
			return new PropertyGetter(type, (method != null) ? getter(type, method) : null);
		}
		catch (Throwable ex) {
			// The class is inaccessible to this class loader or module.
			return new PropertyGetter(type, null);
		}
	}

	private static @Nullable Method method(Class<?> type, String name) {
		if (Map.class.isAssignableFrom(type)) {
			return null;
		}
		List<Method> accessors = new ArrayList<>();
		List<Method> getters = new ArrayList<>();
		for (Class<?> current = type; current != null && current != Object.class; current = current.getSuperclass()) {
			for (Method method : current.getDeclaredMethods()) {
				if (StringUtils.uncapitalize(method.getName()).equals(name)) {
					accessors.add(method);
				}
				String property = property(method.getName());
				if (property != null && StringUtils.uncapitalize(property).equals(name)) {
					getters.add(method);
				}
			}
		}
		List<Method> methods = accessors.isEmpty() ? getters : accessors;
		if (methods.size() != 1) {
			return null;
		}
		Method method = methods.getFirst();
		boolean plain = method.getParameterCount() == 0 && method.getReturnType() != void.class
				&& method.getReturnType() != Void.class && Modifier.isPublic(method.getModifiers())
				&& !Modifier.isStatic(method.getModifiers());
		return plain ? method : null;
	}

	private static @Nullable String property(String method) {
		if (method.startsWith("get") && method.length() > 4) {
			return method.substring(3);
		}
		return (method.startsWith("is") && method.length() > 3) ? method.substring(2) : null;
	}

	@SuppressWarnings("unchecked")
	private static Function<Object, @Nullable Object> getter(Class<?> type, Method method) throws Throwable {
		MethodHandles.Lookup lookup = MethodHandles.privateLookupIn(type, MethodHandles.lookup());
		MethodHandle handle = lookup.findVirtual(type, method.getName(), MethodType.methodType(method.getReturnType()));
		CallSite site = LambdaMetafactory.metafactory(lookup, "apply", MethodType.methodType(Function.class),
				MethodType.methodType(Object.class, Object.class), handle,
				MethodType.methodType(MethodType.methodType(method.getReturnType()).wrap().returnType(), type));
		return (Function<Object, @Nullable Object>) site.getTarget().invoke();
	}

}
