export { http01Server, type Http01ServerOptions } from './http01-server.js';
export { nodeTransport, type NodeTransportOptions } from './node-transport.js';
