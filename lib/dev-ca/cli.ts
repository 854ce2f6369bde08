#!/usr/bin/env node
import { writeFileSync } from 'node:fs';
import process from 'node:process';
import { type DevCaCommand, readCommandLine, usage } from './command-line.js';
import { type DevCa, startDevCa } from './start-dev-ca.js';

const print = (text: string) => process.stdout.write(text);

function fail(error: unknown): void {
  process.stderr.write(`rxacme-dev-ca: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

/** Runs until the process is asked to end, and ends it by leaving nothing that it would wait for. */
function run({ options, rootOut }: DevCaCommand): void {
  const running = startDevCa(options).subscribe({
    next: (devCa) => {
      try {
        if (rootOut !== undefined) writeFileSync(rootOut, devCa.rootPem);
        print(greeting(devCa, rootOut));
      } catch (error) {
        running.unsubscribe();
        fail(error);
      }
    },
    error: fail,
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      running.unsubscribe();
    });
  }
}

const greeting = ({ directoryUrl, origin }: DevCa, rootOut: string | undefined): string => `\
A certification authority for development and tests. It certifies whatever it is asked to:
trust its root in tests only, and never on a machine that matters.

directory  ${directoryUrl}
root       ${rootOut ?? `${origin}/root.pem`}

Programs on Node trust it with NODE_EXTRA_CA_CERTS=${rootOut ?? 'root.pem'}, lego with LEGO_CA_CERTIFICATES, certbot with
REQUESTS_CA_BUNDLE. It runs until it is stopped, with Ctrl-C for instance.
`;

try {
  const command = readCommandLine(process.argv.slice(2));
  if (command === undefined) print(usage);
  else run(command);
} catch (error) {
  fail(error);
}
