/** Who runs which bots, by what they publish of their own; names as `user-agents.ts` has them. To add one, a word. */
const bots: Readonly<Record<string, string>> = {
  ahrefs: 'ahrefsbot',
  amazon: 'amazonbot amazonadbot',
  anthropic: 'claudebot anthropic-ai',
  apple: 'applebot',
  baidu: 'baiduspider',
  bytedance: 'bytespider',
  cohere: 'cohere-ai',
  common_crawl: 'ccbot',
  criteo: 'criteobot',
  discord: 'discordbot',
  duckduckgo: 'duckduckbot',
  google:
    'googlebot adsbot-google mediapartners-google feedfetcher-google google-read-aloud googleimageproxy google-extended',
  internet_archive: 'archive.org_bot',
  linkedin: 'linkedinbot',
  meta: 'facebookexternalhit meta-externalagent whatsapp',
  microsoft: 'bingbot adidxbot',
  moz: 'dotbot rogerbot',
  openai: 'gptbot chatgpt-user oai-searchbot',
  perplexity: 'perplexitybot',
  pinterest: 'pinterestbot',
  reddit: 'redditbot',
  semrush: 'semrushbot',
  slack: 'slackbot',
  telegram: 'telegrambot',
  twitter: 'twitterbot',
  yahoo: 'slurp yahoomailproxy',
  yandex: 'yandexbot',
}

const organizations: ReadonlyMap<string, string> = new Map(
  Object.entries(bots).flatMap(([organization, names]) =>
    names.split(' ').map((name) => [name, organization] as const),
  ),
)

/** Who runs a bot, where that is known: the last part of Bot Control's label `bot:organization:…`. */
export function organizationOf(bot: string): string | undefined {
  return organizations.get(bot)
}
