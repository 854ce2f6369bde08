/** Runs `certificate(index)` for so many indices, so many at a time, and resolves when all are there. */
export async function atATime(count, width, certificate) {
  let next = 0;
  const worker = async () => {
    while (next < count) await certificate(next++);
  };
  await Promise.all(Array.from({ length: Math.min(count, width) }, worker));
}

/** The names of the certificate with this index: all different, and different in each run. */
export const namesOf = (index, { names, run }) =>
  Array.from({ length: names }, (_, name) => `n${name}.c${index}.${run}.test`);
