package dev.kennel.session;

import dev.kennel.graphql.input.InputText;

/**
 * A name and a password, which are checked for nothing but being somebody's.
 *
 * @param username the name to log in with
 * @param password the password
 */
record LoginInput(String username, String password) {

	LoginInput {
		username = InputText.clean(username);
		password = InputText.normalize(password);
	}

	@Override
	public String toString() {
		return "LoginInput[username=" + this.username + "]";
	}

}
