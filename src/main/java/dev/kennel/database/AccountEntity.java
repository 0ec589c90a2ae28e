package dev.kennel.database;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.UUID;

import com.github.f4b6a3.uuid.UuidCreator;
import com.github.f4b6a3.uuid.util.UuidUtil;
import jakarta.persistence.Column;
import jakarta.persistence.EmbeddedId;
import jakarta.persistence.MappedSuperclass;
import jakarta.persistence.PostLoad;
import jakarta.persistence.PostPersist;
import jakarta.persistence.Transient;
import org.jspecify.annotations.Nullable;

import org.springframework.data.domain.Persistable;

/**
 * A row that belongs to an account. Its id is a UUID of version 7, and the moment that it
 * was created is the one in the id, to the millisecond: that the order of ids is the
 * order of creation is true by construction, and a range of creation is a range of ids.
 */
@MappedSuperclass
public abstract class AccountEntity implements Persistable<RowKey> {

	@EmbeddedId
	private @Nullable RowKey key;

	@Column(updatable = false)
	private @Nullable Instant createdAt;

	private @Nullable Instant updatedAt;

	@Transient
	private boolean stored;

	/** For JPA. */
	protected AccountEntity() {
	}

	/**
	 * Makes a new row.
	 * @param account the account that it belongs to
	 */
	protected AccountEntity(AccountId account) {
		UUID id = UuidCreator.getTimeOrderedEpoch();
		this.key = RowKey.of(account, id);
		this.createdAt = UuidUtil.getInstant(id);
		this.updatedAt = this.createdAt;
	}

	/**
	 * Answers the primary key.
	 * @return the key
	 */
	@Override
	public RowKey getId() {
		return required(this.key);
	}

	/**
	 * Answers whether the row is yet to be inserted.
	 * @return whether it has been neither read nor written
	 */
	@Override
	public boolean isNew() {
		return !this.stored;
	}

	@PostLoad
	@PostPersist
	void markStored() {
		this.stored = true;
	}

	/**
	 * Answers when the row was created.
	 * @return the moment, in UTC
	 */
	public OffsetDateTime createdAt() {
		return required(this.createdAt).atOffset(ZoneOffset.UTC);
	}

	/**
	 * Answers when the row was changed last.
	 * @return the moment, in UTC
	 */
	public OffsetDateTime updatedAt() {
		return required(this.updatedAt).atOffset(ZoneOffset.UTC);
	}

	/**
	 * Answers what JPA fills in, or the constructor.
	 * @param <T> the column's type
	 * @param value the column's value
	 * @return the value
	 * @throws IllegalStateException if neither has
	 */
	protected static <T> T required(@Nullable T value) {
		if (value == null) {
			throw new IllegalStateException("The column has not been read");
		}
		return value;
	}

}
