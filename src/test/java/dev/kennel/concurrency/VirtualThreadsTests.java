package dev.kennel.concurrency;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class VirtualThreadsTests {

	@Test
	void contextClassLoaderIsTheApplications() {
		ClassLoader before = Thread.currentThread().getContextClassLoader();
		Thread.currentThread().setContextClassLoader(null);
		try {
			Thread thread = VirtualThreads.factory("test-").newThread(() -> {
			});

			assertThat(thread.isVirtual()).isTrue();
			assertThat(thread.getName()).isEqualTo("test-1");
			assertThat(thread.getContextClassLoader()).isSameAs(VirtualThreads.class.getClassLoader());
		}
		finally {
			Thread.currentThread().setContextClassLoader(before);
		}
	}

}
