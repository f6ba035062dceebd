// Tests a development network's first node with requests that Specmatic makes from the description that the node
// serves, and judges every answer by that description.
//
//   node run.mjs HOME RESULTS
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join, resolve } from 'node:path';
import { Client, readKeys } from './client.mjs';
import { gather } from './examples.mjs';
import { Judge } from './judge.mjs';
import { narrow } from './narrow.mjs';

const [home, results] = process.argv.slice(2).map((path) => resolve(path));
const combinations = process.env.COMBINATIONS ?? '3'; // of optional parameters, for each operation
const dropped = ['host', 'connection', 'content-length', 'transfer-encoding', 'expect', 'authorization', 'accept-encoding'];

const members = JSON.parse(await readFile(join(home, 'members.json'), 'utf8'));
const client = await Client.at(`http://${members.find(({ alias }) => alias === 'bank1').api}`, await readKeys(home));
const description = await (await fetch(`${client.url}/openapi.json`)).json();
const judge = new Judge(JSON.parse(JSON.stringify(description)));
const examples = await gather(client, judge, members);

// Logs each request in as the one who may send it, and judges the answer.
const proxy = createServer(async (request, response) => {
  try {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const headers = Object.fromEntries(Object.entries(request.headers).filter(([name]) => !dropped.includes(name)));
    const operation = judge.operationOf(request.method, request.url);
    const answer = await client.send(examples.as(operation), request.method, request.url, headers, Buffer.concat(chunks));
    judge.judge(request.method, request.url, answer);
    response.writeHead(answer.status, answer.type ? { 'content-type': answer.type } : {}).end(answer.content);
  } catch (error) {
    judge.fault({ id: 'proxy' }, String(error.cause ?? error), `${request.method} ${request.url}`, Buffer.of());
    response.writeHead(502, { 'content-type': 'text/plain' }).end(String(error));
  }
}).listen(0, '127.0.0.1');
await once(proxy, 'listening');

await mkdir(results, { recursive: true });
await writeFile(join(results, 'openapi.json'), JSON.stringify(narrow(description, examples), null, 1));
const log = [];
const tool = spawn('java', ['-jar', join(import.meta.dirname, 'node_modules/specmatic/specmatic.jar'), 'test', 'openapi.json',
  `--testBaseURL=http://127.0.0.1:${proxy.address().port}`, '--timeout=60'], {
  cwd: results, stdio: ['ignore', 'pipe', 'inherit'],
  env: { ...process.env, SPECMATIC_GENERATIVE_TESTS: 'true', MAX_TEST_REQUEST_COMBINATIONS: combinations },
});
tool.stdout.on('data', (chunk) => log.push(chunk));
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => tool.kill());
const [code] = await once(tool, 'close');
proxy.close();
await writeFile(join(results, 'specmatic.log'), Buffer.concat(log));

const text = Buffer.concat(log).toString('utf8');
const said = text.match(/Tests run: \d+, Successes: \d+, Failures: \d+.*/)?.[0];
console.log(judge.table());
const never = [...judge.counts].filter(([, count]) => count.good === 0).map(([id]) => id);
console.log(`\nanswered with refusals only: ${never.join(', ') || 'none'}`);
console.log(`Specmatic (exit ${code}): ${said ?? 'made no tests'}`);
for (const [key, { times, request, body }] of judge.faults) console.log(`\nFAULT ${times} x ${key}\n  ${request}\n  ${body}`);
process.exitCode = judge.faults.size > 0 || !said ? 1 : 0;
