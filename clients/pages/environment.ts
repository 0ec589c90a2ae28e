import { Environment, Network, Observable, RecordSource, Store } from 'relay-runtime';
import type { GraphQLResponse, RequestParameters, Variables } from 'relay-runtime';

import { isRefreshable } from './session.ts';
import type { Session } from './session.ts';
import { createSocket } from './socket.ts';

export function createEnvironment(url: string, session: Session) {
  const socket = createSocket(url, session);

  const post = async ({ text, name }: RequestParameters, variables: Variables): Promise<GraphQLResponse> => {
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        accept: 'application/graphql-response+json',
        'content-type': 'application/json',
        ...session.headers(),
      },
      body: JSON.stringify({ query: text, operationName: name, variables }),
    });
    return response.json() as Promise<GraphQLResponse>;
  };

  const send = async (request: RequestParameters, variables: Variables) => {
    const response = await post(request, variables);
    if ('errors' in response && isRefreshable(response.errors)) {
      await session.refresh();
      return post(request, variables);
    }
    return response;
  };

  const subscribe = ({ text }: RequestParameters, variables: Variables) =>
    Observable.create<GraphQLResponse>((sink) =>
      socket.subscribe(
        { query: text ?? '', variables },
        { ...sink, next: (result) => sink.next(result as GraphQLResponse), error: (error) => sink.error(error as Error) },
      ),
    );

  return new Environment({ network: Network.create(send, subscribe), store: new Store(new RecordSource()) });
}
