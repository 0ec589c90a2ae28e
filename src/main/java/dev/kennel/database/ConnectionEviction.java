package dev.kennel.database;

import java.sql.SQLException;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.HikariPoolMXBean;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Component;

/**
 * Evicts the connections to a server that is unresponsive, or no longer the primary. They
 * would be kept until their maximum lifetime, or validated one by one, for two seconds
 * each. New connections lead to the primary.
 */
@Component
public class ConnectionEviction {

	private final DataSource dataSource;

	private final ObjectProvider<EvictableConnections> others;

	ConnectionEviction(DataSource dataSource, ObjectProvider<EvictableConnections> others) {
		this.dataSource = dataSource;
		this.others = others;
	}

	/**
	 * Closes idle connections at once, and those of the pool in use when they are
	 * returned. Does not block.
	 */
	public void evict() {
		try {
			if (this.dataSource.isWrapperFor(HikariDataSource.class)) {
				HikariPoolMXBean pool = this.dataSource.unwrap(HikariDataSource.class).getHikariPoolMXBean();
				if (pool != null) {
					pool.softEvictConnections();
				}
			}
		}
		catch (SQLException ex) {
			throw new IllegalStateException(ex);
		}
		this.others.forEach(EvictableConnections::evict);
	}

}
