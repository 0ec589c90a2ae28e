// GraphQL over HTTP, checked by the audits of graphql-http. SERVICE_URL is the URL of the service
// (default http://localhost:8080).

import { test } from 'node:test';

import { serverAudits } from 'graphql-http';

const ENDPOINT = new URL('graphql', process.env.SERVICE_URL ?? 'http://localhost:8080').href;

for (const audit of serverAudits({ url: ENDPOINT, fetchFn: fetch })) {
  test(`${audit.id} ${audit.name}`, async () => {
    const result = await audit.fn();
    if (result.status !== 'ok') {
      throw new Error(result.reason);
    }
  });
}
