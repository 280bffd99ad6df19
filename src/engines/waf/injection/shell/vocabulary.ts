import { words } from '../characters.ts'

/** Commands whose names are hardly words of a language. */
export const plainCommands = words(
  `wget curl nc ncat netcat socat bash sh zsh dash ksh csh tcsh ash fish busybox uname whoami ifconfig ipconfig netstat nslookup
  dig chmod chown chgrp chroot mkfifo mknod mkdir rmdir tftp telnet ssh scp sftp rsync nmap tcpdump awk gawk mawk sed
  egrep fgrep grep xxd hexdump od base64 base32 md5sum sha1sum sha256sum openssl gpg tar gzip gunzip bzip2 unzip zcat bzcat xzcat zless
  perl python python2 python3 ruby php php5 php7 node nodejs lua tclsh jrunscript gcc cc g++ gdb strace ltrace
  passwd useradd usermod userdel adduser deluser addgroup groupadd visudo sudo su doas crontab systemctl
  service insmod modprobe rmmod lsmod iptables ufw mount umount mkfs fdisk fsck lsblk lsof lspci lsusb lscpu dmesg
  kill killall pkill pgrep nohup setsid xargs printenv getent getfacl hostname hostid arp ipcs nsenter unshare capsh
  systeminfo tasklist taskkill schtasks wmic reg regedit regsvr32 rundll32 mshta certutil bitsadmin cscript wscript powershell pwsh
  cmd icacls cacls attrib findstr net1 netsh nbtstat tracert traceroute vssadmin bcdedit diskpart dsquery nltest quser qwinsta
  ansible ansible-playbook ansible-galaxy chef-run kubectl docker podman terraform vagrant puppet pip pip3 pipx gem npm npx yarn apt apt-get dpkg yum
  dnf rpm pacman apk snap brew composer cpan easy_install
  vim vi nano emacs rvim ex tmux screen script expect ed tee dd mv cp rm ln rev tac nl paste strings iconv
  getent htop bcdboot c89 c99 cpulimit cscli ansible-console ansible-vault ansible-pull ansible-doc ansible-inventory choom chef-solo csplit
  capsh dosbox facter genisoimage gimp grc hping3 ionice jq ksshell ksu logsave loginctl machinectl lwp-mirror mawk multitime mtr mkpasswd
  nawk ngrep nroff openvpn opkg pdb pdftex pdflatex xelatex rview rvim rlwrap rlogin runscript rpmquery rpmverify setarch sshpass start-stop-daemon
  systemd-resolve systemd-run tasksh tcsh unexpand uudecode uuencode valgrind varnishncsa vimdiff vigr vipw virsh wish xmodmap xdotool xmore xetex
  yarn zathura zsoelim zypper iwr iex msiexec forfiles wevtutil whois arping iftop ethtool fping killall5 usleep
  msfvenom msfconsole sqlmap hydra john aria2c lynx links w3m axel httpie fetch lwp-request lwp-download
  ifup ifdown iwconfig ip route ss pppd sysctl setcap setfacl stty truncate shred mktemp readlink realpath basename dirname
  mysqldump mysql psql sqlite3 redis-cli mongo mongodump pg_dump java javac jjs aws gcloud az`,
)

/** Commands without arguments of whose names nobody writes after a separator in prose. */
export const bareCommands = words(
  `id ls ll dir pwd ps env printenv set df du uname whoami w ifconfig ipconfig netstat hostname systeminfo tasklist ver lsb_release reboot
  poweroff halt shutdown uptime history groups logname users arch lastlog`,
)

/** Commands that are also words: they count with arguments such as only commands have. */
export const wordyCommands = words(
  `cat echo printf ping ping6 sleep find sort head tail more less who last time date type test touch cut tr uniq wc split join
  man at watch look file host make git alias unalias env id ls dir pwd ps set export eval exec source read wait
  copy move del erase rename start call for if net ver more tree title path print fold comm diff cmp timeout yes false true bg fg jobs
  trap command builtin enable declare typeset local unset shift ulimit umask hash history let return
  view rar zip cpio pax lp mail mailx finger write wall crash column gimp pic pry puppet rake irb
  screen service sudo su w df du uptime groups users arch reboot shutdown apt chef bundle cancel check_by_ssh capsh dialog
  fmt pr tbl troff nroff soelim ul pg top fuser install tasks cd`,
)

/** Tools of developers, whose use is quoted in every document about code. */
export const toolCommands = words(
  'npm npx yarn node nodejs python python2 python3 ruby perl php pip pip3 pipx gem brew composer jq docker podman kubectl terraform make git aws gcloud az apt apt-get yum dnf cargo java javac gcc cc service expect script',
)

/** Words before a command that leave it one. */
export const prefixCommands = words(
  'sudo doas nohup env time exec eval command builtin then do else xargs nice setsid stdbuf timeout busybox',
)

/** Verbs of PowerShell's commands; its nouns are open. */
export const powershellVerbs = words(
  `add clear copy enter exit get invoke new out read remove rename restart resume select send set start stop
  test wait where write import export convertto convertfrom expand compress format measure receive register unregister
  unblock update enable disable`,
)
export const powershellNouns = words(
  `childitem item content location process service command expression webrequest restmethod object wmiobject ciminstance
  host output file variable alias history job module psdrive psprovider pssession random unique culture date eventlog help hotfix member
  acl event itemproperty computer restorepoint string json csv clixml xml path pssnapin trace type psdebug securestring
  session executionpolicy strictmode psbreakpoint formatdata typedata`,
)
