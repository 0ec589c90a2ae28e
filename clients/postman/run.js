// Runs the Postman collection against each service with newman, Postman's runner.
//
// SERVICE_URL is the URL of the service (default http://localhost:8080), COOKIE_SERVICE_URL (optional) that of a service with
// the driver `cookie`. Arguments are passed to newman.

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const file = (path) => fileURLToPath(new URL(path, import.meta.url));

const services = [process.env.SERVICE_URL ?? 'http://localhost:8080', process.env.COOKIE_SERVICE_URL];

for (const url of services.filter(Boolean)) {
  const { status } = spawnSync(
    file('../node_modules/.bin/newman'),
    [
      'run',
      file('../../postman/kennel.postman_collection.json'),
      '--environment',
      file('../../postman/kennel.postman_environment.json'),
      '--env-var',
      `baseUrl=${url.replace(/\/$/, '')}`,
      ...process.argv.slice(2),
    ],
    { stdio: 'inherit' },
  );
  process.exitCode ||= status ?? 1;
}
