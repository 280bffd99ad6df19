/** The run's seed: new each time, so that runs add up; REDOUBT_SEED repeats one. */
export const seed = Number(process.env['REDOUBT_SEED'] ?? Date.now() % 1_000_000)
