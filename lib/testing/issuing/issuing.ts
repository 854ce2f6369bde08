/**
 * All that issues certificates and needs pkijs for it. As large as that: nothing outside this folder may import any
 * file of it statically, and dynamically only this one.
 *
 * @module
 */
export { makeAuthority } from './make-authority.js';
export { checkRequest } from './check-request.js';
