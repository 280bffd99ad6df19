/** Matching strings for patterns that neither the generator's everyday strings nor fast-check can satisfy. */
export const patternSamples: ReadonlyMap<string, readonly string[]> = new Map([
  [
    String.raw`(\*\.)?(((?!-)[A-Za-z0-9-]{0,62}[A-Za-z0-9])\.)+((?!-)[A-Za-z0-9-]{1,62}[A-Za-z0-9])`,
    ['example.com'],
  ],
  [
    String.raw`.*\b[a-f0-9]{8}\b-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-\b[a-f0-9]{12}\b.*`,
    ['01234567-89ab-cdef-0123-456789abcdef'],
  ],
])
