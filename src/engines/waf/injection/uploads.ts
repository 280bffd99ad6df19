import { words } from './characters.ts'

/** Extensions that web servers run, or that configure them. */
const programs = words(
  `php php2 php3 php4 php5 php6 php7 php8 phps phpt pht phtm phtml phar pgif shtml stm inc hphp ctp module
  jsp jspx jspf jsw jsv jtml jsps war asp aspx ashx asmx asa asax ascx cer cdx cshtml vbhtml config htaccess
  cgi pl pm py rb sh bash exe dll com bat cmd ps1 vbs wsf hta scr msi cfm cfml cfc dbm`,
)

/** Tells whether an upload's name is that of a program, also behind dots, spaces, streams or a second extension that servers drop. */
export function isExecutableName(name: string): boolean {
  const plain = name
    .slice(-255)
    .toLowerCase()
    .replaceAll('\0', '.')
    .replaceAll('::$data', '')
    .replaceAll(';', '.')
  const parts = plain
    .split('.')
    .map((part) => part.trim())
    .filter((part) => part !== '')
  // Servers with several handlers run `x.php.jpg` too, and `.htaccess` has no other part.
  return parts.some(
    (part, index) =>
      programs.has(part) &&
      (index > 0 || plain.trimStart().startsWith('.')) &&
      (index === parts.length - 1 || part.startsWith('ph')),
  )
}
