/** `npm start`: sets up what is missing, builds, and serves on this machine. `npm start -- PORT` takes another port. */
import { setUp } from './setup.mjs';

setUp();
await import('./dist/server.js');
