// BullMQ's two sides, a process each: `node bullmq.mjs worker|producer PORT QUEUE`. Each line of
// standard input is a command, each of standard output its answer in JSON; the end of input ends it.
import readline from 'node:readline';
import { Queue, Worker } from 'bullmq';

const [side, port, name] = process.argv.slice(2);
const connection = { host: '127.0.0.1', port: Number(port) };
const CONCURRENCY = 50;
const BULK = 500;
const LANES = 2; // bulks under way at once, so that the producer never waits for an answer alone

const answer = (value) => process.stdout.write(JSON.stringify(value) + '\n');
const now = () => Number(process.hrtime.bigint()) / 1e9; // the clock that Python calls monotonic

async function work() {
  let left = 0;
  const worker = new Worker(name, async (job) => job.data.result, {
    connection,
    concurrency: CONCURRENCY,
  });
  worker.on('completed', () => {
    if (--left === 0) answer({ done: now() });
  });
  worker.on('failed', (_, error) => answer({ error: String(error) }));
  worker.on('error', (error) => answer({ error: String(error) }));
  await worker.waitUntilReady();
  return {
    expect: (n) => {
      left = n;
      answer({ expecting: n });
    },
    close: () => worker.close(),
  };
}

async function produce() {
  const queue = new Queue(name, { connection });
  await queue.waitUntilReady();
  const bulk = (n, data) => queue.addBulk(Array.from({ length: n }, () => ({ name: 'job', data })));
  return {
    async add(n, data) {
      let left = n;
      const lane = async () => {
        while (left > 0) {
          const size = Math.min(BULK, left);
          left -= size;
          await bulk(size, data);
        }
      };
      await Promise.all(Array.from({ length: LANES }, lane));
      answer({ added: n });
    },
    async pace(n, perSecond, data) {
      const sent = {};
      const adding = [];
      const begin = now();
      for (let i = 0; i < n; i++) {
        const wait = begin + i / perSecond - now();
        if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait * 1000));
        const at = now();
        adding.push(queue.add('job', data).then((job) => (sent[job.id] = at)));
      }
      await Promise.all(adding);
      answer({ sent });
    },
    close: () => queue.close(),
  };
}

const commands = await (side === 'worker' ? work() : produce());
answer({ ready: true });
for await (const line of readline.createInterface({ input: process.stdin })) {
  const [command, ...values] = JSON.parse(line);
  await commands[command](...values);
}
await commands.close();
process.exit(0);
