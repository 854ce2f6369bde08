/** `node dist/server.js [PORT]` serves the built pages until it is stopped. */
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { catchError, throwError } from 'rxjs';
import { serveSample } from './serve.js';

const folder = fileURLToPath(new URL('browser', import.meta.url));
const asked = Number(process.argv[2] ?? process.env['PORT'] ?? 4200);
const isTaken = (error: unknown) => process.argv[2] === undefined && (error as { code?: string }).code === 'EADDRINUSE';

const running = serveSample({ folder, port: asked })
  .pipe(catchError((error: unknown) => (isTaken(error) ? serveSample({ folder }) : throwError(() => error))))
  .subscribe({
    next: ({ url, ca }) => console.log(`\nOpen ${url}\n\nDevelopment CA: ${ca.directoryUrl}\nStop with Ctrl-C.`),
    error: (error: Error) => {
      console.error(`rxacme-angular: ${error.message}`);
      process.exitCode = 1;
    },
  });
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => running.unsubscribe());
