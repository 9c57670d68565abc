/**
 * V8 is told to collect early, in this process and the threads that it starts from then on. By itself it lets half a gigabyte of garbage gather in a
 * thread before it looks: the answers to queries are large and soon done with, while what stays is a few megabytes.
 */
import { setFlagsFromString } from 'node:v8';

const flags = [
  // The first look at the old generation comes after 16 MB ...
  '--initial-old-space-size=16',
  // ... and the next one when it is half as large again as what was alive.
  '--heap-growing-percent=50',
  // A nursery stays as large as it is. By itself it doubles whenever much has outlived its collections, which requests under way do, to more than 64 MB;
  // and the buffers of its garbage, which it does not count, wait for the next one.
  '--semi-space-growth-factor=1',
  // Those of the threads begin as large as they may be.
  '--min-semi-space-size=2',
];

/** To be called before the threads start: the first and the last of the flags are read when a heap is made. */
export function keepHeapsTight(): void {
  for (const flag of flags) setFlagsFromString(flag);
}
