// Runs the Postman collection against each service, as Postman's own runner would, and compares the responses with the
// collection's examples.
//
// SERVICE_URL says where Kennel is (http://localhost:8080). COOKIE_SERVICE_URL says where one with the driver `cookie`
// is; without it, the collection is run once. Arguments are the names of folders; without them, all are run.

import { read, run } from './collection.js';
import { differences } from './examples.js';

const collection = read();

const services = [process.env.SERVICE_URL ?? 'http://localhost:8080', process.env.COOKIE_SERVICE_URL];

for (const url of services.filter(Boolean)) {
  const { failures, responses } = await run(collection, url, process.argv.slice(2));
  // A request that has failed is reported already, and so is what it has led to.
  const different = failures.length > 0 ? [] : differences(collection, responses);
  if (different.length > 0) {
    console.error(`${different.join('\n')}\nnpm run postman:write writes the examples anew.`);
  }
  if (failures.length > 0 || different.length > 0) {
    process.exitCode = 1;
  }
}
