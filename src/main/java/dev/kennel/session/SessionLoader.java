package dev.kennel.session;

import dev.kennel.graphql.node.AccountNodeLoader;
import dev.kennel.identity.NodeKind;

import org.springframework.stereotype.Component;

/** Loads sessions. */
@Component
class SessionLoader extends AccountNodeLoader<Session> {

	SessionLoader(SessionService service) {
		super(NodeKind.SESSION, "sessions", service::findAll, Session::id);
	}

}
