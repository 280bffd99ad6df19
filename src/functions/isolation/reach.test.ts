// Goal: code that does all that the system offers reaches nothing of the machine's, of Redoubt's and of other functions'.
// Method: a Python function that asks the kernel itself, an attempt a row; what another function left for it beforehand.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { functionRig } from '../../../test/functions/rig.ts'
import { skippedWithoutRoot } from '../../../test/set-up/root.ts'

/** What both functions begin with: `call` answers `reached`, or what the kernel said. */
const prelude = `import ctypes, errno, os, resource, signal, socket, stat, time
libc = ctypes.CDLL(None, use_errno=True)
def told(done):
    return 'reached' if done >= 0 else errno.errorcode[ctypes.get_errno()]
def call(name, *given):
    return told(getattr(libc, name)(*given))
def syscall(*given):
    return told(libc.syscall(*given))
def attempt(what):
    try:
        done = what()
        return done if isinstance(done, str) else 'reached'
    except OSError as error:
        return errno.errorcode[error.errno]
    except ValueError:
        return 'refused'
`

/** Leaves what others could find: shared memory, a message queue of each kind, a socket without a name in the file system. */
const leaves = `${prelude}
def handler(event, context):
    return [call('shmget', 0x5245, 4096, 0o1666), call('msgget', 0x5245, 0o1666), call('mq_open', b'/left', 0o102, 0o666, None)]
`

/** By name: an expression of Python's, and what it may come to. `host` is Redoubt's process, `key` a file of its. */
const rows: readonly (readonly [name: string, attempt: string, want: string])[] = [
  // Other processes.
  ['to trace another process', "call('ptrace', 16, host, 0, 0)", 'ESRCH'],
  ['to read its memory', "call('process_vm_readv', host, vector, 1, vector, 1, 0)", 'ESRCH'],
  ['to write its memory', "call('process_vm_writev', host, vector, 1, vector, 1, 0)", 'ESRCH'],
  ['to name it', 'syscall(434, host, 0)', 'ESRCH'],
  ['a signal to it', 'os.kill(host, 0)', 'ESRCH'],
  ...['environ', 'maps', 'mem', 'fd/0', 'cwd/x', 'root/etc/passwd', 'cmdline', 'task'].map(
    (file) => [`its ${file} in /proc`, `open('/proc/%d/${file}' % host)`, 'ENOENT'] as const,
  ),
  [
    'processes of anybody',
    "' '.join(pid for pid in os.listdir('/proc') if pid.isdigit() and int(pid) not in (1, os.getpid()))",
    '',
  ],
  [
    'the environment that Redoubt has',
    "'none' if b'REDOUBT_TEST' not in open('/proc/1/environ', 'rb').read() else 'reached'",
    'none',
  ],
  ['descriptors that it was not given', 'inherited()', ''],
  ['a terminal', "open('/dev/tty')", 'ENXIO'],
  // Rights.
  ['to become root', 'os.setuid(0)', 'EPERM'],
  ['a group of others', 'os.setgid(0)', 'EPERM'],
  ['more groups', 'os.setgroups([0])', 'EPERM'],
  [
    'a capability',
    "' '.join(line.split()[1].lstrip('0') for line in open('/proc/self/status') if line.startswith('Cap')).strip()",
    '',
  ],
  [
    'rights of a program that is started',
    "[line.split()[1] for line in open('/proc/self/status') if line.startswith('NoNewPrivs')][0]",
    '1',
  ],
  ['to raise its limit of processes', 'resource.setrlimit(resource.RLIMIT_NPROC, (9999, 9999))', 'refused'],
  ['to raise its limit of data', 'resource.setrlimit(resource.RLIMIT_DATA, (-1, -1))', 'refused'],
  ['to raise its limit of files', 'resource.setrlimit(resource.RLIMIT_NOFILE, (9999, 9999))', 'refused'],
  ['a core dump', 'str(resource.getrlimit(resource.RLIMIT_CORE))', '(0, 0)'],
  ['to come before others', 'os.setpriority(os.PRIO_PROCESS, 0, 0)', 'EACCES'],
  ['to run before everybody', 'os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))', 'EPERM'],
  [
    'to be spared where memory is short',
    "os.write(os.open('/proc/self/oom_score_adj', os.O_WRONLY), b'-1000')",
    'EACCES',
  ],
  ['processes without end', 'bomb()', 'ended'],
  // The machine.
  ['to mount', "call('mount', b'none', b'/tmp', b'tmpfs', 0, None)", 'EPERM'],
  ['to unmount', "call('umount2', b'/tmp', 2)", 'EPERM'],
  ['another root', "os.chroot('/tmp')", 'EPERM'],
  ['a namespace of mounts', "call('unshare', 0x20000)", 'EPERM'],
  ['a namespace of the network', "call('unshare', 0x40000000)", 'EPERM'],
  ['more from within a namespace of users', 'from_within()', ''],
  ['a device', "os.mknod('/tmp/device', stat.S_IFCHR | 0o666, os.makedev(1, 1))", 'EPERM'],
  ["the machine's memory", "open('/dev/mem', 'rb')", 'EACCES|EPERM|ENOENT'],
  ["to write the kernel's log", "open('/dev/kmsg', 'w')", 'EACCES|EPERM|ENOENT'],
  ['a setting of the kernel', "open('/proc/sys/kernel/hostname', 'w')", 'EACCES|EROFS'],
  ['keys of the kernel', "open('/proc/sysrq-trigger', 'w')", 'EACCES|ENOENT'],
  ['a group of control', "os.mkdir('/sys/fs/cgroup/redoubt')", 'EACCES|EROFS'],
  ["the machine's name", "call('sethostname', b'x', 1)", 'EPERM'],
  ['the clock', 'time.clock_settime(time.CLOCK_REALTIME, time.time())', 'EPERM'],
  ['a module', "syscall(175, b'', 0, b'')", 'EPERM|ENOSYS'],
  ['a restart', "call('reboot', 0x1234567)", 'EPERM'],
  [
    "the kernel's counters of others",
    'syscall(298, ctypes.create_string_buffer(128), host, -1, -1, 0)',
    'ESRCH|EACCES|EPERM',
  ],
  ['packets', 'socket.socket(socket.AF_PACKET, socket.SOCK_RAW)', 'EPERM'],
  ['raw sockets', 'socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)', 'EPERM'],
  // What others keep, and what could be kept for others.
  ['the root key', 'open(key)', 'EACCES'],
  ['a second name of the root key', "os.link(key, '/tmp/key')", 'EACCES'],
  ['shared memory of another function', "call('shmget', 0x5245, 0, 0)", 'ENOENT'],
  ['its message queue', "call('msgget', 0x5245, 0)", 'ENOENT'],
  ['its named message queue', "call('mq_open', b'/left', 0, 0, None)", 'ENOENT'],
  ['a place to leave something for others', "' '.join(writable())", ''],
]

