/** What is said of a query that met a limit. */
export const timedOut = 'The time for it is over.'
export const tooMuchMemory = 'It needs too much memory.'
export const tooLarge = 'Its results are too large.'
export const cancelled = 'It was cancelled.'

/** A process of a query ends itself with it where it has grown beyond its limit. */
export const memoryExceeded = 86
