import type { AcmeErrorDetails } from '../model/errors/acme-error.js';
import { AcmeProtocolError } from '../model/errors/protocol-error.js';
import { decodeBase64, encodeBase64 } from './base64.js';

interface Block {
  readonly label: string;
  readonly lines: string[];
  isClosed: boolean;
}

const lineBreak = /\r\n|[\r\n]/;
const begin = /^-----BEGIN ([^-]*(?:-[^-]+)*)-----$/;

/**
 * One PEM block, in lines of 64 characters.
 *
 * @see RFC 7468 §2
 */
export const encodePem = (label: string, der: Uint8Array): string =>
  [`-----BEGIN ${label}-----`, ...(encodeBase64(der).match(/.{1,64}/g) ?? []), `-----END ${label}-----`, ''].join('\n');

/**
 * The certificates of a downloaded chain, in its order, each DER. Nothing but blocks of type `CERTIFICATE` may stand
 * in the text, and nothing but base64 in a block: a key that is slipped into the chain must not reach the file it is
 * saved to. Throws {@link AcmeProtocolError}, with `body`, on anything else and on a text without a certificate; the
 * message repeats nothing of a block.
 *
 * @param body The chain as it came.
 * @see RFC 8555 §9.1, §11.4, RFC 7468 §3
 */
export function parsePemChain(text: string, body?: Uint8Array, details: AcmeErrorDetails = {}): readonly Uint8Array[] {
  const fail = (fault: string): never => {
    throw new AcmeProtocolError(`certificate chain: ${fault}`, { ...details, body });
  };
  const chain: Uint8Array[] = [];
  let lines: string[] | undefined;
  for (const line of text.split(lineBreak)) {
    if (lines === undefined) {
      if (line === '-----BEGIN CERTIFICATE-----') lines = [];
      else if (line.startsWith('-----BEGIN')) fail(`a block of another type than CERTIFICATE (${labelOf(line)})`);
      else if (/[^ \t]/.test(line)) fail('text outside of its PEM blocks');
    } else if (line === '-----END CERTIFICATE-----') {
      chain.push(decodeLines(lines) ?? fail(`certificate ${chain.length + 1} is not base64`));
      lines = undefined;
    } else {
      lines.push(line);
    }
  }
  if (lines !== undefined) fail('it ends within a PEM block');
  return chain.length === 0 ? fail('it is empty') : chain;
}

/**
 * The content of PEM text that an application hands in: exactly one block, of one of the types in `labels`. Text
 * around the block and white space within it are passed over, as other tools do. Throws `TypeError` that names what
 * was found and what was expected, and repeats nothing of a block.
 *
 * @see RFC 7468 §2
 */
export function decodePem(text: string, labels: readonly string[]): Uint8Array {
  const expected = `expected one PEM block of type ${labels.join(' or ')}`;
  const blocks = readBlocks(text);
  const [block] = blocks;
  if (block === undefined) throw new TypeError(`${expected}, found none`);
  if (blocks.length > 1) {
    throw new TypeError(
      `${expected}, found ${blocks.length}: ${blocks.map(({ label }) => printable(label)).join(', ')}`,
    );
  }
  if (!labels.includes(block.label)) throw new TypeError(`${expected}, found ${printable(block.label)}`);
  if (!block.isClosed) throw new TypeError(`${expected}, found one without its END line`);
  const der = decodeLines(block.lines);
  if (der === undefined) throw new TypeError(`${expected}, found one that is not base64 throughout (is it encrypted?)`);
  return der;
}

function readBlocks(text: string): readonly Block[] {
  const blocks: Block[] = [];
  for (const line of text.split(lineBreak).map((each) => each.trim())) {
    const label = begin.exec(line)?.[1];
    const last = blocks.at(-1);
    if (label !== undefined) blocks.push({ label, lines: [], isClosed: false });
    else if (last === undefined || last.isClosed) continue;
    else if (line === `-----END ${last.label}-----`) last.isClosed = true;
    else if (line !== '') last.lines.push(line);
  }
  return blocks;
}

/** Undefined where the lines are not base64, or nothing. */
function decodeLines(lines: readonly string[]): Uint8Array | undefined {
  if (lines.length === 0 || lines.includes('')) return undefined;
  try {
    return decodeBase64(lines.join(''));
  } catch {
    return undefined;
  }
}

const labelOf = (line: string): string => printable(begin.exec(line)?.[1] ?? '');

const printable = (label: string): string => (/^[\dA-Z ]{1,40}$/.test(label) ? label : 'an odd label');
