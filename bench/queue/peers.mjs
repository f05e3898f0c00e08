// BullMQ's side of ./bench/run queue: one process adds jobs, another works on them. Each obeys the
// lines it is given and answers each with one line of JSON, times in milliseconds of the wall clock.
//   node peers.mjs add PORT      bulk COUNT BYTES | rate PER_SECOND SECONDS BYTES
//   node peers.mjs work PORT     expect COUNT | seen
// The third sends single POSTs to Threadmill, at the same pace as `add` adds its jobs.
//   node peers.mjs post PORT     rate PER_SECOND SECONDS BYTES

import { Agent, request } from 'node:http';
import { createInterface } from 'node:readline';
import { Queue, Worker } from 'bullmq';

const [role, port] = process.argv.slice(2);
const connection = { host: '127.0.0.1', port: Number(port), db: 1, maxRetriesPerRequest: null };
const QUEUE = 'bench';
const CONCURRENCY = 50;
const BULK = 500;

const now = () => performance.timeOrigin + performance.now();
const say = (answer) => console.log(JSON.stringify(answer));
const pause = (millis) => new Promise((resolve) => setTimeout(resolve, millis));

async function add() {
  const queue = new Queue(QUEUE, { connection });
  await queue.waitUntilReady();
  const commands = {
    async bulk(count, bytes) {
      const data = { result: 'x'.repeat(bytes) };
      const begun = now();
      for (let left = count; left > 0; left -= BULK) {
        const jobs = [];
        for (let i = Math.min(left, BULK); i > 0; i--) {
          jobs.push({ name: 'job', data });
        }
        await queue.addBulk(jobs);
      }
      return { begun, ended: now() };
    },
    async rate(perSecond, seconds, bytes) {
      const data = { result: 'x'.repeat(bytes) };
      return paced(perSecond, seconds, async () => (await queue.add('job', data)).id);
    },
  };
  await obey(commands);
  await queue.close();
}

async function work() {
  let left = 0;
  let reached = () => {};
  let recorded = {};
  const worker = new Worker(QUEUE, async (job) => job.data.result, {
    connection,
    concurrency: CONCURRENCY,
  });
  worker.on('completed', (job) => {
    recorded[job.id] = now();
    if (--left === 0) {
      reached({ ended: now() });
    }
  });
  await worker.waitUntilReady();
  await obey({
    async expect(count) {
      recorded = {};
      left = count;
      say({ ready: true });
      return new Promise((resolve) => {
        reached = resolve;
      });
    },
    async seen() {
      return { recorded };
    },
  });
  await worker.close();
}

async function post() {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  const options = {
    host: '127.0.0.1',
    port: Number(port),
    path: '/v1/jobs',
    method: 'POST',
    agent,
    headers: { 'Content-Type': 'application/json' },
  };
  await obey({
    rate(perSecond, seconds, bytes) {
      const body = JSON.stringify({ type: 'rehearse', params: { result: 'x'.repeat(bytes) } });
      return paced(perSecond, seconds, () => submitted(options, body));
    },
  });
  agent.destroy();
}

function submitted(options, body) {
  return new Promise((resolve, reject) => {
    const call = request(options, (answer) => {
      let text = '';
      answer.on('data', (part) => (text += part));
      answer.on('end', () =>
        answer.statusCode === 202
          ? resolve(JSON.parse(text).id)
          : reject(new Error(`${answer.statusCode} ${text}`)),
      );
    });
    call.on('error', reject);
    call.end(body);
  });
}

/** Sends at a steady pace, whether or not answers have come; answers when each id was sent. */
async function paced(perSecond, seconds, send) {
  const sent = {};
  const sending = [];
  const begun = now();
  for (let i = 0; i < perSecond * seconds; i++) {
    const wait = begun + (i * 1000) / perSecond - now();
    if (wait > 0) {
      await pause(wait);
    }
    const at = now();
    sending.push(send().then((id) => (sent[id] = at)));
  }
  await Promise.all(sending);
  return { sent };
}

async function obey(commands) {
  say({ ready: true });
  for await (const line of createInterface({ input: process.stdin })) {
    const [name, ...numbers] = line.split(' ');
    say(await commands[name](...numbers.map(Number)));
  }
}

await { add, work, post }[role]();
process.exit(0);
