import type { Challenge } from '../../lib/model/challenge.js';
import type { JsonObject } from '../../lib/model/json.js';

/** A challenge as it is decoded, with the members of its type. */
export const challengeWith = (type: string, members: JsonObject = {}): Challenge => {
  const url = `https://ca.example/challenge/${type}`;
  return { type, url, status: 'pending', raw: { type, url, status: 'pending', ...members } };
};
