import type { WireAnswer } from './wire-server.js';

/** Answers that are none, or not whole: every transport errors at once. */
export const brokenAnswers: readonly (readonly [what: string, answer: WireAnswer])[] = [
  ['a reset before the headers', (socket) => socket.resetAndDestroy()],
  ['an end before the headers', (socket) => socket.end()],
  [
    'a reset in the middle of the headers',
    (socket) => socket.write('HTTP/1.1 200 OK\r\nConte', () => socket.resetAndDestroy()),
  ],
  ['an end in the middle of the headers', (socket) => socket.end('HTTP/1.1 200 OK\r\nConte')],
  [
    'chunks that end in the middle of one',
    (socket) => socket.end('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\na\r\nhello'),
  ],
  [
    'chunks that end between two',
    (socket) => socket.end('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n'),
  ],
  ['chunks that are none', (socket) => socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nhello\r\n')],
  [
    'a body cut short by the end of the connection',
    (socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello'),
  ],
  [
    'a body cut short by a reset',
    (socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello', () => socket.resetAndDestroy()),
  ],
  ['a body that never begins', (socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n')],
  [
    'a switch to another protocol',
    (socket) => socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: other\r\n\r\nhello'),
  ],
  ['another protocol', (socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n')],
  ['headers without an end', (socket) => socket.write(`HTTP/1.1 200 OK\r\n${'x: y\r\n'.repeat(10_000)}`)],
  [
    'an encoding that was not asked for',
    (socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 10\r\n\r\nhello'),
  ],
  [
    'a body without an end that is too large',
    (socket) => {
      socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n');
      const more = () => {
        while (!socket.destroyed && socket.write(`400\r\n${'x'.repeat(1024)}\r\n`));
      };
      socket.on('drain', more);
      more();
    },
  ],
];

/** Answers that stop: unsubscribing closes the connection in each of these moments. */
export const unfinishedAnswers: readonly (readonly [what: string, answer: WireAnswer])[] = [
  ['before the headers', () => undefined],
  ['in the middle of the headers', (socket) => socket.write('HTTP/1.1 200 OK\r\nContent')],
  ['before the body', (socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n')],
  ['in the middle of the body', (socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello')],
  [
    'between two chunks',
    (socket) => socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n'),
  ],
];
