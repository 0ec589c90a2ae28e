package dev.kennel.engine;

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
 * The way from an object to one of its properties, bound to the object's class.
 *
 * <p>
 * graphql-java's own property access stays the law for what a property is. What is bound
 * here is only what has a single reading: a component of a record, or the one getter of a
 * class. Whatever has several is left to graphql-java.
 */
final class PropertyGetter {

	private static final PropertyGetter NONE = new PropertyGetter(Object.class, null);

	/** By class, so that what is bound goes when its class does. */
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

	/** Whether it is that of objects of this class. */
	boolean isOf(Class<?> other) {
		return this.type == other;
	}

	/** The getter, or null if graphql-java has to look. */
	@Nullable Function<Object, @Nullable Object> getter() {
		return this.getter;
	}

	private static PropertyGetter bind(Class<?> type, String name) {
		try {
			Method method = method(type, name);
			return new PropertyGetter(type, (method != null) ? getter(type, method) : null);
		}
		catch (Throwable ex) {
			// It can't be bound where a class loader or a module stands before it.
			return new PropertyGetter(type, null);
		}
	}

	private static @Nullable Method method(Class<?> type, String name) {
		if (Map.class.isAssignableFrom(type)) {
			return null;
		}
		List<Method> likeRecords = new ArrayList<>();
		List<Method> getters = new ArrayList<>();
		for (Class<?> current = type; current != null && current != Object.class; current = current.getSuperclass()) {
			for (Method method : current.getDeclaredMethods()) {
				if (StringUtils.uncapitalize(method.getName()).equals(name)) {
					likeRecords.add(method);
				}
				String property = property(method.getName());
				if (property != null && StringUtils.uncapitalize(property).equals(name)) {
					getters.add(method);
				}
			}
		}
		List<Method> methods = likeRecords.isEmpty() ? getters : likeRecords;
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
