import { type AsnType, Constructed, fromBER } from 'asn1js';

/** Many times what certificates take. It bounds what a hostile one costs: an OID of a megabyte takes seconds. */
const largestBytes = 100_000;

/** Reads one DER value that fills `der`. Throws an `Error` that says what is wrong. */
export function parseDer(der: Uint8Array): AsnType {
  if (der.length > largestBytes) throw new Error(`it has ${der.length} bytes, more than ${largestBytes}`);
  const { offset, result } = decode(der);
  if (offset === -1) throw new Error(`it is not DER${result.error === '' ? '' : `: ${result.error}`}`);
  if (offset !== der.length) throw new Error(`${der.length - offset} bytes follow its end`);
  const { idBlock, lenBlock } = result;
  if (idBlock.blockLength + lenBlock.blockLength + lenBlock.length !== der.length) {
    throw new Error('it is not DER: its length is not that of its content');
  }
  return result;
}

function decode(der: Uint8Array): ReturnType<typeof fromBER> {
  try {
    // A plain copy: a pooled Buffer would be kept alive, or changed, by others.
    return fromBER(new Uint8Array(der), { copyInput: false, parseEmbedded: false });
  } catch (cause) {
    throw new Error('it is not DER', { cause });
  }
}

/** What a SEQUENCE, a SET or a tagged value holds. */
export function childrenOf(value: AsnType | undefined): readonly AsnType[] {
  if (value instanceof Constructed) return value.valueBlock.value;
  throw new Error('a part of it is missing, or of another type than it should be');
}

/** The value as it was read, header included. */
export const encodingOf = (value: AsnType): Uint8Array => value.valueBeforeDecodeView.slice();

/** The content octets of a value as they were read. */
export const contentOf = (value: AsnType): Uint8Array =>
  value.valueBeforeDecodeView.slice(value.idBlock.blockLength + value.lenBlock.blockLength);

/** Whether it is tagged `[number]`. */
export const isTagged = (value: AsnType | undefined, number: number): value is AsnType =>
  value !== undefined && value.idBlock.tagClass === 3 && value.idBlock.tagNumber === number;
