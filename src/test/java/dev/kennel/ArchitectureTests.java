package dev.kennel;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.util.Set;

import javax.sql.DataSource;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
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

/** Dependencies between packages, and conventions of the code. */
@AnalyzeClasses(packages = "dev.kennel", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTests {

	private static DescribedPredicate<JavaClass> ofKennelOutside(String... packages) {
		return JavaClass.Predicates.resideInAPackage("dev.kennel..")
			.and(DescribedPredicate.not(JavaClass.Predicates.resideInAnyPackage(packages)));
	}

	@ArchTest
	static final ArchRule packagesAreFreeOfCycles = slices().matching("dev.kennel.(**)").should().beFreeOfCycles();

	/** It could be used in another service. */
	@ArchTest
	static final ArchRule engineDependsOnNoOtherPackage = noClasses().that()
		.resideInAPackage("dev.kennel.engine..")
		.should()
		.dependOnClassesThat(ofKennelOutside("dev.kennel.engine.."));

	@ArchTest
	static final ArchRule onlyTheOperationPackageCallsTheEngine = noClasses().that()
		.resideOutsideOfPackages("dev.kennel.engine..", "dev.kennel.graphql.operation")
		.should()
		.dependOnClassesThat()
		.belongToAnyOf(BreadthFirstEngine.class);

	@ArchTest
	static final ArchRule rootOfTheGraphqlPackageIsEmpty = noClasses().should().resideInAPackage("dev.kennel.graphql");

	@ArchTest
	static final ArchRule concurrencyDependsOnNoOtherPackage = noClasses().that()
		.resideInAPackage("dev.kennel.concurrency")
		.should()
		.dependOnClassesThat(ofKennelOutside("dev.kennel.concurrency")
			.or(JavaClass.Predicates.resideInAnyPackage("java.sql..", "graphql..")));

	@ArchTest
	static final ArchRule databaseDependsOnConcurrencyOnly = noClasses().that()
		.resideInAPackage("dev.kennel.database..")
		.should()
		.dependOnClassesThat(ofKennelOutside("dev.kennel.database..", "dev.kennel.concurrency"));

	@ArchTest
	static final ArchRule serverDependsOnConcurrencyOnly = noClasses().that()
		.resideInAPackage("dev.kennel.server..")
		.should()
		.dependOnClassesThat(ofKennelOutside("dev.kennel.server..", "dev.kennel.concurrency"));

	@ArchTest
	static final ArchRule webDependsOnServerOnly = noClasses().that()
		.resideInAPackage("dev.kennel.web")
		.should()
		.dependOnClassesThat(ofKennelOutside("dev.kennel.web", "dev.kennel.server.."));

	@ArchTest
	static final ArchRule identityErrorAndTextDependOnNoOperationOrFeature = noClasses().that()
		.resideInAnyPackage("dev.kennel.identity", "dev.kennel.error", "dev.kennel.text")
		.should()
		.dependOnClassesThat()
		.resideInAnyPackage("dev.kennel.graphql..", "..paging..", "..account..", "..factor..", "..passkey..",
				"..emaillogin..", "..session..", "..owner..", "..dog..", "..search..", "..write..", "..change..");

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

	@ArchTest
	static final ArchRule graphqlDependsOnNoFeature = noClasses().that()
		.resideInAPackage("dev.kennel.graphql..")
		.should()
		.dependOnClassesThat()
		.resideInAnyPackage("..paging..", "..account..", "..factor..", "..passkey..", "..emaillogin..", "..session..",
				"..owner..", "..dog..", "..search..", "..write..", "..change..");

	@ArchTest
	static final ArchRule pagingDependsOnNoFeature = noClasses().that()
		.resideInAPackage("..paging..")
		.should()
		.dependOnClassesThat()
		.resideInAnyPackage("..account..", "..factor..", "..passkey..", "..emaillogin..", "..session..", "..owner..",
				"..dog..", "..search..", "..write..", "..change..");

	@ArchTest
	static final ArchRule ownerDoesNotDependOnDog = noClasses().that()
		.resideInAPackage("..owner..")
		.should()
		.dependOnClassesThat()
		.resideInAnyPackage("..dog..", "..search..");

	@ArchTest
	static final ArchRule accountDependsOnNoWayToLogIn = noClasses().that()
		.resideInAPackage("..account..")
		.should()
		.dependOnClassesThat()
		.resideInAnyPackage("..factor..", "..passkey..", "..emaillogin..", "..session..");

	@ArchTest
	static final ArchRule factorDoesNotDependOnOtherWaysToLogIn = noClasses().that()
		.resideInAPackage("..factor..")
		.should()
		.dependOnClassesThat()
		.resideInAnyPackage("..passkey..", "..emaillogin..", "..session..");

	@ArchTest
	static final ArchRule passkeyDoesNotDependOnEmailLoginAndSession = noClasses().that()
		.resideInAPackage("..passkey..")
		.should()
		.dependOnClassesThat()
		.resideInAnyPackage("..emaillogin..", "..session..");

	@ArchTest
	static final ArchRule emailLoginDoesNotDependOnPasskeyAndSession = noClasses().that()
		.resideInAPackage("..emaillogin..")
		.should()
		.dependOnClassesThat()
		.resideInAnyPackage("..passkey..", "..session..");

	@ArchTest
	static final ArchRule mailThrottleAndAuditDependOnNoFeature = noClasses().that()
		.resideInAnyPackage("..mail..", "..throttle..", "..audit..")
		.should()
		.dependOnClassesThat()
		.resideInAnyPackage("..paging..", "..account..", "..factor..", "..passkey..", "..emaillogin..", "..session..",
				"..owner..", "..dog..", "..search..", "..write..", "..change..");

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
