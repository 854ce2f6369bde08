import { from, lastValueFrom, type ObservableInput, toArray } from 'rxjs';

/** All that a stream emits, when it completes. */
export const done = <T>(stream: ObservableInput<T>): Promise<T[]> => lastValueFrom(from(stream).pipe(toArray()));
