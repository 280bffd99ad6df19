const codes: ReadonlySet<unknown> = new Set(['EROFS', 'EACCES', 'EPERM', 'ENOSPC', 'EDQUOT', 'EIO'])
/** SQLITE_READONLY, SQLITE_IOERR, SQLITE_FULL. Source: SQLite, "Result and Error Codes". */
const sqliteCodes: ReadonlySet<number> = new Set([8, 10, 13])

/** Whether the disk did not take what was to be written: an operator's matter, not a bug. */
export function isDiskError(error: unknown): error is Error {
  if (!(error instanceof Error)) return false
  if ('code' in error && codes.has(error.code)) return !('syscall' in error && isOfSocket(error.syscall))
  // An extended code has the primary one in its last byte.
  if ('errcode' in error && typeof error.errcode === 'number') return sqliteCodes.has(error.errcode & 0xff)
  return isDiskError(error.cause)
}

function isOfSocket(syscall: unknown): boolean {
  return syscall === 'listen' || syscall === 'bind' || syscall === 'connect'
}
