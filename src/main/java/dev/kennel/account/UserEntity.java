package dev.kennel.account;

import java.time.Instant;
import java.time.ZoneOffset;
import java.util.UUID;

import com.github.f4b6a3.uuid.UuidCreator;
import com.github.f4b6a3.uuid.util.UuidUtil;
import dev.kennel.identity.AccountId;
import dev.kennel.identity.NodeKind;
import dev.kennel.mail.Mailbox;
import dev.kennel.text.CaseFolding;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.PostLoad;
import jakarta.persistence.PostPersist;
import jakarta.persistence.Table;
import jakarta.persistence.Transient;
import org.hibernate.annotations.SQLRestriction;
import org.jspecify.annotations.Nullable;

import org.springframework.data.domain.Persistable;

/**
 * A row of {@code users}: the account itself. Queries omit deleted accounts. It never
 * leaves the packages of accounts, which return a {@link User}.
 */
@Entity
@SQLRestriction("deleted_at IS NULL")
@Table(name = "users")
public class UserEntity implements Persistable<UUID> {

	@Id
	private UUID id;

	private String username;

	@Column(nullable = false)
	private String usernameKey;

	private String email;

	@Column(nullable = false)
	private String emailKey;

	private @Nullable Instant emailVerifiedAt;

	/** Whether the address was changed since the sign-up. */
	private boolean emailChanged;

	private String passwordHash;

	private Instant createdAt;

	private Instant updatedAt;

	@Transient
	private boolean stored;

	@SuppressWarnings("NullAway.Init") // JPA sets the fields.
	protected UserEntity() {
	}

	/**
	 * Creates an account that is not stored yet.
	 * @param username the name to log in with
	 * @param email the address, which is not verified
	 * @param passwordHash the hash of the password
	 */
	public UserEntity(String username, String email, String passwordHash) {
		this.id = UuidCreator.getTimeOrderedEpoch();
		this.username = username;
		this.usernameKey = CaseFolding.key(username);
		this.email = email;
		this.emailKey = Mailbox.key(email);
		this.passwordHash = passwordHash;
		this.createdAt = UuidUtil.getInstant(this.id);
		this.updatedAt = this.createdAt;
	}

	@Override
	public UUID getId() {
		return this.id;
	}

	@Override
	public boolean isNew() {
		return !this.stored;
	}

	@PostLoad
	@PostPersist
	void markStored() {
		this.stored = true;
	}

	/** Returns the account. */
	public AccountId account() {
		return new AccountId(this.id);
	}

	/** Returns the name to log in with. */
	public String username() {
		return this.username;
	}

	/** Returns the address. */
	public String email() {
		return this.email;
	}

	/** Returns when the address was verified, or null if it is not. */
	public @Nullable Instant emailVerifiedAt() {
		return this.emailVerifiedAt;
	}

	/** Returns whether the address is verified. */
	public boolean isEmailVerified() {
		return this.emailVerifiedAt != null;
	}

	/**
	 * Returns whether a mail to the address may grant access to the account: the address
	 * is verified, or that of the sign-up. Any other could have been set by a stolen
	 * session.
	 */
	public boolean isEmailTrusted() {
		return isEmailVerified() || !this.emailChanged;
	}

	/** Returns the fingerprint of the password, for a {@link DeviceProof}. */
	public String passwordFingerprint() {
		return DeviceProof.fingerprint(this.passwordHash);
	}

	/** Returns the hash of the password. */
	public String passwordHash() {
		return this.passwordHash;
	}

	/** Changes the name to log in with. */
	public void rename(String newUsername, Instant now) {
		this.username = newUsername;
		this.usernameKey = CaseFolding.key(newUsername);
		this.updatedAt = now;
	}

	/**
	 * Replaces the address.
	 * @param newEmail the new address
	 * @param verifiedAt when it was verified, or null if it is not
	 * @param now the time of the change
	 */
	public void changeEmail(String newEmail, @Nullable Instant verifiedAt, Instant now) {
		this.email = newEmail;
		this.emailKey = Mailbox.key(newEmail);
		this.emailVerifiedAt = verifiedAt;
		this.emailChanged = true;
		this.updatedAt = now;
	}

	/** Changes the spelling of the same address. */
	public void respellEmail(String newEmail, Instant now) {
		this.email = newEmail;
		this.emailKey = Mailbox.key(newEmail);
		this.updatedAt = now;
	}

	/** Marks the address as verified. */
	public void verifyEmail(Instant now) {
		this.emailVerifiedAt = now;
		this.updatedAt = now;
	}

	/** Replaces the password by another one. */
	public void changePassword(String newHash, Instant now) {
		this.passwordHash = newHash;
		this.updatedAt = now;
	}

	/** Replaces the hash of the same password, which is no update of the account. */
	public void rehash(String newHash) {
		this.passwordHash = newHash;
	}

	/** Returns the account as clients see it. */
	public User toUser() {
		return new User(NodeKind.USER.id(this.id), this.username, this.email,
				(this.emailVerifiedAt != null) ? this.emailVerifiedAt.atOffset(ZoneOffset.UTC) : null,
				this.createdAt.atOffset(ZoneOffset.UTC), this.updatedAt.atOffset(ZoneOffset.UTC));
	}

}
