// Runs the Postman collection against each service, as Postman's own runner would.
//
// SERVICE_URL says where Kennel is (http://localhost:8080). COOKIE_SERVICE_URL says where one with the driver `cookie`
// is; without it, the collection is run once. Arguments are newman's.

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
