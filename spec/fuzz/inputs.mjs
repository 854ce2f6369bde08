/** Random and mutated inputs, the same for the same seed. Shared by the specs and by `million.mjs`. */
import { Buffer } from 'node:buffer';
import { rootCertificates } from 'node:tls';

/** Numbers from 0 to 1, the same for the same seed. */
export function randomNumbers(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const below = (random, end) => Math.floor(random() * end);
const oneOf = (random, list) => list[below(random, list.length)];
const cloned = (value) => JSON.parse(JSON.stringify(value));
const times = (count, make) => Array.from({ length: count }, make);

/** What breaks readers of text most often. */
const pieces = [
  '',
  ' ',
  ',',
  ';',
  '=',
  '"',
  '\\',
  '<',
  '>',
  '%',
  '.',
  '..',
  '-',
  ':',
  '/',
  '*',
  '\r\n',
  '\0',
  '\t',
  '\u00df',
  '\u2028',
  '\ud800',
  '\ufeff',
  '0',
  '-1',
  '1e400',
  '99999999999999999999',
  'NaN',
  '__proto__',
  'constructor',
  'https://',
  'urn:',
  'xn--',
  '2026-02-30T25:61:61Z',
  '-----BEGIN ',
  '-----END ',
  '-----',
  '::',
  '[',
  '{',
  'a'.repeat(300),
];

const character = (random) =>
  random() < 0.8 ? String.fromCharCode(32 + below(random, 95)) : String.fromCharCode(below(random, 0xffff));

/** A text of nothing but chance. */
const anyText = (random) =>
  times(below(random, 40), () => (random() < 0.3 ? oneOf(random, pieces) : character(random))).join('');

function mutatedText(random, text) {
  let current = text;
  for (let round = below(random, 4); round >= 0; round--) {
    const at = below(random, current.length + 1);
    const kind = below(random, 5);
    if (kind === 0) current = current.slice(0, at) + oneOf(random, pieces) + current.slice(at);
    else if (kind === 1) current = current.slice(0, at) + current.slice(at + 1 + below(random, 4));
    else if (kind === 2) current = current.slice(0, at) + character(random) + current.slice(at + 1);
    else if (kind === 3) current = current.slice(0, at) + current.slice(below(random, current.length + 1));
    else current = current.slice(0, at);
  }
  return current.slice(0, 20_000);
}

/** A text like one of the corpus, or not like any. */
export const text = (corpus) => (random) =>
  random() < 0.15
    ? anyText(random)
    : random() < 0.05
      ? oneOf(random, corpus)
      : mutatedText(random, oneOf(random, corpus));

function mutatedBytes(random, bytes) {
  let current = Uint8Array.from(bytes);
  for (let round = below(random, 4); round >= 0; round--) {
    const at = below(random, current.length + 1);
    const kind = below(random, 5);
    if (kind <= 1 && current.length > 0) current[at % current.length] = below(random, 256);
    else if (kind === 2)
      current = Uint8Array.of(...current.subarray(0, at), ...current.subarray(at + 1 + below(random, 3)));
    else if (kind === 3)
      current = Uint8Array.of(...current.subarray(0, at), below(random, 256), ...current.subarray(at));
    else current = current.slice(0, at);
  }
  return current;
}

const tags = [1, 2, 3, 4, 5, 6, 10, 12, 19, 22, 23, 24, 30, 0x30, 0x31, 0xa0, 0xa3, 0x80, 0x82, 0x87, 0x24];

/** DER of any shape, with lengths that may lie. */
function anyDer(random, depth = 0) {
  const tag = oneOf(random, tags);
  const isConstructed = (tag & 0x20) !== 0 && depth < 6;
  const content = isConstructed
    ? times(below(random, 5), () => [...anyDer(random, depth + 1)]).flat()
    : times(below(random, 20), () => below(random, 256));
  const said = random() < 0.9 ? content.length : below(random, 2 ** 20);
  const length = said < 128 ? [said] : said < 256 ? [0x81, said] : [0x82, (said >> 8) & 255, said & 255];
  return Uint8Array.of(tag, ...length, ...content);
}

/** Bytes like some of the corpus, DER of any shape, or neither. */
export const bytes = (corpus) => (random) => {
  const kind = random();
  if (kind < 0.05) return Uint8Array.from(times(below(random, 64), () => below(random, 256)));
  if (kind < 0.2) return anyDer(random);
  return kind < 0.22 ? oneOf(random, corpus) : mutatedBytes(random, oneOf(random, corpus));
};

const values = [
  null,
  true,
  false,
  0,
  -1,
  1e308,
  '',
  'x',
  'pending',
  'https://ca.test/x',
  [],
  {},
  [[]],
  [null],
  '\ud800',
];

/** One of them, which may be changed. */
const aValue = (random) => cloned(oneOf(random, values));

function anyJson(random, depth = 0) {
  const kind = random();
  if (kind < 0.5 || depth > 4) return aValue(random);
  if (kind < 0.65) return anyText(random);
  if (kind < 0.75) return (random() - 0.5) * 10 ** below(random, 30);
  if (kind < 0.87) return times(below(random, 4), () => anyJson(random, depth + 1));
  return JSON.parse(
    `{${times(below(random, 4), () => `${JSON.stringify(oneOf(random, ['__proto__', 'status', 'type', anyText(random)]))}:${JSON.stringify(anyJson(random, depth + 1))}`).join(',')}}`,
  );
}

function places(node, found = []) {
  if (typeof node !== 'object' || node === null) return found;
  for (const key of Object.keys(node)) {
    found.push([node, key]);
    places(node[key], found);
  }
  return found;
}

/** JSON like a message of the corpus, with members changed, added and left out at any depth; now and then any. */
export const json = (corpus) => (random) => {
  if (random() < 0.1) return anyJson(random);
  const copy = cloned(oneOf(random, corpus));
  for (let round = below(random, 5); round > 0; round--) {
    const found = places(copy);
    if (found.length === 0) break;
    const [node, key] = oneOf(random, found);
    const kind = below(random, 4);
    if (kind === 0) delete node[key];
    else if (kind === 1) node[key] = anyJson(random);
    else if (kind === 2) node[key] = typeof node[key] === 'string' ? mutatedText(random, node[key]) : aValue(random);
    else
      Object.defineProperty(node, oneOf(random, pieces), {
        value: anyJson(random),
        enumerable: true,
        writable: true,
        configurable: true,
      });
  }
  return JSON.parse(JSON.stringify(copy));
};

/** The same, always an object. */
export const jsonObject = (corpus) => (random) => {
  const made = json(corpus)(random);
  return typeof made === 'object' && made !== null && !Array.isArray(made) ? made : {};
};

/** The DER in a PEM block. */
export const derOf = (pem) => new Uint8Array(Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ''), 'base64'));

/** Certificates of every kind that there is: what this Node trusts. */
export const certificatePems = rootCertificates.filter((_, index) => index % 6 === 0).map((pem) => `${pem}\n`);
