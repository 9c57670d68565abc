/** What went wrong, in words for a person; no stack is wanted. */
export class DemoFailed extends Error {}
