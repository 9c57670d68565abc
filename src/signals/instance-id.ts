/**
 * A random UUID for `service.instance.id`. Also stands in for `node:crypto` in the bundled `@opentelemetry/resources`, which needs nothing else of it:
 * loading that module costs a short script a fifth of our whole start. Unique is enough here, secret it need not be.
 */
export function randomUUID(): string {
  const hex = Array.from({ length: 32 }, () => Math.floor(Math.random() * 16).toString(16));
  hex[12] = '4';
  hex[16] = '89ab'[Math.floor(Math.random() * 4)] as string;
  return hex.join('').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
