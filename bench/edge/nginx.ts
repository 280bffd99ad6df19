import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A configuration of nginx before an origin, in a folder of its own. */
export interface NginxConfiguration {
  readonly program: string
  readonly parameters: readonly string[]
  discard(): void
}

const modsecurityModule = '/usr/lib/nginx/modules/ngx_http_modsecurity_module.so'
const rules = '/usr/share/modsecurity-crs'

/** Configures nginx as a plain proxy, or with ModSecurity and the core rule set of Debian; says what is missing. */
export function configureNginx(
  port: number,
  origin: number,
  guarded: boolean,
): NginxConfiguration | { readonly missing: string } {
  const program = ['/usr/sbin/nginx', '/usr/bin/nginx'].find((path) => existsSync(path))
  if (program === undefined) return { missing: 'nginx: not installed (Debian package nginx-core)' }
  if (guarded && !(existsSync(modsecurityModule) && existsSync(rules)))
    return {
      missing: 'nginx + ModSecurity: not installed (libnginx-mod-http-modsecurity, modsecurity-crs)',
    }
  const folder = mkdtempSync(join(tmpdir(), 'redoubt-nginx-'))
  mkdirSync(join(folder, 'logs'))
  if (guarded) writeFileSync(join(folder, 'modsecurity.conf'), modsecurity)
  const file = join(folder, 'nginx.conf')
  writeFileSync(file, nginxConf(folder, port, origin, guarded))
  const { status, stderr } = spawnSync(program, ['-t', '-q', '-p', folder, '-c', file], { encoding: 'utf8' })
  if (status !== 0) return { missing: `nginx does not take its configuration: ${stderr.trim()}` }
  return {
    program,
    parameters: ['-p', folder, '-c', file],
    discard: () => rmSync(folder, { recursive: true, force: true }),
  }
}

function nginxConf(folder: string, port: number, origin: number, guarded: boolean): string {
  return `${guarded ? `load_module ${modsecurityModule};` : ''}
daemon off;
worker_processes 1;
pid ${folder}/nginx.pid;
error_log ${folder}/logs/error.log crit;
events { worker_connections 1024; }
http {
  access_log off;
  client_body_temp_path ${folder}/body;
  proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi;
  scgi_temp_path ${folder}/scgi;
  keepalive_requests 10000000;
  upstream origin { server 127.0.0.1:${origin}; keepalive 64; keepalive_requests 10000000; }
  server {
    listen 127.0.0.1:${port};
    ${guarded ? `modsecurity on; modsecurity_rules_file ${folder}/modsecurity.conf;` : ''}
    location / {
      proxy_pass http://origin;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host $host;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      proxy_set_header X-Forwarded-Proto $scheme;
    }
  }
}
`
}

const modsecurity = `SecRuleEngine On
SecRequestBodyAccess On
SecRequestBodyLimit 13107200
SecRequestBodyNoFilesLimit 131072
SecResponseBodyAccess Off
SecAuditEngine Off
SecRule REQUEST_HEADERS:Content-Type "^(?:application(?:/soap\\+|/)|text/)xml" "id:'200000',phase:1,t:none,t:lowercase,pass,nolog,ctl:requestBodyProcessor=XML"
SecRule REQUEST_HEADERS:Content-Type "^application/json" "id:'200001',phase:1,t:none,t:lowercase,pass,nolog,ctl:requestBodyProcessor=JSON"
Include /etc/modsecurity/crs/crs-setup.conf
Include ${rules}/rules/*.conf
`