const attempts = `${prelude}
def inherited():
    found = []
    for name in os.listdir('/proc/self/fd'):
        try:
            link = os.readlink('/proc/self/fd/' + name)
        except OSError:
            continue
        if int(name) < 3 or link.endswith('/fd') or link == '/dev/null':
            continue
        try:
            if socket.socket(fileno=os.dup(int(name))).getpeername()[0] == '127.0.0.1':
                continue  # The Runtime API's.
        except OSError:
            pass
        found.append(link)
    return ' '.join(found)

def bomb():
    children = []
    try:
        for count in range(1000):
            child = os.fork()
            if child == 0:
                time.sleep(60)
                os._exit(0)
            children.append(child)
        return 'reached'
    except OSError as error:
        return 'ended' if error.errno == errno.EAGAIN and len(children) < 128 else str(error)
    finally:
        for child in children:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)

def from_within():
    """In a namespace of its own it has all capabilities: over what is in there."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        found = []
        if libc.unshare(0x10020000) == 0:
            tries = {
                'the root key': lambda: open(key),
                'what is below its /tmp': lambda: call('umount2', b'/tmp', 2),
                'what is below its /opt': lambda: call('umount2', b'/opt', 2),
                'all processes': lambda: call('umount2', b'/proc', 2),
                'to write below /var/tmp': lambda: call('mount', None, b'/var/tmp', None, 0x1020, None),
                'the clock': lambda: time.clock_settime(time.CLOCK_REALTIME, time.time()),
            }
            found = [name for name, what in tries.items() if attempt(what) == 'reached']
        os.write(write, ', '.join(found).encode())
        os._exit(0)
    os.close(write)
    os.waitpid(child, 0)
    return os.read(read, 1000).decode()

def writable():
    """Folders in which it may make something, two folders deep, beside its /tmp and what the kernel makes of its own process."""
    found = []
    for folder, folders, _ in os.walk('/'):
        if folder == '/':
            folders[:] = [name for name in folders if name not in ('proc', 'tmp')]
        elif folder.count('/') > 1:
            folders[:] = []
        if os.access(folder, os.W_OK):
            found.append(folder)
    return found

def handler(event, context):
    global host, key, vector
    host, key = event['host'], event['key']
    class Vector(ctypes.Structure):
        _fields_ = [('base', ctypes.c_void_p), ('length', ctypes.c_size_t)]
    buffer = ctypes.create_string_buffer(8)
    vector = ctypes.byref(Vector(ctypes.addressof(buffer), 8))
    return {name: attempt(lambda: eval(what, globals())) for name, what in event['rows']}
`

test('what a function cannot reach by the kernel', { skip: skippedWithoutRoot }, async (t) => {
  const { run, host } = functionRig(t)
  const runtime = ((await host.runtimes()) ?? []).find((name) => name.startsWith('python'))
  if (runtime === undefined) return t.skip('no Python that functions can start')
  const place = mkdtempSync('/var/tmp/redoubt-key-')
  t.after(() => rmSync(place, { recursive: true, force: true }))
  const key = join(place, 'root.key')
  writeFileSync(key, 'key', { mode: 0o600 })
  process.env['REDOUBT_TEST_SECRET'] = 'secret'
  t.after(() => delete process.env['REDOUBT_TEST_SECRET'])

  assert.deepEqual(await run('leaves', leaves, { runtime }), ['reached', 'reached', 'reached'])
  const event = { host: process.pid, key, rows: rows.map(([name, what]) => [name, what]) }
  const got = (await run('tries', attempts, { runtime, event, timeoutSec: 120, memoryMiB: 4096 })) as Record<
    string,
    string
  >
  const reached = rows.filter(([name, , want]) => !want.split('|').includes(got[name] ?? 'not tried'))
  assert.deepEqual(
    reached.map(([name]) => [name, got[name]]),
    [],
  )
  assert.equal(rows.length, 55)
})
