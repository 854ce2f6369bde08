/** A TCP proxy that counts, and that can be as far away as is wanted. What passes through is not looked at. */
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { setTimeout } from 'node:timers';

/** `{ port, seen, setRoundTrip(ms), reset(), close() }` in front of a port of 127.0.0.1. */
export async function delayProxy(target) {
  const sockets = new Set();
  const seen = { connections: 0, bytesUp: 0, bytesDown: 0 };
  let roundTripMs = 0;
  /** Half a round trip later, and in order. The first octets wait for the handshake of TCP too. */
  const pass = (from, to, count, firstMs) => {
    let due = performance.now() + firstMs;
    const later = (act) => {
      const now = performance.now();
      if (roundTripMs === 0) return act();
      due = Math.max(due, now + roundTripMs / 2);
      return setTimeout(act, due - now);
    };
    from.on('data', (chunk) => {
      count(chunk.length);
      later(() => to.write(chunk));
    });
    from.on('end', () => later(() => to.end()));
  };
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    seen.connections++;
    const upstream = connect({ host: '127.0.0.1', port: target, allowHalfOpen: true, noDelay: true });
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ]) {
      sockets.add(socket);
      socket.on('error', () => other.destroy());
      socket.on('close', () => sockets.delete(socket));
    }
    pass(client, upstream, (length) => (seen.bytesUp += length), roundTripMs * 1.5);
    pass(upstream, client, (length) => (seen.bytesDown += length), 0);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    port: server.address().port,
    seen: () => ({ ...seen }),
    setRoundTrip: (ms) => (roundTripMs = ms),
    reset: () => {
      for (const socket of sockets) socket.destroy();
      Object.assign(seen, { connections: 0, bytesUp: 0, bytesDown: 0 });
    },
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}
