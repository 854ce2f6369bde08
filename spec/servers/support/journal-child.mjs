/**
 * A program that is killed while it works, with the built package. Its job comes as JSON in the first argument: it orders
 * certificates without an end, at a CA within itself that never validates, or writes and erases entries of a journal as fast
 * as it can. Tells its parent what it has done.
 */
import process from 'node:process';
import { fileJournal, http01Files } from 'rxacme/node';
import { journaled, obtainCertificate, recordOrders } from 'rxacme';
import { fakeCa, testAccount } from 'rxacme/testing';
import { concatMap, defer, from, lastValueFrom, range } from 'rxjs';

const { what, folder, webRoot, names } = JSON.parse(process.argv[2] ?? '');
const tell = (message) => process.send(message);
process.once('disconnect', () => process.exit(1)); // The parent is gone.

const journal = fileJournal(folder);

const order = () => {
  const account = testAccount(fakeCa({ validation: { delayMs: Infinity } }));
  const files = http01Files({ webRoot });
  const told = {
    ...files,
    present: (task) => defer(() => (tell({ presenting: task.token }), files.present(task))),
  };
  obtainCertificate(account, { identifiers: names, solvers: [journaled(told, journal)] })
    .pipe(recordOrders(account, journal))
    .subscribe({
      next: ({ type, orderUrl }) => tell({ type, orderUrl }),
      error: (error) => tell({ error: String(error) }),
    });
};

const entry = (id) => ({
  ...{ type: 'order', id, at: new Date(), orderUrl: id, accountUrl: 'https://ca.test/account/1', identifiers: [] },
});

const write = async () => {
  const one = (lane) =>
    lastValueFrom(
      range(0, 1_000_000).pipe(
        concatMap(async (number) => {
          const id = `https://ca.test/${lane}/${number % 5}`;
          tell({ begun: 'write', id });
          await lastValueFrom(from(journal.write({ ...entry(id), keyReference: String(number) })), { defaultValue: 0 });
          tell({ over: 'write', id, number: String(number) });
          if (number % 3 !== 0) return;
          tell({ begun: 'erase', id });
          await lastValueFrom(from(journal.erase(id)), { defaultValue: 0 });
          tell({ over: 'erase', id });
        }),
      ),
    );
  await Promise.all(['a', 'b', 'c'].map(one));
};

tell({ ready: true });
if (what === 'order') order();
else await write();
