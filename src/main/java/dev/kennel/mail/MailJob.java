package dev.kennel.mail;

/**
 * A queued mail: it is written when it is sent.
 *
 * @param kind the kind of its template
 * @param subject the parameter of the template
 */
record MailJob(String kind, String subject) {

	@Override
	public String toString() {
		return "MailJob[kind=" + this.kind + "]";
	}

}
