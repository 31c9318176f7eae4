/** A setting's name as words: `accessTokenSeconds` and `access_token_seconds` become "Access token seconds". */
export function wordsOf(name: string): string {
  const words = name
    .replace(/[_-]+/g, ' ')
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .replace(/\b(url|urls|jwt|sql|api|smtp|id|ip|s3|mfa)\b/g, (word) => (word === 'urls' ? 'URLs' : word.toUpperCase()))
  return words.charAt(0).toUpperCase() + words.slice(1)
}
