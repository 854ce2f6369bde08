/** Vitest as it comes: without it, the configuration of rxacme's own specs would be found. */
import { fileURLToPath } from 'node:url';

export default { cacheDir: fileURLToPath(new URL('../../../.cache/vite', import.meta.url)) };
