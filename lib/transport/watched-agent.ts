/** As much of Node's `http.ClientRequest` as says whether its answer has come whole. */
interface WatchedRequest {
  agent: unknown;
  readonly res?: { readonly complete: boolean } | null;
  once(event: 'close', listener: () => void): unknown;
  once(event: 'upgrade', listener: (answer: unknown, socket: { destroy(): void }) => void): unknown;
  emit(event: 'error', error: Error): unknown;
}

/** As much of Node's `http.Agent` as is needed to see the requests that it is given. */
interface AgentLike {
  addRequest(request: WatchedRequest, ...more: unknown[]): void;
}

const isAgent = (value: unknown): value is AgentLike =>
  typeof value === 'object' && value !== null && 'addRequest' in value && typeof value.addRequest === 'function';

/** Not imported: where there is no Node, nothing is missing but the agent. */
const defaultAgentFor = (protocol: string): unknown =>
  (globalThis.process as Partial<typeof process> | undefined)?.getBuiltinModule?.(
    protocol === 'https:' ? 'node:https' : 'node:http',
  ).globalAgent;

/**
 * An `agent` for cross-fetch that does what the given one does, Node's own where none is given. `onCut` hears when the
 * connection ends in the middle of an answer: cross-fetch itself goes on waiting for the rest.
 *
 * @see RFC 9112 §8
 */
export const watchedAgent =
  (given: unknown, onCut: () => void) =>
  (url: { readonly protocol: string }): unknown => {
    const chosen = typeof given === 'function' ? (given as (asked: typeof url) => unknown)(url) : given;
    const agent = chosen ?? defaultAgentFor(url.protocol);
    if (!isAgent(agent)) return chosen;
    const addRequest = (request: WatchedRequest, ...more: unknown[]): void => {
      request.once('close', () => {
        if (request.res?.complete === false) onCut();
      });
      // Node would end the connection without another word, and cross-fetch wait for ever.
      request.once('upgrade', (_, socket) => {
        socket.destroy();
        request.emit('error', new Error('the server goes on in another protocol'));
      });
      // Whoever asks the request later finds the agent itself.
      request.agent = agent;
      agent.addRequest(request, ...more);
    };
    return Object.create(agent, { addRequest: { value: addRequest } });
  };
