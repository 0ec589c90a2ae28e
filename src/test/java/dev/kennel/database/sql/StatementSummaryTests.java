package dev.kennel.database.sql;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class StatementSummaryTests {

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			textBlock = """
					SELECT id FROM dogs WHERE user_id = ? | SELECT dogs
					select u1_0.id from users u1_0 where u1_0.id=? for no key update | SELECT users
					WITH page AS (SELECT * FROM owners LIMIT 1) SELECT count(*) FROM page | SELECT owners
					SELECT n.* FROM unnest(?) AS n (id) JOIN dogs ON true | SELECT dogs
					INSERT INTO dogs (id) VALUES (?) ON CONFLICT (id) DO UPDATE SET name = 'x' | INSERT dogs
					insert into users (id) values (?) | INSERT users
					UPDATE users SET username = ? | UPDATE users
					SELECT id FROM (SELECT id, NULL::text COLLATE "C" AS breed FROM owners UNION ALL SELECT id, breed FROM dogs) AS found | SELECT owners dogs
					SELECT * FROM (SELECT s.*, 0 AS segment FROM (SELECT id FROM dogs) AS s UNION ALL SELECT s.*, 1 AS segment FROM (SELECT id FROM dogs) AS s) AS u | SELECT dogs
					SELECT 1 FROM users FOR UPDATE SKIP LOCKED | SELECT users
					select * from mail_orders where picked = ? for update skip locked | SELECT mail_orders
					DELETE FROM owners USING version WHERE id = ? | DELETE owners
					WITH version AS (UPDATE change_versions AS latest SET x = 1), e AS (INSERT INTO changes SELECT 1) INSERT INTO dogs SELECT 1 | INSERT dogs
					WITH version AS (UPDATE change_versions SET x = 1), w AS (UPDATE owners SET name = ?), e AS (INSERT INTO changes SELECT 1) SELECT 1 | UPDATE owners
					UPDATE change_versions SET counted = version | UPDATE change_versions
					SELECT 1 | SELECT
					LISTEN kennel_changes | LISTEN
					CREATE TABLE x () | OTHER
					'' | OTHER
					""")
	void summaryIsTheCommandAndTheTable(String sql, String summary) {
		assertThat(StatementSummary.of(sql).text()).isEqualTo(summary);
	}

}
