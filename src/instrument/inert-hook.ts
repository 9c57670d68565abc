/**
 * Stands in for `require-in-the-middle` and `import-in-the-middle` in the bundle. The instrumentations still ask for hooks; one hook of ours
 * (module-hooks.ts) serves them all, so theirs do nothing.
 */
export class Hook {
  unhook(): void {}
}
