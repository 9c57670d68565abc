/** Turns names into slots of the palette: by their hash, and to the next free slot when another name of the list came first. */

/** Colours in css/theme.css: --service-0 and so on. */
export const slotCount = 10;

export function assignSlots(names: readonly string[]): ReadonlyMap<string, number> {
  const taken = new Set<number>();
  const slots = new Map<string, number>();
  for (const name of names) {
    let slot = hashOf(name) % slotCount;
    if (taken.size < slotCount) while (taken.has(slot)) slot = (slot + 3) % slotCount;
    taken.add(slot);
    slots.set(name, slot);
  }
  return slots;
}

/** FNV-1a, 32 bits. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
