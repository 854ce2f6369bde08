/** Makes the error of an exchange with `url` that this side refuses: `fault` is the end of its message. */
export type Refusal = (url: string, fault: string) => Error;

/** Reads a body to its end, or errors with what `refuse` makes as soon as it is longer than `maxBytes`. */
export async function readBody(body: unknown, maxBytes: number, refuse: (fault: string) => Error): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of chunksOf(body)) {
    length += chunk.byteLength;
    if (length > maxBytes) throw refuse(`the response is larger than the ${maxBytes} bytes allowed (maxResponseBytes)`);
    chunks.push(chunk);
  }
  return joined(chunks, length);
}

function chunksOf(body: unknown): AsyncIterable<Uint8Array> {
  if (body === null || body === undefined) return noChunks();
  return typeof body === 'object' && 'getReader' in body
    ? chunksOfWebStream(body as ReadableStream<Uint8Array>)
    : (body as AsyncIterable<Uint8Array>);
}

async function* noChunks(): AsyncGenerator<Uint8Array> {
  // A response without a body.
}

async function* chunksOfWebStream(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader();
  try {
    for (let read = await reader.read(); !read.done; read = await reader.read()) yield read.value;
  } finally {
    void reader.cancel().catch(() => undefined);
  }
}

function joined(chunks: readonly Uint8Array[], length: number): Uint8Array {
  if (chunks.length === 1 && chunks[0] !== undefined) return chunks[0];
  const whole = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    whole.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return whole;
}
