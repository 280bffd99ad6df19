import { words } from './characters.ts'

/** Folders of operating systems that hold no pages; a path into them is a request for the machine. */
export const systemFolders: readonly string[] = [
  'etc/', 'proc/', 'var/log/', 'var/lib/', 'var/run/', 'var/mail/', 'var/spool/', 'usr/local/', 'usr/lib/', 'usr/bin/', 'usr/sbin/', 'usr/share/', 'usr/home/', 'usr/etc/', 'root/', 'home/', 'boot/', 'sys/', 'dev/', 'run/secrets/', 'opt/', 'bin/', 'sbin/', 'private/etc/', 'library/', 'applications/', 'windows/', 'winnt/', 'inetpub/', 'system32/', 'program files/', 'program files (x86)/', 'programdata/', 'documents and settings/', 'users/', 'mysql/', 'php/', 'php4/', 'php5/', 'xampp/', 'wamp/', 'apache/', 'apache2/', 'logs/', 'minint/', 'sysprep/',
]

/** Of these, folders into which an absolute path is an attack by itself: no site has pages under such names. */
export const tellingFolders: readonly string[] = [
  '/etc/', '/proc/self/', '/proc/version', '/proc/net/', '/proc/sched', '/proc/mounts', '/proc/cpuinfo', '/proc/1/', '/var/log/', '/var/lib/', '/var/run/', '/var/mail/', '/var/spool/', '/usr/local/', '/usr/lib/', '/usr/bin/', '/usr/home/', '/usr/pkg/', '/usr/share/', '/root/.', '/boot/', '/private/etc/', '/windows/system32', '/windows/win.ini', '/winnt/', '/inetpub/', '/system32/', '/dev/fd/', '/dev/shm/', '/sys/class/', '/opt/lampp/', '/opt/xampp/', '/opt/apache', '/program files/', '/documents and settings/', '/xampp/', '/home/*', '/apache/logs/', '/apache2/logs/', '/apache/conf/', '/logs/access', '/logs/error', '/mysql/data/', '/mysql/my.', '/php/php.ini', '/php5/php.ini', '/php4/php.ini', '/volumes/', '/library/webserver', '/var/www/', '/var/adm/', '/var/webmin', '/var/local/', '/var/cpanel', '/var/apache', '/var/data/', '/var/db/', '/var/htmp', '/tmp/sess_', '/bin/php', '/web/conf/', '/www/logs/', '/nt/system32', '/users/administrator/', '/program files (x86)/',
]

/** Files that are read for what they tell of the machine, in whatever folder they lie. */
export const tellingFiles = words(
  `passwd shadow master.passwd gshadow group hosts hostname sudoers crontab fstab mtab motd issue resolv.conf nsswitch.conf
  ssh_config sshd_config authorized_keys id_rsa id_dsa id_ecdsa id_ed25519 known_hosts .bash_history .bashrc .bash_profile .profile .zsh_history
  .mysql_history .psql_history .netrc .npmrc .pypirc .pgpass .my.cnf .htaccess .htpasswd .htdigest .env web.config wp-config.php
  boot.ini win.ini system.ini php.ini my.cnf my.ini httpd.conf apache2.conf nginx.conf web.xml
  environ cmdline access.log error.log access_log error_log sam ntuser.dat global.asa global.asax
  .git-credentials .gitconfig credentials.json secrets.yml database.yml settings.py config.inc.php configuration.php
  localsettings.php settings.php unattend.xml sysprep.inf sysprep.xml ftpusers proftpd.conf vsftpd.conf pureftpd.passwd smb.conf
  config.php .dockerenv docker-compose.yml`,
)

/** Folders and files beginning with a dot that a site may serve. */
export const servedDotNames = words('.well-known .')
