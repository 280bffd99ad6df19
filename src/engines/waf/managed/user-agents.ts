import { remembered } from '../remembered.ts'

/** What a user agent says that it is: a category of AWS's bot control, or a scanner for weaknesses. */
export type ToolKind =
  | 'advertising'
  | 'archiver'
  | 'content_fetcher'
  | 'email_client'
  | 'http_library'
  | 'link_checker'
  | 'miscellaneous'
  | 'monitoring'
  | 'scraping_framework'
  | 'search_engine'
  | 'security'
  | 'seo'
  | 'social_media'
  | 'ai'
  | 'scanner'

export interface Tool {
  readonly kind: ToolKind
  /** The name, in small letters, as user agents write it and as labels and hosts that verify bots know it. */
  readonly name: string
}

/** Names by kind. To add one, a word. A name is found where neither a letter nor a digit stands beside it. */
const names: { readonly [Kind in ToolKind]: string } = {
  advertising: 'adsbot-google mediapartners-google adidxbot criteobot amazonadbot proximic grapeshotcrawler',
  archiver: 'archive.org_bot ia_archiver heritrix ccbot archivebot special_archiver',
  content_fetcher:
    'feedfetcher-google feedly feedburner newsblur inoreader flipboardproxy google-read-aloud tiny-tiny-rss',
  email_client: 'yahoomailproxy googleimageproxy thunderbird outlook-android',
  http_library:
    'curl wget python-requests python-urllib aiohttp httpx go-http-client okhttp apache-httpclient java libwww-perl lwp-trivial node-fetch axios undici got guzzlehttp faraday httpie restsharp postmanruntime insomnia winhttp php-curl-class typhoeus rest-client reqwest',
  link_checker: 'w3c-checklink linkchecker xenu deadlinkchecker brokenlinkcheck w3c_validator',
  miscellaneous: 'bubing ltx71 domainsproject wellknownbot turnitinbot',
  monitoring:
    'uptimerobot pingdom.com_bot statuscake site24x7 newrelicpinger datadogsynthetics elb-healthchecker betteruptime',
  scraping_framework:
    'scrapy headlesschrome phantomjs puppeteer playwright selenium crawlee colly heritrix mechanize htmlunit nutch slimerjs webdriver',
  search_engine:
    'googlebot bingbot yandexbot baiduspider duckduckbot slurp applebot sogou petalbot seznambot qwantbot naverbot',
  security:
    'censysinspect shodan internetmeasurement netcraftsurveyagent expanse project-discovery securitytrails qualys',
  seo: 'ahrefsbot semrushbot mj12bot dotbot rogerbot screaming-frog-seo-spider seokicks serpstatbot blexbot dataforseobot',
  social_media:
    'facebookexternalhit twitterbot linkedinbot pinterestbot slackbot telegrambot discordbot whatsapp redditbot',
  ai: 'gptbot chatgpt-user oai-searchbot claudebot anthropic-ai perplexitybot bytespider google-extended cohere-ai amazonbot meta-externalagent',
  scanner:
    'sqlmap nikto nmap masscan zgrab nessus openvas openvas-vt acunetix netsparker invicti arachni w3af wpscan joomscan dirbuster gobuster dirb feroxbuster ffuf wfuzz nuclei havij jaeles whatweb skipfish vega commix xsser zap owasp-zap burpcollaborator burp jbrofuzz grendel-scan grabber webinspect appscan paros sqlninja bsqlbf fimap morfeus zmeu muieblackcat jorgee brutus hydra metasploit httprecon uniscan vulnscan wapiti xspider arachnid blackwidow cgichk nsauditor paloalto-scanner absinthe pangolin prog.customcrawler webtrends-security-analyzer whisker cybercop core-project n-stealth dirsearch httpx-toolkit naabu katana interactsh l9explore l9tcpid leakix',
}

const tools: ReadonlyMap<string, Tool> = new Map(
  // Object.entries of the table gives its kinds alone.
  (Object.entries(names) as [ToolKind, string][]).flatMap(([kind, list]) =>
    list.split(' ').map((name) => [name, { kind, name }] as const),
  ),
)

/** As much of a user agent as is read. Source: our own; browsers send 300 bytes at most. */
const readMax = 1_024

/**
 * What the user agent names first that the table has: its words, or words joined by a dash.
 *
 * State: remembers what it has said of the user agents that are about.
 */
export const tool: (userAgent: string) => Tool | undefined = remembered(named, 1_024, readMax)

function named(userAgent: string): Tool | undefined {
  const text = userAgent.slice(0, readMax).toLowerCase()
  for (const [word] of text.matchAll(/[a-z0-9][a-z0-9._-]*/g)) {
    const found = tools.get(word) ?? tools.get(word.replace(/[._-]+v?[0-9.]*$/, ''))
    if (found !== undefined) return found
  }
  return undefined
}
