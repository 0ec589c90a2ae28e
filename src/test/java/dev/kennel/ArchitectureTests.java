package dev.kennel;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.Timer;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import javax.sql.DataSource;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import dev.kennel.concurrency.EventLoops;
import dev.kennel.engine.BreadthFirstEngine;
import dev.kennel.identity.AccountId;
import dev.kennel.write.NodeRepository;
import graphql.Internal;
import jakarta.persistence.Entity;
import org.jspecify.annotations.NullMarked;

import org.springframework.data.repository.Repository;
import org.springframework.graphql.data.ArgumentValue;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Controller;
import org.springframework.stereotype.Service;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

/** Dependencies between packages, and conventions of the code. */
@AnalyzeClasses(packages = "dev.kennel", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTests {

	@ArchTest
	static final ArchRule packagesAreFreeOfCycles = slices().matching("dev.kennel.(**)").should().beFreeOfCycles();

	/** What each package uses of the others. */
	private static final Map<String, String> ARROWS = Map.ofEntries(Map.entry("concurrency", ""),
			Map.entry("engine", ""), Map.entry("text", ""), Map.entry("database", "concurrency"),
			Map.entry("server", "concurrency"), Map.entry("web", "server"), Map.entry("error", "database"),
			Map.entry("identity", "engine error server"), Map.entry("secret", "identity text"),
			Map.entry("audit", "identity"), Map.entry("mail", "database text web"),
			Map.entry("throttle", "audit concurrency error identity mail secret"),
			Map.entry("graphql", "concurrency database engine error identity secret server web"),
			Map.entry("paging", "concurrency database engine error graphql identity text"),
			Map.entry("account",
					"audit concurrency database engine error graphql identity mail secret server text throttle web"),
			Map.entry("factor", "account audit database engine error identity mail secret text throttle web"),
			Map.entry("passkey", "account audit database error factor graphql identity mail secret text throttle web"),
			Map.entry("emaillogin", "account audit database error identity mail secret text throttle"),
			Map.entry("session",
					"account audit concurrency database emaillogin error factor graphql identity mail passkey secret "
							+ "server text throttle web"),
			Map.entry("change", "concurrency database engine error graphql identity paging text"),
			Map.entry("write", "account change database error graphql identity paging text"),
			Map.entry("owner", "account error graphql identity paging text write"),
			Map.entry("dog", "account change database error graphql identity owner paging text write"),
			Map.entry("search", "dog identity owner paging text"), Map.entry("management", "database server"));

	private static String topPackage(JavaClass type) {
		String[] names = type.getPackageName().split("\\.");
		return (names.length > 2) ? names[2] : "";
	}

	/** Returns what a class uses of other packages than its own. */
	private static List<Dependency> arrows(JavaClass type) {
		return type.getDirectDependenciesFromSelf()
			.stream()
			.filter((dependency) -> dependency.getTargetClass().getPackageName().startsWith("dev.kennel."))
			.filter((dependency) -> !topPackage(dependency.getTargetClass()).equals(topPackage(type)))
			.toList();
	}

	@ArchTest
	static final ArchRule packagesHaveDeclaredDependenciesOnly = classes().that()
		.resideOutsideOfPackage("dev.kennel")
		.should(new ArchCondition<>("use the packages that ARROWS names") {

			@Override
			public void check(JavaClass type, ConditionEvents events) {
				List<String> allowed = List.of(ARROWS.getOrDefault(topPackage(type), "").split(" "));
				for (Dependency arrow : arrows(type)) {
					if (!allowed.contains(topPackage(arrow.getTargetClass()))) {
						events.add(SimpleConditionEvent.violated(arrow, arrow.getDescription()));
					}
				}
			}

		});

	@ArchTest
	static void everyDeclaredDependencyIsUsed(JavaClasses all) {
		Map<String, Set<String>> used = new TreeMap<>();
		for (JavaClass type : all) {
			Set<String> others = used.computeIfAbsent(topPackage(type), (key) -> new TreeSet<>());
			arrows(type).forEach((arrow) -> others.add(topPackage(arrow.getTargetClass())));
		}
		used.remove("");

		Map<String, String> arrows = new TreeMap<>();
		used.forEach((own, others) -> arrows.put(own, String.join(" ", others)));
		assertThat(arrows).isEqualTo(ARROWS);
	}

	/**
	 * The classes with threads or timers of their own. Every other periodic task is one
	 * of Spring's scheduler. The reasons are in docs/architecture.md.
	 */
	private static final Set<String> OWN_THREADS = Set.of("AccountCleaner", "ConnectionRegistry", "DatabaseMonitor",
			"EmbeddedPostgresServer", "EventLoopWatchdog", "EventStream", "FeedDispatcher", "GraphQlWebSocket",
			"NotificationChannel", "NotificationPublisher", "PasswordHasher", "Replica", "StreamTimer", "Watchdog");

	@ArchTest
	static void onlyTheseHaveThreadsOrTimersOfTheirOwn(JavaClasses all) {
		Set<String> found = new TreeSet<>();
		for (JavaClass type : all) {
			if (type.getAccessesFromSelf().stream().anyMatch(ArchitectureTests::createsThreadOrTimer)) {
				found.add(type.getSimpleName());
			}
		}
		assertThat(found).isEqualTo(OWN_THREADS);
	}

	/** Virtual threads are left out: none of them repeats a task. */
	private static boolean createsThreadOrTimer(JavaAccess<?> access) {
		JavaClass owner = access.getTargetOwner();
		boolean constructor = access.getName().equals("<init>");
		boolean thread = owner.isEquivalentTo(Thread.class);
		return (thread && access.getName().equals("ofPlatform")) || owner.isEquivalentTo(Executors.class)
				|| (constructor
						&& (thread || owner.isEquivalentTo(Timer.class) || owner.isAssignableTo(ExecutorService.class)))
				|| Set.of("scheduleWithFixedDelay", "scheduleAtFixedRate", "setPeriodic").contains(access.getName());
	}

	@ArchTest
	static final ArchRule onlyTheOperationPackageCallsTheEngine = noClasses().that()
		.resideOutsideOfPackages("dev.kennel.engine..", "dev.kennel.graphql.operation")
		.should()
		.dependOnClassesThat()
		.belongToAnyOf(BreadthFirstEngine.class);

	@ArchTest
	static final ArchRule rootOfTheGraphqlPackageIsEmpty = noClasses().should().resideInAPackage("dev.kennel.graphql");

	@ArchTest
	static final ArchRule concurrencyKnowsNoDomain = noClasses().that()
		.resideInAPackage("dev.kennel.concurrency")
		.should()
		.dependOnClassesThat()
		.resideInAnyPackage("java.sql..", "graphql..");

	@ArchTest
	static final ArchRule onlyServerDependsOnTheHttpCodec = noClasses().that()
		.resideOutsideOfPackage("dev.kennel.server..")
		.should()
		.dependOnClassesThat()
		.resideInAnyPackage("io.netty.handler.codec..", "reactor.netty..");

	@ArchTest
	static final ArchRule onlyServerAndPipelinedClientDependOnEventLoops = noClasses().that()
		.resideOutsideOfPackages("dev.kennel.server..", "dev.kennel.concurrency", "dev.kennel.database.pipeline")
		.should()
		.dependOnClassesThat()
		.resideInAnyPackage("io.netty..", "io.vertx.core..");

	/** An upgrade of Vert.x affects one package, and the class that starts Vert.x. */
	@ArchTest
	static final ArchRule onlyPipelinedClientAndEventLoopsUseInternalsOfVertx = noClasses().that()
		.resideOutsideOfPackage("dev.kennel.database.pipeline")
		.and()
		.doNotBelongToAnyOf(EventLoops.class)
		.should()
		.dependOnClassesThat()
		.resideInAnyPackage("io.vertx..impl..", "io.vertx..internal..");

	@ArchTest
	static final ArchRule domainDoesNotDependOnGraphQlJava = noClasses().that()
		.areAnnotatedWith(Service.class)
		.or()
		.areAnnotatedWith(Entity.class)
		.or()
		.areAssignableTo(Repository.class)
		.or(DescribedPredicate
			.describe("are records of a feature", (JavaClass type) -> type.isRecord() && type.getPackageName()
				.matches("dev\\.kennel\\.(account|factor|passkey|emaillogin|session|owner|dog|write|change)(\\..+)?")))
		.should()
		.dependOnClassesThat(JavaClass.Predicates.resideInAnyPackage("graphql..", "org.springframework.graphql..")
			// A type like Optional that distinguishes absent from null.
			.and(DescribedPredicate.not(JavaClass.Predicates.type(ArgumentValue.class))));

	@ArchTest
	static final ArchRule controllersDoNotUseSql = noClasses().that()
		.areAnnotatedWith(Controller.class)
		.should()
		.dependOnClassesThat()
		.resideInAnyPackage("java.sql..", "javax.sql..", "org.springframework.jdbc..", "jakarta.persistence..",
				"org.springframework.data..");

	/**
	 * Lists are read by {@code paging}, and nodes are written by {@code write}, which
	 * write the account into every statement. Elsewhere, SQL is only written by
	 * repositories and by the database package.
	 */
	@ArchTest
	static final ArchRule onlyRepositoriesPagingWriteAndDatabaseUseSql = noClasses().that()
		.resideOutsideOfPackages("dev.kennel.paging..", "dev.kennel.write", "dev.kennel.database..")
		.and()
		.haveSimpleNameNotEndingWith("Repository")
		.should()
		.dependOnClassesThat(DescribedPredicate.describe("run SQL",
				(JavaClass type) -> Set
					.of(DataSource.class.getName(), Connection.class.getName(), PreparedStatement.class.getName(),
							JdbcClient.class.getName())
					.contains(type.getName()) || type.isAssignableTo(JdbcOperations.class)));

	@ArchTest
	static final ArchRule repositoryMethodsTakeTheAccountId = methods().that()
		.areDeclaredInClassesThat()
		.areAssignableTo(NodeRepository.class)
		.and()
		.areNotPrivate()
		.and()
		// Reads an input only.
		.doNotHaveName("changesAnything")
		.should(takeTheAccountId());

	private static ArchCondition<JavaMethod> takeTheAccountId() {
		return new ArchCondition<>("take the account") {

			@Override
			public void check(JavaMethod method, ConditionEvents events) {
				boolean takes = method.getRawParameterTypes()
					.stream()
					.anyMatch((type) -> type.isEquivalentTo(AccountId.class));
				events.add(new SimpleConditionEvent(method, takes, method.getDescription()));
			}

		};
	}

	/** Their feature returns records. */
	@ArchTest
	static final ArchRule entitiesDoNotLeaveTheirFeature = classes().that()
		.areAnnotatedWith(Entity.class)
		.or()
		.areAssignableTo(Repository.class)
		.should()
		.onlyHaveDependentClassesThat()
		.resideInAPackage("dev.kennel.account..");

	/** An upgrade of graphql-java affects one package. */
	@ArchTest
	static final ArchRule onlyEngineUsesInternalsOfGraphQlJava = noClasses().that()
		.resideOutsideOfPackage("dev.kennel.engine..")
		.should()
		.dependOnClassesThat(JavaClass.Predicates.resideInAPackage("graphql..")
			.and(DescribedPredicate.describe("are internal",
					(JavaClass type) -> type.isAnnotatedWith(Internal.class))));

	@ArchTest
	static final ArchRule noClassHasAMeaninglessSuffix = noClasses().should()
		.haveNameMatching(".*(Util|Utils|Helper|Manager|Impl|Common)");

	@ArchTest
	static final ArchRule singletonsHaveFinalFieldsOnly = classes().that()
		.areAnnotatedWith(Service.class)
		.or()
		.areAnnotatedWith(Controller.class)
		.should()
		.haveOnlyFinalFields();

	@ArchTest
	static final ArchRule packagesOfPublicTypesAreNullMarked = classes().that()
		.haveModifier(JavaModifier.PUBLIC)
		.should(new ArchCondition<>("be in a package that is null-marked") {

			@Override
			public void check(JavaClass type, ConditionEvents events) {
				events.add(new SimpleConditionEvent(type, type.getPackage().isAnnotatedWith(NullMarked.class),
						type.getDescription()));
			}

		});

}
