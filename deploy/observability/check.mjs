// Has Prometheus scrape a running Kennel, and checks that each expression of the dashboard and of the alerts can be evaluated,
// and that each metric that they name is there. Needs the program prometheus (Debian's package of that name).
//
//   node deploy/observability/check.mjs http://localhost:9464
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const target = new URL(process.argv[2] ?? 'http://localhost:9464');

const dashboard = JSON.parse(readFileSync(join(here, 'dashboard.json'), 'utf8'));
const rules = readFileSync(join(here, 'rules.yaml'), 'utf8');
const expressions = [
  ...dashboard.panels.flatMap((panel) => panel.targets ?? []).map((query) => query.expr),
  ...[...rules.matchAll(/^ +expr: >-\n +(.*)$/gm)].map((match) => match[1]),
].map((expression) => expression.replaceAll('$__rate_interval', '1m').replaceAll('$instance', '.*'));
// What is left without labels and functions.
const names = new Set(
  expressions.flatMap((expression) => [
    ...expression
      .replaceAll(/"[^"]*"/g, '')
      .replaceAll(/\{[^}]*\}/g, '')
      .replaceAll(/\b(?:by|without) \([^)]*\)/g, '')
      .matchAll(/\b(?:[a-z]+(?:_[a-z]+)+|up)\b(?! *\()/g),
  ].map(([name]) => name)),
);

/** Where nothing of the schema is deprecated, there is nothing to count. */
const absent = new Set(['kennel_graphql_deprecated_uses_total']);

const directory = mkdtempSync(join(tmpdir(), 'kennel-prometheus.'));
const port = await new Promise((resolve) => {
  const server = createServer().listen(0, '127.0.0.1', () => {
    const { port: free } = server.address();
    server.close(() => resolve(free));
  });
});
writeFileSync(
  join(directory, 'prometheus.yaml'),
  `global: {scrape_interval: 1s, evaluation_interval: 1s}
rule_files: [${JSON.stringify(join(here, 'rules.yaml'))}]
scrape_configs:
  - job_name: kennel
    metrics_path: /actuator/prometheus
    static_configs: [{targets: [${JSON.stringify(target.host)}]}]
`,
);
const prometheus = spawn(
  'prometheus',
  [`--config.file=${join(directory, 'prometheus.yaml')}`, `--storage.tsdb.path=${join(directory, 'data')}`, `--web.listen-address=127.0.0.1:${port}`, '--log.level=warn'],
  { stdio: ['ignore', 'inherit', 'inherit'] },
);
const ended = new Promise((resolve) => {
  prometheus.on('exit', resolve);
  prometheus.on('error', (error) => {
    console.error(`Prometheus can't be started: ${error.message}`);
    resolve();
  });
});

async function query(expression) {
  const response = await fetch(`http://127.0.0.1:${port}/api/v1/query?query=${encodeURIComponent(expression)}`);
  const result = await response.json();
  if (result.status !== 'success') {
    throw new Error(`${expression}: ${result.error}`);
  }
  return result.data.result;
}

let failures = 0;
try {
  const end = Date.now() + 60_000;
  for (;;) {
    try {
      if ((await query('count_over_time(up{job="kennel"}[1m]) >= 3 and up{job="kennel"} == 1')).length > 0) {
        break;
      }
    } catch (error) {
      if (prometheus.exitCode !== null) {
        throw error;
      }
    }
    if (Date.now() > end) {
      throw new Error(`${target} could not be scraped within a minute`);
    }
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  for (const expression of expressions) {
    await query(expression);
  }
  for (const name of [...names].sort()) {
    const there = (await query(`count({__name__="${name}"})`)).length > 0;
    if (!there && !absent.has(name)) {
      failures += 1;
      console.error(`There is no metric ${name}`);
    }
  }
  const errors = await query('kennel_database_up != 1');
  if (errors.length > 0) {
    failures += 1;
    console.error('The database does not respond');
  }
} catch (error) {
  failures += 1;
  console.error(error.message);
} finally {
  prometheus.kill('SIGTERM');
  await ended;
  rmSync(directory, { recursive: true, force: true });
}
console.log(`${expressions.length} expressions and ${names.size} metrics checked`);
process.exitCode = failures === 0 ? 0 : 1;
