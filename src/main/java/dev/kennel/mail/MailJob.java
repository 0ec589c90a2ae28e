package dev.kennel.mail;

/**
 * A letter that has to be written and sent.
 *
 * @param kind who writes it
 * @param subject what the writer is told
 */
record MailJob(String kind, String subject) {

	@Override
	public String toString() {
		return "Order[kind=" + this.kind + "]";
	}

}
