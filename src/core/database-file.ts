/** The database's file in a data directory. */
export const databaseFile = 'redoubt.db'
