/** Why a test that needs users of their own for functions is skipped; false where it runs: as root. */
export const skippedWithoutRoot = process.getuid?.() === 0 ? false : 'users of their own need root'
