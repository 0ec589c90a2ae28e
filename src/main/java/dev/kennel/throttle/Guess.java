package dev.kennel.throttle;

/** What can be guessed at. Each has counts of its own. */
public enum Guess {

	/** The password of a name. */
	LOGIN,

	/** The password of an account, by somebody who is logged in to it. */
	PASSWORD,

	/** A token that came by mail. */
	ONE_TIME_TOKEN,

	/** Whether a name or an address of a mail is taken. */
	TAKEN,

	/** Mails to one address: not guessing, but as unwelcome. */
	MAIL

}
