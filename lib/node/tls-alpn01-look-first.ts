import type { Socket } from 'node:net';

/** How long a connection is looked at, and where it is known meanwhile: each entry lets one go on at once. */
export interface LookFirstOptions {
  readonly patienceMs: number;
  readonly undecided: Set<() => void>;
}

/**
 * Looks at the first bytes of a connection until `look` has seen enough, puts them back, and says what it came to. A
 * connection that says too little for too long is nobody's; one that ends before is gone.
 */
export function lookFirst(
  socket: Socket,
  look: (bytes: Buffer) => boolean | 'partial',
  decide: (isOurs: boolean) => void,
  { patienceMs, undecided }: LookFirstOptions,
): void {
  let bytes = Buffer.alloc(0);
  const read = () => {
    for (let chunk: unknown; (chunk = socket.read()) !== null;) bytes = Buffer.concat([bytes, chunk as Buffer]);
    const seen = look(bytes);
    if (seen !== 'partial') finish(seen);
  };
  const forget = () => {
    clearTimeout(timer);
    undecided.delete(goOn);
    socket.off('readable', read).off('end', leave).off('close', forget).off('error', ignore);
  };
  const finish = (isOurs: boolean) => {
    forget();
    if (socket.destroyed) return;
    if (bytes.length > 0) socket.unshift(bytes);
    decide(isOurs);
  };
  const goOn = () => {
    finish(false);
  };
  const leave = () => socket.destroy();
  const ignore = () => undefined;
  const timer = setTimeout(goOn, patienceMs);
  undecided.add(goOn);
  socket.on('error', ignore).on('close', forget).on('end', leave).on('readable', read);
  read(); // Somebody may have put bytes back.
}
