/** What is said of a query that met a limit. */
export const timedOut = 'The time for it is over.'
export const tooMuchMemory = 'It needs too much memory.'
export const tooLarge = 'Its results are too large.'
/** What is said of a query that somebody ended. */
export const cancelled = 'It was cancelled.'
