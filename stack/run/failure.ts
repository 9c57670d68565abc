/** What went wrong, in words for a person; no stack trace is wanted. */
export class StackFailed extends Error {}
