import { expect, it } from 'vitest';
import { parseReplayNonce } from '../../lib/codec/replay-nonce.js';

it.each(['oFvnlFP1wIhRlYS2jTaXbA', '6S8IqOGY7eL2lsGoTZYifg', '-_-'])('takes %s (RFC 8555 §6.5.1)', (nonce) => {
  expect(parseReplayNonce(nonce)).toBe(nonce);
});

it.each([undefined, '', 'abc=', 'a b', 'a,b', 'a, b', 'ab+', 'é'])('ignores %j (RFC 8555 §6.5.1)', (value) => {
  expect(parseReplayNonce(value)).toBeUndefined();
});
