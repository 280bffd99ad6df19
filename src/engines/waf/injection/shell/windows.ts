import { words } from '../characters.ts'

/** Commands of Windows that take switches. */
const switched = words(
  `dir del erase rd rmdir md mkdir copy xcopy robocopy move ren rename type more attrib cacls icacls bcdboot bcdedit bootcfg
  cd chdir chkdsk chkntfs cls cmd comp compact convert cscript date defrag diskpart doskey driverquery echo exit expand fc find
  findstr for forfiles format fsutil ftype getmac goto gpresult gpupdate hostname if ipconfig label makecab mklink mode mountvol msg
  nbtstat net netsh netstat nltest nslookup openfiles path pathping ping popd powercfg print prompt pushd query quser rasdial reg regini
  regsvr32 replace rundll32 runas sc schtasks set setx sfc shutdown sort start subst systeminfo takeown taskkill tasklist
  time timeout title tracert tree tzutil ver verifier verify vol vssadmin wbadmin wevtutil where whoami wmic wscript`,
)

/** A command with its switch glued on and more after it: `del/f x`, `if/i a==b`. `copy/paste` has no switch of one letter. */
const glued =
  /^["'(@\s]{0,4}([a-z]{2,12}\d{0,2})(?:\.exe)?\/(?:[a-z?](?:[:/\s]|$)|(?:im|pid|all|user|create|delete|query|tn|tr)\s)/i

export function hasGluedSwitch(text: string, start: number, whole: boolean): boolean {
  const match = glued.exec(text.slice(start, start + 40))
  if (match === null || !switched.has((match[1] ?? '').toLowerCase())) return false
  const rest = text.slice(start + match[0].length).trim()
  return (whole || text.length < 200) && (!whole || (rest !== '' && /\s/.test(text)))
}

/** The `at` of Windows and of POSIX: a time and what is to run then. */
const scheduled =
  /^\s{0,8}at\s+(?:\\\\[\w.-]{1,60}\s+)?(?:\d{1,2}:\d{2}\s?(?:am|pm|a|p)?\s+(?:"|\/(?:every|next|interactive)|cmd\b)|now\s?\+\s?\d{1,4}\s?(?:min|hour|day|week))/i

export const isScheduled = (text: string, start: number): boolean =>
  scheduled.test(text.slice(start, start + 120))
