import { execFileSync } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { appendFile, mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { type AddressInfo, connect, createServer } from 'node:net';
import { join } from 'node:path';
import pg from 'pg';
import * as assert from 'uvu/assert';
import { readRows } from '../../../apps/lambda/batch/read-rows.ts';
import { FileChanged, hashSource, openSource } from '../../../apps/lambda/batch/source.ts';
import { sql } from '../../../apps/lambda/sql/index.ts';
import type { Event } from '../../../apps/lambda/transaction/event.ts';
import { renderSystem } from '../../../trial/overlay/system.ts';
import { finished } from '../../../trial/process/start.ts';
import { startPostgres } from '../../../trial/services/postgres.ts';
import { openTrial, type Trial } from '../../../trial/trial.ts';
import { until } from '../../../trial/until.ts';
import { type RunningWorker, startWorker } from '../../../trial/worker.ts';
import { suite } from '../../harness/suite.ts';
import { root } from '../../house/repository.ts';
import { assertExactlyOnce } from './exactly-once.ts';
import { csvOf, eventsOf } from './files.ts';
import { kustomize } from './platform.ts';

const test = suite('lambda-csv-batch');
let trial: Trial;
let pool: pg.Pool;
let databasePort: number;

test.before(async () => {
  trial = await openTrial(await renderSystem(root, kustomize, 'kind', 'lambda'));
  const postgres = await startPostgres(trial, { name: 'lambda-postgres' });
  await finished(await startWorker(trial, { workload: 'Job/db-setup-job' }), 60_000);
  databasePort = postgres.port;
  const login = { user: 'lambda', database: 'lambda', password: 'lambdapassword' };
  pool = new pg.Pool({ ...login, host: '127.0.0.1', port: postgres.port });
  pool.on('error', () => {});
});
test.after(async () => {
  await pool?.end();
  await trial?.close();
});

let runs = 0;
async function startBatch(inbox: string, env: Readonly<Record<string, string>> = {}): Promise<RunningWorker> {
  runs += 1;
  const workload = 'CronJob/csv-batch-cron';
  return startWorker(trial, { workload, folders: { inbox }, label: `run${runs}`, env });
}

/** Holds the loading pods at their first rows until it is released. */
async function holdTable() {
  const client = await pool.connect();
  await client.query('BEGIN');
  await client.query('LOCK TABLE transactions IN ACCESS EXCLUSIVE MODE');
  return {
    async waiting() {
      const text = "SELECT 1 FROM pg_locks WHERE relation = 'transactions'::regclass AND NOT granted";
      await until(async () => (await client.query(text)).rowCount === 1, {
        deadline: 60_000,
        what: 'a pod that waits for the table',
      });
    },
    async release() {
      await client.query('ROLLBACK');
      client.release();
    },
  };
}

/** An inbox with these files; removed with the trial. */
async function inboxWith(files: Readonly<Record<string, string | Buffer>>): Promise<string> {
  const inbox = await mkdtemp(join(trial.folder, 'inbox-'));
  for (const [name, content] of Object.entries(files)) await writeFile(join(inbox, name), content);
  return inbox;
}

async function load(inbox: string, status = 0): Promise<RunningWorker> {
  const worker = await startBatch(inbox);
  const ended = await worker.ended;
  assert.is(ended.status, status, worker.log());
  return worker;
}

async function stored(prefix: string): Promise<Event[]> {
  const text = `SELECT event_id, account_id, merchant, category, amount::text, currency,
      to_char(occurred_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS occurred_at
    FROM transactions WHERE event_id LIKE $1`;
  return (await pool.query(text, [`${prefix}-%`])).rows as Event[];
}

async function jobOf(file: string) {
  return (await pool.query('SELECT * FROM batch_jobs WHERE file_name = $1', [file])).rows;
}

async function rejectsOf(file: string): Promise<{ line: string; reason: string; content: string }[]> {
  const text =
    'SELECT r.* FROM batch_rejects r JOIN batch_jobs USING (sha256) WHERE file_name = $1 ORDER BY line';
  return (await pool.query(text, [file])).rows;
}

test('a file is loaded once: a second run, and the same content under another name, load nothing', async () => {
  const events = eventsOf('twice', 500);
  const inbox = await inboxWith({ 'twice.csv': csvOf(events) });
  await load(inbox);
  await writeFile(join(inbox, 'twice-again.csv'), csvOf(events));
  const again = await load(inbox);
  assert.match(again.log(), /was loaded before/);
  assertExactlyOnce(events, await stored('twice'));
  const [job, ...more] = await jobOf('twice.csv');
  assert.equal([job?.status, job?.rows_loaded, job?.rows_rejected, job?.attempts], ['done', '500', '0', 1]);
  assert.ok(job?.finished_at >= job?.started_at);
  assert.is(more.length, 0);
  assert.is((await jobOf('twice-again.csv')).length, 0);
});

test('two pods on one file load it once', async () => {
  const events = eventsOf('pods', 30_000);
  const inbox = await inboxWith({ 'pods.csv': csvOf(events) });
  const pods = await Promise.all([startBatch(inbox), startBatch(inbox), startBatch(inbox)]);
  for (const pod of pods) assert.is((await pod.ended).status, 0, pod.log());
  const loaded = pods.filter((pod) => pod.log().includes('"msg":"loaded"'));
  assert.is(loaded.length, 1);
  assertExactlyOnce(events, await stored('pods'));
  assert.is((await jobOf('pods.csv'))[0]?.rows_loaded, '30000');
});

test('a pod that is killed in mid-file leaves nothing, and the next one loads it all', async () => {
  const events = eventsOf('killed', 60_000);
  const inbox = await inboxWith({ 'killed.csv': csvOf(events) });
  const pod = await startBatch(inbox);
  const copying = async () => {
    const text =
      "SELECT 1 FROM pg_stat_activity WHERE application_name = 'lambda-csv-batch' AND query LIKE 'COPY%'";
    return (await pool.query(text)).rowCount === 1;
  };
  await until(copying, { deadline: 60_000, what: 'a copy under way', every: 5 });
  pod.signal('SIGKILL');
  await pod.ended;
  assert.is((await stored('killed')).length, 0);
  assert.is((await jobOf('killed.csv'))[0]?.status, 'running');
  const idle = async () => {
    const text = "SELECT 1 FROM pg_stat_activity WHERE application_name = 'lambda-csv-batch'";
    return (await pool.query(text)).rowCount === 0;
  };
  await until(idle, { deadline: 60_000, what: 'the end of its connections' });
  await load(inbox);
  assertExactlyOnce(events, await stored('killed'));
  const [job] = await jobOf('killed.csv');
  assert.equal([job?.status, job?.attempts, job?.rows_loaded], ['done', 2, '60000']);
});

test('a file that changes while it is read is not loaded, and is the next time', async () => {
  const events = eventsOf('changed', 60_000);
  const inbox = await inboxWith({ 'changed.csv': csvOf(events) });
  const table = await holdTable();
  const pod = await startBatch(inbox);
  await table.waiting();
  const more = eventsOf('changedmore', 10);
  await appendFile(join(inbox, 'changed.csv'), csvOf(more).split('\n').slice(1).join('\n'));
  await table.release();
  assert.is((await pod.ended).status, 1);
  assert.match(pod.log(), /changed while it was read/);
  assert.is((await stored('changed')).length, 0);
  await load(inbox);
  assertExactlyOnce(events, await stored('changed'));
  assertExactlyOnce(more, await stored('changedmore'));
});

test('a file that another one takes the place of is judged by neither, and loaded when it comes again', async () => {
  const events = eventsOf('replaced', 20_000);
  const inbox = await inboxWith({ 'replaced.csv': csvOf(events), '.other.part': 'id;amount\n1;2\n' });
  const table = await holdTable();
  const pod = await startBatch(inbox);
  await table.waiting();
  await rename(join(inbox, '.other.part'), join(inbox, 'replaced.csv'));
  await table.release();
  assert.is((await pod.ended).status, 1);
  assert.match(pod.log(), /changed while it was read/);
  await load(inbox);
  assert.equal((await jobOf('replaced.csv')).map(({ status }) => status).sort(), ['failed', 'rejected']);
  await writeFile(join(inbox, '.good.part'), csvOf(events));
  await rename(join(inbox, '.good.part'), join(inbox, 'replaced.csv'));
  await load(inbox);
  assertExactlyOnce(events, await stored('replaced'));
});

test('a first line that changes between hashing and reading rejects nothing', async () => {
  const text = csvOf(eventsOf('header', 50));
  const inbox = await inboxWith({ 'header.csv': text });
  const path = join(inbox, 'header.csv');
  const source = await openSource(path);
  const sha256 = await hashSource(source);
  // Same length, and bytes that name no columns, as an editor that writes in place leaves for a moment.
  await writeFile(path, text.replace('event_id', 'other_id'));
  const step = await readRows(source, 10).next();
  if (step.done !== true) throw new Error('rows of a file whose first line is none');
  assert.match(step.value.refusal ?? '', /names no column event_id/);
  assert.is.not(step.value.sha256, sha256);
  await source.unchanged().then(
    () => assert.unreachable(),
    (error) => assert.instance(error, FileChanged),
  );
  await source.close();
});

test('an answer to COMMIT that is lost on the way leaves a file with rejected lines loaded, not failed', async () => {
  const events = eventsOf('commit', 3000);
  const inbox = await inboxWith({ 'commit.csv': `${csvOf(events)}no transaction\n` });
  let cut = 0;
  // Lets the COMMIT of the load reach the server, and breaks the connection before its answer.
  const proxy = createServer((client) => {
    const server = connect(databasePort, '127.0.0.1');
    let [copied, cutting] = [false, false];
    client.on('data', (bytes) => {
      copied ||= bytes.includes('COPY transactions');
      if (cut === 0 && copied && bytes.includes('COMMIT')) {
        cut += 1;
        cutting = true;
      }
      server.write(bytes);
    });
    server.on('data', (bytes) => {
      if (!cutting) client.write(bytes);
      else client.destroy();
    });
    for (const [one, other] of [
      [client, server],
      [server, client],
    ] as const) {
      one.on('error', () => {});
      one.on('close', () => other.destroy());
    }
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const { port } = proxy.address() as AddressInfo;
  const pod = await startBatch(inbox, { DB_HOST: '127.0.0.1', DB_PORT: String(port) });
  assert.is((await pod.ended).status, 0, pod.log());
  proxy.close();
  assert.is(cut, 1);
  assert.match(pod.log(), /the database does not answer.*was loaded before/s);
  assertExactlyOnce(events, await stored('commit'));
  const [job] = await jobOf('commit.csv');
  assert.equal([job?.status, job?.rows_loaded, job?.rows_rejected], ['done', '3000', '1']);
  assert.is((await rejectsOf('commit.csv')).length, 1);
});

test('a job that failed half way begins again from nothing, and one that is done stays done', async () => {
  const events = eventsOf('again', 100);
  const inbox = await inboxWith({ 'again.csv': `${csvOf(events)}no transaction\n` });
  await load(inbox);
  // As an older version left it: the verdict of one attempt over the rejects of another.
  await pool.query("UPDATE batch_jobs SET status = 'failed' WHERE file_name = 'again.csv'");
  await pool.query(
    "INSERT INTO batch_rejects SELECT sha256, 7, 'old', 'old' FROM batch_jobs WHERE file_name = 'again.csv'",
  );
  await load(inbox);
  const [job] = await jobOf('again.csv');
  assert.equal([job?.status, job?.rows_known, job?.rows_rejected, job?.attempts], ['done', '100', '1', 2]);
  assert.equal(
    (await rejectsOf('again.csv')).map(({ line }) => Number(line)),
    [102],
  );
  await pool.query(sql['fail-job'], [job?.sha256, 'late']);
  await pool.query(sql['begin-job'], [job?.sha256, 'again.csv', 1]);
  assert.is((await jobOf('again.csv'))[0]?.status, 'done');
});

test('only regular files are read; a folder, a pipe, a link to nowhere are told and left', async () => {
  const events = eventsOf('regular', 20);
  const inbox = await inboxWith({ 'e-regular.csv': csvOf(events) });
  await mkdir(join(inbox, 'a-folder.csv'));
  await symlink('/nowhere', join(inbox, 'b-nowhere.csv'));
  execFileSync('mkfifo', [join(inbox, 'c-pipe.csv')]);
  await symlink('e-regular.csv', join(inbox, 'd-link.csv'));
  const pod = await load(inbox);
  assertExactlyOnce(events, await stored('regular'));
  const lines = pod
    .log()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const skipped = lines.filter(({ msg }) => msg === 'skipped').map(({ file }) => file);
  assert.equal(skipped, ['a-folder.csv', 'b-nowhere.csv', 'c-pipe.csv']);
  assert.not.match(pod.log(), /database does not answer/);
});

test('a file that is removed while it is read is told and left, and the next one is loaded', async () => {
  const events = eventsOf('beyond', 20);
  const inbox = await inboxWith({
    'removed.csv': csvOf(eventsOf('removed', 100)),
    'then.csv': csvOf(events),
  });
  const table = await holdTable();
  const pod = await startBatch(inbox);
  await table.waiting();
  await rm(join(inbox, 'removed.csv'));
  await table.release();
  assert.is((await pod.ended).status, 0, pod.log());
  assert.match(pod.log(), /removed\.csv was removed while it was read.*"msg":"skipped"/);
  assert.is((await stored('removed')).length, 0);
  assertExactlyOnce(events, await stored('beyond'));
});

test('bytes that are no UTF-8 reject their line, and the others land as they are', async () => {
  const [one, two] = eventsOf('latin1', 2).map((event) => ({ ...event, merchant: 'Café Müller' }));
  const lines = csvOf([one, two] as Event[]).split('\n');
  const bytes = Buffer.concat([
    Buffer.from(`${lines[0]}\n${lines[1]}\n`),
    Buffer.from(`${lines[2]}\n`, 'latin1'),
  ]);
  await load(await inboxWith({ 'latin1.csv': bytes }));
  assertExactlyOnce([one] as Event[], await stored('latin1'));
  const [reject, ...more] = await rejectsOf('latin1.csv');
  assert.is(more.length, 0);
  assert.equal([reject?.line, reject?.reason], ['3', 'it has bytes that are no UTF-8']);
  assert.match(reject?.content ?? '', /Caf\\xE9 M\\xFCller/);
});

test('quotes, commas, line breaks, a byte order mark and CRLF are read as they are meant', async () => {
  const events = eventsOf('quoted', 50).map((event, index) =>
    index % 3 === 0 ? { ...event, merchant: `"Quote", Söhne & Co ${index}` } : event,
  );
  const bom = Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from(csvOf(events, '\r\n'))]);
  await load(await inboxWith({ 'quoted.csv': bom }));
  assertExactlyOnce(events, await stored('quoted'));
  assert.is((await rejectsOf('quoted.csv')).length, 0);
});

test('lines that are no transactions are kept with number and reason, and the others land', async () => {
  const events = eventsOf('malformed', 6);
  const lines = csvOf(events).split('\n');
  const wrong = [
    'too,few,fields',
    'malformed-x,acc-1,"never closed,services,1.00,EUR,2026-01-01T00:00:00Z',
    'malformed-y,acc-1,Shop,services,1.234,EUR,2026-01-01T00:00:00Z',
    'malformed-z,acc-1,Sh"op,services,1.00,EUR,2026-01-01T00:00:00Z',
    'malformed-w,acc-1,Shop,services,1.00,EUR,yesterday',
  ];
  const mixed = [
    lines[0],
    lines[1],
    wrong[0],
    wrong[1],
    lines[2],
    wrong[2],
    '',
    wrong[3],
    ...lines.slice(3, 7),
    wrong[4],
  ];
  await load(await inboxWith({ 'malformed.csv': mixed.join('\n') }));
  assertExactlyOnce(events, await stored('malformed'));
  const rejects = await rejectsOf('malformed.csv');
  assert.equal(
    rejects.map(({ line }) => Number(line)),
    [3, 4, 6, 8, 13],
  );
  assert.equal(
    rejects.map(({ content }) => content),
    wrong,
  );
  for (const [index, reason] of [
    /3 fields/,
    /text behind a closing quote/,
    /amount/,
    /quote inside/,
    /occurred_at/,
  ].entries()) {
    assert.match(rejects[index]?.reason ?? '', reason);
  }
  assert.is((await jobOf('malformed.csv'))[0]?.rows_rejected, '5');
});

test('rows that are there already, from another file or twice in one, change nothing', async () => {
  const events = eventsOf('overlap', 300);
  await load(await inboxWith({ 'overlap-1.csv': csvOf(events.slice(0, 200)) }));
  const second = [...events.slice(100), ...events.slice(250)].map((event) => ({
    ...event,
    amount: event.amount,
  }));
  await load(await inboxWith({ 'overlap-2.csv': csvOf(second) }));
  assertExactlyOnce(events, await stored('overlap'));
  const [job] = await jobOf('overlap-2.csv');
  assert.equal([job?.rows_loaded, job?.rows_known], ['100', '150']);
});

test('an empty file is done, one of other columns is rejected once, and both leave the rest alone', async () => {
  const events = eventsOf('beside', 20);
  const inbox = await inboxWith({
    'a-empty.csv': '',
    'b-header.csv': 'event_id,account_id,merchant,category,amount,currency,occurred_at\n',
    'c-other.csv': 'id,name\n1,x\n',
    'd-beside.csv': csvOf(events),
    '.e-half.csv': 'event_id\n',
    'notes.txt': 'no csv',
  });
  await mkdir(join(inbox, 'folder'));
  await load(inbox);
  assertExactlyOnce(events, await stored('beside'));
  assert.is((await jobOf('a-empty.csv'))[0]?.status, 'done');
  assert.is((await jobOf('b-header.csv'))[0]?.status, 'done');
  const [other] = await jobOf('c-other.csv');
  assert.is(other?.status, 'rejected');
  assert.match(other?.error, /names no column event_id/);
  const again = await load(inbox);
  assert.is(again.log().match(/was loaded before/g)?.length, 4);
  assert.is((await jobOf('.e-half.csv')).length, 0);
});

test('a huge file is loaded in little memory, and a line without an end does not fill it', async () => {
  const inbox = await inboxWith({});
  const out = createWriteStream(join(inbox, 'huge.csv'));
  const events = eventsOf('huge', 40_000);
  const [header = '', ...lines] = csvOf(events).split('\n');
  out.write(`${header}\n${lines.join('\n')}`);
  // 96 MiB in one line, between two good ones.
  for (let part = 0; part < 96; part += 1) {
    if (!out.write('x'.repeat(1 << 20)))
      await new Promise((resolve) => out.once('drain', () => resolve(undefined)));
  }
  const last = eventsOf('hugelast', 1);
  out.end(`\n${csvOf(last).split('\n')[1]}\n`);
  await new Promise((resolve) => out.once('finish', () => resolve(undefined)));
  const worker = await load(inbox);
  assertExactlyOnce(events, await stored('huge'));
  assertExactlyOnce(last, await stored('hugelast'));
  const [reject] = await rejectsOf('huge.csv');
  assert.match(reject?.reason ?? '', /longer than/);
  assert.is(Number(reject?.line), 40_002);
  assert.is(reject?.content.length, 1000);
  assert.match(worker.log(), /"rejected":1/);
  await rm(inbox, { recursive: true });
});

test.run();
